//! The shapes of the protocol to what watchfire knows: every number within its bounds, every time a possible one.
//!
//! Trusts nothing. What is wrong with one item is said of that item.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::wire::{WireAlert, WireChange, WireDuty, WireHeld};
use crate::{
    domain::held::Duty,
    domain::{
        Time,
        alert::{Alert, AlertState},
        held::{Escalation, Held, HeldAck},
        label::{Fingerprint, Labels},
        source::{Change, Problem},
        text::SafeText,
    },
    sources::items,
};

/// A clock may go ahead of ours by as much before it is a mistake, in minutes.
const AHEAD_MIN: i64 = 5;
/// Labels, annotations and such of one alert.
const PAIRS_MAX: usize = 256;

/// The items that could be read, and one problem for each that could not.
pub fn each<W: DeserializeOwned, T>(
    raw: &[Box<RawValue>],
    at: &str,
    convert: impl Fn(W) -> Result<T, String>,
) -> (Vec<T>, Vec<Problem>) {
    let raw: Vec<&RawValue> = raw.iter().map(|r| &**r).collect();
    items::each(&raw, at, convert)
}

/// An alert, and what was set right in it.
///
/// # Errors
/// Why it is none.
pub fn alert(wire: WireAlert, now: Time) -> Result<(Alert, Option<String>), String> {
    if wire.key.is_empty() {
        return Err("`key` is empty".into());
    }
    if wire.labels.len().max(wire.annotations.len()).max(wire.correlate.len()) > PAIRS_MAX {
        return Err(format!("more than {PAIRS_MAX} labels or annotations"));
    }
    let (starts_at, wrong) = possible(wire.started_at, now);
    let labels = with(wire.labels, [("alertname", wire.title), ("severity", wire.severity)]);
    let more = [("native_severity", wire.native_severity), ("runbook_url", wire.urls.runbook)];
    let is_acked = wire.state == "acked";
    let held = held(wire.held, wire.correlate, is_acked.then_some(starts_at));
    let alert = Alert {
        fingerprint: Fingerprint::from(wire.key),
        labels,
        annotations: with(wire.annotations, more),
        state: state(&wire.state),
        starts_at,
        fires_at: wire.fires_at,
        silenced_by: wire.silenced_by.into(),
        inhibited_by: wire.inhibited_by.into_iter().map(Fingerprint::from).collect(),
        receivers: wire.receivers.into(),
        source_url: wire.urls.source,
        held: held.map(std::sync::Arc::new),
    };
    Ok((alert, wrong))
}

/// A word that nobody here knows is no reason to drop a row.
fn state(word: &str) -> AlertState {
    match word {
        "" | "firing" | "acked" => AlertState::Firing,
        "pending" => AlertState::Pending,
        "suppressed" => AlertState::Suppressed,
        "resolved" => AlertState::Resolved,
        _ => AlertState::Unknown,
    }
}

/// What lies ahead of now is now, and said.
fn possible(at: Time, now: Time) -> (Time, Option<String>) {
    if at <= now + chrono::Duration::minutes(AHEAD_MIN) {
        return (at, None);
    }
    (now, Some(format!("it begins in the future ({at}): its clock is off, and its age is not known")))
}

/// Pairs that are said in another field too; what stands there already stays.
fn with<const N: usize>(labels: Labels, more: [(&str, Option<SafeText>); N]) -> Labels {
    if more.iter().all(|(name, value)| value.is_none() || labels.get(name).is_some()) {
        return labels;
    }
    let mut all: BTreeMap<SafeText, SafeText> = labels.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
    for (name, value) in more {
        if let Some(value) = value {
            all.entry(SafeText::new(name)).or_insert(value);
        }
    }
    all.into()
}

fn held(wire: Option<WireHeld>, correlate: Labels, acked: Option<Time>) -> Option<Held> {
    if wire.is_none() && correlate.is_empty() && acked.is_none() {
        return None;
    }
    let wire = wire.unwrap_or_default();
    let told = wire.ack.map(|a| HeldAck { by: a.by, reason: a.reason, at: a.at, until: a.until });
    let plain = |at| HeldAck { by: SafeText::default(), reason: SafeText::default(), at, until: None };
    let pairs = correlate.iter().filter(|(n, v)| !n.is_empty() && !v.is_empty());
    Some(Held {
        word: wire.word,
        ack: told.or_else(|| acked.map(plain)),
        assigned: wire.assigned,
        escalates: wire.escalates.map(|e| Escalation { at: e.at, to: e.to }),
        keys: pairs.map(|(n, v)| (n.clone(), v.clone())).collect(),
    })
}

/// # Errors
/// Where it says nothing, or lies ahead.
pub fn change(wire: WireChange, now: Time) -> Result<Change, String> {
    if wire.title.is_empty() && wire.text.is_empty() {
        return Err("neither `title` nor `text` says anything".into());
    }
    if let (_, Some(why)) = possible(wire.at, now) {
        return Err(why);
    }
    let WireChange { at, kind, title, by, text, service, id, url } = wire;
    let kind = if kind.is_empty() { SafeText::new("change") } else { kind };
    Ok(Change { at, kind, title, by, text, service, id, url })
}

/// # Errors
/// Where it names nobody.
pub fn duty(wire: WireDuty) -> Result<Duty, String> {
    if wire.who.is_empty() {
        return Err("`who` is empty".into());
    }
    let WireDuty { of, services, level, who, from, until } = wire;
    Ok(Duty { of, services, level: level.clamp(1, 99), who, from, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T02:00:00Z";

    fn read(json: &str) -> Result<(Alert, Option<String>), String> {
        items::read(json.as_bytes()).and_then(|wire| alert(wire, NOW.parse().unwrap()))
    }

    #[test]
    fn the_least_that_an_alert_needs_is_a_key_and_when_it_began() {
        let (alert, wrong) = read(r#"{"key":"F1","started_at":"2026-11-21T01:00:00Z","labels":null}"#).unwrap();
        assert_eq!((alert.state, wrong), (AlertState::Firing, None));
        assert!(read(r#"{"key":"","started_at":"2026-11-21T01:00:00Z"}"#).unwrap_err().contains("empty"));
        assert!(read(r#"{"key":"F1"}"#).unwrap_err().contains("started_at"));
    }

    #[test]
    fn title_and_severity_are_labels_unless_the_labels_say_otherwise() {
        let json = r#"{"key":"F1","title":"Down","severity":"P1","labels":{"severity":"info"},"started_at":"2026-11-21T01:00:00Z",
            "urls":{"runbook":"https://r"},"correlate":{"pd":"x","none":""}}"#;
        let (alert, _) = read(json).unwrap();
        assert_eq!((alert.name().raw(), alert.labels.value("severity")), ("Down", "info"));
        assert_eq!(alert.runbook_url().unwrap().raw(), "https://r");
        assert_eq!(alert.held.as_ref().unwrap().keys.len(), 1);
    }

    #[test]
    fn a_word_that_is_not_known_keeps_its_row_and_a_clock_that_is_ahead_is_told() {
        let (alert, wrong) = read(r#"{"key":"F1","state":"purple","started_at":"2099-01-01T00:00:00Z"}"#).unwrap();
        assert_eq!((alert.state, alert.starts_at), (AlertState::Unknown, NOW.parse::<Time>().unwrap()));
        assert!(wrong.unwrap().contains("future"));
    }

    #[test]
    fn an_alert_that_is_acked_there_says_so() {
        let (alert, _) = read(r#"{"key":"F1","state":"acked","started_at":"2026-11-21T01:00:00Z"}"#).unwrap();
        assert!(alert.state == AlertState::Firing && alert.held.as_ref().unwrap().ack.is_some());
    }
}
