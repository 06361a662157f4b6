//! The JSON of Cloud Foundry's API, version 3, as its published contract has it. Whatever may be redacted is optional.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::{Time, text::SafeText};

#[derive(Deserialize)]
pub(super) struct Root {
    #[serde(default)]
    pub(super) links: BTreeMap<String, Option<Link>>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    pub(super) href: String,
    #[serde(default)]
    pub(super) meta: Option<Meta>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Meta {
    pub(super) version: Option<SafeText>,
}

#[derive(Deserialize)]
pub(super) struct Page<'a> {
    pub(super) pagination: Pagination,
    #[serde(borrow)]
    pub(super) resources: Vec<&'a RawValue>,
    #[serde(default)]
    pub(super) included: Included,
}

#[derive(Deserialize)]
pub(super) struct Pagination {
    pub(super) next: Option<Link>,
}

/// What was asked for beside a list.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Included {
    pub(super) organizations: Vec<Named>,
    pub(super) spaces: Vec<Named>,
}

/// An app, a space, an organization.
#[derive(Clone, Deserialize)]
pub(super) struct Named {
    pub(super) guid: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) relationships: BTreeMap<String, Relation>,
    #[serde(default)]
    pub(super) metadata: Metadata,
}

#[derive(Clone, Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, Option<String>>,
}

#[derive(Clone, Default, Deserialize)]
pub(super) struct Relation {
    #[serde(default)]
    data: Option<Guid>,
}

impl Named {
    /// The guid of what it belongs to.
    pub(super) fn of(&self, relation: &str) -> Option<&str> {
        Some(self.relationships.get(relation)?.data.as_ref()?.guid.as_str())
    }
}

#[derive(Clone, Default, Deserialize)]
pub(super) struct Guid {
    #[serde(default)]
    pub(super) guid: String,
}

#[derive(Clone, Deserialize)]
pub(super) struct Event {
    pub(super) guid: String,
    pub(super) created_at: Time,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) actor: Party,
    #[serde(default)]
    pub(super) target: Party,
    #[serde(default)]
    pub(super) data: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) space: Option<Guid>,
    #[serde(default)]
    pub(super) organization: Option<Guid>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Party {
    pub(super) guid: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: SafeText,
}

impl Event {
    /// A word of the event's own data, whatever its type.
    pub(super) fn datum(&self, key: &str) -> Option<String> {
        match self.data.as_ref()?.get(key)? {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()).filter(|t| !t.is_empty()),
            other => Some(other.to_string()),
        }
    }

    pub(super) fn is_crash(&self) -> bool {
        matches!(self.kind.as_str(), "audit.app.process.crash" | "app.crash")
    }

    /// The kind of process that it is about.
    pub(super) fn process(&self) -> &str {
        if self.actor.kind == "process" && !self.actor.name.is_empty() { self.actor.name.raw() } else { "web" }
    }
}

#[derive(Deserialize)]
pub(super) struct Stats {
    #[serde(default)]
    pub(super) resources: Vec<Instance>,
}

#[derive(Deserialize)]
pub(super) struct Instance {
    #[serde(default)]
    pub(super) index: i64,
    /// Left out for whom it is not meant.
    #[serde(default)]
    pub(super) state: Option<String>,
    #[serde(default)]
    pub(super) details: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Deployment {
    pub(super) guid: String,
    pub(super) created_at: Time,
    pub(super) updated_at: Option<Time>,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) strategy: Option<SafeText>,
    #[serde(default)]
    relationships: BTreeMap<String, Relation>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Status {
    #[serde(default)]
    pub(super) value: String,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) details: Option<StatusDetails>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct StatusDetails {
    pub(super) last_status_change: Option<Time>,
    pub(super) last_successful_healthcheck: Option<Time>,
    pub(super) error: Option<SafeText>,
}

impl Deployment {
    pub(super) fn app(&self) -> &str {
        self.relationships.get("app").and_then(|r| r.data.as_ref()).map_or("", |d| d.guid.as_str())
    }

    pub(super) fn error(&self) -> Option<&SafeText> {
        self.status.details.as_ref()?.error.as_ref().filter(|e| !e.is_empty())
    }
}
