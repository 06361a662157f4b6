//! What only a source of kind `cloudfoundry` has.

use crate::config::schema::{Key, Kind, may};

const MINUTE: i64 = 60_000;

/// The keys of `[source.cloudfoundry]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may(
        "grant",
        Kind::OneOf(&["password", "client_credentials"]),
        "What `username` above is: a person (password), which is so where nothing is said, or a UAA client.",
    ),
    may(
        "cf_config",
        Kind::Path,
        "Where the cf CLI keeps its login, used where no credentials stand above; left out, ~/.cf/config.json or beneath CF_HOME.",
    ),
    may("organizations", Kind::List, "Only these organizations, by name; left out, all that may be seen."),
    may("spaces", Kind::List, "Only spaces of these names; left out, all."),
    may("apps", Kind::List, "Only apps of these names; left out, all."),
    may("crashes", Kind::Number(2, 1_000), "A crash loop is so many crashes of one app; left out, 3."),
    may("within", Kind::Duration(MINUTE, 24 * 60 * MINUTE), "Within this time; left out, 10m."),
    may(
        "deploys_within",
        Kind::Duration(MINUTE, 24 * 60 * MINUTE),
        "A deployment that takes longer is an alert; left out, 30m.",
    ),
    may("log_cache", Kind::Bool, "Count budgets by Log Cache's PromQL; left out, false."),
    may(
        "log_cache_url",
        Kind::Text,
        "Where Log Cache answers, if it is outside the API's own domain; left out, as the API says.",
    ),
    may("uaa_url", Kind::Text, "Where UAA answers, if it is outside the API's own domain; left out, as the API says."),
    may("note_prefix", Kind::Text, "The DNS name before the annotation that holds notes; left out, watchfire.oncall."),
    may(
        "page",
        Kind::Text,
        "An app's page; {app}, {space}, {organization} and {app_guid}, {space_guid}, {organization_guid} are filled in.",
    ),
];
