//! Every command a person may ask for, and the sentence that says what it does.
//!
//! The words stand in `config/keys.toml`, beside the keys: help, footer and palette read the table that dispatches.

use std::sync::LazyLock;

use super::{
    context::Context,
    document::{self, Node},
};

macro_rules! commands {
    ($($variant:ident = $name:literal,)*) => {
        /// What a person may ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command { $($variant,)* }

        impl Command {
            /// All of them, in the order of the help.
            pub const ALL: &'static [Command] = &[$(Command::$variant,)*];

            /// As it is written in `[keys]` and typed after `:`.
            pub const fn name(self) -> &'static str {
                match self { $(Command::$variant => $name,)* }
            }
        }
    };
}

commands! {
    Help = "app.help",
    Palette = "app.palette",
    Tour = "help.tour",
    Back = "app.back",
    Refresh = "app.refresh",
    Quit = "app.quit",
    PaneNext = "pane.next",
    PanePrevious = "pane.previous",
    ViewNext = "view.next",
    ViewPrevious = "view.previous",
    PaneAlerts = "pane.alerts",
    PaneBudgets = "pane.budgets",
    PaneTimeline = "pane.timeline",
    Zoom = "pane.zoom",
    Taller = "pane.taller",
    Shorter = "pane.shorter",
    Wider = "pane.wider",
    Narrower = "pane.narrower",
    Even = "pane.even",
    Down = "move.down",
    Up = "move.up",
    Top = "move.top",
    Bottom = "move.bottom",
    PageDown = "move.page_down",
    PageUp = "move.page_up",
    Open = "open",
    Filter = "filter.edit",
    Mark = "mark.toggle",
    MarkRange = "mark.range",
    MarkAll = "mark.all",
    Related = "alerts.related",
    Ack = "alerts.ack",
    Unack = "alerts.unack",
    Silence = "alerts.silence",
    Silences = "silences.list",
    Incident = "incident.declare",
    Incidents = "incident.list",
    OnCall = "oncall.list",
    Handoff = "shift.handoff",
    FoldMachines = "timeline.fold",
    TimelineKinds = "timeline.kinds",
    Note = "note.add",
    Editor = "note.editor",
    GroupBy = "alerts.group",
    Fold = "alerts.fold",
    FoldAll = "alerts.fold_all",
    Apart = "alerts.apart",
    ApartAll = "alerts.apart_all",
    Sort = "alerts.sort",
    Facets = "alerts.facets",
    Seen = "alerts.seen",
    Returned = "alerts.returned",
    Storm = "alerts.storm",
    TakeGroup = "alerts.take",
    Noise = "alerts.noise",
    Runbook = "alerts.runbook",
    Actions = "act.run",
    AxisLeft = "axis.left",
    AxisRight = "axis.right",
    AxisBefore = "axis.before",
    AxisAfter = "axis.after",
    AxisCloser = "axis.closer",
    AxisFarther = "axis.farther",
    Graph = "slo.graph",
    Tier = "slo.tier",
    WhatIf = "slo.whatif",
    Explain = "slo.explain",
    Drill = "slo.drill",
    Rolling = "slo.rolling",
    Month = "slo.month",
    Copy = "copy",
    OpenLink = "link.open",
    Awake = "notify.awake",
    Ask = "act.ask",
    Undo = "act.undo",
    Sent = "act.log",
    Batch = "act.batch",
    SilenceExtend = "silence.extend",
    SilenceEnd = "silence.end",
    SilenceEdit = "silence.edit",
    SilenceNew = "silence.new",
    IncidentStatus = "incident.status",
    IncidentRole = "incident.role",
    IncidentTask = "incident.task",
    IncidentTimes = "incident.times",
    IncidentAttach = "incident.attach",
    IncidentDetach = "incident.detach",
    IncidentCorrect = "incident.correct",
    IncidentTitle = "incident.title",
    PostMortem = "incident.postmortem",
    RunbookNext = "runbook.next",
    RunbookCopy = "runbook.copy",
    PaperCopy = "document.copy",
    PaperWrite = "document.write",
    Mouse = "ui.mouse",
    Times = "ui.times",
    Theme = "ui.theme",
    Reload = "config.reload",
    Settings = "config.changes",
    FormSend = "form.send",
    FormCancel = "form.cancel",
    FormNext = "form.next",
    FormPrevious = "form.previous",
    FormDown = "form.down",
    FormUp = "form.up",
    FormPageDown = "form.page_down",
    FormPageUp = "form.page_up",
    FormNewline = "form.newline",
    FormEditor = "form.editor",
    FormAsText = "form.as_text",
    FormOperator = "form.operator",
    FormTemplate = "form.template",
    MenuChoose = "menu.choose",
    MenuCancel = "menu.cancel",
    MenuNext = "menu.next",
    MenuPrevious = "menu.previous",
    MenuTake = "menu.take",
    MenuPageDown = "menu.page_down",
    MenuPageUp = "menu.page_up",
    TextLeft = "text.left",
    TextRight = "text.right",
    TextStart = "text.start",
    TextEnd = "text.end",
    TextBack = "text.back",
    TextDelete = "text.delete",
    TextWord = "text.cut_word",
    TextLine = "text.cut_line",
    ChordBack = "chord.back",
    ChordLeave = "chord.leave",
    QuestionYes = "question.yes",
    QuestionNo = "question.no",
    FacetNext = "facets.next",
    FacetPrevious = "facets.previous",
    FacetWithout = "facets.without",
    ReturnedClear = "returned.clear",
    BatchRetry = "batch.retry",
    RunStop = "run.stop",
    RunAgain = "run.again",
    RunCommand = "run.command",
    ThemeWrite = "themes.write",
}

/// What `config/keys.toml` says of one command.
#[derive(Debug, Default)]
pub(super) struct Info {
    pub(super) keys: Vec<String>,
    label: String,
    help: String,
    group: String,
    places: Vec<Context>,
    also: Vec<Context>,
}

pub(super) const KEYS_TOML: &str = include_str!("../../config/keys.toml");

/// In the order of [`Command::ALL`]. A test keeps the file complete.
static TABLE: LazyLock<Vec<Info>> = LazyLock::new(|| {
    let (root, _) = document::parse(KEYS_TOML);
    let info = |command: &Command| {
        let text = |key: &str| root.at_path(&[command.name(), key]).and_then(Node::text).unwrap_or_default().to_owned();
        let keys = root.at_path(&[command.name(), "keys"]).map(Node::texts).unwrap_or_default();
        let keys = keys.into_iter().map(|(_, k)| k.to_owned()).collect();
        let places = |key: &str| {
            let names = root.at_path(&[command.name(), key]).map(Node::texts).unwrap_or_default();
            names.into_iter().filter_map(|(_, name)| Context::from_name(name)).collect()
        };
        let (places, also) = (places("in"), places("also"));
        Info { keys, label: text("label"), help: text("help"), group: text("group"), places, also }
    };
    Command::ALL.iter().map(info).collect()
});

static UNKNOWN: Info = Info {
    keys: Vec::new(),
    label: String::new(),
    help: String::new(),
    group: String::new(),
    places: Vec::new(),
    also: Vec::new(),
};

impl Command {
    pub(super) fn info(self) -> &'static Info {
        TABLE.get(self as usize).unwrap_or(&UNKNOWN)
    }

    /// For the footer, at most 8 characters.
    pub fn label(self) -> &'static str {
        &self.info().label
    }

    /// One sentence.
    pub fn help(self) -> &'static str {
        &self.info().help
    }

    /// The heading it stands under in the help.
    pub fn group(self) -> &'static str {
        &self.info().group
    }

    /// Where its keys are its own; nowhere named: everywhere.
    pub fn places(self) -> &'static [Context] {
        &self.info().places
    }

    /// Whether it does something there; what it needs beside that it says itself.
    pub fn works_in(self, here: Context) -> bool {
        let info = self.info();
        let everywhere = info.places.is_empty() && here.lets_in(self);
        everywhere || info.places.contains(&here) || info.also.contains(&here)
    }

    /// Whether its keys are pressed where one writes.
    pub fn is_beside_text(self) -> bool {
        self.info().places.iter().any(|place| place.is_text())
    }

    /// Whether it sends something to a source, runs something, or opens what does.
    pub fn writes(self) -> bool {
        matches!(
            self,
            Self::Ack
                | Self::Unack
                | Self::Silence
                | Self::TakeGroup
                | Self::Actions
                | Self::Ask
                | Self::Undo
                | Self::SilenceExtend
                | Self::SilenceEnd
                | Self::SilenceEdit
                | Self::SilenceNew
                | Self::IncidentDetach
        )
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_keys_a_short_label_a_sentence_and_a_group() {
        let (root, errors) = document::parse(KEYS_TOML);
        assert_eq!(errors, []);
        for command in Command::ALL {
            let name = command.name();
            assert!(!command.info().keys.is_empty(), "{name} has no key");
            assert!((1..=8).contains(&command.label().chars().count()), "{name}: label `{}`", command.label());
            assert!(command.help().ends_with('.') && command.help().len() > 10, "{name}: help `{}`", command.help());
            assert!(!command.group().is_empty(), "{name} has no group");
        }
        for entry in &root.0 {
            assert!(Command::from_name(&entry.key).is_some(), "{} is no command", entry.key);
            let fields: Vec<&str> = entry.node.table().unwrap().0.iter().map(|e| e.key.as_str()).collect();
            assert!(fields.starts_with(&["keys", "label", "help", "group"]), "{}", entry.key);
            assert!(fields[4..].iter().all(|f| ["in", "also"].contains(f)), "{}", entry.key);
            for (_, place) in fields[4..].iter().flat_map(|f| root.at_path(&[&entry.key, f]).unwrap().texts()) {
                assert!(Context::from_name(place).is_some(), "{}: `{place}` is no place", entry.key);
            }
        }
    }
}
