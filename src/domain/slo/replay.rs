//! The alerts of an objective, replayed over its history: when each tier would have fired and ended.
//!
//! Evaluated as rules are: both windows strictly above the threshold, for as long as `for` says without a break; the first
//! evaluation that is not ends it. Where only hours are known, a window of minutes holds the hour's ratio. Knows nobody
//! who was paged.

use super::{
    burn::{self, Readings, Severity, Tier},
    series::Sums,
    timeline::Timeline,
};

/// One time that a tier fired. Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Episode {
    /// Index of the tier.
    pub tier: usize,
    pub severity: Severity,
    /// The first evaluation above the threshold.
    pub pending: i64,
    /// The evaluation at which it fired.
    pub from: i64,
    /// The first evaluation at which it did not; `None` while it still fires.
    pub to: Option<i64>,
}

/// When to evaluate: every multiple of `every` seconds in `(from, to]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub from: i64,
    pub to: i64,
    /// Seconds, above 0.
    pub every: i64,
}

/// Replays all tiers, in the order in which they fired.
pub fn replay(beta: f64, tiers: &[Tier], line: &Timeline, schedule: Schedule) -> Vec<Episode> {
    let mut episodes: Vec<Episode> =
        tiers.iter().enumerate().flat_map(|(i, tier)| replay_one(beta, (i, tier), line, schedule)).collect();
    episodes.sort_by_key(|e| (e.from, e.tier));
    episodes
}

fn replay_one(beta: f64, (index, tier): (usize, &Tier), line: &Timeline, schedule: Schedule) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = Vec::new();
    let mut pending: Option<i64> = None;
    let every = schedule.every.max(1);
    let first = schedule.from.div_euclid(every) + 1;
    for at in (first..=schedule.to.div_euclid(every)).map(|k| k * every) {
        if !fires_at(beta, tier, line, at) {
            pending = None;
            if let Some(open) = episodes.last_mut().filter(|e| e.to.is_none()) {
                open.to = Some(at);
            }
            continue;
        }
        let since = *pending.get_or_insert(at);
        let is_open = episodes.last().is_some_and(|e| e.to.is_none());
        if !is_open && at - since >= tier.for_s {
            episodes.push(Episode { tier: index, severity: tier.severity, pending: since, from: at, to: None });
        }
    }
    episodes
}

fn fires_at(beta: f64, tier: &Tier, line: &Timeline, at: i64) -> bool {
    let short = line.sum(at - tier.short_s, at);
    // Most of history is quiet: one window is enough to know.
    if short.bad.is_none_or(|bad| bad <= 0.0) {
        return false;
    }
    let long = line.sum(at - tier.long_s, at);
    burn::fires(beta, tier, Readings { long: ratio(&long), short: ratio(&short), bad: long.bad })
}

/// The error ratio of a span; `None` without events: then nothing can fire.
pub(super) fn ratio(sums: &Sums) -> Option<f64> {
    let total = sums.total.filter(|t| *t > 0.0)?;
    Some(sums.bad.unwrap_or(0.0).min(total) / total)
}

/// How well the alerts told of incidents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Times that somebody would have been called; tiers that fire together call once.
    pub calls: usize,
    /// Of these, without an incident at the time.
    pub without: usize,
    /// Incidents during which nobody would have been called.
    pub missed: usize,
}

impl Score {
    /// `would have paged 7x, 2 without an incident`.
    pub fn words(&self, severity: Severity) -> String {
        let verb = match severity {
            Severity::Page => "would have paged",
            Severity::Ticket => "would have opened a ticket",
        };
        format!("{verb} {}x, {} without an incident", self.calls, self.without)
    }
}

/// Compares the episodes of one severity with incidents, `(from, to]` each.
pub fn score(episodes: &[Episode], severity: Severity, incidents: &[(i64, i64)]) -> Score {
    let calls = calls(episodes, severity);
    let meet = |a: &(i64, i64), b: &(i64, i64)| a.0 <= b.1 && b.0 <= a.1;
    Score {
        calls: calls.len(),
        without: calls.iter().filter(|c| !incidents.iter().any(|i| meet(c, i))).count(),
        missed: incidents.iter().filter(|i| !calls.iter().any(|c| meet(c, i))).count(),
    }
}

/// The times somebody is called: episodes of a severity that overlap, as one.
pub fn calls(episodes: &[Episode], severity: Severity) -> Vec<(i64, i64)> {
    let mut spans: Vec<(i64, i64)> =
        episodes.iter().filter(|e| e.severity == severity).map(|e| (e.from, e.to.unwrap_or(i64::MAX))).collect();
    spans.sort_unstable();
    let mut calls: Vec<(i64, i64)> = Vec::new();
    for (from, to) in spans {
        match calls.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => calls.push((from, to)),
        }
    }
    calls
}
