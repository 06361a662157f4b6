//! What holds for every source, whatever stands behind it: one suite, and who is held to it.

use std::collections::BTreeSet;

use chrono::Duration;
use watchfire::{
    config::SourceKind,
    domain::{
        Time,
        alert::AlertState,
        matcher::{MatchOp, Matcher},
        silence::{SilenceDraft, SilenceState},
        slo::{BucketSpan, Slo},
        source::{AckVia, Snapshot},
        text::SafeText,
    },
    sources::{self, Source},
};

use crate::support::{config, machine_time, real::Real, recorded_at, server::Reply, server::Server};

/// Every source that lists alerts.
pub async fn alerts_source(source: &dyn Source, now: Time) {
    let first = source.poll(now).await.expect("it answers");
    let second = source.poll(now).await.expect("it answers again");
    assert_eq!(first.requested_at, now);
    assert_eq!(identities(&first), identities(&second), "asked twice, the same is there");
    assert_eq!(identities(&first).len(), first.alerts.len(), "no identity stands twice");
    assert!(first.alerts.iter().all(|a| a.state != AlertState::Resolved && a.state != AlertState::Unknown));
    shown_texts_are_harmless(&first);
    let sorted = |labels: &watchfire::domain::label::Labels| labels.iter().is_sorted_by(|a, b| a.0.raw() < b.0.raw());
    assert!(first.alerts.iter().all(|a| sorted(&a.labels) && sorted(&a.annotations)));
    facets_are_as_described(source);
}

fn identities(snapshot: &Snapshot) -> BTreeSet<String> {
    snapshot.alerts.iter().map(|a| format!("{} {}", a.fingerprint, a.starts_at)).collect()
}

/// What the description promises is there, what it does not is not, however often one asks.
fn facets_are_as_described(source: &dyn Source) {
    let can = &source.describe().can;
    for _ in 0..2 {
        assert_eq!(source.silences().is_some(), can.silences);
        assert_eq!(source.counts().is_some(), can.counts);
    }
    assert!(can.ack != Some(AckVia::Silence) || can.silences, "an ack by silence needs silences");
}

fn shown_texts_are_harmless(snapshot: &Snapshot) {
    let labels = snapshot.alerts.iter().flat_map(|a| a.labels.iter().chain(a.annotations.iter()));
    let ids = snapshot.alerts.iter().flat_map(|a| a.silenced_by.iter().chain(&a.source_url));
    let silences = snapshot.silences.iter().flat_map(|s| [&s.id, &s.comment, &s.created_by]);
    let problems = snapshot.problems.iter().flat_map(|p| [&p.at, &p.why]);
    let texts = labels.flat_map(|(n, v)| [n, v]).chain(ids).chain(silences).chain(problems).chain(&snapshot.version);
    for text in texts {
        assert!(text.shown().chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }
}

/// Every source that tells more of an alert, over the alerts it has.
pub async fn details_source(source: &dyn Source, now: Time) {
    let details = source.details().expect("it tells more");
    let snapshot = source.poll(now).await.expect("it answers");
    assert!(!snapshot.alerts.is_empty(), "there is something to tell of");
    for alert in &snapshot.alerts {
        let told = details.details(alert, now).await.expect("it answers");
        assert!(!told.is_empty(), "it knows its own: {alert:?}");
        assert!(told.iter().all(|d| !d.name.is_empty() && d.name != *"not read"), "{told:?}");
        for text in told.iter().flat_map(|d| [&d.name, &d.value]) {
            assert!(text.shown().chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
        let mut other = (**alert).clone();
        other.labels = [("alertname", "NobodyRaisedThis")].into_iter().collect();
        other.fingerprint = other.labels.fingerprint();
        assert_eq!(details.details(&other, now).await, Ok(Vec::new()), "what it does not know is no error");
    }
}

/// Every source that writes silences. Leaves nothing active behind.
pub async fn silences_source(source: &dyn Source, now: Time) {
    let silences = source.silences().expect("it writes silences");
    let draft = SilenceDraft {
        id: None,
        matchers: vec![
            Matcher::equal("alertname", "Contract \"quoted\" \\ größe"),
            Matcher::new("job", MatchOp::NotRegex, "a|b.*").unwrap(),
        ],
        starts_at: now,
        ends_at: now + Duration::hours(1),
        created_by: "ana".into(),
        comment: "ACK! looking\nat it".into(),
        annotations: [("owner", "ana"), ("by", "watchfire")].into_iter().collect(),
    };
    let id = silences.put(&draft, now).await.expect("it is made");
    let made = silences.get(id.raw(), now).await.unwrap().expect("it is read back");
    assert!(draft.is_carried_by(&made), "{made:?}");
    assert!(made.is_ack() && made.state != SilenceState::Expired);
    assert!(silences.list(now).await.unwrap().contains(&made), "it is listed");
    assert!(source.poll(now).await.unwrap().silences.contains(&made), "it is in the snapshot");

    let longer = SilenceDraft::extend(&made, now + Duration::hours(2));
    assert_eq!(silences.put(&longer, now).await.expect("it is extended"), id, "extended in place");
    let extended = silences.get(id.raw(), now).await.unwrap().expect("it is still there");
    assert!(longer.is_carried_by(&extended) && extended.starts_at == made.starts_at, "{extended:?}");

    silences.expire(id.raw(), now).await.expect("it is ended");
    let gone = silences.get(id.raw(), now).await.unwrap();
    assert!(gone.is_none_or(|s| s.state == SilenceState::Expired), "it is over");
    silences.expire(id.raw(), now).await.expect("ending what is over is no error");
    let nobody = "00000000-0000-4000-8000-000000000000";
    silences.expire(nobody, now).await.expect("ending what never was is no error");
    assert_eq!(silences.get(nobody, now).await, Ok(None));
}

/// Every source that counts, over SLOs that it can count.
pub async fn counts_source(source: &dyn Source, wanted: &[Slo], span: BucketSpan, now: Time) {
    let counts = source.counts().expect("it counts");
    let series = counts.count(wanted, span, now).await.expect("it answers").series;
    assert_eq!(series, counts.count(wanted, span, now).await.unwrap().series, "asked twice, the same is there");
    assert_eq!(series.iter().map(|s| &s.slo).collect::<Vec<_>>(), wanted.iter().map(|s| &s.id).collect::<Vec<_>>());
    for bucket in series.iter().flat_map(|s| &s.buckets) {
        assert!(bucket.end % span.step == 0 && bucket.end > span.from && bucket.end <= span.to);
        assert!(bucket.end <= now.timestamp(), "no bucket lies in the future");
        assert!([bucket.bad, bucket.total].into_iter().flatten().all(|n| n.is_finite() && n >= 0.0));
    }
    assert!(series.iter().all(|s| s.buckets.is_sorted_by(|a, b| a.end < b.end)), "oldest first, each once");
}

async fn recorded_alertmanager(version: &str) -> Server {
    let of = |name: &str| Reply::recorded(&format!("alertmanager/{version}/{name}"));
    Server::routes(&[
        ("/api/v2/alerts", of("alerts")),
        ("/api/v2/silences", of("silences")),
        ("/api/v2/status", of("status")),
        ("/api/v2/alerts/groups", of("groups")),
    ])
    .await
}

async fn recorded_prometheus(version: &str) -> Server {
    let of = |name: &str| Reply::recorded(&format!("prometheus/{version}/{name}"));
    Server::routes(&[
        ("/api/v1/alerts", of("alerts")),
        ("/api/v1/status/buildinfo", of("buildinfo")),
        ("/api/v1/rules", of("rules")),
    ])
    .await
}

#[tokio::test]
async fn recorded_alertmanagers_keep_the_contract() {
    for version in ["0.25.0", "0.28.1"] {
        let server = recorded_alertmanager(version).await;
        let source = sources::connect(&config(SourceKind::Alertmanager, &[server.url()])).await.unwrap();
        alerts_source(&*source, recorded_at()).await;
        details_source(&*source, recorded_at()).await;
        let snapshot = source.poll(recorded_at()).await.unwrap();
        assert_eq!((snapshot.alerts.len(), snapshot.problems.len(), snapshot.complete), (1, 0, true), "{snapshot:?}");
        assert_eq!(snapshot.alerts[0].state, AlertState::Suppressed);
        assert_eq!(snapshot.alerts[0].fingerprint, snapshot.alerts[0].labels.fingerprint());
        assert!(snapshot.silences.iter().any(|s| s.is_ack() && s.matches(&snapshot.alerts[0].labels)));
        assert!(snapshot.version.is_some_and(|v| v.raw().starts_with(version)));
    }
}

#[tokio::test]
async fn recorded_prometheuses_keep_the_contract() {
    for version in ["2.42.0", "2.53.3"] {
        let server = recorded_prometheus(version).await;
        let source = sources::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
        alerts_source(&*source, recorded_at()).await;
        details_source(&*source, recorded_at()).await;
        let snapshot = source.poll(recorded_at()).await.unwrap();
        assert_eq!((snapshot.alerts.len(), snapshot.problems.len(), snapshot.complete), (2, 0, true), "{snapshot:?}");
        assert!(snapshot.version.is_some_and(|v| v.raw().starts_with(version)));
    }
}

#[tokio::test]
async fn a_real_alertmanager_keeps_the_contract() {
    let server = Real::alertmanager().await;
    let alert = |name: &str| {
        format!(
            r#"{{"labels":{{"alertname":"{name}","severity":"critical"}},"annotations":{{"summary":"\u001b[31mred\u202e"}}}}"#
        )
    };
    server.post("/api/v2/alerts", &format!("[{},{}]", alert("One"), alert("Two"))).await;
    let source = sources::connect(&config(SourceKind::Alertmanager, &[server.url()])).await.unwrap();
    alerts_source(&*source, machine_time()).await;
    details_source(&*source, machine_time()).await;
    silences_source(&*source, machine_time()).await;
    let snapshot = source.poll(machine_time()).await.unwrap();
    assert_eq!(snapshot.alerts.len(), 2);
    assert!(snapshot.complete && snapshot.missing_members.is_empty(), "{snapshot:?}");
    let summary = snapshot.alerts[0].summary().map(SafeText::shown).unwrap_or_default().to_owned();
    assert_eq!(summary, "^[[31mred<U+202E>");
}

#[tokio::test]
async fn a_real_prometheus_keeps_the_contract() {
    let server = Real::prometheus(crate::prometheus::RULES, &crate::prometheus::samples()).await;
    let source = sources::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    crate::prometheus::until_alerts(&*source, 2).await;
    alerts_source(&*source, machine_time()).await;
    details_source(&*source, machine_time()).await;
    let span = BucketSpan { from: crate::prometheus::START, to: crate::prometheus::START + 7_200, step: 3_600 };
    counts_source(&*source, &crate::prometheus::slos(), span, machine_time()).await;
}
