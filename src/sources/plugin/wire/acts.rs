//! What is to be done, what it would do, and what came of it.

use serde::{Deserialize, Serialize};

use super::lax;
use crate::domain::{Time, text::SafeText};

/// What is to be done: of `action/plan`, `action/apply`, `action/status` and `notes/append`.
#[derive(Debug, Deserialize, Serialize)]
pub struct Wanted {
    #[serde(default)]
    pub verb: String,
    pub targets: Vec<Target>,
    #[serde(default)]
    pub args: Args,
    #[serde(default)]
    pub actor: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    #[serde(default)]
    pub deadline_ms: i64,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Target {
    pub key: String,
    /// When it began.
    pub episode: Time,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Args {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct WirePlan {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<SafeText>,
    pub effects: Vec<SafeText>,
    #[serde(default, deserialize_with = "lax")]
    pub author: SafeText,
    #[serde(default, deserialize_with = "lax")]
    pub affects: usize,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Outcome {
    /// `confirmed`, `pending`, `mismatch`; of `action/status` also `unknown`.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SafeText>,
    /// What is different.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<SafeText>,
}
