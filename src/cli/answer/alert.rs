//! An alert in an answer.

use serde::Serialize;

use crate::{
    app::world::board::Row,
    domain::{
        Time,
        alert::{Ack, AlertState, Severity},
        contract::BreakOn,
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
    /// Seconds.
    age_s: i64,
    ack: Option<AckAnswer<'a>>,
    silenced_by: &'a [SafeText],
    inhibited_by: &'a [Fingerprint],
    runbook_url: Option<&'a SafeText>,
    source_url: Option<&'a SafeText>,
    /// No incidents in this version.
    incident: Option<&'a SafeText>,
    /// Null where the journal could not be read.
    notes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct AckAnswer<'a> {
    by: &'a SafeText,
    reason: &'a SafeText,
    at: Time,
    until: Time,
    via: AckVia,
    breaks_on: &'a [BreakOn],
}

impl<'a> AlertAnswer<'a> {
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
            age_s: (now - alert.starts_at).num_seconds().max(0),
            ack: row.ack.as_deref().map(AckAnswer::of),
            silenced_by: &alert.silenced_by,
            inhibited_by: &alert.inhibited_by,
            runbook_url: alert.runbook_url(),
            source_url: alert.source_url.as_ref(),
            incident: None,
            notes,
        }
    }
}

impl<'a> AckAnswer<'a> {
    fn of(ack: &'a Ack) -> Self {
        let Ack { by, reason, at, until, via, breaks_on, silence: _ } = ack;
        Self { by, reason, at: *at, until: *until, via: *via, breaks_on }
    }
}
