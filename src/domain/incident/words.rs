//! The closed sets of words: kinds of entries, states, roles, times. Severities are the installation's own.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::text::SafeText;

/// What part of an incident an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Declared,
    Changed,
    Status,
    Role,
    Task,
    Attached,
    Detached,
    Time,
    Withdrawn,
}

/// How far it is, in the usual order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    #[default]
    Investigating,
    Identified,
    Mitigated,
    Resolved,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Investigating, Self::Identified, Self::Mitigated, Self::Resolved];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
        }
    }

    /// Whether users are no longer hurt.
    pub fn is_calm(self) -> bool {
        matches!(self, Self::Mitigated | Self::Resolved)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Commander,
    Scribe,
    Liaison,
    /// Of these there may be many.
    Responder,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Commander, Self::Scribe, Self::Liaison, Self::Responder];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commander => "commander",
            Self::Scribe => "scribe",
            Self::Liaison => "liaison",
            Self::Responder => "responder",
        }
    }
}

/// The times of an incident, in their usual order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// When users began to be hurt.
    Started,
    /// When a monitor or a person first saw it.
    Detected,
    /// When somebody took it.
    Acknowledged,
    /// When users were no longer hurt.
    Mitigated,
    /// When nothing was left to do.
    Resolved,
}

impl Moment {
    pub const ALL: [Self; 5] = [Self::Started, Self::Detected, Self::Acknowledged, Self::Mitigated, Self::Resolved];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Detected => "detected",
            Self::Acknowledged => "acknowledged",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
        }
    }
}

/// How bad it is, in the installation's words: `sev1` .. `sev5` unless it has others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(pub SafeText);

impl Level {
    /// The words of an installation that names none, the worst first.
    pub const USUAL: [&'static str; 5] = ["sev1", "sev2", "sev3", "sev4", "sev5"];

    pub fn new(word: &str) -> Self {
        Self(SafeText::new(word))
    }
}

impl Default for Level {
    /// Nobody said.
    fn default() -> Self {
        Self::new("-")
    }
}

macro_rules! shown {
    ($($word:ident)*) => { $(
        impl fmt::Display for $word {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )* };
}

shown!(Status Role Moment);

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.line())
    }
}
