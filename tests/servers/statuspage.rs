//! Sources of kind `statuspage`, on an answer in the shape that public pages have.

use watchfire::{
    config::{SourceConfig, SourceKind, kinds::Own},
    domain::{
        Time,
        alert::{Alert, AlertState},
        source::Snapshot,
    },
};

use super::sources;

use super::contract::{Held, nothing_before};
use crate::support::{
    config, fixture,
    server::{Reply, Request, Server},
};

fn page() -> String {
    std::fs::read_to_string(fixture("recordings/statuspage/summary.json")).unwrap()
}

fn now() -> Time {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

async fn told(body: &str, own: Own) -> (Snapshot, Vec<watchfire::domain::source::Change>, Server) {
    let server = Server::routes(&[("/api/v2/summary.json", Reply::json(body))]).await;
    let config = SourceConfig { own, ..config(SourceKind::Statuspage, &[server.url()]) };
    let source = sources::connect(&config).await.unwrap();
    let snapshot = source.poll(now()).await.unwrap();
    let changes = source.changes().unwrap().changes(Time::UNIX_EPOCH, now()).await.unwrap();
    (snapshot, changes, server)
}

fn line(alert: &Alert) -> String {
    let said = alert.summary().map_or("", |s| s.raw());
    format!("{} {} {}: {said}", alert.severity().as_str(), alert.state.as_str(), alert.name().raw())
}

#[tokio::test]
async fn each_incident_is_an_alert_and_each_ill_component_that_none_names() {
    let (snapshot, _, server) = told(&page(), Own::default()).await;
    let lines: Vec<String> = snapshot.alerts.iter().map(|a| line(a)).collect();
    assert_eq!(
        lines,
        [
            "error firing Parcel incident: Elevated API errors",
            "info suppressed Parcel maintenance: New label printers",
            "warning firing Parcel component: Webhooks: degraded performance",
        ]
    );
    assert!(snapshot.complete && snapshot.problems.is_empty());
    let incident = &snapshot.alerts[0];
    assert_eq!(incident.starts_at, "2026-11-21T08:04:00Z".parse::<Time>().unwrap());
    assert_eq!(incident.labels.value("component"), "API");
    assert_eq!(incident.annotations.value("description"), "A bad route was withdrawn; errors fall.");
    assert_eq!(incident.source_url.as_ref().unwrap().raw(), "https://stspg.example/7a0d3a4d2");
    assert_eq!(server.seen().len(), 1, "one request tells all");
    assert!(!server.seen()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn what_is_written_under_an_incident_is_told_once_in_order() {
    let (_, changes, _) = told(&page(), Own::default()).await;
    let told: Vec<(&str, &str)> = changes.iter().map(|c| (c.id.as_ref().unwrap().raw(), c.title.raw())).collect();
    assert_eq!(
        told,
        [("u1", "Parcel investigating: Elevated API errors"), ("u2", "Parcel identified: Elevated API errors")]
    );
}

#[tokio::test]
async fn only_the_components_that_matter_are_told_of() {
    let (snapshot, ..) = told(&page(), Own::default().with_list("components", &["webhooks"])).await;
    assert_eq!(snapshot.alerts.iter().map(|a| a.name().raw()).collect::<Vec<_>>(), ["Parcel component"]);
}

#[tokio::test]
async fn a_word_nobody_knows_is_shown_as_unknown_and_a_broken_item_hides_no_other() {
    let strange = page().replace("\"impact\": \"major\"", "\"impact\": \"apocalyptic\"");
    let strange = strange.replace("\"degraded_performance\"", "\"on_fire\"");
    let strange = strange.replace("\"id\": \"c-web\"", "\"id\": 7");
    let (snapshot, ..) = told(&strange, Own::default()).await;
    let lines: Vec<String> = snapshot.alerts.iter().map(|a| line(a)).collect();
    assert!(lines.contains(&"unknown firing Parcel incident: Elevated API errors".to_owned()), "{lines:?}");
    assert!(lines.contains(&"unknown firing Parcel component: Webhooks: on fire".to_owned()), "{lines:?}");
    assert!(!snapshot.complete, "what could not be read may be ill");
    assert_eq!(snapshot.problems[0].at.raw(), "components[2]");
    assert!(snapshot.alerts.iter().all(|a| a.state != AlertState::Resolved));
}

#[tokio::test]
async fn a_status_page_keeps_its_word() {
    let config = |url| config(SourceKind::Statuspage, &[url]);
    let good = |_: &Request, _: &str| {
        Reply::json(r#"{"page":{"id":"p","name":"Parcel"},"components":[],"incidents":[],"scheduled_maintenances":[]}"#)
    };
    Held { config, before: nothing_before, good, goes_on_at_404: false }.keeps_its_word().await;
}
