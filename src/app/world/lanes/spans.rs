//! When each alert burned, out of all that is known: the journal, the board, and what sources remember. What nobody
//! watched is unknown.

use std::collections::HashMap;

use crate::domain::{
    Time,
    alert::AlertState,
    entry::{Entry, Kind, Subject},
    past::{Past, Span, Was},
    source::SourceName,
    text::SafeText,
};

use super::{
    super::{World, study::burning, timeline::KEPT},
    APART, Lane,
    members::Member,
};
use crate::app::msg::Finding;

/// Labels that tell one alert from another of its name, before any other does.
const PLACES: [&str; 6] = ["instance", "pod", "node", "service", "namespace", "cluster"];
/// How far behind its own answer a memory is: a sample a minute.
const BEHIND: chrono::Duration = chrono::Duration::minutes(1);

type Firings<'a> = HashMap<&'a Subject, Vec<&'a Entry>>;

impl World {
    /// A lane for each, or one for each name where there are many.
    pub(super) fn burned(&self, members: &[Member], whole: (Time, Time), now: Time) -> Vec<Lane> {
        let firings = self.firings();
        let lanes = members.iter().map(|m| Lane { place: place(m, members), ..self.lane(m, &firings, whole, now) });
        if members.len() <= APART {
            return lanes.collect();
        }
        let mut named: Vec<Lane> = Vec::new();
        let mut places: HashMap<SafeText, usize> = HashMap::new();
        for lane in lanes {
            match places.get(&lane.name) {
                Some(place) => named[*place].join(lane),
                None => {
                    places.insert(lane.name.clone(), named.len());
                    named.push(lane);
                }
            }
        }
        named
    }

    /// The beginnings and ends that the journal tells of, by alert.
    fn firings(&self) -> Firings<'_> {
        let mut found: Firings<'_> = HashMap::new();
        let is_turn = |e: &&Entry| matches!(e.kind, Kind::AlertFired | Kind::AlertResolved);
        for entry in self.timeline.entries.iter().filter(is_turn) {
            found.entry(&entry.subject).or_default().push(entry);
        }
        if let Some((subject, entries)) = &self.timeline.history {
            found.insert(subject, entries.iter().filter(is_turn).collect());
        }
        found
    }

    fn lane(&self, member: &Member, firings: &Firings<'_>, (since, until): (Time, Time), now: Time) -> Lane {
        let subject = Subject::alert(&member.id);
        let (mut seen, mut unknown) = turns(firings.get(&subject).map_or(&[][..], |e| &e[..]), now);
        if let Some(row) = self.board.get(&member.id) {
            let seen_at = self.seen_at(row);
            seen.extend(burning(row, seen_at, now));
            if row.state == AlertState::Unknown {
                unknown.push(Span { from: seen_at, to: now, was: Was::Unknown });
            }
        }
        let whole = self.timeline.history.as_ref().is_some_and(|(s, _)| *s == subject);
        unknown.extend(self.unwatched(&member.id.source, whole, since, now));
        let (mut waiting, mut failed) = (Vec::new(), Vec::new());
        for finding in self.found_of(&member.id) {
            match finding {
                Finding::Past(_, Some(Ok(past))) => {
                    seen.extend(past.spans.iter().copied().filter(|s| s.was != Was::Unknown));
                    unknown = of_both(&unknown, &blind(past, since, now));
                }
                Finding::Past(source, Some(Err(error))) if !failed.iter().any(|(s, _)| s == source) => {
                    failed.push((source.clone(), error.clone()));
                }
                Finding::Past(source, None) if !waiting.contains(source) => waiting.push(source.clone()),
                Finding::Past(..) => {}
                Finding::Policy(..) => {}
            }
        }
        let past = Past::new(since, until, seen.into_iter().chain(unknown));
        Lane {
            name: member.name.clone(),
            place: SafeText::default(),
            severity: member.severity,
            count: 1,
            names: member.names,
            past,
            waiting,
            failed,
        }
    }

    /// When this source was not watched: before this run, while it could not be read, and where more happened than is
    /// kept in memory. `whole` = all that the journal has of the alert is.
    fn unwatched(&self, source: &SourceName, whole: bool, since: Time, now: Time) -> Vec<Span> {
        let span = |from, to| Span { from, to, was: Was::Unknown };
        let Some((status, good)) = self.source(source).and_then(|s| Some((s, s.good_at?))) else {
            return vec![span(since, now)];
        };
        let entries = &self.timeline.entries;
        let forgotten = entries.front().filter(|_| entries.len() >= KEPT && !whole).map(|e| e.at);
        let watched = forgotten.map_or(self.started_at, |at| at.max(self.started_at)).min(now);
        let mut spans = vec![span(since, watched)];
        let subject = Subject::source(source);
        let mut lost: Option<Time> = None;
        for entry in entries.iter().filter(|e| e.subject == subject) {
            match entry.kind {
                Kind::SourceLost => lost = lost.or(Some(entry.at)),
                Kind::SourceBack => spans.extend(lost.take().map(|from| span(from, entry.at))),
                _ => {}
            }
        }
        if status.is_blind() {
            spans.push(span(lost.map_or(good, |at| at.min(good)), now));
        }
        spans
    }
}

impl Lane {
    /// Takes another of its name in.
    fn join(&mut self, other: Lane) {
        self.count += other.count;
        self.names |= other.names;
        self.severity = self.severity.min(other.severity);
        self.place = SafeText::default();
        let past = std::mem::replace(&mut self.past, other.past.clone());
        self.past = past.with(other.past.spans);
        self.waiting.extend(other.waiting);
        self.failed.extend(other.failed);
    }
}

/// What an alert has otherwise than the others of its name; nothing where its name is enough.
fn place(member: &Member, members: &[Member]) -> SafeText {
    if members.len() > APART {
        return SafeText::default();
    }
    let others = || members.iter().filter(|m| m.name == member.name && m.id != member.id);
    let tells = |name: &&str| others().any(|o| o.labels.value(name) != member.labels.value(name));
    let names = PLACES.into_iter().chain(member.labels.iter().map(|(name, _)| name.raw()));
    names.filter(tells).find_map(|name| member.labels.get(name)).cloned().unwrap_or_default()
}

/// From each beginning to its end; where nobody saw the end, from when it was last known to burn on nobody knows.
fn turns(entries: &[&Entry], now: Time) -> (Vec<Span>, Vec<Span>) {
    let (mut seen, mut unknown) = (Vec::new(), Vec::new());
    let mut ends: Vec<&Entry> = entries.iter().copied().filter(|e| e.kind == Kind::AlertResolved).collect();
    ends.sort_by_key(|e| e.at);
    let mut begins: Vec<Time> = entries.iter().filter(|e| e.kind == Kind::AlertFired).map(|e| began(e)).collect();
    begins.sort_unstable();
    begins.dedup();
    for (i, from) in begins.iter().enumerate() {
        let next = begins.get(i + 1).copied().unwrap_or(now);
        match ends.iter().find(|e| e.at >= *from && e.at <= next) {
            Some(end) => {
                let known = end.last_known_firing().unwrap_or(end.at).clamp(*from, end.at);
                seen.push(Span { from: *from, to: known, was: Was::Firing });
                unknown.push(Span { from: known, to: end.at, was: Was::Unknown });
            }
            None => unknown.push(Span { from: *from, to: next, was: Was::Unknown }),
        }
    }
    (seen, unknown)
}

fn began(entry: &Entry) -> Time {
    entry.body.starts_at.unwrap_or(entry.at)
}

/// What a memory does not know of this time.
fn blind(past: &Past, since: Time, now: Time) -> Vec<Span> {
    let span = |from, to| Span { from, to, was: Was::Unknown };
    let ends = [span(since, past.since), span(past.until - BEHIND, now)];
    let gaps = past.spans.iter().copied().filter(|s| s.was == Was::Unknown);
    gaps.chain(ends).filter(|s| s.from < s.to).collect()
}

/// What is unknown to both.
fn of_both(mine: &[Span], theirs: &[Span]) -> Vec<Span> {
    let cut = |a: &Span, b: &Span| Span { from: a.from.max(b.from), to: a.to.min(b.to), was: Was::Unknown };
    let all = mine.iter().flat_map(|a| theirs.iter().map(move |b| cut(a, b)));
    all.filter(|s| s.from < s.to).collect()
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn span(from: i64, to: i64, was: Was) -> Span {
        let at = |m| Time::UNIX_EPOCH + Duration::minutes(m);
        Span { from: at(from), to: at(to), was }
    }

    #[test]
    fn only_what_neither_watched_is_unknown() {
        let (mine, theirs) = ([span(0, 50, Was::Unknown)], [span(40, 90, Was::Unknown), span(10, 20, Was::Unknown)]);
        assert_eq!(of_both(&mine, &theirs), [span(40, 50, Was::Unknown), span(10, 20, Was::Unknown)]);
    }

    #[test]
    fn a_memory_knows_nothing_of_what_came_before_and_after_it() {
        let at = |m| Time::UNIX_EPOCH + Duration::minutes(m);
        let past = Past::new(at(10), at(60), [span(20, 30, Was::Unknown)]);
        let wanted = [span(20, 30, Was::Unknown), span(0, 10, Was::Unknown), span(59, 70, Was::Unknown)];
        assert_eq!(blind(&past, at(0), at(70)), wanted);
    }
}
