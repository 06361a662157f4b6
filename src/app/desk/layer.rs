//! What lies over the panes: a stack, so that states that contradict each other cannot be.

use crate::{
    app::world::{
        bulk::{BulkPlan, Doing},
        inquiry::Question,
        plan::UnackPlan,
        silences::{ExpirePlan, ExtendPlan, SilenceId},
        undo::UndoPlan,
    },
    config::keymap::{Command, Context},
    domain::{alert::AlertId, deed::Deed, entry::Subject, op::BatchId, slo::SloId, text::SafeText},
};

use super::{
    acking::AckForm,
    axis::AxisSight,
    completing::Completion,
    silence_form::SilenceForm,
    silence_list::SilenceList,
    supposing::Supposition,
    terms::Terms,
    text::TextBuffer,
    view::{LineKey, layer::Seeing},
};

/// One layer; the topmost has the keys.
#[derive(Clone, Debug)]
pub enum Layer {
    Alert {
        id: AlertId,
        scroll: usize,
        /// Which of the related alerts Enter opens.
        related: Option<usize>,
        sight: AxisSight,
    },
    Slo {
        id: SloId,
        scroll: usize,
        sight: AxisSight,
    },
    /// What was asked about the budget below it.
    Inquiry {
        question: Question,
        scroll: usize,
    },
    /// What if; over the budget it is about.
    Suppose(Box<Supposition>),
    Entry {
        id: String,
        scroll: usize,
    },
    Menu(Menu),
    /// `before` and what was `selected` come back with Esc.
    Filter {
        text: TextBuffer,
        before: String,
        selected: Option<LineKey>,
        list: Box<Completion>,
    },
    Ack(Box<AckForm>),
    Unack(UnackPlan),
    /// What the source is asked to do itself.
    Ask(Box<super::requests::AskSheet>),
    Note(NoteForm),
    /// How the alerts are seen: groups, facets, what returned, what is noise.
    Seeing(Seeing),
    Silence(Box<SilenceForm>),
    Silences(SilenceList),
    SilenceDetail {
        id: SilenceId,
        scroll: usize,
    },
    Extend(ExtendPlan),
    Expire(ExpirePlan),
    /// The plan over many alerts; an ack's takes its terms.
    Bulk(Box<BulkForm>),
    /// How a batch goes, or went.
    Batch {
        id: BatchId,
        scroll: usize,
    },
    Undo {
        plan: UndoPlan,
        scroll: usize,
    },
    Log(Log),
    /// A document that was written, to be read, copied or kept.
    Paper(super::paper::Paper),
    /// Actions: which there are, one before it runs, one that runs.
    Action(Box<super::running::Sheet>),
    /// What to copy, or which link to open.
    Pick(Box<super::picking::Pick>),
    /// A link that could not be opened here.
    Address(Box<super::address::Address>),
    /// The runbook that was opened last.
    Runbook(super::reading::Reading),
    /// Who is on call.
    OnCall {
        scroll: usize,
    },
    Incidents(super::incidents::list::List),
    Incident(super::incidents::opened::Opened),
    /// The themes, one of them tried on; what was worn before comes back with Esc.
    Themes(super::dress::Trying),
    /// What the configuration changed, or is to change, or what is wrong with it.
    Settings {
        scroll: usize,
    },
    /// Something that is to be said of an incident.
    Tell(Box<super::incidents::form::Form>),
}

/// One plan, one confirmation.
#[derive(Clone, Debug)]
pub struct BulkForm {
    pub plan: BulkPlan,
    /// What is written of an ack; nothing of anything else.
    pub terms: Terms,
    pub scroll: usize,
}

/// What was sent, newest first.
#[derive(Clone, Debug)]
pub struct Log {
    pub deeds: Vec<Deed>,
    pub place: usize,
    /// The selected one is shown whole.
    pub open: bool,
}

/// `?` and `:`: every command with its keys; typing narrows, Enter runs.
#[derive(Clone, Debug)]
pub struct Menu {
    pub kind: MenuKind,
    pub text: TextBuffer,
    pub place: usize,
    pub top: usize,
    /// The commands that match, best first.
    pub found: Vec<Command>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuKind {
    Help,
    Palette,
}

/// A note being written; what was typed is a draft in the journal at once.
#[derive(Clone, Debug)]
pub struct NoteForm {
    pub subject: Subject,
    /// The same alert as other sources tell it: the note is on each.
    pub also: Vec<Subject>,
    pub title: Option<SafeText>,
    pub text: TextBuffer,
    /// The note whose text it takes the place of.
    pub corrects: Option<String>,
    /// Whether the alert's source keeps it too, where it can.
    pub there: Option<bool>,
}

impl NoteForm {
    pub fn draft_key(&self) -> String {
        if let Some(entry) = &self.corrects {
            return format!("correction:{entry}");
        }
        format!("note:{}", self.subject.as_str())
    }
}

impl Layer {
    /// Where its keys are pressed; none where that is what lies below it.
    pub fn place(&self) -> Option<Context> {
        Some(match self {
            Layer::Alert { .. } => Context::Alert,
            Layer::Slo { .. } => Context::Budget,
            Layer::Inquiry { .. } => Context::Answer,
            Layer::Entry { .. } => Context::Entry,
            Layer::Silences(list) if list.filtering => Context::Menu,
            Layer::Silences(_) => Context::Silences,
            Layer::SilenceDetail { .. } => Context::Silence,
            Layer::Incidents(_) => Context::Incidents,
            Layer::Incident(_) => Context::Incident,
            Layer::Runbook(_) => Context::Runbook,
            Layer::Paper(_) => Context::Document,
            Layer::Menu(_) | Layer::Filter { .. } => Context::Menu,
            Layer::Ack(_) | Layer::Note(_) | Layer::Silence(_) | Layer::Suppose(_) | Layer::Tell(_) => Context::Form,
            Layer::Bulk(form) if form.plan.doing == Doing::Ack => Context::Form,
            Layer::Bulk(_) | Layer::Unack(_) | Layer::Extend(_) | Layer::Expire(_) => Context::Question,
            Layer::Undo { .. } => Context::Question,
            Layer::Seeing(seeing) => seeing.place(),
            Layer::Ask(sheet) if sheet.is_plan() => Context::Form,
            Layer::Ask(_) | Layer::Pick(_) => Context::Choices,
            Layer::Action(sheet) => sheet.place(),
            Layer::Batch { .. } => Context::Batch,
            Layer::Log(_) => Context::Log,
            Layer::Address(_) => Context::Link,
            Layer::Themes(_) => Context::Themes,
            Layer::OnCall { .. } | Layer::Settings { .. } => return None,
        })
    }

    /// Whether plain letters are text here and not commands.
    pub fn takes_text(&self) -> bool {
        matches!(
            self,
            Layer::Menu(_)
                | Layer::Filter { .. }
                | Layer::Ack(_)
                | Layer::Note(_)
                | Layer::Silence(_)
                | Layer::Seeing(_)
                | Layer::Suppose(_)
                | Layer::Tell(_)
        )
    }

    /// Whether it is about many acts and takes the keys itself.
    pub fn is_of_many(&self) -> bool {
        matches!(self, Layer::Bulk(_) | Layer::Batch { .. } | Layer::Undo { .. } | Layer::Log(_))
    }

    /// Whether it shows what is about to be done: nothing may change under it.
    pub fn is_of_a_plan(&self) -> bool {
        let confirms =
            matches!(self, Layer::Action(_) | Layer::Ask(_) | Layer::Unack(_) | Layer::Extend(_) | Layer::Expire(_));
        confirms || self.takes_text() || matches!(self, Layer::Bulk(_) | Layer::Undo { .. })
    }

    /// Whether it covers the panes rather than standing over them.
    pub fn covers(&self) -> bool {
        matches!(
            self,
            Layer::Alert { .. }
                | Layer::Slo { .. }
                | Layer::Inquiry { .. }
                | Layer::Entry { .. }
                | Layer::Silences(_)
                | Layer::SilenceDetail { .. }
                | Layer::Runbook(_)
                | Layer::Address(_)
                | Layer::Incidents(_)
                | Layer::Incident(_)
                | Layer::Paper(_)
                | Layer::OnCall { .. }
        )
    }
}
