//! One message of JSON-RPC 2.0 on one line: a question, a word, an answer.
//!
//! Knows which shape a message has and nothing of what it is about.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, value::RawValue};

use crate::domain::{
    Time,
    source::SourceError,
    text::{SafeText, sanitise},
};

/// Most bytes of a line, its end not counted.
pub const LINE_MAX: usize = 4 * 1024 * 1024;
/// Error codes, beside those of JSON-RPC itself.
pub mod code {
    pub const PARSE: i64 = -32700;
    pub const INVALID_REQUEST: i64 = -32600;
    pub const NO_METHOD: i64 = -32601;
    pub const INVALID_PARAMS: i64 = -32602;
    pub const CANCELLED: i64 = -32800;
    pub const UNREACHABLE: i64 = -32010;
    pub const AUTH: i64 = -32011;
    pub const RATE_LIMITED: i64 = -32012;
    pub const NOT_FOUND: i64 = -32013;
    pub const CONFLICT: i64 = -32014;
    pub const UNSUPPORTED: i64 = -32015;
    pub const PARTIAL: i64 = -32016;
    pub const DEADLINE: i64 = -32017;
    pub const MALFORMED: i64 = -32018;
    pub const REDIRECTED: i64 = -32019;
    pub const REJECTED: i64 = -32020;
}

/// A plugin that asks for patience gets no more than this, in milliseconds.
const RETRY_MAX_MS: i64 = 3_600_000;

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, default)]
    jsonrpc: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<WireError>,
}

/// A value that is there, even where it is null.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(d: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(d).map(Some)
}

/// A message, by its shape.
#[derive(Debug)]
pub enum Frame<'a> {
    Asks { id: String, method: Cow<'a, str>, params: Option<&'a RawValue> },
    Says { method: Cow<'a, str>, params: Option<&'a RawValue> },
    Answers { id: String, result: &'a RawValue },
    Fails { id: String, error: WireError },
}

impl<'a> Frame<'a> {
    /// # Errors
    /// Why the line is no message.
    pub fn read(line: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?;
        // Of a list serde would take the items for the fields.
        if !text.trim_start().starts_with('{') {
            return Err("it is no JSON-RPC message: no object".into());
        }
        let raw: Raw<'a> = serde_json::from_str(text).map_err(|e| format!("it is no JSON-RPC message: {e}"))?;
        if raw.jsonrpc.as_deref() != Some("2.0") {
            return Err("`jsonrpc` is not \"2.0\"".into());
        }
        let id = raw.id.map(|id| serde_json::from_str::<String>(id.get()).map_err(|_| "`id` is no string".to_owned()));
        match (id.transpose()?, raw.method, raw.result, raw.error) {
            (Some(id), Some(method), None, None) => Ok(Self::Asks { id, method, params: raw.params }),
            (None, Some(method), None, None) => Ok(Self::Says { method, params: raw.params }),
            (Some(id), None, Some(result), None) => Ok(Self::Answers { id, result }),
            (Some(id), None, None, Some(error)) => Ok(Self::Fails { id, error }),
            (_, None, Some(_), Some(_)) => Err("it has both `result` and `error`".into()),
            _ => Err("it is neither a request, a notification nor an answer".into()),
        }
    }
}

/// An error as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct WireError {
    pub code: i64,
    #[serde(default)]
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<ErrorData>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct ErrorData {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<i64>,
    /// The same as a moment, for whoever knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl WireError {
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// An error of a source as it is told to whoever asked through the protocol.
    pub fn of(error: &SourceError, now: Time) -> Self {
        let (code, kind, why) = match error {
            SourceError::Auth { why } => (code::AUTH, "auth", why.raw()),
            SourceError::RateLimited { .. } => (code::RATE_LIMITED, "rate_limited", ""),
            SourceError::Unreachable { why } => (code::UNREACHABLE, "unreachable", why.raw()),
            SourceError::Rejected { why } => (code::REJECTED, "rejected", why.raw()),
            SourceError::Malformed { why } => (code::MALFORMED, "malformed", why.raw()),
            SourceError::Redirected { to } => (code::REDIRECTED, "redirected", to.raw()),
            SourceError::Crashed { why } => (code::UNREACHABLE, "crashed", why.raw()),
        };
        let mut data = ErrorData { kind: Some(kind.into()), ..ErrorData::default() };
        data.user_message = (!why.is_empty()).then(|| why.to_owned());
        if let SourceError::RateLimited { until } = error {
            data.until = Some(*until);
            data.retry_after_ms = Some((*until - now).num_milliseconds().max(0));
        }
        Self { code, message: error.to_string(), data: Some(data) }
    }

    /// What a person can do about it: the code decides, the words are the plugin's.
    pub fn read(&self, now: Time) -> SourceError {
        let data = self.data.clone().unwrap_or_default();
        let why = SafeText::new(data.user_message.as_deref().unwrap_or(&self.message));
        match self.code {
            code::AUTH => SourceError::Auth { why },
            code::RATE_LIMITED => SourceError::RateLimited { until: until(&data, now) },
            code::UNREACHABLE | code::DEADLINE if data.kind.as_deref() == Some("crashed") => {
                SourceError::Crashed { why }
            }
            code::UNREACHABLE | code::DEADLINE | code::PARTIAL | code::CANCELLED => SourceError::Unreachable { why },
            code::MALFORMED => SourceError::Malformed { why },
            code::REDIRECTED => SourceError::Redirected { to: why },
            _ => SourceError::Rejected { why },
        }
    }
}

fn until(data: &ErrorData, now: Time) -> Time {
    let latest = now + chrono::Duration::milliseconds(RETRY_MAX_MS);
    let after = chrono::Duration::milliseconds(data.retry_after_ms.unwrap_or(60_000).clamp(0, RETRY_MAX_MS));
    data.until.filter(|u| *u >= now && *u <= latest).unwrap_or(now + after)
}

/// A message in the order that is promised to whoever has no JSON at hand: `jsonrpc`, `id`, `method`, `params`.
#[derive(Serialize)]
struct Out<'a> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a WireError>,
}

const EMPTY: Out<'static> = Out { jsonrpc: "2.0", id: None, method: None, params: None, result: None, error: None };

/// With its end.
fn line(out: &Out<'_>) -> Vec<u8> {
    // Strings, numbers and values can always be written.
    let mut bytes = serde_json::to_vec(out).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

pub fn asks(id: &str, method: &str, params: &Value) -> Vec<u8> {
    line(&Out { id: Some(id), method: Some(method), params: Some(params), ..EMPTY })
}

pub fn says(method: &str, params: &Value) -> Vec<u8> {
    line(&Out { method: Some(method), params: Some(params), ..EMPTY })
}

pub fn answers(id: &str, result: &Value) -> Vec<u8> {
    line(&Out { id: Some(id), result: Some(result), ..EMPTY })
}

pub fn fails(id: &str, error: &WireError) -> Vec<u8> {
    line(&Out { id: Some(id), error: Some(error), ..EMPTY })
}

/// The beginning of a line, safe to show.
pub fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(160)]);
    let dots = if line.len() > 160 { "…" } else { "" };
    format!("{}{dots}", sanitise(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(line: &str) -> String {
        match Frame::read(line.as_bytes()) {
            Ok(Frame::Asks { id, method, .. }) => format!("asks {id} {method}"),
            Ok(Frame::Says { method, .. }) => format!("says {method}"),
            Ok(Frame::Answers { id, result }) => format!("answers {id} {}", result.get()),
            Ok(Frame::Fails { id, error }) => format!("fails {id} {}", error.code),
            Err(why) => why,
        }
    }

    #[test]
    fn a_message_is_known_by_its_shape() {
        assert_eq!(shape(r#"{"jsonrpc":"2.0","id":"1","method":"ping"}"#), "asks 1 ping");
        assert_eq!(shape(r#"{"jsonrpc":"2.0","method":"$/log","params":{},"more":1}"#), "says $/log");
        assert_eq!(shape(r#"{"jsonrpc":"2.0","id":"1","result":null}"#), "answers 1 null");
        assert_eq!(shape(r#"{"jsonrpc":"2.0","id":"1","error":{"code":-32601}}"#), "fails 1 -32601");
    }

    #[test]
    fn what_is_no_message_says_why() {
        for (line, why) in [
            ("hello", "no JSON-RPC message"),
            ("[]", "no JSON-RPC message"),
            (r#"{"jsonrpc":"2.0","id":"1","result":NaN}"#, "no JSON-RPC message"),
            (r#"{"id":"1","result":1}"#, "not \"2.0\""),
            (r#"{"jsonrpc":"2.0","id":1,"result":1}"#, "no string"),
            (r#"{"jsonrpc":"2.0","id":"1","result":1,"error":{"code":1}}"#, "both"),
            (r#"{"jsonrpc":"2.0"}"#, "neither"),
        ] {
            assert!(shape(line).contains(why), "{line}: {}", shape(line));
        }
    }

    #[test]
    fn every_error_of_a_source_comes_back_as_it_was() {
        let now = "2026-11-21T02:00:00Z".parse().unwrap();
        let why = SafeText::new("no\x1b[2J");
        for error in [
            SourceError::Auth { why: why.clone() },
            SourceError::RateLimited { until: now + chrono::Duration::seconds(90) },
            SourceError::Unreachable { why: why.clone() },
            SourceError::Rejected { why: why.clone() },
            SourceError::Malformed { why: why.clone() },
            SourceError::Redirected { to: why.clone() },
            SourceError::Crashed { why },
        ] {
            let sent = serde_json::to_string(&WireError::of(&error, now)).unwrap();
            assert_eq!(serde_json::from_str::<WireError>(&sent).unwrap().read(now), error);
        }
    }

    #[test]
    fn nobody_is_told_to_wait_for_ever() {
        let now: Time = "2026-11-21T02:00:00Z".parse().unwrap();
        let mut error = WireError::new(code::RATE_LIMITED, "wait");
        error.data = Some(ErrorData { retry_after_ms: Some(i64::MAX), ..ErrorData::default() });
        assert_eq!(error.read(now), SourceError::RateLimited { until: now + chrono::Duration::hours(1) });
    }
}
