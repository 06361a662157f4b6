//! The timeline pane: what happened, oldest first, the newest at the bottom.

use ratatui::layout::Rect;

use crate::{
    app::desk::{layout::Pane, touch::Spot},
    config::{
        keymap::{Command, Context},
        theme::Role,
    },
    domain::{
        change::Weight,
        duration,
        entry::{Entry, Kind},
        incident::{Corrections, Line, Part, Skew, sentence as sentence_of_incident},
        text::SafeText,
    },
};

use super::{
    Canvas,
    alerts::pane_title,
    when::When,
    widgets::text::{Pen, clip},
};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let app = c.app;
    let (when, entries) = (When::of(app), app.desk.told(&app.world));
    let mut title = vec!["3 timeline".to_owned()];
    title.extend(
        app.desk.folded.then(|| format!("without what machines wrote ({})", app.key_of(Command::FoldMachines))),
    );
    title.extend(
        Some(app.desk.kinds.in_words())
            .filter(|w| !w.is_empty())
            .map(|w| format!("{w} ({})", app.key_in(Context::Timeline, Command::TimelineKinds))),
    );
    let title = title.join("  ");
    let right = entries.last().map(|e| format!("last {}", when.past(e.at, "%H:%M:%S"))).unwrap_or_default();
    let inner = pane_title(c, area, Pane::Timeline, &title, &right);
    if entries.is_empty() {
        let empty = format!("nothing has happened yet; {} writes a note", app.key_of(Command::Note));
        Pen::new(c.buf, inner, 0).skip(2).put(&empty, c.look.style(Role::Hint));
        return;
    }
    let corrections = Corrections::of(&app.world.timeline.entries);
    let (place, top) = (c.app.desk.timeline.place(), c.app.desk.timeline.top);
    let mut before = None;
    for line in 0..inner.height {
        let index = top + usize::from(line);
        let Some(entry) = entries.get(index).copied() else { break };
        let is_first = before.is_none_or(|at| !when.is_same_day(at, entry.at));
        let show_day = is_first && !when.is_same_day(entry.at, c.app.now);
        before = Some(entry.at);
        let selected = place == Some(index) && c.app.desk.focus == Pane::Timeline;
        c.hits.line(inner, line, Spot::Line(Pane::Timeline, index));
        row(c, inner, line, &Line::of(entry, &corrections), (selected, show_day));
    }
}

fn row(c: &mut Canvas<'_>, area: Rect, line: u16, told_line: &Line<'_>, (selected, show_day): (bool, bool)) {
    let entry = told_line.entry;
    let look = c.look;
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    pen.column(&When::of(c.app).entry(entry.at, show_day), 6, look.style(Role::Dim));
    let (word, role) = word(&entry.kind);
    let shown = if word.is_empty() { entry.kind.to_string() } else { word.to_owned() };
    pen.column(&clip(&shown, 9), 10, look.style(role));
    pen.put(&told(told_line), look.style(Role::Text));
    if selected {
        c.choose(area, line);
    }
}

/// A word for the kind; empty for a kind that only a newer version knows.
pub(crate) fn word(kind: &Kind) -> (&str, Role) {
    match kind {
        Kind::AlertFired => ("fired", Role::Bad),
        Kind::AlertResolved => ("resolved", Role::Ok),
        Kind::AckIntended => ("acking", Role::Dim),
        Kind::AckConfirmed => ("acked", Role::Acked),
        Kind::AckRefused => ("refused", Role::Bad),
        Kind::AckUnknown | Kind::UnackUnknown | Kind::SilenceUnknown | Kind::RequestUnknown => {
            ("no word", Role::Unknown)
        }
        Kind::AckBroken => ("ACK BROKE", Role::Bad),
        Kind::AckReleased => ("ack ended", Role::Dim),
        Kind::AckExtended => ("ack kept", Role::Dim),
        Kind::UnackIntended => ("unacking", Role::Dim),
        Kind::UnackConfirmed => ("unacked", Role::Acked),
        Kind::UnackRefused => ("refused", Role::Bad),
        Kind::SilenceCreated => ("silenced", Role::Suppressed),
        Kind::SilenceExpired => ("unmuted", Role::Suppressed),
        Kind::SilenceIntended => ("silencing", Role::Dim),
        Kind::SilenceConfirmed => ("silence", Role::Suppressed),
        Kind::SilenceRefused => ("refused", Role::Bad),
        Kind::RequestIntended => ("asking", Role::Dim),
        Kind::RequestConfirmed => ("done", Role::Acked),
        Kind::RequestRefused => ("refused", Role::Bad),
        Kind::NoiseMarked => ("noise", Role::Dim),
        Kind::NoteAdded => ("note", Role::Accent),
        Kind::NoteCorrected => ("corrected", Role::Accent),
        Kind::SourceLost => ("LOST", Role::Unknown),
        Kind::SourceBack => ("back", Role::Ok),
        Kind::Change(word) => (word.as_str(), of_change(word.weight())),
        Kind::ActionStarted => ("ran", Role::Accent),
        Kind::ActionEnded => ("ended", Role::Accent),
        Kind::ActionUnknown => ("no word", Role::Unknown),
        Kind::RunbookTicked => ("step", Role::Ok),
        Kind::ObjectiveChanged => ("objective", Role::Marker),
        Kind::ConfigChanged => ("config", Role::Marker),
        Kind::Incident(part) => (incident(*part), Role::Marker),
        Kind::Other(_) => ("", Role::Dim),
    }
}

fn of_change(weight: Weight) -> Role {
    match weight {
        Weight::Marker => Role::Marker,
        Weight::Crash => Role::Warning,
        Weight::Paging => Role::Text,
        Weight::Event | Weight::Quiet => Role::Dim,
    }
}

fn incident(part: Part) -> &'static str {
    match part {
        Part::Declared => "INCIDENT",
        Part::Changed => "changed",
        Part::Status => "status",
        Part::Role => "role",
        Part::Task => "task",
        Part::Attached => "attached",
        Part::Detached => "detached",
        Part::Time => "time",
        Part::Withdrawn => "withdrawn",
    }
}

/// A line of an incident's timeline: its time, its word, what it says. The incident itself is not named again.
pub(crate) fn parts(line: &Line<'_>, within: Option<&SafeText>, when: When<'_>) -> Vec<(String, Role)> {
    let (known, role) = word(&line.entry.kind);
    let word = if known.is_empty() { line.entry.kind.to_string() } else { known.to_owned() };
    let text = told_within(line, within);
    vec![
        (when.past(line.entry.at, "%d.%m. %H:%M:%S") + " ", Role::Dim),
        (format!("{word:<10} "), role),
        (text, Role::Text),
    ]
}

/// What happened on one line, as it is to be shown: corrected, tagged, with the word that it was told late.
pub(crate) fn told(line: &Line<'_>) -> String {
    told_within(line, None)
}

/// The same where the reader knows what is called by this title.
fn told_within(line: &Line<'_>, within: Option<&SafeText>) -> String {
    let tag = line.tag.map(|t| format!("[{t}] ")).unwrap_or_default();
    let corrected = if line.corrected.is_some() { " (corrected)" } else { "" };
    let skew = match line.skew {
        Some(Skew::Late(by)) => format!(" (told {} later)", duration::long(by)),
        Some(Skew::Ahead(by)) => format!(" (clocks differ by {})", duration::long(by)),
        None => String::new(),
    };
    let mut words = with_text(line.entry, line.text());
    if let Some(title) = within.filter(|t| line.entry.body.title.as_ref() == Some(*t)) {
        let rest = words.strip_prefix(title.line().as_ref()).map(|rest| rest.trim_start_matches([':', ' ']).to_owned());
        words = rest.unwrap_or(words);
    }
    format!("{tag}{words}{corrected}{skew}")
}

/// What happened, corrected where it was; how late it was told and that it was corrected are for others to say.
pub(crate) fn text_of(line: &Line<'_>) -> String {
    with_text(line.entry, line.text())
}

/// What happened, on one line.
pub(crate) fn sentence(entry: &Entry) -> String {
    with_text(entry, entry.body.text.as_ref())
}

/// Whether a title says already who did it.
fn names(title: &str, by: &str) -> bool {
    by.is_empty() || format!(" {title} ").contains(&format!(" {by} "))
}

pub(crate) fn with_text(entry: &Entry, text: Option<&SafeText>) -> String {
    let title = entry.body.title.as_ref().map_or_else(|| entry.subject.to_string(), |t| t.line().into_owned());
    let text = text.map(|t| t.line().into_owned()).filter(|t| !t.is_empty());
    let by = entry.actor.line();
    let until = entry.body.until.map(|t| format!(" until {} UTC", t.format("%H:%M"))).unwrap_or_default();
    let tail = text.map(|t| format!(": {t}")).unwrap_or_default();
    match entry.kind {
        Kind::AlertFired | Kind::AlertResolved | Kind::SourceLost | Kind::SourceBack | Kind::ObjectiveChanged => {
            format!("{title}{tail}")
        }
        Kind::NoteAdded if entry.subject.as_str() == "watch" => format!("{by}{tail}"),
        Kind::SilenceIntended | Kind::SilenceConfirmed if entry.body.until.is_none() => {
            format!("{title} ended by {by}{tail}")
        }
        Kind::Incident(_) => format!("{title}: {}, says {by}{tail}", sentence_of_incident(entry)),
        Kind::SilenceExpired => format!("{title} (was {by}'s){tail}"),
        Kind::ActionStarted | Kind::ActionEnded | Kind::ActionUnknown => super::action::sentence(entry, &title),
        Kind::RunbookTicked => {
            format!("{}{} on {title} by {by}", super::runbook::ticked(entry), tail.trim_start_matches(": "))
        }
        Kind::Change(_) if names(&title, &by) => format!("{title}{until}{tail}"),
        _ => format!("{title} by {by}{until}{tail}"),
    }
}
