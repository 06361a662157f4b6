//! Scenario files: those that are built in, a hostile one, and the mistakes people make.

use std::collections::HashSet;

use chrono::Duration;
use watchfire::{
    domain::{alert::AlertState, text::SafeText},
    sources::sim::{self, Scenario},
};

use super::{at, epoch, small_text, source, world};

#[tokio::test]
async fn every_builtin_scenario_reads_clean_and_its_alerts_are_named_and_rated() {
    for (name, _) in sim::builtin() {
        let scenario = sim::load(name).unwrap();
        assert_eq!(scenario.name, **name);
        assert!((2..=4).contains(&scenario.story.raw().lines().count()), "{name}: a story has 2 to 4 lines");
        assert!(scenario.opens_at >= Duration::zero());
        for alert in &scenario.alerts {
            let known = ["critical", "error", "warning", "info"].contains(&alert.labels.value("severity"));
            assert!(!alert.labels.value("alertname").is_empty() && known, "{name}: {:?}", alert.labels);
            assert!(!alert.annotations.value("summary").is_empty(), "{name}: {:?}", alert.labels);
        }
    }
}

#[tokio::test]
async fn no_builtin_scenario_leaves_a_template_open_or_tells_one_fingerprint_twice() {
    for (name, _) in sim::builtin() {
        let world = world(name);
        for minute in (0..45).step_by(5) {
            for source in world.sources() {
                let Ok(snapshot) = source.poll(epoch() + Duration::minutes(minute)).await else { continue };
                let mut seen = HashSet::new();
                for alert in &snapshot.alerts {
                    // A pager names its pages as it likes.
                    assert!(alert.held.is_some() || alert.fingerprint == alert.labels.fingerprint());
                    assert!(seen.insert(alert.fingerprint.clone()), "{name}: {:?} twice", alert.labels);
                    // A key of a group has braces of its own.
                    let open = |(n, v): (&SafeText, &SafeText)| n.raw() != "group_key" && v.raw().contains('{');
                    assert!(!alert.annotations.iter().any(open), "{name}: {:?}", alert.annotations);
                }
            }
        }
    }
}

#[tokio::test]
async fn the_storm_is_five_thousand_alerts_when_it_opens() {
    let world = world("storm");
    let mut all = 0;
    for source in world.sources() {
        let snapshot = source.poll(epoch() + world.scenario().opens_at).await.unwrap();
        assert!(snapshot.alerts.iter().all(|a| a.state == AlertState::Firing));
        all += snapshot.alerts.len();
    }
    assert_eq!(all, 5_000);
}

#[tokio::test]
async fn the_quiet_scenario_is_live_and_empty() {
    for source in world("quiet").sources() {
        let snapshot = source.poll(at("5m")).await.unwrap();
        assert!(snapshot.complete && snapshot.alerts.is_empty());
    }
}

#[tokio::test]
async fn hostile_text_arrives_raw_for_the_server_and_harmless_for_the_screen() {
    let world = world("tests/fixtures/scenarios/hostile.toml");
    let snapshot = source(&world, "prod-eu").poll(at("1m")).await.unwrap();
    assert_eq!(snapshot.alerts.len(), 11);
    let harmless =
        |text: &str| !text.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c));
    for (name, value) in snapshot.alerts.iter().flat_map(|a| a.labels.iter().chain(a.annotations.iter())) {
        assert!(harmless(name.shown()) && harmless(value.shown()), "{value:?}");
    }
    let escape = snapshot.alerts.iter().find(|a| a.labels.value("case") == "escapes").unwrap();
    assert!(escape.name().raw().contains('\u{1b}'));
    assert!(snapshot.alerts.iter().any(|a| a.labels.value("payload").len() == 10_240));
    assert!(world.events(at("1m")).iter().all(|c| harmless(c.title.shown()) && harmless(c.text.shown())));
}

#[test]
fn a_mistake_in_a_scenario_is_told_with_its_place() {
    let wrong = |tables: &str| Scenario::parse("small.toml", &small_text(tables)).unwrap_err();
    let cases = [
        ("[[alert]]\nat = '3x'\nlabels = {}", "small.toml:9:6: `3x` is no duration"),
        ("[[alert]]\nat = '3m'\nlabel = {}", "small.toml:10:1: unknown field `label`"),
        ("[[alert]]\nat = '3m'\nsource = 'an'\nlabels = {}", "small.toml:10:10: no source is named `an`; there is am"),
        ("[[alert]]\nat = '3m'\nuntil = '3m'\nlabels = {}", "small.toml:9:6: copy 0 of this alert ends"),
        ("[[alert]]\nat = '3m'\nevery = '3m'\nlabels = {}", "small.toml:9:6: a flapping alert needs both"),
        ("[[alert]]\nat = '3m'\ncount = 0\nlabels = {}", "small.toml:10:9: count must be"),
        ("[[fault]]\nat = '3m'\nuntil = '4m'\nkind = 'sulking'", "small.toml:11:8: unknown variant `sulking`"),
        (
            "[[silence]]\nat = '3m'\nuntil = '4m'\nmatchers = ['a']\nby = ''\ncomment = ''",
            "small.toml:11:12: `a` is no matcher",
        ),
        ("[[source]]\nname = 'am'", "the source name `am` is empty or used twice"),
        (
            "[[source]]\nname = 'p'\nkind = 'prometheus'\nack = 'silence'",
            "small.toml:11:7: a prometheus has no silences",
        ),
    ];
    for (tables, expected) in cases {
        let told = wrong(tables);
        assert!(told.contains(expected), "{told}\nexpected: {expected}");
    }
}

#[test]
fn an_incident_of_a_budget_that_cannot_be_is_a_mistake() {
    let slo = |rest: &str| {
        let head = "[[slo]]\nid = 'a'\nservice = 'a'\ntitle = 'a'\nobjective = '99.9'\nwindow = '30d'\nrps = 1\n";
        Scenario::parse("small.toml", &small_text(&format!("{head}{rest}"))).map(drop)
    };
    assert_eq!(slo("base_error_ratio = 0.1"), Ok(()));
    assert!(slo("base_error_ratio = 1.1").unwrap_err().contains("is not from 0 to 1"));
    let overlap = "base_error_ratio = 0.0\nincident = [{ from = '-2h', until = '0s', ratio = 0.5 }, { from = '-1h', until = '1h', ratio = 0.5 }]";
    assert!(slo(overlap).unwrap_err().contains("before the one before it is over"));
}

#[test]
fn an_unknown_name_lists_what_there_is() {
    let told = sim::load("payment-outrage").unwrap_err();
    assert!(told.contains("payment-outage, bad-push, source-dies, quiet, storm") && told.contains(".toml"), "{told}");
    assert!(sim::load("nowhere/at-all.toml").unwrap_err().contains("cannot read it"));
}
