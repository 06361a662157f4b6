//! Keys that wait for more: nothing but a key ends the waiting.

use chrono::Duration;
use watchfire::{
    app::desk::{layer::Layer, layout::Pane},
    config::keymap::preset,
};

use super::{forms::bound, *};

async fn in_vim() -> App {
    let mut app = demo().await;
    app.keymap = preset::keymap("vim");
    app
}

#[tokio::test]
async fn a_chord_lists_how_it_may_go_on_and_waits_for_an_hour() {
    let mut app = in_vim().await;
    press(&mut app, "j j g");
    let later = app.now + Duration::hours(1);
    drop(app.update(later, Msg::Ticked));
    let screen = screen(&app);
    for wanted in ["Backspace one back, Esc leave", "Go to the first line.", "Go into storm mode"] {
        assert!(screen.contains(wanted), "{wanted}\n{screen}");
    }
    press(&mut app, "g");
    assert_eq!(app.desk.alerts.place(), Some(0));
}

#[tokio::test]
async fn esc_leaves_a_chord_and_nothing_else() {
    let mut app = in_vim().await;
    press(&mut app, "Enter g Esc");
    assert!(matches!(app.desk.top_layer(), Some(Layer::Alert { .. })), "the alert stays open");
    assert!(!app.desk.begun());
    press(&mut app, "Esc");
    assert!(app.desk.layers.is_empty());
}

#[tokio::test]
async fn backspace_takes_the_last_key_back() {
    let mut app = in_vim().await;
    press(&mut app, "1 2 ctrl-w Backspace");
    assert_eq!((app.desk.pending.len(), app.desk.count), (0, Some(12)));
    press(&mut app, "Backspace");
    assert_eq!(app.desk.count, Some(1));
    press(&mut app, "Backspace ctrl-w 2");
    assert_eq!(app.desk.focus, Pane::Budgets);
}

#[tokio::test]
async fn a_chord_is_taken_back_and_left_by_the_keys_that_are_bound_and_names_them() {
    let mut app = demo().await;
    app.keymap = bound("preset = \"vim\"\nchord.back = \"ctrl-g\"\nchord.leave = [\"f9\", \"ctrl-x\"]\n");
    press(&mut app, "1 2 g");
    let seen = screen(&app);
    assert!(seen.contains("Ctrl-g one back, F9 leave"), "{seen}");
    assert!(seen.lines().last().is_some_and(|foot| foot.contains("Ctrl-g one back  F9 leave")), "{seen}");
    press(&mut app, "ctrl-g ctrl-g");
    assert_eq!((app.desk.pending.len(), app.desk.count), (0, Some(1)));
    press(&mut app, "ctrl-x");
    assert!(!app.desk.begun());
    press(&mut app, "g Esc");
    assert!(toast(&app).contains("no command is on `g Esc`"), "{}", toast(&app));
    app.keymap = bound("preset = \"vim\"\nchord.back = []\n");
    press(&mut app, "g");
    assert!(!screen(&app).contains("one back"), "a key that does nothing is named: {}", screen(&app));
}

#[tokio::test]
async fn a_chord_that_is_none_says_so() {
    let mut app = in_vim().await;
    press(&mut app, "g q");
    assert!(toast(&app).contains("no command is on `g q`"), "{}", toast(&app));
    assert!(!app.desk.begun());
}

#[tokio::test]
async fn a_count_goes_before_a_motion() {
    let mut app = demo().await;
    press(&mut app, "4 j");
    assert_eq!(app.desk.alerts.place(), Some(4));
    press(&mut app, "2");
    assert_eq!(app.desk.focus, Pane::Budgets, "a digit that is a command is one");
    let mut app = in_vim().await;
    press(&mut app, "3 G");
    assert_eq!(app.desk.alerts.place(), Some(2));
    press(&mut app, "1 0");
    assert!(screen(&app).lines().last().unwrap().contains("10…"), "{}", screen(&app));
    press(&mut app, "k");
    assert_eq!(app.desk.alerts.place(), Some(0));
}

#[tokio::test]
async fn a_count_never_does_a_deed_many_times_nor_once() {
    let mut app = demo().await;
    press(&mut app, "5 a");
    assert!(app.desk.layers.is_empty());
    assert!(toast(&app).contains("Only a motion takes a count"), "{}", toast(&app));
}

#[tokio::test]
async fn a_key_of_another_place_says_where_it_works() {
    let mut app = demo().await;
    press(&mut app, "X");
    assert!(toast(&app).contains("incident.postmortem works in an open incident"), "{}", toast(&app));
    press(&mut app, "d");
    assert!(toast(&app).contains("open a"), "{}", toast(&app));
}
