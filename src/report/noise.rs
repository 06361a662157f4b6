//! Which alerts page for nothing: counted over what the journal has of firing, resolving and marking.

use chrono::Duration;
use serde::Serialize;

use crate::domain::{
    Time,
    entry::{Entry, Kind},
};

/// One alert by its name and service, over all its instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Noisy {
    pub alertname: String,
    /// Where the entries say it; an older journal does not.
    pub service: Option<String>,
    pub source: Option<String>,
    /// How often it fired.
    pub pages: usize,
    /// How often one of its instances fired again within an hour of resolving.
    pub flaps: usize,
    /// How often a person called it not actionable, and did not take it back.
    pub marked: usize,
    /// What they said last.
    pub why: Option<String>,
    /// How many label sets of it fired.
    pub instances: usize,
    pub last_at: Option<Time>,
}

/// The worst first: by being marked, then by pages, then by flaps.
pub fn ranked(entries: &[Entry]) -> Vec<Noisy> {
    let mut all: Vec<Noisy> = tally::of(entries);
    all.sort_by(|a, b| {
        (b.marked, b.pages, b.flaps).cmp(&(a.marked, a.pages, a.flaps)).then_with(|| a.alertname.cmp(&b.alertname))
    });
    all
}

/// Counting; of each instance the last resolve and the last word on noise.
mod tally {
    use std::collections::{BTreeMap, HashMap, HashSet};

    use super::{Duration, Entry, Kind, Noisy, Time};

    /// Fired again this soon after it had resolved: it flaps.
    const AGAIN: Duration = Duration::hours(1);

    /// What an entry is counted under: name, service, source.
    type Key = (String, Option<String>, Option<String>);

    #[derive(Default)]
    struct Tally<'a> {
        noisy: Noisy,
        resolved: HashMap<&'a str, Time>,
        marked: HashMap<&'a str, &'a Entry>,
        instances: HashSet<&'a str>,
    }

    pub(super) fn of(entries: &[Entry]) -> Vec<Noisy> {
        let mut tallies: BTreeMap<Key, Tally<'_>> = BTreeMap::new();
        // A mark says less of its alert than the firing does: it is counted where the alert is.
        let mut homes: HashMap<&str, Key> = HashMap::new();
        for entry in entries {
            let subject = entry.subject.as_str();
            let key = match entry.kind {
                Kind::AlertFired => homes.entry(subject).insert_entry(key(entry)).get().clone(),
                _ => homes.entry(subject).or_insert_with(|| key(entry)).clone(),
            };
            tallies.entry(key).or_default().take(entry);
        }
        tallies.into_iter().map(|(key, tally)| tally.done(key)).filter(|n| n.pages + n.marked > 0).collect()
    }

    fn key(entry: &Entry) -> Key {
        let name = entry.body.title.as_ref().map_or_else(|| entry.subject.to_string(), |t| t.raw().to_owned());
        let service = entry.body.more.get("service").and_then(|s| s.as_str()).map(str::to_owned);
        let source = entry.subject.as_str().strip_prefix("alert:").and_then(|s| s.rsplit_once('/'));
        (name, service, source.map(|(source, _)| source.to_owned()))
    }

    impl<'a> Tally<'a> {
        fn take(&mut self, entry: &'a Entry) {
            let subject = entry.subject.as_str();
            match entry.kind {
                Kind::AlertFired => self.fired(subject, entry.at),
                Kind::AlertResolved => drop(self.resolved.insert(subject, entry.at)),
                Kind::NoiseMarked if entry.takes_mark_back() => drop(self.marked.remove(subject)),
                Kind::NoiseMarked => drop(self.marked.insert(subject, entry)),
                _ => {}
            }
        }

        fn fired(&mut self, subject: &'a str, at: Time) {
            self.noisy.pages += 1;
            self.noisy.last_at = self.noisy.last_at.max(Some(at));
            self.instances.insert(subject);
            if self.resolved.get(subject).is_some_and(|before| at - *before <= AGAIN) {
                self.noisy.flaps += 1;
            }
        }

        fn done(self, (alertname, service, source): Key) -> Noisy {
            let said = self.marked.values().filter(|e| e.body.text.is_some()).max_by_key(|e| e.at);
            let why = said.and_then(|e| e.body.text.as_ref()).map(|t| t.raw().to_owned());
            let (marked, instances) = (self.marked.len(), self.instances.len());
            Noisy { alertname, service, source, marked, why, instances, ..self.noisy }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        entry::{Body, Subject},
        text::SafeText,
    };

    fn entry(minute: i64, kind: Kind, subject: &str, name: &str) -> Entry {
        let at = Time::UNIX_EPOCH + Duration::minutes(minute);
        Entry {
            id: format!("{minute}{subject}"),
            seq: minute,
            at,
            recorded_at: at,
            actor: SafeText::new("ana"),
            kind,
            subject: Subject::new(&format!("alert:am/{subject}")),
            body: Body { title: Some(SafeText::new(name)), ..Body::default() },
            source: None,
            prev_hash: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn the_worst_are_the_marked_then_those_that_page_most() {
        let mut entries: Vec<Entry> = (0..5).map(|m| entry(m, Kind::AlertFired, &format!("d{m}"), "Disk")).collect();
        entries.push(entry(10, Kind::AlertFired, "b", "Batch"));
        entries.push(entry(11, Kind::NoiseMarked, "b", "Batch"));
        let told: Vec<(String, usize, usize)> =
            ranked(&entries).into_iter().map(|n| (n.alertname, n.pages, n.marked)).collect();
        assert_eq!(told, [("Batch".into(), 1, 1), ("Disk".into(), 5, 0)]);
    }

    #[test]
    fn a_mark_that_was_taken_back_counts_no_more() {
        let mut back = entry(3, Kind::NoiseMarked, "b", "Batch");
        back.body.more.insert("taken_back".into(), true.into());
        let entries = [entry(1, Kind::AlertFired, "b", "Batch"), entry(2, Kind::NoiseMarked, "b", "Batch"), back];
        assert_eq!(ranked(&entries)[0].marked, 0);
    }

    #[test]
    fn firing_again_soon_after_resolving_is_a_flap_and_another_instance_is_none() {
        let (fired, resolved) = (Kind::AlertFired, Kind::AlertResolved);
        let entries = [
            entry(1, fired.clone(), "a", "X"),
            entry(2, resolved.clone(), "a", "X"),
            entry(3, fired.clone(), "b", "X"),
            entry(4, fired.clone(), "a", "X"),
            entry(5, resolved, "a", "X"),
            entry(500, fired, "a", "X"),
        ];
        let found = &ranked(&entries)[0];
        assert_eq!((found.pages, found.flaps, found.instances), (4, 1, 2));
    }
}
