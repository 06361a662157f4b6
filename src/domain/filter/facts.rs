//! What a filter may look at; the owner of the alerts fills it in.

use crate::domain::{
    Time,
    alert::{Ack, AlertState, Severity},
    label::{Fingerprint, Labels},
    source::SourceName,
    text::SafeText,
};

/// One alert as a filter sees it.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub labels: &'a Labels,
    pub annotations: &'a Labels,
    pub state: AlertState,
    pub severity: Severity,
    pub source: &'a SourceName,
    pub fingerprint: &'a Fingerprint,
    pub starts_at: Time,
    pub now: Time,
    /// Identifiers of the silences on it.
    pub silenced_by: &'a [SafeText],
    /// Who made those silences; an empty `Vec` allocates nothing.
    pub silence_authors: Vec<&'a str>,
    pub inhibited_by: &'a [Fingerprint],
    /// The ack in force; an expired one is none.
    pub ack: Option<&'a Ack>,
    /// Whether its source has not been read lately.
    pub stale: bool,
}

impl Facts<'_> {
    /// How long it has been, in milliseconds, never negative.
    pub(super) fn age_ms(&self) -> i64 {
        self.now.signed_duration_since(self.starts_at).num_milliseconds().max(0)
    }

    pub(super) fn owner(&self) -> &str {
        self.ack.map_or("", |a| a.by.raw())
    }
}
