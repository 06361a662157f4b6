//! Which part of a simulated service's traffic fails: the values of its labels, each with its share of the requests and
//! of what incidents break. What fails usually fails everywhere alike.

use std::collections::BTreeMap;

use crate::domain::{
    slo::drill::{Counted, Portion},
    text::SafeText,
};

use super::{scenario::Mistake, wire::PortionTable};

/// One value of a label.
#[derive(Clone, Debug)]
pub(super) struct Share {
    label: String,
    value: SafeText,
    /// Of all requests, in [0, 1].
    traffic: f64,
    /// Of the requests that incidents break, in [0, 1].
    broken: f64,
}

/// What was counted in a span, in whole events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    pub(super) bad: f64,
    pub(super) total: f64,
    /// Of the bad ones, those that fail usually.
    pub(super) usual: f64,
}

/// Reads the shares; those of a label must not be more than everything.
pub(super) fn shares(tables: &[PortionTable]) -> Result<Vec<Share>, Mistake> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let mut shares = Vec::new();
    for table in tables {
        let (traffic, broken) = (*table.traffic.get_ref(), *table.broken.get_ref());
        let sum = sums.entry(table.label.as_str()).or_default();
        *sum = (sum.0 + traffic, sum.1 + broken);
        for (written, share, sum) in [(&table.traffic, traffic, sum.0), (&table.broken, broken, sum.1)] {
            if !(0.0..=1.0).contains(&share) || sum > 1.0 + 1e-9 {
                let why = format!("the shares of `{}` are not from 0 to 1 together", table.label);
                return Err(Mistake::at(written, why));
            }
        }
        shares.push(Share { label: table.label.clone(), value: SafeText::new(&table.value), traffic, broken });
    }
    Ok(shares)
}

/// By one label, or by every one.
pub(super) fn drill(shares: &[Share], by: Option<&str>, whole: Whole) -> Vec<Counted> {
    let mut labels: Vec<&str> =
        shares.iter().map(|s| s.label.as_str()).filter(|l| by.is_none_or(|b| b == *l)).collect();
    labels.dedup();
    labels.into_iter().map(|label| counted(shares, label, whole)).collect()
}

fn counted(shares: &[Share], label: &str, whole: Whole) -> Counted {
    let broken = (whole.bad - whole.usual).max(0.0);
    let portion = |s: &Share| Portion {
        value: s.value.clone(),
        bad: (whole.usual * s.traffic + broken * s.broken).floor(),
        total: Some((whole.total * s.traffic).floor()).filter(|t| *t > 0.0),
    };
    let portions = shares.iter().filter(|s| s.label == label).map(portion).collect();
    Counted { label: SafeText::new(label), portions, bad: whole.bad, total: whole.total }
}
