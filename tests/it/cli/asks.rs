//! `ask`, and `ack` where the source keeps acks itself: the source's plan is shown, what it does is read back, and a refusal is
//! an exit code.

use serde_json::{Value, json};

use super::{Home, texts};
use crate::support::{fixture, machine_time};

/// A home on the pager, at a moment of its day.
fn home(moment: &str) -> Home {
    let scenario = fixture("scenarios/paged.toml");
    Home::with(&format!(
        "[sim]\nscenario = {:?}\nbegan = \"2026-03-02T20:00:00Z\"\nclock_showed = \"2026-03-02T{moment}Z\"\nclock_read_at = \"{}\"\n",
        scenario.to_string_lossy(),
        machine_time().format("%Y-%m-%dT%H:%M:%SZ")
    ))
}

async fn held(home: &Home, name: &str) -> Value {
    let board = home.run(&["alerts", name, "-o", "json"]).await.ends_with(0).json();
    board["alerts"][0].clone()
}

#[tokio::test]
async fn a_dry_run_shows_the_plan_of_the_source_and_asks_for_nothing() {
    let home = home("20:00:30");
    let ran = home.run(&["ask", "snooze", "CheckoutDown", "--until", "1h", "--dry-run"]).await.ends_with(0);
    assert!(ran.out.contains("pd assigns it to ana and snoozes it until 21:"), "{}", ran.out);
    assert!(ran.out.contains("kept there as ana"), "{}", ran.out);
    let alert = held(&home, "CheckoutDown").await;
    assert_eq!((&alert["ack"], &alert["held"]["word"]), (&Value::Null, &json!("triggered")));
    assert_eq!((&alert["held"]["assigned"], &alert["held"]["escalates"]["to"]), (&json!(["ben"]), &json!("carol")));
}

#[tokio::test]
async fn an_ack_and_its_end_are_the_sources_own() {
    let home = home("20:00:30");
    let ack = ["ack", "CheckoutDown", "--reason", "on it", "--yes", "-o", "json"];
    let answer = home.run(&ack).await.ends_with(0).json();
    let act = &answer["acts"][0];
    assert_eq!((&act["outcome"], &act["via"], &act["silence"]), (&json!("confirmed"), &json!("native"), &Value::Null));
    assert!(act["does"][0].as_str().unwrap().contains("assigns it to ana"), "{act}");
    let alert = held(&home, "CheckoutDown").await;
    assert_eq!((&alert["ack"]["by"], &alert["ack"]["via"]), (&json!("ana"), &json!("native")));
    assert_eq!((&alert["held"]["word"], &alert["held"]["escalates"]), (&json!("acknowledged"), &Value::Null));
    let back = home.run(&["unack", "CheckoutDown", "--yes", "-o", "json"]).await.ends_with(0).json();
    assert_eq!((&back["acts"][0]["outcome"], &back["acts"][0]["via"]), (&json!("confirmed"), &json!("native")));
    assert_eq!(held(&home, "CheckoutDown").await["ack"], Value::Null);
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    let steps = ["ack.intended", "ack.confirmed", "unack.intended", "unack.confirmed"];
    assert_eq!(texts(&timeline["entries"], "kind"), steps);
}

#[tokio::test]
async fn several_acks_go_to_each_source_in_its_own_way() {
    let home = home("20:00:30");
    let ack = ["ack", "alertname=~\"CheckoutDown|DiskFull\"", "--reason", "on it", "--yes", "-o", "json"];
    let answer = home.run(&ack).await.ends_with(0).json();
    let mut ways: Vec<String> = texts(&answer["acts"], "via").into_iter().map(str::to_owned).collect();
    ways.sort();
    assert_eq!(ways, ["native", "silence"]);
    assert_eq!(texts(&answer["acts"], "outcome"), ["confirmed", "confirmed"]);
}

#[tokio::test]
async fn what_a_source_refuses_ends_with_1_and_its_words() {
    let home = home("20:14:05");
    let ran = home.run(&["ask", "resolve", "CheckoutDown", "--yes", "-o", "json"]).await.ends_with(1);
    assert_eq!(ran.json()["acts"][0]["outcome"], "refused");
    assert!(ran.err.contains("403: this token may read only"), "{}", ran.err);
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(texts(&timeline["entries"], "kind"), ["request.intended", "request.refused"]);
}

#[tokio::test]
async fn what_is_missing_or_cannot_be_is_said_before_anything_is_asked() {
    let home = home("20:00:30");
    for (arguments, code, why) in [
        (&["ask", "sing", "CheckoutDown"][..], 2, "resolve, snooze"),
        (&["ask", "resolve", "nothing=here"], 1, "no alert matches"),
        (&["ask", "snooze", "CheckoutDown", "--yes"], 1, "add --until 1h"),
        (&["ask", "snooze", "CheckoutDown", "--until", "never"], 2, "never"),
        (&["ask", "note", "CheckoutDown", "--yes"], 1, "add --text"),
        (&["ask", "resolve", "CheckoutDown", "--until", "1h", "--yes"], 1, "takes no end"),
        (&["ask", "mute", "CheckoutDown", "--yes"], 1, "pd cannot be asked to mute"),
        (&["ask", "resolve", "DiskFull", "--yes"], 1, "prod cannot be asked to resolve"),
        (&["ask", "unack", "CheckoutDown", "--yes"], 1, "nobody has acked it there"),
        (&["ask", "resolve", "CheckoutDown"], 2, "no terminal to ask on"),
    ] {
        let ran = home.run(arguments).await.ends_with(code);
        assert!(format!("{}{}", ran.out, ran.err).contains(why), "{arguments:?}: {}{}", ran.out, ran.err);
    }
    assert_eq!(held(&home, "CheckoutDown").await["held"]["word"], "triggered");
}

#[tokio::test]
async fn undo_takes_back_what_the_source_can_take_back() {
    let home = home("20:00:30");
    home.run(&["ask", "ack", "CheckoutDown", "--yes"]).await.ends_with(0);
    let back = home.run(&["undo", "--yes", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(back["acts"][0]["outcome"], "confirmed");
    assert_eq!(held(&home, "CheckoutDown").await["ack"], Value::Null);
}
