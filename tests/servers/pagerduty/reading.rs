//! Incidents as alerts: what is told of them, in how many questions, and what is said where some are missing.

use chrono::Duration;
use serde_json::json;
use watchfire::{
    config::kinds::Own,
    domain::{alert::Severity, held::Escalation, source::SourceError},
};

use super::super::sources;

use super::super::contract;
use super::{
    Desk,
    fake::{self, Fake, at, config},
};
use crate::support::server::Reply;

#[tokio::test]
async fn an_open_incident_is_an_alert_with_who_holds_it_and_what_comes_next() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("High error rate", "am-1fcd");
    let alert = desk.only().await;
    assert_eq!(
        (alert.fingerprint.as_str(), alert.name().raw(), alert.severity()),
        (id.as_str(), "High error rate", Severity::Error)
    );
    assert_eq!(alert.summary().unwrap().raw(), "[#1] High error rate");
    assert_eq!((alert.labels.value("service"), alert.labels.value("instance")), ("checkout", "web-1"));
    assert_eq!((alert.labels.value("urgency"), alert.labels.value("team")), ("high", "Shop"));
    assert_eq!(alert.annotations.value("details.firing"), "HighErrorRate on web-1");
    assert_eq!(alert.source_url.as_ref().unwrap().raw(), "https://acme.pagerduty.com/incidents/PINC00001");
    assert_eq!(alert.starts_at, at("03:00:00"));
    let held = alert.held.as_ref().unwrap();
    assert_eq!((held.word.raw(), held.assigned[0].raw(), &held.ack), ("triggered", "Ana", &None));
    assert_eq!(held.escalates, Some(Escalation { at: at("03:10:00"), to: "Bob (level 2)".into() }));
    let keys: Vec<(&str, &str)> = held.keys.iter().map(|(n, v)| (n.raw(), v.raw())).collect();
    assert_eq!(keys, [("pagerduty.alert_key", "am-1fcd"), ("pagerduty.incident_key", "key-1")]);
}

#[tokio::test]
async fn the_clock_of_the_escalation_is_told_even_where_pagerduty_names_no_time() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    desk.fake.state().found(&id).escalate_at = None;
    let held = desk.only().await.held.clone().unwrap();
    assert_eq!(held.escalates, Some(Escalation { at: at("03:10:00"), to: "Bob (level 2)".into() }));
}

#[tokio::test]
async fn nobody_acks_and_it_climbs_until_nobody_is_left() {
    let desk = Desk::new().await;
    desk.fake.state().trigger("Fire", "a");
    desk.fake.pass(Duration::minutes(11));
    let held = desk.only().await.held.clone().unwrap();
    assert_eq!(held.assigned[0].raw(), "Bob");
    assert_eq!(held.escalates, Some(Escalation { at: at("03:30:00"), to: "Carla (level 3)".into() }));
    desk.fake.pass(Duration::hours(2));
    let held = desk.only().await.held.clone().unwrap();
    assert_eq!((held.assigned[0].raw(), held.escalates.clone()), ("Carla", None));
}

#[tokio::test]
async fn the_alerts_of_an_incident_are_asked_for_only_when_it_changed() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    for _ in 0..3 {
        desk.poll().await;
    }
    let path = format!("/incidents/{id}/alerts");
    assert_eq!((desk.asked(&path), desk.asked("/users/me"), desk.asked("/oncalls")), (1, 1, 1));
    desk.fake.pass(Duration::minutes(11));
    let again = desk.only().await;
    assert_eq!(desk.asked(&path), 2);
    assert_eq!(again.held.as_ref().unwrap().keys[0].1.raw(), "a");
}

#[tokio::test]
async fn of_many_incidents_the_alerts_are_read_a_few_at_a_time() {
    let desk = Desk::new().await;
    for n in 0..20 {
        desk.fake.state().trigger("Fire", &format!("k{n}"));
    }
    let keyed = async || {
        let told = desk.poll().await;
        let has = |a: &&std::sync::Arc<_>| {
            let alert: &watchfire::domain::alert::Alert = a;
            alert.held.as_ref().unwrap().keys.iter().any(|(n, _)| n.raw() == "pagerduty.alert_key")
        };
        told.alerts.iter().filter(has).count()
    };
    assert_eq!((keyed().await, keyed().await, keyed().await), (8, 16, 20));
}

#[tokio::test]
async fn every_page_is_read_and_each_incident_once() {
    let desk = Desk::new().await;
    for n in 0..250 {
        desk.fake.state().trigger(&format!("Fire {n}"), "a");
    }
    let told = desk.poll().await;
    assert!(told.complete && told.problems.is_empty(), "{:?}", told.problems);
    let mut ids: Vec<&str> = told.alerts.iter().map(|a| a.fingerprint.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), desk.asked("/incidents")), (250, 3));
}

#[tokio::test]
async fn at_the_wall_it_says_what_is_missing_and_takes_nothing_for_resolved() {
    let desk = Desk::new().await;
    for n in 0..10_050 {
        desk.fake.state().trigger(&format!("Fire {n}"), "a");
    }
    let told = desk.poll().await;
    assert_eq!((told.alerts.len(), told.complete), (10_000, false));
    assert!(
        told.problems.iter().any(|p| p.why.raw().contains("no more than 10000: narrow it by teams")),
        "{:?}",
        told.problems
    );
}

#[tokio::test]
async fn paging_that_loops_ends_and_is_said() {
    let desk = Desk::new().await;
    for _ in 0..120 {
        desk.fake.state().trigger("Fire", "a");
    }
    desk.fake.state().loops = true;
    let told = desk.poll().await;
    assert!(!told.complete && told.alerts.len() == 100, "{}", told.alerts.len());
    assert!(told.problems.iter().any(|p| p.why.raw() == "a page was told twice"), "{:?}", told.problems);
    assert!(desk.asked("/incidents") <= 101);
}

#[tokio::test]
async fn one_incident_that_cannot_be_read_hides_no_other() {
    let desk = Desk::new().await;
    desk.fake.state().trigger("Fire", "a");
    desk.fake.state().garbage = Some(json!({"id": "PBAD", "status": ["triggered"], "created_at": "yesterday"}));
    let told = desk.poll().await;
    assert_eq!((told.alerts.len(), told.complete), (1, false));
    assert_eq!(told.problems[0].at.raw(), "incidents[1]");
}

#[tokio::test]
async fn an_incident_of_last_year_is_there_and_a_word_of_tomorrow_too() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Old fire", "a");
    {
        let mut state = desk.fake.state();
        let incident = state.found(&id);
        incident.created_at -= Duration::days(300);
        (incident.urgency, incident.priority) = ("sky-high", Some("Gold"));
        incident.alerts.clear();
    }
    let alert = desk.only().await;
    assert_eq!((alert.severity(), alert.labels.value("priority")), (Severity::Unknown, "Gold"));
}

#[tokio::test]
async fn only_what_the_filters_name_is_asked_for() {
    let fake = Fake::start().await;
    {
        let mut state = fake.state();
        state.trigger("Loud", "a");
        let quiet = state.trigger("Quiet", "b");
        state.found(&quiet).urgency = "low";
    }
    let of = async |own: Own| {
        let source = sources::connect(&sources_config(&fake, own)).await.unwrap();
        let told = source.poll(fake.now()).await.unwrap();
        told.alerts.iter().map(|a| a.name().raw().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(Own::default().with_list("urgencies", &["low"])).await, "Quiet");
    assert_eq!(of(Own::default().with_list("user_ids", &["PBOB001"])).await, "");
    assert_eq!(
        of(Own::default().with_list("services", &["PSVC001"]).with_list("teams", &["PTEAM01"])).await,
        "Quiet Loud"
    );
    let wrong = sources::connect(&sources_config(&fake, Own::default().with_list("urgencies", &["loud"]))).await;
    assert!(matches!(wrong.err(), Some(SourceError::Rejected { why }) if why.raw().contains("not `loud`")));
}

fn sources_config(fake: &Fake, own: Own) -> watchfire::config::SourceConfig {
    watchfire::config::SourceConfig { own, ..fake.config() }
}

#[tokio::test]
async fn the_token_is_sent_as_its_kind_is_and_the_version_with_it() {
    let desk = Desk::new().await;
    desk.poll().await;
    let bearer = sources_config(&desk.fake, Own::default().with("auth", "bearer"));
    sources::connect(&bearer).await.unwrap().poll(desk.fake.now()).await.unwrap();
    let sent: Vec<String> = desk.fake.server.seen().iter().map(|r| r.headers["authorization"].clone()).collect();
    assert_eq!(sent[0], format!("Token token={}", fake::TOKEN));
    assert_eq!(*sent.last().unwrap(), format!("Bearer {}", fake::TOKEN));
}

#[tokio::test]
async fn whose_token_it_is_is_said_and_what_an_account_key_lacks() {
    assert_eq!(Desk::new().await.poll().await.version.unwrap().raw(), "REST v2, as ana@example.com");
    let told = Desk::of_an_account(None).await.poll().await;
    assert!(told.complete);
    let why = told.problems[0].why.raw();
    assert!(
        why.contains("acts in nobody's name") && why.contains("`from =") && why.contains("ack = \"journal\""),
        "{why}"
    );
    let told = Desk::of_an_account(Some("bob@example.com")).await.poll().await;
    assert_eq!(told.version.unwrap().raw(), "REST v2, an account's key, as bob@example.com");
    assert!(told.problems.is_empty());
}

#[tokio::test]
async fn a_rate_limit_is_told_with_the_moment_at_which_it_ends() {
    let desk = Desk::new().await;
    desk.fake.state().remaining = Some(0);
    let error = desk.source.poll(desk.fake.now()).await.unwrap_err();
    assert_eq!(error, SourceError::RateLimited { until: desk.fake.now() + Duration::seconds(37) });
}

#[tokio::test]
async fn what_is_only_beside_an_incident_may_fail_and_the_incident_stands() {
    let desk = Desk::new().await;
    desk.fake.state().trigger("Fire", "a");
    desk.fake.state().remaining = Some(2);
    let alert = desk.only().await;
    assert_eq!(alert.name().raw(), "Fire");
    assert_eq!(alert.held.as_ref().unwrap().keys.len(), 1, "the incident's own key");
}

#[tokio::test]
async fn without_a_token_or_with_a_password_it_says_what_is_missing() {
    use watchfire::config::{Auth, Secret};
    let connect = async |auth: Auth| {
        let config = watchfire::config::SourceConfig { auth, ..config("http://127.0.0.1:1".into()) };
        sources::connect(&config).await.err().unwrap().to_string()
    };
    assert!(connect(Auth::None).await.contains("set token_env"));
    let basic = Auth::Basic { user: "ana".into(), password: Secret::Inline("hunter22".into()) };
    assert!(connect(basic).await.contains("no user and password"));
}

#[tokio::test]
async fn the_region_is_an_address_of_its_own() {
    let mut config = config("http://unused".into());
    config.urls.clear();
    config.own = Own::default().with("region", "eu");
    assert!(sources::connect(&config).await.is_ok());
}

#[tokio::test]
async fn it_keeps_its_word_whatever_a_server_answers() {
    fn good(request: &crate::support::server::Request, _: &str) -> Reply {
        Reply::json(match request.path.as_str() {
            "/users/me" => r#"{"user":{"id":"P1","name":"Ana","email":"ana@example.com"}}"#,
            _ => r#"{"incidents":[],"limit":100,"offset":0,"more":false,"total":null}"#,
        })
    }
    let config = |url: String| {
        let config = config(url);
        watchfire::config::SourceConfig { auth: watchfire::config::Auth::None, ..config }
    };
    contract::Held { config, before: contract::nothing_before, good, goes_on_at_404: false }.keeps_its_word().await;
}
