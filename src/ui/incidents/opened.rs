//! One incident, whole: how it stands, who is on it, what is to be done, what burns, what it costs, what happened.

use ratatui::layout::Rect;

use crate::{
    app::desk::incidents::opened::{Opened, Spot},
    config::theme::Role,
    domain::incident::{Incident, Link, Moment, Task, Whence},
    ui::{
        Canvas, timeline,
        when::When,
        widgets::{
            frame::titled,
            text::{Pen, wrap},
        },
    },
};

use super::{lasted, meter, state};

/// A line that scrolls: a heading, or something that may be selected.
struct Row {
    spot: Option<Spot>,
    parts: Vec<(String, Role)>,
}

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, opened: &Opened) {
    let styles = (c.look.style(Role::BorderFocus), c.look.style(Role::Title));
    let app = c.app;
    let Some(incident) = app.world.incidents.all.get(&opened.id) else {
        let inner = titled(c.buf, area, &opened.id.to_string(), &c.back(), styles, c.look.rule(true));
        let text = "the journal has not written its declaration yet";
        Pen::new(c.buf, inner, 0).skip(1).put(text, c.look.style(Role::Hint));
        return;
    };
    let title = format!("{}  {}", incident.id, incident.title.line());
    let inner = titled(c.buf, area, &title, &c.back(), styles, c.look.rule(true));
    let used = head(c, inner, incident);
    let rest = Rect { y: inner.y + used, height: inner.height.saturating_sub(used), ..inner };
    let rows = rows(c, opened, incident);
    let selected = opened.cursor.selected();
    let place = rows.iter().position(|r| r.spot.is_some() && r.spot.as_ref() == selected).unwrap_or(0);
    let height = usize::from(rest.height);
    let top = place.saturating_sub(height * 2 / 3).min(rows.len().saturating_sub(height));
    for (line, (at, row)) in (0..rest.height).zip(rows.iter().enumerate().skip(top)) {
        let mut pen = Pen::new(c.buf, rest, line);
        pen.skip(if row.spot.is_some() { 3 } else { 1 });
        for (text, role) in &row.parts {
            pen.put(text, c.look.style(*role));
        }
        if row.spot.is_some() && at == place {
            c.choose(rest, line);
        }
    }
}

/// What stands still above the list; answers how many lines that took.
fn head(c: &mut Canvas<'_>, area: Rect, incident: &Incident) -> u16 {
    let columns = usize::from(area.width.saturating_sub(2)).max(10);
    let mut lines: Vec<(String, Role)> = vec![standing(c, incident)];
    let wrapped = |text: String, role| wrap(&text, columns).into_iter().map(move |l| (l, role)).collect::<Vec<_>>();
    lines.extend(wrapped(roles(incident), Role::Text));
    lines.extend(wrapped(times(c, incident), Role::Text));
    if let Some(words) = disputed(incident, When::of(c.app)) {
        lines.extend(wrapped(words, Role::Dim));
    }
    for slo in &incident.slos {
        let words = meter::words(&c.app.world, incident, slo, c.app.now);
        lines.extend(wrapped(format!("{}: {words}", slo.line()), Role::Warning));
    }
    // The list below keeps at least half of the room.
    let most = (area.height / 2).max(1);
    let used = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(most);
    for (line, (text, role)) in (0..used).zip(lines) {
        Pen::new(c.buf, area, line).skip(1).put(&text, c.look.style(role));
    }
    used
}

fn standing(c: &Canvas<'_>, incident: &Incident) -> (String, Role) {
    let (word, role) = state(incident);
    let by = match &incident.declared {
        Some(said) => format!("declared by {} at {}", said.by.line(), When::of(c.app).zoned(said.at, "%d.%m. %H:%M")),
        None => "its declaration is not in this journal".into(),
    };
    let joins = incident.filter.as_ref().map(|f| format!("; joined by {}", f.line())).unwrap_or_default();
    (format!("{word}  {}  {}, {by}{joins}", incident.level, lasted(incident, c.app.now)), role)
}

fn roles(incident: &Incident) -> String {
    let all: Vec<String> = incident.roles.each().map(|(role, who)| format!("{role} {}", who.line())).collect();
    if all.is_empty() { "nobody has a role; r gives one".into() } else { all.join(", ") }
}

/// Each time; `~` before one that nobody said.
fn times(c: &Canvas<'_>, incident: &Incident) -> String {
    let (when, known) = (When::of(c.app), c.app.world.times(incident));
    let mut words = Vec::new();
    let mut suggested = false;
    for moment in Moment::ALL {
        words.push(match known.iter().find(|(m, _)| *m == moment) {
            Some((_, timed)) => {
                let guess = matches!(timed.whence, Whence::Suggested { .. });
                suggested |= guess;
                let told = incident.times.get(&moment).map_or(0, Vec::len);
                let again = if told > 1 { format!(" (told {told} times)") } else { String::new() };
                format!("{moment} {}{}{again}", if guess { "~" } else { "" }, when.write(timed.at, "%d.%m. %H:%M"))
            }
            None => format!("{moment} -"),
        });
    }
    let legend = if suggested { "  (~ as the journal suggests; T corrects)" } else { "" };
    format!("{}{legend}", words.join("  "))
}

/// Every word on the status, where several people spoke.
fn disputed(incident: &Incident, when: When<'_>) -> Option<String> {
    let first = incident.statuses.first()?;
    if incident.statuses.iter().all(|s| s.by == first.by) {
        return None;
    }
    let one = |s: &crate::domain::incident::Said<_>| {
        format!("{} {} ({})", when.write(s.recorded_at, "%H:%M"), s.value, s.by.line())
    };
    let last = incident.statuses.len().saturating_sub(6);
    Some(format!("status told: {}", incident.statuses[last..].iter().map(one).collect::<Vec<_>>().join(", ")))
}

fn rows(c: &Canvas<'_>, opened: &Opened, incident: &Incident) -> Vec<Row> {
    let mut rows = Vec::new();
    let left = incident.open_tasks().count();
    section(&mut rows, &format!("tasks: {left} of {} to do", incident.tasks.len()), incident.tasks.len());
    rows.extend(incident.tasks.iter().map(|t| task(c, t)));
    let gone = incident.detached.len();
    let out = if gone > 0 { format!(", {gone} taken out") } else { String::new() };
    section(&mut rows, &format!("alerts: {}{out}", incident.alerts.len()), incident.alerts.len() + gone);
    let (shown, more) = opened.alerts(incident);
    rows.extend(shown.into_iter().map(|l| alert(c, l)));
    if more > 0 {
        rows.push(Row { spot: Some(Spot::More), parts: vec![(format!("and {more} more (Enter)"), Role::Hint)] });
    }
    section(&mut rows, "budgets", incident.slos.len());
    rows.extend(incident.slos.iter().map(|slo| Row {
        spot: Some(Spot::Slo(crate::domain::slo::SloId::new(slo.raw()))),
        parts: vec![(slo.line().into_owned(), Role::Text)],
    }));
    let lines = opened.lines(&c.app.world, incident, c.app.now);
    let read = if c.app.world.incidents.is_read(&incident.id) { "" } else { " (of what is in memory)" };
    let folded = if opened.folded { ", without what machines wrote" } else { "" };
    section(&mut rows, &format!("timeline: {}{folded}{read}", lines.len()), 1);
    rows.extend(lines.iter().map(|l| Row {
        spot: Some(Spot::Entry(l.entry.id.clone())),
        parts: timeline::parts(l, Some(&incident.title), When::of(c.app)),
    }));
    rows
}

fn section(rows: &mut Vec<Row>, title: &str, count: usize) {
    if count > 0 {
        rows.push(Row { spot: None, parts: vec![(title.to_owned(), Role::Title)] });
    }
}

fn task(c: &Canvas<'_>, task: &Task) -> Row {
    let (mark, role) = match task.done {
        Some(_) => (c.look.glyph("✓", "x"), Role::Ok),
        None => (c.look.glyph("☐", "-"), Role::Warning),
    };
    let owner = task.owner.as_ref().map(|o| format!("  {}", o.line())).unwrap_or_default();
    let done =
        task.done.as_ref().map(|d| format!("  done by {} {}", d.by.line(), When::of(c.app).write(d.at, "%H:%M")));
    let parts = vec![
        (format!("{mark} {} ", task.number), role),
        (task.text.line().into_owned(), if task.done.is_some() { Role::Dim } else { Role::Text }),
        (owner, Role::Acked),
        (done.unwrap_or_default(), Role::Dim),
    ];
    Row { spot: Some(Spot::Task(task.id.clone())), parts }
}

/// One that has left the board is named by what was known of it.
fn alert(c: &Canvas<'_>, link: &Link) -> Row {
    let row = c.app.world.board.get(&link.alert);
    let (word, role) = match row {
        Some(row) => crate::ui::alerts::state_word(row),
        None => ("gone", Role::Dim),
    };
    let since = link.starts_at.map(|at| format!("{:>6} ", When::of(c.app).since(at))).unwrap_or_default();
    let about: Vec<String> = ["service", "namespace", "instance"]
        .iter()
        .filter_map(|name| link.labels.get(name).map(|value| format!("{name}={}", value.line())))
        .collect();
    let joined = if link.joined { "  joined by itself" } else { "" };
    let parts = vec![
        (format!("{word:<10} "), role),
        (since, Role::Dim),
        (link.title.line().into_owned(), Role::Text),
        (format!("  {}{joined}", about.join(" ")), Role::Dim),
    ];
    Row { spot: Some(Spot::Alert(link.alert.clone())), parts }
}
