//! Sources of kind `concourse`, against a fake with the real server's habits.

mod acts;
mod fake;

use std::sync::Arc;

use fake::{Fake, NOON, build, job};
use serde_json::json;
use watchfire::domain::{
    Time,
    source::{Change, Snapshot, SourceError},
};

use super::sources::{self, Source};

use crate::support::{server::Server, source_of};

pub fn at(seconds: i64) -> Time {
    Time::from_timestamp(NOON + seconds, 0).unwrap()
}

pub async fn source(server: &Server, own: &str) -> Arc<dyn Source> {
    let url = server.url();
    let file = format!(
        "[[source]]\nname = \"ci\"\nkind = \"concourse\"\nurl = \"{url}\"\ntimeout = \"2s\"\nusername = \"ana\"\npassword = \"hunter22\"\n[source.concourse]\n{own}\n"
    );
    sources::connect(&source_of(&file)).await.unwrap()
}

/// A deploy that is red for the third time, and a job that is green.
pub async fn red() -> (Fake, Server) {
    let (fake, server) = Fake::start().await;
    fake.with(|s| {
        let first = build(40, "deploy-prod", "failed", (NOON - 7_300, NOON - 7_200));
        let last = build(42, "deploy-prod", "failed", (NOON - 700, NOON - 600));
        s.add(job("deploy-prod", last, first));
        let green = build(41, "unit", "succeeded", (NOON - 900, NOON - 800));
        s.add(job("unit", green.clone(), green));
    });
    (fake, server)
}

async fn polled(source: &Arc<dyn Source>, seconds: i64) -> Snapshot {
    source.poll(at(seconds)).await.unwrap()
}

fn titles(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|c| format!("{}: {}", c.kind, c.title)).collect()
}

#[tokio::test]
async fn a_red_job_is_an_alert_since_it_went_red() {
    let (_fake, server) = red().await;
    let source = source(&server, "").await;
    let snapshot = polled(&source, 0).await;
    assert!(snapshot.complete && snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    let [alert] = snapshot.alerts.as_slice() else { panic!("{:?}", snapshot.alerts) };
    assert_eq!(alert.starts_at, at(-7_200));
    assert_eq!(alert.summary().unwrap(), &"shop/deploy-prod #42 failed");
    assert_eq!(alert.labels.value("service"), "shop");
    assert_eq!(alert.labels.value("severity"), "error");
    let page = "https://ci.example/teams/main/pipelines/shop/jobs/deploy-prod/builds/42";
    assert_eq!(alert.source_url.as_ref().unwrap(), &page);
    assert_eq!(snapshot.version.unwrap(), "7.14.0");
    let boards = server.seen().iter().filter(|r| r.path == "/api/v1/jobs").count();
    assert_eq!((boards, server.seen().len()), (1, 3), "a login, the board, and once an hour the version");
}

#[tokio::test]
async fn instances_of_one_pipeline_are_told_apart() {
    let (fake, server) = red().await;
    fake.with(|s| {
        for (id, branch) in [(50, "main"), (51, "fix")] {
            let failed = build(id, "test", "errored", (NOON - 60, NOON - 50));
            let mut job = job("test", failed.clone(), failed);
            job["pipeline_instance_vars"] = json!({"branch": branch, "region": {"name": "eu"}});
            s.add(job);
        }
    });
    let source = source(&server, "").await;
    let snapshot = polled(&source, 0).await;
    let tests: Vec<_> = snapshot.alerts.iter().filter(|a| a.labels.value("job") == "test").collect();
    assert_eq!(tests.len(), 2);
    assert_ne!(tests[0].fingerprint, tests[1].fingerprint);
    assert_eq!(tests[0].labels.value("instance"), "branch:main,region.name:eu");
    let page = tests[0].source_url.as_ref().unwrap().raw();
    assert!(page.ends_with("?vars.branch=%22main%22&vars.region.name=%22eu%22"), "{page}");
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_before_it_is_refused_and_after() {
    let (fake, server) = red().await;
    let source = source(&server, "").await;
    polled(&source, 0).await;
    fake.with(|s| s.now += 3_590);
    polled(&source, 3_590).await;
    let logins = || server.seen().iter().filter(|r| r.path == "/sky/issuer/token").count();
    assert_eq!(logins(), 2);
    // Somebody signed it away.
    fake.with(|s| s.tokens.clear());
    polled(&source, 3_600).await;
    assert_eq!(logins(), 3);
}

#[tokio::test]
async fn a_wrong_password_is_said_once_and_not_tried_until_the_account_is_locked() {
    let (_fake, server) = red().await;
    let url = server.url();
    let file = format!(
        "[[source]]\nname = \"ci\"\nkind = \"concourse\"\nurl = \"{url}\"\nusername = \"ana\"\npassword = \"wrong-one\"\n"
    );
    let source = sources::connect(&source_of(&file)).await.unwrap();
    for seconds in [0, 15, 30] {
        let error = source.poll(at(seconds)).await.unwrap_err();
        assert!(matches!(&error, SourceError::Auth { .. }), "{error}");
        assert!(error.to_string().contains("Invalid username") && !error.to_string().contains("wrong-one"), "{error}");
    }
    assert_eq!(server.seen().len(), 1);
    source.poll(at(601)).await.unwrap_err();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn builds_are_changes_once_and_deploys_are_called_so() {
    let (fake, server) = red().await;
    let source = source(&server, "").await;
    let changes = source.changes().unwrap();
    let told = changes.changes(at(-1_000), at(0)).await.unwrap();
    assert_eq!(
        titles(&told),
        [
            "build: shop/unit #41 succeeded",
            "deploy: shop/deploy-prod #42 started",
            "deploy: shop/deploy-prod #42 failed"
        ]
    );
    assert_eq!(told[2].by, "ana");
    assert_eq!(told[2].text, "took 1m");
    fake.with(|s| {
        s.now += 300;
        s.builds.insert(43, build(43, "deploy-prod", "started", (NOON + 200, 0)));
    });
    let told = changes.changes(at(0), at(300)).await.unwrap();
    assert_eq!(titles(&told), ["deploy: shop/deploy-prod #43 started"]);
    // It ends long after the pages reach back to it.
    fake.with(|s| {
        s.builds.insert(43, build(43, "deploy-prod", "succeeded", (NOON + 200, NOON + 9_000)));
        (100..250)
            .for_each(|id| drop(s.builds.insert(id, build(id, "unit", "succeeded", (NOON + 5_000, NOON + 8_000)))));
    });
    let told = changes.changes(at(8_900), at(9_000)).await.unwrap();
    assert_eq!(titles(&told), ["deploy: shop/deploy-prod #43 succeeded"]);
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_or_elsewhere_are_left_and_said() {
    for elsewhere in [true, false] {
        let (fake, server) = red().await;
        fake.with(|s| {
            (100..320).for_each(|id| drop(s.builds.insert(id, build(id, "unit", "succeeded", (NOON - 90, NOON - 80)))));
            if elsewhere { s.outside = Some("https://evil.example".to_owned()) } else { s.loops = true }
        });
        let source = source(&server, "").await;
        let told = source.changes().unwrap().changes(at(-600), at(0)).await.unwrap();
        assert!(told.len() >= 100);
        let snapshot = polled(&source, 1).await;
        let why = snapshot.problems[0].why.raw();
        assert!(why.contains(if elsewhere { "another server" } else { "lead back" }), "{why}");
        assert!(snapshot.complete, "the board itself is whole");
    }
}

#[tokio::test]
async fn the_end_of_a_failed_log_is_read_from_a_stream_that_never_closes() {
    let (fake, server) = red().await;
    let log = |text: &str| json!({"event": "log", "version": "5.1", "data": {"payload": text, "time": NOON}});
    fake.with(|s| {
        let mut events: Vec<_> = (0..40).map(|n| log(&format!("step {n}\n"))).collect();
        events.push(log("\u{1b}[31mno such host: db\u{1b}[0m\n"));
        events.push(json!({"event": "status", "version": "1.0", "data": {"status": "failed", "time": NOON}}));
        s.events.insert(42, events);
        s.breaks_after = Some(30);
    });
    let source = source(&server, "").await;
    let alert = polled(&source, 0).await.alerts[0].clone();
    let details = source.details().unwrap().details(&alert, at(0)).await.unwrap();
    assert_eq!(details[0].name, "log of #42");
    let lines: Vec<&str> = details[0].value.raw().lines().collect();
    assert_eq!(lines.len(), 15);
    assert_eq!((lines[0], lines[14]), ("step 26", "no such host: db"));
    let streams: Vec<_> = server.seen().into_iter().filter(|r| r.path.ends_with("/events")).collect();
    assert_eq!(streams.len(), 2, "taken up again where it broke");
    assert_eq!(streams[1].headers["last-event-id"], "29");
    source.details().unwrap().details(&alert, at(1)).await.unwrap();
    assert_eq!(server.seen().iter().filter(|r| r.path.ends_with("/events")).count(), 2, "what ended is not read again");
}

#[tokio::test]
async fn one_job_that_cannot_be_read_is_a_problem_and_hides_no_other() {
    let (fake, server) = red().await;
    fake.with(|s| s.jobs.insert(0, json!({"name": 5})));
    let source = source(&server, "").await;
    let snapshot = polled(&source, 0).await;
    assert_eq!((snapshot.alerts.len(), snapshot.problems.len(), snapshot.complete), (1, 1, false));
}

#[tokio::test]
async fn only_the_named_pipelines_are_shown_and_an_unknown_status_is_no_mistake() {
    let (fake, server) = red().await;
    fake.with(|s| {
        let odd = build(60, "deploy-prod", "levitating", (NOON - 60, NOON - 50));
        s.add(job("odd", odd.clone(), odd));
    });
    let source = source(&server, "pipelines = [\"other\"]").await;
    let snapshot = polled(&source, 0).await;
    assert!(snapshot.alerts.is_empty() && snapshot.complete && snapshot.problems.is_empty());
}

#[tokio::test]
async fn a_concourse_keeps_its_word() {
    let config = |url: String| {
        let token = super::contract::TOKEN;
        source_of(&format!("[[source]]\nname = \"ci\"\nkind = \"concourse\"\nurl = \"{url}\"\ntoken = \"{token}\"\n"))
    };
    let good = |request: &crate::support::server::Request, _: &str| {
        crate::support::server::Reply::json(if request.path.ends_with("/info") {
            r#"{"version":"7.14.0"}"#
        } else {
            "[]"
        })
    };
    let before = super::contract::nothing_before;
    super::contract::Held { config, before, good, goes_on_at_404: false }.keeps_its_word().await;
}
