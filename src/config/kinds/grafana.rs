//! What only a source of kind `grafana` has.

use crate::config::schema::Key;

/// The keys of `[source.grafana]`.
pub(in crate::config) const KEYS: &[Key] = &[];
