//! The alerts pane: one row an alert, worst first; only the rows in the window are built.

use std::borrow::Cow;

use ratatui::{layout::Rect, style::Style};

use crate::{
    app::{
        desk::layout::Pane,
        world::{World, board::Row, ops::Activity},
    },
    config::theme::Role,
    domain::{Time, alert::AlertState, duration},
};

use super::{
    Canvas, views,
    widgets::{frame::titled, text::Pen},
};

/// From this width on the owner and the source have columns of their own.
const ROOMY: u16 = 100;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let inner = title(c, area);
    let (visible, board) = (&c.app.desk.visible, &c.app.world.board);
    if visible.is_empty() {
        return empty(c, inner);
    }
    let desk = &c.app.desk;
    let (place, top, span) = (desk.alerts.place(), desk.alerts.top, desk.span(&c.app.world));
    for line in 0..inner.height {
        let at = top + usize::from(line);
        let Some(found) = visible.get(at).and_then(|slot| board.at(*slot)) else { break };
        let drawn = span.is_some_and(|(low, high)| (low..=high).contains(&at));
        let marked = drawn || desk.marks.holds(&found.id);
        row(c, inner, line, found, (place == Some(at), marked));
    }
}

fn title(c: &mut Canvas<'_>, area: Rect) -> Rect {
    let desk = &c.app.desk;
    let mut title = views::title(c, usize::from(area.width));
    if let n @ 1.. = desk.marked_count(&c.app.world) {
        title.text.push_str(&format!("  {n} marked"));
    }
    let below = desk.visible.len().saturating_sub(desk.alerts.top + usize::from(area.height.saturating_sub(1)));
    let right = if desk.alerts.is_lost() {
        "the selected alert has gone".to_owned()
    } else if below > 0 {
        format!("{below} more")
    } else {
        String::new()
    };
    let inner = pane_title(c, area, Pane::Alerts, &title.text, &right);
    views::mark(c, area, &title);
    inner
}

/// A pane's title, marked where it has the focus.
pub(crate) fn pane_title(c: &mut Canvas<'_>, area: Rect, pane: Pane, title: &str, right: &str) -> Rect {
    let focused = c.app.desk.focus == pane;
    let rule = match (focused, c.look.glyph("u", "a")) {
        (true, "u") => "━",
        (false, "u") => "─",
        (true, _) => "=",
        (false, _) => "-",
    };
    let rule_style = c.look.style(if focused { Role::BorderFocus } else { Role::Border });
    let title_style = c.look.style(if focused { Role::Title } else { Role::Dim });
    titled(c.buf, area, title, right, (rule_style, title_style), rule)
}

fn empty(c: &mut Canvas<'_>, area: Rect) {
    let world = &c.app.world;
    let (text, role) = if !world.board.is_empty() {
        (views::nothing(&c.app.desk), Role::Hint)
    } else if world.is_blind() {
        ("UNKNOWN: not every source could be read, so this is not calm".to_owned(), Role::Unknown)
    } else {
        (format!("no alert fires; {} asked and answering", sources(world.sources.len())), Role::Ok)
    };
    Pen::new(c.buf, area, 0).skip(2).put(&text, c.look.style(role));
}

fn sources(n: usize) -> String {
    if n == 1 { "one source".into() } else { format!("{n} sources") }
}

fn row(c: &mut Canvas<'_>, area: Rect, line: u16, row: &Row, (selected, marked): (bool, bool)) {
    let look = c.look;
    let now = c.app.now;
    let focused = c.app.desk.focus == Pane::Alerts;
    let quiet = row.resolved_at.is_some() || row.is_suppressed() || row.ack.is_some();
    let body = look.style(if quiet { Role::Dim } else { Role::Text });
    let (glyph, letter) = look.mark(row.severity);
    let severity = look.style(if row.resolved_at.is_some() { Role::Resolved } else { look.severity(row.severity) });
    let wide = area.width >= ROOMY;
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    pen.put(glyph, severity).put(letter, severity);
    if marked {
        pen.put("+", look.style(Role::Accent));
    } else {
        pen.skip(1);
    }
    let (word, role) = state_word(row);
    pen.column(word, 8, look.style(role));
    pen.column_right(&age(&c.app.world, row, now), 4, body).skip(1);
    let (owner, owner_role) = owner(&c.app.world, row, now);
    let told = c.app.world.board.acked() > 0 || c.app.world.acks.any_broken(now);
    let owner_width = if wide { 14 } else { usize::from(told) * 10 };
    let source_width = if wide { 12 } else { 0 };
    let room = pen.left().saturating_sub(owner_width + source_width + 1);
    let name = (room / 2).clamp(room.min(12), 32);
    let told = match &*row.name().line() {
        "(no alertname)" => row.summary_or_labels(),
        name => name.to_owned().into(),
    };
    pen.column(&told, name, body).skip(1);
    pen.column(&row.summary_or_labels(), room.saturating_sub(name + 1), body).skip(1);
    if wide {
        pen.column(&source(row), source_width, look.style(Role::Dim));
    }
    pen.column(&owner, owner_width, look.style(owner_role));
    if selected {
        highlight(c, area, line, focused);
    }
}

fn highlight(c: &mut Canvas<'_>, area: Rect, line: u16, focused: bool) {
    let style: Style = if focused { c.look.style(Role::Selection) } else { Style::default() };
    c.buf.set_style(Rect { y: area.y + line, height: 1, ..area }, style);
}

/// What is going on with it, in a word.
pub(crate) fn state_word(row: &Row) -> (&'static str, Role) {
    match row.activity {
        Some(Activity::Acking) => return ("acking…", Role::Hint),
        Some(Activity::Unacking) => return ("unack…", Role::Hint),
        Some(Activity::Settling) | None => {}
    }
    match (row.state, &row.ack) {
        (AlertState::Resolved, _) => ("resolved", Role::Resolved),
        (AlertState::Unknown, _) => ("UNKNOWN", Role::Unknown),
        (_, Some(_)) => ("acked", Role::Acked),
        (AlertState::Suppressed, None) => ("muted", Role::Suppressed),
        (AlertState::Pending, None) => ("pending", Role::Hint),
        (AlertState::Firing, None) => ("firing", Role::Text),
    }
}

/// How long it burns; for one that cannot be read, how long ago it was told.
fn age(world: &crate::app::world::World, row: &Row, now: Time) -> String {
    match row.state {
        AlertState::Unknown => duration::age(world.seen_at(row), now),
        _ => duration::age(row.alert.starts_at, now),
    }
}

/// Whose it is, or that it is nobody's again.
fn owner(world: &World, row: &Row, now: Time) -> (String, Role) {
    match &row.ack {
        Some(ack) => (format!("{} {}", ack.by.line(), duration::short(ack.until - now)), Role::Acked),
        None if world.acks.broken(&row.id, &row.alert).is_some() && row.resolved_at.is_none() => {
            ("ACK BROKE".into(), Role::Bad)
        }
        None => (String::new(), Role::Acked),
    }
}

fn source(row: &Row) -> String {
    match row.also.len() {
        0 => row.id.source.to_string(),
        n => format!("{} +{n}", row.id.source),
    }
}

impl Row {
    /// The summary, or the labels that tell this alert from its siblings.
    pub(crate) fn summary_or_labels(&self) -> Cow<'_, str> {
        match self.alert.summary() {
            Some(text) => text.line(),
            None => {
                let telling = self.alert.labels.iter().filter(|(n, _)| !matches!(n.raw(), "alertname" | "severity"));
                telling.map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(" ").into()
            }
        }
    }
}
