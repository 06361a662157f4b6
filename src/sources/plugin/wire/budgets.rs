//! Objectives, their counts, and series of numbers: the shapes of `slo/..` and `metrics/..`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, value::RawValue};

use super::lax;
use crate::domain::{Time, label::Labels, text::SafeText};

/// An objective, as whoever wrote the plugin thinks of it.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct WireSlo {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<SafeText>,
    /// Percent: `"99.9"`, or the number.
    #[serde(default, deserialize_with = "percent")]
    pub objective: String,
    /// Seconds of a rolling window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_s: Option<i64>,
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// The definition as watchfire keeps it, with all that stands in no other field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Box<RawValue>>,
}

/// Queries in the dialect of the plugin: `total`, and one of the others.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Query {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad: Option<String>,
    #[serde(default)]
    pub total: String,
}

/// A number or its text, as it was written.
fn percent<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(d)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// What was counted of one objective, or why it was not. A bucket is named by its end.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct WireCount {
    pub id: String,
    /// The end of the first bucket, Unix seconds; the next one ends a step later.
    #[serde(default)]
    pub t0: i64,
    #[serde(default, deserialize_with = "numbers", skip_serializing_if = "Vec::is_empty")]
    pub bad: Vec<Option<f64>>,
    #[serde(default, deserialize_with = "numbers", skip_serializing_if = "Vec::is_empty")]
    pub total: Vec<Option<f64>>,
    /// Why it cannot be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<SafeText>,
    /// What would help, to paste.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<SafeText>,
}

/// Numbers that somebody recorded of one objective.
#[derive(Debug, Deserialize, Serialize)]
pub struct WireRecorded {
    pub id: String,
    pub at: Time,
    /// Of the budget, at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<f64>,
    /// Burn rates by their windows: `1h`, `3d`.
    #[serde(default, deserialize_with = "lax", skip_serializing_if = "BTreeMap::is_empty")]
    pub burn: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_s: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<WireSpent>,
}

/// What a whole window may have of what is bad, and what it has.
#[derive(Debug, Deserialize, Serialize)]
pub struct WireSpent {
    pub bad: f64,
    pub allowed: f64,
    /// `requests` where nothing is said, or `seconds`.
    #[serde(default)]
    pub unit: String,
}

/// What the values of one label counted.
#[derive(Debug, Deserialize, Serialize)]
pub struct WireParts {
    pub label: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub portions: Vec<WirePortion>,
    pub bad: f64,
    pub total: f64,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WirePortion {
    pub value: SafeText,
    pub bad: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
}

/// The answer to `metrics/range`.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Ranged {
    pub step_s: i64,
    /// Whether a part of it is missing.
    #[serde(default, deserialize_with = "lax")]
    pub partial: bool,
    pub series: Vec<WireSeries>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub struct WireSeries {
    #[serde(default, deserialize_with = "lax")]
    pub labels: Labels,
    /// Unix seconds of the first value; the next one is a step later.
    pub t0: i64,
    #[serde(default, deserialize_with = "numbers")]
    pub v: Vec<Option<f64>>,
}

/// The answer to `metrics/signals`.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct WireAsks {
    #[serde(default, deserialize_with = "lax")]
    pub asks: Vec<WireAsk>,
    /// By what it looked, in words.
    #[serde(default, deserialize_with = "lax")]
    pub looked_for: SafeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WireAsk {
    /// `latency`, `traffic`, `errors` or `saturation`.
    pub signal: String,
    pub name: SafeText,
    pub query: String,
    /// `s`, `/s`, `ratio`, `bytes` or `number`.
    #[serde(default, deserialize_with = "lax")]
    pub unit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_at: Option<f64>,
    #[serde(default, deserialize_with = "lax")]
    pub basis: SafeText,
}

/// JSON has no infinity: it travels as text, and is a gap here like everything that is no number.
fn numbers<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Option<f64>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum One {
        Number(f64),
        Text(String),
    }
    let all = Option::<Vec<Option<One>>>::deserialize(d)?.unwrap_or_default();
    let finite = |one: One| match one {
        One::Number(n) => Some(n),
        One::Text(text) => text.parse().ok(),
    };
    Ok(all.into_iter().map(|one| one.and_then(finite).filter(|n: &f64| n.is_finite())).collect())
}
