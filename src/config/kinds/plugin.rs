//! What only a source of kind `plugin` has.

use crate::config::schema::Key;

/// The keys of `[source.plugin]`.
pub(in crate::config) const KEYS: &[Key] = &[];
