//! The list of incidents: what is open, how bad, since when, who leads; and what is over, below.

mod form;
mod meter;
mod opened;

use ratatui::layout::Rect;

use crate::{
    app::desk::{
        incidents::list::{List, rows},
        touch::Spot,
    },
    config::theme::Role,
    domain::{
        Time, duration,
        incident::{Incident, Status},
    },
};

use super::{
    Canvas,
    widgets::{frame::titled, text::Pen},
};

pub(crate) use form::{KEYS as FORM_KEYS, draw as form};
pub(crate) use opened::draw as opened;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, list: &List) {
    let styles = (c.look.style(Role::BorderFocus), c.look.style(Role::Title));
    let app = c.app;
    let all = rows(&app.world);
    let open = all.iter().filter(|i| i.is_open()).count();
    let title = format!("incidents: {open} open of {}", all.len());
    let inner = titled(c.buf, area, &title, &c.back(), styles, c.look.rule(true));
    if all.is_empty() {
        let text = "there was none; i declares one, from nothing here, from what is marked or selected on the board";
        Pen::new(c.buf, inner, 0).skip(1).put(text, c.look.style(Role::Hint));
        return;
    }
    let height = usize::from(inner.height);
    let place = list.cursor.place().unwrap_or(0);
    let top = place.saturating_sub(height * 2 / 3).min(all.len().saturating_sub(height));
    for (line, incident) in (0..inner.height).zip(all.into_iter().skip(top)) {
        row(c, inner, line, incident);
        c.hits.line(inner, line, Spot::Row(top + usize::from(line)));
        if list.cursor.selected() == Some(&incident.id) {
            c.choose(inner, line);
        }
    }
}

fn row(c: &mut Canvas<'_>, area: Rect, line: u16, incident: &Incident) {
    let (word, role) = state(incident);
    let dim = c.look.style(Role::Dim);
    let text = c.look.style(if incident.is_open() { Role::Text } else { Role::Dim });
    let lead = incident.roles.commander.as_ref().map_or_else(|| "nobody".into(), |who| who.line());
    let open = incident.open_tasks().count();
    let tasks = if open == 0 { String::new() } else { format!("{open} to do") };
    let mut pen = Pen::new(c.buf, area, line);
    pen.skip(1).column(&word, 14, c.look.style(role)).skip(1);
    pen.column(&incident.level.to_string(), 5, text).skip(1);
    pen.column_right(&lasted(incident, c.app.now), 7, dim).skip(1);
    pen.column(&lead, 10, text).skip(1).column(&tasks, 8, dim).skip(1);
    pen.column(&incident.id.to_string(), 15, dim).skip(1);
    pen.put(&incident.title.line(), text);
}

/// `investigating, sev2, 12m, ana leads, 2 to do: The checkout fails (2026-11-21-1)`
pub(crate) fn said(incident: &Incident, now: Time) -> String {
    let lead = incident.roles.commander.as_ref().map_or_else(|| "nobody".into(), |who| who.line());
    let open = incident.open_tasks().count();
    let tasks = if open == 0 { String::new() } else { format!(", {open} to do") };
    let (word, lasted) = (state(incident).0, lasted(incident, now));
    format!("{word}, {}, {lasted}, {lead} leads{tasks}: {} ({})", incident.level, incident.title.line(), incident.id)
}

/// How far it is, in a word.
pub(super) fn state(incident: &Incident) -> (String, Role) {
    match incident.status() {
        _ if incident.withdrawn => ("withdrawn".into(), Role::Dim),
        Status::Investigating => ("investigating".into(), Role::Critical),
        Status::Identified => ("identified".into(), Role::Error),
        Status::Mitigated => ("mitigated".into(), Role::Warning),
        Status::Resolved => ("resolved".into(), Role::Ok),
    }
}

/// Since when it is open, or how long it was.
fn lasted(incident: &Incident, now: Time) -> String {
    let Some(from) = incident.declared_at() else { return "?".into() };
    let to = if incident.is_open() { now } else { incident.statuses.last().map_or(now, |s| s.at) };
    duration::short((to - from).max(chrono::Duration::zero()))
}

/// For the header: the open incident, or how many there are; the worst first.
pub(super) fn word(c: &Canvas<'_>, roomy: bool) -> Option<String> {
    let known = &c.app.world.incidents;
    let place = |i: &Incident| known.levels.iter().position(|l| *l == i.level).unwrap_or(usize::MAX);
    let worst = known.all.open().min_by_key(|i| place(i))?;
    let count = known.all.open().count();
    Some(match (count, roomy) {
        (1, true) => format!("incident {} {}", worst.level, worst.status()),
        (1, false) => format!("inc {}", worst.level),
        (n, true) => format!("{n} incidents, worst {}", worst.level),
        (n, false) => format!("{n} inc"),
    })
}
