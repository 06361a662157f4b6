//! The alerts pane: a line an alert or a group, in the columns that were asked for; only the lines in the window are built.

pub mod band;
pub mod columns;
pub mod header;
pub mod layers;
pub mod spark;
mod telling;
mod twins;

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::{
            layout::Pane,
            touch::Spot,
            view::{
                Line,
                twins::{Branch, worst_first},
            },
        },
        world::{
            World,
            board::{Row, Slot},
            ops::Activity,
        },
    },
    config::{Sort, theme::Role},
    domain::{Time, alert::AlertState, duration, text::SafeText},
};

use super::{
    Canvas, views,
    widgets::{
        frame::titled,
        text::{Pen, width},
    },
};

use self::{columns::Plan, telling::Telling};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let inner = title(c, area);
    let desk = &c.app.desk;
    let inner = if desk.band(&c.app.world) > 0 { band::draw(c, inner) } else { inner };
    let (desk, visible) = (&c.app.desk, &c.app.desk.visible);
    if visible.is_empty() {
        return empty(c, inner);
    }
    let (place, top, span) = (desk.alerts.place(), desk.alerts.top, desk.span(&c.app.world));
    let plan = Plan::of(c.app, inner.width, c.look.frugal);
    let lines = (top..top + usize::from(inner.height)).map_while(|at| desk.view.line(visible, at));
    let lines: Vec<Line> = lines.collect();
    let telling = Telling::of((c.app, c.look), &lines, &plan);
    let plan = (&plan, &telling);
    for (line, what) in (0..inner.height).zip(lines) {
        let at = top + usize::from(line);
        let selected = place == Some(at);
        c.hits.line(inner, line, Spot::Line(Pane::Alerts, at));
        let drawn = span.is_some_and(|(low, high)| (low..=high).contains(&at));
        match what {
            Line::Alert(slot) => told(c, (inner, line), (&[slot], None), plan, (selected, drawn)),
            Line::Apart(slot, branch) => told(c, (inner, line), (&[slot], Some(branch)), plan, (selected, drawn)),
            Line::Twins(index) => {
                let members = desk.view.joined().members(index);
                told(c, (inner, line), (members, None), plan, (selected, drawn));
            }
            Line::Group(index) => header::draw(c, (inner, line), index, selected),
        }
        if selected {
            highlight(c, inner, line);
        }
    }
}

fn title(c: &mut Canvas<'_>, area: Rect) -> Rect {
    let right = right_of_title(c, area);
    let title = views::title(c, usize::from(area.width).saturating_sub(width(&right)));
    let marked = match c.app.desk.marked_count(&c.app.world) {
        0 => String::new(),
        n => format!("  {n} marked"),
    };
    let text = format!("{}{}{marked}", title.text, how(c));
    let inner = pane_title(c, area, Pane::Alerts, &text, &right);
    views::mark(c, area, &title);
    inner
}

/// How the alerts are put, where that is not as they come.
fn how(c: &Canvas<'_>) -> String {
    let view = &c.app.desk.view;
    let mut text = String::new();
    if view.is_routed() {
        let guessed: Vec<&str> = c.app.world.routes.unread().map(|(name, _)| name.as_str()).collect();
        text += "  by route";
        if !guessed.is_empty() {
            text += &format!(" (guessed: {})", guessed.join(", "));
        }
    } else if view.is_grouped() {
        text += &format!("  by {}", SafeText::new(&view.group_by.join(", ")).line());
    }
    let hidden = view.joined().without_a_line();
    if hidden > 0 && !view.is_grouped() {
        text += &format!("  on {} lines", c.app.desk.visible.len().saturating_sub(hidden));
    }
    if view.sort != Sort::Severity {
        text += &format!("  {} first", SafeText::new(&view.sort.word()).line());
    }
    text
}

/// What asks for a look: the storm, what is new, what came and went; else how much more there is.
fn right_of_title(c: &Canvas<'_>, area: Rect) -> String {
    let (desk, world) = (&c.app.desk, &c.app.world);
    let mut told = Vec::new();
    if desk.alerts.is_lost() {
        told.push("the selected alert has gone".to_owned());
    }
    if world.storm.is_on() {
        told.push(format!("STORM {}/min", world.storm.per_minute(c.app.now)));
    }
    match desk.view.arrived_since(world.storm.total()) {
        Some(n) if n > 0 => told.push(format!("+{n} since, r sorts")),
        _ => {}
    }
    for (n, word) in [(world.new_rows(), "new"), (world.returned.waiting.len(), "returned")] {
        if n > 0 {
            told.push(format!("{n} {word}"));
        }
    }
    let height = usize::from(area.height.saturating_sub(1 + desk.band(world)));
    let below = desk.view.len(&desk.visible).saturating_sub(desk.alerts.top + height);
    if below > 0 {
        let noun = if desk.view.joined().without_a_line() > 0 { " lines" } else { "" };
        told.push(format!("{below} more{noun}"));
    }
    told.join(", ")
}

/// A pane's title, marked where it has the focus.
pub(crate) fn pane_title(c: &mut Canvas<'_>, area: Rect, pane: Pane, title: &str, right: &str) -> Rect {
    let focused = c.app.desk.focus == pane;
    let rule_style = c.look.style(if focused { Role::BorderFocus } else { Role::Border });
    let title_style = c.look.style(if focused { Role::Title } else { Role::Dim });
    c.hits.add(area, Spot::Pane(pane));
    titled(c.buf, area, title, right, (rule_style, title_style), c.look.rule(focused))
}

fn empty(c: &mut Canvas<'_>, area: Rect) {
    let world = &c.app.world;
    let (text, role) = if !world.board.is_empty() {
        (views::nothing(c.app), Role::Hint)
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

/// A line of one alert, or of all that several sources tell of it: the worst speaks, the mark says how many there are.
fn told(
    c: &mut Canvas<'_>,
    at: (Rect, u16),
    (members, branch): (&[Slot], Option<Branch>),
    plan: (&Plan, &Telling),
    (selected, drawn): (bool, bool),
) {
    let (world, desk) = (&c.app.world, &c.app.desk);
    let rows = worst_first(world, members);
    let Some(worst) = rows.first() else { return };
    let marked = drawn || rows.iter().all(|row| desk.marks.holds(&row.id));
    let sign = branch.map_or_else(|| twins::sign(c.look, &rows), |branch| twins::branch(c.look, branch).to_owned());
    row(c, at, (worst, &sign), plan, (selected, marked));
}

fn row(
    c: &mut Canvas<'_>,
    (area, line): (Rect, u16),
    (row, sign): (&Row, &str),
    (plan, telling): (&Plan, &Telling),
    (selected, marked): (bool, bool),
) {
    let look = c.look;
    let quiet = row.resolved_at.is_some() || row.is_suppressed() || row.ack.is_some();
    let (glyph, letter) = look.mark(row.severity);
    let severity = look.style(if row.resolved_at.is_some() { Role::Resolved } else { look.severity(row.severity) });
    let mark = if marked { look.glyph("✓", "x") } else { mark(c, row) };
    let body = look.style(if quiet { Role::Dim } else { Role::Text });
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    pen.put(glyph, severity).put(letter, severity).put(mark, look.style(Role::Accent));
    for (place, (column, width)) in plan.columns().enumerate() {
        let cell = telling.cell(usize::from(line), place);
        columns::draw(&mut pen, (c.app, look), (row, sign, cell), (column, width), body);
    }
}

/// New beats flapping: the sparkline tells that too.
fn mark(c: &Canvas<'_>, row: &Row) -> &'static str {
    if c.app.world.is_new(row) {
        c.look.glyph("•", "+")
    } else if c.app.world.is_flapping(row, c.app.now) {
        "~"
    } else {
        " "
    }
}

fn highlight(c: &mut Canvas<'_>, area: Rect, line: u16) {
    if c.app.desk.focus == Pane::Alerts {
        c.choose(area, line);
    }
}

/// What is going on with it, in a word.
pub(crate) fn state_word(row: &Row) -> (&'static str, Role) {
    match row.activity {
        Some(Activity::Acking) => return ("acking…", Role::Hint),
        Some(Activity::Unacking) => return ("unack…", Role::Hint),
        Some(Activity::Asking) => return ("asking…", Role::Hint),
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

/// Since when it burns; of one that cannot be read, when it was told.
pub(crate) fn since(world: &World, row: &Row) -> Time {
    if row.state == AlertState::Unknown { world.seen_at(row) } else { row.alert.starts_at }
}

/// `fires in 3m`: of a pending alert whose rule tells, and whose source can be read.
pub(crate) fn fires(row: &Row, now: Time) -> Option<String> {
    let at = row.alert.fires_at.filter(|_| row.state == AlertState::Pending)?;
    Some(match at - now {
        left if left > chrono::Duration::zero() => format!("fires in {}", duration::short(left)),
        _ => "fires with its next evaluation".to_owned(),
    })
}

impl Row {
    /// The summary, behind when it fires where it does not yet.
    pub(crate) fn says(&self, now: Time) -> Cow<'_, str> {
        let text = self.summary_or_labels();
        match fires(self, now) {
            Some(fires) => format!("{fires}: {text}").into(),
            None => text,
        }
    }

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
