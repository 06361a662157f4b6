//! The form of a silence: what is written above, what it mutes below, why it cannot be sent at the foot.

use ratatui::layout::Rect;

use crate::{
    app::desk::{
        silence_form::{Field, MatcherLine, SilenceForm},
        text::TextBuffer,
    },
    config::{keymap::Command, theme::Role},
    domain::{alert::AlertId, duration, matcher::quote, silence::rules::Rules, source::SourceName, text::sanitise},
};

use super::{
    Canvas, Caret, beyond,
    hints::Hint,
    widgets::text::{Pen, tail, wrap},
};

const WIDTH: u16 = 110;
/// Columns of the names of fields and labels.
const NAMES: usize = 16;

const SEND: Hint = Hint::Keys(&[Command::FormSend], "send");
const NEXT: Hint = Hint::Keys(&[Command::FormNext], "next");
const AS_TEXT: Hint = Hint::Keys(&[Command::FormAsText], "as text");
const TEMPLATE: Hint = Hint::Keys(&[Command::FormTemplate], "template");
const LEAVE: Hint = Hint::Keys(&[Command::FormCancel], "leave");

/// What the keys mean, which differs from field to field.
pub(crate) fn keys(form: &SilenceForm) -> &'static [Hint] {
    if form.typed.is_some() {
        return &[
            Hint::Keys(&[Command::FormSend], "mute them"),
            Hint::Keys(&[Command::FormCancel], "back to the form"),
            Hint::Words("", "type the number of alerts"),
        ];
    }
    match form.focus {
        Field::Line(_) => {
            &[SEND, Hint::Words("Space", "on/off"), Hint::Keys(&[Command::FormOperator], "operator"), NEXT, AS_TEXT]
        }
        Field::Add => &[Hint::Keys(&[Command::FormSend], "add, or send"), NEXT, AS_TEXT, TEMPLATE],
        Field::Source => &[SEND, Hint::Words("Space", "next source"), NEXT, LEAVE],
        Field::Text => &[SEND, Hint::Keys(&[Command::FormAsText], "as lines"), NEXT, LEAVE],
        Field::End | Field::Comment => {
            &[SEND, NEXT, TEMPLATE, Hint::Keys(&[Command::FormPageDown], "more of what it mutes"), LEAVE]
        }
    }
}

/// One line of the form: its name, what stands before the text, the text, what follows it.
struct Line<'a> {
    field: Option<Field>,
    name: String,
    before: String,
    text: Option<&'a TextBuffer>,
    after: (String, Role),
}

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, form: &SilenceForm) -> Caret {
    let lines = lines(c, form);
    let foot = foot(c, form);
    let beyond = match &form.view.matchers {
        Ok(matchers) => beyond::sentences(c.app.world.beyond(matchers)),
        Err(_) => Vec::new(),
    };
    let shown = form.view.preview.mutes.len().clamp(1, 12);
    let wanted = lines.len() + 1 + shown + beyond.len() + foot.len() + 2;
    let height = u16::try_from(wanted).unwrap_or(u16::MAX);
    let verb = if form.replaces.is_some() { "change the silence" } else { "silence" };
    let title = format!("{verb} on {}", sources(form));
    let inner = c.dialog(area, (WIDTH, height), &title);
    let parts = Parts::of(inner, (lines.len(), 1 + shown), beyond.len(), foot.len());
    let caret = fields(c, parts.fields, &lines, form);
    preview(c, parts.preview, form);
    for (row, (text, role)) in (0..parts.beyond.height).zip(&beyond) {
        Pen::new(c.buf, parts.beyond, row).put(text, c.look.style(*role));
    }
    let typed = foot_lines(c, parts.foot, &foot, form);
    Caret { at: typed.or(caret) }
}

/// All of it in whole lines, for who hears it: nothing is cut off at an edge.
pub(crate) fn said(c: &Canvas<'_>, form: &SilenceForm) -> Vec<String> {
    let (view, n) = (&form.view, form.view.preview.mutes.len());
    let verb = if form.replaces.is_some() { "change the silence" } else { "silence" };
    let mut said = vec![format!("{verb} on {}", sources(form))];
    if let Ok(matchers) = &view.matchers {
        said.push(format!("matchers: {}", written(matchers)));
    }
    said.push(format!("for or until: {}, {}", sanitise(form.end.as_str()), until(c, form).0.trim()));
    said.push(format!("comment: {}", sanitise(form.comment.as_str())));
    said.push(head(form).0);
    said.extend(view.preview.blind.map(|age| format!("UNKNOWN: as told {} ago", duration::long(age))));
    said.extend(view.preview.mutes.iter().map(|(id, name)| format!("{}: {}", name.line(), others(c.app, id))));
    if let (Ok(matchers), true) = (&view.matchers, n > 0 || view.plan.is_ok()) {
        said.extend(beyond::sentences(c.app.world.beyond(matchers)).into_iter().map(|(text, _)| text));
    }
    said.extend(foot(c, form).into_iter().map(|(text, _)| text));
    said
}

/// Where the parts of the form lie; what is written and why it cannot be sent come before all else.
struct Parts {
    fields: Rect,
    preview: Rect,
    beyond: Rect,
    foot: Rect,
}

impl Parts {
    fn of(inner: Rect, (fields, shown): (usize, usize), beyond: usize, foot: usize) -> Self {
        let rows = |n: usize, most: u16| u16::try_from(n).unwrap_or(u16::MAX).min(most);
        let foot = rows(foot, inner.height.saturating_sub(1));
        let left = inner.height - foot;
        let beyond = rows(beyond, left.saturating_sub(4) / 3);
        let least = (left - beyond).saturating_sub(1).min(rows(shown, 4));
        let fields = rows(fields, left - beyond - least);
        let preview = left - beyond - fields;
        let at = |y: u16, height: u16| Rect { y: inner.y + y, height, ..inner };
        Self {
            fields: at(0, fields),
            preview: at(fields, preview),
            beyond: at(fields + preview, beyond),
            foot: at(left, foot),
        }
    }
}

/// All on which it is made.
fn sources(form: &SilenceForm) -> String {
    let names: Vec<&str> = form.targets().map(SourceName::as_str).collect();
    if names.is_empty() { "?".into() } else { names.join(" and ") }
}

fn lines<'a>(c: &Canvas<'_>, form: &'a SilenceForm) -> Vec<Line<'a>> {
    let plain = |field, name: &str, text| Line {
        field: Some(field),
        name: name.to_owned(),
        before: String::new(),
        text: Some(text),
        after: (String::new(), Role::Hint),
    };
    let mut lines = Vec::new();
    if form.sources.len() > 1 {
        let which = form.source().map(ToString::to_string).unwrap_or_default();
        let count = format!("  {} of {}, Space takes the next", form.source + 1, form.sources.len());
        let after = (count, Role::Hint);
        lines.push(Line { field: Some(Field::Source), name: "source".into(), before: which, text: None, after });
    }
    match &form.text {
        Some(text) => lines.push(plain(Field::Text, "matchers", text)),
        None => {
            lines.extend(form.lines.iter().enumerate().map(|(i, l)| matcher(c, i, l)));
            let mut add = plain(Field::Add, "one more", &form.add);
            if form.add.as_str().is_empty() {
                add.after.0 = "name=value  name=~\"a|b\"".into();
            }
            lines.push(add);
        }
    }
    let mut end = plain(Field::End, "for or until", &form.end);
    end.after = until(c, form);
    lines.push(end);
    lines.push(plain(Field::Comment, "comment", &form.comment));
    lines
}

fn matcher<'a>(c: &Canvas<'_>, i: usize, line: &'a MatcherLine) -> Line<'a> {
    let mark = if line.on { c.look.glyph("✓", "x") } else { " " };
    Line {
        field: Some(Field::Line(i)),
        name: format!("{mark} {}", sanitise(&line.name)),
        before: format!("{:<3}", line.op.as_str()),
        text: Some(&line.value),
        after: (if line.on { String::new() } else { "  off".into() }, Role::Hint),
    }
}

fn until(c: &Canvas<'_>, form: &SilenceForm) -> (String, Role) {
    let rules: &Rules = &c.app.world.silencing.rules;
    match &form.view.ends_at {
        Ok(at) => {
            let left = duration::long(*at - c.app.now);
            (format!("  until {} (in {left})", rules.zone.show(*at)), Role::Dim)
        }
        Err(why) => (format!("  {why}"), Role::ErrorText),
    }
}

fn fields(c: &mut Canvas<'_>, area: Rect, lines: &[Line<'_>], form: &SilenceForm) -> Option<(u16, u16)> {
    let focus = lines.iter().position(|l| l.field == Some(form.focus)).unwrap_or(0);
    let top = (focus + 1).saturating_sub(usize::from(area.height));
    let mut caret = None;
    if top > 0 {
        Pen::new(c.buf, area, 0).right(&format!(" {top} more above "), c.look.style(Role::Hint));
    }
    let area = Rect { width: area.width.saturating_sub(if top > 0 { 15 } else { 0 }), ..area };
    for (row, (i, line)) in (0..area.height).zip(lines.iter().enumerate().skip(top)) {
        let (name, text) = if i == focus { (Role::Accent, Role::Title) } else { (Role::Dim, Role::Text) };
        let mut pen = Pen::new(c.buf, area, row);
        let mark = if i == focus { c.look.glyph("▸", ">") } else { " " };
        pen.put(mark, c.look.style(name)).skip(1).column(&line.name, NAMES, c.look.style(name)).skip(1);
        pen.put(&line.before, c.look.style(text));
        if let Some(buffer) = line.text {
            pen.put(tail(buffer.before_cursor(), pen.left().saturating_sub(1)), c.look.style(text));
            caret = if i == focus { Some((pen.x(), area.y + row)) } else { caret };
            pen.put(&buffer.as_str()[buffer.before_cursor().len()..], c.look.style(text));
        }
        pen.skip(usize::from(line.after.1 == Role::Hint)).put(&line.after.0, c.look.style(line.after.1));
    }
    caret
}

/// What it mutes now: the count, then each alert, from the line that was scrolled to.
fn preview(c: &mut Canvas<'_>, area: Rect, form: &SilenceForm) {
    let view = &form.view;
    let n = view.preview.mutes.len();
    let (head, role) = head(form);
    let mut pen = Pen::new(c.buf, area, 0);
    pen.put(&head, c.look.style(role));
    if let Some(age) = view.preview.blind {
        pen.put(&format!("  UNKNOWN: as told {} ago", duration::long(age)), c.look.style(Role::Unknown));
    }
    let room = usize::from(area.height.saturating_sub(1));
    let top = form.scroll.min(n.saturating_sub(room));
    for (row, (id, name)) in (1..area.height).zip(view.preview.mutes.iter().skip(top)) {
        let mut pen = Pen::new(c.buf, area, row);
        if !form.also.is_empty() {
            pen.skip(2).put(id.source.as_str(), c.look.style(Role::Dim));
        }
        pen.skip(2).put(&name.line(), c.look.base()).skip(2).put(&others(c.app, id), c.look.style(Role::Dim));
    }
    let seen = top + room;
    if n > seen && room > 0 {
        let more = format!(" and {} more, {} ", n - seen, c.key(Command::FormPageDown));
        Pen::new(c.buf, area, area.height - 1).right(&more, c.look.style(Role::Hint));
    }
}

/// The count, or why there is none.
fn head(form: &SilenceForm) -> (String, Role) {
    let n = form.view.preview.mutes.len();
    let of = format!("{} of {}", form.view.preview.of, sources(form));
    match &form.view.matchers {
        Err(why) => (why.lines().last().unwrap_or_default().trim().to_owned(), Role::ErrorText),
        Ok(_) if n == 0 => (format!("mutes nothing now: none of the alerts, {of}"), Role::Warning),
        Ok(_) => (format!("mutes {n} now, of {of}"), Role::Title),
    }
}

/// The labels that tell an alert from its namesakes.
pub(super) fn others(app: &crate::app::App, id: &AlertId) -> String {
    let Some(row) = app.world.board.get(id) else { return "gone".into() };
    let shown = row.alert.labels.iter().filter(|(n, _)| n.raw() != "alertname");
    shown.map(|(n, v)| format!("{}={}", n.line(), v.line())).collect::<Vec<_>>().join(" ")
}

/// Whose it will be, what else happens with it, and why it cannot be sent or must be typed.
fn foot(c: &Canvas<'_>, form: &SilenceForm) -> Vec<(String, Role)> {
    let columns = usize::from(WIDTH.min(c.buf.area.width).saturating_sub(4));
    let folded = |text: &str, role: Role| wrap(text, columns).into_iter().map(move |l| (l, role)).collect::<Vec<_>>();
    let why = form.view.preview.objections.join("; ");
    let broad = if why.is_empty() { Vec::new() } else { folded(&format!("broad: {why}"), Role::Warning) };
    let last = match &form.view.plan {
        Err(why) => folded(why.lines().last().unwrap_or_default().trim(), Role::Warning),
        Ok(_) if form.typed.is_some() => {
            vec![(format!("to mute them type their number, {}: ", form.view.preview.mutes.len()), Role::Accent)]
        }
        Ok(plan) => {
            let by = sanitise(&plan.draft.created_by).into_owned();
            let id = match (&form.replaces, &plan.ends) {
                (Some(_), Some(old)) => format!("; other matchers: the server ends {} and makes a new one", old.line()),
                (Some(old), None) => format!("; {} keeps its id", old.id.line()),
                _ => String::new(),
            };
            let asks = || format!("; {} asks for the number of alerts", c.key(Command::FormSend));
            let next = if broad.is_empty() { String::new() } else { asks() };
            folded(&format!("by {by}{id}{next}"), Role::Dim)
        }
    };
    let left_out = form.left_out.iter().flat_map(|why| folded(why, Role::Warning));
    left_out.chain(broad).chain(last).collect()
}

fn foot_lines(c: &mut Canvas<'_>, area: Rect, foot: &[(String, Role)], form: &SilenceForm) -> Option<(u16, u16)> {
    let skipped = foot.len().saturating_sub(usize::from(area.height));
    let mut caret = None;
    for (row, (text, role)) in (0..area.height).zip(foot.iter().skip(skipped)) {
        let mut pen = Pen::new(c.buf, area, row);
        pen.put(text, c.look.style(*role));
        if let (Some(typed), Role::Accent) = (&form.typed, role) {
            pen.put(typed.before_cursor(), c.look.base());
            caret = Some((pen.x(), area.y + row));
        }
    }
    caret
}

/// Matchers on one line, safe to show.
pub(super) fn written(matchers: &[crate::domain::matcher::Matcher]) -> String {
    let one = |m: &crate::domain::matcher::Matcher| {
        let simple = !m.value.is_empty() && m.value.chars().all(|ch| ch.is_alphanumeric() || "_-.:/|*+".contains(ch));
        let value = if simple { m.value.clone() } else { quote(&m.value) };
        sanitise(&format!("{}{}{value}", m.name, m.op.as_str())).into_owned()
    };
    matchers.iter().map(one).collect::<Vec<_>>().join(" ")
}
