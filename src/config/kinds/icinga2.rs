//! What only a source of kind `icinga2` has.

use crate::config::schema::Key;

/// The keys of `[source.icinga2]`.
pub(in crate::config) const KEYS: &[Key] = &[];
