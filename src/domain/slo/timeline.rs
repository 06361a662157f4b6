//! The counts of one SLO as one line in time, with prefix sums: what was counted between any two moments costs a look-up.
//!
//! As fine as is known: an hour whose twelfths were counted is drawn out into them, by their shares, so that its sum stays
//! that of the headline. Events spread evenly inside a stretch. Knows no objective.

use super::{
    history::{FINE, HOURLY, History, Piece},
    series::{Buckets, Sums},
};

/// What was counted in `(start, end]`, Unix seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stretch {
    pub start: i64,
    pub end: i64,
    pub bad: f64,
    pub total: f64,
    /// Whether it was counted at all.
    pub known: bool,
}

impl Stretch {
    /// Seconds, above 0.
    pub fn length(&self) -> i64 {
        (self.end - self.start).max(1)
    }

    /// In [0, 1]; `None` without events.
    pub fn error_ratio(&self) -> Option<f64> {
        (self.total > 0.0).then(|| (self.bad / self.total).min(1.0))
    }

    /// Seconds that it shares with `(from, to]`.
    pub fn overlap(&self, from: i64, to: i64) -> i64 {
        (self.end.min(to) - self.start.max(from)).max(0)
    }
}

/// Stretches in their order, and the sums before each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    stretches: Vec<Stretch>,
    /// One more than stretches.
    before: Vec<Mark>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Mark {
    bad: f64,
    total: f64,
    covered: f64,
}

/// Where prefix sums alone make more bad events than events.
const ROUNDING: f64 = 1e-9;

impl Timeline {
    /// Overlapping stretches are a defect of the caller's; sums then stand on the order of their ends.
    pub fn new(mut stretches: Vec<Stretch>) -> Self {
        stretches.retain(|s| s.end > s.start);
        stretches.sort_by_key(|s| s.end);
        let mut before = Vec::with_capacity(stretches.len() + 1);
        let mut mark = Mark::default();
        before.push(mark);
        for s in &stretches {
            mark = mark.and(s, 1.0);
            before.push(mark);
        }
        Self { stretches, before }
    }

    /// `(head - back, head]` of a history. The same counts as [`History::pieces`], as finely as they are known.
    pub fn of(history: &History, head: i64, back: i64) -> Self {
        let hours = history.pieces(head, back);
        let fine = hours.iter().flat_map(|piece| refined(stretch(piece), &history.fine, FINE));
        let closest = fine.flat_map(|s| refined(s, &history.minutes, history.minutes.step()));
        Self::new(closest.collect())
    }

    /// The same, and what short buckets counted since.
    pub fn live(history: &History, head: i64, back: i64) -> Self {
        let (tier, step) = (&history.minutes, history.minutes.step());
        let ends = (head.div_euclid(step) + 1..).map(|k| k * step).take_while(|end| tier.covers(*end));
        let since = ends.map(|end| part_of(tier, end, step, (head, end)));
        let stretches = Self::of(history, head, back).stretches.into_iter().chain(since).collect();
        Self::new(stretches)
    }

    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    pub fn start(&self) -> Option<i64> {
        self.stretches.first().map(|s| s.start)
    }

    pub fn end(&self) -> Option<i64> {
        self.stretches.last().map(|s| s.end)
    }

    /// What was counted in `(from, to]`; two look-ups.
    #[allow(clippy::cast_possible_truncation, reason = "seconds of a window")]
    pub fn sum(&self, from: i64, to: i64) -> Sums {
        if to <= from {
            return Sums::default();
        }
        let (a, b) = (self.at(from), self.at(to));
        let covered = (b.covered - a.covered).round() as i64;
        if covered <= 0 {
            return Sums { expected: to - from, ..Sums::default() };
        }
        let total = (b.total - a.total).max(0.0);
        let bad = (b.bad - a.bad).max(0.0);
        let bad = if bad > total && bad <= total + b.total * ROUNDING { total } else { bad };
        Sums { bad: Some(bad), total: Some(total), covered, expected: to - from }
    }

    /// The part of it in `(from, to]`, with the share of the stretches at its edges.
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    pub fn within(&self, from: i64, to: i64) -> Self {
        let touching = self.stretches.iter().filter(|s| s.overlap(from, to) > 0);
        let part = |s: &Stretch| {
            let share = s.overlap(from, to) as f64 / s.length() as f64;
            let (start, end) = (s.start.max(from), s.end.min(to));
            Stretch { start, end, bad: s.bad * share, total: s.total * share, known: s.known }
        };
        Self::new(touching.map(part).collect())
    }

    /// From when on it is known in steps of five minutes or less; before that a look back of minutes reads its hour.
    pub fn fine_since(&self) -> Option<i64> {
        self.stretches.iter().rev().take_while(|s| s.length() <= FINE).last().map(|s| s.start)
    }

    /// Everything up to a moment.
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    fn at(&self, moment: i64) -> Mark {
        let i = self.stretches.partition_point(|s| s.end <= moment);
        let mark = self.before[i];
        match self.stretches.get(i) {
            Some(s) if moment > s.start => mark.and(s, (moment - s.start) as f64 / s.length() as f64),
            _ => mark,
        }
    }
}

impl Mark {
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    fn and(self, s: &Stretch, share: f64) -> Self {
        let covered = if s.known { s.length() as f64 } else { 0.0 };
        Self {
            bad: self.bad + s.bad * share,
            total: self.total + s.total * share,
            covered: self.covered + covered * share,
        }
    }
}

fn stretch(piece: &Piece) -> Stretch {
    let (bad, total) = (piece.sums.bad.unwrap_or(0.0), piece.sums.total.unwrap_or(0.0));
    let start = piece.end - piece.sums.expected.clamp(1, HOURLY);
    Stretch { start, end: piece.end, bad, total, known: piece.sums.covered > 0 }
}

/// A stretch in parts of `step` seconds, where every part was counted; by their shares, so that the sums stay. Of a part
/// that reaches beyond it, what lies within counts.
#[allow(clippy::cast_precision_loss, reason = "an hour has sixty minutes")]
pub(super) fn refined(whole: Stretch, tier: &Buckets, step: i64) -> Vec<Stretch> {
    let ends = (whole.start.div_euclid(step) + 1..=(whole.end - 1).div_euclid(step) + 1).map(|k| k * step);
    if !whole.known || whole.length() <= step || tier.is_empty() || !ends.clone().all(|end| tier.covers(end)) {
        return vec![whole];
    }
    let parts: Vec<Stretch> = ends.map(|end| part_of(tier, end, step, (whole.start, whole.end))).collect();
    let sum = |of: fn(&Stretch) -> f64| parts.iter().map(of).sum::<f64>();
    let (bad, total) = (sum(|s| s.bad), sum(|s| s.total));
    let share = |part: f64, of: f64, all: f64, s: &Stretch| match of > 0.0 {
        true => part * (all / of),
        false => all * s.length() as f64 / whole.length() as f64,
    };
    let part = |s: &Stretch| Stretch {
        bad: share(s.bad, bad, whole.bad, s),
        total: share(s.total, total, whole.total, s),
        ..*s
    };
    parts.iter().map(part).collect()
}

/// What one bucket counted within `(from, to]`.
#[allow(clippy::cast_precision_loss, reason = "a bucket is short")]
fn part_of(tier: &Buckets, end: i64, step: i64, (from, to): (i64, i64)) -> Stretch {
    let (start, stop) = ((end - step).max(from), end.min(to));
    let share = (stop - start) as f64 / step as f64;
    let sums = tier.at(end);
    let (bad, total) = (sums.bad.unwrap_or(0.0) * share, sums.total.unwrap_or(0.0) * share);
    Stretch { start, end: stop, bad, total, known: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Bucket, BucketSpan};

    #[test]
    fn an_hour_is_drawn_out_into_the_minutes_that_are_known_and_keeps_its_sum() {
        let mut history = History::default();
        let day = 100 * 24 * HOURLY;
        let fill = |history: &mut History, step: i64, from: i64, bad: f64| {
            let span = BucketSpan { from, to: day, step };
            let all: Vec<Bucket> = (from / step + 1..=day / step)
                .map(|k| Bucket { end: k * step, bad: Some(bad), total: Some(step as f64) })
                .collect();
            history.answer(span, all);
        };
        fill(&mut history, HOURLY, day - 48 * HOURLY, 120.0);
        fill(&mut history, FINE, day - 2 * HOURLY, 1.0);
        fill(&mut history, 60, day - HOURLY, 0.0);
        let line = Timeline::of(&history, day, 48 * HOURLY);
        assert_eq!(line.stretches().len(), 46 + 12 + 60);
        assert_eq!(line.sum(day - 48 * HOURLY, day), history.sum(day, 48 * HOURLY));
        assert_eq!(line.sum(day - 90, day - 30).bad, Some(2.0));
        assert_eq!(line.sum(day - HOURLY - FINE, day - HOURLY).bad, Some(10.0));
        assert_eq!(line.sum(day, day - 1), Sums::default());
        assert_eq!(line.fine_since(), Some(day - 2 * HOURLY));
        let part = line.within(day - 47 * HOURLY - 1_800, day - 46 * HOURLY);
        assert_eq!((part.stretches().len(), part.sum(0, day).bad), (2, Some(180.0)));
    }

    #[test]
    fn buckets_that_do_not_fit_into_five_minutes_give_their_share_and_those_since_are_added() {
        let mut history = History::default();
        history.look_by(120);
        let day = 100 * 24 * HOURLY;
        let five = |end: i64| Bucket { end, bad: Some(10.0), total: Some(100.0) };
        history.answer(BucketSpan { from: day - 600, to: day, step: FINE }, [five(day - 300), five(day)]);
        // All errors of the last five minutes are of the last two, and it goes on so.
        let two = |k: i64| Bucket { end: day + k * 120, bad: Some(if k >= 0 { 20.0 } else { 0.0 }), total: Some(40.0) };
        history.answer(BucketSpan { from: day - 600, to: day + 240, step: 120 }, (-4..=2).map(two));
        let line = Timeline::live(&history, day, 600);
        assert_eq!((line.start(), line.end()), (Some(day - 600), Some(day + 240)));
        assert_eq!(line.sum(day - 300, day).bad, Some(10.0), "as five minutes counted it");
        assert_eq!(line.sum(day - 120, day).bad, Some(10.0), "where two found it");
        assert_eq!(line.sum(day, day + 240).bad, Some(40.0));
        assert_eq!(Timeline::of(&history, day, 600).end(), Some(day));
    }

    #[test]
    fn a_gap_is_no_events_and_nothing_covered() {
        let known = |start, end| Stretch { start, end, bad: 1.0, total: 10.0, known: true };
        let gap = Stretch { start: 60, end: 120, ..Stretch::default() };
        let line = Timeline::new(vec![known(120, 180), gap, known(0, 60)]);
        assert_eq!(line.sum(60, 120).total, None);
        assert_eq!(line.sum(30, 150), Sums { bad: Some(1.0), total: Some(10.0), covered: 60, expected: 120 });
        assert_eq!((line.start(), line.end()), (Some(0), Some(180)));
    }
}
