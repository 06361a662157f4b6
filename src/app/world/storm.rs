//! Whether alerts arrive faster than a person can read, since which one, and what was changed just before it.
//!
//! Counts by when an alert *began*, so that a late or first answer tells the same storm. Knows nothing of panes.

use std::collections::BTreeMap;

use chrono::Duration;

use crate::{
    config::StormConfig,
    domain::{
        Time,
        alert::{Alert, AlertId},
        entry::{Entry, Subject},
        source::SourceName,
        text::SafeText,
    },
};

/// How far back arrivals are remembered, in seconds: where a storm began is looked for in them.
const KEPT: i64 = 30 * 60;
/// A minute without an arrival comes before the first of a storm.
const PAUSE: i64 = 60;
/// A change longer before the first alert than this is no suspect.
const SUSPECT: Duration = Duration::hours(6);
/// Changes that are remembered, the newest.
const CHANGES_MAX: usize = 200;

/// Arrivals of late, and the storm they make.
#[derive(Debug)]
pub struct Storm {
    pub(super) config: StormConfig,
    /// By the second in which they began.
    arrivals: BTreeMap<i64, Arrivals>,
    /// All that were counted since the start.
    total: u64,
    on: Option<Episode>,
    /// What was changed on purpose of late, oldest first: a flood must not wash it away.
    changes: Vec<Entry>,
}

#[derive(Debug)]
struct Arrivals {
    count: usize,
    first: First,
}

/// The alert that fired first.
#[derive(Clone, Debug, PartialEq)]
pub struct First {
    pub subject: Subject,
    pub at: Time,
    pub title: SafeText,
    pub text: Option<SafeText>,
}

/// A storm that goes on.
#[derive(Debug)]
struct Episode {
    entered: i64,
    first: First,
    /// Since when fewer arrive than half of what makes a storm.
    quiet_since: Option<Time>,
}

impl Storm {
    pub(super) fn new(config: StormConfig) -> Self {
        Self { config, arrivals: BTreeMap::new(), total: 0, on: None, changes: Vec::new() }
    }

    pub fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// Whether the pane may change by itself.
    pub fn is_auto(&self) -> bool {
        self.config.auto
    }

    /// The alert that fired first in the storm that goes on.
    pub fn first(&self) -> Option<&First> {
        self.on.as_ref().map(|e| &e.first)
    }

    /// What somebody changed on purpose last before a moment.
    pub fn change_before(&self, at: Time) -> Option<&Entry> {
        let end = self.changes.partition_point(|e| e.at <= at);
        self.changes[..end].last().filter(|e| at - e.at <= SUSPECT)
    }

    pub(super) fn take(&mut self, entry: &Entry) {
        if !entry.is_marker() {
            return;
        }
        let place = self.changes.partition_point(|e| e.at <= entry.at);
        self.changes.insert(place, entry.clone());
        if self.changes.len() > CHANGES_MAX {
            self.changes.remove(0);
        }
    }

    /// Alerts that began within the last minute.
    pub fn per_minute(&self, now: Time) -> usize {
        let now = now.timestamp();
        self.arrivals.range(now - 59..=now).map(|(_, a)| a.count).sum()
    }

    /// All arrivals since the start: the difference of two tells what came between.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// What a source's answer brought.
    pub(super) fn arrived<'a>(&mut self, now: Time, from: &SourceName, fired: impl Iterator<Item = &'a Alert>) {
        for alert in fired {
            self.total += 1;
            // A clock that runs ahead of ours tells of now.
            let second = alert.starts_at.timestamp().min(now.timestamp());
            if second > now.timestamp() - KEPT {
                self.put(second, from, alert);
            }
        }
        self.judge(now);
    }

    fn put(&mut self, second: i64, from: &SourceName, alert: &Alert) {
        let slot = self.arrivals.entry(second).or_insert_with(|| Arrivals { count: 0, first: First::of(from, alert) });
        slot.count += 1;
        if alert.starts_at <= slot.first.at {
            let this = First::of(from, alert);
            if (this.at, this.subject.as_str()) < (slot.first.at, slot.first.subject.as_str()) {
                slot.first = this;
            }
        }
    }

    /// Time passed, or alerts came: a storm begins, goes on or is over.
    pub(super) fn judge(&mut self, now: Time) {
        self.arrivals = self.arrivals.split_off(&(now.timestamp() - KEPT));
        let rate = self.per_minute(now);
        let quiet_for = self.config.quiet_for;
        match &mut self.on {
            None if rate > self.config.per_minute => {
                let entered = now.timestamp();
                self.on = self.first_before(entered).map(|first| Episode { entered, first, quiet_since: None });
            }
            None => {}
            Some(episode) if rate * 2 >= self.config.per_minute => episode.quiet_since = None,
            Some(episode) => {
                let since = *episode.quiet_since.get_or_insert(now);
                if now - since >= quiet_for {
                    self.on = None;
                }
            }
        }
        self.look_again();
    }

    /// A late answer may tell of one that fired still earlier.
    fn look_again(&mut self) {
        let Some(entered) = self.on.as_ref().map(|e| e.entered) else { return };
        if let (Some(first), Some(episode)) = (self.first_before(entered), &mut self.on)
            && first.at < episode.first.at
        {
            episode.first = first;
        }
    }

    /// Walks back from a second to the first arrival after a pause.
    fn first_before(&self, second: i64) -> Option<First> {
        let mut walk = self.arrivals.range(..=second).rev();
        let (mut at, mut first) = walk.next().map(|(s, a)| (*s, &a.first))?;
        for (second, arrivals) in walk {
            if at - second > PAUSE {
                break;
            }
            (at, first) = (*second, &arrivals.first);
        }
        Some(first.clone())
    }
}

impl First {
    fn of(source: &SourceName, alert: &Alert) -> Self {
        let id = AlertId { source: source.clone(), fingerprint: alert.fingerprint.clone() };
        Self {
            subject: Subject::alert(&id),
            at: alert.starts_at,
            title: alert.name().clone(),
            text: alert.summary().cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{alert::AlertState, label::Labels};

    fn t(s: i64) -> Time {
        Time::UNIX_EPOCH + Duration::seconds(1_000_000 + s)
    }

    fn fired(at: i64, name: &str) -> Alert {
        let labels: Labels = [("alertname", name)].into_iter().collect();
        Alert {
            fingerprint: labels.fingerprint(),
            labels,
            annotations: Labels::default(),
            state: AlertState::Firing,
            starts_at: t(at),
            silenced_by: Default::default(),
            inhibited_by: Default::default(),
            receivers: Default::default(),
            fires_at: None,
            source_url: None,
            held: None,
        }
    }

    fn arrive(storm: &mut Storm, now: i64, fired: &[Alert]) {
        storm.arrived(t(now), &SourceName::new("am"), fired.iter());
    }

    fn storm() -> Storm {
        Storm::new(StormConfig { auto: true, per_minute: 10, quiet_for: Duration::minutes(10) })
    }

    #[test]
    fn a_storm_begins_above_the_rate_and_names_who_fired_first_after_a_pause() {
        let mut s = storm();
        arrive(&mut s, 0, &[fired(0, "yesterday's")]);
        let mut many: Vec<Alert> = (0..11).map(|i| fired(310 + i, "pod")).collect();
        many.push(fired(300, "power"));
        arrive(&mut s, 330, &many);
        assert!(s.is_on());
        assert_eq!(s.first().unwrap().title, "power");
        assert_eq!((s.per_minute(t(330)), s.total()), (12, 13));
    }

    #[test]
    fn a_storm_is_over_only_after_a_while_below_half_of_the_rate() {
        let mut s = storm();
        arrive(&mut s, 0, &(0..12).map(|_| fired(0, "x")).collect::<Vec<_>>());
        s.judge(t(90));
        s.judge(t(90 + 599));
        assert!(s.is_on());
        arrive(&mut s, 700, &(0..6).map(|_| fired(700, "y")).collect::<Vec<_>>());
        s.judge(t(90 + 700));
        assert!(s.is_on(), "it flared up in between");
        s.judge(t(90 + 700 + 600));
        assert!(!s.is_on());
    }

    #[test]
    fn alerts_that_began_long_ago_make_no_storm_of_a_first_answer() {
        let mut s = storm();
        arrive(&mut s, 90_000, &(0..5_000).map(|i| fired(i, "old")).collect::<Vec<_>>());
        assert!(!s.is_on());
    }
}
