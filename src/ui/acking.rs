//! The form of an ack: all that will be done, in words, and the three things that can be written.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::{
            acking::AckForm,
            terms::{Field, Terms},
            text::TextBuffer,
        },
        world::plan::AckPlan,
    },
    config::{keymap::Command, theme::Role},
    domain::{contract::condition, duration, source::AckVia, text::SafeText},
};

use super::{
    Canvas, Caret,
    forms::{WIDTH, input, overreach, paragraphs, wrapped},
    requests,
    widgets::text::Pen,
};

/// Reason, length, conditions.
pub(super) const FIELDS: u16 = 3;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, form: &AckForm) -> Caret {
    let rows = rows(c, form);
    let asks = u16::try_from(form.terms.fields().len()).unwrap_or(FIELDS);
    let height = u16::try_from(rows.len()).unwrap_or(8).saturating_add(3 + asks);
    let title = format!("ack {}", form.plan.name.line());
    let inner = c.dialog(area, (WIDTH, height), &title);
    // Where the dialog is too low for all of it, what is written stays in sight.
    let words = inner.height.saturating_sub(asks);
    paragraphs(c, Rect { height: words, ..inner }, &rows);
    let top = u16::try_from(rows.len()).unwrap_or(words).saturating_add(1).min(words);
    fields(c, Rect { y: inner.y + top, height: inner.height.saturating_sub(top), ..inner }, &form.terms)
}

/// What is written, a line each.
pub(super) fn fields(c: &mut Canvas<'_>, area: Rect, terms: &Terms) -> Caret {
    let mut caret = Caret::default();
    for (line, field) in (0..area.height).zip(terms.fields().iter().copied()) {
        let (label, text) = match field {
            Field::Reason => ("reason: ", &terms.reason),
            Field::Lasts => ("lasts: ", &terms.lasts),
            Field::BreaksOn => ("breaks on: ", &terms.breaks_on),
        };
        let place = Rect { y: area.y + line, height: 1, ..area };
        let at = write(c, place, label, text, field == terms.field);
        caret = if field == terms.field { at } else { caret };
    }
    caret
}

fn write(c: &mut Canvas<'_>, place: Rect, label: &str, text: &TextBuffer, focused: bool) -> Caret {
    if focused {
        return input(c, place, label, text);
    }
    Pen::new(c.buf, place, 0).put(label, c.look.style(Role::Dim)).put(text.as_str(), c.look.style(Role::Dim));
    Caret::default()
}

fn rows(c: &Canvas<'_>, form: &AckForm) -> Vec<(String, Role)> {
    let (plan, user) = (&form.plan, &c.app.world.user);
    let mut rows = match &plan.request {
        Some(request) => {
            let mut rows = requests::would(c, request);
            rows.push(requests::reason(c, request));
            rows
        }
        None => {
            let mut rows = carrier(plan);
            rows.extend(wrapped(&condition::in_words(&plan.contract.breaks_on), "", Role::Text));
            rows
        }
    };
    if let Some(owner) = &plan.owner {
        let (text, role) = match (&plan.amends, owner == user.as_str()) {
            (Some(_), _) => ("you are on it already: this changes your ack".to_owned(), Role::Warning),
            (None, true) => ("you are on it already".to_owned(), Role::Warning),
            (None, false) => {
                let sends = c.key(Command::FormSend);
                (format!("{} is on it already; {sends} makes you the second", owner.line()), Role::Warning)
            }
        };
        rows.push((text, role));
    }
    if let Some(why) = form.terms.error.as_ref().or(plan.void.as_ref()) {
        rows.extend(wrapped(&SafeText::new(why).line(), "", Role::ErrorText));
    }
    rows
}

fn carrier(plan: &AckPlan) -> Vec<(String, Role)> {
    let until = format!("{} UTC ({})", plan.until.format("%H:%M"), duration::long(plan.until - plan.contract.at));
    if plan.via != AckVia::Silence {
        return wrapped(&format!("in the journal only, until {until}: you own it, nobody is muted"), "", Role::Text);
    }
    let source = &plan.alert.source;
    let what = if plan.amends.is_some() { "the silence you made" } else { "a silence" };
    let words = format!(
        "{what} on {source}, its comment begins with ACK!, until {until}, kept alive while it fires and ended when it is over, on exactly"
    );
    let mut rows = wrapped(&words, "", Role::Text);
    let matchers: Vec<String> = plan.matchers.iter().map(|m| SafeText::new(&m.to_string()).to_string()).collect();
    rows.extend(wrapped(&matchers.join(", "), "  ", Role::Dim));
    rows.extend(overreach(plan.also_mutes.iter().map(|(_, name)| name), "it would also mute"));
    rows
}
