//! What only a source of kind `prometheus` has.

use crate::config::schema::{Key, Kind, may};

/// A day, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// The keys of `[source.prometheus]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may(
        "rules_url",
        Kind::Text,
        "Where rules are evaluated, where that is another server, as vmalert; \"none\" where nobody does.",
    ),
    may(
        "hidden_tail",
        Kind::Duration(0, DAY),
        "How long the server hides the newest samples; left out, VictoriaMetrics is asked, and others hide nothing.",
    ),
];
