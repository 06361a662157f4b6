//! An SLO in an answer. A number that is not known, or is infinite, is null beside its state.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::domain::{
    Time,
    slo::{
        BudgetRow, SloId,
        assess::{Assessment, BURN_WINDOWS, TierStatus},
        budget::BudgetState,
    },
    text::SafeText,
};

#[derive(Debug, Serialize)]
pub struct SloAnswer<'a> {
    id: &'a SloId,
    service: &'a SafeText,
    name: &'a SafeText,
    /// Decimal text, percent.
    objective: &'a str,
    /// Seconds.
    window: i64,
    method: &'static str,
    origin: String,
    state: &'static str,
    sli: Option<f64>,
    total: Option<f64>,
    bad: Option<f64>,
    remaining: Option<f64>,
    consumed: Option<f64>,
    burn: Burn<'a>,
    tiers: Vec<TierAnswer>,
    exhausts_at: Option<Time>,
    recovers_at: Option<Time>,
    coverage: Option<f64>,
    /// Why this one cannot be counted, only where something is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a SafeText>,
    /// Only where there was planned maintenance.
    #[serde(skip_serializing_if = "Option::is_none")]
    adjusted: Option<AdjustedAnswer<'a>>,
}

/// What it would be without planned maintenance.
#[derive(Debug, Serialize)]
struct AdjustedAnswer<'a> {
    remaining: Option<f64>,
    sli: Option<f64>,
    /// Events that are left out.
    bad: f64,
    total: f64,
    because: &'a [SafeText],
}

#[derive(Debug, Serialize)]
struct TierAnswer {
    severity: &'static str,
    /// Seconds.
    long: i64,
    /// Seconds.
    short: i64,
    factor: f64,
    firing: bool,
    unreachable: bool,
}

/// Burn rates by look back, in the order of their lengths.
#[derive(Debug)]
struct Burn<'a>(Option<&'a Assessment>);

impl Serialize for Burn<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(BURN_WINDOWS.len()))?;
        for (i, (label, _)) in BURN_WINDOWS.iter().enumerate() {
            map.serialize_entry(label, &self.0.and_then(|n| finite(n.burn[i].1)))?;
        }
        map.end()
    }
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}

impl<'a> SloAnswer<'a> {
    pub fn of(row: &'a BudgetRow) -> Self {
        let (slo, numbers) = (&row.slo, row.numbers());
        let number = |of: fn(&Assessment) -> Option<f64>| finite(numbers.and_then(of));
        Self {
            id: &slo.id,
            service: &slo.service,
            name: &slo.name,
            objective: slo.objective.as_percent(),
            window: slo.window.seconds(),
            method: slo.method.as_str(),
            origin: slo.origin.to_string(),
            state: numbers.map_or(BudgetState::NoData, |n| n.state).as_str(),
            sli: number(|n| n.sli),
            total: number(|n| n.total),
            bad: number(|n| n.bad),
            remaining: number(|n| n.remaining),
            consumed: number(|n| n.consumed),
            burn: Burn(numbers),
            tiers: numbers.map_or_else(Vec::new, |n| n.tiers.iter().map(TierAnswer::of).collect()),
            exhausts_at: numbers.and_then(|n| n.exhausts_at),
            recovers_at: numbers.and_then(|n| n.recovers_at),
            coverage: number(|n| n.coverage),
            trouble: row.trouble.as_ref().map(|t| &t.what),
            adjusted: row.adjusted.as_deref().map(|a| AdjustedAnswer {
                remaining: finite(a.adjusted.remaining),
                sli: finite(a.adjusted.sli),
                bad: a.bad,
                total: a.total,
                because: &a.reasons,
            }),
        }
    }
}

impl TierAnswer {
    fn of(tier: &TierStatus) -> Self {
        Self {
            severity: tier.severity.as_str(),
            long: tier.long_s,
            short: tier.short_s,
            factor: tier.factor,
            firing: tier.firing,
            unreachable: tier.unreachable,
        }
    }
}
