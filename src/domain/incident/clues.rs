//! The times of an incident: what somebody said, else what the journal suggests.

use chrono::Duration;
use serde::Serialize;

use super::{Incident, Moment, Said, Status};
use crate::domain::{
    Time,
    entry::{Entry, Kind},
    text::SafeText,
};

/// How long before its declaration an act on one of its alerts still counts as part of it.
pub const BEFORE: Duration = Duration::hours(12);

/// What the entries about linked alerts tell of the times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clues {
    /// The earliest that one of its alerts began to fire.
    pub fired: Option<Time>,
    /// The first ack of one of them.
    pub acked: Option<Time>,
}

/// One of the times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timed {
    pub at: Time,
    #[serde(flatten)]
    pub whence: Whence,
}

/// Where a time comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "whence", rename_all = "lowercase")]
pub enum Whence {
    /// Nobody said; the journal has this.
    Suggested {
        why: &'static str,
    },
    Said {
        by: SafeText,
        recorded_at: Time,
    },
}

/// So much before a moment; a time from outside may be the first there is.
pub fn earlier(at: Time, by: Duration) -> Time {
    at.checked_sub_signed(by).unwrap_or(Time::MIN_UTC)
}

/// So much after a moment.
pub fn later(at: Time, by: Duration) -> Time {
    at.checked_add_signed(by).unwrap_or(Time::MAX_UTC)
}

impl Clues {
    /// Reads entries about anything; those about the incident's alerts, within its span, count.
    pub fn of<'a>(incident: &Incident, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let links = || incident.alerts.values();
        let mut clues =
            Self { fired: links().filter_map(|l| l.starts_at).min(), acked: links().filter_map(|l| l.acked_at).min() };
        let from = incident.declared_at().map_or(Time::MIN_UTC, |at| earlier(at, BEFORE));
        for entry in entries {
            let linked = entry.subject.as_alert().is_some_and(|id| incident.alerts.contains_key(&id));
            if !linked || entry.at < from {
                continue;
            }
            let clue = match entry.kind {
                Kind::AlertFired => &mut clues.fired,
                Kind::AckConfirmed => &mut clues.acked,
                _ => continue,
            };
            *clue = Some(clue.map_or(entry.at, |known| known.min(entry.at)));
        }
        clues
    }
}

impl Incident {
    /// One of its times: the last word on it, else what is suggested.
    pub fn time(&self, moment: Moment, clues: &Clues) -> Option<Timed> {
        self.said(moment).or_else(|| {
            let (at, why) = self.suggested(moment, clues)?;
            Some(Timed { at, whence: Whence::Suggested { why } })
        })
    }

    fn said(&self, moment: Moment) -> Option<Timed> {
        let Said { value, by, recorded_at, .. } = self.times.get(&moment)?.last()?;
        Some(Timed { at: (*value)?, whence: Whence::Said { by: by.clone(), recorded_at: *recorded_at } })
    }

    fn suggested(&self, moment: Moment, clues: &Clues) -> Option<(Time, &'static str)> {
        let declared = self.declared_at().map(|at| (at, "its declaration"));
        let or_declared = |clue: Option<Time>, why| clue.map(|at| (at, why)).into_iter().chain(declared).min();
        match moment {
            Moment::Started | Moment::Detected => or_declared(clues.fired, "the first alert that fired"),
            Moment::Acknowledged => or_declared(clues.acked, "the first ack"),
            Moment::Mitigated => self.since(Status::is_calm).map(|at| (at, "the status")),
            Moment::Resolved => self.since(|s| s == Status::Resolved).map(|at| (at, "the status")),
        }
    }

    /// Since when its status is one of these, without a break; none where it is not.
    fn since(&self, is: impl Fn(Status) -> bool) -> Option<Time> {
        let run = self.statuses.iter().rev().take_while(|s| is(s.value));
        run.last().map(|s| s.at)
    }

    /// From when to when its timeline reaches; no end while it is open.
    pub fn span(&self, clues: &Clues) -> (Time, Option<Time>) {
        let times = [Moment::Started, Moment::Detected].into_iter().filter_map(|m| self.time(m, clues));
        let from = times.map(|t| t.at).min().unwrap_or(Time::UNIX_EPOCH);
        let to = self.time(Moment::Resolved, clues).filter(|_| !self.is_open()).map(|t| t.at);
        (from, to.or_else(|| self.declared_at().filter(|_| self.withdrawn)))
    }
}
