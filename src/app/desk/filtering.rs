//! The filter line: what is typed holds at once, and what does not parse keeps the last good view.

use crate::{
    app::{App, effect::Effects},
    config::keymap::{Command, KeyCode},
    domain::filter::{Filter, FilterError},
};

use super::{
    completing,
    layer::Layer,
    strokes::Stroke,
    text::{TextBuffer, Typed},
    view::LineKey,
};

/// The filter that holds, and why the one being written does not.
#[derive(Debug, Default)]
pub struct FilterLine {
    pub text: String,
    pub holds: Option<Filter>,
    pub wrong: Option<Wrong>,
}

/// A filter that does not parse, and why.
#[derive(Debug)]
pub struct Wrong {
    pub text: String,
    pub error: FilterError,
}

pub(crate) fn open(app: &mut App) -> Effects {
    let before = app.desk.filter.text.clone();
    let selected = app.desk.alerts.selected().cloned();
    let text = TextBuffer::new(&before);
    app.desk.layers.push(Layer::Filter { text, before, selected, list: Box::default() });
    Vec::new()
}

/// An open list has the arrows, Tab and Esc; Enter takes from it only what was chosen.
pub(crate) fn key(app: &mut App, stroke: Stroke) -> Effects {
    let Some(Layer::Filter { text, list, .. }) = app.desk.layers.last_mut() else { return Vec::new() };
    let open = !list.offers.is_empty();
    let at_end = text.before_cursor().len() == text.as_str().len();
    match stroke {
        Stroke::Asks(Command::MenuCancel) if open => list.close(),
        Stroke::Asks(Command::MenuCancel) => leave(app),
        Stroke::Asks(Command::MenuNext) if open => list.choose_next(),
        Stroke::Asks(Command::MenuPrevious) if open => list.choose_previous(),
        Stroke::Asks(Command::MenuTake) if open => return take(app),
        Stroke::Types(key) if key.code == KeyCode::Right && open && at_end => return take(app),
        Stroke::Asks(Command::MenuChoose) if open && list.chosen.is_some() => return take(app),
        Stroke::Asks(Command::MenuTake) => return offer(app),
        Stroke::Asks(Command::MenuChoose) => keep(app),
        Stroke::Asks(_) => {}
        Stroke::Types(key) => match text.key(key) {
            Typed::Changed => return changed(app),
            Typed::Moved => list.close(),
            Typed::Ignored => {}
        },
    }
    Vec::new()
}

pub(crate) fn paste(app: &mut App, pasted: &str) -> Effects {
    if let Some(Layer::Filter { text, .. }) = app.desk.layers.last_mut() {
        text.insert(pasted);
    }
    changed(app)
}

fn leave(app: &mut App) {
    let Some(Layer::Filter { before, selected, .. }) = app.desk.layers.pop() else { return };
    set(app, &before);
    select_passing(app, selected.as_ref());
}

fn keep(app: &mut App) {
    app.desk.layers.pop();
    app.desk.filter.wrong = None;
}

fn take(app: &mut App) -> Effects {
    let Some(Layer::Filter { text, list, .. }) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Some((from, taken)) = list.taken() {
        text.replace(from, &taken);
    }
    changed(app)
}

/// Tab asks for the list where none is open.
fn offer(app: &mut App) -> Effects {
    completing::refresh(app);
    Vec::new()
}

fn changed(app: &mut App) -> Effects {
    if let Some(Layer::Filter { text, selected, .. }) = app.desk.layers.last() {
        let (text, selected) = (text.as_str().to_owned(), selected.clone());
        set(app, &text);
        select_passing(app, selected.as_ref());
        completing::refresh(app);
    }
    Vec::new()
}

/// Who narrows the view moves in it: what was selected stays so where it is seen, else the first that is.
pub(super) fn select_passing(app: &mut App, wanted: Option<&LineKey>) {
    let place = wanted.and_then(|key| app.desk.view.find(&app.world, &app.desk.visible, key));
    match (wanted, place) {
        (Some(key), Some(place)) => app.desk.alerts.select(key.clone(), place),
        _ => app.desk.alerts.forget(),
    }
    app.desk.follow(&app.world, app.now);
    app.desk.wanted.set(wanted.filter(|_| place.is_none() && app.desk.is_searching()));
}

/// Sets the filter; one that does not parse keeps the last good view and says where it is wrong.
pub(crate) fn set(app: &mut App, text: &str) {
    if text.trim().is_empty() {
        app.desk.filter = FilterLine::default();
    } else {
        match Filter::parse(text) {
            Ok(filter) => app.desk.filter = FilterLine { text: text.to_owned(), holds: Some(filter), wrong: None },
            Err(error) => app.desk.filter.wrong = Some(Wrong { text: text.to_owned(), error }),
        }
    }
    app.desk.follow(&app.world, app.now);
}
