//! The guided tour of the demo, taken as a newcomer takes it.

use crate::support::cockpit::{Opening, Story};

/// The demo while it burns, the tour begun.
async fn begun(size: (u16, u16)) -> Story {
    let mut c = Opening::of("payment-outage").at("20m").taped(size.0, size.1).open().await;
    c.sees_beside("firing", "HighErrorRate").await.keys("J").await.sees("tour 1/11").await;
    c
}

#[allow(clippy::cognitive_complexity, reason = "one walk from its first step to its last")]
async fn whole(size: (u16, u16)) {
    let mut c = begun(size).await;
    c.sees("Go down with j, up with k").await.keys("j").await.sees("The selection stays on its alert").await;
    c.sees("tour 2/11").await.keys("Enter").await.sees("tour 3/11").await.sees("one axis of time").await;
    c.keys("Esc").await.sees("tour 4/11").await.keys("/").await.types("severity=critical").await;
    // A filter half typed is none.
    c.sees("tour 4/11").await.keys("Enter").await.sees("tour 5/11").await;
    c.keys("a").await.types("looking").await.sees("tour 5/11").await.keys("Enter").await.sees("tour 6/11").await;
    c.sees("read back from the server").await;
    c.keys("u").await.sees("takes back").await.keys("y").await.sees("tour 7/11").await;
    c.keys("Esc")
        .await
        .keys("2 Enter")
        .await
        .sees("tour 8/11")
        .await
        .sees("bad of")
        .await
        .keys("h")
        .await
        .sees("tour 9/11")
        .await;
    c.keys("i").await.sees("declare an incident").await.keys("ctrl-u").await.types("cards are declined").await;
    c.keys("Enter").await.sees("tour 10/11").await;
    c.keys("n").await.types("ben rolls back").await.keys("Enter").await.sees("tour 11/11").await;
    c.keys("?").await.sees("tour: that was all").await.keys("Esc").await;
    for _ in 0..5 {
        c.keys("Esc").await;
    }
    c.sees_not("tour: that was all").await;
}

#[tokio::test(start_paused = true)]
async fn the_whole_tour_is_played_with_its_keys_at_80_columns() {
    whole((80, 24)).await;
}

#[tokio::test(start_paused = true)]
async fn the_whole_tour_is_played_with_its_keys_at_120_columns() {
    whole((120, 40)).await;
}

#[tokio::test(start_paused = true)]
async fn a_step_waits_for_its_own_deed_and_can_be_passed_over() {
    let mut c = begun((80, 24)).await;
    c.keys("2").await.keys("1").await.sees("tour 1/11").await;
    c.keys("J").await.sees("tour 2/11").await.sees_not("The selection stays").await;
}

#[tokio::test(start_paused = true)]
async fn the_tour_is_left_and_taken_up_where_it_was() {
    let mut c = begun((80, 24)).await;
    c.keys("j").await.sees("tour 2/11").await.keys("Esc").await.sees_not("tour 2/11").await;
    c.sees("the tour waits where you left it").await;
    c.keys(":").await.types("tour").await.keys("Enter").await.sees("tour 2/11").await;
}

#[tokio::test(start_paused = true)]
async fn a_screen_too_low_for_the_tour_says_so() {
    let mut c = Opening::of("payment-outage").at("20m").taped(80, 12).open().await;
    c.keys("J").await.sees("needs a terminal of 18 lines").await;
}
