//! `incident`: what is said of one and how it is told again; only what links alerts needs a server.

use serde_json::Value;

use super::{Home, alertmanager, keys, texts};

/// A home without a server, in which one incident is open; its id.
async fn declared() -> (Home, String) {
    let home = Home::on("http://127.0.0.1:1", "");
    let told = home.run(&["incident", "declare", "checkout is down", "--severity", "sev1", "-o", "json"]).await;
    let told = told.ends_with(0).json();
    assert_eq!(told["schema"], "watchfire/incident/1");
    let id = told["acts"][0]["incident"].as_str().unwrap().to_owned();
    (home, id)
}

async fn shown(home: &Home, id: &str) -> Value {
    home.run(&["incident", "show", id, "-o", "json"]).await.ends_with(0).json()["incidents"][0].clone()
}

#[tokio::test]
async fn an_incident_is_told_of_and_told_again_though_every_server_is_gone() {
    let (home, id) = declared().await;
    let run = async |rest: &[&str]| home.run(&[&["incident"], rest].concat()).await.ends_with(0);
    run(&["status", &id, "identified", "the pool is full"]).await;
    run(&["note", &id, "--tag", "impact", "--at", "20m", "no payments"]).await;
    run(&["task", &id, "roll back", "--owner", "bo"]).await;
    run(&["task", &id, "--task", "1", "--done"]).await;
    run(&["role", &id, "scribe", "cy"]).await;
    run(&["time", &id, "started", "45m"]).await;
    run(&["time", &id, "started", "40m"]).await;
    run(&["attach", &id, "--slo", "checkout"]).await;
    run(&["resolve", &id, "rolled back"]).await;
    let incident = shown(&home, &id).await;
    let wanted = "alerts cost declared detached entries id joined_by left_out open roles severity slos status statuses tasks timeline times title withdrawn";
    assert_eq!(keys(&incident).join(" "), wanted);
    assert_eq!(texts(&incident["statuses"], "value"), ["investigating", "identified", "resolved"]);
    assert_eq!((&incident["open"], &incident["roles"]["scribe"]), (&false.into(), &"cy".into()));
    assert_eq!(incident["tasks"][0]["owner"], "bo");
    assert!(incident["tasks"][0]["done"]["at"].is_string());
    assert_eq!((&incident["times"]["started"]["whence"], &incident["slos"][0]), (&"said".into(), &"checkout".into()));
    let note = incident["timeline"].as_array().unwrap().iter().find(|e| e["kind"] == "note.added").unwrap();
    assert_eq!(note["tag"], "impact");
    assert!((1_190..1_300).contains(&note["skew_s"].as_i64().unwrap()), "{note}");
    let list = home.run(&["incident", "list", "-o", "json"]).await.ends_with(0);
    assert_eq!(list.json()["incidents"], serde_json::json!([]));
    assert!(list.err.contains("--all shows 1 that is over"), "{}", list.err);
    assert!(home.run(&["incident", "list", "--all"]).await.ends_with(0).out.contains(&id));
    let timeline = home.run(&["timeline", "--subject", &id, "-o", "ndjson"]).await.ends_with(0);
    assert_eq!(timeline.out.lines().count(), 10, "{}", timeline.out);
}

#[tokio::test]
async fn its_axis_is_told_in_sentences_though_every_server_is_gone() {
    let (home, id) = declared().await;
    home.run(&["incident", "note", &id, "--at", "20m", "no payments"]).await.ends_with(0);
    let told = home.run(&["incident", "show", &id, "--axis"]).await.ends_with(0).out;
    let (_, axis) = told.split_once("axis from ").unwrap_or_else(|| panic!("{told}"));
    let (note, declared) = (axis.find("no payments").unwrap(), axis.find("checkout is down: declared").unwrap());
    assert!(axis.contains("no alert is known of it") && note < declared, "in the order of time: {axis}");
}

#[tokio::test]
async fn a_dry_run_shows_what_would_be_written_and_writes_nothing() {
    let (home, id) = declared().await;
    let dry = home.run(&["incident", "resolve", &id, "--dry-run", "-o", "json"]).await.ends_with(0).json();
    assert_eq!((&dry["acts"][0]["outcome"], &dry["acts"][0]["entry"]), (&"planned".into(), &Value::Null));
    home.run(&["incident", "declare", "another", "--dry-run"]).await.ends_with(0);
    home.run(&["incident", "note", &id, "x", "--dry-run"]).await.ends_with(0);
    let incident = shown(&home, &id).await;
    assert_eq!((&incident["open"], incident["timeline"].as_array().unwrap().len()), (&true.into(), 1));
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do_next() {
    let (home, id) = declared().await;
    let slip = id[..id.len() - 1].to_owned() + if id.ends_with('0') { "1" } else { "0" };
    for (arguments, says) in [
        (vec!["declare", "  "], "needs a title"),
        (vec!["declare", "x", "--severity", "sev9"], "did you mean sev1"),
        (vec!["declare", "x", "--joined-by", "{}"], "means every alert"),
        (vec!["status", &id, "identifed"], "did you mean identified"),
        (vec!["status", &slip, "resolved"], "did you mean INC-"),
        (vec!["note", &id, "--tag", "impakt", "x"], "did you mean impact"),
        (vec!["note", &id, "   "], "says nothing"),
        (vec!["task", &id, "--task", "7", "--done"], "there is none yet"),
        (vec!["task", &id, "--task", "7"], "there is none yet"),
        (vec!["role", &id, "captain", "bo"], "There are: commander"),
        (vec!["time", &id, "started", "2030-01-01T00:00"], "still to come"),
        (vec!["time", &id, "begun", "10m"], "There are: started"),
        (vec!["detach", &id, "Foo"], "it has none"),
        (vec!["attach", &id], "what is to be linked"),
        (vec!["change", &id], "--title or --severity"),
        (vec!["note", &id, "--at", "soon", "x"], "write 15m (ago)"),
    ] {
        let ran = home.run(&[&["incident"], &arguments[..]].concat()).await.ends_with(2);
        assert!(ran.err.contains(says) && ran.out.is_empty(), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(shown(&home, &id).await["timeline"].as_array().unwrap().len(), 1);
    let refused = home.run(&["--read-only", "incident", "resolve", &id]).await.ends_with(1);
    assert!(refused.err.contains("read-only"), "{}", refused.err);
}

#[tokio::test]
async fn a_note_of_a_megabyte_is_refused_and_strange_text_is_kept_and_harmless() {
    let (home, id) = declared().await;
    home.run_reading(&["incident", "note", &id, "-"], &"x".repeat(1_048_576)).await.ends_with(2);
    let strange = "\u{1b}[2J支払い \u{202e}שלום\nsecond line";
    home.run_reading(&["incident", "note", &id, "-"], strange).await.ends_with(0);
    let incident = shown(&home, &id).await;
    assert_eq!(incident["timeline"][1]["body"]["text"], strange);
    let table = home.run(&["incident", "show", &id]).await.ends_with(0);
    assert!(
        !table.out.contains('\u{1b}') && !table.out.contains('\u{202e}') && table.out.contains("支払い"),
        "{}",
        table.out
    );
}

#[tokio::test]
async fn a_note_is_corrected_and_both_texts_stay() {
    let (home, id) = declared().await;
    home.run(&["note", &id, "the pol is full"]).await.ends_with(0);
    let note = shown(&home, &id).await["timeline"][1]["id"].as_str().unwrap().to_owned();
    home.run(&["note", &id, "--corrects", &note, "the pool is full"]).await.ends_with(0);
    home.run(&["note", &id, "--corrects", "nothing", "x"]).await.ends_with(2);
    let line = shown(&home, &id).await["timeline"][1].clone();
    assert_eq!((&line["body"]["text"], &line["corrected"]), (&"the pol is full".into(), &"the pool is full".into()));
    let table = home.run(&["incident", "show", &id]).await.ends_with(0).out;
    assert!(table.contains("the pool is full (corrected)") && !table.contains("the pol is"), "{table}");
}

#[tokio::test]
async fn a_note_on_an_alert_belongs_to_the_incident_that_it_names() {
    let (home, id) = declared().await;
    home.run(&["note", "watch", "--incident", &id, "ci was red"]).await.ends_with(0);
    home.run(&["note", "watch", "something else"]).await.ends_with(0);
    let incident = shown(&home, &id).await;
    assert_eq!(incident["timeline"].as_array().unwrap().len(), 2);
    assert_eq!(incident["timeline"][1]["body"]["text"], "ci was red");
}

#[tokio::test]
async fn alerts_on_the_board_are_linked_say_so_and_are_found_by_it() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let told = home.run(&["incident", "declare", "slow", "--alerts", "alertname=HighLatency", "-o", "json"]).await;
    let id = told.ends_with(0).json()["acts"][0]["incident"].as_str().unwrap().to_owned();
    let found = home.run(&["alerts", &format!("@incident={id}"), "-o", "json"]).await.ends_with(0).json();
    assert_eq!(found["alerts"][0]["incident"], id.as_str());
    assert!(found["alerts"].as_array().unwrap().iter().all(|a| a["labels"]["alertname"] == "HighLatency"));
    let incident = shown(&home, &id).await;
    assert_eq!(incident["alerts"][0]["title"], "HighLatency");
    assert!(
        incident["alerts"][0]["labels"]["alertname"] == "HighLatency" && incident["alerts"][0]["starts_at"].is_string()
    );
    home.run(&["incident", "detach", &id, "HighLatency"]).await.ends_with(0);
    let after = shown(&home, &id).await;
    assert_eq!((texts(&after["alerts"], "title").len(), &after["detached"][0]["title"]), (0, &"HighLatency".into()));
    home.run(&["incident", "declare", "x", "--alerts", "alertname=NoSuch"]).await.ends_with(1);
}

#[tokio::test]
async fn undo_takes_back_what_was_said_of_an_incident() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let told = home.run(&["incident", "declare", "slow", "-o", "json"]).await.ends_with(0).json();
    let id = told["acts"][0]["incident"].as_str().unwrap().to_owned();
    home.run(&["incident", "resolve", &id]).await.ends_with(0);
    home.run(&["undo", "--yes"]).await.ends_with(0);
    assert_eq!(shown(&home, &id).await["status"], "investigating");
}

#[tokio::test]
async fn an_entry_about_something_else_is_linked_and_taken_out_again() {
    let (home, id) = declared().await;
    home.run(&["note", "watch", "ci was red"]).await.ends_with(0);
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    let entries = timeline["entries"].as_array().unwrap();
    let note = entries.iter().find(|e| e["kind"] == "note.added").unwrap()["id"].as_str().unwrap().to_owned();
    let dry = home.run(&["incident", "link", &id, &note[..8], "--dry-run"]).await.ends_with(0).out;
    assert!(dry.contains("has an entry of the journal in its timeline"), "{dry}");
    home.run(&["incident", "link", &id, &note[..8]]).await.ends_with(0);
    let texts = |incident: &Value| -> Vec<String> {
        let lines = incident["timeline"].as_array().unwrap().iter();
        lines.filter_map(|l| l["body"]["text"].as_str().map(str::to_owned)).collect()
    };
    let linked = shown(&home, &id).await;
    assert_eq!((&linked["entries"][0], texts(&linked)), (&note.clone().into(), vec!["ci was red".to_owned()]));
    home.run(&["incident", "unlink", &id, &note]).await.ends_with(0);
    let taken_out = shown(&home, &id).await;
    assert_eq!((&taken_out["left_out"][0], texts(&taken_out).len()), (&note.into(), 0));
    let wrong = home.run(&["incident", "link", &id, "no-such-entry"]).await.ends_with(2).err;
    assert!(wrong.contains("watchfire timeline -o json"), "{wrong}");
    let own = linked["timeline"][0]["id"].as_str().unwrap();
    home.run(&["incident", "link", &id, own]).await.ends_with(2);
}
