//! What only a source of kind `bosh` has.

use crate::config::schema::Key;

/// The keys of `[source.bosh]`.
pub(in crate::config) const KEYS: &[Key] = &[];
