//! What the last minute cost: samples that were read, and questions about what nobody sees.

use std::collections::VecDeque;

use chrono::Duration;

use crate::{app::msg::Cost, domain::Time};

const MINUTE: Duration = Duration::seconds(60);
/// Questions a minute about what nobody looks at, or what has settled: the rest of nine goes to rules, to discovery and
/// to how often there is a scrape.
const PLACES: usize = 3;

#[derive(Default)]
pub(super) struct Meter {
    paid: VecDeque<(Time, u64)>,
    placed: VecDeque<Time>,
    /// Some backend tells what a query costs.
    is_told: bool,
}

impl Meter {
    pub(super) fn pay(&mut self, now: Time, samples: Option<u64>) {
        if let Some(samples) = samples {
            self.is_told = true;
            self.paid.push_back((now, samples));
        }
    }

    /// Samples of the last minute.
    pub(super) fn spent(&mut self, now: Time) -> u64 {
        while self.paid.front().is_some_and(|(at, _)| now - *at >= MINUTE) {
            self.paid.pop_front();
        }
        self.paid.iter().fold(0, |sum, (_, n)| sum.saturating_add(*n))
    }

    pub(super) fn place(&mut self, now: Time) {
        self.placed.push_back(now);
    }

    pub(super) fn has_place(&mut self, now: Time) -> bool {
        while self.placed.front().is_some_and(|at| now - *at >= MINUTE) {
            self.placed.pop_front();
        }
        self.placed.len() < PLACES
    }

    pub(super) fn cost(&mut self, now: Time, allowed: u64) -> Cost {
        let spent = self.spent(now);
        Cost { samples_a_minute: self.is_told.then_some(spent), allowed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_later_nothing_was_spent() {
        let at = |s| Time::from_timestamp(s, 0).unwrap();
        let mut meter = Meter::default();
        assert_eq!(meter.cost(at(0), 9).samples_a_minute, None, "nobody says what it costs");
        meter.pay(at(0), Some(5));
        meter.pay(at(30), Some(6));
        assert_eq!((meter.spent(at(59)), meter.spent(at(60)), meter.spent(at(90))), (11, 6, 0));
        (0..PLACES).for_each(|_| meter.place(at(0)));
        assert!(!meter.has_place(at(59)) && meter.has_place(at(60)));
    }
}
