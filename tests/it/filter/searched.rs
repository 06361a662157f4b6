//! A look at more alerts than a key waits for: it goes on in steps, says that it does, and ends where one look would.

use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{App, msg::Msg},
    ui,
};

use super::{heart, keys, t, told, typed};

/// As many alerts that take more than one step.
const MANY: usize = 10_000;

fn board(views: &[(&str, &str)]) -> App {
    let mut app = heart(views, "");
    answered(&mut app, 1, &[]);
    app
}

/// The same answer as ever, and some more alerts.
fn answered(app: &mut App, second: i64, more: &[&str]) {
    let alerts: Vec<String> = (0..MANY).map(|i| format!("alertname=A{} team=t{} pod=web-{i}", i % 7, i % 11)).collect();
    told(app, t(second), &alerts.iter().map(String::as_str).chain(more.iter().copied()).collect::<Vec<_>>());
}

fn screen(app: &App) -> String {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.desk.width, app.desk.height));
    ui::view(app, &crate::support::cockpit::look(), &mut buf);
    ui::still::text(&buf)
}

fn to_the_end(app: &mut App) -> usize {
    let mut steps = 0;
    while app.has_more() {
        app.update(app.now, Msg::Idle);
        steps += 1;
        assert!(steps < 1000, "it ends");
    }
    steps
}

fn passing(app: &App, word: &str) -> Vec<String> {
    let pods = app
        .world
        .board
        .iter()
        .map(|r| (r.id.fingerprint.to_string(), r.alert.labels.iter().any(|(_, v)| v.raw().contains(word))));
    pods.filter(|(_, passes)| *passes).map(|(id, _)| id).collect()
}

fn seen(app: &App) -> Vec<String> {
    app.desk.visible.iter().map(|s| app.world.board.at(*s).unwrap().id.fingerprint.to_string()).collect()
}

#[test]
fn what_a_letter_did_not_wait_for_comes_in_steps_and_in_the_order_of_the_board() {
    let mut app = board(&[]);
    keys(&mut app, "/");
    typed(&mut app, "\"-99");
    typed(&mut app, "\"");
    assert!(app.has_more() && app.desk.is_searching());
    let wanted = passing(&app, "-99");
    let early = seen(&app);
    assert!(early.len() < wanted.len() && wanted.starts_with(&early), "the top of the list comes first");
    assert!(to_the_end(&mut app) > 0 && !app.desk.is_searching());
    assert_eq!(seen(&app), wanted);
}

#[test]
fn typing_on_and_back_before_the_end_loses_no_alert() {
    let mut app = board(&[]);
    keys(&mut app, "/");
    for letter in ["\"-1", "2", "3", "\""] {
        typed(&mut app, letter);
        app.update(app.now, Msg::Idle);
    }
    keys(&mut app, "backspace backspace");
    typed(&mut app, "\"");
    to_the_end(&mut app);
    assert_eq!(seen(&app), passing(&app, "-12"));
    keys(&mut app, "esc esc esc");
    to_the_end(&mut app);
    assert_eq!(app.desk.visible.len(), MANY);
}

#[test]
fn an_answer_in_the_middle_of_it_is_part_of_the_outcome() {
    let mut app = board(&[]);
    keys(&mut app, "/");
    typed(&mut app, "\"-77\"");
    assert!(app.desk.is_searching());
    answered(&mut app, 2, &["alertname=New pod=web-77-more", "alertname=A0 team=t0 pod=web-77-again"]);
    to_the_end(&mut app);
    let wanted = passing(&app, "-77");
    assert!(wanted.len() > 2 && seen(&app) == wanted);
}

#[test]
fn while_it_looks_no_number_is_told_for_the_last() {
    let mut app = board(&[]);
    keys(&mut app, "/");
    typed(&mut app, "z");
    let early = screen(&app);
    assert!(early.contains(">=0/10000") && early.contains("looking through"), "{early}");
    to_the_end(&mut app);
    let late = screen(&app);
    assert!(late.contains(" 0/10000") && late.contains("no alert passes"), "{late}");
}

#[test]
fn marking_all_waits_for_the_end_of_the_search() {
    let mut app = board(&[]);
    keys(&mut app, "/");
    typed(&mut app, "\"-5");
    typed(&mut app, "\"");
    keys(&mut app, "enter");
    assert!(app.desk.is_searching());
    keys(&mut app, "*");
    assert_eq!(app.desk.marked_count(&app.world), passing(&app, "-5").len());
}

#[test]
fn what_was_selected_is_selected_again_once_it_is_found() {
    let mut app = board(&[]);
    keys(&mut app, "G");
    let selected = app.desk.alerts.selected().cloned();
    keys(&mut app, "/");
    typed(&mut app, "web");
    to_the_end(&mut app);
    assert!(selected.is_some() && app.desk.alerts.selected().cloned() == selected);
}

#[test]
fn the_counts_of_views_follow_what_changed_alone_and_are_the_same() {
    let mut app = board(&[("three", "team=t3"), ("old", "@age>1h"), ("few", "team=t1 @limit=5")]);
    answered(&mut app, 2, &["alertname=N team=t3 pod=x", "alertname=N team=t4 pod=y"]);
    app.update(t(5000), Msg::Ticked);
    to_the_end(&mut app);
    let counts: Vec<usize> = app.desk.views.tabs().map(|tab| tab.count).collect();
    let three = app.world.board.iter().filter(|r| r.alert.labels.value("team") == "t3").count();
    assert_eq!(counts, [MANY + 2, three, MANY + 2, 5]);
}

#[test]
fn the_facets_of_many_alerts_are_counted_in_steps_and_stay_while_they_are_counted_again() {
    let mut app = board(&[]);
    to_the_end(&mut app);
    keys(&mut app, "f");
    assert!(app.has_more() && screen(&app).contains(&format!("of {MANY}")), "{}", screen(&app));
    assert!(to_the_end(&mut app) > 0);
    let counted = screen(&app);
    assert!(counted.contains("team  11 values"), "{counted}");
    answered(&mut app, 2, &["alertname=A1 team=t1 pod=another"]);
    assert!(app.has_more() && screen(&app).contains("team  11 values"), "the last count stands");
    to_the_end(&mut app);
    assert!(screen(&app).contains(&format!("{} alerts by label", MANY + 1)));
    keys(&mut app, "esc");
    assert!(!app.has_more());
}

#[test]
fn whoever_knows_by_which_label_to_group_waits_for_no_count() {
    let mut app = board(&[]);
    to_the_end(&mut app);
    keys(&mut app, "b");
    assert!(app.has_more() && screen(&app).contains("counting the labels"), "{}", screen(&app));
    typed(&mut app, "team");
    assert!(app.has_more());
    keys(&mut app, "enter");
    assert_eq!(app.desk.view.group_by, ["team"]);
    assert!(!app.has_more());
}
