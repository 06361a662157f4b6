//! Lines of the alerts pane: groups, folds, orders and facets, and a selection that stays with what it is.

use watchfire::{
    app::{
        App,
        desk::view::LineKey,
        msg::{Msg, SourceMsg},
    },
    config::keymap::{Chord, Key},
    domain::{
        alert::Alert,
        label::Labels,
        source::{AckVia, Snapshot, SourceName},
    },
};

use crate::support::heart::{self, t};

mod pulse;
mod routed;

fn alert(name: &str, severity: &str, team: &str, age: i64) -> Alert {
    let pairs = [("alertname", name), ("severity", severity), ("team", team)];
    let labels: Labels = pairs.into_iter().filter(|(_, v)| !v.is_empty()).collect();
    Alert::firing(labels.fingerprint(), labels, Labels::default(), t(-age))
}

fn tells(app: &mut App, at: i64, alerts: Vec<Alert>) {
    let alerts = alerts.into_iter().map(Into::into).collect();
    let snapshot = Snapshot { alerts, ..Snapshot::empty(t(at)) };
    app.update(t(at), Msg::Source(SourceName::new("am"), SourceMsg::Answered(Box::new(snapshot))));
}

fn keys(app: &mut App, chord: &str) {
    for key in Chord::parse(chord).unwrap().0 {
        app.update(app.now, Msg::Key(key));
    }
}

fn types(app: &mut App, text: &str) {
    for c in text.chars() {
        app.update(app.now, Msg::Key(Key::char(c)));
    }
}

/// The lines as a person would read them: headers in brackets.
fn lines(app: &App) -> Vec<String> {
    let desk = &app.desk;
    let told = |key: LineKey| match key {
        LineKey::Group(key) => format!("[{}]", key.values()[0].raw()),
        LineKey::Alert(id) => app.world.board.get(&id).unwrap().name().raw().to_owned(),
        LineKey::Twins(ids) => panic!("nothing is correlated: {ids:?}"),
    };
    (0..desk.view.len(&desk.visible)).filter_map(|i| desk.view.key(&app.world, &desk.visible, i)).map(told).collect()
}

fn board() -> Vec<Alert> {
    vec![
        alert("Disk", "warning", "db", 300),
        alert("Slow", "critical", "web", 200),
        alert("Lag", "warning", "db", 100),
        alert("Orphan", "info", "", 50),
    ]
}

fn by_team() -> App {
    let mut app = heart::heart(AckVia::Silence);
    tells(&mut app, 1, board());
    keys(&mut app, "b");
    types(&mut app, "team");
    keys(&mut app, "Enter");
    app
}

#[test]
fn alerts_are_grouped_by_a_label_worst_group_first_and_those_without_it_are_a_group_too() {
    let app = by_team();
    assert_eq!(lines(&app), ["[web]", "Slow", "[db]", "Lag", "Disk", "[]", "Orphan"]);
}

#[test]
fn a_selected_header_stays_selected_while_alerts_come_and_go_and_stands_for_all_of_its_alerts() {
    let mut app = by_team();
    keys(&mut app, "j j");
    let header = app.desk.alerts.selected().cloned().unwrap();
    assert!(matches!(&header, LineKey::Group(key) if key.values()[0] == "db"), "{header:?}");
    let mut more = board();
    more.extend([alert("New", "critical", "db", 0), alert("Other", "critical", "ops", 0)]);
    tells(&mut app, 20, more);
    assert_eq!(app.desk.alerts.selected(), Some(&header));
    let names: Vec<String> = app
        .desk
        .selected_alerts(&app.world)
        .iter()
        .map(|id| app.world.board.get(id).unwrap().name().raw().to_owned())
        .collect();
    assert_eq!(names, ["New", "Lag", "Disk"]);
}

#[test]
fn a_fold_hides_the_alerts_and_its_header_stands_for_the_selected_one() {
    let mut app = by_team();
    keys(&mut app, "j j j");
    keys(&mut app, "c");
    assert_eq!(lines(&app), ["[web]", "Slow", "[db]", "[]", "Orphan"]);
    assert!(matches!(app.desk.alerts.selected(), Some(LineKey::Group(key)) if key.values()[0] == "db"));
    assert_eq!(app.desk.selected_alerts(&app.world).len(), 2);
    keys(&mut app, "C");
    assert_eq!(lines(&app), ["[web]", "[db]", "[]"]);
    keys(&mut app, "C Enter");
    assert_eq!(lines(&app), ["[web]", "Slow", "[db]", "[]", "Orphan"], "Enter folds what is selected");
}

#[test]
fn a_key_steps_through_the_orders_and_the_selection_stays_on_its_alert() {
    let mut app = heart::heart(AckVia::Silence);
    tells(&mut app, 1, board());
    assert_eq!(lines(&app), ["Slow", "Lag", "Disk", "Orphan"]);
    keys(&mut app, "j");
    for wanted in
        [["Orphan", "Lag", "Slow", "Disk"], ["Disk", "Slow", "Lag", "Orphan"], ["Disk", "Lag", "Orphan", "Slow"]]
    {
        keys(&mut app, "O");
        assert_eq!(lines(&app), wanted);
        let selected = app.desk.selected_alert().and_then(|id| app.world.board.get(id)).unwrap();
        assert_eq!(selected.name().raw(), "Lag");
    }
}

#[test]
fn a_facet_narrows_the_filter_to_its_value_or_to_the_rest() {
    let mut app = heart::heart(AckVia::Silence);
    tells(&mut app, 1, board());
    keys(&mut app, "f");
    // Names come first: each has one alert here, and the name of an alert splits best.
    keys(&mut app, "Enter");
    assert_eq!(app.desk.filter.text, "alertname=\"Disk\"");
    assert_eq!(lines(&app), ["Disk"]);
    keys(&mut app, "Esc Esc f Tab -");
    assert_eq!(app.desk.filter.text, "severity!=\"warning\"");
    assert_eq!(lines(&app), ["Slow", "Orphan"]);
}

#[test]
fn going_back_to_one_by_one_takes_the_groups_away() {
    let mut app = by_team();
    keys(&mut app, "b");
    types(&mut app, "one");
    keys(&mut app, "Enter");
    assert_eq!(lines(&app), ["Slow", "Lag", "Disk", "Orphan"]);
}
