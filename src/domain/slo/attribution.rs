//! What burned it: the budget that incidents, alerts and deploys took, and the rest that none of them did.
//!
//! The bad events of a stretch are split among the causes that touch it, in proportion to the seconds they share; gross is
//! all of them, net what lies above the usual share of errors. Gross shares and the unattributed rest sum to what was
//! consumed. Knows no source of incidents.

use super::{
    assess::Assessment,
    budget::share_of,
    timeline::{Stretch, Timeline},
};
use crate::domain::text::SafeText;

/// What something that may have spent budget is. The first kind that touches a stretch takes it: the alert of an incident
/// spends nothing beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseKind {
    Incident,
    Alert,
    Deploy,
    /// A stretch of errors that nobody gave a name.
    Burst,
}

impl CauseKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Alert => "alert",
            Self::Deploy => "deploy",
            Self::Burst => "burst",
        }
    }
}

/// Something with a name that lasted `(from, to]`, Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub kind: CauseKind,
    pub name: SafeText,
    pub from: i64,
    pub to: i64,
}

/// What one cause took.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    pub cause: Cause,
    /// Events.
    pub bad: f64,
    /// Share of the budget.
    pub gross: f64,
    /// Above the usual share of errors; never below 0.
    pub net: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attribution {
    /// The greatest net share first.
    pub shares: Vec<Share>,
    /// Share of the budget that no cause took.
    pub unattributed: f64,
    /// All of it: gross shares and the unattributed.
    pub consumed: f64,
}

/// The budget that shares are taken of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Bad events that the whole window allows, `A = β·T`.
    pub allowed: f64,
    /// The usual error ratio, in [0, 1].
    pub baseline: f64,
}

/// Splits every stretch among all causes that touch it, whatever their kind.
pub fn attribute(measured: Measured, causes: &[Cause], stretches: &[Stretch]) -> Attribution {
    split(measured, causes, stretches, |touching| touching)
}

/// As [`attribute`], but a stretch belongs to the first kind that touches it.
pub fn what_burned(measured: Measured, causes: &[Cause], stretches: &[Stretch]) -> Attribution {
    split(measured, causes, stretches, |touching| {
        let first = touching.iter().map(|(i, _)| causes[*i].kind).min();
        touching.into_iter().filter(|(i, _)| Some(causes[*i].kind) == first).collect()
    })
}

/// The index of a cause and the seconds it shares with a stretch.
type Touching = Vec<(usize, i64)>;

fn split(
    measured: Measured,
    causes: &[Cause],
    stretches: &[Stretch],
    choose: impl Fn(Touching) -> Touching,
) -> Attribution {
    let mut taken = vec![(0.0, 0.0); causes.len()];
    let mut rest = 0.0;
    for stretch in stretches {
        let touching = choose(touching(causes, stretch));
        let all: i64 = touching.iter().map(|(_, seconds)| seconds).sum();
        if all == 0 {
            rest += stretch.bad;
            continue;
        }
        for (i, seconds) in touching {
            #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
            let part = seconds as f64 / all as f64;
            taken[i].0 += stretch.bad * part;
            taken[i].1 += stretch.total * part;
        }
    }
    let share = |(cause, (bad, total)): (&Cause, (f64, f64))| Share {
        cause: cause.clone(),
        bad,
        gross: share_of(bad, measured.allowed),
        net: share_of(bad - measured.baseline * total, measured.allowed),
    };
    let mut shares: Vec<Share> = causes.iter().zip(taken).map(share).collect();
    shares.sort_by(|a, b| b.net.total_cmp(&a.net));
    let unattributed = share_of(rest, measured.allowed);
    let consumed = shares.iter().map(|s| s.gross).sum::<f64>() + unattributed;
    Attribution { shares, unattributed, consumed }
}

fn touching(causes: &[Cause], stretch: &Stretch) -> Touching {
    let overlaps = causes.iter().enumerate().map(|(i, c)| (i, stretch.overlap(c.from, c.to)));
    overlaps.filter(|(_, seconds)| *seconds > 0).collect()
}

/// The usual error ratio: that of the stretches no cause touches; of all where every one is touched.
pub fn baseline(causes: &[Cause], stretches: &[Stretch]) -> f64 {
    let ratio = |only_quiet: bool| {
        let counted = stretches.iter().filter(|s| !only_quiet || touching(causes, s).is_empty());
        let (bad, total) = counted.fold((0.0, 0.0), |(b, t), s| (b + s.bad, t + s.total));
        (total > 0.0).then(|| (bad / total).clamp(0.0, 1.0))
    };
    ratio(true).unwrap_or(0.0)
}

/// The whole account of a window: what was named, bursts that nobody named, and the rest. A cause that took nothing is left
/// out.
pub fn account(numbers: &Assessment, beta: f64, line: &Timeline, named: &[Cause]) -> Attribution {
    let is_untouched = |s: &&Stretch| touching(named, s).is_empty();
    let untouched: Vec<Stretch> = line.stretches().iter().filter(is_untouched).copied().collect();
    let alerts: Vec<Cause> = named.iter().filter(|c| c.kind == CauseKind::Alert).cloned().collect();
    let causes: Vec<Cause> = named.iter().cloned().chain(bursts(beta, &untouched, &alerts)).collect();
    let stretches = line.stretches();
    let measured = Measured { allowed: numbers.allowed_bad.unwrap_or(0.0), baseline: baseline(&causes, stretches) };
    let mut found = what_burned(measured, &causes, stretches);
    found.shares.retain(|s| s.bad > 0.0);
    found
}

/// Quiet seconds that do not end a burst.
pub const JOINED: i64 = 30 * 60;

/// Causes that nobody declared: neighbouring stretches with a burn rate above 1, joined across gaps of at most
/// [`JOINED`], named by the alert that fired then.
pub fn bursts(beta: f64, stretches: &[Stretch], alerts: &[Cause]) -> Vec<Cause> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for s in stretches.iter().filter(|s| s.error_ratio().is_some_and(|e| e > beta)) {
        match found.last_mut() {
            Some((_, to)) if s.start - *to <= JOINED => *to = s.end,
            _ => found.push((s.start, s.end)),
        }
    }
    let cause = |(from, to)| Cause { kind: CauseKind::Burst, name: name(alerts, from, to), from, to };
    found.into_iter().map(cause).collect()
}

/// The alert that shares most of the time; else none.
fn name(alerts: &[Cause], from: i64, to: i64) -> SafeText {
    let shared = |a: &Cause| (a.to.min(to) - a.from.max(from)).max(0);
    let longest = alerts.iter().filter(|a| shared(a) > 0).max_by_key(|a| shared(a));
    longest.map_or_else(|| SafeText::new("errors without an alert"), |a| a.name.clone())
}
