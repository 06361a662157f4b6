//! What only a source of kind `statuspage` has.

use crate::config::schema::{Key, Kind, may};

/// The keys of `[source.statuspage]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may("components", Kind::List, "The components that matter to you, by their names; left out, all of them."),
    may("maintenance", Kind::Bool, "Whether maintenance that goes on is shown, as suppressed; left out, it is."),
];
