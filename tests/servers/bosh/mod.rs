//! Sources of kind `bosh`, against a fake with the director's habits.

mod fake;
mod surroundings;

use std::sync::Arc;

use fake::{Fake, NOON};
use serde_json::json;
use watchfire::domain::{
    Time,
    alert::AlertId,
    held::{Applied, Request, Verb},
    op::OpId,
    source::{Snapshot, SourceError, SourceName},
};

use super::sources::{self, Source};

use super::contract::{Held, TOKEN, nothing_before};
use crate::support::{
    server::{Reply, Server},
    source_of,
};

fn at(seconds: i64) -> Time {
    Time::from_timestamp(NOON + seconds, 0).unwrap()
}

async fn source(server: &Server, own: &str) -> Arc<dyn Source> {
    let url = server.url();
    let file = format!(
        "[[source]]\nname = \"bosh\"\nkind = \"bosh\"\nurl = \"{url}\"\nusername = \"ops\"\npassword = \"s3cret-ops\"\n[source.bosh]\ngrant = \"client_credentials\"\n{own}\n"
    );
    sources::connect(&source_of(&file)).await.unwrap()
}

/// A deploy that failed twice, one that takes long, and an errand that failed and went well again.
async fn failing() -> (Fake, Server) {
    let (fake, server) = Fake::start().await;
    fake.with(|s| {
        s.task(1, "done", ("cf", "create deployment"), (NOON - 9_000, NOON - 8_900));
        s.task(2, "error", ("cf", "create deployment"), (NOON - 4_000, NOON - 3_900));
        s.task(3, "error", ("", "run errand smoke"), (NOON - 3_000, NOON - 2_900));
        s.task(4, "done", ("", "run errand smoke"), (NOON - 2_800, NOON - 2_700));
        s.task(5, "error", ("cf", "create deployment"), (NOON - 700, NOON - 600));
        s.task(6, "processing", ("concourse", "create deployment"), (NOON - 7_200, NOON - 10));
        s.task(7, "levitating", ("cf", "create deployment"), (NOON - 50, NOON - 40));
    });
    (fake, server)
}

fn summaries(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.alerts.iter().map(|a| a.summary().unwrap().raw()).collect()
}

#[tokio::test]
async fn a_task_that_failed_is_an_alert_until_the_same_succeeds_and_a_long_one_by_its_time() {
    let (fake, server) = failing().await;
    let source = source(&server, "").await;
    let snapshot = source.poll(at(0)).await.unwrap();
    assert!(snapshot.complete && snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    assert_eq!(
        summaries(&snapshot),
        [
            "cf: create deployment failed, 2 times (task 5)",
            "concourse: create deployment is processing since 10:00 UTC (task 6)",
        ]
    );
    assert_eq!(snapshot.alerts[0].starts_at, at(-3_900));
    assert_eq!(snapshot.alerts[0].labels.value("cluster"), "prod-director");
    assert_eq!(snapshot.version.unwrap(), "280.1.0 (00000000)");
    fake.with(|s| {
        s.task(8, "done", ("cf", "create deployment"), (NOON + 1, NOON + 10));
        s.task(6, "done", ("concourse", "create deployment"), (NOON - 7_200, NOON + 10));
    });
    assert!(source.poll(at(15)).await.unwrap().alerts.is_empty());
}

#[tokio::test]
async fn a_director_without_uaa_is_asked_with_the_user_and_password() {
    let (fake, server) = failing().await;
    fake.with(|s| s.basic = true);
    let source = source(&server, "").await;
    assert_eq!(source.poll(at(0)).await.unwrap().alerts.len(), 2);
    assert!(server.seen().iter().all(|r| r.path != "/oauth/token"));
}

#[tokio::test]
async fn the_login_of_the_bosh_cli_is_used_for_its_own_director_alone() {
    let (_fake, server) = failing().await;
    let dir = tempfile::tempdir().unwrap();
    for (url, good) in [(server.url(), true), ("https://10.9.9.9:25555".to_owned(), false)] {
        let path = dir.path().join("config");
        let text = format!("environments:\n- url: {url}\n  alias: prod\n  refresh_token: ref-of-bosh\n");
        std::fs::write(&path, text).unwrap();
        let file = format!(
            "[[source]]\nname = \"bosh\"\nkind = \"bosh\"\nurl = \"{}\"\n[source.bosh]\nbosh_config = \"{}\"\n",
            server.url(),
            path.display()
        );
        match sources::connect(&source_of(&file)).await {
            Ok(source) => assert_eq!((source.poll(at(0)).await.unwrap().alerts.len(), good), (2, true)),
            Err(error) => assert!(!good && error.to_string().contains("bosh -e 127.0.0.1 log-in"), "{error}"),
        }
    }
}

#[tokio::test]
async fn an_instance_without_the_vm_it_should_have_is_known_without_asking_any_agent() {
    let (fake, server) = Fake::start().await;
    fake.with(|s| {
        let one = |id: &str, cid: Option<&str>| json!({"job": "web", "id": id, "index": 0, "az": "z1", "cid": cid, "expects_vm": true});
        s.instances = vec![one("a", Some("vm-1")), one("b", None)];
    });
    let source = source(&server, "").await;
    for seconds in [0, 15, 30] {
        assert_eq!(summaries(&source.poll(at(seconds)).await.unwrap()), ["cf: web/b has no VM"]);
    }
    let asked = |part: &str| server.seen().iter().filter(|r| r.path.contains(part) || r.query.contains(part)).count();
    assert_eq!((asked("instances"), asked("format=full")), (1, 0));
}

#[tokio::test]
async fn the_agents_are_asked_by_a_task_and_never_more_often_than_every_five_minutes() {
    let (fake, server) = Fake::start().await;
    let line = |id: &str, state: &str| {
        json!({"job_name": "web", "id": id, "index": 0, "state": "started", "job_state": state, "az": null, "ips": null,
            "vitals": {"cpu": {"user": "0.3", "sys": null}, "mem": {"percent": "12", "kb": "9"}, "load": ["0.1", "0", "0"], "disk": {"persistent": {"percent": "97"}}},
            "processes": [{"name": "gorouter", "state": state, "uptime": {"secs": null}}]})
    };
    fake.with(|s| {
        s.agents = format!("{}\n{}\n{}\n", line("a", "running"), line("b", "failing"), line("c", "unresponsive agent"))
    });
    let source = source(&server, "vitals = true\nvitals_every = \"5m\"").await;
    let begun = || server.seen().iter().filter(|r| r.query.contains("format=full")).count();
    assert!(source.poll(at(0)).await.unwrap().alerts.is_empty());
    assert!(source.poll(at(15)).await.unwrap().alerts.is_empty(), "the task is not done");
    fake.with(|s| s.agents_answer());
    let snapshot = source.poll(at(30)).await.unwrap();
    assert_eq!(summaries(&snapshot), ["cf: web/b is failing", "cf: web/c does not answer (unresponsive agent)"]);
    assert_eq!(
        snapshot.alerts[0].annotations.value("description"),
        "gorouter failing, memory 12%, persistent disk 97%"
    );
    for seconds in [45, 150, 299] {
        assert_eq!(source.poll(at(seconds)).await.unwrap().alerts.len(), 2, "what was said last stands");
    }
    assert_eq!(begun(), 1);
    source.poll(at(300)).await.unwrap();
    assert_eq!(begun(), 2);
}

#[tokio::test]
async fn a_task_on_another_host_is_not_followed() {
    let (fake, server) = Fake::start().await;
    let other = Server::always(Reply::json("{}")).await;
    fake.with(|s| s.outside = Some(other.url().replace("127.0.0.1", "localhost")));
    let source = source(&server, "vitals = true").await;
    let snapshot = source.poll(at(0)).await.unwrap();
    assert!(
        !snapshot.complete && snapshot.problems[0].why.raw().contains("redirects to localhost"),
        "{:?}",
        snapshot.problems
    );
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_failed_tasks_own_words_are_read_on_from_where_they_were_left() {
    let (fake, server) = failing().await;
    let stage = json!({"time": NOON - 650, "stage": "Updating instance", "task": "web/a (0)", "state": "failed", "data": {"error": "timed out"}});
    fake.with(|s| drop(s.outputs.insert((5, "event".to_owned()), format!("{stage}\n"))));
    let source = source(&server, "").await;
    let alert = source.poll(at(0)).await.unwrap().alerts[0].clone();
    let details = source.details().unwrap();
    let told = details.details(&alert, at(0)).await.unwrap();
    assert_eq!(told[0].value, "11:49:10 Updating instance: web/a (0) failed: timed out");
    let again = details.details(&alert, at(5)).await.unwrap();
    assert_eq!(again, told, "416 is nothing new");
    let error = json!({"time": NOON - 600, "error": {"code": 450_002, "message": "Timed out pinging VM"}});
    fake.with(|s| s.outputs.get_mut(&(5, "event".to_owned())).unwrap().push_str(&format!("{error}\n")));
    let told = details.details(&alert, at(10)).await.unwrap();
    assert!(told[0].value.raw().ends_with("\n11:50:00 error 450002: Timed out pinging VM"), "{}", told[0].value);
    let ranges: Vec<String> =
        server.seen().iter().filter(|r| r.path.ends_with("/output")).map(|r| r.headers["range"].clone()).collect();
    let end = stage.to_string().len() + 1;
    assert_eq!(ranges, ["bytes=0-".to_owned(), format!("bytes={end}-"), format!("bytes={end}-")]);
}

#[tokio::test]
async fn tasks_and_events_are_changes_over_pages_of_two_hundred() {
    let (fake, server) = failing().await;
    fake.with(|s| {
        for n in 0..450 {
            s.event(NOON - 500 + n, json!({"action": "update", "object_type": "instance", "object_name": format!("web/{n}"), "deployment": "cf", "user": "ci", "context": {}}));
        }
    });
    let source = source(&server, "").await;
    source.poll(at(0)).await.unwrap();
    let told = source.changes().unwrap().changes(at(-1_000), at(0)).await.unwrap();
    assert_eq!(told.iter().filter(|c| c.kind == "event").count(), 450);
    assert!(told.iter().any(|c| c.kind == "deploy" && c.title == "cf: create deployment error" && c.by == "ci"));
    let pages: Vec<String> = server.seen().into_iter().filter(|r| r.path == "/events").map(|r| r.query).collect();
    assert_eq!(pages.len(), 3);
    assert!(pages[1].contains("before_id=251") && pages[2].contains("before_id=51"), "{pages:?}");
}

#[tokio::test]
async fn a_director_that_records_no_events_is_asked_for_them_once_an_hour() {
    let (fake, server) = failing().await;
    fake.with(|s| s.records = false);
    let source = source(&server, "").await;
    let asked = || server.seen().iter().filter(|r| r.path == "/events").count();
    for minutes in 0..60 {
        source.poll(at(60 * minutes)).await.unwrap();
        let told = source.changes().unwrap().changes(at(-9_500), at(60 * minutes)).await.unwrap();
        assert!(told.iter().any(|c| c.kind == "deploy"), "tasks are told all the same");
    }
    assert_eq!(asked(), 2, "what is new, and whether there is any at all");
    // Its operator has it record them from now on.
    fake.with(|s| {
        s.event(NOON + 3_590, json!({"action": "update", "object_type": "vm", "object_name": "a", "context": {}}))
    });
    let told = source.changes().unwrap().changes(at(3_500), at(3_601)).await.unwrap();
    assert_eq!((told.iter().filter(|c| c.kind == "event").count(), asked()), (1, 3));
    for seconds in [3_616, 3_631] {
        source.changes().unwrap().changes(at(3_600), at(seconds)).await.unwrap();
    }
    assert_eq!(asked(), 5, "one that records is asked each time, also while nothing happens");
}

#[tokio::test]
async fn a_note_is_an_event_and_a_director_that_records_none_is_found_out() {
    let (fake, server) = failing().await;
    let source = source(&server, "").await;
    let alert = source.poll(at(0)).await.unwrap().alerts[0].clone();
    let request = Request {
        verb: Verb::Note,
        alert: AlertId { source: SourceName::new("bosh"), fingerprint: alert.fingerprint.clone() },
        began: alert.starts_at,
        actor: "ana".to_owned(),
        text: "on it".to_owned(),
        until: None,
    };
    let requests = source.requests().unwrap();
    assert!(requests.plan(&request, at(0)).await.unwrap().effects[0].raw().contains("prod-director"));
    let op = OpId("op-3".to_owned());
    for _ in 0..2 {
        assert!(matches!(requests.apply(&op, &request, at(1)).await.unwrap(), Applied::Done { id: Some(_), .. }));
    }
    assert_eq!(fake.with(|s| s.events.len()), 1);
    assert_eq!(fake.with(|s| s.events[0]["context"]["by"].clone()), "ana");
    fake.with(|s| s.records = false);
    let other = OpId("op-4".to_owned());
    let applied = requests.apply(&other, &request, at(2)).await.unwrap();
    assert!(matches!(&applied, Applied::Otherwise { why } if why.raw().contains("record_events")), "{applied:?}");
    let wrong = Request { verb: Verb::Pause, ..request };
    assert!(matches!(requests.plan(&wrong, at(2)).await.unwrap_err(), SourceError::Rejected { .. }));
}

#[tokio::test]
async fn a_director_keeps_its_word() {
    let config = |url: String| {
        source_of(&format!("[[source]]\nname = \"bosh\"\nkind = \"bosh\"\nurl = \"{url}\"\ntoken = \"{TOKEN}\"\n"))
    };
    fn good(request: &crate::support::server::Request, url: &str) -> Reply {
        Reply::json(match request.path.as_str() {
            "/info" => {
                json!({"name": "d", "version": "1", "user_authentication": {"type": "uaa", "options": {"url": url}}})
                    .to_string()
            }
            _ => "[]".to_owned(),
        })
    }
    Held { config, before: nothing_before, good, goes_on_at_404: false }.keeps_its_word().await;
    let before =
        |request: &crate::support::server::Request, url: &str| (request.path == "/info").then(|| good(request, url));
    Held { config, before, good, goes_on_at_404: false }.keeps_its_word().await;
}
