//! The board in sentences: what is burning over all, each alert, each group; the worst word first, the number before it.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::{
        App,
        desk::view::Line,
        world::{
            World,
            board::{Row, Slot},
            sources::{SourceStatus, Standing},
        },
    },
    config::theme::Role,
    domain::{
        Time,
        alert::{AlertState, Severity},
        duration,
    },
    ui::{
        Canvas,
        alerts::{self, header as group, state_word},
        header,
        look::Look,
        requests,
        when::When,
    },
};

/// `BURNING: 5 critical, 13 error, 1 acked; prod-eu 0s, metrics 5s`, all that the head of the screen says.
pub fn status(app: &App) -> String {
    let mut parts: Vec<String> = vec![counts(&app.world)];
    if let Some(fault) = &app.world.journal_fault {
        parts.push(format!("the journal: {}", fault.line()));
    }
    let sources = app.world.sources.iter().map(|s| source(s, app.now));
    parts.push(sources.collect::<Vec<_>>().join(", "));
    parts.extend(header::budgets(&app.world, app.now).map(|(text, _)| text));
    if app.world.read_only {
        parts.push("read-only".into());
    }
    parts.extend(app.settings.mark().map(|(mark, _)| mark));
    parts.join("; ")
}

/// `prod-eu read 5s ago`, `slow connecting, UNKNOWN for 7s`; of one that is not well what the head of the screen says.
fn source(source: &SourceStatus, now: Time) -> String {
    let (chip, role) = header::chip(source, now, true);
    match (source.state, source.good_at) {
        (Standing::Connecting, _) => format!("{} {}", source.about.name, waited(source, now)),
        (_, Some(at)) if role == Role::Ok => format!("{} read {} ago", source.about.name, duration::age(at, now)),
        _ => chip,
    }
}

/// `connecting, UNKNOWN for 7s`
fn waited(source: &SourceStatus, now: Time) -> String {
    let since = source.asked_at.map(|at| format!(" for {}", duration::age(at, now))).unwrap_or_default();
    format!("connecting, UNKNOWN{since}")
}

/// A line for each source that cannot be read now: what is missing, or old.
pub fn unread(app: &App) -> Vec<String> {
    let blind = app.world.sources.iter().filter(|s| s.is_blind());
    let line = |s: &SourceStatus| match (s.state, s.good_at) {
        (Standing::Connecting, _) => {
            format!("{} is still {}: its alerts are not here yet", s.about.name, waited(s, app.now))
        }
        (_, Some(_)) => format!("{}: its alerts are as it told them last", header::chip(s, app.now, true).0),
        (_, None) => format!("{}: its alerts are not here", header::chip(s, app.now, true).0),
    };
    blind.map(line).collect()
}

/// `slow is connected and read, 3 alerts`
pub fn connected(source: &SourceStatus) -> String {
    let n = source.known.values().filter(|k| k.resolved_at.is_none()).count();
    let alerts = match n {
        0 => "no alert".to_owned(),
        1 => "1 alert".to_owned(),
        n => format!("{n} alerts"),
    };
    format!("{} is connected and read: {alerts}", source.about.name)
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
    let mut parts = vec![format!(
        "{} {}, {state} {}: {}",
        row.severity.as_str(),
        row.name().line(),
        since(app, row),
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

/// `6m`, `told 6m ago`; `since 20:13`, `told at 20:13`.
fn since(app: &App, row: &Row) -> String {
    let when = When::of(app);
    let at = when.since(alerts::since(&app.world, row));
    match (row.state == AlertState::Unknown, when.is_clock()) {
        (true, true) => format!("told at {at}"),
        (true, false) => format!("told {at} ago"),
        (false, true) => format!("since {at}"),
        (false, false) => at,
    }
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
