//! A page and its alert, each on its own side; and what is known of both while the pager cannot be read.

use watchfire::domain::entry::Kind;

use super::{super::fake::at, Night};
use crate::support::cockpit::defaults;

async fn linked(size: (u16, u16)) -> Night {
    let mut night = Night::opens(|o| o.size(size.0, size.1).pages(&["pd", "am"], &["service"])).await;
    night.page("High error rate", "a");
    night.story.sees("High error rate").await.keys("g").await.sees_beside("▌", "HighErrorRate").await;
    night
}

#[tokio::test(start_paused = true)]
async fn a_configured_page_and_its_alert_lead_to_each_other() {
    let mut night = linked((120, 40)).await;
    let c = &mut night.story;
    c.keys("enter")
        .await
        .sees("paged as PINC00001 at pd (triggered)")
        .await
        .sees("acked by nobody: escalates to Bob")
        .await;
    c.keys("W enter").await.sees("pages 1 alert").await.sees("HighErrorRate (critical, firing) at am").await;
    c.sees("acking the page acks none of them").await;
}

#[tokio::test(start_paused = true)]
async fn acking_the_page_acks_none_of_its_alerts() {
    let mut night = linked((120, 40)).await;
    let c = &mut night.story;
    c.keys("j a").await.sees("PagerDuty assigns it to Ana").await.keys("enter").await.has(1, Kind::AckConfirmed).await;
    c.sees_beside("acked", "High error rate").await;
    c.sees_beside("firing", "page acked by Ana").await;
    insta::assert_snapshot!("sides_page_acked_120x40", c.screen());
    c.keys("g enter").await.sees("its page is acked; this alert is not").await;
    assert!(c.silences("am").await.is_empty() && c.entries(Kind::AckConfirmed).await.len() == 1);
}

#[tokio::test(start_paused = true)]
async fn acking_the_alert_does_not_claim_that_its_page_is_acked() {
    let mut night = linked((120, 40)).await;
    let c = &mut night.story;
    c.keys("a").await.sees("ack HighErrorRate").await.types("on it").await.keys("enter").await;
    c.has(1, Kind::AckConfirmed).await;
    c.sees_beside("acked", "HighErrorRate").await.sees_beside("firing", "High error rate").await.sees("esc 0").await;
    c.keys("G g /").await.types("@source=pd").await.keys("enter enter").await;
    c.sees("HighErrorRate (critical, acked) at am since").await.sees("acked by ana").await;
    c.sees_beside("escalates", "to Bob (level 2) in 0").await;
    assert_eq!(night.sent("PUT"), 0);
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_page_whose_source_goes_blind_is_unknown_and_does_not_run_on() {
    for size in [(80, 24), (120, 40)] {
        let mut night = linked(size).await;
        night.fake.state().away = true;
        let c = &mut night.story;
        c.at("11m").await.sees_beside("UNKNOWN", "High error rate").await.sees("esc? 03:10").await;
        insta::assert_snapshot!(format!("sides_blind_{}x{}", size.0, size.1), c.screen());
        c.keys("/").await.types("@source=pd").await.keys("enter enter pagedown").await;
        c.sees("was to go to Bob (level 2) at 03:10 UTC").await;
        insta::assert_snapshot!(format!("sides_blind_detail_{}x{}", size.0, size.1), c.screen());
        night.fake.state().away = false;
        let c = &mut night.story;
        c.keys("esc esc esc").await.at("13m").await.sees_beside("firing", "High error rate").await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_on_call_is_unknown_with_its_age_when_the_pager_goes_blind_and_never_nobody() {
    let mut config = defaults("terminal");
    config.user = "ana".into();
    let mut night = Night::opens(|o| o.with(config)).await;
    night.fake.state().shifts = vec![(0, at("00:00:00"), at("03:30:00"))];
    let c = &mut night.story;
    c.at("6m").await.keys("w").await.sees("Ana (you) until 03:30 UTC").await.keys("esc").await;
    night.fake.state().away = true;
    let c = &mut night.story;
    c.at("40m").await.keys("w").await.sees("pd: UNKNOWN who is on call").await.sees("below is what it told").await;
    c.sees_beside("level 1", "UNKNOWN: it told of nobody for this time").await;
    insta::assert_snapshot!("sides_on_call_blind_120x40", c.screen());
    c.keys("esc D").await.sees("who is on call, by pd").await.sees("UNKNOWN now").await;
    assert!(!c.screen().contains("**nobody**"), "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn the_handoff_says_who_takes_over_and_when() {
    let mut config = defaults("terminal");
    config.user = "ana".into();
    let mut night = Night::opens(|o| o.with(config)).await;
    night.fake.state().shifts = vec![(0, at("00:00:00"), at("08:00:00")), (1, at("08:00:00"), at("16:00:00"))];
    let c = &mut night.story;
    c.at("6m").await.keys("D").await.sees("## Who takes over").await;
    c.sees("Shop on call").await.sees("Ana (me); then").await.sees("Bob").await.sees("2026-11-21 08:00").await;
    insta::assert_snapshot!("sides_handoff_120x40", c.screen());
}
