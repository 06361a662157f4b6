//! What of the thing before a person may be copied, and which links it has. Writes to no clipboard and opens nothing.

mod alert;
mod slo;

use crate::{
    app::{App, effect::Effects, world::lanes::Of},
    domain::{Time, entry::Entry, link, text::SafeText},
};

use super::{
    layer::Layer,
    layout::Pane,
    picking::{self, Does, Item},
};

/// What is before the person.
enum Thing {
    Of(Of),
    Entry(String),
    Silence(super::super::world::silences::SilenceId),
}

pub(crate) fn copy(app: &mut App, now: Time) -> Effects {
    let items = thing(app).map(|thing| (name(app, &thing), texts(app, &thing, now)));
    match items {
        Some((of, items)) if !items.is_empty() => picking::open(app, Does::Copy, of, items),
        _ => nothing(app, now, "there is nothing to copy here; select an alert, a budget or an entry"),
    }
}

pub(crate) fn open_link(app: &mut App, now: Time) -> Effects {
    let items = thing(app).map(|thing| (name(app, &thing), links(app, &thing)));
    match items {
        Some((of, items)) if !items.is_empty() => picking::open(app, Does::Open, of, items),
        _ => nothing(app, now, "there is no link here: only http and https addresses are opened"),
    }
}

fn nothing(app: &mut App, now: Time, why: &str) -> Effects {
    app.desk.say_bad(now, why);
    Vec::new()
}

fn thing(app: &App) -> Option<Thing> {
    match app.desk.top_layer() {
        Some(Layer::Alert { id, .. }) => Some(Thing::Of(Of::Alert(id.clone()))),
        Some(Layer::Slo { id, .. }) => Some(Thing::Of(Of::Slo(id.clone()))),
        Some(Layer::Incident(opened)) => Some(Thing::Of(Of::Incident(opened.id.clone()))),
        Some(Layer::Entry { id, .. }) => Some(Thing::Entry(id.clone())),
        Some(Layer::SilenceDetail { id, .. }) => Some(Thing::Silence(id.clone())),
        Some(Layer::Runbook(_)) => app.world.runbooks.opened.as_ref().map(|o| Thing::Of(Of::Alert(o.alert.clone()))),
        Some(_) => None,
        None => selected(app),
    }
}

fn selected(app: &App) -> Option<Thing> {
    Some(match app.desk.focus {
        Pane::Alerts => Thing::Of(Of::Alert(app.desk.selected_alert()?.clone())),
        Pane::Budgets => Thing::Of(Of::Slo(app.desk.budgets.selected()?.clone())),
        Pane::Timeline => Thing::Entry(app.desk.timeline.selected()?.clone()),
    })
}

fn entry<'a>(app: &'a App, id: &str) -> Option<&'a Entry> {
    app.world.timeline.entries.iter().find(|e| e.id == id)
}

fn name(app: &App, thing: &Thing) -> String {
    let line = |text: &SafeText| text.line().into_owned();
    let world = &app.world;
    match thing {
        Thing::Of(Of::Alert(id)) => world.board.get(id).map(|row| line(row.name())),
        Thing::Of(Of::Slo(id)) => world.budgets.get(id).map(|row| line(&row.slo.title)),
        Thing::Of(Of::Incident(id)) => Some(id.as_str().to_owned()),
        Thing::Entry(id) => entry(app, id).and_then(|e| e.body.title.as_ref()).map(line),
        Thing::Silence((_, id)) => Some(line(id)),
    }
    .unwrap_or_default()
}

fn texts(app: &App, thing: &Thing, now: Time) -> Vec<Item> {
    let mut items = match thing {
        Thing::Of(Of::Alert(id)) => app.world.board.get(id).map(|row| alert::texts(app, row, now)),
        Thing::Of(Of::Slo(id)) => app.world.budgets.get(id).map(|row| slo::texts(app, row, now)),
        Thing::Of(Of::Incident(id)) => Some(vec![Item::new('i', "id", id.as_str())]),
        Thing::Entry(id) => entry(app, id).map(of_entry),
        Thing::Silence(id) => app.world.silence_row(id, now).map(|row| of_silence(&row.silence)),
    }
    .unwrap_or_default();
    if let (Some(link), false) = (links(app, thing).into_iter().next(), items.is_empty()) {
        let at = items.len().saturating_sub(1);
        items.insert(at, Item::new('u', "link", link.text));
    }
    items
}

fn of_entry(entry: &Entry) -> Vec<Item> {
    let title = entry.body.title.iter().map(|t| Item::new('n', "name", t.raw()));
    let text = entry.body.text.iter().map(|t| Item::new('t', "text", t.raw()));
    let words = [entry.body.title.as_ref(), entry.body.text.as_ref()].into_iter().flatten();
    let words: Vec<String> = words.map(|w| w.line().into_owned()).collect();
    let line = format!(
        "- {} UTC {} {}: {}",
        entry.at.format("%Y-%m-%d %H:%M:%S"),
        entry.actor.line(),
        entry.kind,
        words.join(": ")
    );
    title.chain(text).chain([Item::new('m', "a line of Markdown", line)]).collect()
}

fn of_silence(silence: &crate::domain::silence::Silence) -> Vec<Item> {
    let matchers: Vec<String> = silence.matchers.iter().map(ToString::to_string).collect();
    vec![
        Item::new('i', "id", silence.id.raw()),
        Item::new('l', "matchers", format!("{{{}}}", matchers.join(", "))),
        Item::new('c', "comment", silence.comment.raw()),
    ]
}

/// Its links, numbered; the runbook first.
fn links(app: &App, thing: &Thing) -> Vec<Item> {
    let found = match thing {
        Thing::Of(Of::Alert(id)) => app.world.board.get(id).map(|row| {
            let mut all = alert::links(&row.alert);
            all.extend(alert::changes(app, &row.alert));
            all
        }),
        Thing::Entry(id) => entry(app, id).map(|e| {
            let texts = [e.body.title.as_ref(), e.body.text.as_ref()].into_iter().flatten();
            let more = e.body.more.values().filter_map(|v| v.as_str().map(str::to_owned));
            let all = texts.map(|t| t.raw().to_owned()).chain(more).flat_map(|t| link::all_in(&t));
            all.map(|url| ("link".to_owned(), url)).collect()
        }),
        Thing::Of(_) | Thing::Silence(_) => None,
    };
    let mut all: Vec<(String, String)> = Vec::new();
    for (label, url) in found.unwrap_or_default() {
        if !all.iter().any(|(_, known)| *known == url) {
            all.push((label, url));
        }
    }
    ('1'..='9').zip(all).map(|(key, (label, url))| Item::new(key, &label, url)).collect()
}
