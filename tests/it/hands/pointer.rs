//! The mouse: each event means what lies under it on the frame that is seen.

use watchfire::{
    app::desk::{layer::Layer, layout::Pane},
    config::types::ViewConfig,
    domain::{filter::Filter, text::SafeText},
};

use super::*;

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);

#[tokio::test]
async fn a_press_selects_a_line_and_a_second_one_opens_it() {
    let (mut app, mut hand) = (demo().await, Hand::default());
    let (column, title) = place_of(&app, "1 alerts");
    let at = (column, title + 4);
    assert_eq!(app.desk.alerts.place(), Some(0));
    hand.clicks(&mut app, at);
    assert_eq!(app.desk.alerts.place(), Some(3));
    assert!(app.desk.layers.is_empty());
    hand.clicks(&mut app, at);
    assert!(matches!(app.desk.top_layer(), Some(Layer::Alert { .. })), "{}", screen(&app));
}

#[tokio::test]
async fn a_press_on_a_pane_gives_it_the_focus() {
    let (mut app, mut hand) = (demo().await, Hand::default());
    let title = place_of(&app, "3 timeline");
    hand.clicks(&mut app, title);
    assert_eq!(app.desk.focus, Pane::Timeline);
    let budget = place_of(&app, "2 budgets");
    hand.clicks(&mut app, (budget.0, budget.1 + 1));
    assert_eq!((app.desk.focus, app.desk.budgets.place()), (Pane::Budgets, Some(0)));
}

#[tokio::test]
async fn a_press_on_a_tab_goes_to_its_view() {
    let (mut app, mut hand) = (demo().await, Hand::default());
    let filter = Filter::parse("severity=critical").unwrap();
    let view = ViewConfig { name: SafeText::new("worst"), filter, group_by: vec![], sort: None, columns: vec![] };
    app = app.with_views(vec![view], Filter::default());
    drop(app.update(app.now, Msg::Ticked));
    let tab = place_of(&app, "worst");
    hand.clicks(&mut app, tab);
    assert_eq!(app.desk.views.current().map(|v| v.name.shown()), Some("worst"));
    let all = place_of(&app, "all ");
    hand.clicks(&mut app, all);
    assert!(app.desk.views.current().is_none());
}

#[tokio::test]
async fn a_key_at_the_foot_of_the_screen_is_pressed_by_the_mouse() {
    let (mut app, mut hand) = (demo().await, Hand::default());
    let foot = app.desk.height - 1;
    let (column, row) = place_of(&app, "? help");
    assert_eq!(row, foot);
    hand.clicks(&mut app, (column, row));
    assert!(matches!(app.desk.top_layer(), Some(Layer::Menu(_))), "{}", screen(&app));
}

#[tokio::test]
async fn what_lies_under_a_dialog_is_not_pressed() {
    let (mut app, mut hand) = (demo().await, Hand::default());
    let under = place_of(&app, "3 timeline");
    press(&mut app, "a");
    hand.clicks(&mut app, under);
    assert_eq!(app.desk.focus, Pane::Alerts);
    assert!(matches!(app.desk.top_layer(), Some(Layer::Ack(_))));
    press(&mut app, "Esc :");
    let (column, row) = place_of(&app, "app.help");
    hand.clicks(&mut app, (column, row + 2));
    let Some(Layer::Menu(menu)) = app.desk.top_layer() else { panic!("the menu stays") };
    assert_eq!(menu.place, 2);
}

#[tokio::test]
async fn the_wheel_scrolls_what_is_under_it_and_leaves_the_focus() {
    let (mut app, mut hand) = (demo().await, Hand::default());
    let title = place_of(&app, "2 budgets");
    hand.does(&mut app, MouseEventKind::ScrollDown, (title.0, title.1 + 1));
    assert_eq!((app.desk.focus, app.desk.budgets.place()), (Pane::Alerts, Some(3)));
    hand.does(&mut app, MouseEventKind::ScrollUp, (title.0, title.1 + 1));
    assert_eq!(app.desk.budgets.place(), Some(0));
}

/// The look at the budget that is open.
fn sight(app: &App) -> watchfire::app::desk::axis::AxisSight {
    match app.desk.top_layer() {
        Some(Layer::Slo { sight, .. } | Layer::Alert { sight, .. }) => sight.clone(),
        other => panic!("nothing with an axis is open: {other:?}"),
    }
}

#[tokio::test]
async fn a_press_on_the_axis_goes_to_its_moment_and_a_drag_marks_from_here_to_there() {
    for keys in ["2 Enter", "Enter"] {
        let (mut app, mut hand) = (demo().await, Hand::default());
        press(&mut app, keys);
        let (left, right) = ((50, 4), (80, 4));
        hand.does(&mut app, DOWN, left);
        let from = sight(&app).cursor.unwrap_or_else(|| panic!("{keys}: no axis there\n{}", screen(&app)));
        assert_eq!(sight(&app).mark, None);
        hand.does(&mut app, DRAG, right);
        let to = sight(&app).cursor.unwrap();
        assert!(to > from, "{keys}");
        assert_eq!(sight(&app).mark, Some(from), "{keys}");
        // Beyond the axis it is the axis' end, not something else on the screen.
        hand.does(&mut app, DRAG, (0, 39));
        assert_eq!(sight(&app).mark, Some(from));
        assert!(sight(&app).cursor.unwrap() < from);
    }
}

#[tokio::test]
async fn the_wheel_on_the_axis_shows_less_time_around_the_pointer() {
    let (mut app, mut hand) = (demo().await, Hand::default());
    press(&mut app, "2 Enter");
    hand.does(&mut app, DOWN, (60, 8));
    let under = sight(&app).cursor.unwrap();
    hand.does(&mut app, MouseEventKind::Up(MouseButton::Left), (60, 8));
    hand.does(&mut app, MouseEventKind::ScrollUp, (60, 8));
    let (from, to) = sight(&app).part.expect("a part of it is shown");
    assert!(from < under && under < to);
    hand.does(&mut app, DOWN, (60, 8));
    let now_under = sight(&app).cursor.unwrap();
    let off = (now_under - under).num_seconds().abs();
    assert!(off <= (to - from).num_seconds() / 50, "the moment under the pointer keeps its column: {off} s off");
    hand.does(&mut app, MouseEventKind::ScrollDown, (60, 8));
    assert_eq!(sight(&app).part, None);
}

#[tokio::test]
async fn a_key_turns_the_mouse_on_and_off_and_the_header_says_so() {
    let mut app = demo().await;
    let header = |app: &App| screen(app).lines().next().unwrap().to_owned();
    assert!(!header(&app).contains("mouse"));
    press(&mut app, ", m");
    assert!(app.desk.mouse && header(&app).contains("mouse"), "{}", header(&app));
    assert!(toast(&app).contains("`, m` gives it back"), "{}", toast(&app));
    press(&mut app, ", m");
    assert!(!app.desk.mouse && !header(&app).contains("mouse"));
}

#[tokio::test]
async fn a_mouse_anywhere_on_any_screen_breaks_nothing() {
    for keys in ["", "Enter", "2 Enter", "S", "I", ":", "?", "a", "s", "f", "b", "/", "K", "x", "D", ","] {
        let mut app = demo().await;
        if !keys.is_empty() {
            press(&mut app, keys);
        }
        for size in [(120, 40), (40, 10), (20, 5)] {
            drop(app.update(app.now, Msg::Resized { width: size.0, height: size.1 }));
            let (before, mut hand) = (app.desk.layers.len(), Hand::default());
            for at in (0..size.1).step_by(3).flat_map(|y| (0..size.0).step_by(23).map(move |x| (x, y))) {
                hand.does(&mut app, MouseEventKind::ScrollDown, at);
                hand.does(&mut app, MouseEventKind::ScrollUp, at);
                hand.does(&mut app, DRAG, at);
            }
            assert_eq!(app.desk.layers.len(), before, "{keys}: the wheel opens and closes nothing");
        }
    }
}
