//! When to ask a failing source again: a pure function of how often it failed, so that its hundredth value can be tested.

use chrono::Duration;

use crate::domain::{Time, source::SourceError};

/// A failing source is asked at least this often.
pub const LONGEST: Duration = Duration::seconds(60);
/// Longest wait that a server's `Retry-After` is believed for.
const BELIEVED: Duration = Duration::minutes(15);

/// The wait before the next try after `failures` failures in a row (0 = the last one went well).
///
/// Doubles from the interval up to [`LONGEST`]; `spread` in [0, 1) takes up to a quarter off, so that cockpits that
/// failed together do not come back together.
pub fn wait(interval: Duration, failures: u32, spread: f64) -> Duration {
    if failures == 0 {
        return interval;
    }
    let doubled = interval * 2_i32.pow((failures - 1).min(10));
    let capped = doubled.min(LONGEST.max(interval));
    shorter(capped, spread, 0.25)
}

/// A wait that is shorter by up to a `part` of itself: by none of it where `spread` is 0, by nearly all where it is 1.
pub fn shorter(wait: Duration, spread: f64, part: f64) -> Duration {
    let spread = if spread.is_finite() { spread.clamp(0.0, 1.0) } else { 0.0 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most days in milliseconds")]
    let less = (wait.num_milliseconds() as f64 * spread * part) as i64;
    wait - Duration::milliseconds(less)
}

/// As [`wait`], but a server that named a time is not asked before it.
pub fn after(error: Option<&SourceError>, now: Time, interval: Duration, failures: u32, spread: f64) -> Duration {
    let own = wait(interval, failures, spread);
    match error {
        Some(SourceError::RateLimited { until }) => own.max((*until - now).min(BELIEVED)),
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_stays_bounded() {
        let s = Duration::seconds;
        let at = |n| wait(s(10), n, 0.0);
        assert_eq!((at(0), at(1), at(2), at(3), at(10), at(100)), (s(10), s(10), s(20), s(40), s(60), s(60)));
        assert_eq!(wait(s(300), 5, 0.0), s(300));
        assert!(wait(s(10), 100, 0.999) >= s(45));
    }

    #[test]
    fn a_server_that_names_a_time_is_waited_for_but_not_for_ever() {
        let now = Time::default();
        let limited = |secs| SourceError::RateLimited { until: now + Duration::seconds(secs) };
        assert_eq!(after(Some(&limited(42)), now, Duration::seconds(10), 1, 0.0), Duration::seconds(42));
        assert_eq!(after(Some(&limited(1_000_000)), now, Duration::seconds(10), 1, 0.0), BELIEVED);
        assert_eq!(after(Some(&limited(-5)), now, Duration::seconds(10), 1, 0.0), Duration::seconds(10));
    }
}
