//! The preview against a real Alertmanager: it must name exactly the alerts that the server then says are silenced.

use std::collections::BTreeSet;

use chrono::Duration;
use watchfire::{
    app::world::{Setup, World},
    domain::{
        op::{Act, Intent, OpId, Outcome, Purpose},
        silence::{SilenceDraft, check},
        source::SourceName,
        text::SafeText,
    },
    runtime::{Sources, clock::Clock, execute, once},
    sources,
};

use crate::support::{config, machine_time, real::Real};

/// Label sets that differ in what matchers look at: absent, empty, spaces, dots, newlines.
const ALERTS: &str = r#"[
  {"labels": {"alertname": "DiskFull", "instance": "db-1", "env": "prod", "team": "data"}},
  {"labels": {"alertname": "DiskFull", "instance": "db-2", "env": "prod"}},
  {"labels": {"alertname": "DiskFull", "instance": "db-10", "env": "dev", "team": "data"}},
  {"labels": {"alertname": "DiskFull", "instance": "web.1:9100", "env": "dev", "team": "web shop"}},
  {"labels": {"alertname": "HighLatency", "job": "check-out", "env": "prod", "team": "web shop"}},
  {"labels": {"alertname": "HighLatency", "job": "checkXout", "env": "prod"}},
  {"labels": {"alertname": "Odd", "path": "C:\\temp\\\"x\"", "env": "Prod"}},
  {"labels": {"alertname": "Odd", "path": "two\nlines"}},
  {"labels": {"alertname": "NodeDown"}}
]"#;

const MATCHERS: [&str; 19] = [
    r#"alertname="DiskFull""#,
    r#"alertname="DiskFull", env!="prod""#,
    r#"env=~"prod""#,
    r#"env=~"pro""#,
    r#"env=~"prod|dev", team="""#,
    r#"alertname=~".+", team!~"data|""#,
    r#"alertname!="", instance!~"db-.*""#,
    r#"instance=~"db-1""#,
    r#"instance=~"db-1.?""#,
    r#"instance="web.1:9100""#,
    r#"job=~"check.out""#,
    r#"job=~"check\\-out""#,
    r#"team="web shop""#,
    r#"path="C:\\temp\\\"x\"""#,
    r#"path=~"two.*""#,
    r#"path=~"(?s)two.*""#,
    r#"env=~"(?i)PROD", nothing=~".*""#,
    r#"alertname="Nobody""#,
    r#"team!="data""#,
];

async fn world(sources: &Sources, clock: Clock) -> World {
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: watchfire::domain::contract::AckRules::lasting(Duration::hours(1)),
        sources: sources.iter().map(|s| s.describe().clone()).collect(),
        started_at: clock.now(),
    };
    once::world(setup, sources, clock).await
}

async fn connected(server: &Real) -> (Sources, Clock) {
    let source = sources::connect(&config(watchfire::config::SourceKind::Alertmanager, &[server.url()])).await.unwrap();
    (vec![source], Clock::from(machine_time(), 1.0))
}

/// The alerts that the server says this silence holds, by fingerprint.
async fn held_by(server: &Real, id: &SafeText) -> BTreeSet<String> {
    let alerts = server.get("/api/v2/alerts").await;
    let by = |alert: &&serde_json::Value| {
        let ids = alert["status"]["silencedBy"].as_array().unwrap();
        ids.iter().any(|by| by == id.raw())
    };
    let held = alerts.as_array().unwrap().iter().filter(by);
    held.map(|alert| alert["fingerprint"].as_str().unwrap().to_owned()).collect()
}

/// An act of nobody's plan.
fn intent(act: Act, clock: Clock) -> Intent {
    Intent {
        op: OpId("t-1".into()),
        at: clock.now(),
        actor: "ana".into(),
        purpose: Purpose::Silence,
        alert: None,
        title: "t".into(),
        reason: String::new(),
        act,
        batch: None,
        undoes: None,
        covers: Vec::new(),
        before: None,
    }
}

#[tokio::test]
async fn a_preview_lists_exactly_what_a_real_silence_then_mutes() {
    let server = Real::alertmanager().await;
    server.post("/api/v2/alerts", ALERTS).await;
    let (sources, clock) = connected(&server).await;
    let prod = SourceName::new("prod");
    let mut muted_something = 0;
    for text in MATCHERS {
        let matchers = check::read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        check::matchers(&matchers).unwrap();
        let world = world(&sources, clock).await;
        let preview = world.preview_silence(&prod, &matchers, clock.now());
        assert_eq!(preview.of, 9);
        let shown: BTreeSet<String> = preview.mutes.iter().map(|(id, _)| id.fingerprint.as_str().to_owned()).collect();
        let draft = SilenceDraft {
            matchers,
            comment: text.into(),
            ..SilenceDraft::ack(&Default::default(), "ana", "", clock.now(), clock.now() + Duration::hours(1))
        };
        let act = Act::PutSilence { source: prod.clone(), draft };
        let done = execute::execute(&sources, &intent(act, clock), clock).await;
        let Outcome::Confirmed { silence: Some(id), .. } = done.outcome else { panic!("{text}: {:?}", done.outcome) };
        assert_eq!(held_by(&server, &id).await, shown, "{text}");
        muted_something += usize::from(!shown.is_empty());
        execute::execute(&sources, &intent(Act::ExpireSilence { source: prod.clone(), id }, clock), clock).await;
    }
    assert!(muted_something >= 12, "{muted_something} of the matchers mute something");
}

#[tokio::test]
async fn what_is_refused_here_is_refused_by_the_server_too() {
    let server = Real::alertmanager().await;
    let (sources, clock) = connected(&server).await;
    for text in [r#"a="", b=~".*""#, r#"a=~"x?""#, r#"a=~"|x""#] {
        let matchers = check::read(text).unwrap();
        assert!(check::matchers(&matchers).is_err(), "{text}");
        let draft = SilenceDraft {
            matchers,
            ..SilenceDraft::ack(&Default::default(), "ana", "", clock.now(), clock.now() + Duration::hours(1))
        };
        let act = Act::PutSilence { source: SourceName::new("prod"), draft };
        let done = execute::execute(&sources, &intent(act, clock), clock).await;
        assert!(matches!(done.outcome, Outcome::Refused { .. }), "{text}: {:?}", done.outcome);
    }
}
