//! A write on its way: what a person asked, as data that the outbox keeps and a restart can finish.

use serde::{Deserialize, Serialize};

use super::{Time, alert::AlertId, entry::Subject, silence::SilenceDraft, source::SourceName, text::SafeText};

/// Names one act for ever; a retry is the same act.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpId(pub String);

impl std::fmt::Display for OpId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is to be done at a backend, or only here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Make or change a silence.
    PutSilence { source: SourceName, draft: SilenceDraft },
    /// End a silence.
    ExpireSilence { source: SourceName, id: SafeText },
}

impl Act {
    pub fn source(&self) -> &SourceName {
        match self {
            Self::PutSilence { source, .. } | Self::ExpireSilence { source, .. } => source,
        }
    }
}

/// What the act is for; decides the kinds of its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Ack,
    Unack,
    /// Keeping an ack alive while its alert fires; no person asked.
    Extend,
}

/// An act before it is sent: exactly what the outbox keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub op: OpId,
    pub at: Time,
    pub actor: String,
    pub purpose: Purpose,
    pub alert: AlertId,
    pub alert_name: SafeText,
    pub reason: String,
    pub act: Act,
}

impl Intent {
    pub fn subject(&self) -> Subject {
        Subject::alert(&self.alert)
    }
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Read back from the server after it was accepted.
    Confirmed { silence: Option<SafeText>, ends_at: Option<Time> },
    /// The server said no; nothing happened there.
    Refused { why: SafeText },
    /// No answer, and reading back did not tell either: it may or may not have happened.
    Unknown { why: SafeText },
}
