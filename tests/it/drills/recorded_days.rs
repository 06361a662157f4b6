//! A day out of a journal as a drill.

use chrono::Duration;
use watchfire::{
    domain::{
        Time,
        alert::{AlertId, Severity},
        drill::Part,
        entry::{Body, Entry, Kind, NewEntry, Subject},
        incident::{Attached, Change, Declared, IncidentId, Incidents, Link},
        label::{Fingerprint, Labels},
        source::SourceName,
    },
    journal::Journal,
    report::rehearsal::{self, Given},
    sources::sim::{Scenario, SimWorld},
};

use super::Desk;

fn at(minute: i64) -> Time {
    Time::from_timestamp(1_763_719_200, 0).unwrap() + Duration::minutes(minute)
}

fn about(n: u8, kind: Kind, minute: i64, name: &str) -> NewEntry {
    let id = AlertId { source: SourceName::new("prod"), fingerprint: Fingerprint::new(&format!("{n:016x}")) };
    let mut body = Body {
        title: Some(name.into()),
        severity: Some(if n < 9 { Severity::Critical } else { Severity::Warning }),
        text: Some("it \"burns\"\nin two lines".into()),
        ..Body::default()
    };
    body.more.insert("service".into(), "checkout".into());
    let (subject, source) = (Subject::alert(&id), Some(id.source));
    NewEntry { at: at(minute), actor: "ana".into(), kind, subject, source, body, once: None }
}

/// Two that look alike, a warning; one owned after three minutes, a note after five, all over after twenty.
fn day() -> Vec<NewEntry> {
    let deploy = NewEntry {
        subject: Subject::new("service:checkout"),
        ..about(1, Kind::read("change.deploy"), 8, "checkout 7")
    };
    vec![
        deploy,
        about(9, Kind::AlertFired, -30, "Disk"),
        about(1, Kind::AlertFired, 10, "Down"),
        about(2, Kind::AlertFired, 11, "Down"),
        about(1, Kind::AckConfirmed, 13, "Down"),
        NewEntry { subject: Subject::watch(), ..about(1, Kind::NoteAdded, 15, "") },
        about(1, Kind::AlertResolved, 28, "Down"),
        about(2, Kind::AlertResolved, 30, "Down"),
    ]
}

async fn written(desk: &Desk) -> (std::path::PathBuf, Vec<watchfire::domain::entry::Entry>) {
    let path = desk.0.path().join("journal.db");
    let journal = Journal::open(&path).await.unwrap();
    journal.append(&day(), at(40)).await.unwrap();
    let entries = journal.recent(100).await.unwrap();
    journal.close().await.unwrap();
    (path, entries)
}

#[tokio::test]
async fn a_recorded_day_is_played_with_its_spans_and_keeps_how_soon_it_was_owned() {
    let (_, entries) = written(&Desk::new()).await;
    let given = Given { entries: &entries, span: (at(0), at(40)), incident: None };
    let text = rehearsal::scenario(&given).unwrap();
    let scenario = Scenario::parse("recorded", &text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    let then = scenario.experiment.as_ref().and_then(|e| e.then).unwrap();
    assert_eq!((then.own_s, then.note_s, then.declare_s), (Some(180), Some(300), None));
    assert_eq!(then.mitigate_s, Some(1_200));
    let world = SimWorld::new(scenario, at(0));
    let cast = world.scenario().cast(at(0));
    let own = cast.iter().filter(|c| matches!(c.part, Part::Own(_))).count();
    assert_eq!((cast.len(), own), (3, 2));
    let firing = |minute| {
        let source = world.sources().remove(0);
        async move { source.poll(at(minute)).await.unwrap().alerts.len() }
    };
    for (minute, alerts) in [(0, 1), (10, 2), (11, 3), (27, 3), (28, 2), (30, 1)] {
        assert_eq!(firing(minute).await, alerts, "minute {minute}\n{text}");
    }
    assert_eq!(world.events(at(40)).len(), 1);
}

#[tokio::test]
async fn an_incident_is_played_with_its_own_alerts_and_the_labels_that_were_linked_to_it() {
    let (_, mut entries) = written(&Desk::new()).await;
    let labels: Labels = [("alertname", "Down"), ("service", "checkout"), ("pod", "web-1")].into_iter().collect();
    let alert =
        entries.iter().find(|e| e.kind == Kind::AlertFired && e.at == at(10)).unwrap().subject.as_alert().unwrap();
    let link = Link { alert, title: "Down".into(), labels, starts_at: None, acked_at: None, joined: false };
    let links = Attached { alerts: vec![link], ..Attached::default() };
    let told = Change::Declared(Declared { title: "checkout is down".into(), links, ..Declared::default() });
    let id = IncidentId::new("INC-1");
    let (kind, body) = (told.kind(), told.body(&"checkout is down".into(), ""));
    entries.push(Entry { id: "i".into(), at: at(17), kind, subject: id.subject(), body, ..entries[0].clone() });
    let all = Incidents::of(&entries);
    let given = Given { entries: &entries, span: (at(0), at(40)), incident: all.get(&id) };
    let text = rehearsal::scenario(&given).unwrap();
    let scenario = Scenario::parse("recorded", &text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    assert_eq!((scenario.name.raw(), scenario.title.raw()), ("INC-1", "INC-1: checkout is down"));
    let experiment = scenario.experiment.as_ref().unwrap();
    assert!(experiment.incident);
    assert_eq!(experiment.then.unwrap().declare_s, Some(420));
    assert!(scenario.cast(at(0)).iter().any(|c| c.labels.value("pod") == "web-1"), "{text}");
}

#[tokio::test]
async fn the_program_makes_a_drill_of_a_journal_and_says_what_it_lacks() {
    let desk = Desk::new();
    let (path, _) = written(&desk).await;
    let path = path.to_str().unwrap();
    let (from, to) = (at(0).to_rfc3339(), at(40).to_rfc3339());
    let ran = desk.run(&["drill", "--journal", path, "--from", &from, "--to", &to, "--brief"]);
    assert!(ran.out.contains("- own what pages: Down"), "{}{}", ran.out, ran.err);
    let none = desk.run(&["drill", "--journal", path, "--from", "2020-01-01T00:00Z", "--to", "2020-01-02T00:00Z"]);
    assert!(none.code == 1 && none.err.contains("has no alert that fired between 2020-01-01"), "{}", none.err);
    let lacking = desk.run(&["drill", "--journal", path]);
    assert!(lacking.code == 2 && lacking.err.contains("--from TIME"), "{}", lacking.err);
    let gone = desk.run(&["drill", "--journal", "no.db", "--from", "1h"]);
    assert!(gone.code == 2 && gone.err.contains("there is no journal at no.db"), "{}", gone.err);
    let unknown = desk.run(&["drill", "--journal", path, "--incident", "INC-1"]);
    assert!(unknown.code == 2 && unknown.err.contains("no incident is called"), "{}", unknown.err);
}
