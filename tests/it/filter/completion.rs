use watchfire::{app::App, app::desk::layer::Layer};

use super::{heart, keys, told, typed};

fn offers(app: &App) -> Vec<String> {
    match app.desk.layers.last() {
        Some(Layer::Filter { list, .. }) => list.offers.iter().map(|c| c.text.clone()).collect(),
        other => panic!("no filter line: {other:?}"),
    }
}

fn line(app: &App) -> &str {
    match app.desk.layers.last() {
        Some(Layer::Filter { text, .. }) => text.as_str(),
        other => panic!("no filter line: {other:?}"),
    }
}

fn writing(text: &str) -> App {
    let mut app = heart(&[], "");
    told(
        &mut app,
        super::t(1),
        &[
            "alertname=A team=web instance=node-1",
            "alertname=B team=web instance=node-2",
            "alertname=C team=payments instance=node-3 severity=warning",
        ],
    );
    keys(&mut app, "/");
    typed(&mut app, text);
    app
}

#[test]
fn a_name_is_offered_with_how_many_alerts_have_it_and_values_by_how_frequent_they_are() {
    assert_eq!(offers(&writing("te")), ["team="]);
    assert_eq!(offers(&writing("team=")), ["web", "payments"]);
    assert_eq!(offers(&writing("team=~PAY")), ["payments"]);
    assert_eq!(offers(&writing("team=web sev")), ["severity="]);
    assert_eq!(offers(&writing("team=web o")), ["or"]);
    assert_eq!(offers(&writing("instance=~node-")), ["\"node\\\\-1\"", "\"node\\\\-2\"", "\"node\\\\-3\""]);
    assert_eq!(offers(&writing("@rec")), ["@receiver="]);
    assert_eq!(offers(&writing("@receiver=")), ["ops"]);
    assert_eq!(offers(&writing("@severity=w")), ["warning"]);
    assert_eq!(offers(&writing("@state=p")), ["pending"]);
}

#[test]
fn tab_takes_the_first_and_the_arrows_choose_another() {
    let mut app = writing("te");
    keys(&mut app, "Tab Tab");
    assert_eq!(line(&app), "team=web");
    assert_eq!(app.desk.visible.len(), 2);
    let mut app = writing("team=");
    keys(&mut app, "Down Down Enter");
    assert_eq!(line(&app), "team=payments");
    keys(&mut app, "Enter");
    assert!(app.desk.layers.is_empty() && app.desk.filter.text == "team=payments");
}

#[test]
fn enter_without_a_choice_keeps_what_is_written() {
    let mut app = writing("te");
    keys(&mut app, "Down Up Enter");
    assert!(app.desk.layers.is_empty() && app.desk.filter.text == "te");
}

#[test]
fn esc_closes_the_list_first_and_then_the_line() {
    let mut app = writing("team=w");
    keys(&mut app, "Esc");
    assert_eq!((line(&app), offers(&app)), ("team=w", vec![]));
    keys(&mut app, "Esc");
    assert!(app.desk.layers.is_empty() && app.desk.filter.holds.is_none() && app.desk.visible.len() == 3);
}

#[test]
fn a_filter_that_does_not_parse_keeps_the_last_good_view() {
    let mut app = writing("team=web (");
    let wrong = app.desk.filter.wrong.as_ref().unwrap();
    assert_eq!((wrong.error.at, wrong.text.as_str()), (9, "team=web ("));
    assert_eq!(app.desk.visible.len(), 2);
    keys(&mut app, "Backspace");
    assert!(app.desk.filter.wrong.is_none());
}

#[test]
fn an_open_line_offers_nothing_before_a_letter_and_tab_asks() {
    let mut app = writing("");
    assert_eq!(offers(&app), Vec::<String>::new());
    keys(&mut app, "Tab");
    assert_eq!(offers(&app)[..4], ["alertname=", "instance=", "severity=", "team="]);
}
