//! One SLO at one moment: every number a pane or a command shows, from counts alone.
//!
//! Refuses to know where the counts come from and how they are drawn.

pub use super::judge::assess;
use super::{
    band::Band,
    budget::{BudgetState, QUANTUM_PAGES},
    burn::Severity,
    projection::Basis,
    window::Period,
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
    /// No current pace spends a rolling budget.
    NotAtPace,
    /// At every current pace a calendar's budget lasts until its period ends.
    Survives,
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
            Self::Survives => "survives".into(),
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
    /// In [-inf, 1]: the headline. A calendar's is `remaining_projected`.
    pub remaining: Option<f64>,
    /// What the headline's denominator is.
    pub basis: Basis,
    /// Of a calendar's period, by the events so far: `1 - B/(β·T_sofar)`. May rise.
    pub remaining_so_far: Option<f64>,
    /// Of a calendar's period, by the events of the whole period: `1 - B/(β·T_proj)`.
    pub remaining_projected: Option<f64>,
    /// What is left when a calendar's period ends, at the pace of the last quarter of the time to come.
    pub end_remaining: Option<f64>,
    /// In [0, inf].
    pub consumed: Option<f64>,
    pub slo_met: Option<bool>,
    /// By [`BURN_WINDOWS`].
    pub burn: [(&'static str, Option<f64>); 7],
    pub tiers: Vec<TierStatus>,
    pub runs_out: RunsOut,
    /// Where it is not exhausted yet and a current pace leads there.
    pub exhausts_at: Option<Time>,
    /// Where it is exhausted: when old errors leave the window, or the next period begins.
    pub recovers_at: Option<Time>,
    /// When it turns (runs out, or comes back once exhausted) at the paces of five look backs; `None` = too little data.
    pub band: Option<Band<Time>>,
    /// The window, Unix seconds: a rolling one ends at `as_of`.
    pub period: Period,
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

    /// How much of a rolling window there is, where that is not all of it: `6.2 d of 30 d`.
    pub fn young(&self) -> Option<String> {
        let begin = self.since?.timestamp();
        // The window's first hour counts whole.
        let is_young = self.as_of.timestamp() >= self.period.end && begin - self.period.begin > 3_600;
        let (had, all) = (self.period.end - begin, self.period.end - self.period.begin);
        is_young.then(|| format!("{} of {}", days(had), days(all)))
    }

    /// One bad event spends so much that it pages alone.
    pub fn one_event_pages(&self) -> bool {
        self.quantum.is_some_and(|q| q > QUANTUM_PAGES)
    }

    /// The share of the budget that so many bad events are; infinite where none is allowed.
    pub fn share(&self, bad: f64) -> Option<f64> {
        self.allowed_bad.map(|allowed| super::budget::share_of(bad, allowed))
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

impl Urgency {
    /// Of what rules recorded: they foretell nothing.
    pub fn of(firing: Option<Severity>, remaining: Option<f64>) -> Self {
        Self {
            alarm: firing.map_or(2, |s| s as u8),
            left: remaining.is_none_or(|r| r > 0.0),
            exhausts: i64::MAX,
            known: remaining.is_some(),
            idle: false,
            remaining: order(remaining.unwrap_or(1.0)),
        }
    }
}

/// The order of `f64::total_cmp` as a number.
fn order(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

/// `6.2 d`, or hours below two days.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn days(seconds: i64) -> String {
    let (value, unit) =
        if seconds < 172_800 { (seconds as f64 / 3_600.0, "h") } else { (seconds as f64 / 86_400.0, "d") };
    let text = format!("{value:.1}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}
