//! Maintenance: spans of time whose events count neither as bad nor at all. The adjusted number stands beside the raw one
//! and never in its place.

use super::{
    Slo,
    assess::{Assessment, assess},
    history::History,
};
use crate::domain::{Time, text::SafeText};

/// `(from, to]` in Unix seconds that does not count, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    pub from: i64,
    pub to: i64,
    pub reason: SafeText,
}

/// Both numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjusted {
    pub raw: Assessment,
    pub adjusted: Assessment,
    /// Events left out of the window.
    pub bad: f64,
    pub total: f64,
    /// Why, each reason once.
    pub reasons: Vec<SafeText>,
}

impl Adjusted {
    /// `database upgrade, cleaning`
    pub fn because(&self) -> String {
        self.reasons.iter().map(|r| r.line().into_owned()).collect::<Vec<_>>().join(", ")
    }
}

/// Judges with and without maintenance; `None` where no exclusion touches the window.
pub fn adjusted(slo: &Slo, history: &History, exclusions: &[Exclusion], now: Time) -> Option<Adjusted> {
    let raw = assess(slo, history, now);
    let (begin, end) = (raw.period.begin, raw.as_of.timestamp());
    let touching: Vec<&Exclusion> = exclusions.iter().filter(|e| e.to > begin && e.from < end).collect();
    if touching.is_empty() {
        return None;
    }
    let spans: Vec<(i64, i64)> = touching.iter().map(|e| (e.from, e.to)).collect();
    let adjusted = assess(slo, &without(history, &spans), now);
    let lost = |of: fn(&Assessment) -> Option<f64>| of(&raw).unwrap_or(0.0) - of(&adjusted).unwrap_or(0.0);
    let (bad, total) = (lost(|a| a.bad), lost(|a| a.total));
    let mut reasons: Vec<SafeText> = touching.iter().map(|e| e.reason.clone()).collect();
    reasons.dedup();
    Some(Adjusted { raw, adjusted, bad, total, reasons })
}

/// The history with the events of these spans left out: its buckets stay counted, with less in them.
pub fn without(history: &History, spans: &[(i64, i64)]) -> History {
    history.changed(|start, end, bad, total| {
        let kept = 1.0 - share_within(start, end, spans);
        (bad * kept, total * kept)
    })
}

/// The share of a bucket that lies within any of the spans, in [0, 1].
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
pub(super) fn share_within(start: i64, end: i64, spans: &[(i64, i64)]) -> f64 {
    let mut inside: Vec<(i64, i64)> =
        spans.iter().map(|(a, b)| (*a.max(&start), *b.min(&end))).filter(|(a, b)| b > a).collect();
    inside.sort_unstable();
    let (mut seconds, mut reached) = (0, start);
    for (from, to) in inside {
        seconds += (to - from.max(reached)).max(0);
        reached = reached.max(to);
    }
    seconds as f64 / (end - start).max(1) as f64
}
