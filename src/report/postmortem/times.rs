//! When an incident started, was seen, taken, mitigated and over; how long each took; and who or what saw it first.

use serde::Serialize;

use crate::domain::{
    Time,
    entry::{Entry, Kind},
    incident::{Moment, Whence},
    text::SafeText,
};

use super::Given;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimeLine {
    pub moment: Moment,
    pub at: Option<Time>,
    /// Whose word it is, or what suggests it.
    pub whence: Option<String>,
    /// Nobody said so: the journal suggests it.
    pub suggested: bool,
    /// Seconds since it started; none where either is unknown.
    pub after_start_s: Option<i64>,
    /// How often it was told: the last word holds.
    pub told: usize,
}

/// Seconds; none where a time is unknown or the two contradict each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// From the start to the first sight of it.
    pub detect_s: Option<i64>,
    /// From the first sight to the one who took it.
    pub acknowledge_s: Option<i64>,
    /// From the start to the end of the hurt.
    pub mitigate_s: Option<i64>,
    /// From the start to the end.
    pub resolve_s: Option<i64>,
}

/// Who or what saw it first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detection {
    pub at: Option<Time>,
    /// `the alert CheckoutDown of prod-eu`, `ana, who declared it`; none where nobody knows.
    pub by: Option<SafeText>,
    /// A monitor saw it before a person did.
    pub monitor: bool,
}

impl Lengths {
    pub fn of(times: &[TimeLine]) -> Self {
        let at = |moment| times.iter().find(|t| t.moment == moment).and_then(|t| t.at);
        let between = |from: Moment, to: Moment| {
            let seconds = (at(to)? - at(from)?).num_seconds();
            Some(seconds).filter(|s| *s >= 0)
        };
        Self {
            detect_s: between(Moment::Started, Moment::Detected),
            acknowledge_s: between(Moment::Detected, Moment::Acknowledged),
            mitigate_s: between(Moment::Started, Moment::Mitigated),
            resolve_s: between(Moment::Started, Moment::Resolved),
        }
    }
}

pub(super) fn lines(given: &Given<'_>) -> Vec<TimeLine> {
    let started = given.incident.time(Moment::Started, given.clues).map(|t| t.at);
    Moment::ALL.into_iter().map(|moment| line(given, moment, started)).collect()
}

fn line(given: &Given<'_>, moment: Moment, started: Option<Time>) -> TimeLine {
    let timed = given.incident.time(moment, given.clues);
    let at = timed.as_ref().map(|t| t.at);
    let whence = timed.as_ref().map(|t| match &t.whence {
        Whence::Suggested { why } => format!("suggested by {why}"),
        Whence::Said { by, .. } => format!("said by {}", by.line()),
    });
    TimeLine {
        moment,
        at,
        whence,
        suggested: timed.is_some_and(|t| matches!(t.whence, Whence::Suggested { .. })),
        after_start_s: at.zip(started).map(|(at, started)| (at - started).num_seconds()),
        told: given.incident.times.get(&moment).map_or(0, Vec::len),
    }
}

/// The first of the alerts that fired, else who declared it.
pub(super) fn detection(given: &Given<'_>) -> Detection {
    let at = given.incident.time(Moment::Detected, given.clues).map(|t| t.at);
    let (seen, first) = match first_alert(given) {
        Some((seen, text)) => (seen, text),
        None => return declared(given, at),
    };
    let declared_before = given.incident.declared.as_ref().is_some_and(|d| d.at < seen);
    if declared_before { declared(given, at) } else { Detection { at, by: Some(first), monitor: true } }
}

fn declared(given: &Given<'_>, at: Option<Time>) -> Detection {
    let by = given.incident.declared.as_ref().map(|d| SafeText::new(&format!("{}, who declared it", d.by.raw())));
    Detection { at, by, monitor: false }
}

fn first_alert(given: &Given<'_>) -> Option<(Time, SafeText)> {
    let alerts = &given.incident.alerts;
    let own = |e: &&Entry| e.subject.as_alert().is_some_and(|id| alerts.contains_key(&id));
    let fired = given.lines.iter().map(|l| l.entry).filter(|e| e.kind == Kind::AlertFired).filter(own);
    let told = fired.map(|e| (e.at, e.subject.as_alert().and_then(|id| alerts.get(&id))));
    let linked = alerts.values().filter_map(|l| Some((l.starts_at?, Some(l))));
    let (at, link) = told.chain(linked).min_by_key(|(at, _)| *at)?;
    let link = link?;
    Some((at, SafeText::new(&format!("the alert {} of {}", link.title.raw(), link.alert.source))))
}
