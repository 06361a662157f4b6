//! What only a source of kind `statuspage` has.

use crate::config::schema::Key;

/// The keys of `[source.statuspage]`.
pub(in crate::config) const KEYS: &[Key] = &[];
