//! Grafana: its paths before a real Alertmanager, and what is its own.

mod fake;

use chrono::Duration;
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

fn well(r: &Asked, _: &str) -> Reply {
    Reply::json(match r.path.as_str() {
        "/api/alertmanager/grafana/api/v2/status" => {
            r#"{"cluster":{"status":"disabled"},"versionInfo":{"version":"N/A"},"config":{"original":""}}"#
        }
        "/api/health" => r#"{"version":"11.2.0"}"#,
        _ => "[]",
    })
}

#[tokio::test]
async fn a_grafana_keeps_its_word() {
    let config = |url| config(SourceKind::Grafana, &[url]);
    Held { config, before: nothing_before, good: well, goes_on_at_404: false }.keeps_its_word().await;
}
