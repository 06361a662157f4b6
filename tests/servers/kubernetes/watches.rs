//! List and watch: where a watch goes on, and every way in which it ends.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use watchfire::domain::source::SourceError;

use super::{DEPLOYMENTS, EVENTS, PODS, crashing, deployment, fake::Fake, later, names, now, only, pod, ready, source};
use crate::support::{
    fixture,
    server::{Reply, Server},
};

const PATH: &str = "/api/v1/pods";

async fn with_one_crash() -> (Fake, Arc<dyn watchfire::sources::Source>) {
    let fake = Fake::start().await;
    fake.put(DEPLOYMENTS, deployment("1", "shop/web:1"));
    fake.put(PODS, pod("web-5d4-a", crashing(14)));
    let source = source(&fake.url(), "").await;
    (fake, source)
}

#[tokio::test]
async fn what_a_watch_brings_is_told_without_listing_again() {
    let (fake, source) = with_one_crash().await;
    assert_eq!(names(&source.poll(now()).await.unwrap()), ["CrashLoopBackOff"]);
    fake.put(PODS, pod("web-5d4-a", ready()));
    source.listens().unwrap().heard(now()).await;
    let told = source.poll(later(1)).await.unwrap();
    assert!(told.complete && told.alerts.is_empty(), "{told:?}");
    assert_eq!(fake.asked(PATH), (1, 1));
}

#[tokio::test]
async fn what_is_as_it_was_is_no_news() {
    let (fake, source) = with_one_crash().await;
    source.poll(now()).await.unwrap();
    // Only the last of these changes what a poll would tell.
    fake.put(PODS, pod("web-5d4-b", ready()));
    fake.put(PODS, pod("web-5d4-a", crashing(14)));
    fake.bookmark(PODS, "Pod", "v1");
    fake.put(PODS, pod("web-5d4-b", crashing(1)));
    source.listens().unwrap().heard(now()).await;
    let told = source.poll(later(1)).await.unwrap();
    assert!(only(&told).annotations.value("summary").starts_with("2 of 3 pods"), "{told:?}");
}

#[tokio::test]
async fn a_watch_that_ended_goes_on_where_it_was() {
    let (fake, source) = with_one_crash().await;
    source.poll(now()).await.unwrap();
    fake.hang_up();
    fake.delete(PODS, "shop", "web-5d4-a");
    // The end may be seen by this poll or by the next.
    source.poll(later(1)).await.unwrap();
    source.poll(later(2)).await.unwrap();
    let told = source.poll(later(3)).await.unwrap();
    assert!(told.alerts.is_empty() && told.complete, "{told:?}");
    assert_eq!(fake.asked(PATH), (1, 2));
}

#[tokio::test]
async fn a_version_that_is_too_old_is_listed_anew_in_both_its_forms() {
    for by_status in [true, false] {
        let (fake, source) = with_one_crash().await;
        fake.world().gone_by_status = by_status;
        source.poll(now()).await.unwrap();
        fake.delete(PODS, "shop", "web-5d4-a");
        fake.compact();
        fake.hang_up();
        for second in 1..4 {
            source.poll(later(second)).await.unwrap();
        }
        let told = source.poll(later(4)).await.unwrap();
        assert!(told.alerts.is_empty() && told.complete && told.problems.is_empty(), "{told:?}");
        let (lists, _) = fake.asked(PATH);
        assert!((1..=2).contains(&lists), "{lists}");
    }
}

#[tokio::test]
async fn a_version_that_is_too_new_is_listed_anew() {
    let (fake, source) = with_one_crash().await;
    source.poll(now()).await.unwrap();
    fake.hang_up();
    fake.falls_back();
    source.poll(later(1)).await.unwrap();
    source.poll(later(2)).await.unwrap();
    let told = source.poll(later(3)).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{told:?}");
    assert_eq!((names(&told), fake.asked(PATH).0), (vec!["CrashLoopBackOff"], 2));
}

#[tokio::test]
async fn the_recorded_refusal_of_a_watch_lists_again() {
    let stream = std::fs::read_to_string(fixture("recordings/kubernetes/1.36-apiextensions/watch-410.ndjson")).unwrap();
    let lists = Arc::new(AtomicUsize::new(0));
    let count = lists.clone();
    let server = Server::start(move |r| match (r.path.as_str(), r.query.contains("watch=1")) {
        ("/version", _) => Reply::json("{}"),
        (_, true) => Reply::json(&stream),
        _ => {
            count.fetch_add(1, Ordering::SeqCst);
            Reply::json(r#"{"metadata":{"resourceVersion":"1"},"items":[]}"#)
        }
    })
    .await;
    let source = source(&server.url(), "resources = [\"events\"]").await;
    for second in 0..3 {
        assert!(source.poll(later(second)).await.unwrap().complete);
    }
    assert!(lists.load(Ordering::SeqCst) >= 2, "a version that is gone is not asked for for ever");
}

#[tokio::test]
async fn a_server_that_ends_and_leaves_its_watches_open_is_unreachable() {
    let (mut fake, source) = with_one_crash().await;
    source.poll(now()).await.unwrap();
    fake.goes_away().await;
    let error = source.poll(later(15)).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_watch_that_is_silent_for_two_minutes_is_opened_anew() {
    let (fake, source) = with_one_crash().await;
    source.poll(now()).await.unwrap();
    source.poll(later(119)).await.unwrap();
    assert_eq!(fake.asked(PATH), (1, 1));
    source.poll(later(121)).await.unwrap();
    assert_eq!(fake.asked(PATH), (1, 2));
    let seen = fake.world().seen.clone();
    let watch = seen.iter().find(|r| r.path == PATH && r.query.contains("watch=1")).unwrap();
    for part in ["allowWatchBookmarks=true", "timeoutSeconds=240", "resourceVersion=9"] {
        assert!(watch.query.contains(part), "{}", watch.query);
    }
}

#[tokio::test]
async fn a_long_list_comes_in_pages_and_is_one_list() {
    let (fake, source) = with_one_crash().await;
    for n in 0..5 {
        fake.put(PODS, pod(&format!("web-5d4-{n}"), crashing(1)));
    }
    fake.world().page = Some(2);
    fake.world().pages_expire = true;
    let told = source.poll(now()).await.unwrap();
    assert!(told.complete, "{told:?}");
    assert!(only(&told).annotations.value("summary").starts_with("6 pods"), "{told:?}");
    assert_eq!(fake.asked(PATH).0, 5, "two, of which the second expired, and three anew");
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_are_told() {
    let (fake, source) = with_one_crash().await;
    fake.world().pages_turn = true;
    let told = source.poll(now()).await.unwrap();
    assert!(!told.complete, "{told:?}");
    assert!(told.problems.iter().any(|p| p.at == "pods" && p.why.raw().contains("circle")), "{:?}", told.problems);
    assert_eq!(names(&told), ["CrashLoopBackOff"]);
}

#[tokio::test]
async fn who_asks_once_watches_nothing() {
    let (fake, source) = with_one_crash().await;
    assert_eq!(names(&source.look(now()).await.unwrap()), ["CrashLoopBackOff"]);
    assert_eq!(fake.asked(PATH), (1, 0));
}

#[tokio::test]
async fn what_is_wanted_is_all_that_is_asked_for() {
    let fake = Fake::start().await;
    let own = "namespaces = [\"shop\"]\nselector = \"team=a\"\nevents = \"reason=BackOff\"\nresources = [\"pods\", \"events\"]";
    source(&fake.url(), own).await.poll(now()).await.unwrap();
    let seen = fake.world().seen.clone();
    let lists: Vec<String> =
        seen.iter().filter(|r| !r.query.contains("watch=1")).map(|r| format!("{}?{}", r.path, r.query)).collect();
    assert_eq!(
        lists[1..],
        [
            "/api/v1/namespaces/shop/pods?labelSelector=team%3Da&limit=500",
            "/apis/events.k8s.io/v1/namespaces/shop/events?fieldSelector=reason%3DBackOff&limit=500",
        ]
    );
    assert_eq!(fake.asked(&format!("/{EVENTS}")), (0, 0));
}
