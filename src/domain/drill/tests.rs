//! What a score says of each act, right and wrong, and of none at all.

use chrono::Duration;

use super::*;
use crate::domain::{
    entry::{Body, Entry, Kind, Subject},
    incident::{Attached, Change, Declared, IncidentId, Level, Link, Status, StatusTold},
    label::Labels,
    op::{Act, Intent, OpId, Purpose},
    silence::SilenceDraft,
    source::SourceName,
};

fn at(minute: i64) -> Time {
    Time::from_timestamp(1_795_255_200, 0).unwrap() + Duration::minutes(minute)
}

fn cast(n: u8, name: &str, part: Part) -> Cast {
    let labels: Labels = [("alertname", name), ("team", "payments")].into_iter().collect();
    let id = AlertId { source: SourceName::new("am"), fingerprint: labels.fingerprint() };
    Cast { id, title: name.into(), labels, part, fires_at: at(i64::from(n)), ends_at: Some(at(30)) }
}

/// `Down` is to be owned from minute 2 on, `Disk` is unrelated, `Lag` a symptom.
fn all() -> Vec<Cast> {
    vec![cast(2, "Down", Part::Own(0)), cast(0, "Disk", Part::Unrelated), cast(3, "Lag", Part::Other)]
}

fn experiment() -> Experiment {
    let matchers = |name: &str| vec![vec![Matcher::equal("alertname", name)]];
    let fault = Injected {
        what: "a bad deploy".into(),
        at: Duration::minutes(1),
        until: Some(Duration::minutes(20)),
        rollback: "back".into(),
        action: Some("rollback".into()),
        on: vec![Matcher::equal("alertname", "Down")],
    };
    Experiment {
        own: matchers("Down"),
        unrelated: matchers("Disk"),
        faults: vec![fault],
        incident: true,
        within: Limits { own: Some(Duration::minutes(5)), ..Limits::default() },
        ..Experiment::default()
    }
}

fn entry(kind: Kind, subject: Subject, minute: i64, body: Body) -> Entry {
    Entry {
        id: format!("{kind}-{minute}-{subject}"),
        seq: 0,
        at: at(minute),
        recorded_at: at(minute),
        actor: "ana".into(),
        kind,
        subject,
        body,
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn on(kind: Kind, name: &str, minute: i64) -> Entry {
    let cast = all().into_iter().find(|c| c.title == *name).unwrap();
    entry(kind, Subject::alert(&cast.id), minute, Body::default())
}

fn runs(action: &str, name: &str, minute: i64) -> Entry {
    let mut started = on(Kind::ActionStarted, name, minute);
    started.body.more.insert("action".into(), action.into());
    started
}

fn says(change: &Change, op: &str, minute: i64) -> Entry {
    let body = Body { op: Some(OpId(op.into())), ..change.body(&"down".into(), "") };
    entry(change.kind(), IncidentId::new("INC-1").subject(), minute, body)
}

fn declares(names: &[&str], minute: i64) -> Entry {
    let link = |c: Cast| Link {
        alert: c.id,
        title: c.title,
        labels: c.labels,
        starts_at: None,
        acked_at: None,
        joined: false,
    };
    let alerts = all().into_iter().filter(|c| names.iter().any(|n| c.title == **n)).map(link).collect();
    let links = Attached { alerts, ..Attached::default() };
    says(&Change::Declared(Declared { level: Level::new("sev2"), links, ..Declared::default() }), "run-1", minute)
}

fn silence(op: &str, matchers: Vec<Matcher>) -> Intent {
    let draft = SilenceDraft {
        id: None,
        matchers,
        starts_at: at(5),
        ends_at: at(25),
        created_by: "ana".into(),
        comment: "quiet".into(),
        annotations: Labels::default(),
    };
    Intent {
        op: OpId(op.into()),
        at: at(5),
        actor: "ana".into(),
        purpose: Purpose::Silence,
        alert: None,
        title: "a silence".into(),
        reason: String::new(),
        act: Act::PutSilence { source: SourceName::new("am"), draft },
        batch: None,
        undoes: None,
        covers: Vec::new(),
        before: None,
    }
}

fn confirmed(op: &str) -> Entry {
    let body = Body { op: Some(OpId(op.into())), ..Body::default() };
    entry(Kind::SilenceConfirmed, Subject::new("silence:am/1"), 5, body)
}

fn score_of(experiment: &Experiment, entries: &[Entry], sent: &[Intent]) -> Score {
    let (cast, span) = (all(), (at(0), at(28)));
    Score::of(&Given { experiment, cast: &cast, epoch: at(0), span, entries, sent, whole: true })
}

fn score(entries: &[Entry]) -> Score {
    score_of(&experiment(), entries, &[])
}

fn step(score: &Score, what: What) -> (Option<i64>, Verdict) {
    let step = score.steps.iter().find(|s| s.what == what).unwrap();
    (step.after_s, step.verdict)
}

fn deeds(score: &Score) -> Vec<Deed> {
    score.wrong.iter().map(|w| w.deed).collect()
}

#[test]
fn each_step_is_timed_from_the_first_page_that_asks_for_a_person() {
    let calm = says(&Change::Status(StatusTold { status: Status::Mitigated, cost: Vec::new() }), "run-2", 12);
    let note = entry(Kind::NoteAdded, Subject::watch(), 6, Body::default());
    let told =
        score(&[on(Kind::AckConfirmed, "Down", 5), note, declares(&["Down"], 9), runs("rollback", "Down", 11), calm]);
    assert_eq!(told.page.as_ref().map(|p| (p.alert.raw(), p.at)), Some(("Down", at(2))));
    assert_eq!(step(&told, What::Own), (Some(180), Verdict::InTime));
    assert_eq!(step(&told, What::Note), (Some(240), Verdict::Done));
    assert_eq!(step(&told, What::Declare), (Some(420), Verdict::Done));
    assert_eq!(step(&told, What::Mitigate), (Some(540), Verdict::Done));
    assert_eq!((told.wrong.len(), told.missed.len()), (0, 0), "{told:#?}");
}

#[test]
fn of_nothing_done_all_is_missed_and_nothing_is_wrong() {
    let told = score(&[]);
    assert_eq!(step(&told, What::Own), (None, Verdict::Never));
    assert_eq!(step(&told, What::Declare), (None, Verdict::Never));
    assert_eq!(step(&told, What::Mitigate), (Some(18 * 60), Verdict::ByItself));
    assert_eq!(told.wrong, []);
    let missed: Vec<&str> = told.missed.iter().map(SafeText::raw).collect();
    let wanted = ["nobody owned Down", "nobody wrote a note", "nobody declared an incident"];
    assert_eq!(missed[..3], wanted);
    assert!(missed[3].contains("`rollback`: it ended without you"), "{missed:?}");
}

#[test]
fn an_ack_that_comes_late_is_late_and_one_of_a_symptom_owns_nothing_and_is_not_wrong() {
    let told = score(&[on(Kind::AckConfirmed, "Lag", 3), on(Kind::AckConfirmed, "Down", 8)]);
    assert_eq!(step(&told, What::Own), (Some(360), Verdict::Late));
    assert_eq!(deeds(&told), []);
}

#[test]
fn an_ack_of_what_is_unrelated_is_wrong_also_where_it_was_taken_back() {
    let told = score(&[on(Kind::AckConfirmed, "Disk", 3)]);
    assert_eq!((deeds(&told), told.wrong[0].taken_back), (vec![Deed::AckedUnrelated], false));
    let told = score(&[on(Kind::AckConfirmed, "Disk", 3), on(Kind::UnackConfirmed, "Disk", 4)]);
    assert_eq!((deeds(&told), told.wrong[0].taken_back), (vec![Deed::AckedUnrelated], true));
    assert_eq!(told.wrong[0].after_s, 180);
}

#[test]
fn a_silence_is_wrong_where_it_mutes_what_is_unrelated_and_only_once_it_was_made() {
    let wide = [silence("run-1", vec![Matcher::equal("team", "payments")])];
    assert_eq!(deeds(&score_of(&experiment(), &[confirmed("run-1")], &wide)), [Deed::SilencedTooMuch]);
    assert_eq!(deeds(&score_of(&experiment(), &[], &wide)), [], "it was refused");
    let other = [silence("run-1", vec![Matcher::equal("alertname", "Disk")])];
    assert_eq!(deeds(&score_of(&experiment(), &[confirmed("run-1")], &other)), [Deed::SilencedUnrelated]);
    let narrow = [silence("run-1", vec![Matcher::equal("alertname", "Down")])];
    assert_eq!(deeds(&score_of(&experiment(), &[confirmed("run-1")], &narrow)), []);
}

#[test]
fn an_action_on_the_wrong_thing_is_wrong_and_mitigates_nothing() {
    for (action, name) in [("rollback", "Lag"), ("rollback", "Disk"), ("scale", "Disk")] {
        let told = score(&[runs(action, name, 10)]);
        assert_eq!(deeds(&told), [Deed::ActedOnTheWrongThing], "{action} on {name}");
        assert_eq!(step(&told, What::Mitigate).1, Verdict::ByItself);
    }
    assert_eq!(deeds(&score(&[runs("scale", "Lag", 10)])), []);
}

#[test]
fn to_say_mitigated_while_it_goes_on_is_wrong_and_so_is_calling_a_page_noise() {
    let calm = says(&Change::Status(StatusTold { status: Status::Mitigated, cost: Vec::new() }), "run-2", 10);
    let told = score(&[calm.clone(), on(Kind::NoiseMarked, "Down", 4)]);
    assert_eq!(deeds(&told), [Deed::CalledNoise, Deed::CalmTooSoon]);
    assert_eq!(told.wrong[1].why, *"it went on for 10m more");
    assert_eq!(deeds(&score(&[runs("rollback", "Down", 9), calm])), []);
}

#[test]
fn an_incident_of_what_is_unrelated_is_wrong_and_says_so_where_it_was_withdrawn() {
    let taken = says(&Change::Withdrawn(OpId("run-1".into())), "run-9", 9);
    let told = score(&[declares(&["Down", "Disk"], 6), taken]);
    assert_eq!((deeds(&told), told.wrong[0].taken_back), (vec![Deed::LinkedUnrelated], true));
    let quiet = Experiment::default();
    assert_eq!(deeds(&score_of(&quiet, &[declares(&[], 6)], &[])), [Deed::DeclaredNothing]);
    assert_eq!(score_of(&quiet, &[], &[]).missed, [] as [SafeText; 0]);
}

#[test]
fn what_was_done_then_stands_beside_what_is_done_now() {
    let then = Times { own_s: Some(180), ..Times::default() };
    let told = score_of(&Experiment { then: Some(then), ..experiment() }, &[on(Kind::AckConfirmed, "Down", 3)], &[]);
    assert_eq!((told.steps[0].after_s, told.steps[0].then), (Some(60), Some(Done { after_s: Some(180) })));
    assert_eq!(told.steps[1].then, Some(Done { after_s: None }));
}
