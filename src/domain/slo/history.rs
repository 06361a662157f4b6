//! The counts of one SLO in tiers: five-minute buckets for the last day, hours for the whole window, and minutes of the
//! last two hours where somebody looks closely; nothing needs those.
//!
//! Decides which tier answers for a look back, and never counts an event twice. Knows no objective.

use super::{
    Bucket, BucketSpan, Window,
    series::{Buckets, Kept, Sums},
    timeline::{self, Stretch},
};

/// Seconds of a bucket of the closest look.
pub const MINUTE: i64 = 60;
/// Seconds that the closest look reaches back.
pub const MINUTE_REACH: i64 = 2 * HOURLY;
/// Seconds of hours that a calendar's period is projected from: four whole weeks.
pub const WEEKS: i64 = 28 * 24 * HOURLY;

/// Seconds of a fine bucket.
pub const FINE: i64 = 300;
/// Seconds of an hourly bucket.
pub const HOURLY: i64 = 3_600;
/// Seconds that the fine tier reaches back.
pub const FINE_REACH: i64 = 26 * HOURLY;
/// Seconds that the hourly tier reaches back at least: the longest burn window and the longest look back of a forecast.
const HOURLY_REACH: i64 = 84 * HOURLY;
/// Fine buckets that may be late before their absence counts: one being fetched, one whose scrape is late.
const LATE: i64 = 2;

/// Counts of one SLO.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Of the last hours, for the one SLO that is looked at; empty for all others.
    pub minutes: Buckets,
    pub fine: Buckets,
    pub hourly: Buckets,
}

/// One stretch of a look back and what was counted in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Unix seconds.
    pub end: i64,
    pub sums: Sums,
}

impl Default for History {
    fn default() -> Self {
        Self { minutes: Buckets::new(MINUTE), fine: Buckets::new(FINE), hourly: Buckets::new(HOURLY) }
    }
}

impl History {
    /// Takes the answer to a span; which tier it is for is told by its step. What the answer leaves out is absent.
    pub fn answer(&mut self, span: BucketSpan, buckets: impl IntoIterator<Item = Bucket>) {
        match span.step {
            FINE => self.fine.answer(span, buckets),
            HOURLY => self.hourly.answer(span, buckets),
            step if step == self.minutes.step() => self.minutes.answer(span, buckets),
            _ => {}
        }
    }

    /// What has to be fetched at `now` (Unix seconds): the last day finely, then hours, newest first.
    /// Holds the newest closed buckets again until they have settled.
    pub fn wanted(&self, window: Window, now: i64) -> Vec<BucketSpan> {
        // The head may be late, so that a look back may begin that much earlier.
        let fine = reach(&self.fine, now, FINE_REACH + LATE * FINE);
        let hourly = reach(&self.hourly, now, hourly_reach(window, now) + HOURLY);
        self.fine.missing(fine).into_iter().chain(self.hourly.missing(hourly)).collect()
    }

    /// Takes short buckets of another length from now on; of those it had none are kept.
    pub fn look_by(&mut self, step: i64) {
        if step != self.minutes.step() {
            self.minutes = Buckets::new(step);
        }
    }

    /// What a closer look would fetch at `now` (Unix seconds); only for the SLO that somebody looks at.
    pub fn wanted_closely(&self, now: i64) -> Vec<BucketSpan> {
        self.minutes.missing(reach(&self.minutes, now, MINUTE_REACH))
    }

    /// Forgets what no number needs any more.
    pub fn prune(&mut self, window: Window, now: i64) {
        let slack = HOURLY;
        self.minutes.prune(now - MINUTE_REACH - slack);
        self.fine.prune(now - FINE_REACH - slack);
        self.hourly.prune(now - hourly_reach(window, now) - slack);
    }

    /// The end of the newest fine bucket that was counted, if it is at most two buckets late; else of the newest one
    /// closed. Every number is as of this moment: a bucket that is still on its way must not read as an outage.
    pub fn head(&self, now: i64) -> i64 {
        let closed = self.fine.closed(now);
        (0..=LATE).map(|k| closed - k * FINE).find(|end| self.fine.covers(*end)).unwrap_or(closed)
    }

    /// The stretches of `(head - back, head]`, oldest first. Up to 26 hours they are fine buckets; beyond that hours,
    /// and fine buckets for the hour that is open. An hour at the old edge counts whole.
    pub fn pieces(&self, head: i64, back: i64) -> Vec<Piece> {
        let from = head - back;
        if back <= FINE_REACH {
            return self.fine_pieces(from, head).collect();
        }
        let hour = self.hourly.closed(head);
        let first = from.div_euclid(HOURLY) + 1;
        let hours = (first..=hour.div_euclid(HOURLY)).map(|k| self.hour(k * HOURLY));
        hours.chain(self.fine_pieces(hour, head)).collect()
    }

    /// Sum of [`History::pieces`], in their order.
    pub fn sum(&self, head: i64, back: i64) -> Sums {
        sum(&self.pieces(head, back))
    }

    /// Every tier's buckets, to be kept somewhere; minutes are not worth it.
    pub fn export(&self) -> Vec<Kept> {
        [&self.fine, &self.hourly].into_iter().filter(|b| !b.is_empty()).map(Buckets::export).collect()
    }

    /// Takes back what was kept; what is broken or of no tier is left out and is fetched again.
    pub fn import(kept: &[Kept]) -> Self {
        let mut history = Self::default();
        for kept in kept {
            match kept.step {
                FINE => history.fine.import(kept),
                HOURLY => history.hourly.import(kept),
                _ => {}
            }
        }
        history
    }

    /// The same counts with every bucket rewritten; `change` gets its start, its end (Unix seconds), bad and total. An hour
    /// is rewritten by its twelfths where these are known.
    pub fn changed(&self, change: impl Fn(i64, i64, f64, f64) -> (f64, f64)) -> Self {
        let mut history = self.clone();
        history.minutes.change(&change);
        history.fine.change(&change);
        history.hourly.change(|start, end, bad, total| {
            let hour = Stretch { start, end, bad, total, known: true };
            let parts = timeline::refined(hour, &self.fine, FINE);
            let sum = |(b, t): (f64, f64), (bad, total): (f64, f64)| (b + bad, t + total);
            parts.iter().map(|s| change(s.start, s.end, s.bad, s.total)).fold((0.0, 0.0), sum)
        });
        history
    }

    fn fine_pieces(&self, from: i64, to: i64) -> impl Iterator<Item = Piece> + '_ {
        let ends = (from.div_euclid(FINE) + 1)..=to.div_euclid(FINE);
        ends.map(|k| Piece { end: k * FINE, sums: self.fine.at(k * FINE) })
    }

    /// An hour that was not counted as one, as fine buckets know it: it may just have closed.
    fn hour(&self, end: i64) -> Piece {
        let known = self.hourly.covers(end);
        let sums = if known { self.hourly.at(end) } else { self.fine.sum(end - HOURLY, end) };
        Piece { end, sums }
    }
}

/// Sum of stretches, in their order.
pub fn sum(pieces: &[Piece]) -> Sums {
    pieces.iter().fold(Sums::default(), |all, p| all.and(p.sums))
}

/// A calendar's period that has just ended is still the newest that was counted to its end.
fn hourly_reach(window: Window, now: i64) -> i64 {
    match window {
        Window::Rolling { seconds } => seconds.max(HOURLY_REACH),
        Window::Calendar(calendar) => (now - calendar.period(now - HOURLY).begin).max(WEEKS),
    }
}

fn reach(tier: &Buckets, now: i64, back: i64) -> BucketSpan {
    let to = tier.closed(now);
    BucketSpan { from: to - back, to, step: tier.step() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000 * HOURLY;

    fn filled(now: i64) -> History {
        let mut history = History::default();
        for span in history.wanted(Window::rolling(30 * 24 * HOURLY), now) {
            let ends = (span.from / span.step + 1..=span.to / span.step).map(|k| k * span.step);
            #[allow(clippy::cast_precision_loss, reason = "a test")]
            let total = span.step as f64;
            history.answer(span, ends.map(|end| Bucket { end, bad: None, total: Some(total) }));
        }
        history
    }

    #[test]
    fn the_open_hour_is_counted_once_and_finely() {
        let now = NOW + 25 * 60;
        let history = filled(now);
        let sums = history.sum(history.head(now), 3 * 24 * HOURLY);
        assert_eq!(sums.total, Some((72 * HOURLY + 25 * 60) as f64));
        assert_eq!(sums.coverage(), Some(1.0));
        assert_eq!(history.sum(history.head(now), HOURLY).total, Some(3_600.0));
    }

    #[test]
    fn an_hour_that_has_just_closed_is_read_from_the_fine_buckets() {
        let mut history = filled(NOW + 55 * 60);
        let closing = BucketSpan { from: NOW + 3_300, to: NOW + 3_600, step: FINE };
        history.answer(closing, [Bucket { end: NOW + 3_600, bad: Some(7.0), total: Some(300.0) }]);
        let now = NOW + HOURLY;
        let sums = history.sum(history.head(now), 30 * 24 * HOURLY);
        assert_eq!((sums.bad, sums.coverage()), (Some(7.0), Some(1.0)));
    }

    #[test]
    fn a_bucket_on_its_way_is_no_gap_but_a_missing_quarter_of_an_hour_is() {
        let history = filled(NOW);
        assert_eq!(history.head(NOW + 310), NOW);
        assert_eq!(history.sum(history.head(NOW + 310), FINE).total, Some(300.0));
        assert_eq!(history.head(NOW + 900), NOW + 900);
        assert_eq!(history.sum(NOW + 900, FINE).total, None);
    }

    #[test]
    fn a_full_history_wants_only_its_tail() {
        let history = filled(NOW);
        let wanted = history.wanted(Window::rolling(30 * 24 * HOURLY), NOW);
        let edges: Vec<_> = wanted.iter().map(|s| (s.step, NOW - s.from)).collect();
        assert_eq!(edges, [(FINE, 2 * FINE), (HOURLY, 2 * HOURLY)]);
    }
}
