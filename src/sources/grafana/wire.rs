//! Grafana's JSON, as 9 to 13 write it, beyond what it shapes like Alertmanager's. Nothing outside this folder sees it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::{Time, label::Labels, source::Change, text::SafeText};

#[derive(Deserialize)]
pub(super) struct Health {
    pub(super) version: Option<SafeText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rules<'a> {
    #[serde(borrow)]
    pub(super) data: Option<RulesData<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RulesData<'a> {
    #[serde(borrow)]
    pub(super) groups: Vec<&'a RawValue>,
    pub(super) group_next_token: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Group {
    #[serde(default)]
    pub(super) name: SafeText,
    /// The folder.
    #[serde(default)]
    pub(super) file: SafeText,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    #[serde(default)]
    pub(super) name: SafeText,
    /// Since 10.
    pub(super) uid: Option<SafeText>,
    pub(super) query: Option<SafeText>,
    /// Seconds.
    pub(super) duration: Option<f64>,
    pub(super) health: Option<SafeText>,
    pub(super) last_error: Option<SafeText>,
    /// How many alerts it has, by their state.
    pub(super) totals: Option<BTreeMap<SafeText, u64>>,
    /// As many of them as were asked for.
    pub(super) alerts: Option<Vec<Box<RawValue>>>,
}

/// An alert as its rule knows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instance {
    pub(super) labels: Labels,
    pub(super) annotations: Option<Labels>,
    /// `Pending`, or with a reason: `Pending (Error)`.
    state: String,
    /// Since when it is in that state.
    pub(super) active_at: Option<Time>,
}

impl Instance {
    pub(super) fn is_pending(&self) -> bool {
        self.state.to_ascii_lowercase().starts_with("pending")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation {
    pub(super) id: i64,
    /// Unix milliseconds.
    pub(super) time: i64,
    #[serde(default)]
    pub(super) text: SafeText,
    #[serde(default)]
    pub(super) tags: Vec<SafeText>,
    pub(super) login: Option<SafeText>,
    pub(super) alert_id: Option<i64>,
}

impl Annotation {
    /// None for one that tells what an alert did: that is told already.
    pub(super) fn change(self) -> Option<Change> {
        if self.alert_id.is_some_and(|id| id > 0) {
            return None;
        }
        let text = self.text.raw().trim();
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        let tagged = |name: &str| {
            let value = self.tags.iter().find_map(|t| t.raw().strip_prefix(name)?.strip_prefix([':', '=']));
            value.map(SafeText::new)
        };
        let is_deploy = self.tags.iter().any(|t| t.raw().starts_with("deploy"));
        Some(Change {
            at: Time::from_timestamp_millis(self.time)?,
            kind: if is_deploy { "deploy" } else { "annotation" }.into(),
            title: title.into(),
            by: self.login.clone().unwrap_or_default(),
            text: rest.into(),
            service: tagged("service"),
            id: Some(self.id.to_string().into()),
            url: None,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Posted<'a> {
    #[serde(rename = "dashboardUID", skip_serializing_if = "Option::is_none")]
    pub(super) dashboard_uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) panel_id: Option<i64>,
    /// Unix milliseconds.
    pub(super) time: i64,
    pub(super) tags: Vec<String>,
    pub(super) text: &'a str,
}

#[derive(Deserialize)]
pub(super) struct Added {
    pub(super) id: i64,
}
