//! Where versions of Alertmanager differ, and where they are alike though one would not think so: each behaviour against
//! what 0.25.0 and 0.28.1 were recorded to say, against the server that is installed, and, named `as_described`, against
//! a loopback server that does what newer ones are described to do.

use chrono::Duration;
use watchfire::domain::{
    Time,
    alert::Alert,
    matcher::Matcher,
    silence::{Silence, SilenceDraft, SilenceState},
    source::{Detail, SourceError},
};

use super::{SETTLED, alert, draft, silence, source, writer};
use crate::support::{
    config, machine_time,
    real::Real,
    recorded_at,
    server::{Reply, Server},
};

const RECORDED: [&str; 2] = ["0.25.0", "0.28.1"];

/// The installed server, and a source that reads it.
async fn installed() -> (Real, std::sync::Arc<dyn watchfire::sources::Source>) {
    let server = Real::alertmanager().await;
    let kind = watchfire::config::SourceKind::Alertmanager;
    let source = watchfire::sources::connect(&config(kind, &[server.url()])).await.unwrap();
    (server, source)
}

async fn made(source: &dyn watchfire::sources::Source, draft: &SilenceDraft, now: Time) -> Silence {
    let id = writer(source).put(draft, now).await.expect("it is made");
    writer(source).get(id.raw(), now).await.unwrap().expect("it is read back")
}

/// The server's own words to a draft that it refuses.
async fn refusal(reply: Reply) -> String {
    let server = Server::always(reply).await;
    let source = source(&[&server]).await;
    match writer(&*source).put(&draft(recorded_at()), recorded_at()).await {
        Err(SourceError::Rejected { why }) => why.raw().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_start_in_the_past_becomes_now_and_the_silence_is_known_all_the_same() {
    let (_server, source) = installed().await;
    let now = machine_time();
    let early = SilenceDraft { starts_at: now - Duration::hours(1), ..draft(now) };
    let made = made(&*source, &early, now).await;
    assert!(made.starts_at >= now - Duration::seconds(5), "{made:?}");
    assert!(early.is_carried_by(&made));
}

#[tokio::test]
async fn the_same_id_matchers_and_start_change_it_in_place_whatever_else_changes() {
    let (_server, source) = installed().await;
    let now = machine_time();
    let first = made(&*source, &draft(now), now).await;
    let changed = SilenceDraft {
        ends_at: now + Duration::hours(3),
        created_by: "bob".into(),
        comment: "another".into(),
        ..SilenceDraft::extend(&first, now)
    };
    let second = made(&*source, &changed, now).await;
    assert_eq!((&second.id, second.created_by.raw(), second.comment.raw()), (&first.id, "bob", "another"));
    assert_eq!(writer(&*source).list(now).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_start_or_other_matchers_make_a_new_silence_and_end_the_old_one() {
    let (_server, source) = installed().await;
    let now = machine_time();
    for other in ["start", "matchers"] {
        let first = made(&*source, &draft(now), now).await;
        let mut changed = SilenceDraft::extend(&first, now + Duration::hours(2));
        match other {
            "start" => changed.starts_at = first.starts_at + Duration::minutes(1),
            _ => changed.matchers.push(Matcher::equal("job", "x")),
        }
        let id = writer(&*source).put(&changed, now).await.unwrap();
        assert_ne!(id, first.id, "{other}");
        let old = writer(&*source).get(first.id.raw(), now).await.unwrap();
        assert!(old.is_none_or(|s| s.state == SilenceState::Expired), "{other}");
    }
}

#[tokio::test]
async fn a_new_id_in_the_answer_is_the_one_that_counts_as_described() {
    let server = Server::always(Reply::json(r#"{"silenceID":"another"}"#)).await;
    let source = source(&[&server]).await;
    let changed = SilenceDraft { id: Some("one".into()), ..draft(recorded_at()) };
    assert_eq!(writer(&*source).put(&changed, recorded_at()).await.unwrap(), "another");
}

#[tokio::test]
async fn an_unknown_id_is_refused() {
    let (_server, source) = installed().await;
    let now = machine_time();
    let nobody = SilenceDraft { id: Some("00000000-0000-4000-8000-000000000000".into()), ..draft(now) };
    let error = writer(&*source).put(&nobody, now).await.unwrap_err();
    assert!(matches!(&error, SourceError::Rejected { why } if why.raw().contains("not found")), "{error}");
    assert_eq!(
        refusal(Reply::with(404, "Content-Type: application/json\r\n", "\"silence not found\"\n")).await,
        "silence not found (404)"
    );
}

#[tokio::test]
async fn the_same_post_twice_makes_two_silences() {
    let (_server, source) = installed().await;
    let now = machine_time();
    let (one, two) = (made(&*source, &draft(now), now).await, made(&*source, &draft(now), now).await);
    assert_ne!(one.id, two.id);
    let carriers = writer(&*source).list(now).await.unwrap().into_iter().filter(|s| draft(now).is_carried_by(s));
    assert_eq!(carriers.count(), 2, "which is why it is looked for before it is sent again");
}

#[tokio::test]
async fn a_silence_that_is_over_comes_back_under_a_new_id_and_may_be_ended_twice() {
    let (_server, source) = installed().await;
    let now = machine_time();
    let first = made(&*source, &draft(now), now).await;
    for _ in 0..2 {
        assert_eq!(writer(&*source).expire(first.id.raw(), now).await, Ok(()));
    }
    let again = made(&*source, &SilenceDraft::extend(&first, now + Duration::hours(1)), now).await;
    assert_ne!(again.id, first.id);
}

#[tokio::test]
async fn nobody_and_no_comment_are_taken() {
    let (_server, source) = installed().await;
    let now = machine_time();
    let bare = SilenceDraft { created_by: String::new(), comment: String::new(), ..draft(now) };
    let made = made(&*source, &bare, now).await;
    assert!(made.created_by.is_empty() && made.comment.is_empty() && bare.is_carried_by(&made));
}

#[tokio::test]
async fn an_end_in_the_past_is_refused_in_the_words_that_were_recorded() {
    for version in RECORDED {
        let why = refusal(Reply::recorded(&format!("alertmanager/{version}/err-past-end"))).await;
        assert_eq!(why, "Failed to create silence: end time can't be in the past (400)", "{version}");
    }
    let (_server, source) = installed().await;
    let now = machine_time();
    let past = SilenceDraft { ends_at: now - Duration::hours(1), ..draft(now - Duration::hours(2)) };
    let error = writer(&*source).put(&past, now).await.unwrap_err().to_string();
    assert!(error.contains("end time can't be in the past"), "{error}");
}

#[tokio::test]
async fn a_matcher_that_matches_nothing_at_all_is_refused_in_the_words_of_each_version_as_described() {
    for words in ["silence invalid: x", "invalid silence: x", "invalid silence: matcher set 0: x"] {
        let reply = Reply::with(400, "Content-Type: application/json\r\n", &format!("\"{words}\"\n"));
        assert_eq!(refusal(reply).await, format!("{words} (400)"));
    }
    let (_server, source) = installed().await;
    let empty = SilenceDraft { matchers: vec![Matcher::equal("a", "")], ..draft(machine_time()) };
    let error = writer(&*source).put(&empty, machine_time()).await.unwrap_err().to_string();
    assert!(error.contains("silence") && error.contains("(400)"), "{error}");
}

#[tokio::test]
async fn silences_are_posted_as_json_as_nothing_else_is_taken() {
    for version in RECORDED {
        let why = refusal(Reply::recorded(&format!("alertmanager/{version}/err-415"))).await;
        assert!(why.starts_with("unsupported media type") && why.ends_with("(415)"), "{version}: {why}");
    }
    let server = Server::always(Reply::json(r#"{"silenceID":"x"}"#)).await;
    writer(&*source(&[&server]).await).put(&draft(recorded_at()), recorded_at()).await.unwrap();
    assert_eq!(server.seen()[0].headers["content-type"], "application/json");
}

#[tokio::test]
async fn an_id_that_is_none_is_a_silence_that_nobody_knows() {
    for version in RECORDED {
        let server = Server::always(Reply::recorded(&format!("alertmanager/{version}/err-silence-not-uuid"))).await;
        assert_eq!(writer(&*source(&[&server]).await).get("not-a-uuid", recorded_at()).await, Ok(None), "{version}");
    }
    let (_server, source) = installed().await;
    assert_eq!(writer(&*source).get("not-a-uuid", machine_time()).await, Ok(None));
}

#[tokio::test]
async fn ending_a_silence_that_nobody_knows_is_no_error() {
    let id = "00000000-0000-4000-8000-000000000000";
    for version in RECORDED {
        let server = Server::always(Reply::recorded(&format!("alertmanager/{version}/err-delete-unknown"))).await;
        assert_eq!(writer(&*source(&[&server]).await).expire(id, recorded_at()).await, Ok(()), "{version}");
    }
    let (_server, source) = installed().await;
    assert_eq!(writer(&*source).expire(id, machine_time()).await, Ok(()));
}

/// The annotations that are told of a silence, or a word for that there are none.
fn noted(draft: &SilenceDraft, made: &Silence) -> (bool, usize) {
    (draft.is_noted_on(made), made.annotations.len())
}

#[tokio::test]
async fn annotations_are_dropped_without_a_word_by_the_server_that_is_installed() {
    let (server, source) = installed().await;
    let now = machine_time();
    let draft = SilenceDraft { annotations: [("owner", "ana")].into_iter().collect(), ..draft(now) };
    let made = made(&*source, &draft, now).await;
    let version = server.get("/api/v2/status").await["versionInfo"]["version"].as_str().unwrap_or_default().to_owned();
    let keeps = version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor >= 32);
    assert_eq!(noted(&draft, &made), (keeps, usize::from(keeps)), "{version}");
    assert!(draft.is_carried_by(&made));
}

#[tokio::test]
async fn annotations_are_kept_by_newer_servers_as_described() {
    let kept = silence("s1", "10", "ACK!").replace(r#""comment""#, r#""annotations":{"owner":"ana"},"comment""#);
    let server = Server::always(Reply::json(kept)).await;
    let made = writer(&*source(&[&server]).await).get("s1", recorded_at()).await.unwrap().unwrap();
    let draft = SilenceDraft { annotations: [("owner", "ana")].into_iter().collect(), ..draft(recorded_at()) };
    assert_eq!(noted(&draft, &made), (true, 1));
    assert_eq!(SilenceDraft::extend(&made, recorded_at()).annotations, draft.annotations, "extending keeps them");
}

async fn recorded(version: &str, groups: Reply) -> (Alert, Vec<Detail>) {
    let server = Server::routes(&[
        ("/api/v2/alerts", Reply::recorded(&format!("alertmanager/{version}/alerts"))),
        ("/api/v2/silences", Reply::recorded(&format!("alertmanager/{version}/silences"))),
        ("/api/v2/status", Reply::recorded(&format!("alertmanager/{version}/status"))),
        ("/api/v2/alerts/groups", groups),
    ])
    .await;
    let source = source(&[&server]).await;
    let snapshot = source.poll(recorded_at()).await.unwrap();
    assert!(server.seen().iter().all(|r| r.path.starts_with("/api/v2/")), "the older API is never asked");
    let alert = Alert::clone(&snapshot.alerts[0]);
    let details = source.details().unwrap().details(&alert, recorded_at()).await.unwrap();
    (alert, details)
}

#[tokio::test]
async fn an_alert_is_the_same_with_and_without_what_mutes_it_in_time() {
    let mut read = Vec::new();
    for (version, told) in [("0.25.0", false), ("0.28.1", true)] {
        let name = format!("alertmanager/{version}/alerts");
        let path = crate::support::fixture(&format!("recordings/{name}.body"));
        assert_eq!(std::fs::read_to_string(path).unwrap().contains("mutedBy"), told, "{version}");
        let (alert, details) = recorded(version, Reply::recorded(&format!("alertmanager/{version}/groups"))).await;
        read.push((alert.fingerprint, alert.labels, alert.annotations, alert.state, details));
    }
    assert_eq!(read[0], read[1]);
}

#[tokio::test]
async fn a_group_is_read_though_it_tells_the_labels_of_its_route_as_described() {
    let path = crate::support::fixture("recordings/alertmanager/0.28.1/groups.body");
    let body = std::fs::read_to_string(path).unwrap();
    let newer = body.replace(r#""receiver":{"#, r#""routeLabels":null,"receiver":{"#);
    assert_ne!(newer, body);
    let (_, plain) = recorded("0.28.1", Reply::json(body)).await;
    let (_, told) = recorded("0.28.1", Reply::json(newer)).await;
    assert!(!told.is_empty());
    assert_eq!(told, plain);
}

#[tokio::test]
async fn what_the_older_api_says_is_never_taken_for_alerts() {
    for version in RECORDED {
        let server = Server::always(Reply::recorded(&format!("alertmanager/{version}/v1-alerts"))).await;
        let error = source(&[&server]).await.poll(recorded_at()).await.unwrap_err();
        assert!(matches!(error, SourceError::Malformed { .. } | SourceError::Rejected { .. }), "{version}: {error}");
    }
}

#[tokio::test]
async fn a_label_name_beyond_ascii_is_read_and_only_older_servers_refuse_it() {
    let named = alert("A", "10", "active", "").replace(r#""alertname":"A""#, r#""alertname":"A","größe.x":"火""#);
    let server = Server::routes(&[
        ("/api/v2/alerts", Reply::json(format!("[{named}]"))),
        ("/api/v2/silences", Reply::json("[]")),
        ("/api/v2/status", Reply::json(SETTLED)),
    ])
    .await;
    let snapshot = source(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert_eq!(snapshot.alerts[0].labels.value("größe.x"), "火");

    let (server, source) = installed().await;
    let post = |name: &str| format!(r#"[{{"labels":{{"alertname":"A","{name}":"1"}}}}]"#);
    let status = server.status_of_post("/api/v2/alerts", &post("größe")).await;
    let read = source.poll(machine_time()).await.unwrap().alerts.len();
    assert!((status, read) == (400, 0) || (status, read) == (200, 1), "{status} {read}");
}
