//! One line of the journal: what happened, to what, by whom. Never edited; a correction is another entry.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Time, alert::AlertId, change::Word, incident::Part, source::SourceName, text::SafeText};

/// What an entry is about: `alert:prod/3f…`, `slo:checkout`, `source:prod`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(SafeText);

impl Subject {
    pub fn new(text: &str) -> Self {
        Self(SafeText::new(text))
    }

    pub fn alert(id: &AlertId) -> Self {
        Self::new(&format!("alert:{id}"))
    }

    /// The alert it names, where it names one.
    pub fn as_alert(&self) -> Option<AlertId> {
        let (source, fingerprint) = self.as_str().strip_prefix("alert:")?.rsplit_once('/')?;
        Some(AlertId { source: SourceName::new(source), fingerprint: super::label::Fingerprint::new(fingerprint) })
    }

    pub fn slo(id: &str) -> Self {
        Self::new(&format!("slo:{id}"))
    }

    pub fn source(name: &SourceName) -> Self {
        Self::new(&format!("source:{name}"))
    }

    pub fn silence(source: &SourceName, id: &str) -> Self {
        Self::new(&format!("silence:{source}/{id}"))
    }

    /// The whole watch: a note about no alert in particular.
    pub fn watch() -> Self {
        Self::new("watch")
    }

    pub fn as_str(&self) -> &str {
        self.0.raw()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names one firing, or the end of one, for ever: whoever sees it writes it once. `began` is when the alert began.
pub fn turn_once(kind: &Kind, subject: &Subject, began: Time) -> String {
    let id = subject.as_str().strip_prefix("alert:").unwrap_or(subject.as_str());
    format!("{kind}:{id}:{}", began.timestamp_millis())
}

/// Where an end was made up for: until when the alert was known to fire. In the body, RFC 3339.
pub const LAST_KNOWN: &str = "last_known_firing";

/// Under this name an entry that marks as noise takes the mark back instead.
pub const TAKEN_BACK: &str = "taken_back";

impl Entry {
    /// Whether it says what shall be done, and another entry of the same act will say what came of it.
    pub fn is_intent(&self) -> bool {
        matches!(self.kind, Kind::AckIntended | Kind::UnackIntended | Kind::SilenceIntended | Kind::RequestIntended)
    }

    /// Whether nobody did it: what was seen, and what follows by itself. A deploy is somebody's; so is all that was told by
    /// hand.
    pub fn is_of_a_machine(&self) -> bool {
        use Kind::{
            AckExtended, AckIntended, AckReleased, AlertFired, AlertResolved, RequestIntended, SilenceIntended,
            SourceBack, SourceLost, UnackIntended,
        };
        let writes_itself = matches!(
            self.kind,
            AlertFired
                | AlertResolved
                | SourceLost
                | SourceBack
                | AckExtended
                | AckReleased
                | AckIntended
                | UnackIntended
                | SilenceIntended
                | RequestIntended
        );
        let is_seen = self.source.is_some() && self.kind.change().is_some() && !self.is_marker();
        writes_itself || is_seen || (matches!(self.kind, Kind::Incident(_)) && self.body.op.is_none())
    }

    /// Whether it takes a mark of noise back rather than making one.
    pub fn takes_mark_back(&self) -> bool {
        self.body.more.get(TAKEN_BACK).and_then(serde_json::Value::as_bool) == Some(true)
    }

    /// Until when an alert was known to fire whose end nobody saw.
    pub fn last_known_firing(&self) -> Option<Time> {
        self.body.more.get(LAST_KNOWN)?.as_str()?.parse().ok()
    }
}

/// The kinds this version writes; kinds of a newer one are kept and shown by their name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    AlertFired,
    AlertResolved,
    AckIntended,
    AckConfirmed,
    AckRefused,
    AckUnknown,
    AckExtended,
    UnackIntended,
    UnackConfirmed,
    UnackRefused,
    UnackUnknown,
    /// The contract of an ack broke: the alert is nobody's again.
    AckBroken,
    /// The ack ended with its alert.
    AckReleased,
    SilenceCreated,
    SilenceExpired,
    SilenceIntended,
    SilenceConfirmed,
    SilenceRefused,
    SilenceUnknown,
    /// Something else that a source was asked to do itself; the text begins with what.
    RequestIntended,
    RequestConfirmed,
    RequestRefused,
    RequestUnknown,
    NoteAdded,
    /// Another text in place of a note's: the note stays.
    NoteCorrected,
    /// A person said that a page was not actionable.
    NoiseMarked,
    SourceLost,
    SourceBack,
    /// Something was done to a system, or happened in it, and is no alert: a deploy, a flag, a crash.
    Change(Word),
    /// A command was started; how it ended is another entry.
    ActionStarted,
    ActionEnded,
    /// Whoever ran it is gone, and nobody knows how it ended.
    ActionUnknown,
    /// A step of a runbook was ticked, or no longer is.
    RunbookTicked,
    /// A file asks for another objective or window than it did before.
    ObjectiveChanged,
    /// The configuration was read again while a cockpit ran.
    ConfigChanged,
    /// Something was said of an incident.
    Incident(Part),
    Other(String),
}

const KINDS: &[(Kind, &str)] = &[
    (Kind::AlertFired, "alert.fired"),
    (Kind::AlertResolved, "alert.resolved"),
    (Kind::AckIntended, "ack.intended"),
    (Kind::AckConfirmed, "ack.confirmed"),
    (Kind::AckRefused, "ack.refused"),
    (Kind::AckUnknown, "ack.unknown"),
    (Kind::AckExtended, "ack.extended"),
    (Kind::UnackIntended, "unack.intended"),
    (Kind::UnackConfirmed, "unack.confirmed"),
    (Kind::UnackRefused, "unack.refused"),
    (Kind::UnackUnknown, "unack.unknown"),
    (Kind::AckBroken, "ack.broken"),
    (Kind::AckReleased, "ack.released"),
    (Kind::SilenceCreated, "silence.created"),
    (Kind::SilenceExpired, "silence.expired"),
    (Kind::SilenceIntended, "silence.intended"),
    (Kind::SilenceConfirmed, "silence.confirmed"),
    (Kind::SilenceRefused, "silence.refused"),
    (Kind::SilenceUnknown, "silence.unknown"),
    (Kind::RequestIntended, "request.intended"),
    (Kind::RequestConfirmed, "request.confirmed"),
    (Kind::RequestRefused, "request.refused"),
    (Kind::RequestUnknown, "request.unknown"),
    (Kind::NoteAdded, "note.added"),
    (Kind::NoteCorrected, "note.corrected"),
    (Kind::NoiseMarked, "noise.marked"),
    (Kind::SourceLost, "source.lost"),
    (Kind::SourceBack, "source.back"),
    (Kind::ActionStarted, "action.started"),
    (Kind::ActionEnded, "action.ended"),
    (Kind::ActionUnknown, "action.unknown"),
    (Kind::RunbookTicked, "runbook.ticked"),
    (Kind::ObjectiveChanged, "slo.objective_changed"),
    (Kind::ConfigChanged, "config.changed"),
    (Kind::Incident(Part::Declared), "incident.declared"),
    (Kind::Incident(Part::Changed), "incident.changed"),
    (Kind::Incident(Part::Status), "incident.status"),
    (Kind::Incident(Part::Role), "incident.role"),
    (Kind::Incident(Part::Task), "incident.task"),
    (Kind::Incident(Part::Attached), "incident.attached"),
    (Kind::Incident(Part::Detached), "incident.detached"),
    (Kind::Incident(Part::Time), "incident.time"),
    (Kind::Incident(Part::Withdrawn), "incident.withdrawn"),
];

impl Kind {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            Self::Change(word) => word.kind(),
            known => KINDS.iter().find(|(k, _)| k == known).map_or("", |(_, s)| s),
        }
    }

    /// Its place in the order in which the kinds of one act follow each other; kinds of a newer version come last.
    pub fn place(&self) -> usize {
        KINDS.iter().position(|(k, _)| k == self).unwrap_or(KINDS.len())
    }

    pub fn read(text: &str) -> Self {
        if let Some((known, _)) = KINDS.iter().find(|(_, s)| *s == text) {
            return known.clone();
        }
        Word::of_kind(text).map_or_else(|| Self::Other(text.to_owned()), Self::Change)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&super::text::sanitise(self.as_str()))
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self::read(&String::deserialize(d)?))
    }
}

/// What an entry says beyond its kind. Every field is optional; an unknown one survives a round trip.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// What a person calls the subject: the alert's name, the SLO's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<SafeText>,
    /// The note, the reason, the error: may hold several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<SafeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<super::alert::Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<super::source::AckVia>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<SafeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op: Option<super::op::OpId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Time>,
    /// What an ack was made on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<super::contract::Contract>,
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// An entry before the journal has it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// When it happened.
    pub at: Time,
    pub actor: SafeText,
    pub kind: Kind,
    pub subject: Subject,
    pub source: Option<SourceName>,
    pub body: Body,
    /// Two cockpits that see the same thing write it once: a second entry with this key is dropped.
    pub once: Option<String>,
}

/// An entry as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: String,
    /// Position in this journal, from 1.
    #[serde(skip)]
    pub seq: i64,
    pub at: Time,
    pub recorded_at: Time,
    pub actor: SafeText,
    pub kind: Kind,
    pub subject: Subject,
    pub body: Body,
    pub source: Option<SourceName>,
    pub prev_hash: String,
    pub hash: String,
}
