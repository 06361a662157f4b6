//! Grafana: its paths before a real Alertmanager, and what is its own.

mod fake;

use chrono::Duration;
use serde_json::{Value, json};
use watchfire::{
    config::{SourceConfig, SourceKind, kinds::Own},
    domain::{
        Time,
        alert::{Alert, AlertId, AlertState},
        held::{Applied, Request, Verb},
        op::OpId,
        silence::SilenceDraft,
        source::{SourceError, SourceName},
    },
};

use super::sources::{self, Source};

use self::fake::Fake;
use super::contract::{Held, nothing_before};
use crate::support::{
    config, machine_time,
    server::{Reply, Request as Asked},
};

const ALERTS: &str = r#"[
    {"labels":{"alertname":"DatasourceNoData","rulename":"Checkout slow","__alert_rule_uid__":"u1","grafana_folder":"shop","severity":"critical"},
     "annotations":{"summary":"slow","__dashboardUid__":"d1","__panelId__":"7","__orgId__":"2"}},
    {"labels":{"alertname":"Plain","severity":"warning"}}]"#;

async fn source(fake: &Fake) -> std::sync::Arc<dyn Source> {
    let own = Own::default().with_number("org", 2);
    sources::connect(&SourceConfig { own, ..config(SourceKind::Grafana, &[fake.server.url()]) }).await.unwrap()
}

async fn checkout(source: &dyn Source) -> Alert {
    let told = source.poll(machine_time()).await.unwrap();
    assert!(told.complete && told.problems.is_empty() && told.alerts.len() == 2, "{told:?}");
    assert_eq!(told.version.unwrap().raw(), "11.2.0");
    Alert::clone(told.alerts.iter().find(|a| a.name().raw() == "Checkout slow").expect("named after its rule"))
}

#[tokio::test]
async fn an_alert_is_named_after_its_rule_and_shows_nothing_internal() {
    let fake = Fake::start().await;
    fake.alertmanager.post("/api/v2/alerts", ALERTS).await;
    let source = source(&fake).await;
    let alert = checkout(&*source).await;
    let label = |name: &str| alert.labels.value(name);
    assert_eq!([label("grafana_reason"), label("grafana_rule_uid"), label("grafana_folder")], ["NoData", "u1", "shop"]);
    assert!(alert.labels.iter().chain(alert.annotations.iter()).all(|(n, _)| !n.raw().starts_with("__")), "{alert:?}");
    let details = source.details().unwrap().details(&alert, machine_time()).await.unwrap();
    let said: Vec<String> = details.iter().map(|d| format!("{}: {}", d.name, d.value)).collect();
    for line in ["rule: Checkout slow", "alerts: 12 alerting, 3 normal", "health: error no data source"] {
        assert!(said.iter().any(|s| s == line), "{line} is not among {said:?}");
    }
}

#[tokio::test]
async fn rules_are_never_asked_under_the_uid_of_an_alertmanager_and_one_that_grafana_manages_is_found() {
    let fake = Fake::start().await;
    fake.alertmanager.post("/api/v2/alerts", ALERTS).await;
    let own = Own::default().with_number("org", 2).with("alertmanager", "am-7");
    let config = SourceConfig { own, ..config(SourceKind::Grafana, &[fake.server.url()]) };
    let source = sources::connect(&config).await.unwrap();
    let told = source.poll(machine_time()).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{told:?}");
    for (name, wanted) in [("Checkout slow", "rule: Checkout slow"), ("Plain", "rule: not known")] {
        let alert = told.alerts.iter().find(|a| a.name().raw() == name).expect("it fires");
        let details = source.details().unwrap().details(alert, machine_time()).await.unwrap();
        let said: Vec<String> = details.iter().map(|d| format!("{}: {}", d.name, d.value)).collect();
        assert!(said.iter().any(|s| s.starts_with(wanted)), "{name}: {said:?}");
    }
    let asked: Vec<String> = fake.server.seen().into_iter().map(|r| r.path).collect();
    assert!(!asked.iter().any(|path| path.contains("/api/prometheus/am-7")), "{asked:?}");
}

#[tokio::test]
async fn a_silence_of_an_alert_names_its_rule_and_is_read_back_as_it_was_written() {
    let fake = Fake::start().await;
    fake.alertmanager.post("/api/v2/alerts", ALERTS).await;
    let source = source(&fake).await;
    let alert = checkout(&*source).await;
    let (now, silences) = (machine_time(), source.silences().unwrap());
    let draft = SilenceDraft::ack(&alert.labels, "ana", "looking", now, now + Duration::hours(1));
    let id = silences.put(&draft, now).await.unwrap();
    let kept = silences.get(id.raw(), now).await.unwrap().unwrap();
    assert!(kept.matches(&alert.labels) && kept.matchers.len() == draft.matchers.len(), "{kept:?}");
    let sent = fake.alertmanager.get(&format!("/api/v2/silence/{}", id.raw())).await.to_string();
    assert!(sent.contains("__alert_rule_uid__") && sent.contains("DatasourceNoData"), "{sent}");
    assert!(!sent.contains("grafana_reason") && !sent.contains("grafana_rule_uid"), "{sent}");
    assert_eq!(checkout(&*source).await.state, AlertState::Suppressed);
    silences.expire(id.raw(), now).await.unwrap();

    let wide =
        SilenceDraft { matchers: draft.matchers.into_iter().filter(|m| m.name == "severity").collect(), ..draft };
    let error = silences.put(&wide, now).await.unwrap_err();
    assert!(matches!(&error, SourceError::Auth { why } if why.raw().contains("grafana_rule_uid")), "{error}");
}

#[tokio::test]
async fn a_note_is_an_annotation_on_the_panel_written_once_and_what_others_wrote_is_a_change() {
    let fake = Fake::start().await;
    fake.alertmanager.post("/api/v2/alerts", ALERTS).await;
    let source = source(&fake).await;
    let alert = checkout(&*source).await;
    let requests = source.requests().unwrap();
    let id = AlertId { source: SourceName::new("prod"), fingerprint: alert.fingerprint.clone() };
    let text = "rolled back".to_owned();
    let note = Request { verb: Verb::Note, alert: id, began: alert.starts_at, actor: "ana".into(), text, until: None };
    let plan = requests.plan(&note, machine_time()).await.unwrap();
    assert!(plan.effects[0].raw().contains("panel 7 of dashboard d1"), "{plan:?}");
    let op = OpId("op-1".into());
    let made = requests.apply(&op, &note, machine_time()).await.unwrap();
    assert!(matches!(&made, Applied::Done { id: Some(_), .. }), "{made:?}");
    assert_eq!(requests.apply(&op, &note, machine_time()).await.unwrap(), made, "a retry makes no second one");
    let posts: Vec<String> = fake.server.seen().into_iter().filter(|r| r.method == "POST").map(|r| r.body).collect();
    assert!(posts.len() == 1 && posts[0].contains(r#""dashboardUID":"d1""#), "{posts:?}");

    let changes = source.changes().unwrap().changes(Time::UNIX_EPOCH, machine_time()).await.unwrap();
    let [deploy] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((deploy.kind.raw(), deploy.title.raw(), deploy.by.raw()), ("deploy", "deploy 1.2", "ci"));
    assert_eq!(deploy.service.as_ref().unwrap().raw(), "shop");
}

/// A rule that waits five minutes, with one alert.
fn waits(state: &str, at: &str, labels: Value) -> Value {
    json!({
        "name": "Checkout slow", "uid": "u1", "query": "up == 0", "duration": 300, "health": "ok", "totals": { "pending": 1 },
        "alerts": [{ "labels": labels, "annotations": { "summary": "slow" }, "state": state, "activeAt": at, "value": "1" }],
    })
}

fn labels() -> Value {
    json!({ "alertname": "Checkout slow", "__alert_rule_uid__": "u1", "grafana_folder": "shop", "severity": "critical" })
}

fn later(seconds: i64) -> Time {
    machine_time() + Duration::seconds(seconds)
}

#[tokio::test]
async fn what_is_about_to_fire_is_shown_with_when_and_is_the_same_row_once_it_fires() {
    let fake = Fake::start().await;
    let since = (machine_time() - Duration::seconds(100)).to_rfc3339();
    fake.waiting.lock().unwrap().rules = vec![waits("Pending (Error)", &since, labels())];
    let source = source(&fake).await;
    let told = source.poll(machine_time()).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{told:?}");
    let [alert] = told.alerts.as_slice() else { panic!("{told:?}") };
    assert_eq!((alert.state, alert.name().raw()), (AlertState::Pending, "Checkout slow"));
    assert_eq!(alert.fires_at.unwrap() - alert.starts_at, Duration::seconds(300));
    assert_eq!(alert.labels.value("grafana_rule_uid"), "u1");
    assert!(alert.labels.iter().all(|(n, _)| !n.raw().starts_with("__")));
    assert!(alert.source_url.as_ref().unwrap().raw().ends_with("/alerting/grafana/u1/view"));

    fake.alertmanager.post("/api/v2/alerts", &json!([{ "labels": labels() }]).to_string()).await;
    let fires = source.poll(later(5)).await.unwrap();
    let [same] = fires.alerts.as_slice() else { panic!("{fires:?}") };
    assert_eq!((&same.fingerprint, same.state), (&alert.fingerprint, AlertState::Firing));
}

fn asked(fake: &Fake) -> usize {
    fake.server.seen().iter().filter(|r| r.query.contains("state=pending")).count()
}

#[tokio::test]
async fn rules_are_asked_twice_a_minute_and_seldom_where_they_all_come() {
    for (is_old, wanted) in [(false, 5), (true, 1)] {
        let fake = Fake::start().await;
        let (at, own) = (machine_time().to_rfc3339(), json!({ "alertname": "Other" }));
        let rules = vec![waits("Pending", &at, labels()), waits("Normal", &at, own)];
        *fake.waiting.lock().unwrap() = fake::Waiting { rules, is_old, refuses: false };
        let source = source(&fake).await;
        for seconds in [0, 15, 30, 45, 60, 75, 90, 105, 120] {
            let told = source.poll(later(seconds)).await.unwrap();
            assert_eq!(told.alerts.len(), 1, "{told:?}");
        }
        assert_eq!(asked(&fake), wanted, "old: {is_old}");
    }
}

#[tokio::test]
async fn rules_that_may_not_be_read_are_told_and_what_waited_before_stays() {
    let fake = Fake::start().await;
    fake.waiting.lock().unwrap().refuses = true;
    let never = source(&fake).await;
    let told = never.poll(machine_time()).await.unwrap();
    assert!(told.complete && told.alerts.is_empty(), "nothing was there that could be missing: {told:?}");
    assert!(told.problems[0].why.raw().contains("about to fire"), "{told:?}");

    let at = machine_time().to_rfc3339();
    *fake.waiting.lock().unwrap() =
        fake::Waiting { rules: vec![waits("Pending", &at, labels())], is_old: false, refuses: false };
    let source = source(&fake).await;
    assert_eq!(source.poll(machine_time()).await.unwrap().alerts.len(), 1);
    fake.waiting.lock().unwrap().refuses = true;
    let told = source.poll(later(31)).await.unwrap();
    assert_eq!((told.alerts.len(), told.complete), (1, false), "{told:?}");
}

#[tokio::test]
async fn one_alert_that_cannot_be_read_hides_no_other() {
    let fake = Fake::start().await;
    let mut rule = waits("Pending", &machine_time().to_rfc3339(), labels());
    rule["alerts"].as_array_mut().unwrap().push(json!({ "labels": 7, "state": "Pending" }));
    fake.waiting.lock().unwrap().rules = vec![rule];
    let told = source(&fake).await.poll(machine_time()).await.unwrap();
    assert_eq!((told.alerts.len(), told.complete, told.problems.len()), (1, false, 1), "{told:?}");
    assert!(told.problems[0].at.raw().contains("Checkout slow[1]"), "{told:?}");
}

fn well(r: &Asked, _: &str) -> Reply {
    Reply::json(match r.path.as_str() {
        "/api/alertmanager/grafana/api/v2/status" => {
            r#"{"cluster":{"status":"disabled"},"versionInfo":{"version":"N/A"},"config":{"original":""}}"#
        }
        "/api/health" => r#"{"version":"11.2.0"}"#,
        "/api/prometheus/grafana/api/v1/rules" => r#"{"status":"success","data":{"groups":[]}}"#,
        _ => "[]",
    })
}

#[tokio::test]
async fn a_grafana_keeps_its_word() {
    let config = |url| config(SourceKind::Grafana, &[url]);
    Held { config, before: nothing_before, good: well, goes_on_at_404: false }.keeps_its_word().await;
}
