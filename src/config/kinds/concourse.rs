//! What only a source of kind `concourse` has.

use crate::config::schema::{Key, Kind, may};

/// The keys of `[source.concourse]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may(
        "target",
        Kind::Text,
        "The target of the fly CLI whose login is used where no credentials stand above; left out, the one with this url.",
    ),
    may("flyrc", Kind::Path, "Where the fly CLI keeps its logins; left out, ~/.flyrc."),
    may("teams", Kind::List, "Only these teams; left out, every job that may be seen."),
    may("pipelines", Kind::List, "Only these pipelines, whatever their instance; left out, all."),
    may(
        "deploy_jobs",
        Kind::Text,
        "Regular expression of the jobs whose builds are deploys; left out, (?i)deploy|release|promote.",
    ),
];
