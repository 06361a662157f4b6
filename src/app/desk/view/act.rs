//! The commands that change how the alerts are seen: fold, sort, group.

use crate::{
    app::{App, desk::many, effect::Effects},
    config::{Column, Sort, keymap::Command},
    domain::{Time, alert::AlertId},
};

use super::{Folds, LineKey};

/// Folds the group of the selected line, or unfolds it.
pub(crate) fn fold(app: &mut App, now: Time) -> Effects {
    let selected = app.desk.alerts.selected();
    match selected.and_then(|key| app.desk.view.header_of(&app.world, key)) {
        Some(key) => {
            app.desk.alerts.hold();
            app.desk.view.folds.turn(&key);
            again(app);
        }
        None => ungrouped(app, now, "no group is selected"),
    }
    Vec::new()
}

/// Takes the selected line apart into the tales of each source, or joins them again.
pub(crate) fn apart(app: &mut App, now: Time) -> Effects {
    let selected = app.desk.alerts.selected().cloned();
    let members = selected.map(|key| tales(app, &key)).unwrap_or_default();
    if members.len() < 2 {
        app.desk.say_bad(now, "one source alone tells the selected line; [[correlation]] says which tell the same");
        return Vec::new();
    }
    let apart = app.desk.view.apart.turn(&members);
    app.desk.alerts.hold();
    again(app);
    let word =
        if apart { "apart: each source's word on a line of its own" } else { "joined: one line, the worst counts" };
    app.desk.say_good(now, word);
    Vec::new()
}

/// Takes every joined line apart, or joins all that is told twice again.
pub(crate) fn apart_all(app: &mut App, now: Time) -> Effects {
    if app.world.twins.is_empty() {
        app.desk.say_bad(now, "no alert is told by several sources; [[correlation]] says which tell the same");
        return Vec::new();
    }
    let word = if app.desk.view.apart.turn_all() {
        "every source's word on a line of its own"
    } else {
        "what is told twice is one line"
    };
    app.desk.say_good(now, word);
    again(app);
    Vec::new()
}

/// All that a line, or the line that it would be on, has to tell.
fn tales(app: &App, key: &LineKey) -> Vec<AlertId> {
    let beside = |id: &AlertId| {
        let row = app.world.board.get(id)?;
        Some(std::iter::once(id.clone()).chain(app.world.twins(row).into_iter().map(|t| t.id.clone())).collect())
    };
    match key {
        LineKey::Alert(id) => beside(id).unwrap_or_default(),
        LineKey::Twins(ids) => ids.to_vec(),
        LineKey::Group(_) => Vec::new(),
    }
}

/// Why nothing is folded or taken, and the key that changes that.
fn ungrouped(app: &mut App, now: Time, why: &str) {
    let key = app.key_of(Command::GroupBy);
    app.desk.say_bad(now, format!("{why}; {key} groups the alerts"));
}

/// Folds every group; where all are folded, unfolds them.
pub(crate) fn fold_all(app: &mut App, now: Time) -> Effects {
    if !app.desk.view.is_grouped() {
        ungrouped(app, now, "the alerts are not grouped");
        return Vec::new();
    }
    app.desk.view.folds = if app.desk.view.has_unfolded() { Folds::all() } else { Folds::default() };
    again(app);
    Vec::new()
}

/// The next order.
pub(crate) fn sort(app: &mut App, now: Time) -> Effects {
    app.desk.view.sort = app.desk.view.sort.next();
    let word = app.desk.view.sort.word();
    app.desk.say_good(now, format!("sorted by {word}"));
    again(app);
    Vec::new()
}

/// Groups by these labels; by none shows the alerts one by one.
pub(crate) fn group_by(app: &mut App, labels: Vec<String>) {
    let view = &mut app.desk.view;
    view.group_by = labels;
    view.folds = Folds::default();
    view.let_go();
    regrouped(app);
}

/// As the saved view before you wants the alerts, else as the configuration does; a storm goes on.
pub(crate) fn as_saved(app: &mut App) {
    let desk = &mut app.desk;
    let (home, saved) = (&desk.view.home, desk.views.current());
    let own = |list: Option<&Vec<String>>| list.filter(|l| !l.is_empty()).cloned();
    let labels = own(saved.map(|v| &v.group_by)).unwrap_or_else(|| home.group_by.clone());
    let sort = saved.and_then(|v| Sort::read(v.sort.as_deref()?).ok()).unwrap_or_else(|| home.sort.clone());
    let columns: Vec<Column> =
        saved.iter().flat_map(|v| &v.columns).filter_map(|word| Column::read(word).ok()).collect();
    let columns = if columns.is_empty() { home.columns.clone() } else { columns };
    desk.view.put_on(labels, sort, columns);
}

/// The groups are others: a header that was selected is no more, so the list begins anew.
pub(crate) fn regrouped(app: &mut App) {
    if matches!(app.desk.alerts.selected(), Some(LineKey::Group(_))) {
        app.desk.alerts.forget();
    }
    again(app);
}

/// The routes of a source are known, or are others now.
pub(crate) fn routes_changed(app: &mut App) {
    if app.desk.view.is_routed() {
        again(app);
    }
}

/// The view changed: lines and selection anew.
fn again(app: &mut App) {
    app.desk.view.changed();
    app.desk.follow(&app.world, app.now);
}

/// Nothing is new any more.
pub(crate) fn seen(app: &mut App, now: Time) -> Effects {
    app.world.count_new();
    let new = app.world.new_rows();
    app.desk.say_good(now, format!("{new} new alerts are seen"));
    let effects = app.world.say_seen(now);
    app.desk.look_again(&app.world, now);
    effects
}

/// The whole group of the selected line, at once.
pub(crate) fn take_group(app: &mut App, now: Time) -> Effects {
    if !super::storm::whole_group(app) {
        ungrouped(app, now, "the selected line is in no group");
        return Vec::new();
    }
    app.desk.marks.clear();
    many::ack(app, now)
}
