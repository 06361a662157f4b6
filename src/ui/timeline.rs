//! The timeline pane: what happened, oldest first, the newest at the bottom.

use ratatui::layout::Rect;

use crate::{
    app::desk::layout::Pane,
    config::theme::Role,
    domain::entry::{Entry, Kind},
};

use super::{Canvas, alerts::pane_title, widgets::text::Pen};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let entries = &c.app.world.timeline.entries;
    let right = entries.back().map(|e| format!("last {}", e.at.format("%H:%M:%S"))).unwrap_or_default();
    let inner = pane_title(c, area, Pane::Timeline, "3 timeline", &right);
    if entries.is_empty() {
        Pen::new(c.buf, inner, 0).skip(2).put("nothing has happened yet; n writes a note", c.look.style(Role::Hint));
        return;
    }
    let (place, top) = (c.app.desk.timeline.place(), c.app.desk.timeline.top);
    let mut day = None;
    for line in 0..inner.height {
        let index = top + usize::from(line);
        let Some(entry) = c.app.world.timeline.entries.get(index) else { break };
        let today = entry.at.date_naive();
        let show_day = day != Some(today) && today != c.app.now.date_naive();
        day = Some(today);
        let selected = place == Some(index) && c.app.desk.focus == Pane::Timeline;
        row(c, inner, line, entry, (selected, show_day));
    }
}

fn row(c: &mut Canvas<'_>, area: Rect, line: u16, entry: &Entry, (selected, show_day): (bool, bool)) {
    let look = c.look;
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    let time = if show_day { entry.at.format("%d.%m.") } else { entry.at.format("%H:%M") };
    pen.column(&time.to_string(), 6, look.style(Role::Dim));
    let (word, role) = word(&entry.kind);
    let shown = if word.is_empty() { entry.kind.to_string() } else { word.to_owned() };
    pen.column(&shown, 10, look.style(role));
    pen.put(&sentence(entry), look.style(Role::Text));
    if selected {
        c.buf.set_style(Rect { y: area.y + line, height: 1, ..area }, look.style(Role::Selection));
    }
}

/// A word for the kind; empty for a kind that only a newer version knows.
pub(crate) fn word(kind: &Kind) -> (&'static str, Role) {
    match kind {
        Kind::AlertFired => ("fired", Role::Bad),
        Kind::AlertResolved => ("resolved", Role::Ok),
        Kind::AckIntended => ("acking", Role::Dim),
        Kind::AckConfirmed => ("acked", Role::Acked),
        Kind::AckRefused => ("refused", Role::Bad),
        Kind::AckUnknown | Kind::UnackUnknown | Kind::SilenceUnknown => ("no word", Role::Unknown),
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
        Kind::NoiseMarked => ("noise", Role::Dim),
        Kind::NoteAdded => ("note", Role::Accent),
        Kind::SourceLost => ("LOST", Role::Unknown),
        Kind::SourceBack => ("back", Role::Ok),
        Kind::Deploy => ("deploy", Role::Marker),
        Kind::ActionStarted => ("ran", Role::Accent),
        Kind::ActionEnded => ("ended", Role::Accent),
        Kind::ActionUnknown => ("no word", Role::Unknown),
        Kind::RunbookTicked => ("step", Role::Ok),
        Kind::ObjectiveChanged => ("objective", Role::Marker),
        Kind::Other(_) => ("", Role::Dim),
    }
}

/// What happened, on one line.
pub(crate) fn sentence(entry: &Entry) -> String {
    let title = entry.body.title.as_ref().map_or_else(|| entry.subject.to_string(), |t| t.line().into_owned());
    let text = entry.body.text.as_ref().map(|t| t.line().into_owned()).filter(|t| !t.is_empty());
    let by = entry.actor.line();
    let until = entry.body.until.map(|t| format!(" until {}", t.format("%H:%M"))).unwrap_or_default();
    let tail = text.map(|t| format!(": {t}")).unwrap_or_default();
    match entry.kind {
        Kind::AlertFired | Kind::AlertResolved | Kind::SourceLost | Kind::SourceBack | Kind::ObjectiveChanged => {
            format!("{title}{tail}")
        }
        Kind::NoteAdded if entry.subject.as_str() == "watch" => format!("{by}{tail}"),
        Kind::SilenceIntended | Kind::SilenceConfirmed if entry.body.until.is_none() => {
            format!("{title} ended by {by}{tail}")
        }
        Kind::SilenceExpired => format!("{title} (was {by}'s){tail}"),
        Kind::ActionStarted | Kind::ActionEnded | Kind::ActionUnknown => super::action::sentence(entry, &title),
        Kind::RunbookTicked => {
            format!("{}{} on {title} by {by}", super::runbook::ticked(entry), tail.trim_start_matches(": "))
        }
        _ => format!("{title} by {by}{until}{tail}"),
    }
}
