//! A straight line through a gauge that a few wild values cannot bend: Theil-Sen, with an interval of its slope.
//!
//! Formulas: P. K. Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau" (1968).

/// Most points that a line is laid through; above it every n-th is taken.
const MOST: usize = 200;
/// Fewest.
pub const FEWEST: usize = 12;
/// Standard normal quantile of a 90 % interval.
const Z: f64 = 1.645;

/// A line, as of its last point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Units a second: the middle one, and both ends of its interval of 90 %.
    pub slope: f64,
    pub low: f64,
    pub high: f64,
    /// The height of the line at its last point.
    pub level: f64,
    /// Unix seconds of the first and of the last point.
    pub from: i64,
    pub to: i64,
    pub points: usize,
    /// The middle distance from the line.
    pub noise: f64,
    /// Slopes of the earlier and of the later half.
    pub halves: (f64, f64),
}

/// None where there are too few points, or no two at different times.
pub fn trend(points: &[(i64, f64)]) -> Option<Trend> {
    let every = points.len().div_ceil(MOST).max(1);
    // From the end, so that the newest is always among them.
    let mut points: Vec<(i64, f64)> =
        points.iter().rev().step_by(every).filter(|(_, v)| v.is_finite()).copied().collect();
    points.reverse();
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < FEWEST || first.0 >= last.0 {
        return None;
    }
    let slopes = slopes(&points);
    let slope = middle(&slopes)?;
    let (low, high) = interval(&slopes, points.len())?;
    let mut heights: Vec<f64> = points.iter().map(|(at, v)| v - slope * seconds(at - last.0)).collect();
    heights.sort_by(f64::total_cmp);
    let level = middle(&heights)?;
    let mut away: Vec<f64> = heights.iter().map(|h| (h - level).abs()).collect();
    away.sort_by(f64::total_cmp);
    let (early, late) = points.split_at(points.len() / 2);
    Some(Trend {
        slope,
        low,
        high,
        level,
        from: first.0,
        to: last.0,
        points: points.len(),
        noise: middle(&away)?,
        halves: (middle(&self::slopes(early))?, middle(&self::slopes(late))?),
    })
}

/// The slopes between all pairs, in order.
fn slopes(points: &[(i64, f64)]) -> Vec<f64> {
    let pairs = points.iter().enumerate().flat_map(|(i, a)| points[i + 1..].iter().map(move |b| (a, b)));
    let mut slopes: Vec<f64> =
        pairs.filter(|(a, b)| b.0 > a.0).map(|(a, b)| (b.1 - a.1) / seconds(b.0 - a.0)).collect();
    slopes.sort_by(f64::total_cmp);
    slopes
}

fn middle(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    Some(f64::midpoint(*sorted.get(n.checked_sub(1)? / 2)?, *sorted.get(n / 2)?))
}

/// The slopes that Kendall's tau puts at the ends.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "at most 200 points, clamped to the slopes there are"
)]
fn interval(sorted: &[f64], points: usize) -> Option<(f64, f64)> {
    let (n, pairs) = (points as f64, sorted.len() as f64);
    let spread = Z * (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    let place = |p: f64| p.clamp(0.0, pairs - 1.0) as usize;
    let low = sorted.get(place(((pairs - spread) / 2.0).floor()))?;
    let high = sorted.get(place(f64::midpoint(pairs, spread).ceil()))?;
    Some((*low, *high))
}

#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn seconds(n: i64) -> f64 {
    n as f64
}

/// What follows the last time that it was cleaned: the points after the last big fall, and how many such falls there were.
/// A fall is big where it is at least a fiftieth of `full` and eight times what usually lies between two points.
pub fn since_cleaned(points: &[(i64, f64)], full: f64) -> (&[(i64, f64)], usize) {
    let mut between: Vec<f64> = points.windows(2).map(|p| (p[1].1 - p[0].1).abs()).collect();
    between.sort_by(f64::total_cmp);
    let usual = middle(&between).unwrap_or(0.0);
    let big = (full.abs() / 50.0).max(8.0 * usual);
    let falls: Vec<usize> =
        points.windows(2).enumerate().filter(|(_, p)| p[0].1 - p[1].1 > big).map(|(i, _)| i + 1).collect();
    (falls.last().and_then(|at| points.get(*at..)).unwrap_or(points), falls.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(n: i64, at: impl Fn(i64) -> f64) -> Vec<(i64, f64)> {
        (0..n).map(|i| (i * 900, at(i))).collect()
    }

    #[test]
    fn a_straight_line_is_found_whatever_a_fifth_of_the_points_say() {
        let points = line(100, |i| if i % 5 == 3 { 50.0 } else { 0.2 + i as f64 * 0.001 });
        let found = trend(&points).unwrap();
        assert!((found.slope * 900.0 - 0.001).abs() < 2e-4, "{found:?}");
        assert!(found.low <= found.slope && found.slope <= found.high);
    }

    #[test]
    fn a_constant_has_no_slope_and_too_few_points_have_no_line() {
        let found = trend(&line(50, |_| 0.7)).unwrap();
        assert_eq!((found.slope, found.level, found.noise), (0.0, 0.7, 0.0));
        assert_eq!(trend(&line(11, |i| i as f64)), None);
        assert_eq!(trend(&[(5, 1.0); 40]), None);
        assert_eq!(trend(&line(40, |_| f64::NAN)), None);
    }

    #[test]
    fn what_came_before_a_cleaning_is_another_story() {
        let points = line(100, |i| 0.3 + if i < 60 { i as f64 * 0.01 } else { (i - 60) as f64 * 0.005 });
        let (after, falls) = since_cleaned(&points, 1.0);
        assert_eq!((after.len(), falls), (40, 1));
        assert_eq!(since_cleaned(&line(50, |i| 1.0 - i as f64 * 0.01), 1.0).1, 0, "a steady fall is no cleaning");
    }

    proptest! {
        #[test]
        fn any_line_is_found_exactly(slope in -5.0_f64..5.0, level in -100.0_f64..100.0, n in 12_i64..400) {
            let found = trend(&line(n, |i| level + slope * (i * 900) as f64)).unwrap();
            prop_assert!((found.slope - slope).abs() <= 1e-6 * slope.abs().max(1.0));
            prop_assert!(found.low <= found.slope && found.slope <= found.high && found.noise < 1e-3);
        }

        #[test]
        fn no_numbers_break_it(values in prop::collection::vec(prop::num::f64::ANY, 0..60)) {
            let points: Vec<(i64, f64)> = (0_i64..).map(|i| i * 60).zip(values).collect();
            let _ = trend(&points);
            let _ = since_cleaned(&points, 1.0);
        }
    }
}
