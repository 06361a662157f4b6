//! For every command of the cockpit the word that stands for it line by line, or why none does.

use crate::config::keymap::Command;

/// What a command of the cockpit is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Another word.
    Word(&'static str),
    /// None is needed: the sentence says what does it.
    Instead(&'static str),
}

/// What a command is here.
pub const fn way(command: Command) -> Way {
    match (word(command), instead(command)) {
        (Some(word), _) => Way::Word(word),
        (None, Some(why)) => Way::Instead(why),
        (None, None) => Way::Instead("it has no word here; `help` lists the words"),
    }
}

/// Each command with the word that does the same.
const WORDS: &[(Command, &str)] = &[
    (Command::Help, "help"),
    (Command::Back, "back"),
    (Command::Refresh, "refresh"),
    (Command::Quit, "quit"),
    (Command::ViewNext, "view"),
    (Command::ViewPrevious, "previous"),
    (Command::PaneAlerts, "alerts"),
    (Command::PaneBudgets, "budgets"),
    (Command::PaneTimeline, "timeline"),
    (Command::Open, "open"),
    (Command::Filter, "filter"),
    (Command::Mark, "mark"),
    (Command::Ack, "ack"),
    (Command::Unack, "unack"),
    (Command::Silence, "silence"),
    (Command::Silences, "silences"),
    (Command::Incident, "declare"),
    (Command::Incidents, "incidents"),
    (Command::Handoff, "handoff"),
    (Command::OnCall, "oncall"),
    (Command::FoldMachines, "machines"),
    (Command::TimelineKinds, "kinds"),
    (Command::Note, "note"),
    (Command::GroupBy, "group"),
    (Command::Fold, "fold"),
    (Command::FoldAll, "foldall"),
    (Command::Apart, "apart"),
    (Command::ApartAll, "apartall"),
    (Command::Sort, "sort"),
    (Command::Facets, "facets"),
    (Command::Seen, "seen"),
    (Command::Returned, "returned"),
    (Command::ReturnedClear, "clear"),
    (Command::Storm, "storm"),
    (Command::TakeGroup, "take"),
    (Command::Noise, "noise"),
    (Command::Runbook, "runbook"),
    (Command::RunbookNext, "step"),
    (Command::Actions, "actions"),
    (Command::Graph, "graph"),
    (Command::Awake, "awake"),
    (Command::Reload, "reload"),
    (Command::Settings, "config"),
    (Command::Times, "times"),
    (Command::SilenceExtend, "extend"),
    (Command::SilenceEnd, "expire"),
    (Command::SilenceEdit, "edit"),
    (Command::SilenceNew, "silence"),
    (Command::IncidentStatus, "incident"),
    (Command::IncidentRole, "incident"),
    (Command::IncidentTask, "incident"),
    (Command::IncidentTimes, "incident"),
    (Command::IncidentAttach, "incident"),
    (Command::IncidentDetach, "incident"),
    (Command::IncidentCorrect, "incident"),
    (Command::IncidentTitle, "incident"),
    (Command::PostMortem, "incident"),
    (Command::PaperWrite, "write"),
    (Command::WhatIf, "whatif"),
    (Command::Explain, "explain"),
    (Command::Drill, "drill"),
    (Command::Ask, "ask"),
    (Command::Undo, "undo"),
    (Command::Sent, "log"),
    (Command::Batch, "batch"),
    (Command::BatchRetry, "retry"),
    (Command::RunStop, "stop"),
    (Command::RunAgain, "again"),
];

/// What does it where no word does, and for which commands.
const INSTEAD: &[(&str, &[Command])] = &[
    ("there is no palette here: every line is a command, `help` lists the words", &[Command::Palette]),
    (
        "there are no panes here: `alerts`, `budgets` and `timeline` read what is in them",
        &[
            Command::Taller,
            Command::Shorter,
            Command::Wider,
            Command::Narrower,
            Command::Even,
            Command::PaneNext,
            Command::PanePrevious,
            Command::Zoom,
        ],
    ),
    (
        "there are no rows to move over here: `alerts` reads them, `open 3` opens the third",
        &[Command::Down, Command::Up, Command::Top, Command::Bottom, Command::PageDown, Command::PageUp],
    ),
    ("several alerts are named by their numbers: `mark 3 4 5`, `ack 3 4 5`", &[Command::MarkRange]),
    ("`mark all` marks every alert that the filter lets through, `ack all` acks them", &[Command::MarkAll]),
    ("`open 3` reads what is related; `alerts` tells the numbers to open it by", &[Command::Related]),
    ("no editor is opened here: `note 3 TEXT` writes a note, a line that ends in \\ goes on", &[Command::Editor]),
    (
        "the time axis is read here, not walked: `axis 3` tells all of it in sentences",
        &[
            Command::AxisLeft,
            Command::AxisRight,
            Command::AxisBefore,
            Command::AxisAfter,
            Command::AxisCloser,
            Command::AxisFarther,
        ],
    ),
    (
        "`open b1` reads what all graphs of a budget say, burn rates against every tier too",
        &[Command::Tier, Command::Rolling, Command::Month],
    ),
    (
        "there is no clipboard and no browser here: `open 3` reads the text and its links",
        &[Command::Copy, Command::OpenLink, Command::RunbookCopy, Command::PaperCopy],
    ),
    ("nothing is drawn here, and there is nothing to click on", &[Command::Theme, Command::ThemeWrite, Command::Mouse]),
    ("the tour walks over a screen: `help` reads the words, `help ack` one of them", &[Command::Tour]),
    ("the line that is run is read out here before it runs, and in `timeline`", &[Command::RunCommand]),
    (
        "`facets` reads every label here; `filter team=web` narrows to one, `filter team!=web` to the rest",
        &[Command::FacetNext, Command::FacetPrevious, Command::FacetWithout],
    ),
    (
        "a plan is read out here and asks by itself: `yes` does it, anything else leaves it",
        &[Command::QuestionYes, Command::QuestionNo],
    ),
    ("no key is half pressed here: a line is nothing before Enter", &[Command::ChordBack, Command::ChordLeave]),
    (
        "a form is asked field by field here: type the answer, `back` goes to the field before, `cancel` leaves, \
         `yes` sends",
        &[
            Command::FormSend,
            Command::FormCancel,
            Command::FormNext,
            Command::FormPrevious,
            Command::FormDown,
            Command::FormUp,
            Command::FormPageDown,
            Command::FormPageUp,
            Command::FormNewline,
            Command::FormEditor,
            Command::FormAsText,
            Command::FormOperator,
            Command::FormTemplate,
        ],
    ),
    (
        "a menu is read out here, and its lines are chosen by their numbers",
        &[
            Command::MenuChoose,
            Command::MenuCancel,
            Command::MenuNext,
            Command::MenuPrevious,
            Command::MenuTake,
            Command::MenuPageDown,
            Command::MenuPageUp,
        ],
    ),
    (
        "a line is edited here as the terminal edits it, before Enter",
        &[
            Command::TextLeft,
            Command::TextRight,
            Command::TextStart,
            Command::TextEnd,
            Command::TextBack,
            Command::TextDelete,
            Command::TextWord,
            Command::TextLine,
        ],
    ),
];

const fn word(command: Command) -> Option<&'static str> {
    let mut at = 0;
    while at < WORDS.len() {
        if WORDS[at].0 as usize == command as usize {
            return Some(WORDS[at].1);
        }
        at += 1;
    }
    None
}

const fn instead(command: Command) -> Option<&'static str> {
    let mut at = 0;
    while at < INSTEAD.len() {
        if holds(INSTEAD[at].1, command) {
            return Some(INSTEAD[at].0);
        }
        at += 1;
    }
    None
}

const fn holds(commands: &[Command], command: Command) -> bool {
    let mut at = 0;
    while at < commands.len() {
        if commands[at] as usize == command as usize {
            return true;
        }
        at += 1;
    }
    false
}

/// A command that stands in neither table, or in both, does not compile.
const _: () = {
    let mut at = 0;
    while at < Command::ALL.len() {
        let command = Command::ALL[at];
        assert!(word(command).is_some() != instead(command).is_some(), "each command has one way line by line");
        at += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::{super::words::find, *};

    #[test]
    fn every_command_has_a_word_or_a_sentence_that_says_what_does_it_here() {
        for command in Command::ALL {
            match way(*command) {
                Way::Word(word) => assert!(find(word).is_some(), "{}: {word} is no word", command.name()),
                Way::Instead(why) => assert!(why.len() > 20 && why.contains("here") || why.contains('`'), "{why}"),
            }
        }
    }
}
