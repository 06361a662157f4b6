//! Marks: which alerts the next act is about. By identity, so that a mark follows its alert and never its row.

use std::collections::BTreeMap;

use crate::{
    app::{App, effect::Effects, world::World},
    domain::{Time, alert::AlertId, op::Covered, text::SafeText},
};

use super::{Desk, cursor::Motion, layout::Pane};

/// What is marked, with the names that marked alerts are told by should they go.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    kept: BTreeMap<AlertId, SafeText>,
    /// Where a range began that has not ended.
    from: Option<AlertId>,
}

impl Marks {
    pub fn holds(&self, id: &AlertId) -> bool {
        self.kept.contains_key(id)
    }

    /// Whether a range is being drawn.
    pub fn is_drawing(&self) -> bool {
        self.from.is_some()
    }

    /// Takes all marks away; false where there was none.
    pub(crate) fn clear(&mut self) -> bool {
        let had = !self.kept.is_empty() || self.from.is_some();
        *self = Self::default();
        had
    }
}

impl Desk {
    /// The places in the pane that the range being drawn spans now.
    pub fn span(&self, world: &World) -> Option<(usize, usize)> {
        let from = self.place_of(world, self.marks.from.as_ref()?)?;
        let to = self.alerts.place()?;
        Some((from.min(to), from.max(to)))
    }

    /// How many alerts the next act is about; 0 where nothing is marked.
    pub fn marked_count(&self, world: &World) -> usize {
        let fresh = self.span(world).map_or(0, |(low, high)| {
            (low..=high).filter_map(|place| self.seen(world, place)).filter(|c| !self.marks.holds(&c.alert)).count()
        });
        self.marks.kept.len() + fresh
    }

    /// All that is marked, the range being drawn included, in the order of their ids.
    pub(crate) fn marked(&self, world: &World) -> Vec<Covered> {
        let mut all = self.marks.kept.clone();
        if let Some((low, high)) = self.span(world) {
            all.extend((low..=high).filter_map(|p| self.seen(world, p)).map(|c| (c.alert, c.title)));
        }
        all.into_iter().map(|(alert, title)| Covered { alert, title }).collect()
    }

    /// The alert at a place of the pane.
    fn seen(&self, world: &World, place: usize) -> Option<Covered> {
        let row = world.board.at(*self.visible.get(place)?)?;
        Some(Covered { alert: row.id.clone(), title: row.name().clone() })
    }
}

/// Marks are of the alerts, and of the pane itself.
fn is_here(app: &mut App, now: Time) -> bool {
    let here = app.desk.focus == Pane::Alerts && app.desk.layers.is_empty();
    if !here {
        app.desk.say_bad(now, "marks are for the list of alerts (1)");
    }
    here
}

pub(crate) fn toggle(app: &mut App, now: Time) -> Effects {
    if !is_here(app, now) {
        return Vec::new();
    }
    let Some(id) = app.desk.alerts.selected().cloned() else {
        app.desk.say_bad(now, "the alert that was selected has gone; move to select again");
        return Vec::new();
    };
    if app.desk.marks.kept.remove(&id).is_none()
        && let Some(row) = app.world.board.get(&id)
    {
        app.desk.marks.kept.insert(id, row.name().clone());
    }
    app.desk.alerts.hold();
    app.desk.go(&app.world, Motion::Down(1));
    Vec::new()
}

/// Begins a range, or ends it: then all of it is marked for good.
pub(crate) fn range(app: &mut App, now: Time) -> Effects {
    if !is_here(app, now) {
        return Vec::new();
    }
    app.desk.alerts.hold();
    if app.desk.marks.from.is_none() {
        app.desk.marks.from = app.desk.alerts.selected().cloned();
        return Vec::new();
    }
    if app.desk.span(&app.world).is_none() {
        app.desk
            .say_bad(now, "where the range began, or where it ends, has gone from the list; nothing was marked by it");
    }
    let all = app.desk.marked(&app.world);
    app.desk.marks = Marks { kept: all.into_iter().map(|c| (c.alert, c.title)).collect(), from: None };
    Vec::new()
}

/// Everything that the filter lets through.
pub(crate) fn all(app: &mut App, now: Time) -> Effects {
    if !is_here(app, now) {
        return Vec::new();
    }
    let desk = &app.desk;
    let seen: Vec<Covered> = (0..desk.visible.len()).filter_map(|p| desk.seen(&app.world, p)).collect();
    app.desk.alerts.hold();
    app.desk.marks.from = None;
    app.desk.marks.kept.extend(seen.into_iter().map(|c| (c.alert, c.title)));
    Vec::new()
}
