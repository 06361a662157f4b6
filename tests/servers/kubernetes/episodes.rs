//! Since when a container crashes again and again: two processes say the same.

use serde_json::{Value, json};
use watchfire::domain::{Time, source::Snapshot};

use super::{DEPLOYMENTS, EVENTS, PODS, configured, crashing, deployment, fake::Fake, later, now, only, pod, source};

fn at(clock: &str) -> Time {
    format!("2026-11-21T{clock}Z").parse().unwrap()
}

/// What the kubelet says of a container that it makes wait; of an image it says the same under another note.
fn back_off(name: &str, container: &str, note: &str, first: &str, count: i64) -> Value {
    json!({
        "apiVersion": "events.k8s.io/v1", "kind": "Event",
        "metadata": { "name": name, "namespace": "shop" },
        "reason": "BackOff", "type": "Warning", "note": note,
        "deprecatedFirstTimestamp": format!("2026-11-21T{first}Z"), "deprecatedLastTimestamp": "2026-11-21T03:00:00Z",
        "deprecatedCount": count,
        "regarding": {
            "kind": "Pod", "namespace": "shop", "name": "web-5d4-a", "uid": "uid-a",
            "fieldPath": format!("spec.containers{{{container}}}"),
        },
    })
}

const NOTE: &str = "Back-off restarting failed container app in pod web-5d4-a_shop(uid-a)";

/// One that ran well for days, and crashed last at this time; it was ready until then, as without a probe it is.
fn crashed(at: &str, restarts: i64) -> Value {
    let mut pod = pod("web-5d4-a", crashing(restarts));
    pod["metadata"]["uid"] = json!("uid-a");
    pod["status"]["startTime"] = json!("2026-11-17T08:00:00Z");
    pod["status"]["conditions"][0]["lastTransitionTime"] = json!(format!("2026-11-21T{at}Z"));
    let last = &mut pod["status"]["containerStatuses"][0]["lastState"]["terminated"];
    last["startedAt"] = json!(format!("2026-11-21T{at}Z"));
    last["finishedAt"] = json!(format!("2026-11-21T{at}Z"));
    pod
}

async fn told(fake: &Fake, now: Time) -> Snapshot {
    source(&fake.url(), "").await.poll(now).await.unwrap()
}

#[tokio::test]
async fn the_first_event_of_the_kubelet_says_when_a_loop_began_to_whoever_asks() {
    let fake = Fake::start().await;
    fake.put(DEPLOYMENTS, deployment("2", "shop/web:2"));
    fake.put(EVENTS, back_off("web.1", "app", NOTE, "02:30:05", 9));
    fake.put(EVENTS, back_off("web.2", "app", NOTE, "02:50:05", 2));
    fake.put(EVENTS, back_off("web.3", "app", "Back-off pulling image \"x\"", "01:00:00", 2));
    fake.put(EVENTS, back_off("web.4", "side", NOTE, "01:10:00", 2));
    fake.put(PODS, crashed("02:55:00", 9));
    assert_eq!(only(&told(&fake, now()).await).starts_at, at("02:30:05"));
    fake.put(PODS, crashed("03:00:20", 10));
    assert_eq!(only(&told(&fake, later(60)).await).starts_at, at("02:30:05"), "another process, after another crash");
    assert_eq!(only(&source(&fake.url(), "").await.look(later(60)).await.unwrap()).starts_at, at("02:30:05"));
}

#[tokio::test]
async fn one_that_crashed_since_its_pod_began_began_with_it() {
    let fake = Fake::start().await;
    let began = |from: &str, last: &str, restarts: i64| {
        let mut pod = crashed(last, restarts);
        pod["status"]["startTime"] = json!(format!("2026-11-21T{from}Z"));
        pod
    };
    for (from, last, restarts, wanted) in [
        ("02:40:00", "02:40:12", 1, "02:40:00"),
        ("02:20:00", "02:41:10", 8, "02:20:00"),
        ("02:20:00", "02:59:40", 12, "02:20:00"),
        // It ran for an hour and a half before its first crashes.
        ("01:20:00", "02:59:40", 4, "02:59:40"),
    ] {
        fake.put(PODS, began(from, last, restarts));
        let alert = only(&told(&fake, now()).await).clone();
        assert_eq!(alert.starts_at, at(wanted), "{from} {last} {restarts}");
    }
}

#[tokio::test]
async fn without_any_event_what_was_told_before_is_told_again_after_a_start() {
    let fake = Fake::start().await;
    fake.put(PODS, crashed("02:55:00", 9));
    let kept = tempfile::tempdir().unwrap();
    let mut config = configured(&format!("url = \"{}\"", fake.url()), "resources = [\"pods\"]");
    config.kept_in = Some(kept.path().join("prod"));
    let again = async |now| {
        let source = watchfire::sources::connect(&config).await.unwrap();
        let told = source.poll(now).await.unwrap();
        assert!(told.problems.is_empty(), "{:?}", told.problems);
        only(&told).starts_at
    };
    assert_eq!(again(now()).await, at("02:55:00"));
    fake.put(PODS, crashed("03:00:20", 10));
    assert_eq!(again(later(60)).await, at("02:55:00"));
    let looked = watchfire::sources::connect(&config).await.unwrap().look(later(90)).await.unwrap();
    assert_eq!(only(&looked).starts_at, at("02:55:00"), "a command beside the cockpit");
    // Nobody saw what was in between.
    fake.put(PODS, crashed("04:30:00", 11));
    assert_eq!(again(at("04:31:00")).await, at("04:30:00"));
    // What is over is over, in the file too.
    fake.delete(PODS, "shop", "web-5d4-a");
    let source = watchfire::sources::connect(&config).await.unwrap();
    assert!(source.poll(at("04:32:00")).await.unwrap().alerts.is_empty());
    fake.put(PODS, crashed("04:33:00", 12));
    assert_eq!(again(at("04:34:00")).await, at("04:33:00"));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_told_and_costs_no_row() {
    let fake = Fake::start().await;
    fake.put(PODS, crashed("02:55:00", 9));
    let mut config = configured(&format!("url = \"{}\"", fake.url()), "");
    config.kept_in = Some("/dev/null/prod".into());
    let told = watchfire::sources::connect(&config).await.unwrap().poll(now()).await.unwrap();
    assert_eq!(only(&told).starts_at, at("02:55:00"));
    assert_eq!((told.problems[0].at.raw(), told.complete), ("since when", true), "{:?}", told.problems);
}
