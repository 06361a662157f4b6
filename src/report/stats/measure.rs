//! A mean that does not stand alone: how many it is of, the median, and how many could not be counted.

use serde::Serialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measure {
    /// How many it stands on.
    pub count: usize,
    /// None where it stands on none.
    pub mean: Option<f64>,
    pub median: Option<f64>,
    pub most: Option<i64>,
    /// Unknown, or below zero: times that contradict each other.
    pub left_out: usize,
}

impl Measure {
    /// Of lengths or counts; none and what is below zero are left out, and counted.
    pub fn of(values: impl Iterator<Item = Option<i64>>) -> Self {
        let (mut known, mut left_out) = (Vec::new(), 0);
        for value in values {
            match value.filter(|v| *v >= 0) {
                Some(value) => known.push(value),
                None => left_out += 1,
            }
        }
        known.sort_unstable();
        Self { count: known.len(), mean: mean(&known), median: median(&known), most: known.last().copied(), left_out }
    }
}

#[allow(clippy::cast_precision_loss, reason = "seconds and counts are far below 2^53")]
fn mean(sorted: &[i64]) -> Option<f64> {
    let sum: f64 = sorted.iter().map(|v| *v as f64).sum();
    (!sorted.is_empty()).then(|| sum / sorted.len() as f64)
}

/// Of an even number the middle between the two in the middle.
#[allow(clippy::cast_precision_loss, reason = "seconds and counts are far below 2^53")]
fn median(sorted: &[i64]) -> Option<f64> {
    let middle = sorted.len().checked_sub(1)? / 2;
    Some(f64::midpoint(sorted[middle] as f64, sorted[sorted.len() / 2] as f64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_bad_night_moves_the_mean_and_not_the_median() {
        let measure = Measure::of([60, 120, 180, 36_000].map(Some).into_iter().chain([None, Some(-5)]));
        let wanted = Measure { count: 4, mean: Some(9_090.0), median: Some(150.0), most: Some(36_000), left_out: 2 };
        assert_eq!(measure, wanted);
        assert_eq!(Measure::of(std::iter::empty()), Measure::default());
    }

    proptest! {
        #[test]
        fn mean_and_median_lie_between_the_least_and_the_most(values in prop::collection::vec(0..1_000_000_i64, 1..40)) {
            let measure = Measure::of(values.iter().copied().map(Some));
            let (least, most) = (*values.iter().min().unwrap() as f64, *values.iter().max().unwrap() as f64);
            for v in [measure.mean.unwrap(), measure.median.unwrap()] {
                prop_assert!((least..=most).contains(&v));
            }
            let below = values.iter().filter(|v| (**v as f64) < measure.median.unwrap()).count();
            prop_assert!(below * 2 <= values.len());
            prop_assert_eq!(measure.count, values.len());
        }
    }
}
