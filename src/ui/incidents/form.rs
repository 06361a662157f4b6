//! A form of an incident: what will be written, in words, above what can be written.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::{
    app::desk::{
        incidents::{
            form::{Field, Form, Input},
            read,
        },
        text::TextBuffer,
    },
    config::{keymap::Command, theme::Role},
    domain::text::SafeText,
    ui::{
        Canvas, Caret,
        forms::{WIDTH, input, paragraphs, wrapped},
        hints::Hint,
        widgets::text::{Pen, width},
    },
};

pub(crate) const KEYS: &[Hint] = &[
    Hint::Keys(&[Command::FormSend], "write it"),
    Hint::Keys(&[Command::FormNext], "next field"),
    Hint::Keys(&[Command::TextLeft, Command::TextRight], "choose"),
    Hint::Keys(&[Command::FormCancel], "leave"),
];

/// Columns of the names before a field.
const NAMES: usize = 11;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, form: &Form) -> Caret {
    let rows = words(c, form);
    let fields = u16::try_from(form.fields.len()).unwrap_or(8);
    let height = u16::try_from(rows.len()).unwrap_or(8).saturating_add(3 + fields);
    let inner = c.dialog(area, (WIDTH, height), &form.title);
    // Where the dialog is too low for all of it, what is written stays in sight.
    let above = inner.height.saturating_sub(fields);
    paragraphs(c, Rect { height: above, ..inner }, &rows);
    let top = u16::try_from(rows.len()).unwrap_or(above).saturating_add(1).min(above);
    let mut caret = Caret::default();
    for (line, (at, field)) in (0..inner.height.saturating_sub(top)).zip(form.fields.iter().enumerate()) {
        let place = Rect { y: inner.y + top + line, height: 1, ..inner };
        let here = draw_field(c, place, field, at == form.focus);
        caret = if at == form.focus { here } else { caret };
    }
    caret
}

fn words(c: &Canvas<'_>, form: &Form) -> Vec<(String, Role)> {
    if let Some(why) = &form.error {
        return wrapped(&SafeText::new(why).line(), "", Role::ErrorText);
    }
    match read::plan(form, &c.app.world, c.app.now) {
        Ok(lines) => {
            let dim = lines.len().saturating_sub(1);
            let role = |at: usize| if at == dim { Role::Dim } else { Role::Text };
            lines.iter().enumerate().flat_map(|(at, line)| wrapped(line, "", role(at))).collect()
        }
        Err(why) => wrapped(&SafeText::new(&why).line(), "", Role::Hint),
    }
}

/// What can be written; of a time also by which clock it is read.
fn hint<'f>(c: &Canvas<'_>, field: &'f Field) -> Cow<'f, str> {
    if !read::is_time(field) {
        return field.hint.into();
    }
    format!("{} ({})", field.hint, read::zone(&c.app.world).name(c.app.now)).into()
}

/// Draws what a time means behind it, where there is room, and gives back what is left for the text.
fn beside(c: &mut Canvas<'_>, place: Rect, label: &str, text: &TextBuffer, meant: Option<String>) -> Rect {
    let Some(meant) = meant.map(|m| format!("  = {m}")) else { return place };
    let used = u16::try_from(width(label) + width(text.as_str()) + 1).unwrap_or(u16::MAX);
    let wide = u16::try_from(width(&meant)).unwrap_or(u16::MAX);
    if used.saturating_add(wide) > place.width {
        return place;
    }
    let after = Rect { x: place.x + used, width: place.width - used, ..place };
    Pen::new(c.buf, after, 0).put(&meant, c.look.style(Role::Hint));
    Rect { width: used, ..place }
}

fn draw_field(c: &mut Canvas<'_>, place: Rect, field: &Field, focused: bool) -> Caret {
    let label = format!("{:<NAMES$}", field.name);
    let role = if focused { Role::Accent } else { Role::Dim };
    match &field.input {
        Input::Text(text) if text.as_str().is_empty() => {
            let caret = Caret { at: Some((place.x + u16::try_from(NAMES).unwrap_or(0), place.y)) };
            let hint = hint(c, field);
            Pen::new(c.buf, place, 0).put(&label, c.look.style(role)).put(&hint, c.look.style(Role::Hint));
            if focused { caret } else { Caret::default() }
        }
        Input::Text(text) => {
            let meant = read::meant(field, &c.app.world, c.app.now).and_then(Result::ok);
            let place = beside(c, place, &label, text, meant);
            if focused {
                return input(c, place, &label, text);
            }
            Pen::new(c.buf, place, 0).put(&label, c.look.style(role)).put(text.as_str(), c.look.base());
            Caret::default()
        }
        Input::Choice { .. } => {
            let (left, right) = (c.look.glyph("‹ ", "< "), c.look.glyph(" ›", " >"));
            let mut pen = Pen::new(c.buf, place, 0);
            pen.put(&label, c.look.style(role)).put(left, c.look.style(role));
            let at = (pen.x(), place.y);
            pen.put(field.value(), c.look.base()).put(right, c.look.style(role));
            if focused { Caret { at: Some(at) } } else { Caret::default() }
        }
    }
}
