//! What only a source of kind `check` has.

use crate::config::schema::Key;

/// The keys of `[source.check]`.
pub(in crate::config) const KEYS: &[Key] = &[];
