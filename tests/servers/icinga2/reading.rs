//! What is read of services, hosts and downtimes.

use serde_json::json;
use watchfire::{
    config::{SourceConfig, kinds::Own},
    domain::{
        alert::{AlertState, Severity},
        silence::SilenceState,
    },
};

use super::super::sources;

use super::{find, lab::Lab, polled};
use crate::support::machine_time;

#[tokio::test]
async fn what_is_not_well_is_an_alert_and_what_is_well_is_none() {
    let lab = Lab::start().await;
    let source = sources::connect(&lab.config()).await.unwrap();
    assert!(polled(&*source).await.alerts.is_empty(), "nothing was ever checked");

    lab.finds("h1!disk /", 0, "DISK OK").await;
    lab.finds("h1!disk /", 1, "DISK WARNING - 9% free\n/dev/sda1 is nearly full").await;
    lab.finds("h1!http", 2, "HTTP CRITICAL: timeout").await;
    lab.finds("h2!ssh", 0, "SSH OK").await;
    let told = polled(&*source).await;
    assert_eq!(told.alerts.len(), 2, "{:?}", told.alerts);
    assert!(told.version.as_ref().is_some_and(|v| v.raw().starts_with('r')), "{:?}", told.version);

    let disk = find(&told, "h1!disk%20%2F");
    let held = disk.held.clone().unwrap();
    assert_eq!((disk.state, held.word.raw(), &held.ack), (AlertState::Pending, "SOFT WARNING (1/3)", &None));
    assert_eq!((disk.name().raw(), disk.severity()), ("disk /", Severity::Warning));
    let label = |name| disk.labels.value(name);
    assert_eq!([label("host"), label("instance"), label("hostgroup"), label("team")], ["h1", "h1", "web", "storage"]);
    assert_eq!(disk.summary().unwrap().raw(), "DISK WARNING - 9% free");
    assert_eq!(disk.annotations.value("description"), "/dev/sda1 is nearly full");
    assert_eq!(disk.runbook_url().unwrap().raw(), "https://runbook.example/disk");
    assert_eq!(
        disk.source_url.as_ref().unwrap().raw(),
        "https://icinga.example/icingaweb2/icingadb/service?name=disk+%2F&host.name=h1"
    );

    let http = find(&told, "h1!http");
    assert_eq!((http.state, http.severity()), (AlertState::Firing, Severity::Critical));
    assert_eq!((http.held.clone().unwrap().word.raw(), http.labels.value("team")), ("HARD CRITICAL", "payments"));
    assert!((machine_time() - http.starts_at).num_seconds() < 60, "{}", http.starts_at);

    lab.finds("h1!http", 0, "HTTP OK").await;
    assert_eq!(polled(&*source).await.alerts.len(), 1, "what is well again is gone");
}

#[tokio::test]
async fn who_is_told_nothing_by_icinga_is_suppressed_and_by_what() {
    let lab = Lab::start().await;
    let source = sources::connect(&lab.config()).await.unwrap();
    lab.finds("h1!http", 2, "HTTP CRITICAL").await;
    lab.finds("h2!ssh", 3, "SSH UNKNOWN").await;
    lab.finds("h1", 1, "PING CRITICAL").await;
    lab.finds("h1", 1, "PING CRITICAL").await;
    let now = machine_time().timestamp();
    let until = json!({ "service": "h2!ssh", "author": "bob", "comment": "repair", "fixed": true,
        "start_time": now - 60, "end_time": now + 3600 });
    lab.does("schedule-downtime", until).await;
    let told = polled(&*source).await;

    let host = find(&told, "h1");
    assert_eq!((host.state, host.name().raw(), host.severity()), (AlertState::Firing, "HostDown", Severity::Critical));
    assert_eq!((host.labels.value("hostgroup"), host.annotations.value("address")), ("web", "10.0.0.1"));
    let http = find(&told, "h1!http");
    assert_eq!(http.state, AlertState::Suppressed, "its host is down");
    assert_eq!(http.inhibited_by.iter().map(|f| f.as_str()).collect::<Vec<_>>(), ["h1"]);
    let ssh = find(&told, "h2!ssh");
    assert_eq!((ssh.state, ssh.severity()), (AlertState::Suppressed, Severity::Unknown));
    let [downtime] = told.silences.as_slice() else { panic!("{:?}", told.silences) };
    assert_eq!(ssh.silenced_by.iter().collect::<Vec<_>>(), [&downtime.id]);
    assert!(downtime.matches(&ssh.labels) && !downtime.matches(&http.labels) && !downtime.matches(&host.labels));
    assert_eq!((downtime.created_by.raw(), downtime.comment.raw()), ("bob", "repair"));
    assert_eq!((downtime.state, downtime.ends_at.timestamp()), (SilenceState::Active, now + 3600));
}

#[tokio::test]
async fn a_state_is_worth_what_the_configuration_says() {
    use crate::support::server::{Reply, Server};
    let server = Server::routes(&[
        ("/v1/objects/services", Reply::recorded("icinga2/2.13.6/services")),
        (
            "/v1/objects/hosts",
            Reply::json(r#"{"results":[{"name":"h9","attrs":{"state":1,"last_state_change":"soon"}}]}"#),
        ),
    ])
    .await;
    let own = Own::default().with_texts("severities", &[("critical", "info")]);
    let config =
        SourceConfig { own, ..crate::support::config(watchfire::config::SourceKind::Icinga2, &[server.url()]) };
    let told = sources::connect(&config).await.unwrap().poll(machine_time()).await.unwrap();
    assert_eq!(find(&told, "h1!svc").severity(), Severity::Info);
    assert!(!told.complete, "one that cannot be read is one that may burn");
    assert_eq!(told.problems[0].at.raw(), "hosts[0]", "{:?}", told.problems);
    assert!(told.problems.iter().any(|p| p.at.raw() == "events" && p.why.raw().contains("events/..")));
}
