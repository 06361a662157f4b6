//! The answers of CloudWatch, as they are sent.
//!
//! Every field may be missing: AWS leaves out what is empty, and what stands for it leaves out more.

use chrono::DateTime;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, value::RawValue};

use super::api::Page;
use crate::domain::Time;

/// A moment: seconds since 1970 with a fraction, or a text. What is neither, or far off, is none.
pub(super) fn moment<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Time>, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::Number(n) => n.as_f64().and_then(of_seconds),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

#[allow(clippy::cast_possible_truncation, reason = "what a moment cannot hold was left out")]
fn of_seconds(seconds: f64) -> Option<Time> {
    (seconds.is_finite() && (0.0..253_402_300_800.0).contains(&seconds))
        .then(|| DateTime::from_timestamp_millis((seconds * 1_000.0).round() as i64))?
}

/// One page of alarms.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    pub(super) metric: Vec<Box<RawValue>>,
    pub(super) composite: Vec<Box<RawValue>>,
    pub(super) log: Vec<Box<RawValue>>,
    pub(super) next: Option<String>,
}

/// An object with other fields than these is something else, and no proof that nothing burns.
impl<'de> Deserialize<'de> for Alarms {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let fields = std::collections::HashMap::<String, Box<RawValue>>::deserialize(d)?;
        let known = ["MetricAlarms", "CompositeAlarms", "LogAlarms", "NextToken"];
        if !fields.is_empty() && !known.iter().any(|k| fields.contains_key(*k)) {
            return Err(D::Error::custom("alarms were due"));
        }
        let list = |name: &str| {
            let read = fields.get(name).map(|raw| serde_json::from_str::<Option<Vec<Box<RawValue>>>>(raw.get()));
            Ok(read.transpose().map_err(D::Error::custom)?.flatten().unwrap_or_default())
        };
        let next = fields.get("NextToken").and_then(|raw| serde_json::from_str(raw.get()).ok()).flatten();
        Ok(Self { metric: list(known[0])?, composite: list(known[1])?, log: list(known[2])?, next })
    }
}

/// An alarm of any kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Alarm {
    pub(super) alarm_name: String,
    pub(super) alarm_arn: String,
    pub(super) alarm_description: Option<String>,
    pub(super) actions_enabled: Option<bool>,
    pub(super) state_value: String,
    pub(super) state_reason: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) state_transitioned_timestamp: Option<Time>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) state_updated_timestamp: Option<Time>,
    pub(super) evaluation_state: Option<String>,
    pub(super) alarm_rule: Option<String>,
    pub(super) actions_suppressed_by: Option<String>,
    pub(super) actions_suppressed_reason: Option<String>,
    pub(super) metric_name: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) statistic: Option<String>,
    pub(super) extended_statistic: Option<String>,
    pub(super) dimensions: Option<Vec<Dimension>>,
    pub(super) period: Option<i64>,
    pub(super) evaluation_periods: Option<i64>,
    pub(super) threshold: Option<f64>,
    pub(super) comparison_operator: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Dimension {
    pub(super) name: String,
    pub(super) value: String,
}

/// One page of what happened to alarms.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct History {
    pub(super) alarm_history_items: Option<Vec<Item>>,
    pub(super) next_token: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Item {
    pub(super) alarm_name: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) timestamp: Option<Time>,
    pub(super) history_summary: Option<String>,
    /// JSON in a text.
    pub(super) history_data: Option<String>,
}

/// The text in [`Item::history_data`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    pub(super) old_state: Option<State>,
    pub(super) new_state: Option<State>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    pub(super) state_value: Option<String>,
    pub(super) state_reason: Option<String>,
}

/// One page of mute rules.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Rules {
    pub(super) alarm_mute_rule_summaries: Option<Vec<RuleSummary>>,
    pub(super) next_token: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RuleSummary {
    pub(super) alarm_mute_rule_arn: String,
    pub(super) status: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) last_updated_timestamp: Option<Time>,
}

/// One mute rule.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) mute_targets: Option<Targets>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) expire_date: Option<Time>,
    pub(super) status: Option<String>,
    pub(super) rule: Option<Scheduled>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Targets {
    #[serde(default)]
    pub(super) alarm_names: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Scheduled {
    pub(super) schedule: Option<Schedule>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Schedule {
    pub(super) expression: Option<String>,
    pub(super) duration: Option<String>,
}

impl Page for Alarms {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

impl Page for History {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}

impl Page for Rules {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}
