//! Marks: which alerts the next act is about. By identity, so that a mark follows its alert and never its row.

use std::collections::BTreeMap;

use crate::{
    app::{App, effect::Effects, world::World},
    domain::{Time, alert::AlertId, op::Covered, text::SafeText},
};

use super::{Desk, cursor::Motion, layout::Pane, view::LineKey};

/// What is marked, with the names that marked alerts are told by should they go.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    kept: BTreeMap<AlertId, SafeText>,
    /// Where a range began that has not ended.
    from: Option<LineKey>,
}

impl Marks {
    pub fn holds(&self, id: &AlertId) -> bool {
        self.kept.contains_key(id)
    }

    /// Whether a range is being drawn.
    pub fn is_drawing(&self) -> bool {
        self.from.is_some()
    }

    /// These are marked, and no other.
    pub(super) fn only(&mut self, all: Vec<Covered>) {
        *self = Self { kept: all.into_iter().map(|c| (c.alert, c.title)).collect(), from: None };
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
        let from = self.view.find(world, &self.visible, self.marks.from.as_ref()?)?;
        let to = self.alerts.place()?;
        Some((from.min(to), from.max(to)))
    }

    /// How many alerts the next act is about; 0 where nothing is marked.
    pub fn marked_count(&self, world: &World) -> usize {
        let fresh = self.spanned(world).filter(|c| !self.marks.holds(&c.alert)).count();
        self.marks.kept.len() + fresh
    }

    /// All that is marked, the range being drawn included, in the order of their ids.
    pub(crate) fn marked(&self, world: &World) -> Vec<Covered> {
        let mut all = self.marks.kept.clone();
        all.extend(self.spanned(world).map(|c| (c.alert, c.title)));
        all.into_iter().map(|(alert, title)| Covered { alert, title }).collect()
    }

    /// The alerts of the selected line, where it is of several: a group's header, or what several sources tell.
    pub(crate) fn selected_several(&self, world: &World) -> Vec<Covered> {
        match self.alerts.selected() {
            Some(key @ (LineKey::Group(_) | LineKey::Twins(_))) => covered(world, self.view.alerts_of(world, key)),
            _ => Vec::new(),
        }
    }

    fn spanned(&self, world: &World) -> impl Iterator<Item = Covered> {
        let span = self.span(world).map(|(low, high)| low..=high);
        span.into_iter().flatten().flat_map(|place| self.on_line(world, place))
    }

    /// What a line of the pane stands for: an alert, or a group that is folded; the alerts below an unfolded header
    /// have lines of their own.
    fn on_line(&self, world: &World, place: usize) -> Vec<Covered> {
        match self.view.key(world, &self.visible, place) {
            Some(LineKey::Group(key)) if !self.view.folds.is_folded(&key) => Vec::new(),
            Some(key) => covered(world, self.view.alerts_of(world, &key)),
            None => Vec::new(),
        }
    }
}

fn covered(world: &World, ids: Vec<AlertId>) -> Vec<Covered> {
    let row =
        |id: AlertId| world.board.get(&id).map(|row| Covered { alert: row.id.clone(), title: row.name().clone() });
    ids.into_iter().filter_map(row).collect()
}

/// Marks are of the alerts, and of the pane itself.
fn is_here(app: &mut App, now: Time) -> bool {
    let here = app.desk.focus == Pane::Alerts && app.desk.layers.is_empty();
    if !here {
        app.desk.say_bad(now, "marks are for the list of alerts (1)");
    }
    here
}

/// Marks the alert, or all alerts of the group or of the joined tales, of the selected line; where all are marked, takes the marks away.
pub(crate) fn toggle(app: &mut App, now: Time) -> Effects {
    if !is_here(app, now) {
        return Vec::new();
    }
    let Some(key) = app.desk.alerts.selected().cloned() else {
        app.desk.say_bad(now, "the alert that was selected has gone; move to select again");
        return Vec::new();
    };
    let ids = app.desk.view.alerts_of(&app.world, &key);
    let kept = &mut app.desk.marks.kept;
    if ids.iter().all(|id| kept.contains_key(id)) {
        ids.iter().for_each(|id| drop(kept.remove(id)));
    } else {
        kept.extend(covered(&app.world, ids).into_iter().map(|c| (c.alert, c.title)));
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
    super::finding::to_the_end(app);
    let desk = &app.desk;
    let rows = desk.visible.iter().filter_map(|slot| app.world.board.at(*slot));
    let seen: Vec<(AlertId, SafeText)> = rows.map(|row| (row.id.clone(), row.name().clone())).collect();
    app.desk.alerts.hold();
    app.desk.marks.from = None;
    app.desk.marks.kept.extend(seen);
    Vec::new()
}
