//! What only a source of kind `kubernetes` has.

use crate::config::schema::Key;

/// The keys of `[source.kubernetes]`.
pub(in crate::config) const KEYS: &[Key] = &[];
