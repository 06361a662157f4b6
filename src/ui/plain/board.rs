//! The board in sentences: what is burning over all, each alert, each group; the worst word first, the number before it.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::{
        App,
        desk::view::Line,
        world::{
            World,
            board::{Row, Slot},
        },
    },
    domain::{
        Time,
        alert::{AlertState, Severity},
        duration,
    },
    ui::{
        Canvas,
        alerts::{age, header as group, state_word},
        header,
        look::Look,
        requests,
    },
};

/// `BURNING: 5 critical, 13 error, 1 acked; prod-eu 0s, metrics 5s`, all that the head of the screen says.
pub fn status(app: &App) -> String {
    let mut parts: Vec<String> = vec![counts(&app.world)];
    if let Some(fault) = &app.world.journal_fault {
        parts.push(format!("the journal: {}", fault.line()));
    }
    let sources = app.world.sources.iter().map(|s| header::chip(s, app.now, true).0);
    parts.push(sources.collect::<Vec<_>>().join(", "));
    parts.extend(header::budgets(&app.world, app.now).map(|(text, _)| text));
    if app.world.read_only {
        parts.push("read-only".into());
    }
    parts.extend(app.settings.mark().map(|(mark, _)| mark));
    parts.join("; ")
}

/// The word over everything, and how many of what.
pub fn counts(world: &World) -> String {
    let mut parts: Vec<String> = Severity::ALL
        .iter()
        .filter_map(|s| Some((world.board.burning(*s), s.as_str())).filter(|(n, _)| *n > 0))
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    if world.board.acked() > 0 {
        parts.push(format!("{} acked", world.board.acked()));
    }
    let word = header::verdict(world).0;
    if parts.is_empty() { word } else { format!("{word}: {}", parts.join(", ")) }
}

/// What stands where no alert does: not knowing is no calm.
pub fn none(app: &App) -> String {
    if !app.world.board.is_empty() {
        return crate::ui::views::nothing(app);
    }
    if app.world.is_blind() {
        "UNKNOWN: not every source could be read, so this is not calm".into()
    } else {
        "no alert fires".into()
    }
}

/// The alerts of a line, the worst first; none of a group's header.
pub fn alerts_on<'a>(app: &'a App, line: &Line) -> Vec<&'a Row> {
    let at = |slot: &Slot| app.world.board.at(*slot);
    match line {
        Line::Alert(slot) | Line::Apart(slot, _) => at(slot).into_iter().collect(),
        Line::Twins(index) => {
            let members = app.desk.view.joined().members(*index);
            crate::app::desk::view::twins::worst_first(&app.world, members)
        }
        Line::Group(_) => Vec::new(),
    }
}

/// `critical ProbeFailing, firing 6m: Nobody can buy; prod-eu; acked by mei until 22:00 UTC`
pub fn alert(app: &App, tales: &[&Row]) -> String {
    let Some(row) = tales.first() else { return String::new() };
    let (world, now) = (&app.world, app.now);
    let state = state_word(row).0.replace('…', "");
    let told = if row.state == AlertState::Unknown { "told " } else { "" };
    let ago = if told.is_empty() { "" } else { " ago" };
    let mut parts = vec![format!(
        "{} {}, {state} {told}{}{ago}: {}",
        row.severity.as_str(),
        row.name().line(),
        age(world, row, now),
        row.says(now)
    )];
    parts.extend(crate::ui::pages::word(world, row));
    parts.push(if tales.len() > 1 {
        let names: Vec<&str> = tales.iter().map(|row| row.id.source.as_str()).collect();
        format!("told by {}", names.join(" and "))
    } else {
        row.id.source.to_string()
    });
    parts.extend(owned(row, now));
    parts.extend(requests::next(row, now));
    parts.extend(world.still_mutes(row).map(|_| "its ack broke, a silence still mutes it".to_owned()));
    for (is, word) in [(world.is_new(row), "new"), (world.is_flapping(row, now), "flapping")] {
        parts.extend(is.then(|| word.to_owned()));
    }
    if tales.iter().any(|row| app.desk.marks.holds(&row.id)) {
        parts.push("marked".into());
    }
    parts.join("; ")
}

fn owned(row: &Row, now: Time) -> Option<String> {
    let ack = row.ack.as_ref()?;
    let reason = ack.reason.line();
    let reason = if reason.is_empty() { String::new() } else { format!(", {reason}") };
    let left = ack.left(now).map(|left| format!(" for {} more", duration::short(left))).unwrap_or_default();
    Some(format!("acked by {}{left}{reason}", ack.by.line()))
}

/// The header of a group.
pub fn header_of(app: &App, look: &Look, index: usize) -> String {
    let mut nothing = Buffer::empty(Rect::ZERO);
    group::sentence(&Canvas::on(app, look, &mut nothing), index)
}
