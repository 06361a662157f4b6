//! `note`, `timeline` and `journal`: they need no network.

use super::{Home, alertmanager, keys, texts};

#[tokio::test]
async fn a_note_is_kept_though_every_server_is_gone() {
    let home = Home::on("http://127.0.0.1:1", "");
    home.run(&["note", "prod/3f0a", "restarted", "it"]).await.ends_with(0);
    home.run_reading(&["note", "watch", "-"], "from a pipe\nof two lines\n").await.ends_with(0);
    home.run(&["note", "slo:checkout", "budget talk"]).await.ends_with(0);
    let answer = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(answer["schema"], "watchfire/timeline/1");
    let entries = &answer["entries"];
    assert_eq!(texts(entries, "subject"), ["alert:prod/3f0a", "watch", "slo:checkout"]);
    assert_eq!(keys(&entries[0]).join(" "), "actor at body hash id kind recorded_at source subject");
    assert_eq!((&entries[0]["actor"], &entries[0]["kind"]), (&"ana".into(), &"note.added".into()));
    assert_eq!(entries[0]["body"]["text"], "restarted it");
    assert_eq!(entries[1]["body"]["text"], "from a pipe\nof two lines");
    let one = home.run(&["timeline", "-o", "json", "--subject", "3f0a"]).await.ends_with(0).json();
    assert_eq!(texts(&one["entries"], "subject"), ["alert:prod/3f0a"]);
    let last = home.run(&["timeline", "-o", "ndjson", "--limit", "1"]).await.ends_with(0);
    assert!(last.out.contains("budget talk") && last.out.lines().count() == 1, "{}", last.out);
}

#[tokio::test]
async fn the_first_digits_of_a_fingerprint_find_the_alert_on_the_board() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let told = server.get("/api/v2/alerts?filter=alertname=HighLatency").await;
    let fingerprint = texts(&told, "fingerprint")[0];
    home.run(&["note", &fingerprint[..8], "seen"]).await.ends_with(0);
    let board = home.run(&["alerts", "HighLatency", "-o", "json"]).await.json();
    assert_eq!(board["alerts"][0]["notes"], 1);
    let timeline = home.run(&["timeline", "-o", "json"]).await.json();
    assert_eq!(timeline["entries"][0]["body"]["title"], "HighLatency");
    home.run(&["note", "0000000000000000", "nobody"]).await.ends_with(1);
}

#[tokio::test]
async fn a_note_about_nothing_or_that_says_nothing_is_refused() {
    let home = Home::on("http://127.0.0.1:1", "");
    for arguments in [
        ["note", "watch", " "],
        ["note", "nosuch/3f0a", "x"],
        ["note", "3f", "x"],
        ["note", "slo:", "x"],
        ["note", "/", "x"],
    ] {
        let ran = home.run(&arguments).await.ends_with(2);
        assert!(!ran.err.is_empty() && ran.out.is_empty());
    }
    home.run_reading(&["note", "watch", "-"], &"x".repeat(70_000)).await.ends_with(2);
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(timeline["entries"], serde_json::json!([]));
}

#[tokio::test]
async fn a_note_that_cannot_be_kept_is_not_told_as_kept() {
    let home = Home::on("http://127.0.0.1:1", "");
    std::fs::write(home.path("data"), "a file where the directory should be").unwrap();
    let ran = home.run(&["note", "watch", "lost?"]).await.ends_with(1);
    assert!(ran.err.contains("nothing was written down") && ran.out.is_empty(), "{}", ran.err);
}

#[tokio::test]
async fn the_journal_is_exported_whole_and_its_chain_holds() {
    let home = Home::with("");
    home.run(&["journal", "verify"]).await.ends_with(1);
    for text in ["one", "two", "three"] {
        home.run(&["note", "watch", text]).await.ends_with(0);
    }
    let export = home.run(&["journal", "export"]).await.ends_with(0).out;
    let entries: Vec<serde_json::Value> = export.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(entries.len(), 3);
    assert!(entries.windows(2).all(|pair| pair[0]["hash"] == pair[1]["prev_hash"]), "{export}");
    let verified = home.run(&["journal", "verify", "-o", "json"]).await.ends_with(0).json();
    assert_eq!((&verified["journal"]["entries"], &verified["journal"]["head"]), (&3.into(), &entries[2]["hash"]));
}
