//! Moments by their age or by a clock: one key for the board, the details and the timeline, kept for the next time.

use watchfire::domain::shift::Wall;

use crate::support::cockpit::{Opening, Story, defaults};

async fn in_berlin() -> Story {
    let mut config = defaults("terminal");
    config.shift.wall = Wall::Named(chrono_tz::Europe::Berlin);
    Opening::of("payment-outage").with(config).at("20m").open().await
}

#[tokio::test(start_paused = true)]
async fn ages_become_times_in_utc_then_in_the_zone_of_the_shifts_and_then_all_is_told_by_age() {
    let mut c = in_berlin().await;
    c.sees_beside("firing     6m", "stockholm").await.sees_beside("20:18 fired", "RetryStorm").await;
    c.keys("t").await.sees("times in UTC everywhere").await;
    c.sees_beside("firing    20:13", "stockholm").await.sees_beside("20:18 fired", "RetryStorm").await;
    c.keys("t").await.sees("times in CET everywhere").await.sees("21:20 CET").await;
    c.sees_beside("firing    21:13", "stockholm").await.sees_beside("21:18 fired", "RetryStorm").await;
    c.keys("t").await.sees("ages everywhere").await.sees("20:20 UTC").await;
    c.sees_beside("firing     6m", "stockholm").await.sees_beside("2m    fired", "RetryStorm").await;
    c.keys("t").await.sees("ages on the board, times in the timeline").await;
    c.sees_beside("20:18 fired", "RetryStorm").await;
}

#[tokio::test(start_paused = true)]
async fn a_detail_tells_its_moments_in_the_same_way() {
    let mut c = in_berlin().await;
    c.keys("Enter").await.sees("2026-03-02 20:13:40 UTC (6m").await;
    // There t is the graph's.
    c.keys(", a").await.keys(", a").await.sees("2026-03-02 21:13:40 CET (6m").await.sees("in UTC").await;
    c.keys(", a").await.sees_not("2026-03-02").await.sees("ago").await;
}

#[tokio::test(start_paused = true)]
async fn where_the_wall_shows_utc_that_is_told_once() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    c.keys("t").await.sees("times in UTC everywhere").await;
    c.keys("t").await.sees("ages everywhere").await;
}

#[tokio::test(start_paused = true)]
async fn the_next_time_moments_are_told_as_they_were() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    c.keys("t").await.sees_beside("firing    20:13", "stockholm").await;
    let mut c = c.quits().await.reopens().await;
    c.sees_beside("firing    20:13", "stockholm").await;
}
