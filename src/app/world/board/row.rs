//! One row: an alert, as far as it is known, and who is on it.

use std::{cmp::Reverse, sync::Arc};

use crate::{
    app::world::{ops::Activity, sources::Known},
    domain::{
        Time,
        alert::{Ack, Alert, AlertId, AlertState, Severity},
        filter::Facts,
        source::SourceName,
        text::SafeText,
    },
};

use super::order::Key;

/// One alert on the board.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: AlertId,
    /// Other sources that tell the same alert.
    pub also: Vec<SourceName>,
    pub alert: Arc<Alert>,
    pub severity: Severity,
    /// `Unknown` while its source cannot be read.
    pub state: AlertState,
    /// As it was last told.
    pub told: AlertState,
    /// When its source last told it, where the source's latest answer does not.
    pub left_out: Option<Time>,
    pub resolved_at: Option<Time>,
    pub ack: Option<Box<Ack>>,
    /// What is being done about it right now.
    pub activity: Option<Activity>,
    /// Where it stands in spite of all this, while somebody's hand is on it.
    pub(super) kept: Option<Key>,
}

impl Row {
    pub(crate) fn new(id: AlertId, known: &Known, blind: bool, ack: Option<Ack>, activity: Option<Activity>) -> Self {
        let state = match known.resolved_at {
            Some(_) => AlertState::Resolved,
            None if blind => AlertState::Unknown,
            None => known.alert.state,
        };
        Self {
            id,
            also: Vec::new(),
            severity: known.alert.severity(),
            alert: known.alert.clone(),
            state,
            told: known.alert.state,
            left_out: known.left_out,
            resolved_at: known.resolved_at,
            ack: ack.map(Box::new),
            activity,
            kept: None,
        }
    }

    pub fn name(&self) -> &SafeText {
        self.alert.name()
    }

    /// Muted on purpose by something that is no ack.
    pub fn is_suppressed(&self) -> bool {
        self.told == AlertState::Suppressed && self.ack.is_none()
    }

    /// The part of the board it belongs to; unowned fire first, ashes last.
    pub(super) fn rank(&self) -> u8 {
        match (self.told, &self.ack) {
            (_, _) if self.resolved_at.is_some() => 4,
            (_, Some(_)) => 2,
            (AlertState::Suppressed, None) => 3,
            (AlertState::Pending, None) => 1,
            _ => 0,
        }
    }

    pub(super) fn key(&self) -> Key {
        let own = Key { part: self.rank(), severity: self.severity, began: Reverse(self.alert.starts_at) };
        self.kept.unwrap_or(own)
    }

    /// Whether it is worth a bell: bad, firing, and nobody is on it.
    pub fn is_page(&self) -> bool {
        self.severity <= Severity::Error && self.rank() == 0 && self.told == AlertState::Firing
    }

    /// Whether it says what `other` says, but for who else tells it.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let told = |r: &Self| (r.state, r.left_out, r.resolved_at, r.activity);
        told(self) == told(other) && self.ack == other.ack && crate::domain::delta::is_same(&self.alert, &other.alert)
    }

    /// What the filter engine may ask of a row.
    pub fn facts<'a>(&'a self, authors: Vec<&'a str>, now: Time) -> Facts<'a> {
        Facts {
            labels: &self.alert.labels,
            annotations: &self.alert.annotations,
            state: self.state,
            severity: self.severity,
            source: &self.id.source,
            fingerprint: &self.id.fingerprint,
            starts_at: self.alert.starts_at,
            now,
            silenced_by: &self.alert.silenced_by,
            silence_authors: authors,
            inhibited_by: &self.alert.inhibited_by,
            ack: self.ack.as_deref(),
            stale: self.state == AlertState::Unknown,
            is_new: false,
            receivers: &self.alert.receivers,
            incident: "",
        }
    }
}
