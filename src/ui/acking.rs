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
    forms::{WIDTH, input, narrowed, overreach, paragraphs, wrapped},
    requests,
    widgets::text::Pen,
};

/// Reason, length, conditions.
pub(super) const FIELDS: u16 = 3;

/// Lines of the plan that are seen at least, before all fields but the one that is written in give way.
const PLAN: u16 = 4;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, form: &AckForm) -> Caret {
    let rows = narrowed(rows(c, form), usize::from(WIDTH.min(area.width).max(12)) - 4);
    let asks = u16::try_from(form.terms.fields().len()).unwrap_or(FIELDS);
    let height = u16::try_from(rows.len()).unwrap_or(8).saturating_add(3 + asks);
    let title = format!("ack {}", form.plan.name.line());
    let inner = c.dialog(area, (WIDTH, height), &title);
    // Where the dialog is too low for all of it, what is written stays in sight, and the plan can be gone through.
    let asks = if inner.height < asks + PLAN { 1 } else { asks };
    let words = inner.height.saturating_sub(asks);
    let keys = [Command::FormPageDown, Command::FormPageUp].map(|key| c.key(key));
    // Why it cannot be sent stands at the end, and is seen.
    let at = if form.terms.error.is_some() { usize::MAX } else { form.scroll };
    passed(c, Rect { height: words, ..inner }, (&rows, at), &keys);
    let top = u16::try_from(rows.len()).unwrap_or(words).saturating_add(1).min(words);
    fields(c, Rect { y: inner.y + top, height: inner.height.saturating_sub(top), ..inner }, &form.terms)
}

/// As many lines as there is room for, and how many stand above and below them, with the keys that lead there.
fn passed(c: &mut Canvas<'_>, area: Rect, (rows, at): (&[(String, Role)], usize), keys: &[String; 2]) {
    let height = usize::from(area.height);
    if rows.len() <= height || height == 0 {
        return paragraphs(c, area, rows);
    }
    // The last line tells of the rest.
    let room = height - 1;
    let top = at.min(rows.len() - room);
    paragraphs(c, Rect { height: area.height - 1, ..area }, &rows[top..]);
    let below = rows.len() - top - room;
    let told = [(below, "more", &keys[0]), (top, "above", &keys[1])];
    let told = told.iter().filter(|(n, ..)| *n > 0).map(|(n, word, key)| format!("{n} {word}: {key}"));
    let told: Vec<String> = told.collect();
    Pen::new(c.buf, area, area.height - 1).put(&told.join(", "), c.look.style(Role::Hint));
}

/// What is written, a line each.
pub(super) fn fields(c: &mut Canvas<'_>, area: Rect, terms: &Terms) -> Caret {
    let mut caret = Caret::default();
    let all = terms.fields();
    // Where there is no room for all of them, the one that is written in.
    let alone = usize::from(area.height) < all.len();
    let shown = all.iter().copied().filter(|field| !alone || *field == terms.field);
    for (line, field) in (0..area.height).zip(shown) {
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
