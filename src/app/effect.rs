//! What the shell must do: data, so that a test can compare it and a log can show it.

use super::{msg::DeedsFor, world::pulse::key};
use crate::domain::{
    Time,
    alert::AlertId,
    entry::{NewEntry, Subject},
    incident::IncidentId,
    matcher::Matcher,
    op::{BatchId, Intent, OpId},
    slo::SloId,
    source::SourceName,
};

/// Which objectives somebody looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Eyes {
    pub seen: Vec<SloId>,
    /// The one that is open or selected.
    pub close: Option<SloId>,
}

/// One thing to do; each answers with a [`super::msg::Msg`] where an answer is due.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Keep what was observed; nobody waits for it.
    Observe(Vec<NewEntry>),
    /// Keep what a person said; answered by `Recorded` or `NotRecorded`.
    Record {
        op: OpId,
        entries: Vec<NewEntry>,
        clear_draft: Option<String>,
    },
    /// Write the intent and its entry in one transaction; answered by `Intended` or `NotIntended`.
    Intend(Box<Intent>, Vec<NewEntry>),
    /// Ask a source what it would do of each, all of them its own; answered by `Planned`. Nothing is changed by it.
    PlanRequests(Vec<crate::domain::held::Request>),
    /// The intent is in the journal: send it, read it back, answer `Op`.
    Send(Box<Intent>),
    /// Write all acts of a plan and their entries in one transaction; answered by `AllIntended` or `NoneIntended`.
    IntendAll {
        batch: BatchId,
        acts: Vec<Intent>,
        entries: Vec<NewEntry>,
    },
    /// The acts are in the journal: send them one after the other; each answers `Op`.
    SendAll(Vec<Intent>),
    /// Read what was done since a moment; answered by `Deeds`.
    Deeds {
        since: Time,
        wanted: DeedsFor,
    },
    /// Put a text on the clipboard of the person's terminal; answered by `Copied`.
    Copy(String),
    /// Open an http(s) address with the desktop's opener; answered by `LinkTold`.
    OpenLink(String),
    /// Close the outbox row with these entries.
    Settle(OpId, Vec<NewEntry>),
    SaveDraft {
        key: String,
        text: String,
    },
    LoadDraft {
        key: String,
    },
    /// Write down what resolved at a source while nobody watched.
    MakeUp(Box<Absence>),
    /// Read all that the journal has on a subject.
    History(Subject),
    /// Read what belongs to the timeline of an incident; answered by `Story`.
    Story(StoryOf),
    /// Ask every source that tells more of one alert; answered by `Explained`, as often as one of them has answered.
    Explain(AlertId),
    /// Ask every source that remembers when an alert with these labels burned, that far back; answered by `Recalled`.
    Recall {
        id: AlertId,
        labels: crate::domain::label::Labels,
        back: chrono::Duration,
    },
    /// Read by which routes a source tells people; answered by `Routes`.
    ReadRoutes(SourceName),
    /// Ask a source who is on call; answered by `OnCall`.
    ReadOnCall(SourceName),
    /// Ask every source of metrics what these matchers would mute that does not fire now; answered by `Beyond`.
    AskBeyond(Vec<Matcher>),
    /// Ask the source of a budget about it; answered by `Inquired`.
    Inquire {
        slo: Box<crate::domain::slo::Slo>,
        question: super::world::inquiry::Question,
    },
    /// That it is run is in the journal: start it; answered by `Action`, more than once.
    RunAction(Box<crate::domain::action::Order>),
    /// End it, with all that it started.
    StopAction(OpId),
    /// Read the first of these that can be; answered by `RunbookRead`.
    ReadRunbook(Vec<crate::domain::runbook::Place>),
    /// Read the configuration again now; answered by `Config`.
    ReadConfig,
    /// Run on another configuration: the heart does already.
    Adopt(Box<super::settings::Adoption>),
    /// Ask a source now; none = all.
    Refresh(Option<SourceName>),
    /// These objectives are looked at from now on: they are counted every minute.
    Watch(Eyes),
    /// The signals of this objective's service are looked at from now on, on these moments; answered by `Signals`.
    Look(Option<Box<crate::domain::signals::Look>>),
    /// Write the handoff of the shift that ends; answered by `Written`.
    Handoff,
    /// Write the post-mortem of an incident. Answered by `Written`.
    PostMortem(IncidentId),
    /// Keep a document in a new file of its name, where the person is, and beside it what belongs to it; answered by
    /// `Kept`.
    Keep(std::sync::Arc<super::msg::Written>),
    /// Hand the terminal to `$EDITOR` with this text.
    Edit {
        text: String,
    },
    /// Name this theme in the configuration, its comments untouched; answered by `ThemeKept`.
    KeepTheme {
        file: std::path::PathBuf,
        theme: String,
    },
    /// Tell the person, by the notice's ways; the bell is an effect of its own.
    Notify(Box<crate::domain::notify::Notice>),
    Bell,
    Quit,
}

/// Which timeline is read: of which incident, about what, from when to when.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryOf {
    pub id: IncidentId,
    pub subjects: Vec<Subject>,
    /// Ids of entries about something else that are part of it.
    pub entries: Vec<String>,
    pub span: (Time, Time),
}

/// What a source tells after a time in which nobody asked it.
#[derive(Clone, Debug, PartialEq)]
pub struct Absence {
    pub source: SourceName,
    /// Which alerts it tells as firing: the key of each subject, in order.
    pub told: Vec<u64>,
    pub asked_at: Time,
    /// When this run began: what was written since then needs nothing made up.
    pub began: Time,
    /// Until when somebody is known to have watched, and to have written all of it down.
    pub watched_until: Option<Time>,
}

impl Absence {
    pub fn is_told(&self, subject: &Subject) -> bool {
        self.told.binary_search(&key(subject)).is_ok()
    }
}

pub type Effects = Vec<Effect>;
