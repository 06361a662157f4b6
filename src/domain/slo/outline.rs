//! The line of a burn-down without a screen: where it stood at each quarter of its way, and what of it is a gap.

use super::assess::Assessment;
use crate::domain::Time;

/// Parts of the way after each of which the line is told.
const PARTS: i64 = 4;

/// What there is to say of a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// What was left at a moment; none where that was not counted.
    pub levels: Vec<(Time, Option<f64>)>,
    /// From when to when nothing was counted.
    pub gaps: Vec<(Time, Time)>,
    /// What an even spend would have left by now.
    pub even: Option<f64>,
}

/// Out of the numbers alone.
pub fn outline(n: &Assessment) -> Outline {
    let line = &n.burn_down;
    let (Some((first, _)), Some((last, _))) = (line.first(), line.last()) else { return Outline::default() };
    let length = *last - *first;
    let level = |k: i64| {
        let at = *first + length * i32::try_from(k).unwrap_or(0) / i32::try_from(PARTS).unwrap_or(1);
        let place = line.partition_point(|(t, _)| *t <= at).saturating_sub(1);
        line.get(place).copied()
    };
    Outline { levels: (0..=PARTS).filter_map(level).collect(), gaps: gaps(line), even: even(n) }
}

fn gaps(line: &[(Time, Option<f64>)]) -> Vec<(Time, Time)> {
    let mut gaps: Vec<(Time, Time)> = Vec::new();
    for ((from, _), (to, left)) in line.iter().zip(line.iter().skip(1)) {
        match gaps.last_mut() {
            _ if left.is_some() => {}
            Some((_, end)) if end == from => *end = *to,
            _ => gaps.push((*from, *to)),
        }
    }
    gaps
}

#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn even(n: &Assessment) -> Option<f64> {
    let (begin, end) = (n.period.begin, n.period.end);
    // A rolling window ends now: an even spend has always spent it.
    let gone = (n.as_of.timestamp() - begin) as f64 / (end - begin).max(1) as f64;
    (end > n.as_of.timestamp()).then_some((1.0 - gone).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{
        Bucket, BucketSpan, Counted, Indicator, Objective, Slo, Window, assess::assess, history::History,
    };

    const HOUR: i64 = 3_600;
    const NOW: i64 = 10_000 * HOUR;

    #[test]
    fn a_line_is_told_by_quarters_and_what_was_not_counted_is_one_gap() {
        let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
        let slo = Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(100 * HOUR), indicator);
        let mut history = History::default();
        let span = BucketSpan { from: NOW - 101 * HOUR, to: NOW, step: HOUR };
        let known = (0..=100).map(|k| NOW - k * HOUR).filter(|end| !(NOW - 60 * HOUR..NOW - 40 * HOUR).contains(end));
        history.answer(span, known.map(|end| Bucket { end, bad: Some(0.5), total: Some(100.0) }));
        let told = outline(&assess(&slo, &history, Time::from_timestamp(NOW, 0).unwrap()));
        let at = |hours: i64| Time::from_timestamp(NOW - hours * HOUR, 0).unwrap();
        assert_eq!(told.gaps, [(at(61), at(41))]);
        assert_eq!(told.levels.len(), 5);
        assert_eq!((told.levels[0].1, told.levels[2].1), (Some(1.0), None));
        assert!((told.levels[4].1.unwrap() - 0.5).abs() < 1e-9 && told.even.is_none());
    }
}
