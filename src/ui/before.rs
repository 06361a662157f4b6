//! What was changed before an alert began, in its detail: `deploy of checkout 4.12.0 by ben, 3m before`.

use crate::{
    app::{
        App,
        world::{before::Before, board::Row},
    },
    config::theme::Role,
    domain::{
        change::Weight,
        duration,
        source::{SourceName, Unread},
    },
};

use super::detail::Sheet;

pub(crate) fn section(sheet: &mut Sheet, app: &App, row: &Row) {
    let found = app.world.changed_before(&row.alert);
    let unread: Vec<String> = app.world.changes_unread().map(|(name, unread)| blind(name, unread)).collect();
    if found.is_empty() && unread.is_empty() {
        return;
    }
    sheet.head("changed before it");
    // What is not known comes first: the list beneath may lack what matters.
    unread.iter().for_each(|line| sheet.text(line, Role::Warning));
    for before in &found {
        sheet.text(&line(before), role(before));
        if let Some(url) = before.entry.changed_url() {
            sheet.pair("", &url.line());
        }
    }
}

/// `changes of ci could not be read since 14:02 UTC: not authorised ..`.
fn blind(name: &SourceName, unread: &Unread) -> String {
    format!("changes of {name} could not be read since {} UTC: {}", unread.since.format("%H:%M"), unread.error)
}

/// `deploy of checkout 4.12.0 by ben, 3m before (same service): payment client 3.0`.
pub fn line(before: &Before<'_>) -> String {
    let entry = before.entry;
    let word = entry.kind.change().map(ToString::to_string).unwrap_or_default();
    let title = entry.body.title.as_ref().map_or_else(|| entry.subject.to_string(), |t| t.line().into_owned());
    let by = if entry.actor.raw().is_empty() { String::new() } else { format!(" by {}", entry.actor.line()) };
    let text = entry.body.text.as_ref().map(|t| format!(": {}", t.line())).unwrap_or_default();
    let near = before.nearness.in_words().map(|words| format!(" ({words})")).unwrap_or_default();
    let ago = match before.ago.num_seconds() {
        0 => "at the same moment".to_owned(),
        _ => format!("{} before", duration::long(before.ago)),
    };
    let when = match before.times {
        1 => ago,
        times => format!("{times} times, last {ago}"),
    };
    format!("{word} of {title}{by}, {when}{near}{text}")
}

fn role(before: &Before<'_>) -> Role {
    match before.entry.weight() {
        Some(Weight::Marker) => Role::Marker,
        Some(Weight::Crash) => Role::Warning,
        _ => Role::Text,
    }
}
