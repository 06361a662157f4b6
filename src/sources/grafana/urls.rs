//! Every address of Grafana that is asked, in one place: from version 13 on `/api` is frozen, and what comes after has others.

use super::wire::Health;
use crate::{
    domain::{Time, text::SafeText},
    sources::http::{Call, Http},
};

/// Whose alerts: those that Grafana manages, else those of a data source.
const OWN: &str = "grafana";

pub(super) const ANNOTATIONS: &str = "api/annotations";
const HEALTH: &str = "api/health";

/// What stands before `/api/v2/alerts`.
pub(super) fn alertmanager(base: &str, of: Option<&str>) -> String {
    format!("{}/api/alertmanager/{}", base.trim_end_matches('/'), segment(of))
}

/// The rules that Grafana manages, as Prometheus shapes them. Those of a data source are under another UID than its
/// Alertmanager, which is not known.
pub(super) const RULES: &str = "api/prometheus/grafana/api/v1/rules";

/// A UID may hold what is no part of an address; it is one segment all the same.
fn segment(of: Option<&str>) -> String {
    url::form_urlencoded::byte_serialize(of.unwrap_or(OWN).as_bytes()).collect::<String>().replace('+', "%20")
}

/// The version; none where it does not say. Nobody must be known for it.
pub(super) async fn version(http: &Http, now: Time) -> Option<SafeText> {
    let answer = http.call(Call::get(HEALTH), now).await.ok()?;
    http.json::<Health>(&answer).ok()?.version
}
