//! What a backend that keeps acks, pages and owners itself says of one of its own, and what it can be asked to do with it.
//!
//! Refuses to know any vendor, and whether anything was asked: a request is data until it is sent.

use serde::{Deserialize, Serialize};

use super::{Time, alert::AlertId, text::SafeText};

/// Who is on it, and what follows if nobody is, as the backend itself tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The backend's own word for its state: `triggered`, `HARD CRITICAL`.
    pub word: SafeText,
    pub ack: Option<HeldAck>,
    /// To whom it is assigned.
    pub assigned: Vec<SafeText>,
    /// What happens next by itself where nobody acks.
    pub escalates: Option<Escalation>,
    /// Names under which other backends may know the same: `("alertmanager.group_key", "1fcd…")`. Never of empty parts.
    pub keys: Vec<(SafeText, SafeText)>,
}

/// An ack that the backend keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldAck {
    pub by: SafeText,
    pub reason: SafeText,
    pub at: Time,
    /// When the backend takes it back by itself; none where it lasts until somebody does.
    pub until: Option<Time>,
}

/// Whom an unacked page goes to next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    pub at: Time,
    pub to: SafeText,
}

/// What a person may ask of a backend that knows such things itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Ack,
    Unack,
    Resolve,
    /// Quiet until a time, then it is back.
    Snooze,
    Escalate,
    /// A text kept at the backend, where others see it too.
    Note,
    /// Muted until a time: a downtime, a mute rule.
    Mute,
    Unmute,
    Pause,
    Unpause,
}

impl Verb {
    pub const ALL: [Self; 10] = [
        Self::Ack,
        Self::Unack,
        Self::Resolve,
        Self::Snooze,
        Self::Escalate,
        Self::Note,
        Self::Mute,
        Self::Unmute,
        Self::Pause,
        Self::Unpause,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Unack => "unack",
            Self::Resolve => "resolve",
            Self::Snooze => "snooze",
            Self::Escalate => "escalate",
            Self::Note => "note",
            Self::Mute => "mute",
            Self::Unmute => "unmute",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
        }
    }

    /// Whether it makes something so, rather than adding to it: asked twice it is so once.
    pub fn is_a_state(self) -> bool {
        !matches!(self, Self::Escalate | Self::Note)
    }

    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.as_str() == word)
    }
}

/// One thing that a source can be asked to do, known before it is asked: the key is there, or says why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    pub verb: Verb,
    /// What the backend calls it and what it does there: "acknowledges the incident; PagerDuty assigns it to you".
    pub words: SafeText,
    /// Whether a text goes with it.
    pub text: Needs,
    /// Whether it ends at a time that the person chooses.
    pub until: Needs,
    /// What takes it back, where anything does.
    pub undo: Option<Verb>,
}

/// Whether something belongs to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    No,
    May,
    Must,
}

/// What is to be done with which alert: exactly what the outbox keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub verb: Verb,
    pub alert: AlertId,
    /// When the episode began that a person saw: a later one is another, and is not touched.
    pub began: Time,
    /// In whose name.
    pub actor: String,
    /// Empty where nothing was said.
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// What a request would do, in the words of the source that would do it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestPlan {
    /// One sentence each; at least one.
    pub effects: Vec<SafeText>,
    /// As whom the backend will keep it.
    pub author: SafeText,
    /// How many of the backend's own objects it touches.
    pub affects: usize,
    /// What it needs to know that plan again, where the backend made one.
    pub handle: Option<SafeText>,
}

/// How a request went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Read back: it is so. Until when, where it ends by itself; the backend's id of what was made, where there is one.
    Done { until: Option<Time>, id: Option<SafeText> },
    /// Taken and not yet visible: ask again with this.
    Pending { handle: SafeText },
    /// Done, but not as it was asked: what is different.
    Otherwise { why: SafeText },
}

/// Who is on call for what, from when until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The escalation policy or schedule.
    pub of: SafeText,
    /// Services that it answers for, where the backend says.
    pub services: Vec<SafeText>,
    /// 1 is paged first.
    pub level: u32,
    pub who: SafeText,
    pub from: Option<Time>,
    /// None where it does not end.
    pub until: Option<Time>,
}
