//! Sources of kind `pagerduty`, against a fake that keeps what PagerDuty's documentation says.

mod acting;
mod cockpit;
mod fake;
mod hands;
mod reading;
mod telling;

include!("desk.rs");
