//! Any number of a budget with its formula and the values put into it. Knows the queries only as texts that it is given.

use super::{
    BudgetRow, Slo,
    assess::{Assessment, BURN_WINDOWS, TierStatus},
    composite::Combine,
    history::{FINE, FINE_REACH, HOURLY, History},
    tale::{percent, rate},
};
use crate::domain::duration;

/// One number, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// As `slo explain ID NAME` asks for it.
    pub name: String,
    pub formula: &'static str,
    /// The formula with the values in it.
    pub values: String,
    pub result: String,
    /// Which counts it stands on.
    pub counts: Counts,
}

/// Over which time the counts were summed, and in buckets of which length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Seconds; 0 = no counts.
    pub back: i64,
    /// Seconds of a bucket.
    pub step: i64,
}

impl Counts {
    fn over(back: i64) -> Self {
        Self { back, step: if back <= FINE_REACH { FINE } else { HOURLY } }
    }

    const NONE: Self = Self { back: 0, step: FINE };
}

/// The queries of one bucket, in the source's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queries {
    /// Of bad events, or of good ones.
    pub counted: String,
    pub is_good: bool,
    pub total: String,
}

/// Every number of a budget.
pub fn explain(slo: &Slo, history: &History, n: &Assessment) -> Vec<Explained> {
    let mut out = vec![definition(slo)];
    out.extend(headline(slo, n));
    out.extend(future(n));
    out.extend(BURN_WINDOWS.iter().map(|(label, back)| burn(slo, history, n, (label, *back))));
    out.extend(n.tiers.iter().enumerate().map(|(i, tier)| tier_numbers(slo, i, tier)));
    out
}

/// The same, and what is left without planned maintenance.
pub fn explain_row(row: &BudgetRow, n: &Assessment) -> Vec<Explained> {
    let mut out = explain(&row.slo, &row.history, n);
    let Some(a) = &row.adjusted else { return out };
    let (bad, allowed) = (count(a.adjusted.bad), count(a.adjusted.allowed_bad));
    let (less, of) = (count(Some(a.bad)), count(Some(a.total)));
    out.push(Explained {
        name: "adjusted".into(),
        formula: "R = 1 - B / A, of the events outside of planned maintenance",
        values: format!("1 - {bad} / {allowed}; {less} bad of {of} events are left out: {}", a.because()),
        result: share(a.adjusted.remaining),
        counts: Counts::over(n.as_of.timestamp() - n.period.begin),
    });
    out
}

/// A count as a person writes it.
fn count(value: Option<f64>) -> String {
    match value {
        None => "--".into(),
        Some(v) if v.fract().abs() < 1e-9 || v >= 1_000.0 => format!("{v:.0}"),
        Some(v) => format!("{v:.2}"),
    }
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "--".into(), percent)
}

/// What is counted as bad; of a composite, how it is put together.
fn bad_formula(slo: &Slo) -> &'static str {
    match (slo.is_composite(), Combine::of(&slo.method)) {
        (false, _) => "B = sum of the bad ones; no error series is no errors",
        (true, Combine::SumMissing) => "B = T * sum of (1 - SLI) of its parts",
        (true, Combine::SumBurn) => "B = T * sum of w * (1 - SLI) of its parts",
        (true, Combine::WeightedMean) => "B = T * sum of w * (1 - SLI) of its parts / sum of w",
    }
}

fn headline(slo: &Slo, n: &Assessment) -> Vec<Explained> {
    let counts = Counts::over(n.as_of.timestamp() - n.period.begin);
    let beta = slo.objective.budget_ratio();
    let (bad, total, allowed) = (count(n.bad), count(n.total), count(n.allowed_bad));
    let is_rolling = slo.window.is_rolling();
    let base = if is_rolling { total.clone() } else { count(n.allowed_bad.map(|a| a / beta.max(f64::MIN_POSITIVE))) };
    let unit = slo.unit();
    let of = |name: &str, formula, values: String, result: String| Explained {
        name: name.into(),
        formula,
        values,
        result,
        counts,
    };
    let begin = duration::prometheus(n.as_of.timestamp() - n.period.begin);
    let sli = n.sli.map_or_else(|| "--".into(), |s| format!("{:.4} %", s * 100.0));
    vec![
        of("total", "T = sum of the buckets", format!("{unit} of the last {begin}"), total.clone()),
        of("bad", bad_formula(slo), format!("{unit} of the last {begin}"), bad.clone()),
        of("sli", "SLI = (T - B) / T", format!("({total} - {bad}) / {total}"), sli),
        of(
            "allowed",
            "A = (1 - objective) * T",
            format!("(1 - {} %) * {base}", slo.objective.as_percent()),
            allowed.clone(),
        ),
        of("consumed", "C = B / A", format!("{bad} / {allowed}"), share(n.consumed)),
        of("remaining", "R = 1 - B / A", format!("1 - {bad} / {allowed}, {}", n.basis.words()), share(n.remaining)),
        of("quantum", "one bad event = 1 / A", format!("1 / {allowed}"), share(n.quantum)),
        of("coverage", "counted time / time of the window", format!("of {begin}"), share(n.coverage)),
    ]
}

fn future(n: &Assessment) -> Vec<Explained> {
    let formula = "the first horizon H of 1h 4h 12h 1d 3d 7d 14d within which the errors of its last quarter spend the \
                   rest, while old errors leave the window";
    let values =
        format!("left {}, burn {} over 1h and {} over 6h", share(n.remaining), rate(n.burn[2].1), rate(n.burn[4].1));
    let at =
        |t: Option<crate::domain::Time>| t.map_or_else(|| "--".into(), |t| t.format("%Y-%m-%d %H:%M UTC").to_string());
    let counts = Counts::over(n.as_of.timestamp() - n.period.begin);
    let mut out = vec![Explained {
        name: "runs_out".into(),
        formula,
        values,
        result: n.exhausts_at.map_or_else(|| n.runs_out.words(n.as_of), |t| at(Some(t))),
        counts,
    }];
    if n.recovers_at.is_some() {
        let formula = "when B < A again, as old errors leave the window or the next period begins";
        let values = format!("left {}", share(n.remaining));
        out.push(Explained { name: "recovers".into(), formula, values, result: at(n.recovers_at), counts });
    }
    out
}

fn burn(slo: &Slo, history: &History, n: &Assessment, (label, back): (&str, i64)) -> Explained {
    let sums = history.sum(n.as_of.timestamp(), back);
    let known = n.burn.iter().find(|(l, _)| *l == label).and_then(|(_, b)| *b);
    Explained {
        name: format!("burn_{label}"),
        formula: "burn = (B / T) / (1 - objective)",
        values: format!(
            "({} / {}) / (1 - {} %)",
            count(sums.bad.or(sums.total.map(|_| 0.0))),
            count(sums.total),
            slo.objective.as_percent()
        ),
        result: rate(known),
        counts: Counts::over(back),
    }
}

#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn tier_numbers(slo: &Slo, index: usize, tier: &TierStatus) -> Explained {
    let window_s = slo.window.seconds();
    let spent = tier.factor * tier.long_s as f64 / window_s.max(1) as f64;
    let (long, window) = (duration::prometheus(tier.long_s), duration::prometheus(window_s));
    Explained {
        name: format!("tier_{}", index + 1),
        formula: "factor = p * W / L; fires while both windows burn faster than it",
        values: format!(
            "{} {}/{}: {} * {window} / {long}; {} and {} against {:.2}x",
            tier.severity.as_str(),
            long,
            duration::prometheus(tier.short_s),
            percent(spent),
            rate(tier.long_burn),
            rate(tier.short_burn),
            tier.factor
        ),
        result: if tier.firing { "FIRING".into() } else { "quiet".into() },
        counts: Counts::over(tier.long_s),
    }
}

/// What stands without any counts.
fn definition(slo: &Slo) -> Explained {
    Explained {
        name: "objective".into(),
        formula: "(1 - objective) of the events may be bad",
        values: format!("objective {} % over {}", slo.objective.as_percent(), slo.window.words()),
        result: percent(slo.objective.budget_ratio()),
        counts: Counts::NONE,
    }
}
