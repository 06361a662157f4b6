//! What only a source of kind `bosh` has.

use crate::config::schema::{Key, Kind, may};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The keys of `[source.bosh]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may(
        "grant",
        Kind::OneOf(&["password", "client_credentials"]),
        "What `username` above is to the director's UAA: a person (password), which is so where nothing is said, or a client.",
    ),
    may(
        "bosh_config",
        Kind::Path,
        "Where the bosh CLI keeps its logins, used where neither credentials stand above nor BOSH_CLIENT is set; left out, ~/.bosh/config.",
    ),
    may(
        "uaa_url",
        Kind::Text,
        "Where UAA answers, if it is on another host than the director; left out, as the director says.",
    ),
    may("deployments", Kind::List, "Only these deployments; left out, all that may be seen."),
    may("tasks_within", Kind::Duration(MINUTE, 7 * DAY), "A task that takes longer is an alert; left out, 1h."),
    may(
        "failed_for",
        Kind::Duration(MINUTE, 7 * DAY),
        "A failed task is an alert until the same succeeds, for so long at most; left out, 6h.",
    ),
    may(
        "vitals",
        Kind::Bool,
        "Ask every VM's agent how it is, which is a task of the director each time; left out, false.",
    ),
    may("vitals_every", Kind::Duration(5 * MINUTE, DAY), "How often; at least 5m, and left out, 10m."),
];
