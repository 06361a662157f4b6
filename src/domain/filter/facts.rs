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
    /// Whether nobody at this desk has looked at it yet.
    pub is_new: bool,
    /// To whom its source routes it.
    pub receivers: &'a [SafeText],
    /// The open incident it belongs to; empty for none.
    pub incident: &'a str,
}

/// Labels by which an alert names the SLO it speaks of: Pyrra's and our own, Sloth's, Grafana's.
const SLO_LABELS: [&str; 4] = ["slo", "sloth_id", "sloth_slo", "grafana_slo_uuid"];

impl Facts<'_> {
    /// How long it has been, in milliseconds, never negative.
    pub(super) fn age_ms(&self) -> i64 {
        self.now.signed_duration_since(self.starts_at).num_milliseconds().max(0)
    }

    /// Its `cluster` label, and the source: a highly available cluster is one source, as in karma.
    pub(super) fn clusters(&self) -> impl Iterator<Item = &str> {
        let label = Some(self.labels.value("cluster")).filter(|l| !l.is_empty());
        label.into_iter().chain([self.source.as_str()])
    }

    /// The SLOs it speaks of, by whatever name.
    pub(super) fn slos(&self) -> impl Iterator<Item = &str> {
        SLO_LABELS.iter().map(|name| self.labels.value(name)).filter(|id| !id.is_empty())
    }

    pub(super) fn owner(&self) -> &str {
        self.ack.map_or("", |a| a.by.raw())
    }
}
