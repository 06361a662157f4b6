//! One silence whole, and the two short questions about silences: a later end, an end now.

use ratatui::layout::Rect;

use crate::{
    app::world::{
        silence_rows::{SilenceRow, Standing},
        silences::{ExpirePlan, ExtendPlan, SilenceId},
    },
    config::theme::Role,
    domain::{Time, duration, text::SafeText},
};

use super::{
    Canvas, Caret,
    detail::Sheet,
    forms::{WIDTH, narrowed, overreach, paragraphs, wrapped},
    hints,
    silences::badges,
    silencing::{others, written},
};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, id: &SilenceId, scroll: usize) {
    let mut sheet = Sheet::default();
    match c.app.world.silence_row(id, c.app.now) {
        None => sheet.text("This silence is gone from its source: it was over for long.", Role::Hint),
        Some(row) => told(&mut sheet, c, &row),
    }
    sheet.draw(c, area, "silence", scroll);
}

fn told(sheet: &mut Sheet, c: &Canvas<'_>, row: &SilenceRow) {
    let (now, silence) = (c.app.now, &row.silence);
    let moment = |at: Time| c.app.world.silencing.rules.zone.show(at);
    sheet.text(silence.comment.shown(), Role::Text);
    sheet.gap();
    let state = match row.state {
        Standing::Unknown { age } => format!("UNKNOWN: its source cannot be read; told {} ago", duration::long(age)),
        known => format!("{} {}", known.as_str(), badges(row)),
    };
    sheet.pair("state", state.trim());
    let left = if row.is_over() { "over".into() } else { format!("in {}", duration::long(silence.ends_at - now)) };
    sheet.pair("ends", &format!("{} ({left})", moment(silence.ends_at)));
    sheet.pair("began", &moment(silence.starts_at));
    sheet.pair("by", &silence.created_by.line());
    sheet.pair("source", row.source.as_str());
    sheet.pair("id", &silence.id.line());
    for matcher in &silence.matchers {
        sheet.pair("matcher", SafeText::new(&matcher.to_string()).shown());
    }
    let verb = if row.state == Standing::Pending { "will mute" } else { "mutes" };
    sheet.head(&format!("{verb} {}", row.mutes));
    let rows = c.app.world.board.iter().filter(|r| r.id.source == row.source && r.resolved_at.is_none());
    let held = rows.filter(|r| !row.is_over() && silence.matches(&r.alert.labels));
    for alert in held {
        sheet.pair(&alert.name().line(), &others(c.app, &alert.id));
    }
}

pub(crate) fn extend(c: &mut Canvas<'_>, area: Rect, plan: &ExtendPlan) -> Caret {
    let zone = c.app.world.silencing.rules.zone;
    let mut rows = Vec::new();
    for (source, silence, until) in &plan.items {
        let longer = duration::long(*until - silence.ends_at);
        rows.push((format!("until {}, {longer} longer; the same id", zone.show(*until)), Role::Text));
        rows.extend(wrapped(&format!("{} on {source}", written(&silence.matchers)), "  ", Role::Dim));
    }
    rows.extend(plan.refused.iter().flat_map(|why| wrapped(&format!("not {why}"), "", Role::Warning)));
    ask(c, area, &title("extend", plan.items.len()), rows, "give the later end?")
}

pub(crate) fn expire(c: &mut Canvas<'_>, area: Rect, plan: &ExpirePlan) -> Caret {
    // What comes of it first: where there is no room for all, that is what was read.
    let mut rows = if plan.frees.is_empty() {
        vec![("nothing pages again by it now".into(), Role::Dim)]
    } else {
        overreach(plan.frees.iter().map(|(_, name)| name), "pages again:")
    };
    for (source, silence) in &plan.items {
        let by = silence.created_by.line();
        rows.extend(wrapped(&format!("{} on {source}, by {by}", written(&silence.matchers)), "", Role::Text));
    }
    rows.extend(plan.refused.iter().flat_map(|why| wrapped(&format!("not {why}"), "", Role::Warning)));
    ask(c, area, &title("end", plan.items.len()), rows, "end it now?")
}

fn title(verb: &str, n: usize) -> String {
    if n == 1 { format!("{verb} a silence") } else { format!("{verb} {n} silences") }
}

/// The plan, as much of it as there is room for, and the question, which is always seen.
fn ask(c: &mut Canvas<'_>, area: Rect, title: &str, rows: Vec<(String, Role)>, question: &str) -> Caret {
    let mut rows = narrowed(rows, usize::from(WIDTH.min(area.width).max(12)) - 4);
    let room = usize::from(area.height).saturating_sub(4).max(1);
    if rows.len() > room {
        let cut = rows.len() + 1 - room;
        rows.truncate(room - 1);
        rows.push((format!("and {cut} more lines"), Role::Hint));
    }
    rows.push((String::new(), Role::Text));
    rows.push((format!("{question} {}", hints::yes_no(c.app)), Role::Accent));
    let height = u16::try_from(rows.len()).unwrap_or(4) + 2;
    let inner = c.dialog(area, (WIDTH, height), title);
    paragraphs(c, inner, &rows);
    Caret::default()
}
