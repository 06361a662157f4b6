use watchfire::app::{App, desk::layout::Pane, effect::Effect};

use super::{heart, keys, t, told, typed};

fn tabs(app: &App) -> Vec<String> {
    let mark = |current| if current { "*" } else { "" };
    app.desk.views.tabs().map(|tab| format!("{}{} {}", mark(tab.current), tab.name, tab.count)).collect()
}

fn board() -> App {
    let mut app = heart(&[("web", "team=web"), ("old", "@age>1h")], "");
    told(&mut app, t(1), &["alertname=A team=web", "alertname=B team=web", "alertname=C team=pay"]);
    app
}

#[test]
fn tab_goes_through_the_views_and_then_to_the_next_pane() {
    let mut app = board();
    assert_eq!(tabs(&app), ["*all 3", "web 2", "old 0"]);
    keys(&mut app, "Tab");
    assert_eq!((tabs(&app)[1].as_str(), app.desk.visible.len()), ("*web 2", 2));
    keys(&mut app, "Tab Tab");
    assert_eq!(app.desk.focus, Pane::Budgets);
    assert_eq!(tabs(&app)[2], "*old 0");
    keys(&mut app, "Tab Tab");
    assert_eq!((app.desk.focus, tabs(&app)[0].as_str()), (Pane::Alerts, "*all 3"));
    keys(&mut app, "shift-tab");
    assert_eq!(app.desk.focus, Pane::Timeline);
    keys(&mut app, "shift-tab shift-tab");
    assert_eq!((app.desk.focus, tabs(&app)[2].as_str()), (Pane::Alerts, "*old 0"));
    keys(&mut app, "shift-tab");
    assert_eq!(tabs(&app)[1], "*web 2");
}

#[test]
fn without_views_tab_is_the_next_pane_as_ever() {
    let mut app = heart(&[], "");
    keys(&mut app, "Tab");
    assert_eq!(app.desk.focus, Pane::Budgets);
    keys(&mut app, "shift-tab shift-tab");
    assert_eq!(app.desk.focus, Pane::Timeline);
}

#[test]
fn the_typed_filter_narrows_within_the_view_and_esc_takes_it_away_first() {
    let mut app = board();
    keys(&mut app, "Tab /");
    typed(&mut app, "alertname=B or team=pay ");
    keys(&mut app, "Esc Enter");
    assert_eq!((app.desk.visible.len(), tabs(&app)[1].as_str()), (1, "*web 2"));
    keys(&mut app, "Esc");
    assert_eq!((app.desk.visible.len(), tabs(&app)[1].as_str()), (2, "*web 2"));
    keys(&mut app, "Esc");
    assert_eq!((app.desk.visible.len(), tabs(&app)[0].as_str()), (3, "*all 3"));
}

#[test]
fn the_selected_alert_stays_selected_where_the_view_shows_it() {
    let mut app = board();
    keys(&mut app, "j");
    let selected = app.desk.alerts.selected().cloned();
    keys(&mut app, "]");
    assert_eq!(app.desk.alerts.selected().cloned(), selected);
    keys(&mut app, "] ]");
    assert!(tabs(&app)[0].starts_with('*') && !app.desk.alerts.is_lost());
    keys(&mut app, "[");
    assert!(tabs(&app)[2].starts_with('*'));
}

#[test]
fn counts_follow_the_board_and_the_time() {
    let mut app = board();
    told(&mut app, t(10), &["alertname=A team=web", "alertname=D team=web", "alertname=E team=web"]);
    assert_eq!(tabs(&app)[1], "web 4");
    app.update(t(4000), watchfire::app::msg::Msg::Ticked);
    assert_eq!(tabs(&app)[2], "old 3");
}

fn rings(app: &mut App, now: i64, alerts: &[&str]) -> bool {
    told(app, t(now), alerts).iter().any(|e| matches!(e, Effect::Bell | Effect::Notify(_)))
}

#[test]
fn only_what_the_notify_filter_passes_rings() {
    let mut app = heart(&[], "team=web");
    assert!(!rings(&mut app, 1, &["alertname=A team=web"]));
    assert!(!rings(&mut app, 2, &["alertname=A team=web", "alertname=B team=pay"]));
    assert!(rings(&mut app, 3, &["alertname=A team=web", "alertname=B team=pay", "alertname=C team=web"]));
}
