//! What only a source of kind `concourse` has.

use crate::config::schema::Key;

/// The keys of `[source.concourse]`.
pub(in crate::config) const KEYS: &[Key] = &[];
