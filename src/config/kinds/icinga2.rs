//! What only a source of kind `icinga2` has.

use crate::config::schema::{Key, Kind, may};

/// The keys of `[source.icinga2]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may("web", Kind::Text, "Where Icinga Web answers, for the links to its pages; left out, there are none."),
    may(
        "severities",
        Kind::Texts,
        "What a state is worth: WARNING, CRITICAL, UNKNOWN, DOWN, UNREACHABLE; what is left out is warning, critical, unknown, critical, critical.",
    ),
    may("vars", Kind::List, "Custom variables, of the service or else of its host, that become labels."),
    may("sticky", Kind::Bool, "Whether an ack stays until all is well, and not only until the state changes; no."),
    may("persistent", Kind::Bool, "Whether the comment of an ack outlives the ack; no."),
    may("notify", Kind::Bool, "Whether Icinga tells its contacts of an ack; no."),
    may("events", Kind::Bool, "Whether its event stream is listened to, for what others do there; yes."),
];
