//! An open incident as an alert: its severity, its labels, who holds it and what happens to it by itself.

use std::sync::Arc;

use super::{level::Rota, linked::Linked, wire::Incident};
use crate::domain::{
    Time,
    alert::{Alert, AlertState, Severity},
    few::Few,
    held::{Held, HeldAck},
    label::{Fingerprint, Labels},
    text::SafeText,
};

/// What is known of an incident beside itself.
pub(super) struct Beside<'a> {
    pub(super) linked: Option<&'a Linked>,
    pub(super) rota: &'a Rota,
    /// When it was last snoozed, as the log told.
    pub(super) snoozed: Option<Time>,
}

pub(super) fn alert(incident: &Incident, beside: &Beside<'_>) -> Alert {
    Alert {
        fingerprint: Fingerprint::new(incident.id.raw()),
        labels: labels(incident, beside.linked),
        annotations: annotations(incident, beside.linked),
        state: AlertState::Firing,
        starts_at: incident.created_at,
        fires_at: None,
        silenced_by: Few::default(),
        inhibited_by: Few::default(),
        receivers: [incident.escalation_policy.named.called()].into_iter().filter(|t| !t.is_empty()).collect(),
        source_url: page(incident.html_url.as_ref()),
        held: Some(Arc::new(held(incident, beside))),
    }
}

/// A page that may be opened.
pub(super) fn page(url: Option<&SafeText>) -> Option<SafeText> {
    url.filter(|u| u.raw().starts_with("https://") || u.raw().starts_with("http://")).cloned()
}

fn labels(incident: &Incident, linked: Option<&Linked>) -> Labels {
    let mut pairs: Vec<(SafeText, SafeText)> = Vec::new();
    let mut put = |name: &str, value: SafeText| {
        if !value.is_empty() {
            pairs.push((name.into(), value));
        }
    };
    for (name, value) in linked.into_iter().flat_map(|l| &l.labels) {
        put(name, value.clone());
    }
    put("alertname", incident.name());
    put("severity", severity(incident, linked).as_str().into());
    put("service", incident.service.named.called());
    put("urgency", incident.urgency.clone().unwrap_or_default());
    put("priority", incident.priority.as_ref().map(super::wire::Ref::called).unwrap_or_default());
    put("team", incident.teams.first().map(super::wire::Ref::called).unwrap_or_default());
    pairs.into()
}

/// By its priority, else its urgency, else what its alerts say; a word that nobody here knows is passed over.
fn severity(incident: &Incident, linked: Option<&Linked>) -> Severity {
    let priority = incident.priority.as_ref().map(super::wire::Ref::called);
    let read = |word: Option<&SafeText>| word.map(|w| Severity::read(w.raw())).filter(|s| *s != Severity::Unknown);
    let urgency = match incident.urgency.as_ref().map(SafeText::raw) {
        Some("high") => Some(Severity::Error),
        Some("low") => Some(Severity::Warning),
        _ => None,
    };
    let said = read(priority.as_ref()).or(urgency).or_else(|| read(linked.and_then(|l| l.severity.as_ref())));
    said.unwrap_or(Severity::Unknown)
}

fn annotations(incident: &Incident, linked: Option<&Linked>) -> Labels {
    let name = incident.name();
    let summary = incident.summary.clone().filter(|s| !s.is_empty());
    let mut pairs: Vec<(SafeText, SafeText)> =
        vec![("summary".into(), summary.unwrap_or_else(|| format!("[{}] {}", incident.number(), name.raw()).into()))];
    if let Some(description) = incident.description.clone().filter(|d| !d.is_empty() && *d != name) {
        pairs.push(("description".into(), description));
    }
    if let Some(severity) = linked.and_then(|l| l.severity.clone()) {
        pairs.push(("alert_severity".into(), severity));
    }
    if let Some(at) = incident.pending("resolve") {
        pairs.push(("resolves_by_itself".into(), format!("{} UTC", at.format("%Y-%m-%d %H:%M")).into()));
    }
    let details = linked.into_iter().flat_map(|l| &l.details);
    pairs.extend(details.map(|(name, value)| (format!("details.{name}").into(), value.clone())));
    pairs.into()
}

fn held(incident: &Incident, beside: &Beside<'_>) -> Held {
    let ack = ack(incident);
    let is_snoozed = ack.as_ref().zip(beside.snoozed).is_some_and(|(ack, at)| at >= ack.at && ack.until.is_some());
    let word = if is_snoozed { "acknowledged, snoozed".into() } else { SafeText::new(&incident.status) };
    Held {
        word,
        assigned: incident.assignments.iter().map(|a| a.assignee.called()).filter(|t| !t.is_empty()).collect(),
        escalates: beside.rota.escalation(incident),
        keys: keys(incident, beside.linked),
        ack,
    }
}

/// The last ack that counts: none where it was taken back.
pub(super) fn ack(incident: &Incident) -> Option<HeldAck> {
    if !incident.is_acknowledged() {
        return None;
    }
    let last = incident.acknowledgements.iter().max_by_key(|a| a.at);
    let by = last.map(|a| a.acknowledger.called()).filter(|t| !t.is_empty());
    Some(HeldAck {
        by: by.unwrap_or_else(|| "somebody".into()),
        reason: SafeText::default(),
        at: last.and_then(|a| a.at).or(incident.last_status_change_at).unwrap_or(incident.created_at),
        until: incident.pending("unacknowledge"),
    })
}

fn keys(incident: &Incident, linked: Option<&Linked>) -> Vec<(SafeText, SafeText)> {
    let alerts = linked.into_iter().flat_map(|l| &l.keys).map(|key| ("pagerduty.alert_key".into(), key.clone()));
    let own = incident.incident_key.clone().filter(|key| !key.raw().trim().is_empty());
    alerts.chain(own.map(|key| ("pagerduty.incident_key".into(), key))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Incident {
        serde_json::from_str(json).unwrap()
    }

    const LEAST: &str = r#"{"id":"P1","status":"triggered","created_at":"2026-11-21T03:00:00Z"}"#;

    #[test]
    fn the_least_an_incident_can_be_is_an_id_a_status_and_a_start() {
        let beside = Beside { linked: None, rota: &Rota::default(), snoozed: None };
        let alert = alert(&read(LEAST), &beside);
        assert_eq!((alert.name().raw(), alert.severity()), ("incident P1", Severity::Unknown));
        assert!(alert.held.is_some_and(|h| h.ack.is_none() && h.keys.is_empty() && h.escalates.is_none()));
        assert!(serde_json::from_str::<Incident>(r#"{"id":"P1","status":"triggered"}"#).is_err());
    }

    #[test]
    fn severity_is_the_priority_else_the_urgency_else_what_the_alerts_say() {
        let of = |more: &str, severity: Option<&str>| {
            let incident = read(&format!("{}{more}}}", LEAST.trim_end_matches('}')));
            let linked = Linked { severity: severity.map(SafeText::new), ..Linked::default() };
            super::severity(&incident, Some(&linked))
        };
        assert_eq!(of(r#","urgency":"low","priority":{"summary":"P1"}"#, Some("info")), Severity::Critical);
        assert_eq!(of(r#","urgency":"high","priority":{"summary":"Gold"}"#, None), Severity::Error);
        assert_eq!(of(r#","urgency":"low","priority":null"#, Some("critical")), Severity::Warning);
        assert_eq!(of(r#","urgency":"sky-high""#, Some("critical")), Severity::Critical);
        assert_eq!(of("", Some("purple")), Severity::Unknown);
    }

    #[test]
    fn an_ack_counts_only_while_the_incident_is_acknowledged() {
        let acks = r#","acknowledgements":[{"at":"2026-11-21T03:05:00Z","acknowledger":{"id":"U1","summary":"Ana"}}]"#;
        let of =
            |status: &str| ack(&read(&format!("{}{acks}}}", LEAST.trim_end_matches('}').replace("triggered", status))));
        assert_eq!(of("triggered"), None);
        assert_eq!(of("acknowledged").map(|a| a.by.raw().to_owned()), Some("Ana".to_owned()));
    }
}
