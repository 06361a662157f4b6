//! What entries come to, whoever tells them in whatever order.

use chrono::Duration;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    entry::{Body, Entry, Kind, Subject},
    label::Fingerprint,
    op::OpId,
    source::SourceName,
};

fn at(minute: i64) -> Time {
    Time::UNIX_EPOCH + Duration::days(20_000) + Duration::minutes(minute)
}

fn id() -> IncidentId {
    IncidentId::new("INC-1004-K7QF2")
}

fn alert(n: u8) -> AlertId {
    AlertId { source: SourceName::new("prod"), fingerprint: Fingerprint::new(&format!("{n:016x}")) }
}

fn link(n: u8) -> Link {
    let (title, labels) = (SafeText::new(&format!("Alert{n}")), Labels::default());
    Link { alert: alert(n), title, labels, starts_at: None, acked_at: None, joined: false }
}

/// An entry told at a minute by a run of a person.
fn told(change: &Change, minute: i64, by: &str, count: u32) -> Entry {
    let mut body = change.body(&SafeText::new("checkout is down"), "");
    body.op = Some(OpId(format!("{by}-{count}")));
    entry(change.kind(), id().subject(), (at(minute), at(minute)), by, body)
}

fn entry(kind: Kind, subject: Subject, (at, recorded_at): (Time, Time), by: &str, body: Body) -> Entry {
    let op = body.op.as_ref().map_or("-", |op| op.0.as_str());
    Entry {
        id: format!("{kind}:{subject}:{}:{op}", recorded_at.timestamp()),
        seq: 0,
        at,
        recorded_at,
        actor: SafeText::new(by),
        kind,
        subject,
        body,
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn declared() -> Change {
    let links = Attached { alerts: vec![link(1)], ..Attached::default() };
    let roles = BTreeMap::from([(Role::Commander, SafeText::new("ana"))]);
    Change::Declared(Declared {
        title: "checkout is down".into(),
        level: Level::new("sev2"),
        roles,
        links,
        ..Declared::default()
    })
}

fn status(status: Status) -> Change {
    Change::Status(StatusTold::new(status))
}

fn one(entries: &[Entry]) -> Incident {
    Incidents::of(entries).get(&id()).unwrap().clone()
}

#[test]
fn of_two_words_on_the_status_the_later_wins_and_both_stand() {
    let entries = [
        told(&declared(), 0, "ana", 1),
        told(&status(Status::Mitigated), 9, "bo", 1),
        told(&status(Status::Identified), 8, "ana", 2),
    ];
    let incident = one(&entries);
    assert_eq!(incident.status(), Status::Mitigated);
    let words: Vec<(&str, Status)> = incident.statuses.iter().map(|s| (s.by.raw(), s.value)).collect();
    assert_eq!(words, [("ana", Status::Investigating), ("ana", Status::Identified), ("bo", Status::Mitigated)]);
}

#[test]
fn two_words_of_one_moment_and_one_run_keep_their_order() {
    let mut words: Vec<Entry> = (9..12).map(|n| told(&status(Status::Identified), 5, "ana", n)).collect();
    words.push(told(&status(Status::Resolved), 5, "ana", 12));
    words.reverse();
    assert_eq!(one(&words).status(), Status::Resolved);
}

#[test]
fn what_is_withdrawn_counts_no_more_and_a_withdrawn_declaration_is_still_listed() {
    let back = Change::Withdrawn(OpId("ana-2".into()));
    let mut entries =
        vec![told(&declared(), 0, "ana", 1), told(&status(Status::Resolved), 3, "ana", 2), told(&back, 4, "ana", 3)];
    assert_eq!(one(&entries).status(), Status::Investigating);
    entries.push(told(&Change::Withdrawn(OpId("ana-1".into())), 5, "ana", 4));
    let incident = one(&entries);
    assert!(incident.withdrawn && !incident.is_open());
    assert_eq!(incident.title, "checkout is down");
}

#[test]
fn an_alert_that_was_detached_is_named_still_and_does_not_join_again_by_itself() {
    let detached = Change::Detached(Detached { alerts: vec![alert(1)], ..Detached::default() });
    let joins = Change::Attached(Attached { alerts: vec![Link { joined: true, ..link(1) }], ..Attached::default() });
    let mut entries = vec![told(&declared(), 0, "ana", 1), told(&detached, 1, "ana", 2), told(&joins, 2, "bo", 1)];
    assert!(one(&entries).alerts.is_empty());
    assert_eq!(one(&entries).detached[&alert(1)].title, "Alert1");
    let by_hand = Change::Attached(Attached { alerts: vec![link(1)], ..Attached::default() });
    entries.push(told(&by_hand, 3, "bo", 2));
    assert_eq!(one(&entries).alerts.len(), 1);
}

#[test]
fn a_task_is_added_owned_done_and_opened_again() {
    let task = |what: Option<&str>, owner: Option<&str>, done| {
        Change::Task(TaskTold { task: "t".into(), what: what.map(Into::into), owner: owner.map(Into::into), done })
    };
    let mut entries = vec![told(&task(Some("roll back"), None, None), 1, "ana", 1)];
    entries.push(told(&task(None, Some("bo"), Some(true)), 2, "bo", 1));
    let incident = one(&entries);
    let done = incident.task("#1").and_then(|t| t.done.as_ref()).map(|d| (d.by.raw(), d.at));
    assert_eq!(done, Some(("bo", at(2))));
    entries.push(told(&task(None, Some(""), Some(false)), 3, "ana", 2));
    let incident = one(&entries);
    assert_eq!((incident.tasks[0].text.raw(), &incident.tasks[0].owner), ("roll back", &None));
    assert_eq!(incident.open_tasks().count(), 1);
}

#[test]
fn times_are_suggested_from_the_alerts_and_a_word_on_one_keeps_the_older_word() {
    let fired = entry(Kind::AlertFired, Subject::alert(&alert(1)), (at(-20), at(-19)), "watchfire", Body::default());
    let acked = entry(Kind::AckConfirmed, Subject::alert(&alert(1)), (at(-10), at(-10)), "ana", Body::default());
    let other = entry(Kind::AlertFired, Subject::alert(&alert(7)), (at(-50), at(-50)), "watchfire", Body::default());
    let mut entries = vec![told(&declared(), 0, "ana", 1), fired, acked, other];
    let incident = one(&entries);
    let clues = Clues::of(&incident, &entries);
    let time = |i: &Incident, m| i.time(m, &clues).map(|t| t.at);
    assert_eq!(time(&incident, Moment::Started), Some(at(-20)));
    assert_eq!(time(&incident, Moment::Acknowledged), Some(at(-10)));
    assert_eq!(time(&incident, Moment::Mitigated), None);
    for (n, minute) in [(2, -30), (3, -25)] {
        let told_time = TimeTold { moment: Moment::Started, value: Some(at(minute)) };
        entries.push(told(&Change::Time(told_time), i64::from(n), "bo", n));
    }
    let incident = one(&entries);
    assert_eq!(time(&incident, Moment::Started), Some(at(-25)));
    assert_eq!(time(&incident, Moment::Detected), Some(at(-20)));
    assert_eq!(incident.times[&Moment::Started].len(), 2);
}

#[test]
fn it_was_mitigated_when_it_became_calm_for_good() {
    let words = [(1, Status::Mitigated), (4, Status::Identified), (9, Status::Mitigated), (20, Status::Resolved)];
    let mut entries = vec![told(&declared(), 0, "ana", 1)];
    entries.extend(words.map(|(minute, s)| told(&status(s), minute, "ana", 10)));
    let incident = one(&entries);
    let time = |m| incident.time(m, &Clues::default()).map(|t| t.at);
    assert_eq!((time(Moment::Mitigated), time(Moment::Resolved)), (Some(at(9)), Some(at(20))));
}

#[test]
fn its_timeline_has_what_was_about_it_while_it_lasted_with_corrections_in_place() {
    let note = |subject: Subject, minute, id: &str| {
        let body = Body { text: Some("the pool is full".into()), op: Some(OpId(id.into())), ..Body::default() };
        entry(Kind::NoteAdded, subject, (at(minute), at(minute)), "ana", body)
    };
    let long_ago = note(Subject::alert(&alert(1)), -3_000, "x-1");
    let about = note(id().subject(), 5, "x-2");
    let mut correction = note(id().subject(), 6, "x-3");
    correction.kind = Kind::NoteCorrected;
    correction.body.text = Some("the pool was full".into());
    correction.body.more.insert(CORRECTS.into(), about.id.clone().into());
    let mut beside = note(Subject::watch(), -500, "x-4");
    beside.body.more.insert(INCIDENT.into(), id().as_str().into());
    beside.body.more.insert(TAG.into(), "decision".into());
    let of_others = note(Subject::watch(), 5, "x-5");
    let deploy = entry(Kind::read("change.deploy"), Subject::new("watch"), (at(-40), at(-40)), "ci", Body::default());
    let entries = [told(&declared(), 0, "ana", 1), correction, about, long_ago, beside, of_others, deploy];
    let incident = one(&entries);
    let all: Vec<&Entry> = entries.iter().collect();
    let story = incident.story(&all, &Clues::default(), at(60));
    let lines: Vec<(i64, &str, Option<Tag>)> = story
        .iter()
        .map(|l| ((l.entry.at - at(0)).num_minutes(), l.text().map_or("-", SafeText::raw), l.tag))
        .collect();
    let wanted = [
        (-500, "the pool is full", Some(Tag::Decision)),
        (-40, "-", None),
        (0, "-", None),
        (5, "the pool was full", None),
    ];
    assert_eq!(lines, wanted);
    assert_eq!(story[3].entry.body.text.as_ref().unwrap(), &"the pool is full");
}

#[test]
fn what_is_told_late_and_what_is_ahead_of_its_time_say_so() {
    let told_at =
        |happened, told| entry(Kind::NoteAdded, Subject::watch(), (at(happened), at(told)), "ana", Body::default());
    assert_eq!(skew(&told_at(0, 30)), Some(Skew::Late(Duration::minutes(30))));
    assert_eq!(skew(&told_at(3, 0)), Some(Skew::Ahead(Duration::minutes(3))));
    assert_eq!(skew(&told_at(0, 0)), None);
}

#[test]
fn an_incident_is_found_by_a_part_of_its_id_and_a_slip_gets_a_suggestion() {
    let all = Incidents::of(&[told(&declared(), 0, "ana", 1)]);
    for text in ["INC-1004-K7QF2", "inc-1004-k7qf2", "k7q", "1004", "incident:INC-1004-K7QF2"] {
        assert!(all.find(text).is_ok(), "{text}");
    }
    assert!(all.find("INC-1004-K7QF3").unwrap_err().ends_with("did you mean INC-1004-K7QF2?"));
    assert!(all.find("nothing-like-it").unwrap_err().contains("the newest is INC-1004-K7QF2"));
    assert!(Incidents::default().find("x").unwrap_err().contains("watchfire incident declare"));
}

#[test]
fn a_body_that_cannot_be_read_changes_nothing_and_an_undeclared_incident_is_shown() {
    let mut strange = told(&status(Status::Resolved), 1, "ana", 1);
    strange.body.more.insert("status".into(), "exploded".into());
    let incidents = Incidents::of(&[strange]);
    assert!(incidents.is_empty());
    let orphan = one(&[told(&status(Status::Mitigated), 1, "ana", 1)]);
    assert!(orphan.is_open() && orphan.title.raw().contains("not in this journal"));
}

#[test]
fn times_at_the_ends_of_the_calendar_break_nothing() {
    for value in [Time::MIN_UTC, Time::MAX_UTC] {
        let mut first = told(&declared(), 0, "ana", 1);
        first.at = value;
        let started = Change::Time(TimeTold { moment: Moment::Started, value: Some(value) });
        let entries = [first, told(&started, 1, "ana", 2)];
        let incident = one(&entries);
        let clues = Clues::of(&incident, &entries);
        let all: Vec<&Entry> = entries.iter().collect();
        assert_eq!(incident.story(&all, &clues, at(5)).len(), 2);
        assert_eq!(incident.time(Moment::Started, &clues).map(|t| t.at), Some(value));
    }
}

#[test]
fn ids_of_two_acts_differ_and_read_well() {
    let draw = |op: &str| IncidentId::draw(&OpId(op.into()), at(0));
    assert_eq!(draw("a-1"), draw("a-1"));
    assert_ne!(draw("a-1"), draw("b-1"));
    assert!(draw("a-1").as_str().starts_with("INC-1004-") && draw("a-1").as_str().len() == 14);
}

fn any_change() -> impl Strategy<Value = Change> {
    let status_told = prop::sample::select(&Status::ALL[..]).prop_map(status);
    let who = prop::sample::select(&["ana", "bo", ""][..]);
    let role = (prop::sample::select(&Role::ALL[..]), who.clone(), any::<bool>())
        .prop_map(|(role, who, leaves)| Change::Role(RoleTold { role, person: Some(who.into()), leaves }));
    let task = (0..3_u8, who, any::<Option<bool>>()).prop_map(|(n, who, done)| {
        let (task, what) = (SafeText::new(&n.to_string()), Some(SafeText::new("do it")));
        Change::Task(TaskTold { task, what, owner: Some(who.into()), done })
    });
    let attach = (0..4_u8, any::<bool>()).prop_map(|(n, joined)| {
        Change::Attached(Attached { alerts: vec![Link { joined, ..link(n) }], ..Attached::default() })
    });
    let detach = (0..4_u8).prop_map(|n| Change::Detached(Detached { alerts: vec![alert(n)], ..Detached::default() }));
    let time = (prop::sample::select(&Moment::ALL[..]), any::<Option<i16>>())
        .prop_map(|(moment, m)| Change::Time(TimeTold { moment, value: m.map(|m| at(i64::from(m))) }));
    let withdrawn = (0..30_u32).prop_map(|n| Change::Withdrawn(OpId(format!("ana-{n}"))));
    prop_oneof![status_told, role, task, attach, detach, time, withdrawn, Just(declared())]
}

/// Entries of two runs: many share a moment.
fn any_entries(one: &'static str, other: &'static str) -> impl Strategy<Value = Vec<Entry>> {
    let some = prop::collection::vec((any_change(), 0..5_i64, any::<bool>()), 0..30);
    some.prop_map(move |told_ones| {
        let numbered = told_ones.iter().zip(0..);
        numbered.map(|((change, minute, ana), n)| told(change, *minute, if *ana { one } else { other }, n)).collect()
    })
}

proptest! {
    #[test]
    fn the_order_in_which_entries_arrive_changes_nothing(
        (entries, shuffled) in any_entries("ana", "bo").prop_flat_map(|e| (Just(e.clone()), Just(e).prop_shuffle()))
    ) {
        prop_assert_eq!(Incidents::of(&entries), Incidents::of(&shuffled));
    }

    #[test]
    fn two_journals_merged_either_way_tell_the_same_and_nothing_counts_twice(a in any_entries("ana", "bo"), b in any_entries("cy", "dee")) {
        let one: Vec<Entry> = a.iter().chain(&b).cloned().collect();
        let two: Vec<Entry> = b.iter().chain(&a).chain(&b).cloned().collect();
        prop_assert_eq!(Incidents::of(&one), Incidents::of(&two));
    }

    #[test]
    fn a_change_reads_back_as_it_was_written(change in any_change()) {
        let entry = told(&change, 1, "ana", 1);
        let json = serde_json::to_string(&entry).unwrap();
        prop_assert_eq!(Change::read(&serde_json::from_str(&json).unwrap()), Some(change));
    }
}
