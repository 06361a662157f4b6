//! Mute rules: planned, made once, read back, shown, and taken away again.

use chrono::Duration;
use serde_json::json;
use watchfire::domain::{
    alert::{AlertId, AlertState},
    held::{Applied, Request, Verb},
    op::OpId,
    source::{Snapshot, SourceName},
};

use super::{
    connected,
    fake::{Fake, State, alarm},
    named, now, states,
};

fn request(told: &Snapshot, verb: Verb, hours: i64) -> Request {
    let alert = named(told, "team/page");
    Request {
        verb,
        alert: AlertId { source: SourceName::new("aws"), fingerprint: alert.fingerprint.clone() },
        began: alert.starts_at,
        actor: "ana".into(),
        text: "deploy".into(),
        until: Some(now() + Duration::hours(hours)),
    }
}

async fn fake() -> Fake {
    Fake::start(State { metric: vec![alarm("team/page", "ALARM")], ..State::default() }).await
}

#[tokio::test]
async fn an_alarm_is_muted_until_a_time_and_the_rule_is_taken_away_again() {
    let fake = fake().await;
    let source = connected(&fake.server.url(), "ecs = false").await;
    let told = source.poll(now()).await.unwrap();
    let (requests, op) = (source.requests().unwrap(), OpId("op-1".into()));
    let mute = request(&told, Verb::Mute, 2);
    let plan = requests.plan(&mute, now()).await.unwrap();
    let words = plan.effects[0].raw();
    assert!(words.contains("`team/page` tells nobody from 03:01 until 2026-11-21 05:00 UTC"), "{words}");
    assert!(fake.asked("PutAlarmMuteRule").is_empty(), "a plan changes nothing");
    let done = requests.apply(&op, &mute, now()).await.unwrap();
    assert!(
        matches!(&done, Applied::Done { until: Some(_), id: Some(id) } if id.raw() == "watchfire-op-1"),
        "{done:?}"
    );
    let put = &fake.asked("PutAlarmMuteRule")[0];
    assert_eq!(
        put["Rule"]["Schedule"],
        json!({ "Expression": "at(2026-11-21T03:01)", "Duration": "PT119M", "Timezone": "UTC" })
    );
    assert_eq!(put["MuteTargets"]["AlarmNames"], json!(["team/page"]));
    assert!(put["Description"].as_str().unwrap().starts_with("ana: deploy"));

    requests.apply(&op, &mute, now()).await.unwrap();
    assert_eq!(fake.asked("PutAlarmMuteRule").len(), 1, "asked twice, it is one rule");
    assert!(requests.is_so(&op, &mute, None, now()).await.unwrap().is_some());
    assert!(requests.is_so(&OpId("other".into()), &mute, None, now()).await.unwrap().is_none());

    let told = source.poll(now()).await.unwrap();
    assert_eq!(states(&told), [("team/page", AlertState::Firing)], "it has yet to begin");
    let plan = requests.plan(&request(&told, Verb::Unmute, 0), now()).await.unwrap();
    assert!(plan.effects[0].raw().contains("watchfire-op-1"), "{plan:?}");
    fake.with(|s| s.rules.get_mut("watchfire-op-1").unwrap()["Status"] = json!("ACTIVE"));
    let told = source.poll(now()).await.unwrap();
    assert_eq!(states(&told), [("team/page", AlertState::Suppressed)]);
    assert_eq!(named(&told, "team/page").annotations.value("muted_by"), "watchfire-op-1");
    let unmute = request(&told, Verb::Unmute, 0);
    requests.apply(&OpId("op-2".into()), &unmute, now()).await.unwrap();
    assert_eq!(states(&source.poll(now()).await.unwrap()), [("team/page", AlertState::Firing)]);
    assert!(requests.plan(&unmute, now()).await.unwrap_err().to_string().contains("no mute rule"));
}

#[tokio::test]
async fn a_rule_that_others_made_is_shown_and_left_alone() {
    let fake = fake().await;
    let rule =
        json!({ "Name": "nightly", "MuteTargets": { "AlarmNames": ["team/page", "x"] }, "LastUpdatedTimestamp": 1 });
    fake.with(|s| s.rules.insert("nightly".into(), rule));
    let source = connected(&fake.server.url(), "ecs = false").await;
    let told = source.poll(now()).await.unwrap();
    assert_eq!(states(&told), [("team/page", AlertState::Suppressed)]);
    let unmute = request(&told, Verb::Unmute, 0);
    let error = source.requests().unwrap().apply(&OpId("op".into()), &unmute, now()).await.unwrap_err();
    assert!(error.to_string().contains("`nightly` was not made here"), "{error}");
    assert!(fake.asked("DeleteAlarmMuteRule").is_empty());
    source.poll(now()).await.unwrap();
    assert_eq!(fake.asked("GetAlarmMuteRule").len(), 1, "a rule that did not change is read once");
}

#[tokio::test]
async fn what_aws_would_not_take_is_refused_before_it_is_asked() {
    let fake = fake().await;
    let source = connected(&fake.server.url(), "ecs = false").await;
    let told = source.poll(now()).await.unwrap();
    let plan = async |verb, hours| {
        source.requests().unwrap().plan(&request(&told, verb, hours), now()).await.unwrap_err().to_string()
    };
    assert!(plan(Verb::Mute, 24 * 16).await.contains("15 days"));
    assert!(plan(Verb::Mute, -1).await.contains("a minute at least"));
    assert!(plan(Verb::Resolve, 1).await.contains("no resolve"));
}

#[tokio::test]
async fn where_mute_rules_may_not_be_seen_that_is_said_and_not_asked_every_minute() {
    let fake = fake().await;
    let body = json!({ "__type": "AccessDeniedException", "message": "no" }).to_string();
    fake.with(|s| s.refused.insert("ListAlarmMuteRules", (400, body)));
    let source = connected(&fake.server.url(), "ecs = false").await;
    for minute in 0..3 {
        let told = source.poll(now() + Duration::minutes(minute)).await.unwrap();
        assert_eq!(states(&told), [("team/page", AlertState::Firing)]);
        assert!(told.problems[0].why.raw().contains("allow cloudwatch:ListAlarmMuteRules"), "{:?}", told.problems);
    }
    assert_eq!(fake.asked("ListAlarmMuteRules").len(), 1);
}
