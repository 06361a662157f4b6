//! Saved views: parts of the alerts under names, each a tab with its count. `all` comes first and is always there.

use crate::{
    app::{
        App,
        effect::Effects,
        world::{
            World,
            board::{Counted, Row},
        },
    },
    config::{types::ViewConfig, view::ALL},
    domain::{Time, filter::Filter},
};

use super::{filtering, layer::Layer, layout::Pane, sight::AT_ONCE};

/// The views there are and the one before you.
#[derive(Debug, Default)]
pub struct Views {
    list: Vec<(ViewConfig, Counted)>,
    /// None is every alert.
    current: Option<usize>,
    all: usize,
    /// The quarter of a minute in which those that mind the time were counted last.
    timed_at: i64,
    /// One that is being counted anew, from this slot on; what it counted before stays until then.
    anew: Option<Anew>,
}

#[derive(Debug)]
struct Anew {
    view: usize,
    from: usize,
    version: u64,
    counted: Counted,
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
        Self { list: list.into_iter().map(|v| (v, Counted::default())).collect(), ..Self::default() }
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
        let saved = self.list.iter().enumerate().map(|(i, (view, counted))| Tab {
            name: view.name.shown(),
            count: counted.count().min(view.filter.limit().unwrap_or(usize::MAX)),
            current: self.current == Some(i),
        });
        all.into_iter().chain(saved)
    }

    /// Counts what changed on the board. Views that mind the time are counted anew now and then, in steps, so that no
    /// key waits for it.
    pub(super) fn count(&mut self, world: &World, now: Time) {
        self.all = world.board.len();
        for (view, counted) in &mut self.list {
            counted.follow(&world.board, asks(&view.filter, world, now));
        }
        let (at, first) = (now.timestamp() / RECOUNTED, self.timed_from(0));
        if self.timed_at != at && self.anew.is_none() {
            self.timed_at = at;
            self.anew = first.map(Anew::of);
        }
        while self.anew.is_some() && world.board.len() <= AT_ONCE {
            self.count_on(world, now);
        }
    }

    fn timed_from(&self, from: usize) -> Option<usize> {
        (from..self.list.len()).find(|i| self.list[*i].0.filter.minds_the_time())
    }

    /// Whether a view is being counted anew.
    pub(super) fn has_more(&self) -> bool {
        self.anew.is_some()
    }

    /// Counts on; a board that changed meanwhile is begun again.
    pub(super) fn count_on(&mut self, world: &World, now: Time) {
        let Some(mut anew) = self.anew.take() else { return };
        if anew.from > 0 && anew.version != world.board.version {
            anew = Anew::of(anew.view);
        }
        anew.version = world.board.version;
        let Some((view, counted)) = self.list.get_mut(anew.view) else { return };
        match anew.counted.part(&world.board, anew.from, AT_ONCE, asks(&view.filter, world, now)) {
            Some(from) => self.anew = Some(Anew { from, ..anew }),
            None => {
                *counted = anew.counted;
                self.anew = self.timed_from(anew.view + 1).map(Anew::of);
            }
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

impl Anew {
    fn of(view: usize) -> Self {
        Self { view, from: 0, version: 0, counted: Counted::default() }
    }
}

/// Whether a row passes a filter, but for its limit.
fn asks<'w>(filter: &'w Filter, world: &'w World, now: Time) -> impl FnMut(&'w Row) -> bool {
    let mut sieve = filter.sieve();
    sieve.leave(usize::MAX);
    let asks_new = filter.asks_what_is_new();
    move |row| sieve.passes(&world.facts_asked(row, now, asks_new))
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

/// The view of a tab; the first is all alerts.
pub(super) fn show(app: &mut App, tab: usize) -> Effects {
    if tab > app.desk.views.list.len() {
        return Vec::new();
    }
    app.desk.views.current = tab.checked_sub(1);
    super::act::focus(app, Pane::Alerts);
    moved(app)
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

/// Other views than before; the one before you stays, where it is still there.
pub(crate) fn renew(app: &mut App, list: Vec<ViewConfig>) {
    let name = app.desk.views.current().map(|v| v.name.clone());
    let mut views = Views::of(list);
    views.current = name.and_then(|name| views.list.iter().position(|(v, _)| v.name == name));
    app.desk.views = views;
    moved(app);
}

fn moved(app: &mut App) -> Effects {
    let selected = app.desk.alerts.selected().cloned();
    super::view::act::as_saved(app);
    app.desk.follow(&app.world, app.now);
    filtering::select_passing(app, selected.as_ref());
    Vec::new()
}
