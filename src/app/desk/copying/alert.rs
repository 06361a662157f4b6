//! An alert in the forms in which people pass it on.

use std::fmt::Write;

use crate::{
    app::{App, desk::picking::Item, world::board::Row},
    domain::{Time, alert::Alert, duration, entry::Entry, label::Labels, link},
};

pub(super) fn texts(app: &App, row: &Row, now: Time) -> Vec<Item> {
    let mut items =
        vec![Item::new('n', "name", row.name().raw()), Item::new('l', "labels", matchers(&row.alert.labels))];
    items.extend(row.alert.summary().map(|s| Item::new('s', "summary", s.raw())));
    let address = row.alert.source_url.as_ref().map(|u| u.raw());
    items.extend(address.and_then(link::expression).map(|query| Item::new('q', "query", query)));
    items.push(Item::new('m', "all of it as Markdown", markdown(app, row, now)));
    items
}

/// Where it leads to, by name: its runbook, what its annotations name, the query it comes from.
pub(super) fn links(alert: &Alert) -> Vec<(String, String)> {
    let runbook = alert.runbook_url().and_then(|u| link::web(u.raw())).map(|url| ("runbook".to_owned(), url));
    let named = alert
        .annotations
        .iter()
        .flat_map(|(name, text)| link::all_in(text.raw()).into_iter().map(move |url| (name.line().into_owned(), url)));
    let query = alert.source_url.as_ref().and_then(|u| link::web(u.raw())).map(|url| ("query".to_owned(), url));
    runbook.into_iter().chain(named).chain(query).collect()
}

/// The pages of what was changed before it, each by what it was.
pub(super) fn changes(app: &App, alert: &Alert) -> Vec<(String, String)> {
    let url = |entry: &Entry| link::web(entry.changed_url()?.raw());
    let named = |entry: &Entry| {
        let title = entry.body.title.as_ref().map(|t| t.line().into_owned()).unwrap_or_default();
        format!("{} {title}", entry.kind.change().map(ToString::to_string).unwrap_or_default())
    };
    let before = app.world.changed_before(alert);
    before.iter().filter_map(|b| Some((named(b.entry), url(b.entry)?))).collect()
}

/// As Prometheus and amtool read it.
fn matchers(labels: &Labels) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let all: Vec<String> = labels.iter().map(|(n, v)| format!("{}=\"{}\"", n.raw(), quoted(v.raw()))).collect();
    format!("{{{}}}", all.join(", "))
}

fn markdown(app: &App, row: &Row, now: Time) -> String {
    let mut text = format!("## {}\n\n", row.name().line());
    let mut say = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- **{name}**: {value}");
    };
    say("severity", row.severity.as_str());
    say("state", &state(row));
    let (since, age) = (row.alert.starts_at, duration::long(now - row.alert.starts_at));
    say("since", &format!("{} UTC ({age})", since.format("%Y-%m-%d %H:%M:%S")));
    say("source", row.id.source.as_str());
    if let Some(ack) = &row.ack {
        let reason = ack.reason.line();
        say("owner", &format!("{}{}: {reason}", ack.by.line(), ends(ack.until)));
    }
    for (label, url) in links(&row.alert) {
        say(&label, &format!("<{url}>"));
    }
    for (head, labels) in [("Labels", &row.alert.labels), ("Annotations", &row.alert.annotations)] {
        table(&mut text, head, labels);
    }
    let subject = crate::domain::entry::Subject::alert(&row.id);
    let notes: Vec<String> = app.world.timeline.of(&subject).filter_map(super::slo::note).collect();
    if !notes.is_empty() {
        let _ = write!(text, "\n### Notes\n\n{}", notes.concat());
    }
    text
}

fn ends(until: Option<Time>) -> String {
    until.map(|at| format!(" until {} UTC", at.format("%H:%M"))).unwrap_or_default()
}

fn state(row: &Row) -> String {
    match row.state {
        crate::domain::alert::AlertState::Unknown => {
            format!("UNKNOWN (its source cannot be read; last told as {})", row.told.as_str())
        }
        state => state.as_str().to_owned(),
    }
}

fn table(text: &mut String, head: &str, labels: &Labels) {
    if labels.is_empty() {
        return;
    }
    let cell = |t: &str| t.replace('|', "\\|");
    let _ = write!(text, "\n### {head}\n\n| name | value |\n|---|---|\n");
    for (name, value) in labels.iter() {
        let _ = writeln!(text, "| {} | {} |", cell(&name.line()), cell(&value.line()));
    }
}
