//! A runbook as a checklist: what is done is marked with who did it and when.

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use crate::{
    app::{desk::reading::Reading, world::runbooks::Opened},
    config::theme::Role,
    domain::{
        entry::Entry,
        runbook::{Block, Item, Runbook, Tick},
    },
};

use super::{
    Canvas,
    when::When,
    widgets::{
        frame::titled,
        text::{Pen, wrap},
    },
};

/// One screen row: which block it is of, its text and how it looks.
struct Row {
    block: usize,
    text: String,
    role: Role,
}

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, reading: Reading) {
    let Some(opened) = &c.app.world.runbooks.opened else { return };
    let ticks = c.app.world.ticks(opened);
    let right = progress(c, opened, &ticks);
    let styles = (c.look.style(Role::BorderFocus), c.look.style(Role::Title));
    let name = opened.read().map(|r| r.runbook.title().map_or_else(|| r.place.clone(), |t| t.line().into_owned()));
    let title = format!("runbook of {}: {}", opened.title.line(), name.unwrap_or_default());
    let inner = titled(c.buf, area, title.trim_end_matches([':', ' ']), &right, styles, c.look.rule(true));
    match &opened.told {
        None => drop(Pen::new(c.buf, inner, 0).skip(1).put("reading it", c.look.style(Role::Hint))),
        Some(Err(why)) => unread(c, inner, opened, &why.line()),
        Some(Ok(read)) => book(c, inner, (&read.runbook, &ticks), reading),
    }
}

fn progress(c: &Canvas<'_>, opened: &Opened, ticks: &BTreeMap<String, Tick>) -> String {
    let Some(read) = opened.read() else { return c.back() };
    let steps = read.runbook.steps().count();
    let done = read.runbook.steps().filter(|s| ticks.contains_key(&s.key)).count();
    if steps == 0 { "no steps".into() } else { format!("{done} of {steps} done") }
}

fn unread(c: &mut Canvas<'_>, area: Rect, opened: &Opened, why: &str) {
    let link = opened.link.as_ref().map(|l| l.line().into_owned());
    let columns = usize::from(area.width).saturating_sub(3);
    let mut lines: Vec<(String, Role)> =
        wrap(&format!("It cannot be read here: {why}"), columns).into_iter().map(|l| (l, Role::ErrorText)).collect();
    if let Some(link) = link {
        lines.push((String::new(), Role::Text));
        lines.extend(wrap(&link, columns).into_iter().map(|l| (l, Role::Accent)));
        lines.push(("y copies the link; r tries again".into(), Role::Hint));
    }
    for (line, (text, role)) in (0..area.height).zip(&lines) {
        Pen::new(c.buf, area, line).skip(1).put(text, c.look.style(*role));
    }
}

fn book(c: &mut Canvas<'_>, area: Rect, (book, ticks): (&Runbook, &BTreeMap<String, Tick>), reading: Reading) {
    let at = reading.at;
    let columns = usize::from(area.width).saturating_sub(4).max(10);
    let mut rows: Vec<Row> = Vec::new();
    for (index, block) in book.blocks.iter().enumerate() {
        for (text, role) in block_rows(c, block, ticks, columns) {
            rows.push(Row { block: index, text, role });
        }
    }
    if book.is_cut {
        rows.push(Row {
            block: usize::MAX,
            text: "the rest of it is too long to be shown".into(),
            role: Role::Warning,
        });
    }
    let height = usize::from(area.height);
    let first = rows.iter().position(|r| r.block == at).unwrap_or(0);
    let size = rows.iter().filter(|r| r.block == at).count();
    let above = height.saturating_sub(size.min(height)) / 3;
    let within = reading.within.min(size.saturating_sub(height));
    let top = (first + within).saturating_sub(above).min(rows.len().saturating_sub(height));
    for (line, row) in (0..area.height).zip(rows.iter().skip(top)) {
        let selected = row.block == at;
        let mut pen = Pen::new(c.buf, area, line);
        pen.put(if selected { c.look.glyph("▌", ">") } else { " " }, c.look.style(Role::Accent)).skip(1);
        pen.put(&row.text, c.look.style(row.role));
        if selected {
            c.choose(area, line);
        }
    }
}

fn block_rows(c: &Canvas<'_>, block: &Block, ticks: &BTreeMap<String, Tick>, columns: usize) -> Vec<(String, Role)> {
    let blank = || (String::new(), Role::Text);
    match block {
        Block::Heading { level, text } => {
            let mark = "#".repeat(*level);
            let role = if *level <= 2 { Role::Title } else { Role::Accent };
            [blank()].into_iter().chain(indented(&format!("{mark} {}", text.line()), 0, columns, role)).collect()
        }
        Block::Text { text, indent } => {
            let body = indented(text.shown(), indent * 2, columns, Role::Text);
            if *indent == 0 { body.into_iter().chain([blank()]).collect() } else { body }
        }
        Block::Item(item) => step(c, item, ticks.get(&item.key), columns),
        Block::Code(code) => {
            let bar = c.look.glyph("│", "|");
            let mark = if code.script.is_some() { c.look.glyph("▸", ">") } else { " " };
            let pad = " ".repeat(code.indent * 2);
            let lines = code.text.shown().split('\n').enumerate();
            let line =
                |(i, l): (usize, &str)| (format!("{pad}{bar} {} {l}", if i == 0 { mark } else { " " }), Role::Info);
            lines.map(line).chain([blank()]).collect()
        }
        Block::Rule => vec![(c.look.glyph("─", "-").repeat(columns.min(40)), Role::Dim)],
    }
}

fn step(c: &Canvas<'_>, item: &Item, tick: Option<&Tick>, columns: usize) -> Vec<(String, Role)> {
    let mark = match (tick, item.task, item.is_step()) {
        (Some(_), _, _) => "[x]",
        (None, Some(true), _) => "[x]",
        (None, _, true) => "[ ]",
        (None, _, false) => c.look.glyph("•", "-"),
    };
    let number = item.number.map(|n| format!("{n}. ")).unwrap_or_default();
    let who = tick.map(|t| format!("  ({} {})", t.by.line(), When::of(c.app).write(t.at, "%H:%M"))).unwrap_or_default();
    let who = if tick.is_none() && item.task == Some(true) { "  (as written)".to_owned() } else { who };
    let text = format!("{mark} {number}{}{who}", item.text.shown());
    let role = if tick.is_some() { Role::Ok } else { Role::Text };
    indented(&text, item.indent * 2, columns, role)
}

fn indented(text: &str, by: usize, columns: usize, role: Role) -> Vec<(String, Role)> {
    let pad = " ".repeat(by);
    wrap(text, columns.saturating_sub(by).max(10)).into_iter().map(|line| (format!("{pad}{line}"), role)).collect()
}

/// `done` or `open again`.
pub(crate) fn ticked(entry: &Entry) -> &'static str {
    let done = entry.body.more.get("done").and_then(serde_json::Value::as_bool);
    if done == Some(true) { "done: " } else { "open again: " }
}
