//! PagerDuty's JSON, as far as it is read. Nothing leaves this room in this form.
//!
//! Only what an incident cannot be without must be there; all else may be missing, null or new.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::{Time, text::SafeText};

/// A null is as good as nothing.
fn nil<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// Anything that PagerDuty names: a user, a team, a schedule, an integration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ref {
    #[serde(deserialize_with = "nil")]
    pub(super) id: SafeText,
    pub(super) summary: Option<SafeText>,
    pub(super) name: Option<SafeText>,
    pub(super) email: Option<SafeText>,
    pub(super) html_url: Option<SafeText>,
}

impl Ref {
    /// What a person calls it; its id where it has no name.
    pub(super) fn called(&self) -> SafeText {
        let said = [&self.summary, &self.name].into_iter().flatten().find(|t| !t.is_empty());
        said.unwrap_or(&self.id).clone()
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Service {
    #[serde(flatten)]
    pub(super) named: Ref,
    /// Seconds after which an ack ends by itself.
    pub(super) acknowledgement_timeout: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Policy {
    #[serde(flatten)]
    pub(super) named: Ref,
    #[serde(deserialize_with = "nil")]
    pub(super) escalation_rules: Vec<Rule>,
    #[serde(deserialize_with = "nil")]
    pub(super) services: Vec<Ref>,
    #[serde(deserialize_with = "nil")]
    pub(super) teams: Vec<Ref>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Rule {
    pub(super) escalation_delay_in_minutes: Option<i64>,
    #[serde(deserialize_with = "nil")]
    pub(super) targets: Vec<Ref>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Assignment {
    pub(super) at: Option<Time>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) assignee: Ref,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Acknowledgement {
    pub(super) at: Option<Time>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) acknowledger: Ref,
}

/// What happens by itself: `unacknowledge`, `escalate`, `resolve`, `urgency_change`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Pending {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) at: Option<Time>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    pub(super) all: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Incident {
    pub(super) id: SafeText,
    pub(super) status: String,
    pub(super) created_at: Time,
    pub(super) incident_number: Option<i64>,
    pub(super) title: Option<SafeText>,
    pub(super) summary: Option<SafeText>,
    pub(super) description: Option<SafeText>,
    pub(super) urgency: Option<SafeText>,
    pub(super) incident_key: Option<SafeText>,
    pub(super) html_url: Option<SafeText>,
    pub(super) updated_at: Option<Time>,
    pub(super) last_status_change_at: Option<Time>,
    pub(super) priority: Option<Ref>,
    pub(super) alert_counts: Option<Counts>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) service: Service,
    #[serde(default, deserialize_with = "nil")]
    pub(super) escalation_policy: Policy,
    #[serde(default, deserialize_with = "nil")]
    pub(super) teams: Vec<Ref>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) assignments: Vec<Assignment>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) acknowledgements: Vec<Acknowledgement>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) pending_actions: Vec<Pending>,
}

impl Incident {
    pub(super) fn is_acknowledged(&self) -> bool {
        self.status == "acknowledged"
    }

    pub(super) fn is_resolved(&self) -> bool {
        self.status == "resolved"
    }

    /// When something happens to it by itself.
    pub(super) fn pending(&self, kind: &str) -> Option<Time> {
        self.pending_actions.iter().filter(|p| p.kind == kind).filter_map(|p| p.at).min()
    }

    /// `#42`, or its id.
    pub(super) fn number(&self) -> String {
        self.incident_number.map_or_else(|| self.id.shown().to_owned(), |n| format!("#{n}"))
    }

    pub(super) fn name(&self) -> SafeText {
        let said = [&self.title, &self.summary].into_iter().flatten().find(|t| !t.is_empty());
        said.cloned().unwrap_or_else(|| SafeText::new(&format!("incident {}", self.number())))
    }
}

#[derive(Deserialize)]
pub(super) struct OneIncident {
    pub(super) incident: Incident,
}

#[derive(Deserialize)]
pub(super) struct OneUser {
    pub(super) user: Ref,
}

/// One of the alerts that an incident is made of.
#[derive(Debug, Deserialize)]
pub(super) struct IncidentAlert {
    pub(super) alert_key: Option<SafeText>,
    pub(super) severity: Option<SafeText>,
    pub(super) body: Option<Body>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    pub(super) details: Option<Value>,
    pub(super) cef_details: Option<BTreeMap<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LogEntry {
    pub(super) id: SafeText,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) created_at: Time,
    pub(super) summary: Option<SafeText>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) agent: Ref,
    #[serde(default, deserialize_with = "nil")]
    pub(super) incident: Ref,
    #[serde(default, deserialize_with = "nil")]
    pub(super) service: Ref,
    /// The one who was told.
    #[serde(default, deserialize_with = "nil")]
    pub(super) user: Ref,
    #[serde(default, deserialize_with = "nil")]
    pub(super) assignees: Vec<Ref>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) channel: Channel,
    /// Seconds.
    pub(super) acknowledgement_timeout: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Channel {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) summary: Option<SafeText>,
    /// The text of a note.
    pub(super) content: Option<SafeText>,
    pub(super) old_urgency: Option<SafeText>,
    pub(super) new_urgency: Option<SafeText>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ChangeEvent {
    pub(super) id: SafeText,
    pub(super) timestamp: Time,
    pub(super) summary: Option<SafeText>,
    pub(super) source: Option<SafeText>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) integration: Ref,
    #[serde(default, deserialize_with = "nil")]
    pub(super) services: Vec<Ref>,
    #[serde(default, deserialize_with = "nil")]
    pub(super) links: Vec<Link>,
    pub(super) custom_details: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Link {
    pub(super) href: Option<SafeText>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OnCallEntry {
    #[serde(default, deserialize_with = "nil")]
    pub(super) escalation_policy: Policy,
    pub(super) escalation_level: u32,
    #[serde(default, deserialize_with = "nil")]
    pub(super) user: Ref,
    pub(super) start: Option<Time>,
    pub(super) end: Option<Time>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Note {
    pub(super) id: SafeText,
    #[serde(default, deserialize_with = "nil")]
    pub(super) content: SafeText,
}

#[derive(Deserialize)]
pub(super) struct Notes {
    pub(super) notes: Vec<Note>,
}
