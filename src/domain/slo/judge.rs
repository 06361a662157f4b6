//! Judges one SLO by its counts: which sums, which denominator, which future.
//!
//! Refuses to know where the counts come from and how the numbers are drawn.

use chrono::DateTime;

use super::{
    Objective, Slo, Window,
    assess::{Assessment, BURN_WINDOWS, RunsOut, TierStatus},
    budget::{self, Budget, BudgetState, budget},
    burn::{self, Readings, Tier},
    future::Future,
    history::{self, HOURLY, History, Piece},
    projection::{Basis, Projection, project},
    series::Sums,
    window::Period,
};
use crate::domain::Time;

/// Everything about one SLO at `now`.
pub fn assess(slo: &Slo, history: &History, now: Time) -> Assessment {
    let case = Case::new(slo, history, now.timestamp());
    let headline = case.headline();
    let future = Future::of(&case, headline.state);
    let exhausted = headline.state == BudgetState::Exhausted;
    let turns_at = future.turns_in().map(|s| later(case.head, s));
    Assessment {
        as_of: moment(case.head),
        state: headline.state,
        sli: headline.sli,
        total: case.sums.total,
        bad: case.sums.bad,
        allowed_bad: headline.allowed_bad,
        remaining: headline.remaining,
        basis: case.projection.map_or(Basis::Counted, |p| p.basis),
        remaining_so_far: case.projection.and_then(|_| case.so_far().remaining),
        remaining_projected: case.projection.and(headline.remaining),
        end_remaining: future.end_remaining,
        consumed: headline.consumed,
        slo_met: headline.slo_met,
        burn: BURN_WINDOWS.map(|(label, back)| (label, case.burn(back))),
        tiers: slo.alerting.tiers(slo.window.seconds()).iter().map(|t| case.tier(t)).collect(),
        runs_out: runs_out(headline.state, &future, turns_at),
        exhausts_at: turns_at.filter(|_| !exhausted),
        recovers_at: turns_at.filter(|_| exhausted),
        band: future.band.map(|b| b.map(|s| later(case.head, s))),
        period: case.period,
        coverage: case.sums.coverage(),
        since: since(&case.pieces),
        until: case.pieces.iter().rfind(|p| p.sums.covered > 0).map(|p| moment(p.end)),
        burn_down: case.burn_down(&headline),
        quantum: headline.allowed_bad.and_then(budget::quantum),
    }
}

/// What every part of an assessment needs.
pub(super) struct Case<'a> {
    pub objective: &'a Objective,
    pub beta: f64,
    pub history: &'a History,
    /// Unix seconds.
    pub head: i64,
    pub period: Period,
    /// The counted part of the period.
    pub pieces: Vec<Piece>,
    pub sums: Sums,
    /// The denominator of a calendar's period.
    pub projection: Option<Projection>,
}

impl<'a> Case<'a> {
    fn new(slo: &'a Slo, history: &'a History, now: i64) -> Self {
        let head = history.head(now);
        let period = period_at(slo.window, head);
        let pieces = history.pieces(head, head - period.begin);
        let sums = history::sum(&pieces);
        let projection = (!slo.window.is_rolling()).then(|| project(slo, history, head, period, &sums));
        let beta = slo.objective.budget_ratio();
        Self { objective: &slo.objective, beta, history, head, period, pieces, sums, projection }
    }

    pub fn sums_of(&self, back: i64) -> Sums {
        self.history.sum(self.head, back)
    }

    fn so_far(&self) -> Budget {
        budget(self.objective, self.sums.total, self.sums.bad)
    }

    /// By the whole period's events, where the window is one of a calendar.
    fn headline(&self) -> Budget {
        let so_far = self.so_far();
        match (self.projection, so_far.state) {
            (Some(projected), BudgetState::Ok | BudgetState::Exhausted) => {
                let whole = budget(self.objective, Some(projected.total), self.sums.bad);
                Budget { sli: so_far.sli, error_ratio: so_far.error_ratio, burn: so_far.burn, ..whole }
            }
            _ => so_far,
        }
    }

    fn burn(&self, back: i64) -> Option<f64> {
        let sums = self.sums_of(back);
        budget(self.objective, sums.total, sums.bad).burn
    }

    fn tier(&self, tier: &Tier) -> TierStatus {
        let (long, short) = (self.sums_of(tier.long_s), self.sums_of(tier.short_s));
        tier_status(self.objective, tier, long, short)
    }

    /// `D(t) = 1 - B[S..t]/(β·T)`, with the sums of the headline in their order and its denominator for every point:
    /// what was spent never comes back.
    fn burn_down(&self, headline: &Budget) -> Vec<(Time, Option<f64>)> {
        let Some(counted) = self.sums.total else { return Vec::new() };
        let total = self.projection.map_or(counted, |p| p.total.max(counted));
        let mut bad = 0.0;
        let mut line = vec![(moment(self.period.begin), Some(1.0))];
        for piece in &self.pieces {
            bad += piece.sums.bad.unwrap_or(0.0);
            let ratio = if total > 0.0 { bad.min(total) / total } else { 0.0 };
            let left = (piece.sums.covered > 0).then(|| 1.0 - budget::share_spent(self.beta, ratio));
            line.push((moment(piece.end), left));
        }
        if let Some(last) = line.last_mut() {
            last.1 = headline.remaining;
        }
        line
    }
}

/// The period that was counted up to `head`. A bucket that ends with a calendar's period belongs to it: a new one starts
/// once something was counted in it.
pub(super) fn period_at(window: Window, head: i64) -> Period {
    match window {
        Window::Rolling { .. } => window.period(head),
        Window::Calendar(calendar) => calendar.period(head - 1),
    }
}

/// A tier by what its two windows hold.
pub(super) fn tier_status(objective: &Objective, tier: &Tier, long: Sums, short: Sums) -> TierStatus {
    let read = |s: &Sums| budget(objective, s.total, s.bad);
    let (at_long, at_short) = (read(&long), read(&short));
    let beta = objective.budget_ratio();
    let limit = burn::threshold(beta, tier.factor);
    let seen = Readings { long: at_long.error_ratio, short: at_short.error_ratio, bad: long.bad };
    TierStatus {
        severity: tier.severity,
        long_s: tier.long_s,
        short_s: tier.short_s,
        factor: tier.factor,
        threshold: limit.ratio,
        long_burn: at_long.burn,
        short_burn: at_short.burn,
        firing: burn::fires(beta, tier, seen),
        unreachable: limit.unreachable,
    }
}

fn runs_out(state: BudgetState, future: &Future, turns_at: Option<Time>) -> RunsOut {
    match state {
        BudgetState::Exhausted => RunsOut::Exhausted,
        BudgetState::NoTraffic => RunsOut::NoTraffic,
        BudgetState::NoData | BudgetState::Invalid => RunsOut::NoData,
        BudgetState::Ok => turns_at.map_or(future.otherwise, RunsOut::At),
    }
}

/// The start of the first stretch that was counted.
fn since(pieces: &[Piece]) -> Option<Time> {
    let first = pieces.iter().find(|p| p.sums.covered > 0)?;
    Some(moment(first.end - first.sums.expected.min(HOURLY)))
}

#[allow(clippy::cast_possible_truncation, reason = "at most one window ahead")]
fn later(head: i64, seconds: f64) -> Time {
    moment(head.saturating_add(seconds.ceil() as i64))
}

pub(super) fn moment(seconds: i64) -> Time {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
