//! A signal on the columns of an axis: which moments are asked for, and what stands in each column. What was not answered
//! stays a gap.

use super::Signal;
use crate::domain::slo::{BucketSpan, curve::Axis};

/// Lengths between two moments, in seconds: few, so that a look that moves a little asks for nothing anew.
const STEPS: [i64; 11] = [60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400];
/// A rate looks back at least so far, in seconds: several samples of a slow scrape.
pub const LOOK_BACK_MIN: i64 = 300;
/// And at most so far where nobody says what that costs.
const LOOK_BACK_BLIND: i64 = 3_600;

/// The moments that an axis needs, at most up to `head`: no more than about one a column, however long it is.
pub fn moments(axis: Axis, head: i64) -> BucketSpan {
    let width = axis.length() / i64::try_from(axis.columns).unwrap_or(i64::MAX).max(1);
    let step = STEPS.into_iter().rev().find(|s| *s <= width).unwrap_or(STEPS[0]);
    let to = head.min(axis.to.saturating_add(step - 1)).div_euclid(step) * step;
    BucketSpan { from: axis.from.min(to), to, step }
}

/// How far a rate looks back, in seconds, where there are so many moments `step` seconds apart: over all that lies between
/// two of them, so that nothing is missed, but no further than the samples suffice that one line may cost. `cost` is
/// samples for each second of a look back, where the source says; 0 samples allowed = no limit.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "clamped to the step")]
pub fn look_back(span: BucketSpan, cost: Option<f64>, allowed: u64) -> i64 {
    let step = span.step.max(1);
    let moments = ((span.to - span.from) / step).max(1) as f64;
    let bearable = match cost {
        None => LOOK_BACK_BLIND,
        Some(cost) if allowed == 0 || cost <= 0.0 => step,
        Some(cost) => (allowed as f64 / cost / moments).clamp(0.0, step as f64) as i64 / 60 * 60,
    };
    bearable.min(step).max(LOOK_BACK_MIN)
}

/// One value a column. A moment speaks for the step before it; of several in one column the worst is told, of traffic the
/// middle.
pub fn columns(points: &[(i64, Option<f64>)], step: i64, axis: Axis, signal: Signal) -> Vec<Option<f64>> {
    let mut out: Vec<(f64, u32)> = vec![(0.0, 0); axis.columns];
    for (at, value) in points {
        let Some(value) = value.filter(|v| v.is_finite()) else { continue };
        let (begin, end) = ((at - step.max(1) + 1).max(axis.from + 1), (*at).min(axis.to));
        let (Some(first), Some(last)) = (axis.column(begin), axis.column(end)) else { continue };
        for (sum, n) in out.iter_mut().take(last + 1).skip(first) {
            *sum = match signal {
                Signal::Traffic => *sum + value,
                _ if *n == 0 => value,
                _ => sum.max(value),
            };
            *n += 1;
        }
    }
    let told = |(sum, n): (f64, u32)| match (n, signal) {
        (0, _) => None,
        (n, Signal::Traffic) => Some(sum / f64::from(n)),
        _ => Some(sum),
    };
    out.into_iter().map(told).collect()
}

/// The least and the most of what is there.
pub fn range(values: &[Option<f64>]) -> Option<(f64, f64)> {
    values.iter().flatten().fold(None, |range, v| {
        let (low, high) = range.unwrap_or((*v, *v));
        Some((low.min(*v), high.max(*v)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn an_axis_of_any_length_needs_about_one_moment_a_column() {
        for (length, width) in [(3_600, 72), (DAY, 72), (7 * DAY, 150), (30 * DAY, 72), (365 * DAY, 190)] {
            let axis = Axis::new(1_000_000, 1_000_000 + length, width);
            let span = moments(axis, axis.to);
            let n = (span.to - span.from) / span.step;
            assert!(n <= 2 * i64::try_from(width).unwrap() * 3 / 2 + 2, "{length}: {n} moments in {width} columns");
            assert!(span.to <= axis.to + span.step && span.to % span.step == 0);
        }
    }

    #[test]
    fn a_rate_looks_back_over_everything_unless_that_is_too_dear() {
        let month = BucketSpan { from: 0, to: 30 * DAY, step: 28_800 };
        assert_eq!(look_back(month, Some(1.0), 0), 28_800);
        assert_eq!(look_back(month, Some(0.1), 1_000_000), 28_800);
        assert_eq!(look_back(month, Some(10.0), 1_000_000), 1_080, "90 moments of a million");
        assert_eq!(look_back(month, Some(1e9), 1_000_000), LOOK_BACK_MIN);
        assert_eq!(look_back(month, None, 1_000_000), 3_600);
        let hour = BucketSpan { from: 0, to: 3_600, step: 60 };
        assert_eq!(look_back(hour, Some(0.1), 1_000_000), LOOK_BACK_MIN);
    }

    #[test]
    fn nothing_is_asked_for_that_has_not_happened() {
        let axis = Axis::new(0, 10 * DAY, 100);
        assert!(moments(axis, 3 * DAY + 5).to <= 3 * DAY + 5);
        assert_eq!(moments(axis, -5).from, moments(axis, -5).to);
    }

    #[test]
    fn the_worst_of_a_column_is_told_and_the_middle_of_traffic() {
        let points = [(60, Some(1.0)), (120, Some(9.0)), (180, None), (240, None)];
        let axis = Axis::new(0, 240, 2);
        assert_eq!(columns(&points, 60, axis, Signal::Latency), [Some(9.0), None]);
        assert_eq!(columns(&points, 60, axis, Signal::Traffic), [Some(5.0), None]);
    }

    #[test]
    fn a_moment_fills_the_step_before_it_and_no_gap_beside_it() {
        let points = [(120, Some(1.0)), (180, Some(f64::NAN)), (240, Some(2.0))];
        let told = columns(&points, 60, Axis::new(60, 240, 6), Signal::Errors);
        assert_eq!(told, [Some(1.0), Some(1.0), None, None, Some(2.0), Some(2.0)]);
        assert_eq!(range(&told), Some((1.0, 2.0)));
        assert_eq!(range(&[None]), None);
    }
}
