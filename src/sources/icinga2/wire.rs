//! Icinga 2's JSON, API v1, as 2.11 to 2.14 write it. Nothing outside this folder sees it.
//!
//! Every number is read as a float: older servers write `2.0` where newer ones write `2`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::domain::{Time, text::SafeText};

/// What every answer is wrapped in.
#[derive(Deserialize)]
pub(super) struct Results<'a> {
    #[serde(borrow)]
    pub(super) results: Vec<&'a RawValue>,
}

/// One object of a query.
#[derive(Deserialize)]
pub(super) struct Object<A> {
    /// `h1` for a host, `h1!http` for a service.
    pub(super) name: String,
    pub(super) attrs: A,
    #[serde(default)]
    pub(super) joins: Joins,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Joins {
    pub(super) host: Option<JoinedHost>,
}

/// What is told of a service's host beside it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct JoinedHost {
    pub(super) address: Option<SafeText>,
    pub(super) groups: Option<Vec<SafeText>>,
    pub(super) state: Option<f64>,
    pub(super) vars: Option<BTreeMap<String, Value>>,
}

/// A host or a service.
#[derive(Deserialize)]
pub(super) struct Checkable {
    pub(super) state: f64,
    /// Unix seconds, as every time here; 0 for never.
    pub(super) last_state_change: f64,
    #[serde(flatten)]
    pub(super) more: More,
}

impl Checkable {
    /// When it got into the state it is in. What was never in another has no such change: then when that was sure.
    pub(super) fn since(&self) -> Option<Time> {
        time(self.last_state_change).or_else(|| time(self.more.last_hard_state_change?))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct More {
    pub(super) acknowledgement: Option<f64>,
    pub(super) acknowledgement_expiry: Option<f64>,
    pub(super) acknowledgement_last_change: Option<f64>,
    pub(super) action_url: Option<SafeText>,
    pub(super) address: Option<SafeText>,
    pub(super) check_attempt: Option<f64>,
    pub(super) display_name: Option<SafeText>,
    pub(super) downtime_depth: Option<f64>,
    pub(super) enable_active_checks: Option<bool>,
    pub(super) groups: Option<Vec<SafeText>>,
    pub(super) handled: Option<bool>,
    pub(super) last_check_result: Option<CheckResult>,
    pub(super) last_hard_state_change: Option<f64>,
    pub(super) last_reachable: Option<bool>,
    pub(super) max_check_attempts: Option<f64>,
    pub(super) next_check: Option<f64>,
    pub(super) notes: Option<SafeText>,
    pub(super) notes_url: Option<SafeText>,
    /// Seconds.
    pub(super) retry_interval: Option<f64>,
    /// 0 soft, 1 hard.
    pub(super) state_type: Option<f64>,
    pub(super) vars: Option<BTreeMap<String, Value>>,
    pub(super) zone: Option<SafeText>,
}

impl More {
    pub(super) fn is_acked(&self) -> bool {
        self.acknowledgement.is_some_and(|a| a > 0.0)
    }

    pub(super) fn is_in_downtime(&self) -> bool {
        self.downtime_depth.is_some_and(|d| d > 0.0)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CheckResult {
    pub(super) output: Option<String>,
}

/// What of the attributes is asked for; `vars` only where some of them become labels.
pub(super) const ATTRS: [&str; 23] = [
    "state",
    "state_type",
    "last_state_change",
    "last_hard_state_change",
    "last_reachable",
    "last_check_result",
    "acknowledgement",
    "acknowledgement_expiry",
    "acknowledgement_last_change",
    "downtime_depth",
    "handled",
    "groups",
    "display_name",
    "check_attempt",
    "max_check_attempts",
    "next_check",
    "retry_interval",
    "enable_active_checks",
    "notes",
    "notes_url",
    "action_url",
    "zone",
    "address",
];

/// What a service's host is asked for.
pub(super) const JOINS: [&str; 3] = ["host.address", "host.groups", "host.state"];

/// A comment on an object.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) host_name: String,
    #[serde(default)]
    pub(super) service_name: String,
    #[serde(default)]
    pub(super) author: SafeText,
    #[serde(default)]
    pub(super) text: SafeText,
    /// 1 a person's, 4 that of an ack.
    pub(super) entry_type: f64,
    pub(super) entry_time: f64,
    pub(super) expire_time: Option<f64>,
}

/// The `entry_type` of a comment that goes with an ack.
pub(super) const OF_AN_ACK: f64 = 4.0;
/// The `entry_type` of what a person wrote.
pub(super) const OF_A_PERSON: f64 = 1.0;

impl Comment {
    pub(super) fn is(&self, entry_type: f64) -> bool {
        (self.entry_type - entry_type).abs() < 0.5
    }

    /// The object it is on.
    pub(super) fn on(&self) -> String {
        object(&self.host_name, &self.service_name)
    }
}

/// A downtime of an object.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Downtime {
    pub(super) host_name: String,
    #[serde(default)]
    pub(super) service_name: String,
    #[serde(default)]
    pub(super) author: SafeText,
    #[serde(default)]
    pub(super) comment: SafeText,
    pub(super) start_time: f64,
    pub(super) end_time: f64,
    /// When it began to count; 0 for not yet.
    pub(super) trigger_time: Option<f64>,
}

impl Downtime {
    /// The object it is on.
    pub(super) fn on(&self) -> String {
        object(&self.host_name, &self.service_name)
    }

    /// Whether it counts now.
    pub(super) fn is_in_effect(&self, now: Time) -> bool {
        let began = self.trigger_time.is_none_or(|t| t > 0.0);
        began && time(self.start_time).is_some_and(|t| t <= now) && time(self.end_time).is_some_and(|t| t > now)
    }
}

/// The name of a host, or of a service on it.
pub(super) fn object(host: &str, service: &str) -> String {
    if service.is_empty() { host.to_owned() } else { format!("{host}!{service}") }
}

/// What one object made of an action.
#[derive(Deserialize)]
pub(super) struct Outcome {
    pub(super) code: f64,
    #[serde(default)]
    pub(super) status: SafeText,
    /// What was made, where something was.
    pub(super) name: Option<SafeText>,
}

#[derive(Deserialize)]
pub(super) struct Application {
    status: ApplicationStatus,
}

#[derive(Deserialize)]
struct ApplicationStatus {
    icingaapplication: AppOuter,
}

#[derive(Deserialize)]
struct AppOuter {
    app: App,
}

#[derive(Deserialize)]
struct App {
    version: SafeText,
}

impl Application {
    pub(super) fn version(self) -> SafeText {
        self.status.icingaapplication.app.version
    }
}

/// A moment; none for 0, which is never, and for what is no time.
pub(super) fn time(seconds: f64) -> Option<Time> {
    let is_sane = seconds.is_finite() && seconds > 0.0 && seconds < 253_402_300_799.0;
    is_sane.then(|| Time::from_timestamp_micros((seconds * 1e6).round() as i64)).flatten()
}

/// Unix seconds, as the server writes them.
#[allow(clippy::cast_precision_loss, reason = "microseconds of this century fit 53 bits")]
pub(super) fn seconds(at: Time) -> f64 {
    at.timestamp_micros() as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_to_the_microsecond_and_never_is_none() {
        assert_eq!(time(1_795_227_524.897_365).unwrap().timestamp_micros(), 1_795_227_524_897_365);
        for never in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(time(never), None, "{never}");
        }
        let at = Time::from_timestamp_micros(1_795_227_524_897_365).unwrap();
        assert_eq!(time(seconds(at)), Some(at));
    }

    #[test]
    fn an_older_server_writes_floats_and_leaves_out_what_it_does_not_know() {
        let object: Object<Checkable> =
            serde_json::from_str(r#"{"name":"h1","attrs":{"state":1.0,"last_state_change":17.5}}"#).unwrap();
        assert!(!object.attrs.more.is_acked() && !object.attrs.more.is_in_downtime() && object.joins.host.is_none());
        assert!(serde_json::from_str::<Object<Checkable>>(r#"{"name":"h1","attrs":{"state":"1"}}"#).is_err());
    }
}
