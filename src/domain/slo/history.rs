//! The counts of one SLO in two tiers: five-minute buckets for the last day, hours for the whole window.
//!
//! Decides which tier answers for a look back, and never counts an event twice. Knows no objective.

use super::{
    Bucket, BucketSpan, Window,
    series::{Buckets, Sums},
};

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
        Self { fine: Buckets::new(FINE), hourly: Buckets::new(HOURLY) }
    }
}

impl History {
    /// Takes the answer to a span; which tier it is for is told by its step. What the answer leaves out is absent.
    pub fn answer(&mut self, span: BucketSpan, buckets: impl IntoIterator<Item = Bucket>) {
        match span.step {
            FINE => self.fine.answer(span, buckets),
            HOURLY => self.hourly.answer(span, buckets),
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

    /// Forgets what no number needs any more.
    pub fn prune(&mut self, window: Window, now: i64) {
        let slack = HOURLY;
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

fn hourly_reach(window: Window, now: i64) -> i64 {
    (now - window.period(now).begin).max(HOURLY_REACH)
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
