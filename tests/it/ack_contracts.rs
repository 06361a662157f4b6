//! Contracts of acks before a real Alertmanager, which keeps no annotations: what breaks one, what ends one.

use chrono::Duration;
use serde_json::Value;
use watchfire::{
    app::msg::{BudgetReport, Cost},
    config::SourceKind,
    domain::{
        alert::AlertState,
        entry::Kind,
        silence::SilenceDraft,
        slo::{BudgetRow, Counted, Indicator, Objective, Slo, Window, assess::assess, history::History},
        text::SafeText,
    },
};

use crate::support::{config, hand::Hand, machine_time, real::Real};

const WARNING: &str = r#""alertname":"DiskFull","instance":"db-1","severity":"warning""#;
const CRITICAL: &str = r#""alertname":"DiskFull","instance":"db-1","severity":"critical""#;

async fn fires(server: &Real, labels: &str, ends_in: Duration) {
    let now = machine_time();
    let (starts, ends) = ((now - Duration::minutes(5)).to_rfc3339(), (now + ends_in).to_rfc3339());
    let alert = format!(r#"[{{"labels":{{{labels}}},"startsAt":"{starts}","endsAt":"{ends}"}}]"#);
    server.post("/api/v2/alerts", &alert).await;
}

/// The ids of the silences that stand at the server.
async fn standing(server: &Real) -> Vec<String> {
    let all = server.get("/api/v2/silences").await;
    let stands = |s: &&Value| s["status"]["state"] != "expired";
    all.as_array().unwrap().iter().filter(stands).map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

/// One warning that ana acked.
async fn acked(server: &Real) -> Hand {
    fires(server, WARNING, Duration::hours(6)).await;
    let mut hand = Hand::on(&config(SourceKind::Alertmanager, &[server.url()])).await;
    hand.looks().await;
    hand.keys("j a").await;
    hand.types("looking").await;
    hand.keys("Enter").await;
    assert_eq!(standing(server).await.len(), 1, "{}", hand.said());
    hand
}

#[tokio::test]
async fn a_severity_that_rises_breaks_an_ack_at_a_real_server_and_the_silence_is_gone() {
    let server = Real::alertmanager().await;
    let mut hand = acked(&server).await;
    assert!(hand.said().contains("this server keeps no contract, the journal does"), "{}", hand.said());
    hand.looks().await;
    assert_eq!((standing(&server).await.len(), hand.bells), (1, 0));

    fires(&server, CRITICAL, Duration::hours(1)).await;
    hand.looks().await;
    assert!(standing(&server).await.is_empty(), "it pages again");
    assert!(hand.said().contains("its severity rose from warning to critical"), "{}", hand.said());
    hand.looks().await;
    hand.looks().await;
    let broken = hand.entries(Kind::AckBroken).await;
    assert_eq!((broken.len(), hand.entries(Kind::AckReleased).await.len()), (1, 1));
    assert_eq!(broken[0].subject, hand.entries(Kind::AckConfirmed).await[0].subject);
    assert_eq!(hand.notices.iter().filter(|n| *n == "an ack broke").count(), 1, "{:?}", hand.notices);
    assert!(hand.app.world.board.iter().all(|r| r.ack.is_none() && r.told == AlertState::Firing));
}

#[tokio::test]
async fn an_acked_alert_that_resolves_leaves_no_silence_behind_at_a_real_server() {
    let server = Real::alertmanager().await;
    let mut hand = acked(&server).await;
    fires(&server, WARNING, -Duration::seconds(1)).await;
    hand.looks().await;
    assert!(hand.app.world.board.iter().all(|r| r.resolved_at.is_some()), "it has resolved");
    hand.skips(Duration::seconds(50));
    hand.looks().await;
    assert_eq!(standing(&server).await.len(), 1, "it may only flap");
    hand.skips(Duration::seconds(11));
    hand.looks().await;
    assert!(standing(&server).await.is_empty());
    let released = hand.entries(Kind::AckReleased).await;
    assert_eq!((released.len(), released[0].body.text.as_ref().unwrap().raw()), (1, "its alert resolved"));
    assert!(hand.entries(Kind::AckBroken).await.is_empty());
}

#[tokio::test]
async fn an_alert_that_only_flaps_at_a_real_server_keeps_its_ack() {
    let server = Real::alertmanager().await;
    let mut hand = acked(&server).await;
    fires(&server, WARNING, -Duration::seconds(1)).await;
    hand.looks().await;
    hand.skips(Duration::seconds(40));
    fires(&server, WARNING, Duration::hours(6)).await;
    hand.looks().await;
    hand.skips(Duration::seconds(40));
    hand.looks().await;
    assert_eq!(standing(&server).await.len(), 1);
    assert!(hand.app.world.board.iter().all(|r| r.ack.is_some()));
}

#[tokio::test]
async fn what_kthxbye_keeps_alive_at_a_real_server_is_left_to_it() {
    let server = Real::alertmanager().await;
    let mut hand = acked(&server).await;
    hand.looks().await;
    let silence = hand.app.world.sources[0].silences[0].clone();
    let longer = SilenceDraft::extend(&silence, silence.ends_at + Duration::hours(1));
    hand.source.silences().unwrap().put(&longer, machine_time()).await.unwrap();
    hand.skips(Duration::minutes(118));
    hand.looks().await;
    assert!(hand.app.world.acks.is_kept_by_another(&silence.id));
    assert!(hand.entries(Kind::AckExtended).await.is_empty(), "two minutes are left, and kthxbye has them");
    hand.skips(Duration::seconds(90));
    hand.looks().await;
    assert_eq!(hand.entries(Kind::AckExtended).await.len(), 1, "it has died: the ack does not die with it");
    assert_eq!(standing(&server).await, [silence.id.raw()], "the same silence");
}

/// A budget of the service `db` that burns at these rates over an hour and over five minutes.
fn burning(hour: f64, five_minutes: f64) -> BudgetReport {
    let now = machine_time();
    let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
    let slo = Slo {
        service: SafeText::new("db"),
        name: SafeText::new("writes"),
        title: SafeText::new("Writes"),
        ..Slo::new("db-writes", Objective::percent("99.9").unwrap(), Window::rolling(30 * 86_400), indicator)
    };
    let mut numbers = assess(&slo, &History::default(), now);
    for (window, rate) in &mut numbers.burn {
        *rate = Some(if *window == "5m" { five_minutes } else { hour });
    }
    let rows = vec![BudgetRow::new(slo, Some(numbers))];
    BudgetReport {
        at: now,
        rows,
        error: None,
        counted_at: Some(now),
        problems: Vec::new(),
        progress: 1.0,
        cost: Cost::default(),
    }
}

#[tokio::test]
async fn a_budget_that_burns_faster_than_agreed_breaks_an_ack_and_refuses_the_next_one() {
    let server = Real::alertmanager().await;
    fires(&server, r#""alertname":"Slow","service":"db","severity":"warning""#, Duration::hours(6)).await;
    let mut hand = Hand::on(&config(SourceKind::Alertmanager, &[server.url()])).await;
    hand.looks().await;
    hand.keys("j a Tab Tab ctrl-u").await;
    hand.types("burn>2").await;
    hand.keys("Enter").await;
    assert_eq!(standing(&server).await.len(), 1, "{}", hand.said());

    hand.counts(burning(1.9, 30.0)).await;
    hand.counts(burning(30.0, 0.5)).await;
    assert_eq!(standing(&server).await.len(), 1, "neither a spike nor one that is over");
    hand.counts(burning(14.4, 6.0)).await;
    assert!(standing(&server).await.is_empty());
    assert!(hand.said().contains("the error budget of Writes burns 6.0x as fast"), "{}", hand.said());
    assert_eq!(hand.entries(Kind::AckBroken).await.len(), 1);

    hand.looks().await;
    hand.keys("a Tab Tab ctrl-u").await;
    hand.types("burn>2").await;
    hand.keys("Enter").await;
    assert!(standing(&server).await.is_empty(), "it would break at once");
    hand.keys("ctrl-u").await;
    hand.types("burn>10").await;
    hand.keys("Enter").await;
    assert_eq!(standing(&server).await.len(), 1, "{}", hand.said());
}
