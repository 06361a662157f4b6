//! An alert, whole: what it says, who is on it, what touches it, what happened to it.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::{
    app::{App, world::board::Row},
    config::{keymap::Command, theme::Role},
    domain::{
        Time,
        alert::AlertId,
        contract::condition,
        duration,
        entry::{Entry, Kind, Subject},
        label::Labels,
        link,
        silence::Silence,
        source::AckVia,
    },
};

use super::{
    Canvas,
    alerts::{self, state_word},
    before, explained,
    link::Link,
    links, pages, past, related, requests, timeline,
    when::When,
    why,
    widgets::{
        frame::titled,
        text::{Pen, clip_middle, wrap},
    },
};

/// Lines of a detail, wrapped when it is drawn.
#[derive(Default)]
pub(crate) struct Sheet {
    lines: Vec<Line>,
}

enum Line {
    Text(String, Role),
    Pair(String, String),
    Head(String),
    Gap,
}

impl Sheet {
    pub(crate) fn text(&mut self, text: &str, role: Role) {
        self.lines.push(Line::Text(text.to_owned(), role));
    }

    pub(crate) fn pair(&mut self, name: &str, value: &str) {
        self.lines.push(Line::Pair(name.to_owned(), value.to_owned()));
    }

    pub(crate) fn head(&mut self, text: &str) {
        self.lines.push(Line::Gap);
        self.lines.push(Line::Head(text.to_owned()));
    }

    pub(crate) fn gap(&mut self) {
        self.lines.push(Line::Gap);
    }

    /// Draws from `scroll` on; a scroll beyond the end shows the end.
    pub(crate) fn draw(&self, c: &mut Canvas<'_>, area: Rect, title: &str, scroll: usize) {
        let styles = (c.look.style(Role::BorderFocus), c.look.style(Role::Title));
        let rule = c.look.rule(true);
        let title = clip_middle(title, usize::from(area.width).saturating_sub(4));
        let inner = titled(c.buf, area, &title, &c.back(), styles, rule);
        let rows = self.rows(usize::from(inner.width.saturating_sub(2)));
        let top = scroll.min(rows.len().saturating_sub(usize::from(inner.height)));
        for (line, row) in (0..inner.height).zip(rows.into_iter().skip(top)) {
            let mut pen = Pen::new(c.buf, inner, line);
            pen.skip(1).put(&row.name, c.look.style(Role::Dim));
            let from = pen.x();
            pen.put(&row.text, c.look.style(row.role));
            let (row_at, to) = (inner.y + line, pen.x());
            c.links.extend(row.url.map(|url| Link { row: row_at, from, to, url }));
        }
    }

    /// Name column, text, role: one a screen row.
    fn rows(&self, width: usize) -> Vec<Drawn> {
        let names = self
            .lines
            .iter()
            .filter_map(|l| if let Line::Pair(n, _) = l { Some(super::widgets::text::width(n)) } else { None });
        let column = names.max().unwrap_or(0).min(width / 3) + 2;
        self.lines.iter().flat_map(|l| line_rows(l, width, column)).collect()
    }
}

/// One row of the screen.
struct Drawn {
    name: String,
    text: String,
    role: Role,
    /// Where the text leads to.
    url: Option<Arc<str>>,
}

fn line_rows(line: &Line, width: usize, column: usize) -> Vec<Drawn> {
    let plain = |text: String, role: Role| Drawn { name: String::new(), text, role, url: None };
    match line {
        Line::Gap => vec![plain(String::new(), Role::Text)],
        Line::Head(text) => vec![plain(text.clone(), Role::Title)],
        Line::Text(text, role) => wrap(text, width).into_iter().map(|t| plain(t, *role)).collect(),
        Line::Pair(name, value) => {
            let url: Option<Arc<str>> = link::web(value).map(Into::into);
            let rows = wrap(value, width.saturating_sub(column).max(10)).into_iter().enumerate();
            let name = |i| pad(if i == 0 { name } else { "" }, column);
            rows.map(|(i, text)| Drawn { name: name(i), text, role: Role::Text, url: url.clone() }).collect()
        }
    }
}

fn pad(text: &str, columns: usize) -> String {
    let clipped = super::widgets::text::clip(text, columns.saturating_sub(1));
    let blank = columns.saturating_sub(super::widgets::text::width(&clipped));
    format!("{clipped}{}", " ".repeat(blank))
}

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, id: &AlertId, scroll: usize) {
    let mut sheet = Sheet::default();
    let mut subjects = vec![Subject::alert(id)];
    let title = match c.app.world.board.get(id) {
        None => {
            sheet.text("This alert has resolved and left the board. What happened to it:", Role::Hint);
            notes(&mut sheet, c, &subjects);
            "alert (gone)".to_owned()
        }
        Some(row) => {
            told(&mut sheet, row, c.app.world.seen_at(row), (When::of(c.app), c.app.now));
            alerts::spark::section(&mut sheet, c, row);
            ack(&mut sheet, c.app, row);
            requests::section(&mut sheet, row, c.app.now);
            subjects.extend(links::told_before(c.app, row));
            notes(&mut sheet, c, &subjects);
            silences(&mut sheet, c, row);
            pages::section(&mut sheet, c.app, row);
            before::section(&mut sheet, c.app, row);
            links::section(&mut sheet, c.app, row);
            why::section(&mut sheet, c.app, id);
            past::section(&mut sheet, c, id, area.width);
            related::section(&mut sheet, c.app, id);
            labels(&mut sheet, "labels", &row.alert.labels);
            labels(&mut sheet, "annotations", &row.alert.annotations);
            explained::section(&mut sheet, c.app, id);
            row.name().line().into_owned()
        }
    };
    history(&mut sheet, c, &subjects);
    sheet.draw(c, area, &title, scroll);
}

fn told(sheet: &mut Sheet, row: &Row, seen_at: Time, (when, now): (When<'_>, Time)) {
    sheet.text(&row.summary_or_labels(), Role::Text);
    sheet.gap();
    sheet.pair("severity", row.severity.as_str());
    let (word, _) = state_word(row);
    let age = duration::long(now - seen_at);
    let state = if row.state == crate::domain::alert::AlertState::Unknown {
        format!("UNKNOWN: its source cannot be read; last told {} ago as {}", age, row.told.as_str())
    } else {
        let fires = alerts::fires(row, now).map(|fires| format!("; {fires}, if it stays true")).unwrap_or_default();
        let clock = requests::by_itself(row, now).map(|clock| format!("; {clock}")).unwrap_or_default();
        format!("{word}{fires}{clock}")
    };
    sheet.pair("state", &state);
    sheet.pair("since", &when.whole(row.alert.starts_at));
    let also = row.also.iter().map(|s| format!(", also {s}")).collect::<String>();
    sheet.pair("source", &format!("{}{also}", row.id.source));
    if let Some(url) = row.alert.runbook_url() {
        sheet.pair("runbook", &url.line());
    }
    if let Some(url) = &row.alert.source_url {
        // What a rule engine leads to is the rule's own expression.
        let is_rule = url.raw().contains("expr");
        sheet.pair(if is_rule { "expression" } else { "link" }, &url.line());
    }
}

fn ack(sheet: &mut Sheet, app: &App, row: &Row) {
    let (world, when, now) = (&app.world, When::of(app), app.now);
    if let Some(broken) = world.acks.broken(&row.id, &row.alert) {
        sheet.head("broken ack");
        let of = format!(
            "{}'s ack of {} broke at {}",
            broken.by.line(),
            broken.title.line(),
            when.zoned(broken.at, "%H:%M:%S")
        );
        sheet.text(&of, Role::Bad);
        sheet.text(&broken.why.line(), Role::Bad);
        if let Some(silence) = world.still_mutes(row) {
            let (by, until) = (silence.created_by.line(), when.zoned(silence.ends_at, "%H:%M"));
            let key = app.key_of(Command::Unack);
            let mutes = format!("STILL MUTED by {by}'s silence until {until}: nobody is paged. {key} ends it");
            sheet.text(&mutes, Role::Bad);
        }
    }
    let Some(ack) = &row.ack else { return };
    sheet.head("ack");
    let via = match ack.via {
        AckVia::Native => "the source itself",
        AckVia::Silence => "a silence: nobody is paged by it",
        AckVia::Journal => "the journal: nobody is muted",
    };
    sheet.pair("by", &ack.by.line());
    if !ack.reason.is_empty() {
        sheet.pair("reason", ack.reason.shown());
    }
    let until = ack.until.zip(ack.left(now));
    let until = until.map(|(at, left)| format!("{} (in {})", when.zoned(at, "%H:%M"), duration::long(left)));
    sheet.pair("until", until.as_deref().unwrap_or("somebody takes it back"));
    sheet.pair("via", via);
    if ack.via != AckVia::Native {
        sheet.pair("breaks", condition::in_words(&ack.breaks_on).trim_start_matches("breaks "));
    }
    if ack.silence.as_ref().is_some_and(|id| world.acks.is_kept_by_another(id)) {
        sheet.pair("kept alive", "by kthxbye, or another program that extends it: left to that");
    }
}

/// Silences that touch it, and what inhibits it.
fn silences(sheet: &mut Sheet, c: &Canvas<'_>, row: &Row) {
    let Some(source) = c.app.world.source(&row.id.source) else { return };
    let when = When::of(c.app);
    let touching: Vec<&Silence> =
        source.silences.iter().filter(|s| s.is_active(c.app.now) && s.matches(&row.alert.labels)).collect();
    if !touching.is_empty() || !row.alert.inhibited_by.is_empty() {
        sheet.head("muted by");
    }
    for s in touching {
        let what = if s.is_ack() { "ack" } else { "silence" };
        sheet.pair(
            what,
            &format!("{} until {}: {}", s.created_by.line(), when.zoned(s.ends_at, "%d.%m. %H:%M"), s.comment.line()),
        );
        sheet.pair(
            "",
            &s.matchers
                .iter()
                .map(|m| crate::domain::text::SafeText::new(&m.to_string()).to_string())
                .collect::<Vec<_>>()
                .join(", "),
        );
    }
    for fingerprint in row.alert.inhibited_by.iter() {
        let id = AlertId { source: row.id.source.clone(), fingerprint: fingerprint.clone() };
        let name = c.app.world.board.get(&id).map_or_else(
            || format!("the alert {fingerprint}, which is not on the board"),
            |r| {
                format!(
                    "{} ({}, {})",
                    r.name().line(),
                    r.severity.as_str(),
                    duration::age(r.alert.starts_at, c.app.now)
                )
            },
        );
        sheet.pair("inhibited", &format!("by {name}"));
    }
}

fn labels(sheet: &mut Sheet, title: &str, labels: &Labels) {
    if labels.is_empty() {
        return;
    }
    sheet.head(title);
    for (name, value) in labels.iter() {
        sheet.pair(&name.line(), value.shown());
    }
}

/// What the timeline has on any of these, each after the other.
fn told_of<'a>(c: &Canvas<'a>, subjects: &'a [Subject]) -> Vec<&'a Entry> {
    let mut entries: Vec<&Entry> = subjects.iter().flat_map(|s| c.app.world.timeline.of(s)).collect();
    if subjects.len() > 1 {
        entries.sort_by_key(|e| (e.at, e.seq));
    }
    entries
}

/// Its notes whole: what people said comes before what machines know.
pub(crate) fn notes(sheet: &mut Sheet, c: &Canvas<'_>, subjects: &[Subject]) {
    let when = When::of(c.app);
    let notes = told_of(c, subjects).into_iter().filter(|e| e.kind == Kind::NoteAdded).collect::<Vec<_>>();
    if !notes.is_empty() {
        sheet.head("notes");
    }
    for note in notes {
        sheet.pair(
            &format!("{} {}", when.past(note.at, "%d.%m. %H:%M"), note.actor.line()),
            note.body.text.as_ref().map_or("", |t| t.shown()),
        );
    }
}

/// All that happened to it, a line each.
pub(crate) fn history(sheet: &mut Sheet, c: &Canvas<'_>, subjects: &[Subject]) {
    let (when, entries) = (When::of(c.app), told_of(c, subjects));
    if !entries.is_empty() {
        sheet.head("history");
    }
    for entry in entries {
        let (word, _) = timeline::word(&entry.kind);
        sheet.pair(&when.past(entry.at, "%d.%m. %H:%M:%S"), &format!("{word} {}", timeline::sentence(entry)));
    }
}
