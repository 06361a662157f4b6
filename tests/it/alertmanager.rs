//! Alertmanager: members united, silences written once, refusals told in the server's own words.

mod again;
mod members;
mod versions;

use chrono::Duration;
use watchfire::{
    config::{AckMode, SourceConfig, SourceKind},
    domain::{
        Time,
        alert::AlertState,
        matcher::Matcher,
        silence::SilenceDraft,
        source::{AckVia, SourceError},
    },
    sources::{self, Silences, Source},
};

use crate::support::{
    config, fixture, machine_time,
    real::Real,
    recorded_at,
    server::{Reply, Server},
};

const SETTLED: &str = r#"{"cluster":{"status":"ready"},"versionInfo":{"version":"0.28.1"}}"#;

fn alert(name: &str, updated: &str, state: &str, silenced_by: &str) -> String {
    format!(
        r#"{{"labels":{{"alertname":"{name}"}},"annotations":{{"summary":"as of {updated}"}},"fingerprint":"{name}",
        "startsAt":"2026-11-21T02:00:00Z","updatedAt":"2026-11-21T02:{updated}:00Z",
        "status":{{"state":"{state}","silencedBy":[{silenced_by}],"inhibitedBy":[]}}}}"#
    )
}

fn silence(id: &str, updated: &str, comment: &str) -> String {
    format!(
        r#"{{"id":"{id}","status":{{"state":"active"}},"matchers":[{{"name":"a","value":"b","isRegex":false}}],
        "startsAt":"2026-11-21T02:00:00Z","endsAt":"2026-11-21T05:00:00Z","updatedAt":"2026-11-21T02:{updated}:00Z",
        "createdBy":"ana","comment":"{comment}"}}"#
    )
}

async fn member(alerts: &[String], silences: &[String], status: &str) -> Server {
    Server::routes(&[
        ("/api/v2/alerts", Reply::json(format!("[{}]", alerts.join(",")))),
        ("/api/v2/silences", Reply::json(format!("[{}]", silences.join(",")))),
        ("/api/v2/status", Reply::json(status)),
    ])
    .await
}

async fn source(servers: &[&Server]) -> std::sync::Arc<dyn Source> {
    let urls: Vec<String> = servers.iter().map(|s| s.url()).collect();
    sources::connect(&config(SourceKind::Alertmanager, &urls)).await.unwrap()
}

/// An address where nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn the_alerts_of_all_members_are_one_list_and_the_newest_word_counts() {
    let one = member(
        &[alert("Both", "10", "suppressed", r#""s1""#), alert("OnlyOne", "10", "active", "")],
        &[silence("s1", "10", "old")],
        SETTLED,
    )
    .await;
    let two = member(
        &[alert("Both", "20", "suppressed", r#""s2""#), alert("OnlyTwo", "10", "active", "")],
        &[silence("s1", "20", "new"), silence("s2", "10", "other")],
        SETTLED,
    )
    .await;
    for servers in [[&one, &two], [&two, &one]] {
        let snapshot = source(&servers).await.poll(recorded_at()).await.unwrap();
        let names: Vec<&str> = snapshot.alerts.iter().map(|a| a.name().raw()).collect();
        assert_eq!(names, ["Both", "OnlyOne", "OnlyTwo"]);
        assert_eq!(snapshot.alerts[0].silenced_by[..], ["s1", "s2"]);
        assert_eq!(snapshot.alerts[0].summary().unwrap().raw(), "as of 20");
        assert_eq!(snapshot.silences.iter().map(|s| s.comment.raw()).collect::<Vec<_>>(), ["new", "other"]);
        assert!(snapshot.complete && snapshot.missing_members.is_empty());
    }
}

#[tokio::test]
async fn a_member_that_is_away_is_named_and_absence_means_nothing() {
    let one = member(&[alert("A", "10", "active", "")], &[], SETTLED).await;
    let urls = [nobody(), one.url()];
    let source = sources::connect(&config(SourceKind::Alertmanager, &urls)).await.unwrap();
    let snapshot = source.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.alerts.len(), snapshot.complete), (1, false));
    let (address, error) = &snapshot.missing_members[0];
    assert!(urls[0].ends_with(address.raw()) && matches!(error, SourceError::Unreachable { .. }), "{address} {error}");
}

#[tokio::test]
async fn when_no_member_answers_the_most_useful_error_is_told() {
    let refused = Server::always(Reply::status(401, "Unauthorized")).await;
    let urls = [nobody(), refused.url()];
    let source = sources::connect(&config(SourceKind::Alertmanager, &urls)).await.unwrap();
    assert!(matches!(source.poll(recorded_at()).await, Err(SourceError::Auth { .. })));
}

#[tokio::test]
async fn a_settling_member_makes_absence_mean_nothing() {
    let one = member(&[], &[], r#"{"cluster":{"status":"settling"},"versionInfo":{"version":"0.28.1"}}"#).await;
    assert!(!source(&[&one]).await.poll(recorded_at()).await.unwrap().complete);
}

#[tokio::test]
async fn one_malformed_alert_out_of_fifty_leaves_forty_nine_and_one_problem() {
    let mut alerts: Vec<String> = (0..50).map(|i| alert(&format!("A{i}"), "10", "active", "")).collect();
    alerts[3] = r#"{"labels":{"alertname":["not","text"]},"startsAt":"2026-11-21T02:00:00Z"}"#.to_owned();
    let server = member(&alerts, &[], SETTLED).await;
    let snapshot = source(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.alerts.len(), snapshot.problems.len()), (49, 1));
    assert_eq!(snapshot.problems[0].at, "alerts[3]");
    assert!(snapshot.complete, "{:?}", snapshot.problems);
}

#[tokio::test]
async fn a_lone_surrogate_or_a_date_that_is_none_is_one_problem_each() {
    let good = alert("Good", "10", "active", "");
    let bad = [
        r#"{"labels":{"alertname":"\ud800"},"startsAt":"2026-11-21T02:00:00Z"}"#.to_owned(),
        r#"{"labels":{"alertname":"x"},"startsAt":"yesterday"}"#.to_owned(),
        r#"{"labels":{"alertname":"x"},"startsAt":"99999-01-01T00:00:00Z"}"#.to_owned(),
        "null".to_owned(),
    ];
    let server = member(&[&bad[..], &[good]].concat(), &[], SETTLED).await;
    let snapshot = source(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.alerts.len(), snapshot.problems.len()), (1, 4), "{snapshot:?}");
}

#[tokio::test]
async fn a_silence_that_cannot_be_read_is_one_problem() {
    let broken = silence("s2", "10", "x").replace(r#""value":"b","isRegex":false"#, r#""value":"(","isRegex":true"#);
    let server = member(&[], &[silence("s1", "10", "ok"), broken], SETTLED).await;
    let snapshot = source(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.silences.len(), snapshot.problems.len()), (1, 1));
    assert_eq!(snapshot.problems[0].at, "silences[1]");
}

#[tokio::test]
async fn a_list_of_silences_that_is_refused_leaves_the_alerts_and_the_silences_that_mute_them() {
    let server = Server::start(|request| match request.path.as_str() {
        "/api/v2/alerts" => Reply::json(format!("[{}]", alert("A", "10", "suppressed", r#""s1","s2""#))),
        "/api/v2/silence/s1" => Reply::json(silence("s1", "10", "ACK! mine")),
        "/api/v2/status" => Reply::json(SETTLED),
        _ => Reply::status(500, "a silence with several matcher sets cannot be shown"),
    })
    .await;
    let snapshot = source(&[&server]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((snapshot.alerts.len(), snapshot.silences.len(), snapshot.complete), (1, 1, true));
    let places: Vec<&str> = snapshot.problems.iter().map(|p| p.at.raw()).collect();
    assert_eq!(places, ["silences", "silence s2"]);
}

#[tokio::test]
async fn a_server_clock_that_is_off_is_a_problem() {
    let server = Server::routes(&[
        ("/api/v2/alerts", Reply::recorded("alertmanager/0.25.0/alerts")),
        ("/api/v2/silences", Reply::json("[]")),
        ("/api/v2/status", Reply::json(SETTLED)),
    ])
    .await;
    let source = source(&[&server]).await;
    let ahead = source.poll(recorded_at() + Duration::minutes(5)).await.unwrap().problems;
    assert_eq!((ahead[0].at.raw(), ahead[0].why.raw()), ("clock", "its clock is 5m behind this machine's"));
    assert_eq!(source.poll(recorded_at()).await.unwrap().problems, []);
}

#[tokio::test]
async fn a_prefix_in_the_address_and_a_tenant_in_a_header_reach_the_server() {
    let server = Server::always(Reply::json("[]")).await;
    let mut config = config(SourceKind::Alertmanager, &[format!("{}/alertmanager", server.url())]);
    config.headers = vec![("X-Scope-OrgID".into(), "team-a".into())];
    let _ = sources::connect(&config).await.unwrap().poll(recorded_at()).await;
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|r| r.path.starts_with("/alertmanager/api/v2/") && r.headers["x-scope-orgid"] == "team-a"));
}

#[test]
fn what_it_can_do_follows_from_the_configuration() {
    let can = |ack, silences_writable| {
        let config =
            SourceConfig { ack, silences_writable, ..config(SourceKind::Alertmanager, &["http://127.0.0.1".into()]) };
        sources::describe(&config).can
    };
    assert_eq!(can(AckMode::Silence, true).ack, Some(AckVia::Silence));
    assert_eq!(can(AckMode::Silence, false).ack, None);
    assert_eq!(can(AckMode::Journal, false).ack, Some(AckVia::Journal));
    assert!(!can(AckMode::Journal, false).silences);
}

fn draft(now: Time) -> SilenceDraft {
    SilenceDraft {
        id: None,
        matchers: vec![Matcher::equal("alertname", "A")],
        starts_at: now,
        ends_at: now + Duration::hours(1),
        created_by: "ana".into(),
        comment: "ACK!".into(),
        annotations: Default::default(),
    }
}

fn writer(source: &dyn Source) -> &dyn Silences {
    source.silences().unwrap()
}

#[tokio::test]
async fn a_write_goes_on_to_the_next_member_only_while_nothing_can_have_happened() {
    let accepts = Server::always(Reply::json(r#"{"silenceID":"new"}"#)).await;
    let urls = [nobody(), accepts.url()];
    let skipped = sources::connect(&config(SourceKind::Alertmanager, &urls)).await.unwrap();
    assert_eq!(writer(&*skipped).put(&draft(recorded_at()), recorded_at()).await.unwrap(), "new");

    // It took the request and broke off: it may have made the silence.
    let breaks = Server::always(Reply::raw("")).await;
    let unsure = source(&[&breaks, &accepts]).await;
    let error = writer(&*unsure).put(&draft(recorded_at()), recorded_at()).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    assert_eq!((breaks.seen().len(), accepts.seen().len()), (1, 1));
}

#[tokio::test]
async fn ending_what_is_over_is_no_error_in_the_words_of_any_version() {
    for version in ["0.25.0", "0.28.1"] {
        let server = Server::always(Reply::recorded(&format!("alertmanager/{version}/err-delete-unknown"))).await;
        let source = source(&[&server]).await;
        assert_eq!(writer(&*source).expire("some-id", recorded_at()).await, Ok(()));
        assert_eq!(writer(&*source).get("some-id", recorded_at()).await, Ok(None));
    }
}

#[tokio::test]
async fn a_page_of_another_server_is_not_taken_for_a_silence_that_is_over() {
    for reply in [Reply::status(404, "404 page not found"), Reply::page("<title>Sign in</title>")] {
        let server = Server::always(reply).await;
        let source = source(&[&server]).await;
        assert!(writer(&*source).expire("some-id", recorded_at()).await.is_err());
        assert!(writer(&*source).get("some-id", recorded_at()).await.is_err());
    }
}

#[tokio::test]
async fn a_silence_nobody_knows_is_none_only_where_everybody_was_asked() {
    let empty = Server::always(Reply::recorded("alertmanager/0.28.1/err-delete-unknown")).await;
    let urls = [empty.url(), nobody()];
    let source = sources::connect(&config(SourceKind::Alertmanager, &urls)).await.unwrap();
    assert!(matches!(writer(&*source).get("x", recorded_at()).await, Err(SourceError::Unreachable { .. })));
}

#[tokio::test]
async fn an_id_cannot_leave_its_place_in_the_path() {
    let server = Server::always(Reply::status(404, "")).await;
    let source = source(&[&server]).await;
    let _ = writer(&*source).get("../../-/quit?x#y", recorded_at()).await;
    assert_eq!(server.seen()[0].path, "/api/v2/silence/..%2F..%2F-%2Fquit%3Fx%23y");
}

#[tokio::test]
async fn a_real_server_says_in_its_own_words_why_it_refuses() {
    let server = Real::alertmanager().await;
    let source = sources::connect(&config(SourceKind::Alertmanager, &[server.url()])).await.unwrap();
    let now = machine_time();
    let why = |result: Result<_, SourceError>| match result {
        Err(SourceError::Rejected { why }) => why.raw().to_owned(),
        other => panic!("{other:?}"),
    };
    let past = SilenceDraft { ends_at: now - Duration::hours(1), ..draft(now - Duration::hours(2)) };
    assert!(why(writer(&*source).put(&past, now).await).contains("end time can't be in the past"));
    let matches_all = SilenceDraft { matchers: vec![Matcher::equal("a", "")], ..draft(now) };
    assert!(why(writer(&*source).put(&matches_all, now).await).contains("silence"));
    assert_eq!(writer(&*source).get("not-a-uuid", now).await, Ok(None));
}

#[tokio::test]
async fn two_real_members_that_know_different_alerts_are_one_list() {
    let (one, two) = (Real::alertmanager().await, Real::alertmanager().await);
    let post = |name: &str| format!(r#"[{{"labels":{{"alertname":"{name}"}}}}]"#);
    one.post("/api/v2/alerts", &post("OnlyOne")).await;
    two.post("/api/v2/alerts", &post("OnlyTwo")).await;
    let source = sources::connect(&config(SourceKind::Alertmanager, &[one.url(), two.url()])).await.unwrap();
    let snapshot = source.poll(machine_time()).await.unwrap();
    let mut names: Vec<&str> = snapshot.alerts.iter().map(|a| a.name().raw()).collect();
    names.sort_unstable();
    assert_eq!(names, ["OnlyOne", "OnlyTwo"]);
    assert!(snapshot.complete && snapshot.alerts.iter().all(|a| a.state == AlertState::Firing));
}

#[tokio::test]
async fn a_server_with_a_private_ca_wants_the_ca_file_and_the_certificate() {
    let server = Real::alertmanager_over_tls().await;
    let plain = config(SourceKind::Alertmanager, &[server.url().replace("http:", "https:")]);
    let with_ca = SourceConfig { ca_file: Some(fixture("tls/ca.pem")), ..plain.clone() };
    let files = Some((fixture("tls/loopback.pem"), fixture("tls/loopback.key")));
    let with_both = SourceConfig { client_cert: files, ..with_ca.clone() };
    let poll = async |config: &SourceConfig| sources::connect(config).await.unwrap().poll(machine_time()).await;

    let unknown = poll(&plain).await.unwrap_err().to_string();
    assert!(unknown.contains("UnknownIssuer") && unknown.contains("ca_file"), "{unknown}");
    let unnamed = poll(&with_ca).await.unwrap_err().to_string();
    assert!(unnamed.to_lowercase().contains("certificate"), "{unnamed}");
    assert!(poll(&with_both).await.unwrap().complete);
}
