//! The mouse in the heart's words: what was pressed, what the wheel is over, from when to when was dragged.
//!
//! Knows no columns and no rows of the screen: whoever draws says what lies where.

use crate::{
    app::{App, effect::Effects},
    config::keymap::{Chord, Command},
    domain::Time,
};

use super::{act, axis, cursor::Motion, layer::Layer, layout::Pane, menu, pointing, views};

/// Something on the screen that may be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A pane, where it has no line.
    Pane(Pane),
    /// A line of a pane, counted from the first of its list.
    Line(Pane, usize),
    /// A line of the list that lies over the panes.
    Row(usize),
    /// A view of the alerts; the first shows all.
    Tab(usize),
    /// A key that the foot of the screen names.
    Keys(Chord),
    /// A moment of the time axis.
    Moment(Time),
    /// What lies over the panes, where there is nothing to press.
    Layer,
}

/// What the mouse did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touch {
    Press(Spot),
    /// The button went down on the axis and is here now.
    Drag(Time),
    Wheel {
        over: Spot,
        down: bool,
    },
}

/// Lines a step of the wheel goes.
const STEP: usize = 3;

pub(crate) fn take(app: &mut App, now: Time, touch: Touch) -> Effects {
    app.desk.toast = None;
    if app.desk.focus == Pane::Alerts {
        app.world.looked(now);
    }
    match touch {
        Touch::Press(spot) => press(app, now, spot),
        Touch::Drag(to) => match app.desk.pressed {
            Some(from) => pointing::span(app, now, from, to),
            None => Vec::new(),
        },
        Touch::Wheel { over, down } => wheel(app, now, &over, down),
    }
}

/// Lets the terminal tell of the mouse, or keeps it to itself so that text can be selected.
pub(crate) fn turn(app: &mut App, now: Time) -> Effects {
    app.desk.mouse = !app.desk.mouse;
    let key = app.keymap.chords(Command::Mouse).into_iter().next().unwrap_or_else(|| ":".into());
    let word = if app.desk.mouse {
        format!("the mouse is on: it selects, opens and scrolls; `{key}` gives it back to the terminal")
    } else {
        format!("the mouse is the terminal's: it selects text; `{key}` takes it again")
    };
    app.desk.say_good(now, word);
    Vec::new()
}

fn press(app: &mut App, now: Time, spot: Spot) -> Effects {
    app.desk.pressed = None;
    if !matches!(spot, Spot::Keys(_)) {
        (app.desk.count, app.desk.pending) = (None, Vec::new());
    }
    match spot {
        Spot::Keys(chord) => chord.0.into_iter().flat_map(|key| app.on_key(key)).collect(),
        Spot::Moment(at) if axis::is_open(app) => {
            app.desk.pressed = Some(at);
            pointing::go(app, now, at)
        }
        Spot::Row(place) => row(app, now, place),
        Spot::Pane(_) | Spot::Line(..) | Spot::Tab(_) if !app.desk.layers.is_empty() => Vec::new(),
        Spot::Pane(pane) => act::focus(app, pane),
        Spot::Line(pane, place) => line(app, now, pane, place),
        Spot::Tab(tab) => views::show(app, tab),
        Spot::Moment(_) | Spot::Layer => Vec::new(),
    }
}

/// Selects a line; the one that is selected already is opened.
fn line(app: &mut App, now: Time, pane: Pane, place: usize) -> Effects {
    let desk = &app.desk;
    let selected = match pane {
        Pane::Alerts => desk.alerts.place(),
        Pane::Budgets => desk.budgets.place(),
        Pane::Timeline => desk.timeline.place(),
    };
    if desk.focus == pane && selected == Some(place) {
        return act::run(app, now, Command::Open);
    }
    let effects = act::focus(app, pane);
    select(app, pane, place);
    effects
}

/// The window stays where it is: what was pressed does not jump away.
fn select(app: &mut App, pane: Pane, place: usize) {
    let App { desk, world, .. } = app;
    let top = match pane {
        Pane::Alerts => desk.alerts.top,
        Pane::Budgets => desk.budgets.top,
        Pane::Timeline => desk.timeline.top,
    };
    desk.go(world, Motion::Top);
    desk.go(world, Motion::Down(place));
    desk.hold();
    match pane {
        Pane::Alerts => desk.alerts.top = top,
        Pane::Budgets => desk.budgets.top = top,
        Pane::Timeline => desk.timeline.top = top,
    }
    desk.scroll(world);
}

/// The same in the list on top.
fn row(app: &mut App, now: Time, place: usize) -> Effects {
    let selected = match app.desk.layers.last_mut() {
        Some(Layer::Menu(menu)) if menu.place == place => return menu::run(app, now),
        Some(Layer::Menu(menu)) => {
            menu.place = place;
            return Vec::new();
        }
        Some(Layer::Silences(list)) => list.cursor.place(),
        Some(Layer::Incidents(list)) => list.cursor.place(),
        _ => return Vec::new(),
    };
    if selected == Some(place) {
        return act::run(app, now, Command::Open);
    }
    let top = list_top(app).map(|top| *top);
    let mut effects = act::go(app, Motion::Top);
    effects.extend(act::go(app, Motion::Down(place)));
    if let (Some(before), Some(top)) = (top, list_top(app)) {
        *top = before;
    }
    effects
}

fn list_top(app: &mut App) -> Option<&mut usize> {
    match app.desk.layers.last_mut() {
        Some(Layer::Silences(list)) => Some(&mut list.cursor.top),
        _ => None,
    }
}

/// On the axis closer or farther, else up and down in what is under the pointer, whatever has the focus.
fn wheel(app: &mut App, now: Time, over: &Spot, down: bool) -> Effects {
    let motion = if down { Motion::Down(STEP) } else { Motion::Up(STEP) };
    match over {
        Spot::Moment(at) if axis::is_open(app) => pointing::zoom(app, now, !down, *at),
        Spot::Pane(pane) | Spot::Line(pane, _) if app.desk.layers.is_empty() => {
            let focus = std::mem::replace(&mut app.desk.focus, *pane);
            app.desk.go(&app.world, motion);
            app.desk.focus = focus;
            Vec::new()
        }
        _ => on_layer(app, motion),
    }
}

fn on_layer(app: &mut App, motion: Motion) -> Effects {
    match app.desk.layers.last_mut() {
        Some(Layer::Menu(menu)) => {
            let last = menu.found.len().saturating_sub(1);
            menu.place = match motion {
                Motion::Down(n) => (menu.place + n).min(last),
                _ => menu.place.saturating_sub(STEP),
            };
            Vec::new()
        }
        Some(layer) if layer.covers() => act::go(app, motion),
        _ => Vec::new(),
    }
}
