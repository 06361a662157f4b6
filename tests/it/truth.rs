//! Numbers against a truth that is known: what was counted, and when it is told, beside the real tools.

mod alarms;
mod counted;
mod counters;
mod dialects;
mod services;

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
