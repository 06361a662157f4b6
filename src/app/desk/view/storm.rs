//! Storm mode: the pane groups itself by the label that splits the flood best, folded, and keeps still under the cursor.
//!
//! It begins and ends by itself, says so, and a key refuses it or brings it back. What was seen before comes back after it.

use chrono::Duration;

use crate::{
    app::{App, desk::Desk, effect::Effects, world::World},
    config::Sort,
    domain::Time,
};

use super::{Folds, LineKey, View, act, split};

/// A pane lower than this has no rows to spare.
const BAND_FROM: u16 = 7;

/// Between two looks at which label splits best.
const CHOOSE_AGAIN: Duration = Duration::seconds(15);

/// What the storm has done to the pane.
#[derive(Debug, Default)]
pub enum Mode {
    #[default]
    Off,
    /// The pane as it was before, whether a person asked for it (then only a person ends it), and when the label was chosen.
    On { before: Before, by_hand: bool, chosen: Time },
    /// Somebody did not want it; until this storm is over it does not come back by itself.
    Refused,
}

/// How the alerts were seen before the storm.
#[derive(Debug)]
pub struct Before {
    group_by: Vec<String>,
    sort: Sort,
    folds: Folds,
}

impl Mode {
    /// Takes what is to be seen after the storm; false where there is none.
    pub(super) fn keep(&mut self, labels: &[String], sort: &Sort) -> bool {
        if let Self::On { before, .. } = self {
            *before = Before { group_by: labels.to_vec(), sort: sort.clone(), folds: Folds::default() };
        }
        matches!(self, Self::On { .. })
    }
}

impl View {
    pub fn in_storm(&self) -> bool {
        matches!(self.storm, Mode::On { .. })
    }

    /// In a storm the order holds from the moment somebody stands in it.
    pub(super) fn stands_still(&self, sticks: bool) -> bool {
        self.in_storm() && !sticks
    }
}

impl Desk {
    /// Rows at the top of the alerts pane that say what fired first, and what was changed before it.
    pub fn band(&self, world: &World) -> u16 {
        let height = self.regions(world).alerts.height;
        if self.view.in_storm() && world.storm.is_on() && height >= BAND_FROM { 2 } else { 0 }
    }
}

/// The world's storm began or is over: so does the pane's.
pub(super) fn follow(app: &mut App) {
    match (app.world.storm.is_on(), &app.desk.view.storm) {
        (true, Mode::Off) if app.world.storm.is_auto() => {
            let rate = app.world.storm.per_minute(app.now);
            let key = key_of(app);
            if let Some(label) = enter(app, false) {
                app.desk.say_good(
                    app.now,
                    format!("storm: {rate} alerts a minute, grouped by {label}; {key} takes it back"),
                );
            }
        }
        (false, Mode::On { by_hand: false, .. }) => {
            leave(app, Mode::Off);
            app.desk.say_good(app.now, "the storm is over; the alerts are shown as before");
        }
        (false, Mode::Refused) => app.desk.view.storm = Mode::Off,
        (true, Mode::On { by_hand: false, chosen, .. }) if app.now - *chosen >= CHOOSE_AGAIN => choose_again(app),
        _ => {}
    }
}

/// A flood that grows may be split better by another label; nobody's lines are taken from under their cursor.
fn choose_again(app: &mut App) {
    let best = if app.desk.alerts.sticks() { split::best(&app.world, &app.desk.visible) } else { None };
    let now = app.now;
    if let Mode::On { chosen, .. } = &mut app.desk.view.storm {
        *chosen = now;
    }
    if let Some(label) = best.filter(|label| app.desk.view.group_by != [label.as_str()]) {
        app.desk.view.group_by = vec![label];
        act::regrouped(app);
    }
}

fn key_of(app: &App) -> String {
    app.keymap.chords(crate::config::keymap::Command::Storm).into_iter().next().unwrap_or_default()
}

/// Groups by what splits best; nothing happens where nothing splits.
fn enter(app: &mut App, by_hand: bool) -> Option<String> {
    crate::app::desk::finding::to_the_end(app);
    let label = split::best(&app.world, &app.desk.visible)?;
    let view = &mut app.desk.view;
    let before = Before {
        group_by: std::mem::replace(&mut view.group_by, vec![label.clone()]),
        sort: view.sort.clone(),
        folds: std::mem::replace(&mut view.folds, Folds::all()),
    };
    view.storm = Mode::On { before, by_hand, chosen: app.now };
    act::regrouped(app);
    Some(label)
}

fn leave(app: &mut App, to: Mode) {
    if let Mode::On { before, .. } = std::mem::replace(&mut app.desk.view.storm, to) {
        let view = &mut app.desk.view;
        (view.group_by, view.sort, view.folds) = (before.group_by, before.sort, before.folds);
        view.let_go();
        act::regrouped(app);
    }
}

/// The key: into storm mode, or out of it until the next storm.
pub(crate) fn turn(app: &mut App, now: Time) -> Effects {
    if app.desk.view.in_storm() {
        let to = if app.world.storm.is_on() { Mode::Refused } else { Mode::Off };
        leave(app, to);
        app.desk.say_good(now, "the alerts are shown as before");
        return Vec::new();
    }
    match enter(app, true) {
        Some(label) => app.desk.say_good(now, format!("storm mode: grouped by {label}, which splits the alerts best")),
        None => app.desk.say_bad(now, "no label splits these alerts: they have everything in common"),
    }
    Vec::new()
}

/// Selects the header above a selected alert, for whoever wants all of it.
pub(crate) fn whole_group(app: &mut App) -> bool {
    let selected = app.desk.alerts.selected();
    let header = selected.and_then(|key| app.desk.view.header_of(&app.world, key));
    let Some(key) = header.map(LineKey::Group) else { return false };
    let Some(place) = app.desk.view.find(&app.world, &app.desk.visible, &key) else { return false };
    app.desk.alerts.select(key, place);
    app.desk.scroll(&app.world);
    true
}
