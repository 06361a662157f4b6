//! What is asked of a source that is served, and how its answers are made.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

use crate::{
    domain::{Time, silence::SilenceDraft, text::SafeText},
    sources::plugin::{
        frame::{WireError, code},
        told,
        wire::{WireAlert, WireSlo},
    },
};

/// An answer, with the items that go before it.
pub(super) struct Made {
    pub(super) items: Vec<Box<RawValue>>,
    pub(super) result: Value,
}

#[derive(Deserialize)]
pub(super) struct Cancel {
    pub(super) id: String,
}

#[derive(Deserialize)]
pub(super) struct AsksList {
    #[serde(default)]
    pub(super) cursor: Option<String>,
    #[serde(default)]
    pub(super) limit: Option<usize>,
    /// Whether nothing need be kept for the next time.
    #[serde(default)]
    pub(super) once: bool,
}

#[derive(Deserialize)]
pub(super) struct AsksSilences {
    #[serde(default)]
    pub(super) fresh: bool,
}

#[derive(Deserialize)]
pub(super) struct Put {
    pub(super) silence: SilenceDraft,
}

#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) id: SafeText,
}

#[derive(Deserialize)]
pub(super) struct Since {
    pub(super) since: Time,
}

#[derive(Deserialize)]
pub(super) struct Between {
    #[serde(default)]
    pub(super) from: Option<Time>,
    #[serde(default)]
    pub(super) to: Option<Time>,
}

#[derive(Deserialize)]
pub(super) struct Remembered {
    pub(super) alert: WireAlert,
    pub(super) since: Time,
}

#[derive(Deserialize)]
pub(super) struct Detailed {
    pub(super) alert: WireAlert,
}

#[derive(Deserialize)]
pub(super) struct AboutSlos {
    #[serde(default)]
    pub(super) slos: Vec<WireSlo>,
    #[serde(default)]
    pub(super) from: i64,
    #[serde(default)]
    pub(super) to: i64,
    #[serde(default)]
    pub(super) step_s: i64,
}

#[derive(Deserialize)]
pub(super) struct AboutSlo {
    pub(super) slo: WireSlo,
    #[serde(default)]
    pub(super) by: Option<String>,
    #[serde(default)]
    pub(super) from: i64,
    #[serde(default)]
    pub(super) to: i64,
    #[serde(default)]
    pub(super) wanted: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Range {
    pub(super) query: String,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) step_s: i64,
}

pub(super) fn read<T: DeserializeOwned>(params: &str) -> Result<T, WireError> {
    serde_json::from_str(params).map_err(|e| WireError::new(code::INVALID_PARAMS, e.to_string()))
}

pub(super) fn value(result: &impl Serialize) -> Result<Value, WireError> {
    serde_json::to_value(result).map_err(|e| WireError::new(code::MALFORMED, e.to_string()))
}

pub(super) fn plain(result: &impl Serialize) -> Result<Made, WireError> {
    Ok(Made { items: Vec::new(), result: value(result)? })
}

pub(super) fn many<T: Serialize>(items: &[T]) -> Result<Made, WireError> {
    Ok(Made { items: items.iter().filter_map(told::raw).collect(), result: json!({"complete": true}) })
}

pub(super) fn unsupported() -> WireError {
    WireError::new(code::UNSUPPORTED, "this source cannot do that")
}
