//! The API user and its permissions, which Icinga itself tells at the root of its API.

use serde::Deserialize;
use serde_json::Value;

use super::Icinga2;
use crate::{
    domain::{
        Time,
        checkup::{Checkup, Right},
        source::AckVia,
    },
    sources::http::Call,
};

/// What is done with each permission that is more than reading.
const WANTED: [(&str, &str); 3] = [
    ("actions/add-comment", "write notes"),
    ("actions/schedule-downtime", "set downtimes"),
    ("events/StateChange", "hear events"),
];
const ACKS: (&str, &str) = ("actions/acknowledge-problem", "ack");
/// Asked by a browser, the root is a page.
const JSON: [(&str, &str); 1] = [("accept", "application/json")];

#[derive(Deserialize)]
struct Root {
    results: Vec<About>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct About {
    user: String,
    permissions: Vec<Value>,
}

impl About {
    /// Its permissions may be patterns, and may be bound to a filter.
    fn may(&self, permission: &str) -> bool {
        let named = |p: &Value| p.as_str().or_else(|| p.get("permission")?.as_str()).map(str::to_lowercase);
        let permission = permission.to_lowercase();
        self.permissions.iter().filter_map(named).any(|p| match p.strip_suffix('*') {
            Some(start) => permission.starts_with(start),
            None => p == permission,
        })
    }
}

impl Icinga2 {
    pub(super) async fn check_up(&self, now: Time) -> Checkup {
        let Ok(reply) = self.ask(Call::get("v1").headers(&JSON), now).await else { return Checkup::default() };
        let root = reply.http.json::<Root>(&reply.answer).ok();
        let Some(about) = root.and_then(|r| r.results.into_iter().next()) else { return Checkup::default() };
        let acks = (self.description.can.ack == Some(AckVia::Native)).then_some(ACKS);
        let wanted = WANTED.into_iter().filter(|(p, _)| self.settings.events || !p.starts_with("events/"));
        acks.into_iter().chain(wanted).fold(Checkup::by(format!("the API user {}", about.user)), |checkup, (p, to)| {
            let why = format!("the API user has no {p}");
            checkup.with(Right::of(to, about.may(p), &why, &format!("add \"{p}\" to the ApiUser's permissions")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_may_be_a_pattern_and_bound_to_a_filter() {
        let about =
            |permissions: Value| About { user: "w".into(), permissions: permissions.as_array().unwrap().clone() };
        assert!(about(serde_json::json!(["*"])).may("actions/add-comment"));
        assert!(about(serde_json::json!(["Actions/*"])).may("actions/add-comment"));
        assert!(
            about(serde_json::json!([{"permission": "actions/add-comment", "filter": "x"}])).may("actions/add-comment")
        );
        assert!(!about(serde_json::json!(["objects/query/*", "actions/add"])).may("actions/add-comment"));
    }
}
