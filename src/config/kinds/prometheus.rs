//! What only a source of kind `prometheus` has.

use crate::config::schema::Key;

/// The keys of `[source.prometheus]`.
pub(in crate::config) const KEYS: &[Key] = &[];
