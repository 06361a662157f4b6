//! What a journal knows of a span of time: firings with their ends and labels, and when a source was out of sight.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use crate::domain::{
    Time,
    alert::{AlertId, Severity},
    entry::{Entry, Kind},
    incident::{Change, Incident, Link},
    label::Labels,
    source::{AckVia, SourceName},
    text::SafeText,
};

use super::Given;

/// Tells apart what the journal knows no more of.
const AS: &str = "recorded_as";
/// A span that seems to have no length lasts this long.
pub(super) const LEAST: Duration = Duration::seconds(1);

/// One firing.
pub(super) struct Firing {
    pub id: AlertId,
    pub title: SafeText,
    pub severity: Severity,
    pub labels: Labels,
    pub summary: Option<SafeText>,
    pub from: Time,
    /// None: it still fired when the span was over.
    pub to: Option<Time>,
}

pub(super) struct Past {
    /// In the order in which they began.
    pub firings: Vec<Firing>,
}

impl Past {
    pub(super) fn of(given: &Given<'_>) -> Self {
        let (from, to) = given.span;
        let links = links(given.entries);
        let fired = given.entries.iter().filter(|e| e.kind == Kind::AlertFired && e.at <= to);
        let firing = |e: &Entry| firing(e, given.entries, &links);
        let mut firings: Vec<Firing> = fired.filter_map(firing).filter(|f| f.to.is_none_or(|end| end > from)).collect();
        firings.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
        firings.dedup_by(|a, b| (a.from, &a.id) == (b.from, &b.id));
        firings.iter_mut().filter(|f| f.to.is_some_and(|end| end > to)).for_each(|f| f.to = None);
        tell_apart(&mut firings);
        Self { firings }
    }

    /// The firings that ask for a person: those of the incident, of them the pages where there are any.
    pub(super) fn own(&self, incident: Option<&Incident>) -> Vec<&Firing> {
        let ours = |f: &&Firing| incident.is_none_or(|i| i.alerts.contains_key(&f.id));
        let all: Vec<&Firing> = self.firings.iter().filter(ours).collect();
        let pages: Vec<&Firing> = all.iter().filter(|f| f.severity <= Severity::Error).copied().collect();
        if pages.is_empty() { all } else { pages }
    }

    /// When a source that is played was out of sight.
    pub(super) fn blind(&self, given: &Given<'_>) -> impl Iterator<Item = (SourceName, Time, Option<Time>)> {
        let (from, to) = given.span;
        let played: BTreeSet<&SourceName> = self.firings.iter().map(|f| &f.id.source).collect();
        let mut found = Vec::new();
        for source in played {
            let turns = given.entries.iter().filter(|e| e.source.as_ref() == Some(source));
            let turns = turns.filter(|e| matches!(e.kind, Kind::SourceLost | Kind::SourceBack));
            let mut turns: Vec<(Time, bool)> = turns.map(|e| (e.at, e.kind == Kind::SourceLost)).collect();
            turns.sort_unstable();
            turns.dedup_by_key(|(_, lost)| *lost);
            for (i, (at, _)) in turns.iter().enumerate().filter(|(_, (_, lost))| *lost) {
                let back = turns.get(i + 1).map(|(back, _)| *back);
                if *at < to && back.is_none_or(|back| back > from) {
                    found.push((source.clone(), *at, back));
                }
            }
        }
        found.into_iter()
    }
}

fn firing(entry: &Entry, all: &[Entry], links: &BTreeMap<AlertId, Link>) -> Option<Firing> {
    let id = entry.subject.as_alert()?;
    let ends = all.iter().filter(|e| e.kind == Kind::AlertResolved && e.subject == entry.subject && e.at >= entry.at);
    let end = ends.min_by_key(|e| e.at).map(|e| e.last_known_firing().unwrap_or(e.at).max(entry.at + LEAST));
    let title = entry.body.title.clone().unwrap_or_else(|| SafeText::new("(no alertname)"));
    let severity = entry.body.severity.unwrap_or(Severity::Unknown);
    let mut labels = kept(entry, &title, severity);
    if let Some(link) = links.get(&id) {
        labels = labels.iter().chain(link.labels.iter()).map(|(n, v)| (n.clone(), v.clone())).collect();
    }
    Some(Firing { id, title, severity, labels, summary: entry.body.text.clone(), from: entry.at, to: end })
}

/// What the entry of a firing keeps of the labels.
fn kept(entry: &Entry, title: &SafeText, severity: Severity) -> Labels {
    let more = entry.body.more.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    more.chain([("alertname", title.raw()), ("severity", severity.as_str())]).collect()
}

/// All that was ever linked to an incident, with the labels it had then.
fn links(entries: &[Entry]) -> BTreeMap<AlertId, Link> {
    let linked = entries.iter().filter_map(Change::read).flat_map(|change| match change {
        Change::Declared(told) => told.links.alerts,
        Change::Attached(told) => told.alerts,
        _ => Vec::new(),
    });
    linked.map(|link| (link.alert.clone(), link)).collect()
}

/// Whether acks of this source were entries of the journal.
pub(super) fn acks_in_journal(entries: &[Entry], source: &SourceName) -> bool {
    let of = |e: &&Entry| e.kind == Kind::AckConfirmed && e.subject.as_alert().is_some_and(|id| id.source == *source);
    entries.iter().find(of).is_some_and(|e| e.body.via == Some(AckVia::Journal))
}

/// Gives those that look alike and are not the same alert a label of their own.
fn tell_apart(firings: &mut [Firing]) {
    let mut seen: BTreeMap<(SourceName, String), BTreeSet<AlertId>> = BTreeMap::new();
    let key = |f: &Firing| (f.id.source.clone(), f.labels.fingerprint().to_string());
    for firing in firings.iter() {
        seen.entry(key(firing)).or_default().insert(firing.id.clone());
    }
    for firing in firings.iter_mut() {
        if seen.get(&key(firing)).is_some_and(|alike| alike.len() > 1) {
            let own = (SafeText::new(AS), SafeText::new(&firing.id.fingerprint.to_string()));
            let pairs = firing.labels.iter().map(|(n, v)| (n.clone(), v.clone())).chain([own]);
            firing.labels = pairs.collect();
        }
    }
}
