//! What counting and the signals may spend together: one limit of samples a minute, each tells the other what it paid.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Duration;

use crate::domain::Time;

/// Signals that share what a minute allows.
const SHARES: u64 = 5;
const MINUTE: Duration = Duration::seconds(60);

/// Shared by its clones.
#[derive(Clone, Debug, Default)]
pub struct Purse(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    /// What the signals paid and counting has not heard of.
    paid: Vec<(Time, u64)>,
    /// What counting and the signals had spent in a minute, as counting knew it, and when.
    counted: Option<(Time, u64)>,
    /// Samples a minute; 0 = no limit.
    allowed: u64,
}

impl Purse {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With this limit, for who asks once and counts nothing.
    pub fn of(allowed: u64) -> Self {
        let purse = Self::default();
        purse.lock().allowed = allowed;
        purse
    }

    /// The signals paid so much.
    pub(super) fn pay(&self, now: Time, samples: Option<u64>) {
        if let Some(samples) = samples.filter(|n| *n > 0) {
            self.lock().paid.push((now, samples));
        }
    }

    /// Whether more of the past may be read now.
    pub(super) fn may(&self, now: Time) -> bool {
        let inside = self.lock();
        let unheard: u64 = inside.paid.iter().map(|(_, n)| *n).sum();
        let counted = inside.counted.filter(|(at, _)| now - *at < MINUTE).map_or(0, |(_, n)| n);
        inside.allowed == 0 || counted.saturating_add(unheard) < inside.allowed
    }

    /// What one signal's whole axis may cost; 0 = no limit.
    pub(super) fn share(&self) -> u64 {
        self.lock().allowed.div_ceil(SHARES)
    }

    /// What the signals paid since this was asked last, for who counts it all.
    pub fn take(&self) -> Vec<(Time, u64)> {
        std::mem::take(&mut self.lock().paid)
    }

    /// Who counts it all knows of so much in the last minute, and allows so much.
    pub fn tell(&self, now: Time, spent: u64, allowed: u64) {
        let mut inside = self.lock();
        (inside.counted, inside.allowed) = (Some((now, spent)), allowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spend_from_one_purse_and_a_minute_later_it_is_full_again() {
        let at = |s| Time::from_timestamp(s, 0).unwrap();
        let purse = Purse::default();
        purse.pay(at(0), Some(1_000));
        assert!(purse.may(at(0)), "nobody has set a limit");
        purse.tell(at(0), 90, 100);
        assert_eq!(purse.take(), [(at(0), 1_000)]);
        assert!(purse.may(at(1)));
        purse.pay(at(1), Some(10));
        assert!(!purse.may(at(1)));
        assert_eq!(purse.take().len(), 1);
        purse.tell(at(2), 100, 100);
        assert!(!purse.may(at(61)) && purse.may(at(62)));
    }
}
