//! Which part of the traffic spent it: portions by the values of a label, ranked by their share of the bad events.
//! Knows no query.

use crate::domain::text::SafeText;

/// What one value of a label counted in a span.
#[derive(Clone, Debug, PartialEq)]
pub struct Portion {
    pub value: SafeText,
    /// Events.
    pub bad: f64,
    /// Events; `None` where the source does not say.
    pub total: Option<f64>,
}

/// What a source counted by one label.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    pub label: SafeText,
    pub portions: Vec<Portion>,
    /// Of the whole span, whatever the label.
    pub bad: f64,
    pub total: f64,
}

/// A portion in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub label: SafeText,
    pub value: SafeText,
    pub bad: f64,
    pub total: Option<f64>,
    /// Of all bad events, in [0, 1].
    pub share: f64,
    /// Its share of the bad events over its share of the traffic: above 1 it fails more than the others do.
    pub lift: Option<f64>,
}

/// The greatest share of the bad events first; of equal shares the greater lift.
pub fn rank(counted: &[Counted]) -> Vec<Ranked> {
    let mut all: Vec<Ranked> = counted.iter().flat_map(|c| c.portions.iter().map(|p| ranked(c, p))).collect();
    all.retain(|r| r.bad > 0.0 && r.share.is_finite());
    let key = |r: &Ranked| r.lift.unwrap_or(0.0);
    all.sort_by(|a, b| b.share.total_cmp(&a.share).then(key(b).total_cmp(&key(a))));
    all
}

fn ranked(of: &Counted, p: &Portion) -> Ranked {
    let share = if of.bad > 0.0 { (p.bad / of.bad).min(1.0) } else { 0.0 };
    let traffic = p.total.filter(|t| *t > 0.0 && of.total > 0.0).map(|t| (t / of.total).min(1.0));
    Ranked {
        label: of.label.clone(),
        value: p.value.clone(),
        bad: p.bad,
        total: p.total,
        share,
        lift: traffic.map(|t| share / t).filter(|l| l.is_finite()),
    }
}

impl Ranked {
    /// `pod=a-1  83.0 % of the bad events, 4.1x its share of the traffic`
    pub fn words(&self) -> String {
        let lift = self.lift.map_or_else(String::new, |l| format!(", {l:.1}x its share of the traffic"));
        format!("{:.1} % of the bad events{lift} ({:.0} bad)", self.share * 100.0, self.bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_ranked_by_its_share_of_the_bad_and_told_by_its_lift() {
        let portion = |value: &str, bad, total| Portion { value: SafeText::new(value), bad, total };
        let portions =
            vec![portion("big", 20.0, Some(900.0)), portion("small", 80.0, Some(100.0)), portion("none", 0.0, None)];
        let ranked = rank(&[Counted { label: SafeText::new("pod"), portions, bad: 100.0, total: 1_000.0 }]);
        let told: Vec<_> = ranked.iter().map(|r| (r.value.raw(), r.share, r.lift.unwrap())).collect();
        assert_eq!(told[0], ("small", 0.8, 8.0));
        assert_eq!((told[1].0, told.len()), ("big", 2));
    }
}
