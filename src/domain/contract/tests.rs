//! How a contract breaks, and how it does not.

use chrono::{DateTime, Duration};

use super::*;
use crate::domain::silence::{Silence, SilenceDraft, SilenceState};

fn minute(n: i64) -> Time {
    DateTime::UNIX_EPOCH + Duration::minutes(n)
}

fn alert(severity: &str, instance: &str, since: i64) -> Alert {
    let labels: Labels = [("alertname", "DiskFull"), ("severity", severity), ("instance", instance), ("service", "db")]
        .into_iter()
        .collect();
    Alert {
        fingerprint: labels.fingerprint(),
        labels,
        annotations: Labels::default(),
        state: AlertState::Firing,
        starts_at: minute(since),
        silenced_by: Default::default(),
        inhibited_by: Default::default(),
        receivers: Default::default(),
        fires_at: None,
        source_url: None,
        held: None,
    }
}

fn contract(breaks_on: &str, others: &[Alert]) -> Contract {
    let conditions = BreakOn::read_all(breaks_on).unwrap();
    let group_by = ["alertname".to_owned(), "service".to_owned()];
    let alert = alert("warning", "db-1", 0);
    let group = Group::by(&alert.labels, &group_by);
    Contract::new(&alert, others.iter(), (&conditions, &group), minute(10))
}

fn broken(contract: &Contract, by: &Alert) -> Option<BreakOn> {
    contract.breach(by, None).map(|b| b.on)
}

#[test]
fn the_same_alert_at_a_worse_severity_breaks_it_and_at_a_lesser_one_does_not() {
    let c = contract("severity", &[]);
    let breach = c.breach(&alert("critical", "db-1", 11), None).unwrap();
    assert_eq!(breach.why, "its severity rose from warning to critical");
    assert_eq!(breach.by, Some(alert("critical", "db-1", 11).fingerprint));
    assert_eq!(broken(&c, &alert("info", "db-1", 11)), None);
    assert_eq!(broken(&c, &alert("critical", "db-2", 11)), None, "another instance is another alert");
    assert_eq!(broken(&contract("refire", &[]), &alert("critical", "db-1", 11)), None, "nobody asked for that");
}

#[test]
fn a_worse_sibling_that_fired_already_is_no_rise() {
    let before = alert("critical", "db-1", 5);
    assert_eq!(broken(&contract("severity", std::slice::from_ref(&before)), &before), None);
}

#[test]
fn an_unknown_severity_rises_only_to_one_that_asks_for_somebody() {
    assert!(is_worse(Severity::Unknown, Severity::Warning) && is_worse(Severity::Info, Severity::Error));
    assert!(!is_worse(Severity::Unknown, Severity::Info) && !is_worse(Severity::Warning, Severity::Warning));
    assert!(!is_worse(Severity::Critical, Severity::Unknown));
}

#[test]
fn a_newcomer_breaks_it_and_one_that_was_there_does_not() {
    let there = alert("warning", "db-2", 5);
    let c = contract("member", std::slice::from_ref(&there));
    assert_eq!(broken(&c, &there), None);
    assert_eq!(broken(&c, &alert("warning", "db-2", 20)), None, "it only came back");
    let breach = c.breach(&alert("warning", "db-3", 11), None).unwrap();
    assert_eq!(breach.why, "DiskFull joined its group: instance=db-3");
    let pending = Alert { state: AlertState::Pending, ..alert("warning", "db-4", 11) };
    assert_eq!(broken(&c, &pending), None);
}

#[test]
fn in_a_group_too_large_to_name_a_newcomer_is_known_by_when_it_began() {
    let many: Vec<Alert> = (0..MEMBERS_MAX).map(|i| alert("warning", &format!("web-{i}"), 1)).collect();
    let c = contract("member", &many);
    assert!(c.members.is_empty());
    assert_eq!(broken(&c, &many[3]), None);
    assert_eq!(broken(&c, &alert("warning", "web-new", 11)), Some(BreakOn::Member));
}

#[test]
fn what_somebody_else_muted_breaks_nothing_and_what_the_ack_itself_mutes_does() {
    let muted = Alert {
        state: AlertState::Suppressed,
        silenced_by: vec![SafeText::new("s1")].into(),
        ..alert("warning", "db-3", 11)
    };
    let c = contract("member", &[]);
    assert_eq!(c.breach(&muted, Some(&SafeText::new("other"))), None);
    assert!(c.breach(&muted, Some(&SafeText::new("s1"))).is_some());
}

#[test]
fn an_alert_that_fires_anew_breaks_it_though_its_own_silence_mutes_it() {
    let c = contract("refire", &[]);
    let again = Alert { state: AlertState::Suppressed, ..alert("warning", "db-1", 30) };
    assert_eq!(broken(&c, &again), Some(BreakOn::Refire));
    assert_eq!(broken(&c, &alert("warning", "db-1", 0)), None);
    assert_eq!(broken(&c, &alert("warning", "db-1", 3)), None, "two members may differ in when it began");
}

#[test]
fn a_silence_gives_back_the_contract_it_carries() {
    let c = contract("severity,burn>2", &[alert("warning", "db-2", 5)]);
    let draft = SilenceDraft::ack(&c.labels, "ana", "looking", minute(10), minute(70));
    let silence = Silence {
        id: SafeText::new("s1"),
        matchers: draft.matchers,
        starts_at: minute(10),
        ends_at: minute(70),
        created_by: SafeText::new("ana"),
        comment: SafeText::new(&draft.comment),
        annotations: c.annotations("ana", "looking"),
        state: SilenceState::Active,
    };
    assert_eq!(silence.annotations.value("watchfire.breaks_on"), "severity,burn>2");
    assert_eq!(Contract::of(&silence), Some(c));
    let garbled = Labels::from_iter([("watchfire.owner", "ana"), ("watchfire.breaks_on", "moon")]);
    for annotations in [Labels::default(), garbled] {
        assert_eq!(Contract::of(&Silence { annotations, ..silence.clone() }), None);
    }
    let taken = Silence { created_by: SafeText::new("mei"), ..silence };
    assert_eq!(Contract::of(&taken), None, "somebody took the silence over with another tool");
}
