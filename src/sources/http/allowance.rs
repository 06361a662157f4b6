//! How many requests a server may be asked: a bucket of tokens, fed by whichever headers it sends.
//!
//! Many cockpits must not be a load test of what they watch. Refuses to wait and to know a clock: who finds the bucket
//! empty is told until when.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration};
use reqwest::header::HeaderMap;

use crate::domain::{Time, checkup::Allowed};

/// Of what a server allows, this part is kept for what a person does: reading alone cannot use it up.
const KEPT_FOR_WRITES: f64 = 0.1;
/// Longest wait that a server's headers can impose.
const WAIT_MAX: Duration = Duration::minutes(15);
/// A number above this is a moment in Unix seconds, not a length.
const EPOCH_FROM: f64 = 1e9;
/// What is left, by the names in use, and when it is full again: lengths or moments in seconds.
const NAMES: [(&str, &str, &str); 3] = [
    ("ratelimit-remaining", "ratelimit-limit", "ratelimit-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset"),
    ("x-sentry-rate-limit-remaining", "x-sentry-rate-limit-limit", "x-sentry-rate-limit-reset"),
];

/// The bucket of one server.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    /// Requests a minute that the configuration allows; none = as many as the server does.
    own: Option<f64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What is left of our own minute, and when that was reckoned.
    left: Option<(f64, Time)>,
    /// What the server said.
    told: Option<Told>,
    /// Nothing is asked before.
    until: Option<Time>,
}

/// What a server says of its own bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    left: f64,
    limit: Option<f64>,
    full_at: Time,
}

impl Allowance {
    /// At most so many requests in any minute, and never more than the server allows.
    pub(super) fn new(requests_per_minute: Option<u32>) -> Self {
        Self { own: requests_per_minute.map(f64::from), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one request out of the bucket.
    ///
    /// # Errors
    /// Until when there is none.
    pub(super) fn take(&self, writes: bool, now: Time) -> Result<(), Time> {
        let mut state = self.state();
        if let Some(until) = state.until.filter(|until| *until > now) {
            return Err(until);
        }
        state.until = None;
        state.told = state.told.filter(|told| told.full_at > now);
        if let Some(told) = &mut state.told {
            let kept = if writes { 0.0 } else { told.limit.unwrap_or(told.left) * KEPT_FOR_WRITES };
            if told.left < 1.0 + kept.min(told.limit.unwrap_or(0.0) / 2.0) {
                return Err(told.full_at);
            }
            told.left -= 1.0;
        }
        self.take_own(&mut state, now)
    }

    fn take_own(&self, state: &mut State, now: Time) -> Result<(), Time> {
        let Some(rate) = self.own else { return Ok(()) };
        let (left, at) = state.left.unwrap_or((rate, now));
        let gone = (now - at).num_milliseconds().max(0) as f64 / 60_000.0;
        let left = (left + gone * rate).min(rate);
        if left < 1.0 {
            state.left = Some((left, now));
            let wait = ((1.0 - left) / rate * 60_000.0).ceil() as i64;
            return Err(now + Duration::milliseconds(wait.max(1)));
        }
        state.left = Some((left - 1.0, now));
        Ok(())
    }

    /// What the server said that is left, as far as that still holds.
    pub(super) fn allowed(&self, now: Time) -> Option<Allowed> {
        let told = self.state().told.filter(|told| told.full_at > now)?;
        let whole = |number: f64| number.clamp(0.0, 1e12) as u64;
        Some(Allowed { left: whole(told.left), of: told.limit.map(whole), full_at: told.full_at })
    }

    /// Nothing is asked before: the server said so in words of its own.
    pub(super) fn hold(&self, until: Time) {
        self.state().until = Some(until);
    }

    /// Takes in what an answer says. `date` is the server's own clock, by which moments are meant.
    pub(super) fn learn(&self, headers: &HeaderMap, date: Option<Time>, now: Time) {
        if let Some(told) = told(headers, date.unwrap_or(now), now) {
            self.state().told = Some(told);
        }
    }
}

fn told(headers: &HeaderMap, date: Time, now: Time) -> Option<Told> {
    let number = |name: &str| -> Option<f64> {
        let text = headers.get(name)?.to_str().ok()?.trim();
        text.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0)
    };
    let named = NAMES.iter().find_map(|(left, limit, reset)| Some((number(left)?, number(limit), number(reset)?)));
    let (left, limit, reset) = named.or_else(|| structured(headers))?;
    let wait = if reset > EPOCH_FROM {
        DateTime::from_timestamp(reset.min(1e11) as i64, 0)? - date
    } else {
        Duration::milliseconds((reset.min(1e6) * 1000.0) as i64)
    };
    (wait > Duration::zero()).then(|| Told { left, limit, full_at: now + wait.min(WAIT_MAX) })
}

/// `RateLimit: "default";r=50;t=30`, and the first of several.
fn structured(headers: &HeaderMap) -> Option<(f64, Option<f64>, f64)> {
    let text = headers.get("ratelimit")?.to_str().ok()?;
    let first = text.split(',').next()?;
    let value = |name: &str| -> Option<f64> {
        let found = first.split(';').find_map(|p| p.trim().strip_prefix(name)?.strip_prefix('='))?;
        found.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0)
    };
    Some((value("r")?, None, value("t")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::UNIX_EPOCH + Duration::seconds(1_795_226_000 + second)
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (reqwest::header::HeaderName::from_static(n), v.parse().unwrap())).collect()
    }

    #[test]
    fn without_a_word_everything_may_be_asked() {
        let free = Allowance::default();
        assert!((0..10_000).all(|_| free.take(false, at(0)).is_ok()));
    }

    #[test]
    fn a_configured_minute_holds_so_many_requests_and_fills_again() {
        let allowance = Allowance::new(Some(60));
        assert!((0..60).all(|_| allowance.take(false, at(0)).is_ok()));
        assert_eq!(allowance.take(false, at(0)), Err(at(1)));
        assert_eq!(allowance.take(false, at(1)), Ok(()));
        assert!(allowance.take(false, at(1)).is_err());
        let asked = (0..1_000).filter(|_| allowance.take(false, at(3_600)).is_ok()).count();
        assert_eq!(asked, 60, "a quiet hour saves no more than a minute");
    }

    #[test]
    fn what_a_server_says_is_left_is_kept_to_in_every_spelling() {
        let spellings: [&[(&'static str, &str)]; 4] = [
            &[("ratelimit-limit", "960"), ("ratelimit-remaining", "0"), ("ratelimit-reset", "42")],
            &[("x-ratelimit-limit", "20000"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795226042")],
            &[("x-sentry-rate-limit-remaining", "0"), ("x-sentry-rate-limit-reset", "1795226042.0")],
            &[("ratelimit", "\"default\";r=0;t=42, \"day\";r=9;t=9")],
        ];
        for spelling in spellings {
            let allowance = Allowance::default();
            allowance.learn(&headers(spelling), None, at(0));
            assert_eq!(allowance.take(true, at(1)), Err(at(42)), "{spelling:?}");
            assert_eq!(allowance.take(true, at(43)), Ok(()), "{spelling:?}");
        }
    }

    #[test]
    fn reading_leaves_a_tenth_for_what_a_person_does() {
        let allowance = Allowance::default();
        let told = [("ratelimit-limit", "100"), ("ratelimit-remaining", "30"), ("ratelimit-reset", "60")];
        allowance.learn(&headers(&told), None, at(0));
        assert_eq!((0..100).filter(|_| allowance.take(false, at(1)).is_ok()).count(), 20);
        assert_eq!((0..100).filter(|_| allowance.take(true, at(1)).is_ok()).count(), 10);
    }

    #[test]
    fn a_moment_is_meant_by_the_servers_clock_and_nonsense_counts_as_unsaid() {
        let told = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795229642")];
        let allowance = Allowance::default();
        allowance.learn(&headers(&told), Some(at(3_600)), at(0));
        assert_eq!(allowance.take(false, at(0)), Err(at(42)), "an hour ahead is no hour's wait");
        for (left, reset) in [("-1", "9"), ("NaN", "9"), ("0", "soon"), ("0", "0"), ("inf", "inf")] {
            let allowance = Allowance::default();
            allowance.learn(&headers(&[("ratelimit-remaining", left), ("ratelimit-reset", reset)]), None, at(0));
            assert_eq!(allowance.take(false, at(0)), Ok(()), "{left} {reset}");
        }
        let allowance = Allowance::default();
        allowance.learn(&headers(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "999999")]), None, at(0));
        assert_eq!(allowance.take(false, at(0)), Err(at(15 * 60)), "nobody is waited for for ever");
    }

    #[test]
    fn a_word_to_wait_holds_every_request() {
        let allowance = Allowance::default();
        allowance.hold(at(9));
        assert_eq!((allowance.take(true, at(8)), allowance.take(false, at(9))), (Err(at(9)), Ok(())));
    }
}
