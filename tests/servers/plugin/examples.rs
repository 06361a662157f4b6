//! The plugins in `assets/plugins`, as somebody would run them: the one in Python against a real Alertmanager, the one in
//! bash against a directory.

use std::sync::Arc;

use chrono::Duration;
use watchfire::{
    config::{SourceConfig, SourceKind},
    domain::{alert::AlertState, label::Labels, matcher::Matcher, silence::SilenceDraft, source::AckVia},
    sources::{Source, connect},
};

use super::{path, plugin};
use crate::support::{self, machine_time, real::Real};

async fn python(server: &Real) -> Arc<dyn Source> {
    let mut config = plugin(&[&path("assets/plugins/alertmanager.py")]);
    config.timeout = Duration::seconds(20);
    config.urls = vec![server.url()];
    connect(&config).await.unwrap()
}

#[tokio::test]
async fn the_one_in_python_shows_what_the_built_in_one_shows() {
    let server = Real::alertmanager().await;
    let alerts: Vec<String> = (0..500)
        .map(|n| {
            format!(r#"{{"labels":{{"alertname":"Down","i":"{n}"}},"annotations":{{"summary":"größe \\u001b"}}}}"#)
        })
        .collect();
    server.post("/api/v2/alerts", &format!("[{}]", alerts.join(","))).await;
    let built_in = connect(&support::config(SourceKind::Alertmanager, &[server.url()])).await.unwrap();
    let now = machine_time();
    let (mut wanted, mut found) = (built_in.poll(now).await.unwrap(), python(&server).await.poll(now).await.unwrap());
    wanted.alerts.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    found.alerts.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    assert_eq!(found.alerts, wanted.alerts);
    assert!(found.complete && found.problems.is_empty(), "{:?}", found.problems);
}

#[tokio::test]
async fn the_one_in_python_acks_by_a_silence_and_ends_it() {
    let server = Real::alertmanager().await;
    server.post("/api/v2/alerts", r#"[{"labels":{"alertname":"Down","instance":"a"}}]"#).await;
    let source = python(&server).await;
    assert_eq!(source.describe().can.ack, Some(AckVia::Silence));
    let (silences, now) = (source.silences().unwrap(), machine_time());
    let until = now + Duration::hours(1);
    let labels = source.poll(now).await.unwrap().alerts[0].labels.clone();
    let draft = SilenceDraft::ack(&labels, "alice", "looking", now, until);
    let id = silences.put(&draft, now).await.unwrap();
    assert!(draft.is_carried_by(&silences.get(id.raw(), now).await.unwrap().unwrap()));
    let snapshot = source.poll(machine_time()).await.unwrap();
    assert_eq!(snapshot.alerts[0].state, AlertState::Suppressed);
    assert_eq!((snapshot.alerts[0].silenced_by[0].clone(), snapshot.silences.len()), (id.clone(), 1));
    silences.expire(id.raw(), now).await.unwrap();
    silences.expire(id.raw(), now).await.unwrap();
    assert_eq!(source.poll(machine_time()).await.unwrap().alerts[0].state, AlertState::Firing);
    assert_eq!(silences.get("00000000-0000-0000-0000-000000000000", now).await, Ok(None));
    let matchers = vec![Matcher::equal("a", "b")];
    let wrong = SilenceDraft { matchers, ends_at: now - Duration::hours(1), annotations: Labels::default(), ..draft };
    assert!(silences.put(&wrong, now).await.unwrap_err().to_string().contains("400"));
}

#[tokio::test]
async fn the_one_in_python_says_that_its_server_is_away_and_comes_back_by_itself() {
    let server = Real::alertmanager().await;
    let source = python(&server).await;
    assert!(source.poll(machine_time()).await.is_ok());
    drop(server);
    let error = source.poll(machine_time()).await.unwrap_err().to_string();
    assert!(error.contains("unreachable") && error.contains("refused"), "{error}");
}

fn directory(dir: &std::path::Path) -> SourceConfig {
    // A shell on a busy machine, with hundreds of files.
    let config = plugin(&[&path("assets/plugins/directory.sh"), dir.to_str().unwrap()]);
    SourceConfig { timeout: Duration::seconds(20), ..config }
}

#[tokio::test]
async fn the_one_in_bash_shows_a_directory_of_files() {
    let dir = tempfile::tempdir().unwrap();
    let odd = [("disk full", "tab\there \"quoted\" \\ and größe\nsecond line"), ("$(id)", ""), ("-n", "\x1b[2J")];
    odd.iter().for_each(|(name, text)| std::fs::write(dir.path().join(name), text).unwrap());
    let source = connect(&directory(dir.path())).await.unwrap();
    let snapshot = source.poll(machine_time()).await.unwrap();
    let mut told: Vec<(&str, &str)> =
        snapshot.alerts.iter().map(|a| (a.name().raw(), a.annotations.value("summary"))).collect();
    told.sort_unstable();
    let wanted = [("$(id)", ""), ("-n", " [2J"), ("disk full", "tab\there \"quoted\" \\ and größe")];
    assert_eq!(told, wanted, "{:?}", snapshot.problems);
    (0..250).for_each(|n| std::fs::write(dir.path().join(format!("f{n}")), "x").unwrap());
    assert_eq!(source.poll(machine_time()).await.unwrap().alerts.len(), 253);
    drop(dir);
    assert!(source.poll(machine_time()).await.unwrap_err().to_string().contains("cannot be read"));
}
