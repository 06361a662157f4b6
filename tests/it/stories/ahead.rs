//! Keys that were typed before what they would confirm was on the screen: they open it, and confirm nothing.

use watchfire::domain::entry::Kind;

use crate::support::cockpit::{Opening, Story, length};

const HINT: &str = "does not count";

#[tokio::test(start_paused = true)]
async fn a_burst_opens_the_plan_and_sends_nothing_until_it_was_seen() {
    let mut c = Opening::of("trials").gated().open().await;
    c.sees_beside("firing", "DiskFull").await.presses("a Enter Enter Enter");
    c.sees("reason:").await.sees(HINT).await;
    c.passes(length("5s")).await;
    assert!(c.writes().is_empty() && c.entries(Kind::AckIntended).await.is_empty());
    c.keys("Enter").await.sees_beside("acked", "DiskFull").await.sees_not(HINT).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_written_ahead_is_kept_and_only_its_enter_is_not() {
    let mut c = Opening::of("trials").gated().open().await;
    c.sees_beside("firing", "DiskFull").await.presses("a o n i t y Enter");
    c.sees("reason: onity").await.sees(HINT).await;
    c.keys("Esc").await.sees_not("reason:").await;
    assert!(c.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_a_letter_says_yes_it_must_have_been_asked_for() {
    let mut c = Opening::of("journal-acks").gated().open().await;
    c.sees_beside("firing", "DiskFull")
        .await
        .keys("a")
        .await
        .keys("Enter")
        .await
        .sees_beside("acked", "DiskFull")
        .await;
    c.presses("A y").sees("takes ana's ack back in the journal").await.sees(HINT).await;
    c.sees_beside("acked", "DiskFull").await.keys("y").await.sees_beside("firing", "DiskFull").await;
}

#[tokio::test(start_paused = true)]
async fn an_enter_that_asks_for_more_is_followed_by_a_look_at_what_it_asks() {
    let mut c = Opening::of("trials").gated().open().await;
    c.sees_beside("firing", "DiskFull").await.keys("s").await.types("all of it").await;
    c.keys("BackTab ctrl-t ctrl-u").await.types("alertname=~\"Disk.*\"").await.sees("mutes 1 now").await;
    c.presses("Enter 1 Enter").sees("type their number, 1").await.sees(HINT).await;
    assert!(c.writes().is_empty());
    c.keys("Enter").await.sees("silenced").await;
}

#[tokio::test(start_paused = true)]
async fn a_script_that_types_confirms_what_it_opened() {
    let mut c = Story::open("journal-acks").await;
    c.sees_beside("firing", "DiskFull").await.presses("a Enter");
    c.sees_beside("acked", "DiskFull").await;
}
