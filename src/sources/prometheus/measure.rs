//! What an objective measures, as the two queries whose values at the end of a bucket are its counts.
//!
//! Whatever the budgeting method, the answer is counts: of events, of slices of time, or sums of slices' error ratios.
//! A slice without events is no division by zero: a comparison drops what is not a number. Refuses to ask anybody.

use super::{
    promql::{self, Wrap},
    seams,
};
use crate::domain::{
    duration,
    slo::{
        Counted, EmptySlice, Measure, Method, Objective, Slo,
        indicator::{Compare, Indicator},
        method::SLICE_S as SLICE,
    },
};

/// The two queries of a bucket.
pub(super) struct Halves {
    /// Good or bad.
    pub counted: String,
    pub is_good: bool,
    pub total: String,
}

/// # Errors
/// In words for the author of the query.
pub(super) fn halves(slo: &Slo, step: i64) -> Result<Halves, String> {
    let indicator = &slo.indicator;
    match (&indicator.measure, &slo.method) {
        (Measure::Parts, _) => Err("a composite is counted through its parts".into()),
        (Measure::Events { counted, total, counter }, Method::Occurrences) => events(counted, total, *counter, step),
        (Measure::Ratio(ratio), Method::Occurrences) => Ok(moments(&error_ratio(ratio, step)?, step)),
        (Measure::Threshold { query, op, value }, method) => {
            let slice = Slice::new(method.slice_s().unwrap_or(SLICE), step);
            Ok(Halves::bad(slice.count(&format!("({query}) {} {value}", fails(*op))), slice.count(query)))
        }
        (_, Method::Timeslices { slice_s, target, empty }) => {
            judged(&Slice::new(*slice_s, step), indicator, target, *empty)
        }
        (_, Method::RatioTimeslices { slice_s }) => averaged(&Slice::new(*slice_s, step), indicator),
    }
}

impl Halves {
    fn bad(counted: String, total: String) -> Self {
        Self { counted, is_good: false, total }
    }

    /// Whether it makes a difference how often there is a scrape.
    pub(super) fn can_join(&self) -> bool {
        seams::is_linear(&self.counted) && seams::is_linear(&self.total)
    }

    /// With buckets of `step` seconds that join, where there is a scrape every `scrape` milliseconds: both halves, or none.
    pub(super) fn joined(self, step: i64, scrape: Option<i64>) -> Self {
        let half = |query: &str| seams::joined(query, step, scrape?);
        match half(&self.counted).zip(half(&self.total)) {
            Some((counted, total)) => Self { counted, total, ..self },
            None => self,
        }
    }
}

fn events(counted: &Counted, total: &str, counter: bool, seconds: i64) -> Result<Halves, String> {
    let wrap = if counter { Wrap::Increase } else { Wrap::Sum };
    let over = |query: &str| promql::over_window(query, wrap, &duration::prometheus(seconds));
    let is_good = matches!(counted, Counted::Good(_));
    Ok(Halves { counted: over(counted.query())?, is_good, total: over(total)? })
}

/// A ratio somebody computed: its bad seconds and the seconds for which it was known.
fn moments(ratio: &str, step: i64) -> Halves {
    Halves::bad(format!("({ratio} >= 0) * {step}"), format!("({ratio} >= 0) * 0 + {step}"))
}

/// The error ratio over that many seconds, of a ratio that is computed already.
fn error_ratio(ratio: &Counted, seconds: i64) -> Result<String, String> {
    let query = ratio.query();
    let over = if promql::has_range(query)? {
        promql::over_window(query, Wrap::Sum, &duration::prometheus(seconds))?
    } else {
        // A recorded ratio that is not a number for one moment must not spoil the bucket.
        format!("avg_over_time((({query}) >= 0)[{}:{SLICE}s])", duration::prometheus((seconds - 1).max(1)))
    };
    Ok(match ratio {
        Counted::Bad(_) => format!("({over})"),
        Counted::Good(_) => format!("(1 - ({over}))"),
    })
}

/// Slices within a bucket: `(end - step, end]` holds those that end in it.
struct Slice {
    seconds: i64,
    step: i64,
}

impl Slice {
    fn new(seconds: i64, step: i64) -> Self {
        Self { seconds: seconds.max(1), step }
    }

    /// How many slices of the bucket have a value.
    fn count(&self, query: &str) -> String {
        self.over("count_over_time", query, &format!("(({query}) * 0 + 1)"))
    }

    fn sum(&self, query: &str) -> String {
        self.over("sum_over_time", query, query)
    }

    /// A bucket shorter than a slice holds its share of the slice that ends with it.
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    fn over(&self, function: &str, query: &str, now: &str) -> String {
        if self.step < self.seconds {
            return format!("({now}) * {}", self.step as f64 / self.seconds as f64);
        }
        // One second less than the bucket: older servers count both ends of a range, newer ones only the last.
        format!("{function}(({query})[{}:{}s])", duration::prometheus((self.step - 1).max(1)), self.seconds)
    }
}

/// The error ratio of one slice; not a number where it is empty. An error series that is absent is no errors.
fn slice_ratio(indicator: &Indicator, seconds: i64) -> Result<(String, Option<String>), String> {
    match &indicator.measure {
        Measure::Events { counted, total, counter } => {
            let halves = events(counted, total, *counter, seconds)?;
            let total = format!("sum({})", halves.total);
            let part = format!("(sum({}) or {total} * 0) / {total}", halves.counted);
            Ok((if halves.is_good { format!("1 - {part}") } else { part }, Some(total)))
        }
        Measure::Ratio(ratio) => Ok((error_ratio(ratio, seconds)?, None)),
        Measure::Threshold { .. } | Measure::Parts => Err("this indicator has no ratio".into()),
    }
}

/// Good is where the ratio of good events is at least the target: on it is good.
fn judged(slice: &Slice, indicator: &Indicator, target: &Objective, empty: EmptySlice) -> Result<Halves, String> {
    let (ratio, total) = slice_ratio(indicator, slice.seconds)?;
    let limit = target.budget_ratio() * (1.0 + 1e-9);
    let bad = format!("(({ratio}) > {limit})");
    let Some(total) = total else {
        return Ok(Halves::bad(slice.count(&bad), slice.count(&format!("({ratio}) >= 0"))));
    };
    Ok(match empty {
        EmptySlice::Ignore => Halves::bad(slice.count(&bad), slice.sum(&format!("{total} > bool 0"))),
        EmptySlice::Good => Halves::bad(slice.count(&bad), slice.count(&total)),
        EmptySlice::Bad => Halves::bad(slice.count(&format!("{bad} or ({total} == 0)")), slice.count(&total)),
    })
}

fn averaged(slice: &Slice, indicator: &Indicator) -> Result<Halves, String> {
    let (ratio, total) = slice_ratio(indicator, slice.seconds)?;
    let known = format!("({ratio}) >= 0");
    let slices = match total {
        Some(total) => slice.sum(&format!("{total} > bool 0")),
        None => slice.count(&known),
    };
    Ok(Halves::bad(slice.sum(&known), slices))
}

/// The comparison that a bad value passes.
fn fails(op: Compare) -> &'static str {
    match op {
        Compare::Below => ">=",
        Compare::AtMost => ">",
        Compare::Above => "<=",
        Compare::AtLeast => "<",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::Window;

    fn slo(method: Method, measure: Measure) -> Slo {
        let indicator = Indicator { measure, ..Indicator::events(Counted::Bad(String::new()), "", false) };
        Slo { method, ..Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator) }
    }

    fn requests() -> Measure {
        Measure::Events { counted: Counted::Bad("bad".into()), total: "all".into(), counter: true }
    }

    #[test]
    fn occurrences_are_increases_of_both_halves() {
        let halves = halves(&slo(Method::Occurrences, requests()), 300).unwrap();
        assert_eq!((halves.counted.as_str(), halves.total.as_str()), ("increase(bad[5m])", "increase(all[5m])"));
    }

    #[test]
    fn a_slice_is_judged_where_the_data_are_and_counted() {
        let target = Objective::percent("95").unwrap();
        let method = Method::Timeslices { slice_s: 60, target, empty: EmptySlice::Ignore };
        let halves = halves(&slo(method, requests()), 300).unwrap();
        assert!(halves.counted.starts_with("count_over_time((((("), "{}", halves.counted);
        assert!(halves.counted.contains("> 0.05000000005"), "{}", halves.counted);
        assert!(halves.counted.ends_with("))[4m59s:60s])"), "{}", halves.counted);
        assert_eq!(halves.total, "sum_over_time((sum(increase(all[1m])) > bool 0)[4m59s:60s])");
    }

    #[test]
    fn a_computed_ratio_weighs_every_second_the_same() {
        let halves = halves(&slo(Method::Occurrences, Measure::Ratio(Counted::Good("up".into()))), 3_600).unwrap();
        assert_eq!(halves.counted, "((1 - (avg_over_time(((up) >= 0)[59m59s:60s]))) >= 0) * 3600");
    }

    #[test]
    fn a_threshold_counts_the_slices_that_fail_it() {
        let measure = Measure::Threshold { query: "latency".into(), op: Compare::AtMost, value: 0.5 };
        let halves = halves(&slo(Method::Occurrences, measure), 300).unwrap();
        assert_eq!(halves.counted, "count_over_time(((latency) > 0.5)[4m59s:60s])");
        assert_eq!(halves.total, "count_over_time((latency)[4m59s:60s])");
    }
}
