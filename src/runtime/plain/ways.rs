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

const ROWS: Way = Way::Instead("there are no rows to move over here: `alerts` reads them, `open 3` opens the third");
const AXIS: Way = Way::Instead("the time axis is read here, not walked: `axis 3` tells all of it in sentences");
const GRAPHS: Way = Way::Instead("`open b1` reads what all graphs of a budget say, burn rates against every tier too");

const FORMS: Way = Way::Instead(
    "a form is asked field by field here: type the answer, `back` goes to the field before, `cancel` leaves, `yes` sends",
);

/// Every command stands here: one without an arm does not compile.
#[allow(clippy::too_many_lines, reason = "a table: one line a command")]
pub const fn way(command: Command) -> Way {
    match command {
        Command::Help => Way::Word("help"),
        Command::Palette => Way::Instead("there is no palette here: every line is a command, `help` lists the words"),
        Command::Back => Way::Word("back"),
        Command::Refresh => Way::Word("refresh"),
        Command::Quit => Way::Word("quit"),
        Command::Taller | Command::Shorter | Command::Wider | Command::Narrower | Command::Even => {
            Way::Instead("there are no panes here: `alerts`, `budgets` and `timeline` read what is in them")
        }
        Command::PaneNext | Command::PanePrevious | Command::Zoom => {
            Way::Instead("there are no panes here: `alerts`, `budgets` and `timeline` read what is in them")
        }
        Command::ViewNext => Way::Word("view"),
        Command::ViewPrevious => Way::Word("previous"),
        Command::PaneAlerts => Way::Word("alerts"),
        Command::PaneBudgets => Way::Word("budgets"),
        Command::PaneTimeline => Way::Word("timeline"),
        Command::Down | Command::Up | Command::Top | Command::Bottom | Command::PageDown | Command::PageUp => ROWS,
        Command::Open => Way::Word("open"),
        Command::Filter => Way::Word("filter"),
        Command::Mark => Way::Word("mark"),
        Command::MarkRange => Way::Instead("several alerts are named by their numbers: `mark 3 4 5`, `ack 3 4 5`"),
        Command::MarkAll => {
            Way::Instead("`mark all` marks every alert that the filter lets through, `ack all` acks them")
        }
        Command::Related => Way::Instead("`open 3` reads what is related; `alerts` tells the numbers to open it by"),
        Command::Ack => Way::Word("ack"),
        Command::Unack => Way::Word("unack"),
        Command::Silence => Way::Word("silence"),
        Command::Silences => Way::Word("silences"),
        Command::Incident => Way::Word("declare"),
        Command::Incidents => Way::Word("incidents"),
        Command::Handoff => Way::Word("handoff"),
        Command::OnCall => Way::Word("oncall"),
        Command::FoldMachines => Way::Word("machines"),
        Command::TimelineKinds => Way::Word("kinds"),
        Command::Note => Way::Word("note"),
        Command::Editor => {
            Way::Instead("no editor is opened here: `note 3 TEXT` writes a note, a line that ends in \\ goes on")
        }
        Command::GroupBy => Way::Word("group"),
        Command::Fold => Way::Word("fold"),
        Command::FoldAll => Way::Word("foldall"),
        Command::Apart => Way::Word("apart"),
        Command::ApartAll => Way::Word("apartall"),
        Command::Sort => Way::Word("sort"),
        Command::Facets => Way::Word("facets"),
        Command::Seen => Way::Word("seen"),
        Command::Returned => Way::Word("returned"),
        Command::Storm => Way::Word("storm"),
        Command::TakeGroup => Way::Word("take"),
        Command::Noise => Way::Word("noise"),
        Command::Runbook => Way::Word("runbook"),
        Command::Actions => Way::Word("actions"),
        Command::AxisLeft
        | Command::AxisRight
        | Command::AxisBefore
        | Command::AxisAfter
        | Command::AxisCloser
        | Command::AxisFarther => AXIS,
        Command::Graph => Way::Word("graph"),
        Command::Tier | Command::Rolling | Command::Month => GRAPHS,
        Command::Copy | Command::OpenLink | Command::RunbookCopy | Command::PaperCopy => {
            Way::Instead("there is no clipboard and no browser here: `open 3` reads the text and its links")
        }
        Command::Awake => Way::Word("awake"),
        Command::Reload => Way::Word("reload"),
        Command::Settings => Way::Word("config"),
        Command::Times => Way::Word("times"),
        Command::Theme | Command::ThemeWrite | Command::Mouse => {
            Way::Instead("nothing is drawn here, and there is nothing to click on")
        }
        Command::Tour => Way::Instead("the tour walks over a screen: `help` reads the words, `help ack` one of them"),
        Command::SilenceExtend => Way::Word("extend"),
        Command::SilenceEnd => Way::Word("expire"),
        Command::SilenceEdit => Way::Word("edit"),
        Command::SilenceNew => Way::Word("silence"),
        Command::IncidentStatus
        | Command::IncidentRole
        | Command::IncidentTask
        | Command::IncidentTimes
        | Command::IncidentAttach
        | Command::IncidentDetach
        | Command::IncidentCorrect
        | Command::IncidentTitle
        | Command::PostMortem => Way::Word("incident"),
        Command::RunbookNext => Way::Word("step"),
        Command::PaperWrite => Way::Word("write"),
        Command::WhatIf => Way::Word("whatif"),
        Command::Explain => Way::Word("explain"),
        Command::Drill => Way::Word("drill"),
        Command::Ask => Way::Word("ask"),
        Command::Undo => Way::Word("undo"),
        Command::Sent => Way::Word("log"),
        Command::Batch => Way::Word("batch"),
        Command::BatchRetry => Way::Word("retry"),
        Command::RunStop => Way::Word("stop"),
        Command::RunAgain => Way::Word("again"),
        Command::RunCommand => Way::Instead("the line that is run is read out here before it runs, and in `timeline`"),
        Command::ReturnedClear => Way::Word("clear"),
        Command::FacetNext | Command::FacetPrevious | Command::FacetWithout => Way::Instead(
            "`facets` reads every label here; `filter team=web` narrows to one, `filter team!=web` to the rest",
        ),
        Command::QuestionYes | Command::QuestionNo => {
            Way::Instead("a plan is read out here and asks by itself: `yes` does it, anything else leaves it")
        }
        Command::ChordBack | Command::ChordLeave => {
            Way::Instead("no key is half pressed here: a line is nothing before Enter")
        }
        Command::FormSend
        | Command::FormCancel
        | Command::FormNext
        | Command::FormPrevious
        | Command::FormDown
        | Command::FormUp
        | Command::FormPageDown
        | Command::FormPageUp
        | Command::FormNewline
        | Command::FormEditor
        | Command::FormAsText
        | Command::FormOperator
        | Command::FormTemplate => FORMS,
        Command::MenuChoose
        | Command::MenuCancel
        | Command::MenuNext
        | Command::MenuPrevious
        | Command::MenuTake
        | Command::MenuPageDown
        | Command::MenuPageUp => Way::Instead("a menu is read out here, and its lines are chosen by their numbers"),
        Command::TextLeft
        | Command::TextRight
        | Command::TextStart
        | Command::TextEnd
        | Command::TextBack
        | Command::TextDelete
        | Command::TextWord
        | Command::TextLine => Way::Instead("a line is edited here as the terminal edits it, before Enter"),
    }
}

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
