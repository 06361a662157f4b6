//! An alert as one source tells it, its severity and its identity.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Time,
    contract::BreakOn,
    few::Few,
    label::{Fingerprint, Labels},
    source::{AckVia, SourceName},
    text::SafeText,
};

/// Which alert: the source that told it and the source's fingerprint. Names alone are not unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlertId {
    pub source: SourceName,
    pub fingerprint: Fingerprint,
}

impl AlertId {
    /// The alert that a journal's subject is about; none where it is about something else.
    pub fn of(subject: &super::entry::Subject) -> Option<Self> {
        let (source, fingerprint) = subject.as_str().strip_prefix("alert:")?.rsplit_once('/')?;
        Some(Self { source: SourceName::new(source), fingerprint: Fingerprint::new(fingerprint) })
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.source, self.fingerprint)
    }
}

/// Worst first: the order of the alerts pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Critical,
    Error,
    Warning,
    Info,
    /// No severity, or one nobody here knows: the row stays all the same.
    Unknown,
}

impl Severity {
    pub const ALL: [Severity; 5] = [Self::Critical, Self::Error, Self::Warning, Self::Info, Self::Unknown];

    /// Reads the words the field uses; anything else is `Unknown`, never an error.
    pub fn read(word: &str) -> Self {
        let word = word.trim();
        if word.bytes().any(|b| b.is_ascii_uppercase()) {
            return Self::read(&word.to_ascii_lowercase());
        }
        match word {
            "critical" | "crit" | "page" | "emergency" | "fatal" | "disaster" | "p1" | "sev1" | "sev-1" => {
                Self::Critical
            }
            "error" | "major" | "high" | "p2" | "sev2" | "sev-2" => Self::Error,
            "warning" | "warn" | "minor" | "ticket" | "average" | "medium" | "p3" | "sev3" | "sev-3" => Self::Warning,
            "info" | "information" | "informational" | "notice" | "low" | "none" | "p4" | "p5" | "debug" => Self::Info,
            _ => Self::Unknown,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Unknown => "unknown",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    Firing,
    Pending,
    /// Silenced or inhibited at the source.
    Suppressed,
    Resolved,
    /// Its source cannot be read now; the row keeps what was last known, and its age.
    Unknown,
}

impl AlertState {
    pub const ALL: [AlertState; 5] = [Self::Firing, Self::Pending, Self::Suppressed, Self::Resolved, Self::Unknown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Pending => "pending",
            Self::Suppressed => "suppressed",
            Self::Resolved => "resolved",
            Self::Unknown => "unknown",
        }
    }
}

/// An alert as one source told it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    pub fingerprint: Fingerprint,
    pub labels: Labels,
    pub annotations: Labels,
    /// Firing, pending or suppressed; sources never say resolved, they leave it out.
    pub state: AlertState,
    pub starts_at: Time,
    /// When a pending one fires, if what it waits for stays true; none where that is not known.
    pub fires_at: Option<Time>,
    pub silenced_by: Few<SafeText>,
    pub inhibited_by: Few<Fingerprint>,
    /// To whom its source routes it; empty where the source does not say.
    pub receivers: Few<SafeText>,
    /// The expression's page at the source that made it.
    pub source_url: Option<SafeText>,
    /// What a source that keeps acks and owners itself says of it.
    pub held: Option<std::sync::Arc<super::held::Held>>,
}

impl Alert {
    /// One that fires, and of which no more is known than this.
    pub fn firing(fingerprint: Fingerprint, labels: Labels, annotations: Labels, starts_at: Time) -> Self {
        Self {
            fingerprint,
            labels,
            annotations,
            state: AlertState::Firing,
            starts_at,
            fires_at: None,
            silenced_by: Few::default(),
            inhibited_by: Few::default(),
            receivers: Few::default(),
            source_url: None,
            held: None,
        }
    }

    pub fn name(&self) -> &SafeText {
        static NONE: std::sync::LazyLock<SafeText> = std::sync::LazyLock::new(|| SafeText::new("(no alertname)"));
        self.labels.get("alertname").unwrap_or(&NONE)
    }

    /// What it is about, by the label that says so in this installation.
    pub fn service(&self) -> Option<&SafeText> {
        let names = ["service", "app", "app_kubernetes_io_name", "job"];
        names.iter().find_map(|n| self.labels.get(n).filter(|t| !t.is_empty()))
    }

    pub fn severity(&self) -> Severity {
        Severity::read(self.labels.value("severity"))
    }

    /// The first of `summary`, `description`, `message` that says something.
    pub fn summary(&self) -> Option<&SafeText> {
        ["summary", "description", "message"].iter().find_map(|n| self.annotations.get(n).filter(|t| !t.is_empty()))
    }

    pub fn runbook_url(&self) -> Option<&SafeText> {
        ["runbook_url", "runbook"].iter().find_map(|n| self.annotations.get(n).filter(|t| !t.is_empty()))
    }
}

/// "I am on it": owner, reason, expiry. It mutes nobody by itself, though a source may need a silence to carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    pub by: SafeText,
    pub reason: SafeText,
    pub at: Time,
    /// None where it lasts until somebody takes it back.
    pub until: Option<Time>,
    pub via: AckVia,
    /// Conditions that end it early.
    #[serde(default)]
    pub breaks_on: Vec<BreakOn>,
    /// The silence that carries it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<SafeText>,
}

impl Ack {
    /// Whether it has not ended by itself.
    pub fn stands(&self, now: Time) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// How long it still lasts; none where it has no end.
    pub fn left(&self, now: Time) -> Option<chrono::Duration> {
        Some((self.until? - now).max(chrono::Duration::zero()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unmapped_severity_is_unknown_and_not_an_error() {
        assert_eq!(Severity::read("purple"), Severity::Unknown);
        assert_eq!(Severity::read(""), Severity::Unknown);
        assert_eq!(Severity::read(" CRIT "), Severity::Critical);
        assert!(Severity::Critical < Severity::Warning);
    }
}
