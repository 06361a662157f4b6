//! The log, change events and who is on call.

use chrono::Duration;
use serde_json::{Value, json};
use watchfire::domain::{Time, held::Verb, source::Change};

use super::{
    Desk,
    fake::{at, config},
};

impl Desk {
    async fn changes(&self, since: Time) -> Vec<Change> {
        self.source.changes().unwrap().changes(since, self.fake.now()).await.unwrap()
    }
}

fn lines(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|c| format!("{} {} {}", c.at.format("%H:%M"), c.kind, c.title)).collect()
}

fn event(id: &str, when: Time, summary: &str) -> Value {
    json!({
        "id": id, "type": "change_event", "summary": summary, "timestamp": when, "source": "ci.example",
        "services": [{"id": "PSVC001", "type": "service_reference", "summary": "checkout"},
                     {"id": "PSVC002", "type": "service_reference", "summary": "search"}],
        "links": [{"href": "https://ci.example/812", "text": "build"}], "custom_details": {"version": "1.4", "by": null},
    })
}

#[tokio::test]
async fn the_life_of_an_incident_reads_as_one_story_oldest_first() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    desk.fake.pass(Duration::minutes(11));
    let mut ack = desk.request(Verb::Ack, &id);
    ack.text = "on it".into();
    desk.apply("s-1", &ack).await.unwrap();
    desk.fake.pass(Duration::minutes(31));
    desk.apply("s-2", &desk.request(Verb::Resolve, &id)).await.unwrap();
    let told = desk.changes(Time::UNIX_EPOCH).await;
    assert_eq!(
        lines(&told),
        [
            "03:00 trigger [#1] Fire was opened by checkout",
            "03:10 escalate [#1] Fire was escalated to Bob by checkout",
            "03:11 ack Ana acknowledged [#1] Fire",
            "03:11 assign Ana assigned [#1] Fire to Ana",
            "03:11 note Ana noted on [#1] Fire",
            "03:41 unack the ack of [#1] Fire ended: it is triggered again",
            "03:42 resolve Ana resolved [#1] Fire",
        ]
        .map(str::to_owned)
    );
    let note = told.iter().find(|c| c.kind == "note").unwrap();
    assert_eq!((note.text.raw(), note.by.raw()), ("on it", "Ana"));
    let acked = told.iter().find(|c| c.kind == "ack").unwrap();
    assert_eq!(acked.text.raw(), "the ack ends by itself after 30m");
    assert_eq!(acked.service.as_ref().unwrap().raw(), "checkout");
    assert_eq!(acked.url.as_ref().unwrap().raw(), "https://acme.pagerduty.com/incidents/PINC00001");
}

#[tokio::test]
async fn what_was_told_is_not_told_again_and_what_comes_late_is_told_all_the_same() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Fire", "a");
    assert_eq!(desk.changes(Time::UNIX_EPOCH).await.len(), 1);
    let since = desk.fake.now();
    let now = desk.fake.pass(Duration::seconds(20));
    assert!(desk.changes(since).await.is_empty());
    desk.fake.state().tell("annotate", &id, Some(1), now - Duration::seconds(30), json!({}));
    assert_eq!(lines(&desk.changes(now).await), ["02:59 note Bob noted on [#1] Fire"]);
    assert!(desk.changes(now).await.is_empty());
}

#[tokio::test]
async fn a_change_event_is_a_deploy_with_its_version_service_and_page() {
    let desk = Desk::new().await;
    let deployed = event("PCHG1", at("02:58:00"), "Deployed checkout 1.4");
    let rolled_back = event("PCHG2", at("02:59:00"), "Rolled back search");
    desk.fake.state().change_events = vec![deployed, rolled_back];
    let told = desk.changes(Time::UNIX_EPOCH).await;
    assert_eq!(lines(&told), ["02:58 deploy Deployed checkout 1.4", "02:59 rollback Rolled back search"]);
    let deploy = &told[0];
    assert_eq!((deploy.by.raw(), deploy.text.raw()), ("ci.example", "version: 1.4\nalso: search"));
    assert_eq!(deploy.service.as_ref().unwrap().raw(), "checkout");
    assert_eq!(
        (deploy.id.as_ref().unwrap().raw(), deploy.url.as_ref().unwrap().raw()),
        ("event:PCHG1", "https://ci.example/812")
    );
}

#[tokio::test]
async fn change_events_are_asked_for_once_a_minute_and_none_is_lost_between() {
    let desk = Desk::new().await;
    desk.changes(Time::UNIX_EPOCH).await;
    let mut since = desk.fake.now();
    let mut told = Vec::new();
    for round in 0..9 {
        let now = desk.fake.pass(Duration::seconds(15));
        desk.fake.state().change_events.push(event(&format!("PCHG{round}"), now - Duration::seconds(5), "Deployed"));
        told.extend(desk.changes(since).await);
        since = now;
    }
    assert_eq!((told.len(), desk.asked("/change_events"), desk.asked("/log_entries")), (8, 3, 10));
}

#[tokio::test]
async fn a_log_too_long_to_be_read_says_where_it_begins() {
    let desk = Desk::new().await;
    let id = desk.fake.state().trigger("Storm", "a");
    for n in 0..1200 {
        desk.fake.state().tell("notify", &id, None, at("03:00:00") + Duration::seconds(n), json!({}));
    }
    desk.fake.pass(Duration::hours(1));
    let told = desk.changes(Time::UNIX_EPOCH).await;
    assert_eq!((told[0].kind.raw(), told.len()), ("gap", 992));
    assert!(told[0].title.raw().contains("log entries before this are not all here"), "{}", told[0].title);
}

#[tokio::test]
async fn who_is_on_call_now_and_next_is_told_with_the_services_they_answer_for() {
    let desk = Desk::new().await;
    desk.fake.state().shifts = vec![(0, at("00:00:00"), at("08:00:00")), (1, at("08:00:00"), at("16:00:00"))];
    let on_call = desk.source.on_call().unwrap();
    let told = on_call.duties(at("03:00:00"), at("12:00:00"), desk.fake.now()).await.unwrap();
    let rows: Vec<(u32, &str, Option<Time>)> = told.iter().map(|d| (d.level, d.who.raw(), d.until)).collect();
    assert_eq!(
        rows,
        [(1, "Ana", Some(at("08:00:00"))), (1, "Bob", Some(at("16:00:00"))), (2, "Bob", None), (3, "Carla", None)]
    );
    assert_eq!((told[0].of.raw(), told[0].services[0].raw()), ("Shop on call", "checkout"));
    let asked = desk.fake.server.seen();
    assert!(asked.iter().all(|r| !r.query.contains("earliest")), "earliest would hide who comes next");
}

#[tokio::test]
async fn who_is_on_call_for_others_is_left_out() {
    let desk = Desk::new().await;
    let mut config = config(desk.fake.server.url());
    config.own = config.own.with_list("services", &["PSVC777"]);
    let other = super::super::sources::connect(&config).await.unwrap();
    let told = other.on_call().unwrap().duties(at("03:00:00"), at("12:00:00"), desk.fake.now()).await.unwrap();
    assert!(told.is_empty(), "{told:?}");
}
