//! What only a source of kind `cloudwatch` has.

use crate::config::schema::Key;

/// The keys of `[source.cloudwatch]`.
pub(in crate::config) const KEYS: &[Key] = &[];
