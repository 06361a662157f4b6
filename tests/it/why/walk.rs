//! The open alert in the heart: related alerts are marked and opened, and what was found is worked into one answer.

use std::sync::Arc;

use chrono::Duration;
use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{Finding, Msg, SourceMsg},
        world::{Setup, study::remembered},
    },
    config::keymap::Chord,
    domain::{
        Time,
        alert::Alert,
        entry::Subject,
        label::Labels,
        past::{Past, Span, Was},
        source::{Capabilities, Description, Snapshot, SourceError, SourceName},
    },
    sources::alertmanager::policy,
};

use crate::support::cockpit::defaults;

fn now() -> Time {
    "2026-11-21T02:00:00Z".parse().unwrap()
}

fn alert(name: &str, instance: &str, minutes: i64) -> Alert {
    let labels: Labels = [("alertname", name), ("instance", instance), ("severity", "critical")].into_iter().collect();
    Alert::firing(labels.fingerprint(), labels, Labels::default(), now() - Duration::minutes(minutes))
}

fn heart(alerts: Vec<Alert>) -> App {
    let can = Capabilities {
        alerts: true,
        ack: None,
        silences: false,
        counts: false,
        evaluates: false,
        ..Capabilities::default()
    };
    let name = SourceName::new("prod");
    let about = Description { name: name.clone(), kind: "alertmanager", can, interval: Duration::seconds(15) };
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: defaults("terminal").ack,
        sources: vec![about],
        started_at: now(),
    };
    let mut app = App::new(setup, defaults("terminal").keymap);
    let alerts = alerts.into_iter().map(Arc::new).collect();
    let snapshot = Snapshot { alerts, ..Snapshot::empty(now()) };
    drop(app.update(now(), Msg::Resized { width: 120, height: 40 }));
    drop(app.update(now(), Msg::Source(name, SourceMsg::Answered(Box::new(snapshot)))));
    app
}

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let chords = keys.split(' ').flat_map(|k| Chord::parse(k).unwrap().0);
    chords.flat_map(|key| app.update(now(), Msg::Key(key))).collect()
}

/// Two on one instance, and four that have nothing to do with them.
fn burning() -> App {
    let others = (0..4).map(|n| alert(&format!("Other{n}"), &format!("z{n}"), 50 + n));
    heart([alert("Disk", "a", 1), alert("Slow", "a", 2)].into_iter().chain(others).collect())
}

#[test]
fn a_related_alert_is_marked_opened_and_left_again() {
    let mut app = burning();
    press(&mut app, "enter");
    let study = app.world.studied.clone().unwrap();
    let related: Vec<_> = study.related.iter().map(|r| (r.shared.clone(), r.offset_s)).collect();
    let open = app.world.board.get(&study.id).unwrap().name().clone();
    assert_eq!(open, "Disk");
    assert_eq!(related, [(vec!["instance=a".to_owned()], -60)]);
    let effects = press(&mut app, "W enter");
    let other = app.world.studied.as_ref().unwrap().id.clone();
    assert_eq!(app.world.board.get(&other).unwrap().name().clone(), "Slow");
    assert!(
        effects.contains(&Effect::Explain(other.clone())) && effects.contains(&Effect::History(Subject::alert(&other)))
    );
    press(&mut app, "esc");
    assert_eq!(app.world.studied.as_ref().unwrap().id, study.id, "the alert under it is known again");
    press(&mut app, "esc");
    assert!(app.desk.layers.is_empty());
}

const CONFIG: &str = r"
route: {receiver: oncall, group_by: [alertname], group_wait: 30s}
receivers: [{name: oncall, webhook_configs: [{url: 'http://localhost'}]}]
";

fn study(app: &mut App, answer: Result<watchfire::domain::routing::Policy, SourceError>) -> String {
    let id = app.world.studied.as_ref().unwrap().id.clone();
    let found = vec![Finding::Policy(SourceName::new("prod"), Some(answer.map(Arc::new)))];
    drop(app.update(now(), Msg::Studied { id, found }));
    app.world.studied.as_ref().unwrap().why[0].verdict(now())
}

#[test]
fn what_was_found_makes_one_sentence_and_a_configuration_that_cannot_be_read_is_unknown() {
    let mut app = burning();
    press(&mut app, "enter");
    let told = study(&mut app, Ok(policy(CONFIG, now()).unwrap()));
    assert_eq!(told, "paged `oncall` at 01:59:30 UTC (group_wait 30s)");
    let told = study(&mut app, Err(SourceError::unreachable("nobody there")));
    assert!(told.starts_with("UNKNOWN: the configuration of prod cannot be read"), "{told}");
}

#[test]
fn a_source_that_is_blind_makes_the_answer_unknown_and_keeps_what_it_last_told() {
    let mut app = burning();
    press(&mut app, "enter");
    study(&mut app, Ok(policy(CONFIG, now()).unwrap()));
    let refused = SourceError::Auth { why: "401".into() };
    drop(app.update(now(), Msg::Source(SourceName::new("prod"), SourceMsg::Failed(refused))));
    let told = app.world.studied.as_ref().unwrap().why[0].verdict(now());
    assert_eq!(
        told,
        "UNKNOWN: the alerts of prod cannot be read now; as last told: paged `oncall` at 01:59:30 UTC (group_wait 30s)"
    );
}

#[test]
fn what_is_found_about_an_alert_that_was_left_is_nobodys() {
    let mut app = burning();
    press(&mut app, "enter");
    let left = app.world.studied.as_ref().unwrap().id.clone();
    press(&mut app, "W enter");
    drop(app.update(now(), Msg::Studied { id: left, found: Vec::new() }));
    assert!(app.world.studied.as_ref().unwrap().found.is_none());
}

#[test]
fn one_servers_memory_fills_what_the_other_did_not_watch() {
    let past = |spans: &[(i64, i64, Was)]| {
        let at = |h: i64| now() - Duration::hours(h);
        let span = |(from, to, was): &(i64, i64, Was)| Span { from: at(*from), to: at(*to), was: *was };
        Past::new(at(10), now(), spans.iter().map(span))
    };
    let finding = |name: &str, past: Past| Finding::Past(SourceName::new(name), Some(Ok(past)));
    let found = [
        finding("a", past(&[(10, 5, Was::Unknown), (3, 2, Was::Firing)])),
        finding("b", past(&[(8, 7, Was::Firing), (6, 4, Was::Unknown)])),
    ];
    let memory = remembered(&found, &[], None, now());
    assert_eq!(memory.past.unwrap().sentence(), "fired 2 times in 10h, 2h in all, longest 1h; 1h of it unknown");
    let failed = [Finding::Past(SourceName::new("a"), Some(Err(SourceError::unreachable("away"))))];
    let memory = remembered(&failed, &[], None, now());
    assert!(memory.past.is_none() && memory.failed.len() == 1, "{memory:?}");
}
