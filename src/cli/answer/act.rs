//! An act in an answer: what was planned, and how it ended.

use serde::Serialize;

use crate::domain::{
    Time,
    alert::AlertId,
    contract::BreakOn,
    source::{AckVia, SourceName},
    text::SafeText,
};

/// How an act ended; `Planned` is one that was only shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    Planned,
    Confirmed,
    Refused,
    Unknown,
    /// It had an owner already, or had gone: nothing was done, and nothing had to be.
    #[serde(rename = "left_out")]
    LeftOut,
}

impl Word {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::LeftOut => "left out",
        }
    }

    /// Whether it failed, or may have.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Refused | Self::Unknown)
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct ActAnswer {
    pub alert: String,
    pub name: SafeText,
    pub source: SourceName,
    pub via: Option<AckVia>,
    pub outcome: Word,
    /// Why it was not done, or may not have been.
    pub why: Option<SafeText>,
    /// What a person should know of it beforehand.
    #[serde(skip)]
    pub aside: Option<String>,
    pub silence: Option<SafeText>,
    pub until: Option<Time>,
    /// What ends an ack early.
    pub breaks_on: Vec<BreakOn>,
    /// Of the silence, as Alertmanager writes them.
    pub matchers: Vec<String>,
    /// Other alerts that the silence mutes, or whose mute ends with it.
    pub also: Vec<Other>,
    /// What the source itself says it will do, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub does: Vec<SafeText>,
    /// As whom the source keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<SafeText>,
    /// The line of amtool or curl that would do the same; none where nothing is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// Another alert that an act touches.
#[derive(Clone, Debug, Serialize)]
pub struct Other {
    pub alert: String,
    pub name: SafeText,
}

impl Other {
    pub fn of((id, name): (&AlertId, &SafeText)) -> Self {
        Self { alert: id.to_string(), name: name.clone() }
    }
}

impl ActAnswer {
    pub fn planned(alert: &AlertId, name: &SafeText, via: AckVia) -> Self {
        Self {
            alert: alert.to_string(),
            name: name.clone(),
            source: alert.source.clone(),
            via: Some(via),
            outcome: Word::Planned,
            why: None,
            aside: None,
            silence: None,
            until: None,
            breaks_on: Vec::new(),
            matchers: Vec::new(),
            also: Vec::new(),
            does: Vec::new(),
            author: None,
            command: None,
        }
    }

    /// One that cannot be done.
    pub fn refused(alert: &AlertId, name: &SafeText, why: &str) -> Self {
        let why = Some(SafeText::new(why));
        Self { via: None, outcome: Word::Refused, why, ..Self::planned(alert, name, AckVia::Journal) }
    }
}
