//! Periods of a calendar in a time zone: the k-th edge is the anchor plus k steps, counted in local wall time.
//!
//! A month is as long as it is and a day that loses an hour is shorter. An edge on a wall time that does not exist is the
//! first moment after the gap; of one that exists twice it is the first.

use serde::{Deserialize, Serialize};

use chrono::{Days, Months, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::window::Period;

const DAY: i64 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Calendar {
    /// Wall time at which one period begins.
    pub anchor: NaiveDateTime,
    #[serde(with = "named")]
    pub zone: Tz,
    pub step: Step,
}

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Step {
    /// Above 0.
    Minutes(u32),
    /// Above 0.
    Days(u32),
    /// Above 0; a day that a month does not have is its last one.
    Months(u32),
}

/// A zone as its name.
mod named {
    use chrono_tz::Tz;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(zone: &Tz, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(zone.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Tz, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

impl Calendar {
    /// The period that holds `now` (Unix seconds).
    pub fn period(&self, now: i64) -> Period {
        let mut k = self.guess(now);
        // The guess is off by the zone's offset and the lengths of months: a step or two.
        while self.edge(k) > now {
            k -= 1;
        }
        while self.edge(k + 1) <= now {
            k += 1;
        }
        Period { begin: self.edge(k), end: self.edge(k + 1) }
    }

    /// Seconds: a month counts as 30 days, a quarter as 90 and a year as 365.
    pub fn nominal_s(&self) -> i64 {
        match self.step {
            Step::Minutes(n) => i64::from(n) * 60,
            Step::Days(n) => i64::from(n) * DAY,
            Step::Months(n) => i64::from(n / 12) * 365 * DAY + i64::from(n % 12) * 30 * DAY,
        }
    }

    pub fn words(&self) -> String {
        let step = match self.step {
            Step::Minutes(n) => format!("{n}m"),
            Step::Days(n) if n % 7 == 0 => format!("{}w", n / 7),
            Step::Days(n) => format!("{n}d"),
            Step::Months(n) if n % 12 == 0 => format!("{}Y", n / 12),
            Step::Months(n) if n % 3 == 0 => format!("{}Q", n / 3),
            Step::Months(n) => format!("{n}M"),
        };
        format!("calendar {step} {}", self.zone.name())
    }

    fn guess(&self, now: i64) -> i64 {
        (now - self.anchor.and_utc().timestamp()).div_euclid(self.nominal_s().max(60))
    }

    /// Unix seconds of the k-th edge; the anchor is edge 0.
    fn edge(&self, k: i64) -> i64 {
        let wall = self.wall(k).unwrap_or(self.anchor);
        moment(self.zone, wall)
    }

    fn wall(&self, k: i64) -> Option<NaiveDateTime> {
        let steps = |n: u32| u32::try_from(k.unsigned_abs().checked_mul(u64::from(n))?).ok();
        match (self.step, k >= 0) {
            (Step::Minutes(n), _) => {
                self.anchor.checked_add_signed(chrono::Duration::try_minutes(k.checked_mul(i64::from(n))?)?)
            }
            (Step::Days(n), true) => self.anchor.checked_add_days(Days::new(u64::from(steps(n)?))),
            (Step::Days(n), false) => self.anchor.checked_sub_days(Days::new(u64::from(steps(n)?))),
            (Step::Months(n), true) => self.anchor.checked_add_months(Months::new(steps(n)?)),
            (Step::Months(n), false) => self.anchor.checked_sub_months(Months::new(steps(n)?)),
        }
    }
}

fn moment(zone: Tz, wall: NaiveDateTime) -> i64 {
    let found = zone.from_local_datetime(&wall).earliest();
    // No zone skips more than a day; a quarter of an hour divides every offset.
    let after =
        || (1..=96).find_map(|n| zone.from_local_datetime(&(wall + chrono::Duration::minutes(15 * n))).earliest());
    found.or_else(after).map_or_else(|| wall.and_utc().timestamp(), |t| t.timestamp())
}
