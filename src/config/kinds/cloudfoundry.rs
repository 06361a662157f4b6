//! What only a source of kind `cloudfoundry` has.

use crate::config::schema::Key;

/// The keys of `[source.cloudfoundry]`.
pub(in crate::config) const KEYS: &[Key] = &[];
