//! `ack` and `unack`: what was shown is what is sent, and the journal has it first.

use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use super::{Home, Ran, alertmanager, texts};
use crate::support::{
    real::Real,
    server::{Reply, Server},
};

/// The `DiskFull` whose labels are a subset of the other's.
const ACK: [&str; 6] = ["ack", "DiskFull", "disk=", "--reason", "on it", "--yes"];

async fn standing(server: &Real) -> Vec<Value> {
    let silences = server.get("/api/v2/silences").await;
    silences.as_array().unwrap().iter().filter(|s| s["status"]["state"] == "active").cloned().collect()
}

#[tokio::test]
async fn an_ack_is_a_silence_on_exactly_the_labels() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let answer = home.run(&[&ACK[..], &["--for", "2h", "-o", "json"]].concat()).await.ends_with(0).json();
    assert_eq!(answer["schema"], "watchfire/ack/1");
    let [act] = &answer["acts"].as_array().unwrap()[..] else { panic!("one act: {answer}") };
    let [silence] = &standing(&server).await[..] else { panic!("one silence") };
    assert_eq!((&act["outcome"], &act["silence"]), (&"confirmed".into(), &silence["id"]));
    assert_eq!((&silence["comment"], &silence["createdBy"]), (&"ACK! on it".into(), &"ana".into()));
    let mut matchers: Vec<String> = silence["matchers"].as_array().unwrap().iter().map(written).collect();
    matchers.sort();
    assert_eq!(matchers, ["alertname=DiskFull", "instance=db-1", "severity=critical"]);
    assert_eq!(texts(&act["also"], "name"), ["DiskFull"], "the other alert that it mutes is named");
}

fn written(matcher: &Value) -> String {
    assert_eq!((&matcher["isRegex"], &matcher["isEqual"]), (&false.into(), &true.into()));
    format!("{}={}", matcher["name"].as_str().unwrap(), matcher["value"].as_str().unwrap())
}

#[tokio::test]
async fn an_ack_shows_on_the_board_and_an_unack_ends_it_and_the_journal_has_each_step() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    home.run(&ACK).await.ends_with(0);
    let board = home.run(&["alerts", "@ack", "disk=", "-o", "json"]).await.ends_with(0).json();
    let ack = &board["alerts"][0]["ack"];
    assert_eq!((&ack["by"], &ack["reason"], &ack["via"]), (&"ana".into(), &"on it".into(), &"silence".into()));
    assert_eq!(
        ack["breaks_on"],
        json!(["severity", "refire"]),
        "as the journal has it: this server keeps no annotations"
    );
    home.run(&["unack", "@owner=ana", "--yes"]).await.ends_with(0);
    assert_eq!(standing(&server).await, [] as [Value; 0]);
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    let steps = ["ack.intended", "ack.confirmed", "unack.intended", "unack.confirmed"];
    assert_eq!(texts(&timeline["entries"], "kind"), steps);
    assert_eq!((&timeline["complete"], &timeline["sources"]), (&true.into(), &json!([])));
    let subject = timeline["entries"][0]["subject"].as_str().unwrap();
    assert!(texts(&timeline["entries"], "subject").iter().all(|s| *s == subject), "{timeline}");
    home.run(&["journal", "verify"]).await.ends_with(0);
}

#[tokio::test]
async fn a_second_ack_changes_the_contract_of_the_first_and_makes_no_second_silence() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "[ack]\nbreaks_on = [\"member\"]\n");
    home.run(&ACK).await.ends_with(0);
    let first = standing(&server).await;
    let again = [&ACK[..4], &["still", "--yes", "--break-on", "severity, burn>2.50", "-o", "json"]].concat();
    let act = home.run(&again).await.ends_with(0).json()["acts"][0].clone();
    assert_eq!(act["breaks_on"], json!(["severity", "burn>2.5"]));
    let [silence] = &standing(&server).await[..] else { panic!("one silence") };
    assert_eq!((&silence["id"], &silence["comment"]), (&first[0]["id"], &"ACK! still".into()));
    let board = home.run(&["alerts", "@ack", "disk=", "-o", "json"]).await.json();
    assert_eq!(board["alerts"][0]["ack"]["breaks_on"], json!(["severity", "burn>2.5"]));
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    let contract = &timeline["entries"][1]["body"]["contract"];
    assert_eq!((&contract["breaks_on"], &contract["severity"]), (&json!(["member"]), &"critical".into()), "{timeline}");
}

#[tokio::test]
async fn a_condition_that_nobody_knows_is_refused_before_anything_is_asked() {
    let home = Home::on("http://127.0.0.1:9", "");
    let ran = home.run(&[&ACK[..], &["--break-on", "sevrity"]].concat()).await.ends_with(2);
    assert!(ran.err.contains("there is severity, member, refire and burn>N"), "{}", ran.err);
    let plan = home.run(&["ack", "--help"]).await.ends_with(0);
    assert!(plan.out.contains("--break-on <CONDITIONS>"), "{}", plan.out);
}

#[tokio::test]
async fn nothing_is_sent_without_a_yes() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let ran = home.run(&ACK[..5]).await.ends_with(2);
    assert!(ran.err.contains("--yes") && ran.err.contains("instance=\"db-1\""), "the plan is shown: {}", ran.err);
    let ran = home.run(&[&ACK[..], &["--dry-run"]].concat()).await.ends_with(0);
    assert!(ran.out.contains("a silence at prod until") && ran.out.contains("mutes too: DiskFull"), "{}", ran.out);
    home.run(&[&ACK[..], &["--read-only"]].concat()).await.ends_with(1);
    assert_eq!(server.get("/api/v2/silences").await, json!([]));
    let timeline = home.run(&["timeline", "-o", "json"]).await.json();
    assert_eq!(timeline["entries"], json!([]));
}

#[tokio::test]
async fn a_dry_run_of_many_shows_each_act_as_a_line_of_amtool_and_sends_nothing() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let many = ["ack", "alertname=DiskFull", "--reason", "on it", "--dry-run", "-o", "json"];
    let plan = home.run(&many).await.ends_with(0).json();
    for act in plan["acts"].as_array().unwrap() {
        let line = act["command"].as_str().unwrap();
        assert!(line.starts_with("amtool ") && line.contains("--comment='ACK! on it'"), "{line}");
    }
    let one = home.run(&["ack", "HighLatency", "--reason", "on it", "--dry-run"]).await.ends_with(0);
    assert!(one.out.contains("by hand: amtool "), "{}", one.out);
    assert_eq!(server.get("/api/v2/silences").await, json!([]));
}

#[tokio::test]
async fn who_has_an_owner_already_is_left_out_of_many_and_that_is_no_failure() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let all = ["ack", "alertname!=", "--reason", "on it", "--yes", "-o", "json"];
    home.run(&["ack", "HighLatency", "--reason", "first", "--yes"]).await.ends_with(0);
    let ran = home.run(&all).await.ends_with(0).json();
    let mut outcomes = texts(&ran["acts"], "outcome");
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["confirmed", "confirmed", "left_out"]);
    assert_eq!(standing(&server).await.len(), 3);
}

#[tokio::test]
async fn an_act_on_everything_or_on_nothing_is_refused() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    for words in [&[""][..], &["{}"], &[]] {
        home.run(&[&["ack", "--reason", "x", "--yes"][..], words].concat()).await.ends_with(2);
    }
    home.run(&["ack", "DiskFull", "--yes"]).await.ends_with(2);
    home.run(&["ack", "DiskFull", "--reason", " ", "--yes"]).await.ends_with(2);
    let ran = home.run(&["ack", "NoSuch", "--reason", "x", "--yes"]).await.ends_with(1);
    assert!(ran.err.contains("no alert matches"), "{}", ran.err);
    let ran = home.run(&["unack", "DiskFull", "--yes"]).await.ends_with(1);
    assert!(ran.err.contains("no alert that matches is acked"), "{}", ran.err);
    assert_eq!(server.get("/api/v2/silences").await, json!([]));
}

#[tokio::test]
async fn an_ack_in_the_journal_mutes_nobody_and_is_taken_back_there() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "ack = \"journal\"");
    home.run(&ACK).await.ends_with(0);
    let board = home.run(&["alerts", "@ack", "-o", "json"]).await.json();
    assert_eq!(board["alerts"][0]["ack"]["via"], "journal");
    assert_eq!(board["alerts"].as_array().unwrap().len(), 1);
    home.run(&["unack", "DiskFull", "--yes"]).await.ends_with(0);
    let board = home.run(&["alerts", "@ack", "-o", "json"]).await.json();
    assert_eq!(board["alerts"], json!([]));
    assert_eq!(server.get("/api/v2/silences").await, json!([]));
}

/// A server that plays a recording and would take a silence.
async fn recorded() -> Server {
    Server::routes(&[
        ("/api/v2/alerts", Reply::recorded("alertmanager/0.25.0/alerts")),
        ("/api/v2/silences", Reply::recorded("alertmanager/0.25.0/silences")),
        ("/api/v2/status", Reply::recorded("alertmanager/0.25.0/status")),
    ])
    .await
}

fn nothing_was_sent(server: &Server, ran: &Ran) {
    let methods: Vec<String> = server.seen().iter().map(|r| r.method.clone()).collect();
    assert!(methods.iter().all(|m| m == "GET") && !methods.is_empty(), "{methods:?}");
    assert!(ran.err.contains("the journal"), "{}", ran.err);
    let acts = &ran.json()["acts"];
    assert!(texts(acts, "outcome").iter().all(|o| *o == "refused"), "{acts}");
}

const ACK_ANY: [&str; 7] = ["ack", "alertname!=", "--reason", "on it", "--yes", "-o", "json"];

#[tokio::test]
async fn nothing_is_sent_where_the_journal_cannot_be_opened() {
    let server = recorded().await;
    let home = Home::on(&server.url(), "");
    std::fs::write(home.path("data"), "a file where the directory should be").unwrap();
    let ran = home.run(&ACK_ANY).await.ends_with(1);
    nothing_was_sent(&server, &ran);
}

#[tokio::test]
async fn nothing_is_sent_where_the_journal_opens_and_then_cannot_keep_it() {
    let server = recorded().await;
    let home = Home::on(&server.url(), "");
    home.run(&["note", "watch", "the journal is there"]).await.ends_with(0);
    let options = SqliteConnectOptions::new().filename(home.path("data").join("journal.db"));
    let mut journal = options.connect().await.unwrap();
    let full = "CREATE TRIGGER no_room BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no room'); END";
    sqlx::raw_sql(full).execute(&mut journal).await.unwrap();
    journal.close().await.unwrap();
    let ran = home.run(&ACK_ANY).await.ends_with(1);
    nothing_was_sent(&server, &ran);
    let timeline = home.run(&["timeline", "-o", "json"]).await.json();
    assert_eq!(texts(&timeline["entries"], "kind"), ["note.added"], "what was not done is not told as done");
}

#[tokio::test]
async fn a_refusal_of_the_server_is_told_and_written_down() {
    let server = Server::start(|request| match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/api/v2/alerts") => Reply::recorded("alertmanager/0.25.0/alerts"),
        ("GET", "/api/v2/silences") => Reply::json("[]"),
        ("POST", _) => Reply::status(400, "\"silence is forbidden here\""),
        _ => Reply::status(404, ""),
    })
    .await;
    let home = Home::on(&server.url(), "");
    let ran = home.run(&["ack", "alertname!=", "--reason", "on it", "--yes", "-o", "ndjson"]).await.ends_with(1);
    assert!(ran.out.lines().count() > 0 && ran.err.contains("silence is forbidden here"), "{}", ran.err);
    let timeline = home.run(&["timeline", "-o", "json"]).await.json();
    let kinds = texts(&timeline["entries"], "kind");
    let pairs: Vec<_> = kinds.chunks(2).collect();
    assert!(pairs.iter().all(|p| *p == ["ack.intended", "ack.refused"]), "{kinds:?}");
}

#[tokio::test]
async fn an_undo_takes_the_last_act_back_and_says_when_there_is_none() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let nothing = home.run(&["undo", "--yes"]).await.ends_with(1);
    assert!(nothing.err.contains("there is nothing of yours from the last hour to take back"), "{}", nothing.err);
    home.run(&ACK).await.ends_with(0);
    let asked = home.run(&["undo"]).await.ends_with(2);
    assert!(asked.err.contains("takes back the ack of DiskFull") && asked.err.contains("add --yes"), "{}", asked.err);
    let shown = home.run(&["undo", "--dry-run"]).await.ends_with(0);
    assert!(shown.out.contains("DiskFull: ends silence") && shown.out.contains("amtool"), "{}", shown.out);
    assert_eq!(standing(&server).await.len(), 1, "nothing is sent before it is confirmed");
    let answer = home.run(&["undo", "--yes", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(answer["schema"], "watchfire/undo/1");
    assert_eq!((&answer["acts"][0]["outcome"], &answer["acts"][0]["name"]), (&"confirmed".into(), &"DiskFull".into()));
    assert!(standing(&server).await.is_empty());
    home.run(&["undo", "--yes"]).await.ends_with(1);
}
