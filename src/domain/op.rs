//! A write on its way: what a person asked, as data that the outbox keeps and a restart can finish.

use serde::{Deserialize, Serialize};

use super::{
    Time,
    alert::AlertId,
    entry::Subject,
    held::Request,
    silence::{Silence, SilenceDraft},
    source::SourceName,
    text::SafeText,
};

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
    /// What only the source itself can do: its own ack, a note that is kept there.
    Ask { source: SourceName, request: Request },
}

impl Act {
    pub fn source(&self) -> &SourceName {
        match self {
            Self::PutSilence { source, .. } | Self::ExpireSilence { source, .. } | Self::Ask { source, .. } => source,
        }
    }

    /// What a source is asked to do itself.
    pub fn request(&self) -> Option<&Request> {
        match self {
            Self::Ask { request, .. } => Some(request),
            _ => None,
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
    /// Ending the silence of an ack that is over: its alert resolved, or its contract broke; no person asked.
    Release,
    /// A new silence.
    Silence,
    /// A silence with another end, comment or other matchers.
    Amend,
    /// The end of a silence before its time.
    Expire,
    /// Anything else that a source does itself; the act says what.
    Ask,
}

/// Acts that were confirmed together, as one plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub String);

/// An act before it is sent: exactly what the outbox keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub op: OpId,
    pub at: Time,
    pub actor: String,
    pub purpose: Purpose,
    /// The one alert it is about, where there is one.
    #[serde(default)]
    pub alert: Option<AlertId>,
    /// What a person calls the thing: the alert's name, the silence's matchers.
    #[serde(alias = "alert_name")]
    pub title: SafeText,
    pub reason: String,
    pub act: Act,
    /// The plan it is a part of, where several acts were confirmed at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// The act that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<OpId>,
    /// The alerts that one act is for, where they are several; each has its entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Covered>,
    /// The silence as it was before the act changed or ended it: what taking it back restores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Silence>,
}

/// One of the alerts that an act is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Covered {
    pub alert: AlertId,
    /// Its name.
    pub title: SafeText,
}

impl Intent {
    /// The alert, else the silence; one that has no id yet goes by the act's.
    pub fn subject(&self) -> Subject {
        match (&self.alert, &self.act) {
            (Some(alert), _) => Subject::alert(alert),
            (None, Act::PutSilence { source, draft }) => {
                Subject::silence(source, draft.id.as_ref().map_or(self.op.0.as_str(), SafeText::raw))
            }
            (None, Act::ExpireSilence { source, id }) => Subject::silence(source, id.raw()),
            (None, Act::Ask { request, .. }) => Subject::alert(&request.alert),
        }
    }
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Read back from the server after it was accepted.
    Confirmed { silence: Option<SafeText>, ends_at: Option<Time> },
    /// It happened, but not as it was asked for: what is different.
    Otherwise { why: SafeText },
    /// The server said no; nothing happened there.
    Refused { why: SafeText },
    /// No answer, and reading back did not tell either: it may or may not have happened.
    Unknown { why: SafeText },
}
