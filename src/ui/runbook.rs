//! Runbooks.
use crate::domain::entry::Entry;
pub(crate) fn ticked(_: &Entry) -> &'static str {
    ""
}
