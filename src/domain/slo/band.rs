//! A band instead of a point: when the budget turns at the paces of an hour, six hours, a day, three days and a week.

use super::{forecast::pace, series::Sums};

/// Look backs whose paces are taken on, in seconds.
pub const LOOKS: [i64; 5] = [3_600, 21_600, 86_400, 259_200, 604_800];
/// Paces that make a band; one alone is a point.
const LEAST: usize = 2;

/// Percentiles of the seconds until the budget turns. `None` = not within reach at that percentile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band<T> {
    /// The 20th: pessimistic where the budget runs out.
    pub soonest: Option<T>,
    /// The median.
    pub middle: Option<T>,
    /// The 80th: optimistic where the budget runs out.
    pub latest: Option<T>,
    /// How many of the [`LOOKS`] told enough.
    pub looks: usize,
}

impl<T> Band<T> {
    pub fn map<U>(self, f: impl Fn(T) -> U) -> Band<U> {
        let Self { soonest, middle, latest, looks } = self;
        Band { soonest: soonest.map(&f), middle: middle.map(&f), latest: latest.map(&f), looks }
    }
}

/// The band over the look backs of at most `longest` seconds; `None` = too little data to forecast.
///
/// `look` counts what lies that many seconds back; `turn` answers the seconds until the budget turns at an error ratio.
pub fn band(longest: i64, look: impl Fn(i64) -> Sums, turn: impl Fn(f64) -> Option<f64>) -> Option<Band<f64>> {
    let paces = LOOKS.into_iter().filter(|l| *l <= longest).filter_map(|l| pace(&look(l)));
    let mut turns: Vec<f64> = paces.map(|ratio| turn(ratio).unwrap_or(f64::INFINITY)).collect();
    turns.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let rank = (percent * turns.len()).div_ceil(100).max(1);
        turns.get(rank - 1).copied().filter(|s| s.is_finite())
    };
    (turns.len() >= LEAST).then(|| Band { soonest: at(20), middle: at(50), latest: at(80), looks: turns.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_is_made_of_the_paces_that_tell_enough() {
        let sums = |back: i64, bad: f64| Sums { bad: Some(bad), total: Some(1_000.0), covered: back, expected: back };
        let look = |back: i64| sums(back, if back == 3_600 { 4.0 } else { 3_600_000.0 / back as f64 });
        let turn = |ratio: f64| (ratio > 0.01).then_some(1.0 / ratio);
        let b = band(604_800, look, turn).unwrap();
        assert_eq!((b.looks, b.soonest, b.middle, b.latest), (4, Some(6.0), Some(24.0), None));
        assert_eq!(band(21_600, look, turn), None);
    }
}
