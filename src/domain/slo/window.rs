//! The compliance period: rolling, or one of a calendar.

use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, Step};
use crate::domain::duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Window {
    /// `(now - seconds, now]`.
    Rolling { seconds: i64 },
    /// `[begin, end)` of the calendar's period that holds now.
    Calendar(Calendar),
}

/// A period in Unix seconds, `[begin, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub begin: i64,
    pub end: i64,
}

impl Window {
    pub fn rolling(seconds: i64) -> Self {
        Self::Rolling { seconds }
    }

    /// The calendar month, in UTC.
    pub fn month() -> Self {
        let anchor = chrono::DateTime::UNIX_EPOCH.naive_utc();
        Self::Calendar(Calendar { anchor, zone: chrono_tz::UTC, step: Step::Months(1) })
    }

    /// Seconds that tiers and tables go by; a calendar's month, quarter and year count as 30, 90 and 365 days.
    pub fn seconds(&self) -> i64 {
        match self {
            Self::Rolling { seconds } => *seconds,
            Self::Calendar(calendar) => calendar.nominal_s(),
        }
    }

    /// The period that holds `now` (Unix seconds); a rolling one ends there.
    pub fn period(&self, now: i64) -> Period {
        match self {
            Self::Rolling { seconds } => Period { begin: now - seconds, end: now },
            Self::Calendar(calendar) => calendar.period(now),
        }
    }

    pub fn is_rolling(&self) -> bool {
        matches!(self, Self::Rolling { .. })
    }

    /// `30d`, `calendar 1M Europe/Berlin`.
    pub fn words(&self) -> String {
        match self {
            Self::Rolling { seconds } => duration::prometheus(*seconds),
            Self::Calendar(calendar) => calendar.words(),
        }
    }
}
