//! Actions: what was run, in the timeline.

use crate::domain::entry::{Entry, Kind};

pub(crate) fn sentence(_: &Entry, _: &str) -> String {
    let _ = Kind::ActionEnded;
    String::new()
}
