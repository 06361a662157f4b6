//! What WSP/1 says about alerts, silences, changes, duties, acts and budgets: the shapes of its messages, in both directions.
//!
//! A field that may be left out may be null as well; one that is not known here is passed over.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

pub use self::{
    acts::{Args, Outcome, Target, Wanted, WirePlan},
    budgets::{
        Query, Ranged, WireAsk, WireAsks, WireCount, WireParts, WirePortion, WireRecorded, WireSeries, WireSlo,
        WireSpent,
    },
};
use super::frame::WireError;
use crate::domain::{Time, label::Labels, text::SafeText};

mod acts;
mod budgets;

/// The one version of the protocol.
pub const PROTOCOL: u32 = 1;

/// Null where a value is left out.
fn lax<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(d: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// `false` and null: it cannot. `true`: it can, with nothing more to say. Else what it says of it.
fn can<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(d: D) -> Result<Option<T>, D::Error> {
    match Value::deserialize(d)? {
        Value::Null | Value::Bool(false) => Ok(None),
        Value::Bool(true) => Ok(Some(T::default())),
        said => serde_json::from_value(said).map(Some).map_err(serde::de::Error::custom),
    }
}

/// The answer to `initialize`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Hello {
    pub protocol: u32,
    #[serde(default, deserialize_with = "lax")]
    pub plugin: About,
    #[serde(default, deserialize_with = "lax")]
    pub capabilities: Can,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct About {
    #[serde(default, deserialize_with = "lax")]
    pub name: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub version: SafeText,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Can {
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub alerts: Option<CanAlerts>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub ack: Option<CanAck>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<CanAct>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub suppress: Option<CanSuppress>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub notes: Option<CanNotes>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub changes: Option<Nothing>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Nothing>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub oncall: Option<Nothing>,
    /// Without alerts: it says when it is asked whether its backend is there.
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub reach: Option<Nothing>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub details: Option<Nothing>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub past: Option<Nothing>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub slos: Option<CanSlos>,
    #[serde(default, deserialize_with = "can", skip_serializing_if = "Option::is_none")]
    pub metrics: Option<CanMetrics>,
    #[serde(default, deserialize_with = "lax")]
    pub evaluates: bool,
}

/// Something that is there, about which there is nothing to say.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Nothing {}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct CanAlerts {
    #[serde(default, deserialize_with = "lax")]
    pub watch: Watch,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Watch {
    /// `poll` or `push`.
    #[serde(default, deserialize_with = "lax")]
    pub mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_ms: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct CanAck {
    /// `native`, `suppress`, `journal`, or `none` where nothing there can be acked.
    #[serde(default, deserialize_with = "lax")]
    pub mode: String,
}

/// One thing that it can be asked to do.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CanAct {
    pub verb: String,
    #[serde(default, deserialize_with = "lax")]
    pub words: SafeText,
    /// `no`, `may` or `must`.
    #[serde(default, deserialize_with = "lax")]
    pub text: String,
    #[serde(default, deserialize_with = "lax")]
    pub until: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct CanSuppress {
    #[serde(default, deserialize_with = "lax")]
    pub write: bool,
}

/// What it knows of error budgets; `true` is the first two.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default)]
pub struct CanSlos {
    /// It declares objectives.
    pub list: bool,
    /// It counts their events itself.
    pub count: bool,
    /// It splits them into one row for each group.
    pub groups: bool,
    /// It tells numbers that somebody recorded.
    pub recorded: bool,
    /// It counts by a label.
    pub drill: bool,
}

impl Default for CanSlos {
    fn default() -> Self {
        Self { list: true, count: true, groups: false, recorded: false, drill: false }
    }
}

/// What it answers of series.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct CanMetrics {
    /// `promql`, or what only the plugin knows.
    #[serde(default, deserialize_with = "lax")]
    pub dialect: String,
    /// Whether it knows by itself what to ask of a service.
    #[serde(default, deserialize_with = "lax")]
    pub signals: bool,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct CanNotes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_len: Option<usize>,
}

/// What every answer with a list has beside its items.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Listed {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<bool>,
    /// The cursor of the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Where a subscription would begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_at: Option<Time>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// In place of parts, where they are few.
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<SafeText>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<WireMembers>,
    /// Samples that the backend read for it, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Warning {
    At { at: SafeText, why: SafeText },
    Plain(SafeText),
}

/// A part of the backend that did not answer.
#[derive(Debug, Deserialize, Serialize)]
pub struct Missing {
    pub member: SafeText,
    pub error: WireError,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireMembers {
    pub names: Vec<SafeText>,
    #[serde(default)]
    pub away: u64,
    #[serde(default)]
    pub dissent: Vec<WireDissent>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireDissent {
    pub key: SafeText,
    pub told: u64,
    pub muted: u64,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireAlert {
    pub key: SafeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<SafeText>,
    #[serde(default, deserialize_with = "lax")]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_severity: Option<SafeText>,
    #[serde(default, deserialize_with = "lax")]
    pub labels: Labels,
    #[serde(default, deserialize_with = "lax")]
    pub annotations: Labels,
    pub started_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fires_at: Option<Time>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub silenced_by: Vec<SafeText>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub inhibited_by: Vec<SafeText>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub receivers: Vec<SafeText>,
    #[serde(default, deserialize_with = "lax")]
    pub urls: Urls,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<WireHeld>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Labels::is_empty")]
    pub correlate: Labels,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Urls {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<SafeText>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub struct WireHeld {
    #[serde(default, deserialize_with = "lax")]
    pub word: SafeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ack: Option<WireAck>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Vec::is_empty")]
    pub assigned: Vec<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalates: Option<WireEscalation>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireAck {
    #[serde(default, deserialize_with = "lax")]
    pub by: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub reason: SafeText,
    pub at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireEscalation {
    pub at: Time,
    #[serde(default, deserialize_with = "lax")]
    pub to: SafeText,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireChange {
    pub at: Time,
    #[serde(default, deserialize_with = "lax")]
    pub kind: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub title: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub by: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub text: SafeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<SafeText>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireDuty {
    #[serde(default, deserialize_with = "lax")]
    pub of: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub services: Vec<SafeText>,
    #[serde(default, deserialize_with = "lax")]
    pub level: u32,
    pub who: SafeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Subscribed {
    pub sub: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Delta {
    pub sub: String,
    #[serde(default, deserialize_with = "lax")]
    pub upsert: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "lax")]
    pub remove: Vec<Removed>,
    #[serde(default, deserialize_with = "lax")]
    pub gap: bool,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Removed {
    pub key: SafeText,
}

/// When an alert burned before: the answer to `alerts/past`.
#[derive(Debug, Deserialize, Serialize)]
pub struct WirePast {
    /// What is known of, where that is less than what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    #[serde(default, deserialize_with = "lax")]
    pub spans: Vec<WireSpan>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireSpan {
    pub from: Time,
    pub to: Time,
    /// `firing`, `pending` or `unknown`.
    pub was: String,
}
