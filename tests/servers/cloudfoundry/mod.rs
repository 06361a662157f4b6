//! Sources of kind `cloudfoundry`, against a fake that is held to the published contract.

mod acts;
mod contract;
mod fake;
mod log_cache;
mod logins;
mod metrics;

use std::sync::Arc;

use chrono::Duration;
use fake::{Fake, SEARCH, SHOP, noon};
use serde_json::json;
use watchfire::domain::{
    Time,
    source::{Change, Snapshot},
};

use super::sources::{self, Source};

use crate::support::{server::Server, source_of};

pub fn at(seconds: i64) -> Time {
    noon() + Duration::seconds(seconds)
}

pub async fn source(server: &Server, own: &str) -> Arc<dyn Source> {
    let url = server.url();
    let file = format!(
        "[[source]]\nname = \"cf\"\nkind = \"cloudfoundry\"\nurl = \"{url}\"\nusername = \"ana\"\npassword = \"hunter22\"\n[source.cloudfoundry]\n{own}\n"
    );
    sources::connect(&source_of(&file)).await.unwrap()
}

/// An app that crashes again and again, and one that crashed once.
pub async fn crashing() -> (Fake, Server) {
    let (fake, server) = Fake::start().await;
    fake.with(|s| {
        for (index, minutes) in [(0, 9), (1, 7), (0, 4), (0, 1)] {
            s.crash(SHOP, index, noon() - Duration::minutes(minutes));
        }
        s.crash(SEARCH, 0, noon() - Duration::minutes(5));
        s.instances.insert(SHOP.to_owned(), vec!["CRASHED", "RUNNING", "DOWN"]);
        s.instances.insert(SEARCH.to_owned(), vec!["RUNNING"]);
    });
    (fake, server)
}

async fn polled(source: &Arc<dyn Source>, seconds: i64) -> Snapshot {
    source.poll(at(seconds)).await.unwrap()
}

fn names(snapshot: &Snapshot) -> Vec<String> {
    snapshot.alerts.iter().map(|a| format!("{}: {}", a.name(), a.summary().unwrap())).collect()
}

fn titles(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|c| format!("{}: {}", c.kind, c.title)).collect()
}

#[tokio::test]
async fn a_crash_loop_is_one_alert_since_its_first_crash_though_each_is_written_down_twice() {
    let (_fake, server) = crashing().await;
    let source = source(&server, "page = \"https://apps.example/{organization}/{space}/{app}\"").await;
    let snapshot = polled(&source, 0).await;
    assert!(snapshot.complete && snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    assert_eq!(
        names(&snapshot),
        [
            "CloudFoundryCrashLoop: shop crashed 4 times within 10m (exit 137: out of memory)",
            "CloudFoundryInstancesDown: shop: 2 of 3 instances of web do not run",
        ]
    );
    let looping = &snapshot.alerts[0];
    assert_eq!(looping.starts_at, at(-540));
    let label = |name| looping.labels.value(name);
    assert_eq!(
        [label("service"), label("space"), label("organization"), label("instance")],
        ["shop", "prod", "acme", "0,1"]
    );
    assert_eq!(looping.source_url.as_ref().unwrap(), &"https://apps.example/acme/prod/shop");
    assert_eq!(snapshot.alerts[1].labels.value("instance"), "0,2");
    assert_eq!(snapshot.version.unwrap(), "3.195.0");
}

#[tokio::test]
async fn a_crash_loop_ends_when_the_crashes_do_and_instances_when_they_run() {
    let (fake, server) = crashing().await;
    let source = source(&server, "").await;
    polled(&source, 0).await;
    fake.with(|s| {
        s.now += Duration::seconds(570);
        s.instances.insert(SHOP.to_owned(), vec!["RUNNING"]);
    });
    let snapshot = polled(&source, 570).await;
    assert!(snapshot.alerts.is_empty() && snapshot.complete, "{:?}", names(&snapshot));
}

#[tokio::test]
async fn a_poll_costs_few_requests_and_instances_are_asked_for_seldom() {
    let (fake, server) = crashing().await;
    let source = source(&server, "").await;
    polled(&source, 0).await;
    let count = |part: &str| server.seen().iter().filter(|r| r.path.contains(part)).count();
    assert_eq!(count("/stats"), 2);
    let before = server.seen().len();
    for seconds in [15, 30, 45] {
        polled(&source, seconds).await;
    }
    assert_eq!(server.seen().len() - before, 6, "events and deployments, and nothing else");
    // A new crash asks at once.
    fake.with(|s| s.crash(SEARCH, 0, at(50)));
    polled(&source, 55).await;
    assert_eq!(count("/stats"), 3);
}

#[tokio::test]
async fn what_is_not_needed_is_left_out_while_few_requests_are_left() {
    let (fake, server) = crashing().await;
    fake.with(|s| s.remaining = Some((150, 1_000)));
    let source = source(&server, "").await;
    let snapshot = polled(&source, 0).await;
    assert!(server.seen().iter().all(|r| !r.path.contains("/stats")));
    assert_eq!(snapshot.problems[0].at, "rate limit");
    assert_eq!(snapshot.alerts.len(), 1, "a crash loop is known all the same");
}

#[tokio::test]
async fn what_was_done_is_told_once_over_pages_and_polls() {
    let (fake, server) = Fake::start().await;
    fake.with(|s| {
        s.page = 2;
        s.event(SHOP, "audit.app.deployment.create", at(-50), json!({}));
        s.event(SHOP, "audit.app.ssh-authorized", at(-40), json!({"index": 0}));
        s.crash(SHOP, 2, at(-30));
        s.event(SEARCH, "audit.app.restage", at(-20), json!({}));
        s.event(SEARCH, "audit.app.process.not-ready", at(-10), json!({"index": 1}));
    });
    let source = source(&server, "").await;
    polled(&source, 0).await;
    let told = source.changes().unwrap().changes(Time::UNIX_EPOCH, at(0)).await.unwrap();
    assert_eq!(
        titles(&told),
        [
            "deploy: shop: a deployment began",
            "ssh: shop instance 0: somebody may look inside by ssh",
            "crash: shop instance 2 crashed (exit 137: out of memory)",
            "restage: search: restage",
            "not ready: search instance 1 is not ready",
        ]
    );
    assert_eq!((told[0].by.raw(), told[0].text.raw()), ("ana", "in acme/prod"));
    // Written down late, in the second before the last answer.
    fake.with(|s| s.event(SHOP, "audit.app.restart", at(-1), json!({})));
    polled(&source, 15).await;
    let told = source.changes().unwrap().changes(at(0), at(15)).await.unwrap();
    let late = told.iter().filter(|c| c.title == "shop: restart").count();
    assert_eq!(late, 1, "{:?}", titles(&told));
    let ids: std::collections::BTreeSet<_> = told.iter().map(|c| c.id.clone()).collect();
    assert_eq!(ids.len(), told.len());
}

#[tokio::test]
async fn a_page_on_another_host_is_not_asked_and_absence_means_nothing_then() {
    let (fake, server) = crashing().await;
    let other = Server::always(crate::support::server::Reply::json("{}")).await;
    fake.with(|s| {
        s.page = 2;
        s.outside = Some(other.url());
    });
    let source = source(&server, "").await;
    let snapshot = polled(&source, 0).await;
    assert!(!snapshot.complete && snapshot.problems[0].why.raw().contains("another server"), "{:?}", snapshot.problems);
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_deployment_that_takes_long_or_fails_is_an_alert_and_its_end_a_change() {
    let (fake, server) = Fake::start().await;
    fake.with(|s| {
        s.deployment(1, SHOP, at(-3_600), ("ACTIVE", "DEPLOYING"), None);
        s.deployment(2, SEARCH, at(-60), ("ACTIVE", "DEPLOYING"), Some("Insufficient memory"));
    });
    let source = source(&server, "").await;
    assert_eq!(
        names(&polled(&source, 0).await),
        [
            "CloudFoundryDeploymentSlow: shop: its deployment is under way for long (deploying since 11:00 UTC)",
            "CloudFoundryDeploymentFails: search: its deployment does not succeed (deploying since 11:59 UTC)",
        ]
    );
    fake.with(|s| {
        s.now = at(60);
        s.deployment(1, SHOP, at(-3_600), ("FINALIZED", "DEPLOYED"), None);
        s.deployment(2, SEARCH, at(-60), ("FINALIZED", "CANCELED"), None);
    });
    assert!(polled(&source, 60).await.alerts.is_empty());
    let told = source.changes().unwrap().changes(at(0), at(60)).await.unwrap();
    assert_eq!(
        titles(&told),
        ["deploy: shop: the deployment is deployed", "rollback: search: the deployment is canceled"]
    );
    assert_eq!(told[0].text, "rolling, took 1h");
}

#[tokio::test]
async fn only_what_the_configuration_names_is_in_sight() {
    let (_fake, server) = crashing().await;
    let source = source(&server, "apps = [\"search\"]\norganizations = [\"acme\"]\ncrashes = 2").await;
    let snapshot = polled(&source, 0).await;
    assert!(snapshot.alerts.is_empty(), "{:?}", names(&snapshot));
    let told = source.changes().unwrap().changes(Time::UNIX_EPOCH, at(0)).await.unwrap();
    assert_eq!(titles(&told), ["crash: search instance 0 crashed (exit 137: out of memory)"]);
    let asked = server.seen().into_iter().find(|r| r.path == "/v3/audit_events").unwrap();
    assert!(asked.query.contains("organization_guids=44444444"), "{}", asked.query);
}
