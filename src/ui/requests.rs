//! What a source is asked to do itself: its ways, the form of one with the source's own words, and what it holds of an alert.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::requests::{AskForm, AskMenu, AskSheet, Field},
        world::{board::Row, planning::Said},
    },
    config::{keymap::Command, theme::Role},
    domain::{
        Time,
        alert::AlertState,
        duration,
        held::{Escalation, Held, Needs, Request, Verb},
    },
};

use super::{
    Canvas, Caret,
    detail::Sheet,
    forms::{WIDTH, input, paragraphs, wrapped},
    hints::Hint,
    widgets::{frame::dialog, text::Pen},
};

/// Columns of a verb in the menu.
const VERB: usize = 9;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, sheet: &AskSheet) -> Caret {
    match sheet {
        AskSheet::Menu(menu) => self::menu(c, area, menu),
        AskSheet::Form(form) => self::form(c, area, form),
    }
}

pub(crate) fn keys(sheet: &AskSheet) -> &'static [Hint] {
    match sheet {
        AskSheet::Menu(_) => &[
            Hint::Keys(&[Command::Open], "read what it will do"),
            Hint::Keys(&[Command::Down, Command::Up], "move"),
            Hint::Keys(&[Command::Back], "leave"),
        ],
        AskSheet::Form(form) if form.fields().len() > 1 => &[
            Hint::Keys(&[Command::FormSend], "send it"),
            Hint::Keys(&[Command::FormNext], "next field"),
            Hint::Keys(&[Command::FormCancel], "leave"),
        ],
        AskSheet::Form(_) => {
            &[Hint::Keys(&[Command::FormSend], "send it"), Hint::Keys(&[Command::FormCancel], "leave")]
        }
    }
}

fn menu(c: &mut Canvas<'_>, area: Rect, menu: &AskMenu) -> Caret {
    let title = format!("ask {} about {}", menu.alert.source, menu.name.line());
    let rows = u16::try_from(menu.items.len()).unwrap_or(8) + 2;
    let inner = dialog(c.buf, area, (WIDTH, rows), &title, c.look.style(Role::BorderFocus), c.look.base());
    for (line, (at, item)) in (0..inner.height).zip(menu.items.iter().enumerate()) {
        let (words, role) = match &item.refused {
            Some(why) => (format!("cannot be done: {why}"), Role::Dim),
            None => (item.way.words.line().into_owned(), Role::Text),
        };
        let verb = c.look.style(if item.refused.is_some() { Role::Dim } else { Role::Accent });
        let mut pen = Pen::new(c.buf, inner, line);
        pen.skip(1).column(item.way.verb.as_str(), VERB, verb).put(&words, c.look.style(role));
        if at == menu.place {
            c.choose(inner, line);
        }
    }
    Caret::default()
}

/// One way in a sentence, to be read aloud.
pub(crate) fn said(menu: &AskMenu, at: usize) -> String {
    let Some(item) = menu.items.get(at) else { return String::new() };
    let verb = item.way.verb.as_str();
    match &item.refused {
        Some(why) => format!("{verb}, cannot be done: {why}"),
        None => format!("{verb}, {}", item.way.words.line()),
    }
}

fn form(c: &mut Canvas<'_>, area: Rect, form: &AskForm) -> Caret {
    let request = &form.plan.request;
    let mut rows = would(c, request);
    if let Some(why) = &form.error {
        rows.extend(wrapped(&crate::domain::text::SafeText::new(why).line(), "", Role::ErrorText));
    }
    let fields = form.fields();
    let below = u16::try_from(fields.len().max(1)).unwrap_or(2);
    let height = u16::try_from(rows.len()).unwrap_or(8).saturating_add(3 + below);
    let title = format!("{} {}", request.verb.as_str(), form.plan.name.line());
    let inner = dialog(c.buf, area, (WIDTH, height), &title, c.look.style(Role::BorderFocus), c.look.base());
    let words = inner.height.saturating_sub(below);
    paragraphs(c, Rect { height: words, ..inner }, &rows);
    let top = u16::try_from(rows.len()).unwrap_or(words).saturating_add(1).min(words);
    let last = Rect { y: inner.y + top, height: inner.height.saturating_sub(top), ..inner };
    if fields.is_empty() {
        let keys = format!("{} sends it, {} leaves", c.key(Command::FormSend), c.key(Command::FormCancel));
        Pen::new(c.buf, last, 0).put(&keys, c.look.style(Role::Accent));
        return Caret::default();
    }
    written(c, last, form, &fields)
}

fn written(c: &mut Canvas<'_>, area: Rect, form: &AskForm, fields: &[Field]) -> Caret {
    let mut caret = Caret::default();
    for (line, field) in (0..area.height).zip(fields) {
        let place = Rect { y: area.y + line, height: 1, ..area };
        let label = if *field == Field::Until { "for or until: " } else { "text: " };
        let text = form.buffer(*field);
        if form.field() == Some(*field) {
            caret = input(c, place, label, text);
        } else {
            let dim = c.look.style(Role::Dim);
            Pen::new(c.buf, place, 0).put(label, dim).put(text.as_str(), dim);
        }
    }
    caret
}

/// What the source says it would do; while it is asked, what it is known to do.
pub(super) fn would(c: &Canvas<'_>, request: &Request) -> Vec<(String, Role)> {
    let (world, source) = (&c.app.world, &request.alert.source);
    let words = || world.way(source, request.verb).map_or_else(|why| why, |way| way.words.line().into_owned());
    match world.plans.of(request) {
        Some(Said::Would(plan)) => {
            // Who does it is said once.
            let said = plan.effects.iter().enumerate().map(|(i, effect)| match i {
                0 => format!("{source} {}", effect.line()),
                _ => effect.line().into_owned(),
            });
            let mut rows: Vec<(String, Role)> = said.flat_map(|text| wrapped(&text, "", Role::Text)).collect();
            let whom = format!("kept there as {}", plan.author.line());
            rows.extend((!plan.author.is_empty()).then_some((whom, Role::Dim)));
            if plan.affects > 1 {
                rows.push((format!("it touches {} things there", plan.affects), Role::Warning));
            }
            rows
        }
        Some(Said::Cannot(why)) => {
            let mut rows = wrapped(&format!("{source} {}", words()), "", Role::Dim);
            rows.extend(wrapped(&format!("{source} cannot: {}", why.line()), "", Role::ErrorText));
            rows
        }
        Some(Said::Asking) | None => {
            let mut rows = wrapped(&format!("{source} {}", words()), "", Role::Text);
            rows.push((format!("asking {source} what it will do{}", c.look.glyph("…", "...")), Role::Hint));
            rows
        }
    }
}

/// What becomes of the reason of an ack that the source keeps.
pub(super) fn reason(c: &Canvas<'_>, request: &Request) -> (String, Role) {
    let source = &request.alert.source;
    match c.app.world.way(source, Verb::Ack).map(|w| w.text) {
        Ok(Needs::Must) => (format!("{source} wants a reason"), Role::Dim),
        Ok(Needs::May) => (format!("{source} keeps your reason, and so does the journal"), Role::Dim),
        _ => (format!("{source} keeps no reason: yours stays in the journal"), Role::Dim),
    }
}

/// "at the source": its own word, who has it, who is paged next.
pub(super) fn section(sheet: &mut Sheet, row: &Row, now: Time) {
    let Some(held) = row.alert.held.as_ref().filter(|_| row.resolved_at.is_none()) else { return };
    sheet.head("at the source");
    if !held.word.is_empty() {
        sheet.pair("state there", &held.word.line());
    }
    if !held.assigned.is_empty() {
        let names: Vec<_> = held.assigned.iter().map(|name| name.line()).collect();
        sheet.pair("assigned to", &names.join(", "));
    }
    if let Some(ack) = &held.ack {
        let left = ack.until.map(|until| match is_blind(row) {
            true => format!("; the source was to take it back at {}, UNKNOWN whether it did", hour(until)),
            false => format!("; the source takes it back in {}", clock(until - now)),
        });
        sheet.pair("acked there", &format!("by {}{}", ack.by.line(), left.unwrap_or_default()));
    }
    if let Some(next) = escalation(row, held) {
        let when = match is_blind(row) {
            true => format!("was to go to {} at {}, UNKNOWN whether it did", next.to.line(), hour(next.at)),
            false => format!("to {} in {}", next.to.line(), clock(next.at - now)),
        };
        sheet.pair("escalates", &when);
    }
}

/// Whether its source cannot say now what became of it.
fn is_blind(row: &Row) -> bool {
    row.state == AlertState::Unknown
}

fn hour(at: Time) -> String {
    format!("{} UTC", at.format("%H:%M"))
}

/// What happens to it by itself, and when: `escalates to bob in 04:10`, `its source takes the ack back in 29:00`.
pub(super) fn by_itself(row: &Row, now: Time) -> Option<String> {
    let held = row.alert.held.as_ref().filter(|_| row.resolved_at.is_none() && !is_blind(row))?;
    let ends = || Some(format!("its source takes the ack back in {}", clock(held.ack.as_ref()?.until? - now)));
    let goes = |next: &Escalation| format!("escalates to {} in {}", next.to.line(), clock(next.at - now));
    escalation(row, held).map(goes).or_else(ends)
}

fn escalation<'a>(row: &Row, held: &'a Held) -> Option<&'a Escalation> {
    held.escalates.as_ref().filter(|_| row.ack.is_none())
}

/// `esc 04:10`: when an unacked page goes to the next one; `esc? 03:10` when it was to, where its source cannot be read.
pub(super) fn short(row: &Row, now: Time) -> Option<(String, Role)> {
    let held = row.alert.held.as_ref().filter(|_| row.resolved_at.is_none())?;
    let Some(at) = escalation(row, held).map(|next| next.at) else {
        // Nobody comes after who has it.
        let last = held.assigned.first().filter(|_| held.ack.is_none() && row.ack.is_none())?;
        return Some((format!("at {}", last.line()), Role::Warning));
    };
    let left = at - now;
    Some(match left {
        _ if is_blind(row) => (format!("esc? {}", at.format("%H:%M")), Role::Unknown),
        left if left <= chrono::Duration::zero() => ("esc now".to_owned(), Role::Warning),
        left if left < chrono::Duration::hours(1) => (format!("esc {}", clock(left)), Role::Warning),
        left => (format!("esc {}", duration::short(left)), Role::Warning),
    })
}

/// `then bob`: whom an unacked page goes to next, as long as its source says so.
pub(super) fn then(row: &Row) -> Option<String> {
    let held = row.alert.held.as_ref().filter(|_| row.resolved_at.is_none() && !is_blind(row))?;
    Some(format!("then {}", escalation(row, held)?.to.line()))
}

/// The same in a sentence.
pub(super) fn next(row: &Row, now: Time) -> Option<String> {
    let held = row.alert.held.as_ref().filter(|_| row.resolved_at.is_none())?;
    let next = escalation(row, held)?;
    Some(match is_blind(row) {
        true => format!("was to go to {} at {}, UNKNOWN whether it did", next.to.line(), hour(next.at)),
        false => format!("goes to {} in {} unless somebody acks", next.to.line(), duration::long(next.at - now)),
    })
}

/// `04:10`, and hours before it where there are such.
fn clock(left: chrono::Duration) -> String {
    let s = left.num_seconds().max(0);
    let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m:02}:{s:02}") }
}
