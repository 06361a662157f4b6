//! The tests of PagerDuty without those of the screen, which is the cockpit's.

#[path = "../pagerduty/acting.rs"]
mod acting;
#[allow(dead_code, reason = "a part of it is for the tests of the screen")]
#[path = "../pagerduty/fake/mod.rs"]
mod fake;
#[path = "../pagerduty/hands.rs"]
mod hands;
#[path = "../pagerduty/reading.rs"]
mod reading;
#[path = "../pagerduty/telling.rs"]
mod telling;

include!("../pagerduty/desk.rs");
