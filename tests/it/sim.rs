//! The simulated source: what it tells follows from the scenario and the time alone, and it has a backend's manners.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails as the test would")]

mod budgets;
mod files;
mod silences;

use std::sync::Arc;

use chrono::{Duration, TimeZone, Utc};
use watchfire::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        source::{AckVia, Snapshot, SourceState},
    },
    sources::{
        Source,
        sim::{self, Scenario, SimWorld},
    },
};

fn epoch() -> Time {
    Utc.with_ymd_and_hms(2026, 3, 2, 20, 0, 0).unwrap()
}

/// `at("12m30s")` after the scenario began.
fn at(text: &str) -> Time {
    epoch() + Duration::milliseconds(watchfire::domain::duration::parse_ms(text).unwrap())
}

fn world(name: &str) -> SimWorld {
    SimWorld::new(sim::load(name).unwrap(), epoch())
}

fn source(world: &SimWorld, name: &str) -> Arc<dyn Source> {
    world.sources().into_iter().find(|s| s.describe().name.as_str() == name).unwrap()
}

fn named<'a>(snapshot: &'a Snapshot, name: &str) -> Vec<&'a Alert> {
    snapshot.alerts.iter().map(|a| &**a).filter(|a| a.name().raw() == name).collect()
}

fn firing(snapshot: &Snapshot, name: &str) -> usize {
    named(snapshot, name).iter().filter(|a| a.state == AlertState::Firing).count()
}

/// A scenario of one Alertmanager `am` with the given tables.
fn small(tables: &str) -> SimWorld {
    SimWorld::new(Scenario::parse("small.toml", &small_text(tables)).unwrap(), epoch())
}

fn small_text(tables: &str) -> String {
    format!(
        "name = 'small'\ntitle = 'Small'\nstory = 'One source.'\nstart = '2026-03-02T20:00:00Z'\nopens_at = '0s'\n\
         [[source]]\nname = 'am'\n{tables}"
    )
}

const ONE_ALERT: &str = "[[alert]]\nat = '0s'\nlabels = { alertname = 'A', severity = 'critical', pod = 'web-1' }\n";

#[tokio::test]
async fn two_worlds_of_one_scenario_tell_the_same_at_the_same_time() {
    let (one, two) = (world("payment-outage"), world("payment-outage"));
    // the second is asked in another order, and once more in between
    for (a, b) in one.sources().iter().zip(two.sources()) {
        let _ = b.poll(at("40m")).await;
        for when in ["0s", "12m", "13m7s", "16m", "31m", "42m"] {
            assert_eq!(a.poll(at(when)).await, b.poll(at(when)).await, "{when}");
        }
    }
}

#[tokio::test]
async fn the_deploy_comes_before_the_first_new_alert_and_the_rollback_before_the_recovery() {
    let world = world("payment-outage");
    let eu = source(&world, "prod-eu");
    let changes = eu.changes().unwrap().changes(epoch(), at("1h")).await.unwrap();
    let when = |title: &str| changes.iter().find(|c| c.title == *title).unwrap().at;
    let (deploy, rollback) = (when("checkout 4.12.0"), when("checkout 4.11.3"));
    let first = &named(&eu.poll(at("11m")).await.unwrap(), "HighErrorRate")[0].clone();
    assert_eq!((first.state, first.severity().as_str()), (AlertState::Pending, "critical"));
    assert!(deploy < first.starts_at);
    assert_eq!(firing(&eu.poll(rollback).await.unwrap(), "HighErrorRate"), 1);
    assert_eq!(firing(&eu.poll(at("41m")).await.unwrap(), "HighErrorRate"), 0);
}

#[tokio::test]
async fn a_change_is_told_once_it_has_happened_and_only_since_the_last_time() {
    let world = world("payment-outage");
    assert!(world.events(at("8m59s")).iter().all(|c| c.title != *"checkout 4.12.0"));
    let told = source(&world, "prod-eu").changes().unwrap().changes(at("8m"), at("9m")).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].title.raw(), told[0].by.raw(), told[0].kind.raw()), ("checkout 4.12.0", "ben", "deploy"));
    assert!(source(&world, "prod-eu").changes().unwrap().changes(at("9m"), at("10m")).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_payment_pods_follow_in_a_wave_and_recover_in_another() {
    let world = world("payment-outage");
    let eu = source(&world, "prod-eu");
    for (when, expected) in [("12m29s", 0), ("12m30s", 1), ("12m50s", 2), ("14m29s", 6), ("16m10s", 12), ("33m", 12)] {
        let count = firing(&eu.poll(at(when)).await.unwrap(), "PaymentProviderTimeout");
        assert_eq!(count, expected, "{when}");
    }
    let halfway = firing(&eu.poll(at("36m30s")).await.unwrap(), "PaymentProviderTimeout");
    assert!((1..12).contains(&halfway), "{halfway}");
    assert_eq!(firing(&eu.poll(at("39m")).await.unwrap(), "PaymentProviderTimeout"), 0);
}

#[tokio::test]
async fn an_alert_is_inhibited_while_its_inhibitor_fires_and_names_it() {
    let world = world("payment-outage");
    let eu = source(&world, "prod-eu");
    let before = eu.poll(at("12m")).await.unwrap();
    assert_eq!(named(&before, "CanaryDegraded")[0].state, AlertState::Firing);
    let during = eu.poll(at("13m")).await.unwrap();
    let canary = named(&during, "CanaryDegraded")[0];
    assert_eq!(canary.state, AlertState::Suppressed);
    assert_eq!(canary.inhibited_by[..], [named(&during, "HighErrorRate")[0].fingerprint.clone()]);
}

#[tokio::test]
async fn a_flapping_alert_comes_back_as_a_new_episode() {
    let world = small("[[alert]]\nat = '1m'\nevery = '6m'\nfor = '2m'\nlabels = { alertname = 'Flap' }");
    let am = source(&world, "am");
    let mut told = Vec::new();
    for minute in 0..10 {
        let now = epoch() + Duration::minutes(minute);
        told.push(am.poll(now).await.unwrap().alerts.first().map(|a| (a.starts_at - epoch()).num_minutes()));
    }
    let gap = None;
    assert_eq!(told, [gap, Some(1), Some(1), gap, gap, gap, gap, Some(7), Some(7), gap]);
}

#[tokio::test]
async fn a_source_dies_and_comes_back_with_another_set() {
    let world = world("source-dies");
    let (eu, us, metrics) = (source(&world, "prod-eu"), source(&world, "prod-us"), source(&world, "metrics"));
    let names = |s: Snapshot| {
        let mut names: Vec<String> = s.alerts.iter().map(|a| a.name().raw().to_owned()).collect();
        names.dedup();
        names
    };
    let before = names(us.poll(at("5m59s")).await.unwrap());
    assert_eq!(before, ["PostgresReplicationLag", "ConnectionPoolExhausted", "NodeNotReady"]);
    for when in ["6m", "17m59s"] {
        assert_eq!(us.poll(at(when)).await.unwrap_err().state(), SourceState::Unreachable);
        assert!(us.silences().unwrap().list(at(when)).await.is_err());
        assert!(eu.poll(at(when)).await.is_ok());
    }
    let after = names(us.poll(at("18m")).await.unwrap());
    assert_eq!(after, ["PostgresReplicationLag", "NodeNotReady", "PostgresPrimaryDown", "LoginFailures"]);
    assert!(metrics.poll(at("9m")).await.is_ok());
    assert_eq!(metrics.poll(at("10m")).await.unwrap_err().state(), SourceState::Unauthorized);
    assert!(metrics.counts().unwrap().declared(at("10m")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn each_fault_fails_in_its_own_way_and_is_over_in_time() {
    let fault = |kind: &str| small(&format!("{ONE_ALERT}[[fault]]\nat = '1m'\nuntil = '2m'\nkind = '{kind}'\n"));
    for (kind, state) in [
        ("unreachable", SourceState::Unreachable),
        ("unauthorized", SourceState::Unauthorized),
        ("rate_limited", SourceState::Unreachable),
        ("malformed", SourceState::Malformed),
    ] {
        let am = source(&fault(kind), "am");
        assert!(am.poll(at("59s")).await.is_ok());
        assert_eq!(am.poll(at("1m")).await.unwrap_err().state(), state, "{kind}");
        assert!(am.poll(at("2m")).await.is_ok());
    }
    let garbled = source(&fault("garbled"), "am").poll(at("1m")).await.unwrap();
    assert_eq!((garbled.alerts.len(), garbled.problems.len(), garbled.complete), (0, 1, false));

    let asked = tokio::time::Instant::now();
    source(&fault("slow"), "am").poll(at("1m")).await.unwrap();
    assert_eq!(asked.elapsed().as_secs(), 8);
}

#[tokio::test]
async fn a_panic_that_the_scenario_asks_for_happens_in_the_poll_and_poisons_nothing() {
    let world = small(&format!("{ONE_ALERT}[[fault]]\nat = '1m'\nuntil = '2m'\nkind = 'panic'\n"));
    let am = source(&world, "am");
    let poll = std::panic::AssertUnwindSafe(am.poll(at("1m")));
    assert!(futures_util::FutureExt::catch_unwind(poll).await.is_err());
    assert_eq!(am.poll(at("2m")).await.unwrap().alerts.len(), 1);
}

#[test]
fn a_source_can_what_the_backend_it_imitates_can() {
    let world = world("payment-outage");
    let (eu, metrics) = (source(&world, "prod-eu"), source(&world, "metrics"));
    assert_eq!((eu.describe().kind, eu.describe().can.ack), ("sim", Some(AckVia::Silence)));
    assert_eq!(metrics.describe().can.ack, Some(AckVia::Journal));
    assert!(eu.silences().is_some() && eu.counts().is_none() && eu.changes().is_some());
    assert!(metrics.silences().is_none() && metrics.counts().is_some() && metrics.changes().is_none());
    assert_eq!(eu.describe().interval, Duration::seconds(2));
}
