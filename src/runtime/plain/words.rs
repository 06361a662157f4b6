//! The words that may be typed, each with its sentence, and what sentences say of keys. Does nothing itself.

use crate::{
    app::App,
    config::keymap::{Command, Context},
};

/// What a word does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Help,
    Alerts,
    Budgets,
    Timeline,
    Silences,
    Incidents,
    Status,
    News,
    Open,
    Axis,
    Note,
    Silence,
    /// On the silence that is named, else on the open one.
    OfSilence(Command),
    /// An incident from alerts, or from nothing.
    Declare,
    /// A key of an open incident.
    Incident,
    Filter,
    Group,
    Mark,
    /// Steps of a runbook.
    Step,
    /// On the alerts that are named, else on the open one.
    On(Command),
    /// On the alert, budget or incident that is named, else on what is open; with nothing before it too.
    Maybe(Command),
    /// On the budget that is named, else on the open one.
    OnBudget(Command),
    /// As it is.
    Run(Command),
    /// A command of the document, the batch or the run that is open.
    InOpen(Command),
}

/// One word.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub word: &'static str,
    /// What stands behind it.
    pub with: &'static str,
    pub help: &'static str,
    pub does: Does,
}

const fn word(word: &'static str, with: &'static str, help: &'static str, does: Does) -> Word {
    Word { word, with, help, does }
}

/// All words, in the order of the help: looking, acting, incidents, seeing, budgets, the program.
pub const WORDS: &[Word] = &[
    word("alerts", "[all]", "The alerts with their numbers, the worst first; all of them with `all`.", Does::Alerts),
    word("open", "N", "All of one thing: alert 3, budget b1, entry e2, silence s1, incident i1.", Does::Open),
    word("back", "", "Leaves what is open; after that marks, the filter, the view.", Does::Run(Command::Back)),
    word("budgets", "", "The error budgets with their numbers, a sentence each.", Does::Budgets),
    word("timeline", "[HOW MANY]", "The newest entries with their numbers.", Does::Timeline),
    word("silences", "", "The silences with their numbers.", Does::Silences),
    word("incidents", "", "The incidents with their numbers.", Does::Incidents),
    word("status", "", "The word over everything, the counts, how old each source is.", Does::Status),
    word(
        "news",
        "[live|hold]",
        "Tells what was held back; `hold` holds news back until then, `live` tells it as it comes.",
        Does::News,
    ),
    word(
        "ack",
        "N.. [REASON]",
        "Says that you are on it; `ack all` on all that the filter shows.",
        Does::On(Command::Ack),
    ),
    word("unack", "N..", "Takes an ack back.", Does::On(Command::Unack)),
    word(
        "ask",
        "N",
        "Asks the source of the alert to do what only it can: resolve, snooze, escalate, note.",
        Does::On(Command::Ask),
    ),
    word("take", "N", "Acks the whole group of the alert.", Does::On(Command::TakeGroup)),
    word("note", "[N] [TEXT]", "Writes a note on an alert, budget, entry or incident, else on the watch.", Does::Note),
    word(
        "silence",
        "N.. [FOR [COMMENT]]",
        "Mutes what has the labels of the alert: `silence 3 2h rollout`.",
        Does::Silence,
    ),
    word("extend", "sN", "Gives a silence a later end.", Does::OfSilence(Command::SilenceExtend)),
    word("expire", "sN", "Ends a silence.", Does::OfSilence(Command::SilenceEnd)),
    word("edit", "sN", "Changes a silence.", Does::OfSilence(Command::SilenceEdit)),
    word("undo", "", "Takes back what you did last.", Does::Run(Command::Undo)),
    word("log", "", "What was sent, each with its line of amtool or curl.", Does::Run(Command::Sent)),
    word("batch", "", "How the last act on many alerts goes.", Does::Run(Command::Batch)),
    word("retry", "", "In a batch: sends again what was refused.", Does::InOpen(Command::BatchRetry)),
    word("runbook", "N", "Reads the alert's runbook.", Does::On(Command::Runbook)),
    word("step", "N", "In a runbook: ticks its step of that number, or shows its command before it runs.", Does::Step),
    word(
        "actions",
        "[N]",
        "The actions for an alert, budget or incident: one is chosen by its number.",
        Does::Maybe(Command::Actions),
    ),
    word("stop", "", "In a run of actions: stops what runs.", Does::InOpen(Command::RunStop)),
    word("again", "", "In a run on several: once more for those it was not done on.", Does::InOpen(Command::RunAgain)),
    word("noise", "N", "Marks the alert as not actionable, or takes that back.", Does::On(Command::Noise)),
    word("declare", "[N..]", "Declares an incident from these alerts, or from nothing.", Does::Declare),
    word(
        "incident",
        "[iN] WORD",
        "Says something of the incident: status, role, task, time, attach, rename, postmortem; of a part of it: tick, change (a task's number), detach (3, b1, e2), correct (a note's e2). `incident 3` opens an alert's.",
        Does::Incident,
    ),
    word("oncall", "", "Who is on call, until when, and who comes after.", Does::Run(Command::OnCall)),
    word("handoff", "", "Writes the handoff of the last 12 hours.", Does::Run(Command::Handoff)),
    word("write", "", "Keeps the document that is open in a file.", Does::InOpen(Command::PaperWrite)),
    word("filter", "[FILTER]", "Narrows the alerts: `filter team=web`; alone it shows all again.", Does::Filter),
    word("view", "", "The next of your views of the alerts.", Does::Run(Command::ViewNext)),
    word("previous", "", "The view before.", Does::Run(Command::ViewPrevious)),
    word("group", "", "Groups the alerts by a label that is then asked for.", Does::Group),
    word("fold", "N", "Folds the group of the alert, or unfolds it.", Does::On(Command::Fold)),
    word("foldall", "", "Folds every group, or unfolds all.", Does::Run(Command::FoldAll)),
    word("apart", "N", "Takes an alert that several sources tell apart, or joins it.", Does::On(Command::Apart)),
    word("apartall", "", "Takes all such alerts apart, or joins them.", Does::Run(Command::ApartAll)),
    word("sort", "", "Puts the alerts into the next order.", Does::Run(Command::Sort)),
    word("facets", "", "Counts the alerts by label and value.", Does::Run(Command::Facets)),
    word("mark", "N..", "Marks alerts: the next act without a number is about them. `mark all` marks all.", Does::Mark),
    word("seen", "", "Says that you have seen what is new.", Does::Run(Command::Seen)),
    word("returned", "", "What fired and resolved while you were away.", Does::Run(Command::Returned)),
    word("clear", "", "In what returned: clears all of it.", Does::InOpen(Command::ReturnedClear)),
    word("storm", "", "Goes into storm mode, or out of it.", Does::Run(Command::Storm)),
    word("machines", "", "Leaves out of the timeline what machines wrote, or not.", Does::Run(Command::FoldMachines)),
    word(
        "kinds",
        "",
        "Shows changes alone in the timeline, then alerts, then acts.",
        Does::Run(Command::TimelineKinds),
    ),
    word("times", "", "Tells moments by age, by the clock in UTC, or by that of your zone.", Does::Run(Command::Times)),
    word("axis", "[N]", "The time axis in sentences: of an alert, a budget or an incident.", Does::Axis),
    word("graph", "[bN]", "A budget's graphs in sentences.", Does::Open),
    word("explain", "[bN]", "Every number of a budget with its formula.", Does::OnBudget(Command::Explain)),
    word("drill", "[bN]", "Which part of the traffic spent it in the last hour.", Does::OnBudget(Command::Drill)),
    word("whatif", "[bN]", "Another objective, another window, a planned outage.", Does::OnBudget(Command::WhatIf)),
    word("awake", "", "Lifts the quiet hours for a while: you are awake; again ends it.", Does::Run(Command::Awake)),
    word(
        "config",
        "",
        "What the configuration changed or says wrong; what waits for a yes is read out and asked.",
        Does::Run(Command::Settings),
    ),
    word("reload", "", "Reads the configuration again now.", Does::Run(Command::Reload)),
    word("refresh", "", "Asks every source again now.", Does::Run(Command::Refresh)),
    word("help", "[WORD]", "All words, or one.", Does::Help),
    word("quit", "", "Leaves Watchfire.", Does::Run(Command::Quit)),
];

/// The word as it is typed, or the name of the command that it stands for.
pub fn find(typed: &str) -> Option<&'static Word> {
    let of = |word: &str| WORDS.iter().find(|w| w.word == word);
    let short = match typed {
        "?" => "help",
        "q" | "exit" => "quit",
        "a" => "alerts",
        "n" => "news",
        typed => typed,
    };
    of(short)
}

/// What may be said of an incident, and the command for it.
pub const OF_INCIDENT: &[(&str, Command)] = &[
    ("status", Command::IncidentStatus),
    ("role", Command::IncidentRole),
    ("task", Command::IncidentTask),
    ("time", Command::IncidentTimes),
    ("attach", Command::IncidentAttach),
    ("detach", Command::IncidentDetach),
    ("correct", Command::IncidentCorrect),
    ("tick", Command::Mark),
    ("change", Command::Open),
    ("rename", Command::IncidentTitle),
    ("postmortem", Command::PostMortem),
];

/// What a sentence says of keys, and the words that stand for them; `{NAME}` is the key of that command.
const KEYS: &[(&str, &str)] = &[
    (" (A takes it back)", ", unack takes it back"),
    (" ({pane.alerts}, then {move.down} and {move.up})", " by its number, such as 3"),
    (" ({pane.budgets}, {open})", " (open b1)"),
    (" ({open})", " (open 3)"),
    ("; {form.cancel} leaves", ""),
    (", {form.send} sends it", ", yes sends it"),
    (", {question.yes} sends it", ", yes sends it"),
    ("; {note.add} brings it back", "; note with the same number brings it back"),
    ("; {document.write} writes it to a file", "; write keeps it in a file"),
    ("; {app.back} clears it", "; filter alone clears it"),
    ("; {pane.next} goes on, {app.back} shows all", "; view goes on, back shows all"),
    (": the same key again stops it and leaves", ": quit again stops it and leaves"),
    (": {config.changes} shows it", ": config reads it out"),
    (", u takes it back", ", undo takes it back"),
    ("nobody has a role; r gives one", "nobody has a role; `incident role` gives one"),
    ("; T corrects)", "; `incident time` corrects)"),
    (". {alerts.unack} ends it", ". unack ends it"),
    (": {alerts.unack} ends it", ": unack ends it"),
    (" (A ends it)", " (unack ends it)"),
    (" (B shows them)", ", batch tells them"),
    (" (y copies it; put your own secrets in)", " (put your own secrets in)"),
    ("y copies the link; r tries again", "refresh tries again"),
    ("; y copies the command", ""),
    ("; {alerts.group} groups the alerts", "; `group` groups the alerts"),
    ("; y copies it", ""),
    ("; {alerts.noise} takes it back", "; noise takes it back"),
    (": {incident.detach} takes it out", ""),
    ("the next is marked with {alerts.related}, {open} opens what is marked", ""),
    ("{question.yes} takes it up; {question.no} leaves things as they are.", "yes takes it up."),
];

/// The sentence for who has no such keys.
pub fn without_keys(app: &App, text: &str) -> String {
    KEYS.iter().fold(text.to_owned(), |text, (keys, words)| text.replace(&with_keys(app, keys), words))
}

/// A sentence with the keys that are bound now in the place of the names of their commands.
fn with_keys(app: &App, text: &str) -> String {
    let mut said = String::new();
    for part in text.split('{') {
        let (name, rest) = part.split_once('}').unwrap_or(("", part));
        if let Some(command) = Command::from_name(name) {
            let here = command.places().first().copied().unwrap_or(Context::Alerts);
            said.push_str(&app.key_in(here, command));
        }
        said.push_str(rest);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_once_and_has_a_sentence() {
        for word in WORDS {
            assert_eq!(WORDS.iter().filter(|w| w.word == word.word).count(), 1, "{}", word.word);
            assert!(word.help.ends_with('.'), "{}", word.word);
        }
    }
}
