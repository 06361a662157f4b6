//! What has happened, in the past tense: everything that can wake the heart.

use std::sync::Arc;

use crate::{
    app::desk::naming::Naming,
    config::{
        keymap::{Command, Key},
        themes::Ground,
    },
    domain::{
        Time,
        acks::JournalAcks,
        action::{Ended, Output},
        alert::AlertId,
        deed::Deed,
        delta::Delta,
        entry::{Entry, Subject},
        incident::IncidentId,
        matcher::Matcher,
        op::{BatchId, OpId, Outcome},
        past::Past,
        routing::Policy,
        runbook::{Place, Runbook},
        silence::{Silence, beyond::Beyond},
        slo::{BudgetRow, SloId},
        source::{Change, Description, Detail, Snapshot, SourceError, SourceName, Unread},
        text::SafeText,
    },
};

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    Key(Key),
    /// The mouse.
    Touch(crate::app::desk::touch::Touch),
    /// Text the terminal says was pasted: never keys.
    Paste(String),
    /// A thing was named that the next command is about.
    Named(Naming),
    /// A command was asked for by its name.
    Asked(Command),
    Resized {
        width: u16,
        height: u16,
    },
    /// How many milliseconds the terminal takes to answer, where that is worth a word.
    Link(Option<u64>),
    /// Keys came that would have answered a question before it was on the screen; they were left out.
    TypedAhead,
    /// Time has passed and something on the screen may have aged.
    Ticked,
    /// Nothing else waits: time to go on with what no key waited for.
    Idle,
    Source(SourceName, SourceMsg),
    Journal(JournalMsg),
    Op(OpId, OpMsg),
    Budgets(BudgetReport),
    /// Objectives that are others than in the run before.
    Goals(Vec<GoalChange>),
    Editor(EditorMsg),
    /// What the sources tell of one alert so far, in their order.
    Explained {
        id: AlertId,
        told: Vec<Explanation>,
    },
    /// What the sources know around one alert so far: by which rules it is told, when it burned before.
    Studied {
        id: AlertId,
        found: Vec<Finding>,
    },
    /// What the sources remember of an alert beside the open one so far.
    Recalled {
        id: AlertId,
        found: Vec<Finding>,
    },
    /// By which routes a source tells people.
    Routes(SourceName, Result<Arc<Policy>, SourceError>),
    /// Who is on call, as a source tells it; none: nobody looks, and it was not asked.
    OnCall(SourceName, Option<Result<Vec<crate::domain::held::Duty>, SourceError>>),
    /// What these matchers would mute that does not fire now, by each source that can tell.
    Beyond {
        matchers: Vec<Matcher>,
        told: Vec<(SourceName, Beyond)>,
    },
    /// What a source says it would do of each.
    Planned(Vec<super::world::planning::Answer>),
    /// What the source of a budget answered about it.
    Inquired(super::world::inquiry::Question, super::world::inquiry::Answer),
    /// A document was written, or why it could not be.
    Written(Result<Written, SafeText>),
    /// The file that a document was kept in, or why it could not be.
    Kept(Result<SafeText, SafeText>),
    /// What a command that was started says, or how it ended.
    Action(OpId, ActionMsg),
    /// What a runbook says, with its place.
    RunbookRead {
        places: Vec<Place>,
        told: Result<(String, Runbook), SafeText>,
    },
    /// The golden signals of the objective that is open, as far as they are read.
    Signals(Box<crate::domain::signals::Golden>),
    /// What the terminal says of itself.
    Terminal(Trait),
    /// The configuration names another theme from now on: its file, or why it could not be written.
    ThemeKept(Result<SafeText, SafeText>),
    /// A text of so many characters was sent to the terminal's clipboard, or not; where it was long, the file it is in.
    Copied {
        letters: usize,
        sent: bool,
        file: Option<Result<SafeText, SafeText>>,
    },
    /// By what a link was opened, or why it was not.
    LinkTold {
        url: String,
        opened: Result<SafeText, SafeText>,
    },
    Config(ConfigMsg),
    /// What became of a notice that a program of one's own was told; told where that is other than before.
    Hook(Result<(), SafeText>),
    /// A signal, a vanished terminal or a recorded panic asks to leave.
    QuitAsked,
}

/// What a terminal says of itself where it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trait {
    /// What lies behind its text.
    Ground(Ground),
    /// Who it is, in its own words.
    Name(SafeText),
}

/// The files of the configuration were read again; `asked`: because somebody said so.
#[derive(Clone, Debug)]
pub enum ConfigMsg {
    Read { reading: Box<super::settings::Reading>, asked: bool },
    Wrong { mistakes: Vec<SafeText>, asked: bool },
}

#[derive(Clone, Debug)]
pub enum ActionMsg {
    /// All that it has said by now, in bounds.
    Said(Output),
    Ended(Box<Ended>),
}

#[derive(Clone, Debug)]
pub enum SourceMsg {
    Asked,
    /// All that it said.
    Answered(Box<Snapshot>),
    /// What is other than in its last answer.
    Told(Box<Delta>),
    Failed(SourceError),
    /// How often it is asked from now on, while it answers.
    Paced(chrono::Duration),
    /// What somebody did to a system on purpose: new since the last time.
    Changed(Vec<Change>),
    /// Until when changes are known, and why no further; none: they can be read again.
    ChangesUnread(Option<Box<Unread>>),
    /// It is connected, and this is what it can.
    Met(Box<Description>),
}

#[derive(Clone, Debug)]
pub enum JournalMsg {
    /// Entries that are new to this cockpit, its own and other people's, in journal order.
    Entries(Vec<Entry>),
    /// What the journal has of late about firing, resolving and noise, in journal order: more than is shown.
    Past(Vec<Entry>),
    /// What was observed is written, or was known already: there is room for more.
    Observed,
    /// The intent is on disk and may be sent.
    Intended(OpId),
    /// The intent could not be written: it must not be sent.
    NotIntended {
        op: OpId,
        why: SafeText,
    },
    /// Every act of the plan is on disk and may be sent; what lives in the journal alone is done.
    AllIntended(BatchId),
    /// None of them could be written: none is sent.
    NoneIntended {
        batch: BatchId,
        why: SafeText,
    },
    /// What was done lately, newest first, or why that cannot be read.
    Deeds {
        wanted: DeedsFor,
        deeds: Result<Vec<Deed>, SafeText>,
    },
    Recorded(OpId),
    NotRecorded {
        op: OpId,
        why: SafeText,
    },
    /// A half-written text from before; empty where there is none.
    Draft {
        key: String,
        text: String,
    },
    History {
        subject: Subject,
        entries: Vec<Entry>,
    },
    /// All that was ever said of incidents, in journal order.
    Incidents(Vec<Entry>),
    /// What may belong to the timeline of an incident, in journal order.
    Story {
        id: IncidentId,
        entries: Vec<Entry>,
    },
    /// What the journal says about acks.
    Acks(Box<JournalAcks>),
    /// Whether the journal can be written, with the reason where not.
    Health(Option<SafeText>),
}

/// What the deeds are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeedsFor {
    Undo,
    Log,
}

#[derive(Clone, Debug)]
pub enum OpMsg {
    /// Ended; `silence` is what reading back showed.
    Ended { outcome: Outcome, silence: Option<Box<Silence>> },
}

#[derive(Clone, Debug)]
pub enum EditorMsg {
    /// The editor returned this text for the note that was being written.
    Wrote(String),
    Failed(SafeText),
}

/// A document, for people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What its file is called.
    pub name: String,
    pub text: Arc<str>,
    /// Files that it names, beside it: what each is called, and what is in it.
    pub beside: Vec<(String, String)>,
}

/// What one source tells of an alert beyond its list.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub source: SourceName,
    /// None while it is being asked; no details where it does not know the alert.
    pub answer: Option<Result<Vec<Detail>, SourceError>>,
}

/// What one source knows around an alert; no answer while it is being asked.
#[derive(Clone, Debug)]
pub enum Finding {
    Policy(SourceName, Option<Result<Arc<Policy>, SourceError>>),
    Past(SourceName, Option<Result<Past, SourceError>>),
}

/// The budgets as one reading of their source gave them.
#[derive(Clone, Debug)]
pub struct BudgetReport {
    pub at: Time,
    pub rows: Vec<BudgetRow>,
    /// Why the latest reading failed; the numbers are then the last good ones.
    pub error: Option<SourceError>,
    /// When the counts were last read in full.
    pub counted_at: Option<Time>,
    /// Definitions that could not be read, each in a sentence.
    pub problems: Vec<SafeText>,
    /// Cold start: share of the history that has been read, in [0, 1].
    pub progress: f64,
    /// What counting costs the backends.
    pub cost: Cost,
}

/// Another objective or window than a file asked for before, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalChange {
    pub id: SloId,
    pub title: SafeText,
    /// When it was noticed.
    pub at: Time,
    pub was: String,
    pub asks: String,
}

/// Samples that the backends read for the budgets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// In the last minute; none where no backend says.
    pub samples_a_minute: Option<u64>,
    /// Above this nothing but the tails is read; 0 = unlimited.
    pub allowed: u64,
}
