//! When each alert fired and when it was quiet, from the journal: for sparklines, for flapping, for what is new.
//!
//! A time at which nobody watched is neither. Knows nothing of how a sparkline is drawn.

use std::collections::HashMap;

use chrono::Duration;
use foldhash::fast::RandomState;

use crate::domain::{
    Time,
    alert::AlertId,
    entry::{Entry, Kind, Subject},
    source::SourceName,
};

use super::{World, board::Row};

/// How far back it is remembered.
pub const KEPT: Duration = Duration::hours(24);
/// Changes that are remembered of one alert, the newest.
const BEATS_MAX: usize = 64;
/// Moments that are looked at in each cell of a sparkline.
const SAMPLES: i32 = 8;

/// A part of a sparkline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nobody watched, so nobody knows.
    Unknown,
    Calm,
    /// It fired for this many eighths of the time, at least one.
    Fired(u8),
}

/// The changes of all alerts of late.
#[derive(Debug, Default)]
pub struct Pulse {
    /// Alerts that fired once and did nothing else: what most of a storm does.
    once: HashMap<u64, Once, RandomState>,
    /// All others.
    beats: HashMap<u64, Beats, RandomState>,
    /// When a source could not be read; no end while it cannot.
    gaps: HashMap<SourceName, Vec<(Time, Option<Time>)>>,
    /// When somebody watched before this cockpit began.
    pub watched: Vec<(Time, Time)>,
    /// When this cockpit began.
    pub since: Time,
    /// The newest entry that was taken.
    seq: i64,
    /// When the latest firing was written down.
    latest: Time,
}

#[derive(Clone, Copy, Debug)]
struct Once {
    at: Time,
    /// As in [`Beats`].
    told: Time,
}

#[derive(Debug, Default)]
struct Beats {
    /// When it changed, and whether it fired then; oldest first.
    changes: Vec<(Time, bool)>,
    /// When its latest firing was written down.
    told: Time,
}

impl Pulse {
    pub(super) fn new(since: Time) -> Self {
        Self { since, ..Self::default() }
    }

    /// Takes entries of the journal, in its order; answers those that were new to it.
    pub(crate) fn take<'a>(&mut self, entries: &'a [Entry]) -> Vec<&'a Entry> {
        let seq = self.seq;
        let new: Vec<&Entry> = entries.iter().filter(|e| e.seq > seq).collect();
        for entry in &new {
            self.seq = self.seq.max(entry.seq);
            match entry.kind {
                Kind::AlertFired => self.fired(entry),
                Kind::AlertResolved => self.resolved(entry),
                Kind::SourceLost => self.lost(entry),
                Kind::SourceBack => self.back(entry),
                _ => {}
            }
        }
        new
    }

    fn fired(&mut self, entry: &Entry) {
        self.latest = self.latest.max(entry.recorded_at);
        let (key, told) = (key(&entry.subject), entry.recorded_at);
        match self.once.get_mut(&key) {
            Some(once) if once.at == entry.at => once.told = once.told.max(told),
            None if !self.beats.contains_key(&key) => {
                self.once.insert(key, Once { at: entry.at, told });
            }
            _ => {
                let beats = self.beats(key);
                beats.told = beats.told.max(told);
                beats.put(entry.at, true);
            }
        }
    }

    fn resolved(&mut self, entry: &Entry) {
        let beats = self.beats(key(&entry.subject));
        if let Some(began) = entry.body.starts_at {
            beats.put(began, true);
        }
        // Where nobody saw the end, it fired for as long as that is known.
        beats.put(entry.last_known_firing().unwrap_or(entry.at), false);
    }

    /// The changes of one that does more than to fire once.
    fn beats(&mut self, key: u64) -> &mut Beats {
        let before = self.once.remove(&key);
        let begun = || before.map_or_else(Beats::default, |o| Beats { changes: vec![(o.at, true)], told: o.told });
        self.beats.entry(key).or_insert_with(begun)
    }

    /// Oldest first.
    fn changes(&self, id: &AlertId) -> impl DoubleEndedIterator<Item = (Time, bool)> {
        let key = key_of(id);
        let once = self.once.get(&key).map(|o| (o.at, true));
        once.into_iter().chain(self.beats.get(&key).into_iter().flat_map(|b| b.changes.iter().copied()))
    }

    fn lost(&mut self, entry: &Entry) {
        let Some(source) = &entry.source else { return };
        self.gaps.entry(source.clone()).or_default().push((entry.at, None));
    }

    fn back(&mut self, entry: &Entry) {
        let open = entry.source.as_ref().and_then(|s| self.gaps.get_mut(s)?.last_mut());
        if let Some((_, end @ None)) = open {
            *end = Some(entry.at);
        }
    }

    /// Forgets what is too old to be shown.
    pub(crate) fn forget(&mut self, now: Time) {
        let old = now - KEPT;
        self.beats.retain(|_, b| b.changes.last().is_some_and(|(at, fires)| *fires || *at > old));
        self.watched.retain(|(_, until)| *until > old);
        self.gaps.values_mut().for_each(|gaps| gaps.retain(|(_, end)| end.is_none_or(|end| end > old)));
    }

    /// When the latest firing of an alert was written down, where that was after `after`.
    pub(super) fn told_after(&self, id: &AlertId, after: Time) -> bool {
        if self.latest <= after {
            return false;
        }
        let key = key_of(id);
        let told = self.once.get(&key).map(|o| o.told).or_else(|| Some(self.beats.get(&key)?.told));
        told.is_some_and(|told| told > after)
    }

    /// Whether the journal had it that the alert began to fire at `began`, before `run` did.
    pub(super) fn knew(&self, id: &AlertId, began: Time, run: Time) -> bool {
        self.changes(id).any(|(at, fires)| fires && at == began) && !self.told_after(id, run)
    }

    /// How often it changed since then.
    pub fn changes_since(&self, id: &AlertId, since: Time) -> usize {
        self.changes(id).rev().take_while(|(at, _)| *at >= since).count()
    }

    /// How it was during `span` before now, in equal cells, oldest first.
    pub fn spark(&self, row: &Row, now: Time, span: Duration, cells: usize) -> Vec<Cell> {
        let Ok(count) = i32::try_from(cells) else { return Vec::new() };
        let steps = (count * SAMPLES).max(1);
        let burned = self.burned(row, now);
        let gaps = self.gaps.get(&row.id.source).map_or(&[][..], |g| &g[..]);
        let begin = now - span;
        let at = |step: i32| begin + span * step / steps + span / (2 * steps);
        let fires = |t: Time| burned.iter().any(|(from, to)| *from <= t && t < *to);
        let seen =
            |t: Time| self.is_watched(t) && !gaps.iter().any(|(from, to)| *from <= t && to.is_none_or(|to| t < to));
        let cell = |cell: i32| {
            let moments = || (cell * SAMPLES..(cell + 1) * SAMPLES).map(at);
            match (moments().filter(|t| fires(*t)).count(), moments().any(seen)) {
                (0, false) => Cell::Unknown,
                (0, true) => Cell::Calm,
                (n, _) => Cell::Fired(u8::try_from(n).unwrap_or(8)),
            }
        };
        (0..count).map(cell).collect()
    }

    fn is_watched(&self, t: Time) -> bool {
        t >= self.since || self.watched.iter().any(|(from, to)| *from <= t && t <= *to)
    }

    /// The spans in which it fired; the last may still go on.
    fn burned(&self, row: &Row, now: Time) -> Vec<(Time, Time)> {
        let mut spans = vec![(row.alert.starts_at, row.resolved_at.unwrap_or(now))];
        let mut began = None;
        for (at, fires) in self.changes(&row.id) {
            match (fires, began) {
                (true, None) => began = Some(at),
                (false, Some(from)) => {
                    spans.push((from, at));
                    began = None;
                }
                _ => {}
            }
        }
        spans
    }
}

impl World {
    /// Whether an alert comes and goes so often that its state says little.
    pub fn is_flapping(&self, row: &Row, now: Time) -> bool {
        let (changes, window) = self.flaps;
        changes > 0 && self.pulse.changes_since(&row.id, now - window) >= changes
    }
}

impl Beats {
    /// A change that is known already is not put in twice, nor are two of a kind in a row.
    fn put(&mut self, at: Time, fires: bool) {
        let place = self.changes.partition_point(|(t, _)| *t <= at);
        let same = |change: Option<&(Time, bool)>| change.is_some_and(|(t, f)| *f == fires && (!fires || *t == at));
        if same(place.checked_sub(1).and_then(|i| self.changes.get(i))) {
            return;
        }
        self.changes.insert(place, (at, fires));
        if self.changes.len() > BEATS_MAX {
            self.changes.remove(0);
        }
    }
}

/// FNV-1a of a subject: a name that takes no room.
pub(in crate::app) fn key(subject: &Subject) -> u64 {
    fnv(FNV, subject.as_str())
}

/// As [`key`] of the alert's subject, without writing it.
pub(super) fn key_of(id: &AlertId) -> u64 {
    [id.source.as_str(), "/", id.fingerprint.as_str()].iter().fold(fnv(FNV, "alert:"), |sum, part| fnv(sum, part))
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(sum: u64, text: &str) -> u64 {
    text.bytes().fold(sum, |sum, b| (sum ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}
