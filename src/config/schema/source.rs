//! The keys of one `[[source]]`, and the tables that only sources of one kind have.

use super::{DAY, Key, Kind, MINUTE, SECOND, given, may, must};
use crate::config::kinds;

/// The keys of one `[[source]]`.
pub const SOURCE: &[Key] = &[
    must("name", Kind::Text, "Unique; shown wherever the source is named."),
    must(
        "kind",
        Kind::Text,
        "alertmanager, prometheus, pagerduty, grafana, kubernetes, cloudwatch, cloudfoundry, concourse, bosh, icinga2, statuspage, check or plugin.",
    ),
    may("url", Kind::Text, "Where it answers; http or https."),
    may("urls", Kind::List, "Instead of url: the members of one HA cluster."),
    may("token", Kind::Secret, "Bearer token; in the file only if nobody else can read the file."),
    may("token_env", Kind::Text, "Instead of token: the environment variable that holds it."),
    may("token_file", Kind::Path, "Instead of token: the file that holds it."),
    may("token_command", Kind::List, "Instead of token: a command, without a shell, whose first line of output it is."),
    may("token_keyring", Kind::Text, "Instead of token: SERVICE/USERNAME, an entry of the desktop's keyring."),
    may("username", Kind::Text, "Instead of a token: basic authentication."),
    may("password", Kind::Secret, "For username; in the file only if nobody else can read the file."),
    may("password_env", Kind::Text, "Instead of password: the environment variable that holds it."),
    may("password_file", Kind::Path, "Instead of password: the file that holds it."),
    may("password_command", Kind::List, "Instead of password: a command whose first line of output it is."),
    may("password_keyring", Kind::Text, "Instead of password: SERVICE/USERNAME, an entry of the desktop's keyring."),
    may("ca_file", Kind::Path, "PEM file of the authority that signed the server's certificate."),
    may("client_cert", Kind::Path, "PEM file of your certificate chain; needs client_key."),
    may("client_key", Kind::Path, "PEM file of its key; needs client_cert."),
    may("headers", Kind::Headers, "Sent with every request; { env = \"NAME\" } takes a value from the environment."),
    may("proxy", Kind::Text, "HTTP proxy; left out, HTTPS_PROXY and NO_PROXY are obeyed."),
    given(
        "ack",
        Kind::OneOf(&["silence", "journal", "native"]),
        "How an ack is carried: as a silence, by the source itself, or in the journal alone (owned and shown, nobody muted).",
    ),
    given("silences", Kind::OneOf(&["write", "read"]), "Whether silences may be written or only read."),
    given("interval", Kind::Duration(SECOND, DAY), "Between two polls; at least 1s."),
    given("timeout", Kind::Duration(SECOND / 10, 10 * MINUTE), "The most one request may take."),
    may(
        "requests_per_minute",
        Kind::Number(1, 100_000),
        "The most requests in any minute; left out, as many as the server says that it allows.",
    ),
    may("prometheus", Kind::Table(kinds::prometheus::KEYS), "What only a source of kind prometheus has."),
    may("pagerduty", Kind::Table(kinds::pagerduty::KEYS), "What only a source of kind pagerduty has."),
    may("grafana", Kind::Table(kinds::grafana::KEYS), "What only a source of kind grafana has."),
    may("kubernetes", Kind::Table(kinds::kubernetes::KEYS), "What only a source of kind kubernetes has."),
    may("cloudwatch", Kind::Table(kinds::cloudwatch::KEYS), "What only a source of kind cloudwatch has."),
    may("cloudfoundry", Kind::Table(kinds::cloudfoundry::KEYS), "What only a source of kind cloudfoundry has."),
    may("concourse", Kind::Table(kinds::concourse::KEYS), "What only a source of kind concourse has."),
    may("bosh", Kind::Table(kinds::bosh::KEYS), "What only a source of kind bosh has."),
    may("icinga2", Kind::Table(kinds::icinga2::KEYS), "What only a source of kind icinga2 has."),
    may("statuspage", Kind::Table(kinds::statuspage::KEYS), "What only a source of kind statuspage has."),
    may("check", Kind::Table(kinds::check::KEYS), "What only a source of kind check has."),
    may("plugin", Kind::Table(kinds::plugin::KEYS), "What only a source of kind plugin has."),
];
