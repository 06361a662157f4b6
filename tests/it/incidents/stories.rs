//! Whole cockpits on paused time.

use watchfire::domain::{
    entry::{Entry, Kind},
    incident::{Incident, Incidents, Part, Status},
};

use crate::support::cockpit::{Opening, Story, length};

const DECLARED: Kind = Kind::Incident(Part::Declared);

/// What the journal says of the only incident.
async fn told(c: &Story) -> Incident {
    let entries: Vec<Entry> = c.work(|j, _| async move { j.incidents().await }).await;
    let all = Incidents::of(&entries);
    assert_eq!(all.len(), 1, "{entries:#?}");
    all.iter().next().unwrap().clone()
}

/// Declares one from the first alert.
async fn declare(c: &mut Story, title: &str) {
    c.keys("i").await.sees("declare an incident").await.keys("ctrl-u").await.types(title).await;
    c.sees("nothing is sent to any source").await.keys("Enter").await;
    c.has(1, DECLARED).await;
    c.sees(&format!("declared by {}", c.user.clone())).await;
}

#[tokio::test(start_paused = true)]
async fn an_incident_is_lived_through_from_the_alert_to_its_end_and_nothing_is_sent() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    c.sees("BURNING").await;
    declare(&mut c, "checkout is down").await;
    c.sees("investigating").await.sees("commander ana").await.sees("incident sev2").await;
    c.keys("s").await.sees("status:").await.keys("Tab Tab").await.types("the pool is full").await.keys("Enter").await;
    c.sees_beside("identified", "the pool is full").await;
    c.keys("t").await.types("roll back").await.keys("Tab").await.types("bo").await.keys("Enter").await;
    c.sees_beside("1 roll back", "bo").await.keys("g Space").await.sees_beside("roll back", "done by ana").await;
    c.keys("r Tab ctrl-u").await.types("cy").await.keys("Enter").await;
    c.sees("responder cy").await;
    c.keys("n").await.types("#impact @20:15 no payments").await.keys("Enter").await;
    c.sees_beside("[impact]", "no payments").await;
    c.keys("T").await.keys("Tab").await.types("20:12").await.keys("Enter").await.sees("started 02.03. 20:12").await;
    c.passes(length("5m")).await.keys("s m Enter").await.sees("mitigated  sev2").await;
    c.keys("s r Enter").await.sees("resolved  sev2").await.sees_not("incident sev2").await;
    let incident = told(&c).await;
    assert_eq!((incident.status(), incident.title.raw()), (Status::Resolved, "checkout is down"));
    assert_eq!((incident.alerts.len(), incident.open_tasks().count()), (1, 0));
    assert!(c.writes().is_empty(), "{:?}", c.writes());
    let notes = c.has(1, Kind::NoteAdded).await;
    assert_eq!(notes[0].at.format("%H:%M").to_string(), "20:15");
    assert!(notes[0].recorded_at > notes[0].at);
}

#[tokio::test(start_paused = true)]
async fn two_people_edit_one_incident_and_both_entries_stand() {
    let mut ana = Opening::of("payment-outage").at("20m").open().await;
    let mut mei = ana.beside("mei").await;
    declare(&mut ana, "checkout is down").await;
    mei.sees("incident sev2").await.keys("I Enter").await.sees("declared by ana").await;
    ana.keys("s i i Enter").await.sees("identified  sev2").await;
    mei.sees("identified  sev2").await.keys("s m Enter").await.sees("mitigated  sev2").await;
    ana.sees("mitigated  sev2").await.sees_beside("identified (ana)", "mitigated (mei)").await;
    let statuses: Vec<_> = told(&ana).await.statuses.iter().map(|s| (s.by.raw().to_owned(), s.value)).collect();
    let by = |who: &str, status| (who.to_owned(), status);
    let wanted = [by("ana", Status::Investigating), by("ana", Status::Identified), by("mei", Status::Mitigated)];
    assert_eq!(statuses, wanted);
}

#[tokio::test(start_paused = true)]
async fn what_was_said_is_taken_back_by_a_further_entry() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    declare(&mut c, "checkout is down").await;
    c.keys("s m Enter").await.sees("mitigated  sev2").await;
    c.keys("u").await.sees("the status of checkout is down").await.keys("y").await;
    c.has(1, Kind::Incident(Part::Withdrawn)).await;
    c.keys("Esc").await.sees("investigating  sev2").await;
    assert_eq!(c.entries(Kind::Incident(Part::Status)).await.len(), 1, "the entry stays");
    c.passes(length("1s")).await.keys("u").await.sees("the declaration of checkout is down").await.keys("y").await;
    c.has(2, Kind::Incident(Part::Withdrawn)).await;
    c.sees_not("incident sev2").await;
    assert!(told(&c).await.withdrawn);
}

#[tokio::test(start_paused = true)]
async fn alerts_say_which_incident_they_belong_to_and_a_filter_finds_them() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    declare(&mut c, "checkout is down").await;
    let incident = told(&c).await;
    let name = incident.alerts.values().next().unwrap().title.line().into_owned();
    c.keys("Esc /").await.types(&format!("@incident={}", incident.id)).await.keys("Enter").await;
    c.sees("alerts 1").await.sees(&name).await;
    c.keys("i").await.sees("declared by ana").await;
    assert_eq!(c.entries(DECLARED).await.len(), 1, "the key opens what is there");
}

#[tokio::test(start_paused = true)]
async fn new_alerts_that_match_join_by_themselves_and_one_that_was_taken_out_stays_out() {
    let mut c = Opening::of("payment-outage").at("11m").open().await;
    c.keys("I i").await.sees("what do users see?").await.types("checkout is down").await;
    c.keys("Tab Tab Tab Tab Tab").await.types("service=checkout").await.sees("join at once").await.keys("Enter").await;
    c.has(1, DECLARED).await;
    c.at("14m").await.has(1, Kind::Incident(Part::Attached)).await;
    let joined = told(&c).await;
    assert!(!joined.alerts.is_empty() && joined.alerts.values().all(|l| l.joined), "{joined:?}");
    c.sees("joined by itself").await.keys("g d").await;
    c.has(1, Kind::Incident(Part::Detached)).await;
    c.passes(length("1m")).await;
    let after = told(&c).await;
    let out: Vec<_> = after.detached.keys().collect();
    assert!(out.len() == 1 && joined.alerts.contains_key(out[0]) && !after.alerts.contains_key(out[0]), "{out:?}");
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_declares_nothing_and_says_why() {
    let mut c = Opening::of("payment-outage").at("20m").read_only().open().await;
    c.sees("BURNING").await.keys("i").await.sees("this cockpit is read-only").await;
    c.keys("I i").await.sees("this cockpit is read-only").await;
    assert!(c.entries(DECLARED).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_cockpit_that_was_killed_opens_with_the_incident_it_left() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    declare(&mut c, "checkout is down").await;
    let mut c = c.hangs_up().await.passes(length("3m")).await.reopens().await;
    c.sees("incident sev2").await.keys("I Enter").await.sees("declared by ana").await.sees("alerts: 1").await;
}

#[tokio::test(start_paused = true)]
async fn a_note_is_corrected_by_another_entry_and_machines_fold_away() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    declare(&mut c, "checkout is down").await;
    c.keys("n").await.types("the pol is full").await.keys("Enter").await.sees("the pol is full").await;
    c.keys("G c").await.keys("ctrl-u").await.types("the pool is full").await.keys("Enter").await;
    let corrected = c.has(1, Kind::NoteCorrected).await;
    c.sees_beside("the pool is full", "(corrected)").await.sees_not("the pol is full").await;
    let note = &c.entries(Kind::NoteAdded).await[0];
    assert_eq!(note.body.text.as_ref().unwrap().raw(), "the pol is full");
    assert_eq!(corrected[0].body.more["corrects"], note.id.as_str());
    c.keys("Esc 3 z F")
        .await
        .sees("without what machines wrote")
        .await
        .sees_not("fired ")
        .await
        .sees("the pool is full")
        .await;
    c.keys("F").await.sees("fired ").await;
}

#[tokio::test(start_paused = true)]
async fn a_half_written_declaration_is_there_again_when_the_terminal_was_lost() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    c.keys("i").await.sees("declare an incident").await.keys("ctrl-u").await.types("cards are declined").await;
    c.keys("Tab Tab Tab").await.types("mei").await.sees("mei").await;
    let mut c = c.hangs_up().await.reopens().await;
    c.keys("i").await.sees("your half-written declaration is back").await.sees("cards are declined").await;
    c.sees_beside("scribe", "mei").await.keys("Enter").await;
    c.has(1, DECLARED).await;
    let incident = told(&c).await;
    assert_eq!((incident.title.raw(), incident.roles.scribe.unwrap().raw()), ("cards are declined", "mei"));
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_the_timeline_is_linked_to_an_open_incident_and_taken_out_again() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    declare(&mut c, "checkout is down").await;
    c.keys("Esc 1 G n").await.types("ci was red").await.keys("Enter").await.sees("note kept").await;
    let note = c.has(1, Kind::NoteAdded).await[0].clone();
    c.keys("3 G i").await.sees("has an entry of the journal in its timeline").await.keys("Enter").await;
    c.has(1, Kind::Incident(Part::Attached)).await;
    assert!(told(&c).await.entries.contains(note.id.as_str()));
    c.keys("I Enter F").await.sees("ci was red").await.keys("G k d").await;
    c.has(1, Kind::Incident(Part::Detached)).await;
    let incident = told(&c).await;
    assert!(incident.entries.is_empty() && incident.left_out.contains(note.id.as_str()));
}
