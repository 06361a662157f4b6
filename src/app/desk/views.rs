//! Saved views: parts of the alerts under names, each a tab with its count. `all` comes first and is always there.

use crate::{
    app::{App, effect::Effects, world::World},
    config::{types::ViewConfig, view::ALL},
    domain::{Time, filter::Filter},
};

use super::{filtering, layer::Layer, layout::Pane};

/// The views there are and the one before you.
#[derive(Debug, Default)]
pub struct Views {
    list: Vec<(ViewConfig, usize)>,
    /// None is every alert.
    current: Option<usize>,
    all: usize,
    counted: Option<(u64, i64)>,
}

/// One tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tab<'a> {
    pub name: &'a str,
    pub count: usize,
    pub current: bool,
}

/// How often a view that minds the time is counted on a board that does not change, in seconds.
const RECOUNTED: i64 = 15;

impl Views {
    pub fn of(list: Vec<ViewConfig>) -> Self {
        Self { list: list.into_iter().map(|v| (v, 0)).collect(), ..Self::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The view before you; none is every alert.
    pub fn current(&self) -> Option<&ViewConfig> {
        self.current.and_then(|i| self.list.get(i)).map(|(view, _)| view)
    }

    pub fn filter(&self) -> Option<&Filter> {
        self.current().map(|view| &view.filter)
    }

    /// `all` and every view, in order; nothing where no view was saved.
    pub fn tabs(&self) -> impl Iterator<Item = Tab<'_>> {
        let all =
            (!self.list.is_empty()).then_some(Tab { name: ALL, count: self.all, current: self.current.is_none() });
        let saved = self.list.iter().enumerate().map(|(i, (view, count))| Tab {
            name: view.name.shown(),
            count: *count,
            current: self.current == Some(i),
        });
        all.into_iter().chain(saved)
    }

    /// Counts every view, if the board is another one than it was, or the time has gone on where that counts.
    pub(super) fn count(&mut self, world: &World, now: Time) {
        let timed = self.list.iter().any(|(view, _)| view.filter.minds_the_time());
        let key = (world.board.version, if timed { now.timestamp() / RECOUNTED } else { 0 });
        if self.list.is_empty() || self.counted == Some(key) {
            return;
        }
        self.counted = Some(key);
        self.all = world.board.len();
        for (view, count) in &mut self.list {
            let mut sieve = view.filter.sieve();
            *count = world.board.iter().filter(|row| sieve.passes(&world.facts(row, now))).count();
        }
    }

    /// Goes one tab on or back; no where that was the last one.
    fn step(&mut self, on: bool) -> bool {
        let last = self.list.len();
        let at = self.current.map_or(0, |i| i + 1);
        let to = if on { Some(at + 1).filter(|to| *to <= last) } else { at.checked_sub(1) };
        to.is_some_and(|to| {
            self.current = to.checked_sub(1);
            true
        })
    }

    /// Back to every alert; no where one was there.
    pub(super) fn leave(&mut self) -> bool {
        self.current.take().is_some()
    }
}

/// Tab and Shift-Tab: through the views first, then on to the next pane.
pub(super) fn step(app: &mut App, on: bool) -> Effects {
    let among_views = app.desk.focus == Pane::Alerts && !app.desk.layers.iter().any(Layer::covers);
    if among_views && app.desk.views.step(on) {
        return moved(app);
    }
    let pane = if on { app.desk.focus.next() } else { app.desk.focus.previous() };
    let effects = super::act::focus(app, pane);
    if pane == Pane::Alerts {
        app.desk.views.current = if on { None } else { app.desk.views.list.len().checked_sub(1) };
        moved(app);
    }
    effects
}

/// The next or previous view, round and round.
pub(super) fn turn(app: &mut App, now: Time, on: bool) -> Effects {
    let views = &mut app.desk.views;
    if views.is_empty() {
        app.desk.say_bad(now, "no view is saved; each is a [[view]] with a name and a filter in the configuration");
        return Vec::new();
    }
    if !views.step(on) {
        views.current = if on { None } else { Some(views.list.len() - 1) };
    }
    super::act::focus(app, Pane::Alerts);
    moved(app)
}

fn moved(app: &mut App) -> Effects {
    let selected = app.desk.alerts.selected().cloned();
    super::view::act::as_saved(app);
    app.desk.follow(&app.world, app.now);
    filtering::select_passing(app, selected.as_ref());
    Vec::new()
}
