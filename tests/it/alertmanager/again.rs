//! An answer that is read again: what did not change is the same alert, in the same place of the memory; and a long
//! answer that is wrong somewhere, or breaks off, is never taken for a short one.

use std::sync::Arc;

use watchfire::domain::{
    alert::Alert,
    source::{Snapshot, SourceError},
};

use super::{SETTLED, alert, member, silence, source};
use crate::support::{
    config, recorded_at,
    server::{Reply, Server},
};

/// What a server that gives these lists of alerts one after the other, and the last for ever, is read as.
async fn polls(lists: &[Vec<String>]) -> Vec<Snapshot> {
    let bodies: Vec<String> = lists.iter().map(|l| format!("[{}]", l.join(","))).collect();
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |request| match request.path.as_str() {
        "/api/v2/alerts" => {
            let n = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Reply::json(&bodies[n.min(bodies.len() - 1)])
        }
        "/api/v2/silences" => Reply::json(format!("[{}]", silence("s1", "10", "x"))),
        _ => Reply::json(SETTLED),
    })
    .await;
    let source = source(&[&server]).await;
    let mut snapshots = Vec::new();
    for _ in lists {
        snapshots.push(source.poll(recorded_at()).await.unwrap());
    }
    snapshots
}

fn same(one: &[Arc<Alert>], two: &[Arc<Alert>]) -> Vec<bool> {
    assert_eq!(one.len(), two.len());
    one.iter().zip(two).map(|(a, b)| Arc::ptr_eq(a, b)).collect()
}

#[tokio::test]
async fn the_same_answer_read_twice_is_the_same_alerts() {
    let list = vec![alert("A", "10", "active", ""), alert("B", "10", "suppressed", r#""s1""#)];
    let read = polls(&[list.clone(), list]).await;
    assert_eq!(same(&read[0].alerts, &read[1].alerts), [true, true]);
    assert_eq!(read[0].silences, read[1].silences);
}

#[tokio::test]
async fn an_alert_that_was_only_sent_again_is_the_same_and_one_that_changed_is_not() {
    let sent = |at: &str| {
        let again = alert("A", "10", "active", "")
            .replace("02:10:00Z\",\n", &format!("{at}\",\"endsAt\":\"2026-11-21T{at}\","));
        vec![again, alert("B", "10", "active", "")]
    };
    assert_ne!(sent("02:20:00Z"), sent("02:30:00Z"), "the bytes do change");
    let changed = vec![alert("A", "10", "suppressed", r#""s1""#), alert("B", "10", "active", "")];
    let read = polls(&[sent("02:20:00Z"), sent("02:30:00Z"), changed]).await;
    assert_eq!(same(&read[0].alerts, &read[1].alerts), [true, true]);
    assert_eq!(same(&read[1].alerts, &read[2].alerts), [false, true]);
    assert_eq!(read[2].alerts[0].silenced_by[..], ["s1"]);
}

#[tokio::test]
async fn an_alert_that_went_and_came_is_read_as_it_is_now() {
    let (a, b) = (alert("A", "10", "active", ""), alert("B", "10", "active", ""));
    let read = polls(&[vec![a.clone(), b.clone()], vec![b.clone()], vec![a, b]]).await;
    assert_eq!(read[1].alerts.len(), 1);
    assert_eq!(read[0].alerts, read[2].alerts);
}

#[tokio::test]
async fn what_was_gathered_from_two_members_is_the_same_alert_again() {
    let one = member(&[alert("A", "10", "active", ""), alert("B", "10", "suppressed", r#""s1""#)], &[], SETTLED).await;
    let later = alert("A", "10", "active", "").replace(r#""updatedAt":"2026-11-21T02:10:00Z""#, r#""updatedAt":null"#);
    let two = member(&[later, alert("B", "10", "suppressed", r#""s2""#)], &[], SETTLED).await;
    let source = source(&[&one, &two]).await;
    let (first, second) = (source.poll(recorded_at()).await.unwrap(), source.poll(recorded_at()).await.unwrap());
    assert_eq!(same(&first.alerts, &second.alerts), [true, true]);
    assert_eq!(second.alerts[1].silenced_by[..], ["s1", "s2"]);
    let (one, two) = (&first.alerts[0].labels, &first.alerts[1].labels);
    let name = |l: &watchfire::domain::label::Labels| l.iter().next().map(|(n, _)| n.raw().as_ptr());
    assert_eq!(name(one), name(two), "the name of a label is held once");
}

#[tokio::test]
async fn a_malformed_item_in_the_middle_of_a_long_list_hides_nothing() {
    let mut list: Vec<String> = (0..4_000).map(|i| alert(&format!("A{i:04}"), "10", "active", "")).collect();
    list[1_234] = r#"{"labels":{"alertname":"]}\"\\"},"startsAt":[[{"a":"}"}]]}"#.to_owned();
    let read = polls(&[list.clone(), list]).await;
    for snapshot in &read {
        assert_eq!((snapshot.alerts.len(), snapshot.problems.len(), snapshot.complete), (3_999, 1, true));
        assert_eq!(snapshot.problems[0].at, "alerts[1234]");
    }
    assert!(same(&read[0].alerts, &read[1].alerts).iter().all(|same| *same));
}

#[tokio::test]
async fn a_list_that_breaks_off_is_an_error_and_not_a_short_board() {
    let list: Vec<String> = (0..3).map(|i| alert(&format!("A{i}"), "10", "active", "")).collect();
    let body = format!("[{}]", list.join(","));
    let ends = [body.len() - 1, body.len() - 9, body.len() / 2, list[0].len() + 1, list[0].len() + 2, 1];
    for end in ends {
        for reply in [
            // as if it were all there was to say
            Reply::json(&body[..end]),
            // as a connection that breaks
            Reply::raw(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.len(), &body[..end])),
        ] {
            let server = Server::routes(&[
                ("/api/v2/alerts", reply),
                ("/api/v2/silences", Reply::json("[]")),
                ("/api/v2/status", Reply::json(SETTLED)),
            ])
            .await;
            let error = source(&[&server]).await.poll(recorded_at()).await.expect_err("it is cut off");
            let is_told = matches!(error, SourceError::Malformed { .. } | SourceError::Unreachable { .. });
            assert!(is_told, "{end}: {error}");
        }
    }
    let whole = Server::always(Reply::json(&body)).await;
    let kind = watchfire::config::SourceKind::Alertmanager;
    let read = watchfire::sources::connect(&config(kind, &[whole.url()])).await.unwrap().poll(recorded_at()).await;
    assert_eq!(read.unwrap().alerts.len(), 3);
}

#[tokio::test]
async fn text_behind_the_list_or_an_item_that_is_no_json_makes_the_answer_none() {
    let good = alert("A", "10", "active", "");
    for body in [format!("[{good}][{good}]"), format!("[{good},{{\"a\":NaN}}]"), format!("[{good},{{\"a\":1]]")] {
        let server = Server::always(Reply::json(&body)).await;
        let error = source(&[&server]).await.poll(recorded_at()).await.expect_err("it is no list");
        assert!(matches!(error, SourceError::Malformed { .. }), "{body}: {error}");
    }
}

/// How often the status was asked for by now.
fn asked_for_status(server: &Server) -> usize {
    server.seen().iter().filter(|r| r.path == "/api/v2/status").count()
}

#[tokio::test]
async fn the_status_is_asked_for_where_something_may_be_absent_after_a_failure_and_now_and_then() {
    let step = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let lists = [["A", "B"], ["A", "B"], ["A", "C"], ["A", "C"], ["A", "C"], ["A", "C"]];
    let at = step.clone();
    let server = Server::start(move |request| {
        let now = at.load(std::sync::atomic::Ordering::SeqCst);
        let list = || lists[now].map(|name| alert(name, "10", "active", "")).join(",");
        match request.path.as_str() {
            "/api/v2/alerts" if now == 3 => Reply::status(503, "later"),
            "/api/v2/alerts" => Reply::json(format!("[{}]", list())),
            "/api/v2/silences" => Reply::json("[]"),
            _ => Reply::json(SETTLED),
        }
    })
    .await;
    let source = source(&[&server]).await;
    let mut asked = Vec::new();
    // The last poll comes after a quarter of an hour.
    for (n, minute) in [0, 0, 0, 0, 0, 15].into_iter().enumerate() {
        step.store(n, std::sync::atomic::Ordering::SeqCst);
        let told = source.poll(recorded_at() + chrono::Duration::minutes(minute)).await;
        assert_eq!(told.is_ok(), n != 3);
        if let Ok(told) = told {
            assert!(told.complete && told.version.is_some(), "{n}: {told:?}");
        }
        asked.push(asked_for_status(&server));
    }
    // First; nothing new; another alert; a failure; after it; long after.
    assert_eq!(asked, [1, 1, 2, 2, 3, 4]);
}

#[tokio::test]
async fn a_member_that_was_restarted_and_has_not_settled_proves_no_absence() {
    let restarted = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is = restarted.clone();
    let server = Server::start(move |request| {
        let is = is.load(std::sync::atomic::Ordering::SeqCst);
        match request.path.as_str() {
            "/api/v2/alerts" if is => Reply::json("[]"),
            "/api/v2/alerts" => Reply::json(format!("[{}]", alert("A", "10", "active", ""))),
            "/api/v2/silences" => Reply::json("[]"),
            _ if is => Reply::json(SETTLED.replace("ready", "settling")),
            _ => Reply::json(SETTLED),
        }
    })
    .await;
    let source = source(&[&server]).await;
    assert!(source.poll(recorded_at()).await.unwrap().complete);
    assert!(source.poll(recorded_at()).await.unwrap().complete);
    restarted.store(true, std::sync::atomic::Ordering::SeqCst);
    for _ in 0..2 {
        assert!(!source.poll(recorded_at()).await.unwrap().complete, "its empty list means nothing yet");
    }
}
