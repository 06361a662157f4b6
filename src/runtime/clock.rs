//! The clock's one door. It rides on tokio's clock, so a paused test pauses timers and wall time together, and a demo runs fast.

use std::time::Duration;

use chrono::{Local, TimeZone};
use tokio::time::{Instant, sleep};

use crate::domain::{Time, silence::end::Zone};

/// A clock that hardly moves: a day of the machine's is a minute and a half of it.
const SLOWEST: f64 = 0.001;

/// Wall time that runs `speed` times as fast as the machine's.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    wall: Time,
    began: Instant,
    speed: f64,
}

impl Clock {
    /// The machine's own time.
    pub fn real() -> Self {
        Self::from(chrono::Utc::now(), 1.0)
    }

    /// A clock that begins at `wall` and runs at `speed` (above zero).
    pub fn from(wall: Time, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed.clamp(SLOWEST, 10_000.0) } else { 1.0 };
        Self { wall, began: Instant::now(), speed }
    }

    pub fn now(&self) -> Time {
        let gone = self.began.elapsed().mul_f64(self.speed);
        self.wall + chrono::Duration::from_std(gone).unwrap_or_default()
    }

    /// The zone of this machine; a time that the clocks skip or show twice is the earlier one.
    pub fn local_zone() -> Zone {
        let to_utc = |local| Local.from_local_datetime(&local).earliest().map(|at| at.to_utc());
        Zone::new(to_utc, |at| Local.offset_from_utc_datetime(&at.naive_utc()))
    }

    /// Waits until this clock has advanced by `length`.
    pub async fn sleep(&self, length: chrono::Duration) {
        sleep(self.real_length(length)).await;
    }

    /// What `length` takes on the machine's clock. Of a slow day the hours are long, but nothing waits longer than it would
    /// on any other: servers are asked and answers are drawn as often.
    pub fn real_length(&self, length: chrono::Duration) -> Duration {
        length.to_std().unwrap_or_default().div_f64(self.speed.max(1.0))
    }
}
