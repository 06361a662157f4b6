//! How far a server's clock is behind ours: what it has not lived through yet, it cannot count.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::Time;

/// Seconds below which a difference is how long an answer took and how coarse its date is.
const SLACK: i64 = 3;
/// No clock is believed to be further behind; in seconds.
const MOST: i64 = 86_400;

/// Seconds that the clock of the latest answer was behind; 0 where it was not.
#[derive(Default)]
pub(super) struct Behind(AtomicI64);

impl Behind {
    /// An answer to a question of `now` is dated `date` by its server.
    pub(super) fn learn(&self, date: Option<Time>, now: Time) {
        let Some(date) = date else { return };
        let behind = (now - date).num_seconds().clamp(0, MOST);
        self.0.store(if behind > SLACK { behind } else { 0 }, Ordering::Relaxed);
    }

    /// Our time as the server's clock has it, where that is earlier.
    pub(super) fn apply(&self, now: Time) -> Time {
        now - chrono::Duration::seconds(self.0.load(Ordering::Relaxed))
    }
}
