//! Acts: what the plan says, what PagerDuty does then, and what is said where it does not.

use chrono::Duration;
use watchfire::domain::{
    held::{Applied, Verb},
    source::{AckVia, SourceError},
};

use super::{Desk, done, fake::at};

#[tokio::test]
async fn an_ack_says_before_that_it_reassigns_and_when_it_ends_and_so_it_is() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("High error rate", "a");
    desk.fake.pass(Duration::minutes(11));
    let request = desk.request(Verb::Ack, &id);
    assert_eq!(
        desk.says(&request).await,
        "acknowledges incident #1 \"High error rate\" as ana@example.com\n\
         PagerDuty assigns it to Ana and takes it from Bob\n\
         it does not escalate to Carla (level 3) at 03:30 UTC\n\
         the ack ends by itself at 03:41 UTC (after 30m): then it is triggered again and pages"
    );
    assert_eq!(desk.sent("PUT"), 0, "a plan changes nothing");
    assert_eq!(desk.apply("s-1", &request).await.unwrap(), done(Some(at("03:41:00"))));
    let held = desk.only().await.held.clone().unwrap();
    let ack = held.ack.clone().unwrap();
    assert_eq!((ack.by.raw(), ack.at, ack.until), ("Ana", at("03:11:00"), Some(at("03:41:00"))));
    assert_eq!((held.word.raw(), held.assigned[0].raw(), &held.escalates), ("acknowledged", "Ana", &None));
}

#[tokio::test]
async fn an_ack_that_ended_is_no_ack() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    desk.apply("s-1", &desk.request(Verb::Ack, &id)).await.unwrap();
    desk.fake.pass(Duration::minutes(31));
    let held = desk.only().await.held.clone().unwrap();
    assert_eq!((held.word.raw(), &held.ack), ("triggered", &None));
    assert!(held.escalates.is_some(), "and it escalates again");
}

#[tokio::test]
async fn an_ack_without_an_end_says_that_none_is_named() {
    let desk = Desk::new().await;
    desk.fake.state().ack_timeout = None;
    let id = desk.fake.state().trigger("Fire", "a");
    let request = desk.request(Verb::Ack, &id);
    assert!(desk.says(&request).await.ends_with("PagerDuty names no time at which the ack ends by itself"));
    assert_eq!(desk.apply("s-1", &request).await.unwrap(), done(None));
}

#[tokio::test]
async fn the_reason_of_an_ack_is_a_note_and_is_written_once() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let mut request = desk.request(Verb::Ack, &id);
    request.text = "looking at the database".into();
    assert!(desk.says(&request).await.ends_with("writes a note on it: looking at the database"));
    for _ in 0..2 {
        assert!(matches!(desk.apply("s-1", &request).await, Ok(Applied::Done { .. })));
    }
    let notes = desk.fake.state().found(&id).notes.clone();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["content"], "looking at the database\n\n[watchfire s-1]");
}

#[tokio::test]
async fn a_note_is_written_once_however_often_it_is_asked_and_its_id_is_told() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let mut request = desk.request(Verb::Note, &id);
    assert!(matches!(desk.plan(&request).await, Err(SourceError::Rejected { .. })), "a note needs a text");
    request.text = "rolled back".into();
    assert_eq!(desk.is_so("s-1", &request, None).await, None);
    desk.fake.state().loses_an_answer = true;
    assert!(desk.apply("s-1", &request).await.is_err());
    let wanted = Some(Applied::Done { until: None, id: Some("PNOTE0".into()) });
    assert_eq!(desk.is_so("s-1", &request, None).await, wanted);
    assert_eq!(desk.apply("s-1", &request).await.ok(), wanted);
    assert_eq!(desk.is_so("s-12", &request, None).await, None, "another act is another note");
    assert_eq!(desk.sent("POST"), 1);
}

#[tokio::test]
async fn the_last_of_two_thousand_notes_is_the_last() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let note = serde_json::json!({"id": "PN", "content": "x"});
    desk.fake.state().found(&id).notes = vec![note; 2000];
    let mut request = desk.request(Verb::Note, &id);
    request.text = "one more".into();
    let error = desk.apply("s-1", &request).await.unwrap_err();
    assert!(error.to_string().contains("2000 notes") && desk.sent("POST") == 0, "{error}");
}

#[tokio::test]
async fn an_unack_is_a_reassignment_and_says_so() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let request = desk.request(Verb::Unack, &id);
    let error = desk.plan(&request).await.unwrap_err();
    assert!(error.to_string().contains("nothing to take back"), "{error}");
    desk.apply("s-1", &desk.request(Verb::Ack, &id)).await.unwrap();
    assert_eq!(
        desk.says(&request).await,
        "reassigns incident #1 \"Fire\" to the escalation policy Shop on call as ana@example.com: PagerDuty has no unack\n\
         it is triggered again and pages Ana (level 1) at once"
    );
    assert_eq!(desk.apply("s-2", &request).await.unwrap(), done(None));
    assert_eq!(desk.only().await.held.as_ref().unwrap().word.raw(), "triggered");
}

#[tokio::test]
async fn resolving_is_for_everybody_and_keeps_how() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let mut request = desk.request(Verb::Resolve, &id);
    request.text = "restarted".into();
    assert!(desk.says(&request).await.contains("for everybody"));
    assert_eq!(desk.apply("s-1", &request).await.unwrap(), done(None));
    assert!(desk.poll().await.alerts.is_empty());
    assert_eq!(desk.apply("s-1", &request).await.unwrap(), done(None), "once more is nothing more");
    assert_eq!(desk.sent("PUT"), 1);
    assert_eq!(desk.fake.state().log.last().unwrap()["channel"]["content"], "restarted");
    let error = desk.plan(&desk.request(Verb::Ack, &id)).await.unwrap_err();
    assert!(error.to_string().contains("resolved already"), "{error}");
}

#[tokio::test]
async fn a_snooze_ends_when_it_was_said_to_and_is_told_from_an_ack() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let mut request = desk.request(Verb::Snooze, &id);
    assert!(desk.plan(&request).await.unwrap_err().to_string().contains("needs a time"));
    request.until = Some(at("03:00:00") + Duration::days(8));
    assert!(desk.plan(&request).await.unwrap_err().to_string().contains("7 days"));
    request.until = Some(at("05:00:00"));
    assert!(desk.says(&request).await.contains("pages nobody until 05:00 UTC"));
    assert_eq!(desk.apply("s-1", &request).await.unwrap(), done(Some(at("05:00:00"))));
    desk.source.changes().unwrap().changes(at("02:00:00"), desk.fake.now()).await.unwrap();
    let held = desk.only().await.held.clone().unwrap();
    assert_eq!(held.word.raw(), "acknowledged, snoozed");
    assert_eq!(held.ack.as_ref().unwrap().until, Some(at("05:00:00")));
    desk.fake.pass(Duration::hours(2));
    assert_eq!(desk.only().await.held.as_ref().unwrap().word.raw(), "triggered");
}

#[tokio::test]
async fn escalating_pages_the_next_level_and_never_two() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let request = desk.request(Verb::Escalate, &id);
    assert!(desk.says(&request).await.ends_with("as ana@example.com and pages Bob (level 2) now"));
    assert_eq!(desk.apply("s-1", &request).await.unwrap(), done(None));
    assert_eq!(desk.apply("s-1", &request).await.unwrap(), done(None));
    assert_eq!((desk.fake.state().found(&id).level, desk.sent("PUT")), (2, 1));
    desk.apply("s-2", &request).await.unwrap();
    let error = desk.apply("s-3", &request).await.unwrap_err();
    assert!(error.to_string().contains("last level already (3 of 3)"), "{error}");
}

#[tokio::test]
async fn an_escalation_whose_answer_is_lost_is_found_again_and_not_repeated() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let request = desk.request(Verb::Escalate, &id);
    desk.fake.state().loses_an_answer = true;
    assert!(matches!(desk.apply("s-1", &request).await, Err(SourceError::Unreachable { .. })));
    assert_eq!(desk.is_so("s-1", &request, None).await, Some(done(None)));
    let fresh = super::super::sources::connect(&desk.fake.config()).await.unwrap();
    let op = watchfire::domain::op::OpId("s-1".into());
    let told = fresh.requests().unwrap().is_so(&op, &request, None, desk.fake.now()).await.unwrap();
    assert_eq!(told, Some(done(None)), "after a restart the incident's log tells it");
}

#[tokio::test]
async fn what_is_not_visible_yet_is_pending_until_it_is() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    desk.fake.state().lag = 2;
    let request = desk.request(Verb::Ack, &id);
    let told = desk.apply("s-1", &request).await.unwrap();
    let Applied::Pending { handle } = told.clone() else { panic!("{told:?}") };
    assert_eq!(desk.is_so("s-1", &request, Some(&handle)).await, Some(told));
    assert_eq!(desk.is_so("s-1", &request, Some(&handle)).await, Some(done(Some(at("03:30:00")))));
    assert_eq!(desk.sent("PUT"), 1);
}

#[tokio::test]
async fn what_never_becomes_visible_is_not_pending_for_ever() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    desk.fake.state().lag = 1000;
    let request = desk.request(Verb::Ack, &id);
    let Ok(Applied::Pending { handle }) = desk.apply("s-1", &request).await else { panic!() };
    desk.fake.pass(Duration::minutes(2));
    assert_eq!(desk.is_so("s-1", &request, Some(&handle)).await, None);
}

#[tokio::test]
async fn an_account_key_acts_in_the_name_that_is_configured_and_in_no_other() {
    let desk = Desk::of_an_account(Some("Bob@example.com")).await;
    let id = desk.fake.state().trigger("Fire", "a");
    let request = desk.request(Verb::Ack, &id);
    let plan = desk.plan(&request).await.unwrap();
    assert_eq!((plan.author.raw(), plan.affects), ("bob@example.com", 1));
    assert!(plan.effects[1].raw().contains("assigns it to Bob and takes it from Ana"), "{plan:?}");
    desk.apply("s-1", &request).await.unwrap();
    assert_eq!(desk.only().await.held.as_ref().unwrap().ack.as_ref().unwrap().by.raw(), "Bob");
}

#[tokio::test]
async fn an_account_key_without_a_name_sends_nothing_and_says_what_to_set() {
    let desk = Desk::of_an_account(None).await;
    let id = desk.fake.state().trigger("Fire", "a");
    let request = desk.request(Verb::Ack, &id);
    for told in [desk.plan(&request).await.map(drop), desk.apply("s-1", &request).await.map(drop)] {
        let error = told.unwrap_err().to_string();
        assert!(error.contains("`from = \"you@example.com\"`") && error.contains("[source.pagerduty]"), "{error}");
    }
    let stranger = Desk::of_an_account(Some("eve@example.com")).await;
    let id = stranger.fake.state().trigger("Fire", "a");
    let error = stranger.plan(&stranger.request(Verb::Ack, &id)).await.unwrap_err().to_string();
    assert!(error.contains("no user of PagerDuty has the address eve@example.com"), "{error}");
    assert_eq!((desk.sent("PUT"), stranger.sent("PUT")), (0, 0));
}

#[tokio::test]
async fn a_key_that_may_only_read_is_told_from_a_wrong_one() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    desk.fake.state().key.read_only = true;
    for verb in [Verb::Ack, Verb::Resolve, Verb::Escalate] {
        let error = desk.apply("s-1", &desk.request(verb, &id)).await.unwrap_err();
        assert!(matches!(&error, SourceError::Auth { why } if why.raw().contains("may only read")), "{error}");
    }
    assert_eq!(desk.fake.state().found(&id).status, "triggered");
}

#[tokio::test]
async fn a_later_incident_is_not_touched_by_what_was_meant_for_another() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let mut request = desk.request(Verb::Ack, &id);
    request.began -= Duration::hours(1);
    assert!(desk.apply("s-1", &request).await.unwrap_err().to_string().contains("another incident"));
    request.alert.fingerprint = watchfire::domain::label::Fingerprint::new("../users/PANA001");
    assert!(desk.apply("s-1", &request).await.unwrap_err().to_string().contains("no incident's id"));
    request.alert.fingerprint = watchfire::domain::label::Fingerprint::new("PGONE01");
    assert!(desk.apply("s-1", &request).await.unwrap_err().to_string().contains("does not know this incident"));
    assert_eq!(desk.sent("PUT"), 0);
}

#[tokio::test]
async fn a_rate_limit_between_plan_and_act_is_told_and_nothing_is_sent() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    let request = desk.request(Verb::Ack, &id);
    desk.plan(&request).await.unwrap();
    desk.fake.state().remaining = Some(0);
    assert!(matches!(desk.apply("s-1", &request).await, Err(SourceError::RateLimited { .. })));
    assert_eq!(desk.sent("PUT"), 0);
}

#[tokio::test]
async fn it_says_beforehand_what_it_can_be_asked() {
    let desk = Desk::new().await;
    let can = &desk.source.describe().can;
    let verbs: Vec<Verb> = can.ways.iter().map(|w| w.verb).collect();
    assert_eq!(verbs, [Verb::Ack, Verb::Unack, Verb::Resolve, Verb::Snooze, Verb::Escalate, Verb::Note]);
    assert!(can.ack == Some(AckVia::Native) && can.on_call && can.changes);
    let journal = watchfire::config::SourceConfig { ack: watchfire::config::AckMode::Journal, ..desk.fake.config() };
    let can = watchfire::sources::describe(&journal).can;
    assert!(can.ack == Some(AckVia::Journal) && can.ways.iter().all(|w| w.verb != Verb::Ack));
}
