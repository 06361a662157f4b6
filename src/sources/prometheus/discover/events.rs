//! The raw queries behind a recorded error ratio: what the rule divides by what.

use super::{
    super::promql::{self, Wrap},
    expression::{kept_labels, sides},
};
use crate::domain::slo::{Counted, Indicator, Measure};

/// Counts where the expression is a quotient of what can be counted over any range of time; none for every other ratio.
pub(super) fn of(expression: &str) -> Option<Indicator> {
    if let Some(indicator) = native_histogram(expression) {
        return Some(indicator);
    }
    let (errors, total) = sides(expression, "/")?;
    let counted = match sides(&errors, "-") {
        Some((all, good)) if all == total => Counted::Good(good),
        _ => Counted::Bad(errors),
    };
    let countable =
        |query: &str| promql::has_range(query) == Ok(true) && promql::over_window(query, Wrap::Increase, "5m").is_ok();
    (countable(counted.query()) && countable(&total)).then(|| Indicator::events(counted, &total, true))
}

/// `1 - histogram_fraction(0, 0.2, H)`: the share of observations beyond a bound, interpolated.
fn native_histogram(expression: &str) -> Option<Indicator> {
    let (one, fraction) = sides(expression, "-")?;
    let inside = fraction.strip_prefix("histogram_fraction(")?.strip_suffix(')')?;
    let histogram = inside.splitn(3, ',').nth(2)?.trim();
    if one != "1" || !promql::has_range(histogram).ok()? {
        return None;
    }
    let total = format!("histogram_count({histogram})");
    let good = format!("{fraction} * {total}");
    Some(Indicator { estimate: true, ..Indicator::events(Counted::Good(good), &total, true) })
}

/// The labels by which the total is kept apart.
pub(super) fn grouping(indicator: &Indicator) -> Vec<String> {
    match &indicator.measure {
        Measure::Events { total, .. } => kept_labels(total),
        Measure::Ratio(_) | Measure::Threshold { .. } | Measure::Parts => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(expression: &str) -> Option<(Counted, String)> {
        match of(expression)?.measure {
            Measure::Events { counted, total, .. } => Some((counted, total)),
            _ => None,
        }
    }

    #[test]
    fn a_quotient_of_rates_gives_its_errors_and_its_total() {
        let (errors, total) = counted("(sum(rate(e[5m])) or vector(0)) / (sum(rate(t[5m])))").unwrap();
        assert_eq!((errors.query(), total.as_str()), ("sum(rate(e[5m])) or vector(0)", "sum(rate(t[5m]))"));
    }

    #[test]
    fn all_less_good_is_a_count_of_good_so_that_absent_good_is_not_mistaken_for_absent_errors() {
        let latency = "(sum(rate(d_count[5m])) - sum(rate(d_bucket{le=\"1\"}[5m]))) / sum(rate(d_count[5m]))";
        assert_eq!(counted(latency).unwrap().0, Counted::Good("sum(rate(d_bucket{le=\"1\"}[5m]))".into()));
    }

    #[test]
    fn a_native_histogram_is_an_estimate_of_counts() {
        let found = of("1 - histogram_fraction(0, 0.2, sum(rate(d{a=\"b\"}[5m])))").unwrap();
        assert!(found.estimate);
        assert_eq!(grouping(&found), Vec::<String>::new());
    }

    #[test]
    fn every_other_ratio_has_no_counts() {
        for ratio in ["1 - avg_over_time(up[5m])", "a / b", "sum(rate(a[5m] offset 1h)) / sum(rate(b[5m]))", "a{", ""] {
            assert_eq!(counted(ratio), None, "{ratio}");
        }
    }
}
