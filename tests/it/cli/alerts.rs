//! `alerts`: exactly what the server has, and never less without saying so.

use serde_json::Value;

use super::{Home, alertmanager, keys, texts};
use crate::support::server::{Reply, Server};

#[tokio::test]
async fn the_answer_has_exactly_the_alerts_of_the_server() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let answer = home.run(&["alerts", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(keys(&answer), ["alerts", "at", "complete", "schema", "sources"]);
    assert_eq!((&answer["schema"], &answer["complete"]), (&"watchfire/alerts/1".into(), &true.into()));
    let told = server.get("/api/v2/alerts").await;
    let mut wanted = texts(&told, "fingerprint");
    let mut shown = texts(&answer["alerts"], "fingerprint");
    wanted.sort_unstable();
    shown.sort_unstable();
    assert_eq!((shown.len(), shown), (3, wanted));
    assert!(!home.path("data").exists(), "a question leaves no trace");
}

#[tokio::test]
async fn an_alert_has_every_key_of_the_interface() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let answer = home.run(&["alerts", "-o", "json", "DiskFull", "disk="]).await.ends_with(0).json();
    let [alert] = &answer["alerts"].as_array().unwrap()[..] else { panic!("one alert matches: {answer}") };
    let wanted = "ack age_s annotations fingerprint fires_at held id incident inhibited_by labels links notes runbook_url \
                  severity silenced_by source_url sources starts_at state";
    assert_eq!(keys(alert).join(" "), wanted);
    assert_eq!(alert["id"], format!("prod/{}", alert["fingerprint"].as_str().unwrap()));
    assert_eq!(alert["labels"], serde_json::json!({"alertname":"DiskFull","instance":"db-1","severity":"critical"}));
    assert_eq!((&alert["severity"], &alert["state"]), (&"critical".into(), &"firing".into()));
    assert_eq!((&alert["runbook_url"], &alert["notes"]), (&"http://runbooks/disk".into(), &0.into()));
    assert!(alert["starts_at"].as_str().unwrap().ends_with('Z') && alert["age_s"].as_i64().unwrap() >= 0);
    assert_eq!((&alert["ack"], &alert["incident"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_saved_view_is_a_part_of_the_board_and_filters_narrow_it() {
    let server = alertmanager().await;
    let views = "[[view]]\nname = \"disks\"\nfilter = \"alertname=DiskFull\"";
    let home = Home::on(&server.url(), views);
    let of_view = home.run(&["alerts", "-o", "json", "--view", "disks"]).await.ends_with(0).json();
    assert_eq!(of_view["alerts"].as_array().unwrap().len(), 2);
    let narrowed = home.run(&["alerts", "-o", "json", "--view", "disks", "disk="]).await.ends_with(0).json();
    assert_eq!(narrowed["alerts"].as_array().unwrap().len(), 1);
    let receivers = home.run(&["alerts", "-o", "json", "@receiver=nobody", "@limit=1"]).await.ends_with(0).json();
    assert_eq!(receivers["alerts"].as_array().unwrap().len(), 1);
    let missing = home.run(&["alerts", "--view", "disk"]).await.ends_with(2);
    assert!(missing.err.contains("no view is called `disk`; there are disks"), "{}", missing.err);
}

#[tokio::test]
async fn with_the_server_gone_the_answer_says_so_and_ends_with_3() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    drop(server);
    let ran = home.run(&["alerts", "-o", "json"]).await.ends_with(3);
    let answer = ran.json();
    let source = &answer["sources"][0];
    assert_eq!(keys(source), ["age_s", "error", "kind", "name", "state"]);
    assert_eq!(
        (&source["name"], &source["state"], &source["age_s"]),
        (&"prod".into(), &"unreachable".into(), &Value::Null)
    );
    assert!(source["error"].as_str().unwrap().contains("unreachable"), "{source}");
    assert_eq!((&answer["complete"], &answer["alerts"]), (&false.into(), &serde_json::json!([])));
    assert!(ran.err.contains("prod") && ran.err.contains("check that the server runs"), "{}", ran.err);
    home.run(&["alerts", "--allow-partial"]).await.ends_with(0);
}

#[tokio::test]
async fn one_source_that_is_down_hides_no_alert_of_another() {
    let (server, gone) = (alertmanager().await, alertmanager().await);
    let more = format!("[[source]]\nname = \"gone\"\nkind = \"alertmanager\"\nurl = \"{}\"", gone.url());
    let home = Home::on(&server.url(), &more);
    drop(gone);
    let ran = home.run(&["alerts", "-o", "ndjson"]).await.ends_with(3);
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    assert!(ran.err.contains("gone: unreachable"), "{}", ran.err);
}

#[tokio::test]
async fn an_alert_that_cannot_be_read_makes_the_answer_incomplete() {
    let alerts = r#"[{"labels": {"alertname": "Fine"}, "annotations": {}, "startsAt": "2026-11-21T02:00:00Z",
        "endsAt": "2026-11-21T03:00:00Z", "updatedAt": "2026-11-21T02:00:00Z", "fingerprint": "00000000000000aa",
        "receivers": [], "status": {"state": "active", "silencedBy": [], "inhibitedBy": []}}, {"labels": 7}]"#;
    let routes = [("/api/v2/alerts", Reply::json(alerts)), ("/api/v2/silences", Reply::json("[]"))];
    let server = Server::routes(&routes).await;
    let home = Home::on(&server.url(), "");
    let ran = home.run(&["alerts", "-o", "json"]).await.ends_with(3);
    assert_eq!(texts(&ran.json()["alerts"], "fingerprint"), ["00000000000000aa"]);
    assert!(ran.err.contains("alerts[1]"), "{}", ran.err);
}

#[tokio::test]
async fn the_table_is_aligned_and_cannot_write_to_the_terminal() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    for output in ["table", "wide", "json", "ndjson"] {
        let ran = home.run(&["alerts", "-o", output]).await.ends_with(0);
        assert!(ran.out.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')), "{output}: {:?}", ran.out);
    }
    let out = home.run(&["alerts"]).await.out;
    let lines: Vec<&str> = out.lines().collect();
    let column = lines[0].find("NAME").unwrap();
    assert!(lines[0].starts_with("S  STATE") && lines.len() == 4, "{out}");
    assert!(lines[1..].iter().all(|l| l[column..].starts_with("DiskFull") || l[column..].starts_with("HighLatency")));
    assert!(lines[3].starts_with("W  firing"), "the worst stand first: {out}");
}

#[tokio::test]
async fn a_filter_that_is_none_is_shown_where_it_is_wrong() {
    let home = Home::on("http://127.0.0.1:1", "");
    let ran = home.run(&["alerts", "team=~["]).await.ends_with(2);
    assert!(ran.err.contains("team=~[\n") && ran.err.contains('^'), "{}", ran.err);
    assert_eq!(ran.out, "");
}

#[tokio::test]
async fn without_a_source_the_way_to_begin_is_told() {
    let home = Home::with("");
    for arguments in [&["alerts"][..], &["ack", "x", "--reason", "y", "--yes"], &["slo", "list"], &["--plain"]] {
        let ran = home.run(arguments).await.ends_with(2);
        assert!(ran.err.contains("watchfire config init --url"), "{}", ran.err);
    }
}
