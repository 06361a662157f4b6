//! One page from its beginning to its end: it counts down, is acked, comes back, is handed on, snoozed and resolved.

use watchfire::domain::entry::Kind;

use super::Night;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

fn shown(night: &Night, name: &str, (width, height): (u16, u16)) {
    insta::assert_snapshot!(format!("night_{name}_{width}x{height}"), night.story.screen());
}

/// Paged, and the page is selected.
async fn paged(size: (u16, u16)) -> (Night, String) {
    let mut night = Night::opens(|o| o.size(size.0, size.1)).await;
    let id = night.page("High error rate", "a");
    night.story.sees("High error rate").await.keys("g j").await.sees_beside("▌", "High error rate").await;
    (night, id)
}

#[tokio::test(start_paused = true)]
async fn a_page_counts_down_is_acked_counts_down_and_comes_back() {
    for size in SIZES {
        let (mut night, id) = paged(size).await;
        night.story.at("4m").await.sees("esc 06:").await.sees("then Bob").await;
        shown(&night, "1_paged", size);
        night.story.keys("enter").await.sees("escalates to Bob (level 2) in 0").await;
        shown(&night, "2_detail", size);
        night.story.keys("a").await.sees("PagerDuty assigns it to Ana").await.sees("ends by itself at 03:3").await;
        shown(&night, "3_ack", size);
        night.story.types("looking").await.keys("enter").await.has(1, Kind::AckConfirmed).await;
        assert_eq!((night.status(&id), night.sent("PUT"), night.sent("POST")), ("acknowledged", 1, 1));
        night.story.keys("g").await.sees("takes the ack back in 29:").await;
        shown(&night, "4_acked", size);
        night.story.keys("esc").await.sees_beside("acked", "High error rate").await;
        night.story.at("20m").await.sees_beside("High error rate", "14m").await;
        shown(&night, "5_counts", size);
        night.story.at("34m40s").await.sees_beside("firing", "High error rate").await.sees("esc ").await;
        shown(&night, "6_ended", size);
        night.story.keys("3 z").await.sees("the ack of [#1] High error rate ended").await;
        shown(&night, "7_timeline", size);
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_noted_handed_back_escalated_snoozed_and_resolved_and_the_timeline_has_all_of_it() {
    for size in SIZES {
        let (mut night, id) = paged(size).await;
        night.story.keys("a").await.sees("PagerDuty assigns it to Ana").await.keys("enter").await;
        night.story.has(1, Kind::AckConfirmed).await;
        night.story.keys("n").await.sees("also at pd").await.types("the cache is cold").await.keys("tab").await;
        shown(&night, "b1_note", size);
        night.story.keys("enter").await.has(1, Kind::RequestConfirmed).await;
        assert!(night.fake.state().found(&id).notes[0]["content"].as_str().unwrap().starts_with("the cache is cold"));
        night.story.keys("A").await.sees("PagerDuty has no unack").await.sees("pages Ana (level 1) at once").await;
        shown(&night, "b2_unack", size);
        night.story.keys("y").await.has(1, Kind::UnackConfirmed).await;
        assert_eq!(night.status(&id), "triggered");
        night.story.keys(". j j j j").await.sees("escalate").await;
        shown(&night, "b3_ways", size);
        night.story.keys("enter").await.sees("Bob (level 2) now").await;
        shown(&night, "b4_escalate", size);
        night.story.keys("enter").await.has(2, Kind::RequestConfirmed).await;
        assert_eq!(night.fake.state().found(&id).level, 2);
        night.story.keys(". j j j enter").await.sees("pages nobody until").await;
        shown(&night, "b5_snooze", size);
        night.story.keys("enter").await.has(3, Kind::RequestConfirmed).await;
        night.story.sees_beside("acked", "High error rate").await;
        night
            .story
            .keys(". j j enter")
            .await
            .sees("its alerts are resolved at PagerDuty")
            .await
            .types("rolled back")
            .await;
        shown(&night, "b6_resolve", size);
        night.story.keys("enter").await.has(4, Kind::RequestConfirmed).await;
        assert_eq!(night.status(&id), "resolved");
        night.story.sees_beside("resolved", "High error rate").await;
        night.story.keys("3 z").await.sees("Ana resolved [#1] High error rate").await;
        for told in ["noted on", "escalated to Bob", "snoozed", "acknowledged"] {
            night.story.sees(told).await;
        }
        shown(&night, "b7_timeline", size);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_between_the_plan_and_the_act_is_told_and_the_act_is_done_when_asked_again() {
    let (mut night, id) = paged((80, 24)).await;
    night.story.keys("a").await.sees("PagerDuty assigns it to Ana").await;
    night.fake.state().remaining = Some(0);
    night.story.keys("enter").await.has(1, Kind::AckRefused).await;
    assert_eq!((night.status(&id), night.sent("PUT")), ("triggered", 0));
    shown(&night, "c1_limited", (80, 24));
    night.fake.state().remaining = None;
    night.story.passes(chrono::Duration::minutes(1)).await;
    night.story.sees_beside("firing", "High error rate").await;
    night.story.keys("a").await.sees("PagerDuty assigns it to Ana").await.keys("enter").await;
    night.story.has(1, Kind::AckConfirmed).await;
    assert_eq!((night.status(&id), night.sent("PUT")), ("acknowledged", 1));
}

#[tokio::test(start_paused = true)]
async fn an_escalation_whose_answer_is_lost_is_looked_up_and_pages_nobody_twice() {
    let (mut night, id) = paged((120, 40)).await;
    night.story.keys(". j j j j enter").await.sees("Bob (level 2) now").await;
    night.fake.state().loses_an_answer = true;
    night.story.keys("enter").await.has(1, Kind::RequestConfirmed).await;
    assert_eq!((night.fake.state().found(&id).level, night.sent("PUT")), (2, 1));
    night.story.keys("enter").await.sees("escalates to Carla (level 3) in 1").await;
}
