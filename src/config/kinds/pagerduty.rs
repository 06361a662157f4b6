//! What only a source of kind `pagerduty` has.

use crate::config::schema::Key;

/// The keys of `[source.pagerduty]`.
pub(in crate::config) const KEYS: &[Key] = &[];
