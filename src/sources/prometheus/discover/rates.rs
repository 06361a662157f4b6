//! Counts of events out of rates per second that rules record: the best there is where no rule's expression is known.

use crate::domain::slo::{Counted, Indicator};

/// A recorded rate stands for so many seconds.
const EACH: i64 = 60;

pub(super) fn bad(errors: &str, total: &str) -> Indicator {
    Indicator::events(Counted::Bad(events(errors)), &events(total), false)
}

pub(super) fn good(success: &str, total: &str) -> Indicator {
    Indicator::events(Counted::Good(events(success)), &events(total), false)
}

/// What is not a number spoils no bucket: it is left out.
fn events(rate: &str) -> String {
    format!("sum_over_time(({rate} < +Inf)[{{{{.window}}}}:{EACH}s]) * {EACH}")
}
