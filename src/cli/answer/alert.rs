//! An alert in an answer.

use serde::Serialize;

use crate::{
    app::world::{board::Row, links::Link},
    domain::{
        Time,
        alert::{Ack, AlertState, Severity},
        contract::BreakOn,
        held::{Held, HeldAck},
        incident::IncidentId,
        label::{Fingerprint, Labels},
        source::{AckVia, SourceName},
        text::SafeText,
    },
};

#[derive(Debug, Serialize)]
pub struct AlertAnswer<'a> {
    id: String,
    fingerprint: &'a Fingerprint,
    sources: Vec<&'a SourceName>,
    labels: &'a Labels,
    annotations: &'a Labels,
    severity: Severity,
    state: AlertState,
    starts_at: Time,
    /// Of a pending one, where its rule tells.
    fires_at: Option<Time>,
    /// Seconds.
    age_s: i64,
    ack: Option<AckAnswer<'a>>,
    /// What its source keeps of it; null where it keeps nothing.
    held: Option<HeldAnswer<'a>>,
    silenced_by: &'a [SafeText],
    inhibited_by: &'a [Fingerprint],
    runbook_url: Option<&'a SafeText>,
    source_url: Option<&'a SafeText>,
    /// The open incident it belongs to.
    incident: Option<&'a IncidentId>,
    /// Null where the journal could not be read.
    notes: Option<u64>,
    /// The same alert as others tell it; each of them has a row of its own too, but for echoes.
    links: Vec<LinkAnswer>,
}

/// The same alert as another tells it.
#[derive(Debug, Serialize)]
struct LinkAnswer {
    /// echo, twin, member.
    kind: &'static str,
    id: String,
    /// The address of the member whose word it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<SafeText>,
    /// Null where a member does not tell the alert.
    state: Option<AlertState>,
    starts_at: Time,
    acked_by: Option<SafeText>,
    differs: Vec<String>,
}

impl LinkAnswer {
    fn of(link: &Link) -> Self {
        let Link { kind, id, member, state, told: _, starts_at, acked_by, differs } = link.clone();
        Self { kind: kind.as_str(), id: id.to_string(), member, state, starts_at, acked_by, differs }
    }
}

/// What its source keeps of an alert itself.
#[derive(Debug, Serialize)]
struct HeldAnswer<'a> {
    word: &'a SafeText,
    assigned: &'a [SafeText],
    ack: Option<HeldAckAnswer<'a>>,
    escalates: Option<EscalationAnswer<'a>>,
}

#[derive(Debug, Serialize)]
struct HeldAckAnswer<'a> {
    by: &'a SafeText,
    reason: &'a SafeText,
    at: Time,
    until: Option<Time>,
}

#[derive(Debug, Serialize)]
struct EscalationAnswer<'a> {
    at: Time,
    to: &'a SafeText,
}

impl<'a> HeldAnswer<'a> {
    fn of(held: &'a Held) -> Self {
        let ack = |a: &'a HeldAck| HeldAckAnswer { by: &a.by, reason: &a.reason, at: a.at, until: a.until };
        Self {
            word: &held.word,
            assigned: &held.assigned,
            ack: held.ack.as_ref().map(ack),
            escalates: held.escalates.as_ref().map(|e| EscalationAnswer { at: e.at, to: &e.to }),
        }
    }
}

#[derive(Debug, Serialize)]
struct AckAnswer<'a> {
    by: &'a SafeText,
    reason: &'a SafeText,
    at: Time,
    /// Null where it lasts until somebody takes it back.
    until: Option<Time>,
    via: AckVia,
    breaks_on: &'a [BreakOn],
}

impl<'a> AlertAnswer<'a> {
    /// The open incident that it belongs to.
    #[must_use]
    pub fn of_incident(self, incident: Option<&'a IncidentId>) -> Self {
        Self { incident, ..self }
    }

    pub fn of(row: &'a Row, notes: Option<u64>, now: Time) -> Self {
        let alert = &row.alert;
        Self {
            id: row.id.to_string(),
            fingerprint: &row.id.fingerprint,
            sources: std::iter::once(&row.id.source).chain(&row.also).collect(),
            labels: &alert.labels,
            annotations: &alert.annotations,
            severity: row.severity,
            state: row.state,
            starts_at: alert.starts_at,
            fires_at: alert.fires_at,
            age_s: (now - alert.starts_at).num_seconds().max(0),
            ack: row.ack.as_deref().map(AckAnswer::of),
            held: alert.held.as_deref().map(HeldAnswer::of),
            silenced_by: &alert.silenced_by,
            inhibited_by: &alert.inhibited_by,
            runbook_url: alert.runbook_url(),
            source_url: alert.source_url.as_ref(),
            incident: None,
            notes,
            links: Vec::new(),
        }
    }

    /// With what others say of it.
    pub fn linked(self, links: &[Link]) -> Self {
        Self { links: links.iter().map(LinkAnswer::of).collect(), ..self }
    }
}

impl<'a> AckAnswer<'a> {
    fn of(ack: &'a Ack) -> Self {
        let Ack { by, reason, at, until, via, breaks_on, silence: _ } = ack;
        Self { by, reason, at: *at, until: *until, via: *via, breaks_on }
    }
}
