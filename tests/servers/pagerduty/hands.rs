//! The whole program before a page: read, planned, acked, noted and resolved by commands, each in the journal.

use std::{os::unix::fs::PermissionsExt, process::Output};

use serde_json::Value;

use super::fake::{Fake, TOKEN};
use crate::support::machine_time;

/// A home with one source, and a fake whose clock is the machine's.
struct Hands {
    home: tempfile::TempDir,
    fake: Fake,
}

impl Hands {
    async fn new() -> Self {
        let (home, fake) = (tempfile::tempdir().unwrap(), Fake::start().await);
        fake.state().now = machine_time();
        let url = fake.server.url();
        let source = format!("[[source]]\nname = \"pd\"\nkind = \"pagerduty\"\nurl = \"{url}\"\ntoken = \"{TOKEN}\"\n");
        let file = home.path().join("config.toml");
        std::fs::write(&file, format!("[user]\nname = \"ana\"\n{source}")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        Self { home, fake }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let home = self.home.path();
        tokio::process::Command::new(env!("CARGO_BIN_EXE_watchfire"))
            .args(arguments)
            .env("WATCHFIRE_CONFIG", home.join("config.toml"))
            .env("WATCHFIRE_DATA_DIR", home)
            .env("HOME", home)
            .output()
            .await
            .unwrap()
    }

    /// What a command that goes well prints.
    async fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(!said.contains(TOKEN));
        said
    }

    async fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.says(&[arguments, &["-o", "json"]].concat()).await).unwrap()
    }

    fn status(&self, id: &str) -> &'static str {
        self.fake.state().found(id).status
    }

    async fn kinds(&self) -> Vec<String> {
        let timeline = self.json(&["timeline"]).await;
        let entries = timeline["entries"].as_array().unwrap().iter();
        entries.map(|e| e["kind"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_read_planned_acked_noted_and_resolved_by_commands() {
    let hands = Hands::new().await;
    let id = hands.fake.state().trigger("Disk full on db-1", "k1");
    let alerts = hands.json(&["alerts"]).await;
    let alert = &alerts["alerts"][0];
    assert_eq!((&alert["held"]["word"], &alert["ack"]), (&"triggered".into(), &Value::Null), "{alert}");

    let planned = hands.says(&["ack", "--dry-run", "--reason", "looking", "@source=pd"]).await;
    assert!(planned.contains("assigns"), "its own words: {planned}");
    assert_eq!(hands.status(&id), "triggered", "nothing was sent");

    hands.says(&["ack", "--yes", "--reason", "looking", "@source=pd"]).await;
    assert_eq!(hands.status(&id), "acknowledged");
    let alerts = hands.json(&["alerts"]).await;
    assert_eq!(alerts["alerts"][0]["ack"]["via"], "native", "{alerts}");

    hands.says(&["ask", "note", "--yes", "--text", "cleaning up", "@source=pd"]).await;
    let notes = hands.fake.state().found(&id).notes.clone();
    assert!(notes.iter().any(|n| n["content"].as_str().unwrap().starts_with("cleaning up")), "{notes:?}");
    hands.says(&["ask", "resolve", "--yes", "@source=pd"]).await;
    assert_eq!(hands.status(&id), "resolved");
    let kinds = hands.kinds().await;
    for kind in ["ack.intended", "ack.confirmed", "request.intended", "request.confirmed"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ack_whose_answer_is_lost_is_found_and_not_sent_twice() {
    let hands = Hands::new().await;
    let id = hands.fake.state().trigger("Disk full on db-1", "k1");
    hands.fake.state().loses_an_answer = true;
    hands.says(&["ack", "--yes", "--reason", "looking", "@source=pd"]).await;
    assert_eq!(hands.status(&id), "acknowledged");
    let acks = hands.fake.server.seen().iter().filter(|r| r.method == "PUT").count();
    assert_eq!(acks, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_only_read_refuses_in_words_and_nothing_is_acked() {
    let hands = Hands::new().await;
    let id = hands.fake.state().trigger("Disk full on db-1", "k1");
    hands.fake.state().key.read_only = true;
    let output = hands.run(&["ack", "--yes", "--reason", "looking", "@source=pd"]).await;
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(hands.status(&id), "triggered");
}
