//! What only a source of kind `grafana` has.

use crate::config::schema::{Key, Kind, may};

/// The keys of `[source.grafana]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may("org", Kind::Number(1, i64::MAX), "Number of the organisation; left out, the one that the token belongs to."),
    may(
        "alertmanager",
        Kind::Text,
        "UID of the data source whose alerts are shown; left out, those that Grafana manages.",
    ),
];
