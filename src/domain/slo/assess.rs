//! One SLO at one moment: every number a pane or a command shows, from counts alone.
//!
//! Refuses to know where the counts come from and how they are drawn.

use chrono::DateTime;

use super::{
    Objective, Slo,
    budget::{BudgetState, budget, share_spent},
    burn::{self, Readings, Severity, Tier},
    forecast::{self, Events, HORIZONS, Outlook, outlook},
    history::{self, FINE, FINE_REACH, HOURLY, History, Piece},
    series::Sums,
};
use crate::domain::{Time, duration};

/// The look backs that are shown, with their lengths in seconds.
pub const BURN_WINDOWS: [(&str, i64); 7] =
    [("5m", 300), ("30m", 1_800), ("1h", 3_600), ("2h", 7_200), ("6h", 21_600), ("1d", 86_400), ("3d", 259_200)];

/// A burn-rate tier now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TierStatus {
    pub severity: Severity,
    /// Seconds.
    pub long_s: i64,
    /// Seconds.
    pub short_s: i64,
    /// Burn rate above which it fires.
    pub factor: f64,
    /// The same as an error ratio, `factor·β`.
    pub threshold: f64,
    /// Burn rates of its windows.
    pub long_burn: Option<f64>,
    pub short_burn: Option<f64>,
    pub firing: bool,
    /// Even a full outage stays below it.
    pub unreachable: bool,
}

/// When the budget runs out, in a form that always has words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunsOut {
    Exhausted,
    At(Time),
    NotAtPace,
    TooLittleData,
    NoTraffic,
    NoData,
}

impl RunsOut {
    pub fn words(self, now: Time) -> String {
        match self {
            Self::Exhausted => "exhausted".into(),
            Self::At(at) => format!("in {}", duration::long(at.signed_duration_since(now))),
            Self::NotAtPace => "not at pace".into(),
            Self::TooLittleData => "too little data".into(),
            Self::NoTraffic => "no traffic".into(),
            Self::NoData => "no data".into(),
        }
    }
}

/// Everything about one SLO at one moment. `None` = not known; never NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Every look back ends here: at the newest bucket, or a bucket or two before where that one is still on its way.
    pub as_of: Time,
    pub state: BudgetState,
    pub sli: Option<f64>,
    /// Events in the window.
    pub total: Option<f64>,
    pub bad: Option<f64>,
    pub allowed_bad: Option<f64>,
    /// In [-inf, 1].
    pub remaining: Option<f64>,
    /// In [0, inf].
    pub consumed: Option<f64>,
    pub slo_met: Option<bool>,
    /// By [`BURN_WINDOWS`].
    pub burn: [(&'static str, Option<f64>); 7],
    pub tiers: Vec<TierStatus>,
    pub runs_out: RunsOut,
    /// Where it is not exhausted yet and a current pace leads there.
    pub exhausts_at: Option<Time>,
    /// Where it is exhausted and old errors leave the window in time.
    pub recovers_at: Option<Time>,
    /// Share of the window that was counted.
    pub coverage: Option<f64>,
    /// Where the counted part of the window begins: a young SLO is judged on what exists.
    pub since: Option<Time>,
    /// Where it ends: long before `as_of` when counting has stopped, however good the numbers look.
    pub until: Option<Time>,
    /// Cumulative burn-down of the window: starts at 1, never rises, ends at `remaining`; `None` at the end of a gap.
    pub burn_down: Vec<(Time, Option<f64>)>,
    /// Share of the budget that one bad event takes.
    pub quantum: Option<f64>,
}

impl Assessment {
    /// The worst tier that fires.
    pub fn firing(&self) -> Option<Severity> {
        self.tiers.iter().filter(|t| t.firing).map(|t| t.severity).min()
    }

    /// Sorts the worst first: paging, ticket, exhausted, soonest exhaustion, unknown, least remaining.
    /// What is not known stands above what is known to be well.
    pub fn urgency(&self) -> Urgency {
        let blind = matches!(self.state, BudgetState::NoData | BudgetState::Invalid);
        Urgency {
            alarm: self.firing().map_or(2, |s| s as u8),
            left: self.state != BudgetState::Exhausted,
            exhausts: self.exhausts_at.map_or(i64::MAX, |t| t.timestamp()),
            known: !blind,
            idle: self.state == BudgetState::NoTraffic,
            remaining: order(self.remaining.unwrap_or(1.0)),
        }
    }
}

/// A key to sort by, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Urgency {
    alarm: u8,
    left: bool,
    exhausts: i64,
    known: bool,
    idle: bool,
    remaining: i64,
}

/// The order of `f64::total_cmp` as a number.
fn order(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

/// Judges one SLO by its counts.
pub fn assess(slo: &Slo, history: &History, now: Time) -> Assessment {
    let head = history.head(now.timestamp());
    let window = head - slo.window.period(head).begin;
    let pieces = history.pieces(head, window);
    let sums = history::sum(&pieces);
    let headline = budget(&slo.objective, sums.total, sums.bad);
    let beta = slo.objective.budget_ratio();
    let case = Case { objective: &slo.objective, beta, history, head, window };
    let turning = case.turning(&pieces, headline.state);
    let exhausted = headline.state == BudgetState::Exhausted;
    let turns_at = turning.and_then(|s| later(head, s));
    Assessment {
        as_of: moment(head),
        state: headline.state,
        sli: headline.sli,
        total: sums.total,
        bad: sums.bad,
        allowed_bad: headline.allowed_bad,
        remaining: headline.remaining,
        consumed: headline.consumed,
        slo_met: headline.slo_met,
        burn: BURN_WINDOWS.map(|(label, back)| (label, case.burn(back))),
        tiers: slo.alerting.tiers(slo.window.seconds()).iter().map(|t| case.tier(t)).collect(),
        runs_out: runs_out(headline.state, turning, turns_at),
        exhausts_at: turns_at.filter(|_| !exhausted),
        recovers_at: turns_at.filter(|_| exhausted),
        coverage: sums.coverage(),
        since: since(&pieces),
        until: pieces.iter().rfind(|p| p.sums.covered > 0).map(|p| moment(p.end)),
        burn_down: burn_down(beta, head - window, &pieces, headline.remaining),
        quantum: headline.allowed_bad.filter(|a| *a > 0.0).map(|a| 1.0 / a),
    }
}

/// What every part of an assessment needs.
struct Case<'a> {
    objective: &'a Objective,
    beta: f64,
    history: &'a History,
    head: i64,
    window: i64,
}

impl Case<'_> {
    fn sums(&self, back: i64) -> Sums {
        self.history.sum(self.head, back)
    }

    fn burn(&self, back: i64) -> Option<f64> {
        let sums = self.sums(back);
        budget(self.objective, sums.total, sums.bad).burn
    }

    fn tier(&self, tier: &Tier) -> TierStatus {
        let (long, short) = (self.sums(tier.long_s), self.sums(tier.short_s));
        let read = |s: &Sums| budget(self.objective, s.total, s.bad);
        let (at_long, at_short) = (read(&long), read(&short));
        let limit = burn::threshold(self.beta, tier.factor);
        let seen = Readings { long: at_long.error_ratio, short: at_short.error_ratio, bad: long.bad };
        TierStatus {
            severity: tier.severity,
            long_s: tier.long_s,
            short_s: tier.short_s,
            factor: tier.factor,
            threshold: limit.ratio,
            long_burn: at_long.burn,
            short_burn: at_short.burn,
            firing: burn::fires(self.beta, tier, seen),
            unreachable: limit.unreachable,
        }
    }

    /// When the budget turns: runs out while something is left, comes back once it is spent.
    fn turning(&self, pieces: &[Piece], state: BudgetState) -> Option<Outlook> {
        let exhausted = match state {
            BudgetState::Ok => false,
            BudgetState::Exhausted => true,
            BudgetState::NoTraffic | BudgetState::NoData | BudgetState::Invalid => return None,
        };
        let (step, buckets) = even_buckets(pieces, self.window);
        let traffic = mean_total(pieces, step);
        let turn = |ratio: f64| {
            let future = Events { bad: ratio * traffic, total: traffic };
            let rolled = forecast::rolling(self.beta, step, &buckets, future);
            if exhausted { rolled.recover_s } else { rolled.exhaust_s }
        };
        // A spent budget may well take the rest of the window to come back.
        let horizons = HORIZONS.into_iter().filter(|h| *h <= self.window).chain(exhausted.then_some(self.window));
        Some(outlook(horizons, |back| self.sums(back), turn))
    }
}

/// The window as buckets of one length, oldest first. The open hour is added to the newest one, so that the sums stay
/// those of the headline; an error leaves at most an hour late.
#[allow(clippy::cast_precision_loss, reason = "a step is small")]
fn even_buckets(pieces: &[Piece], window: i64) -> (f64, Vec<Events>) {
    let step = if window <= FINE_REACH { FINE } else { HOURLY };
    let mut buckets: Vec<Events> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (bad, total) = (piece.sums.bad.unwrap_or(0.0), piece.sums.total.unwrap_or(0.0));
        match buckets.last_mut() {
            Some(last) if piece.sums.expected < step => {
                *last = Events { bad: last.bad + bad, total: last.total + total }
            }
            _ => buckets.push(Events { bad, total }),
        }
    }
    (step as f64, buckets)
}

/// Events to expect in one step: the mean over what was counted.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn mean_total(pieces: &[Piece], step: f64) -> f64 {
    let sums = history::sum(pieces);
    sums.total.unwrap_or(0.0) * step / sums.covered.max(1) as f64
}

fn runs_out(state: BudgetState, turning: Option<Outlook>, turns_at: Option<Time>) -> RunsOut {
    match (state, turning) {
        (BudgetState::Exhausted, _) => RunsOut::Exhausted,
        (BudgetState::NoTraffic, _) => RunsOut::NoTraffic,
        (BudgetState::NoData | BudgetState::Invalid, _) => RunsOut::NoData,
        (BudgetState::Ok, Some(Outlook::TooLittleData)) => RunsOut::TooLittleData,
        (BudgetState::Ok, _) => turns_at.map_or(RunsOut::NotAtPace, RunsOut::At),
    }
}

/// `D(t) = 1 - B[S..t]/(β·T_W)`, with the sums of the headline in their order.
fn burn_down(beta: f64, start: i64, pieces: &[Piece], remaining: Option<f64>) -> Vec<(Time, Option<f64>)> {
    let Some(total) = history::sum(pieces).total else { return Vec::new() };
    let mut bad = 0.0;
    let mut line = vec![(moment(start), Some(1.0))];
    for piece in pieces {
        bad += piece.sums.bad.unwrap_or(0.0);
        let ratio = if total > 0.0 { bad.min(total) / total } else { 0.0 };
        let left = (piece.sums.covered > 0).then(|| 1.0 - share_spent(beta, ratio));
        line.push((moment(piece.end), left));
    }
    if let Some(last) = line.last_mut() {
        last.1 = remaining;
    }
    line
}

/// The start of the first stretch that was counted.
fn since(pieces: &[Piece]) -> Option<Time> {
    let first = pieces.iter().find(|p| p.sums.covered > 0)?;
    Some(moment(first.end - first.sums.expected))
}

fn later(head: i64, turning: Outlook) -> Option<Time> {
    match turning {
        #[allow(clippy::cast_possible_truncation, reason = "at most one window ahead")]
        Outlook::In(seconds) => Some(moment(head.saturating_add(seconds.ceil() as i64))),
        Outlook::NotAtPace | Outlook::TooLittleData => None,
    }
}

fn moment(seconds: i64) -> Time {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
