//! The dialogs: every write shows its plan first.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::{layer::NoteForm, noting, text::TextBuffer},
        world::plan::UnackPlan,
    },
    config::{keymap::Command, theme::Role},
    domain::{held::Verb, source::AckVia, text::SafeText},
};

use super::{
    Canvas, Caret, requests,
    widgets::text::{Pen, clip, tail, width, wrap},
};

pub(super) const WIDTH: u16 = 76;

/// Other alerts that an act would touch: all of them counted, the first few named.
pub(super) fn overreach<'a>(names: impl ExactSizeIterator<Item = &'a SafeText>, verb: &str) -> Vec<(String, Role)> {
    let n = names.len();
    if n == 0 {
        return vec![(format!("{verb} nothing else on the board"), Role::Dim)];
    }
    let first: Vec<String> = names.take(3).map(|t| t.line().into_owned()).collect();
    let more = if n > 3 { format!(" and {} more", n - 3) } else { String::new() };
    vec![(
        format!("{verb} {n} other alert{}: {}{more}", if n == 1 { "" } else { "s" }, first.join(", ")),
        Role::Warning,
    )]
}

pub(super) fn wrapped(text: &str, indent: &str, role: Role) -> Vec<(String, Role)> {
    let columns = usize::from(WIDTH) - 5 - indent.len();
    wrap(text, columns).into_iter().map(|line| (format!("{indent}{line}"), role)).collect()
}

/// The same for a screen that is narrower than the form.
pub(super) fn narrowed(rows: Vec<(String, Role)>, columns: usize) -> Vec<(String, Role)> {
    rows.into_iter().flat_map(|(text, role)| wrap(&text, columns).into_iter().map(move |line| (line, role))).collect()
}

pub(super) fn paragraphs(c: &mut Canvas<'_>, area: Rect, rows: &[(String, Role)]) {
    for (line, (text, role)) in (0..area.height).zip(rows) {
        Pen::new(c.buf, area, line).put(text, c.look.style(*role));
    }
}

/// One line of input; a text longer than the line shows its end.
pub(super) fn input(c: &mut Canvas<'_>, area: Rect, label: &str, text: &TextBuffer) -> Caret {
    let mut pen = Pen::new(c.buf, area, 0);
    pen.put(label, c.look.style(Role::Accent));
    let before = tail(text.before_cursor(), pen.left().saturating_sub(1));
    pen.put(before, c.look.base());
    let caret = (pen.x(), area.y);
    pen.put(&text.as_str()[text.before_cursor().len()..], c.look.base());
    Caret { at: Some(caret) }
}

pub(crate) fn unack(c: &mut Canvas<'_>, area: Rect, plan: &UnackPlan) -> Caret {
    let what = match plan.via {
        _ if let Some(why) = &plan.broke => format!(
            "{}'s ack broke ({}), but its silence still stands on {}: this ends it, so that it pages again",
            plan.by.line(),
            why.line(),
            plan.alert.source
        ),
        AckVia::Silence => {
            format!("ends the silence on {} that carries {}'s ack; it pages again", plan.alert.source, plan.by.line())
        }
        AckVia::Native => format!("takes {}'s ack back at {}:", plan.by.line(), plan.alert.source),
        AckVia::Journal => format!("takes {}'s ack back in the journal", plan.by.line()),
    };
    let mut rows = wrapped(&what, "", Role::Text);
    if plan.via == AckVia::Silence {
        rows.extend(overreach(plan.also_frees.iter(), "it would also free"));
    }
    if let Some(request) = &plan.request {
        rows.extend(requests::would(c, request));
    }
    let rows = narrowed(rows, usize::from(WIDTH.min(area.width).max(12)) - 4);
    let title = format!("unack {}", plan.name.line());
    let height = u16::try_from(rows.len()).unwrap_or(4).saturating_add(4);
    let inner = c.dialog(area, (WIDTH, height), &title);
    // The question is always seen, and the blank line before it gives way to the plan.
    let last = inner.height.saturating_sub(1);
    paragraphs(c, Rect { height: last, ..inner }, &rows);
    let question = format!("take it back? {}", super::hints::yes_no(c.app));
    Pen::new(c.buf, inner, last).put(&question, c.look.style(Role::Accent));
    Caret::default()
}

/// The tag and the time that stand before the text, on the last line.
fn meant(c: &mut Canvas<'_>, inner: Rect, form: &NoteForm) {
    let (now, zone) = (c.app.now, &c.app.world.silencing.rules.zone);
    let (text, role) = match noting::meant(form.text.as_str(), now, zone) {
        None => return,
        Some(Ok(said)) => (said, Role::Hint),
        Some(Err(why)) => (why, Role::Warning),
    };
    Pen::new(c.buf, inner, inner.height - 1).put(&SafeText::new(&text).line(), c.look.style(role));
}

/// The switch that sends it to the alert's source as well.
fn there(c: &mut Canvas<'_>, inner: Rect, form: &NoteForm) {
    let (Some(there), Some(id)) = (form.there, form.subject.as_alert()) else { return };
    let words = c.app.world.way(&id.source, Verb::Note).map(|w| w.words.line().into_owned()).unwrap_or_default();
    let mark = if there { "[x]" } else { "[ ]" };
    let role = if there { Role::Warning } else { Role::Dim };
    let text = format!("{mark} {}: also at {}: {words}", c.key(Command::FormNext), id.source);
    Pen::new(c.buf, inner, inner.height.saturating_sub(1)).put(&text, c.look.style(role));
}

pub(crate) fn note(c: &mut Canvas<'_>, area: Rect, form: &NoteForm) -> Caret {
    let about = form.title.as_ref().map_or_else(|| form.subject.to_string(), |t| t.line().into_owned());
    let others = match form.also.len() {
        0 => String::new(),
        1 => ", as both sources tell it".to_owned(),
        n => format!(", as all {} sources tell it", n + 1),
    };
    let title = format!("note on {about}{others}");
    let lines = form.text.as_str().split('\n').count();
    let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(3).clamp(6, (area.height / 2).max(6));
    let inner = c.dialog(area, (WIDTH, height), &title);
    let whole = inner;
    let inner = Rect { height: inner.height.saturating_sub(u16::from(form.there.is_some())), ..inner };
    let columns = usize::from(inner.width.max(2)) - 1;
    let before = wrap(form.text.before_cursor(), columns);
    let all = wrap(form.text.as_str(), columns);
    let row = before.len().saturating_sub(1);
    let top = (row + 1).saturating_sub(usize::from(inner.height));
    for (line, text) in (0..inner.height).zip(all.iter().skip(top)) {
        Pen::new(c.buf, inner, line).put(&clip(text, columns), c.look.base());
    }
    if form.text.as_str().is_empty() {
        Pen::new(c.buf, inner, 0).put("what did you see, what did you do?", c.look.style(Role::Hint));
    } else if all.len() - top < usize::from(inner.height) {
        meant(c, inner, form);
    }
    there(c, whole, form);
    let column = before.last().map_or(0, |l| width(l)).min(columns);
    let x = inner.x + u16::try_from(column).unwrap_or(0);
    let y = inner.y + u16::try_from(row - top.min(row)).unwrap_or(0);
    Caret { at: Some((x, y.min(inner.y + inner.height.saturating_sub(1)))) }
}
