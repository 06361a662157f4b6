//! The golden signals beside an open budget: asked for while it is open, on its axis, and never believed when they are old.

use crate::support::cockpit::Opening;

#[tokio::test(start_paused = true)]
async fn an_open_budget_shows_how_its_service_does_and_when_its_disk_is_full() {
    let mut c = Opening::of("filling").open().await;
    c.sees("Carts that open").await.keys("2 Enter").await;
    c.sees_beside("disk", "full Thursday 14:00")
        .await
        .sees_beside("p99", " ms, max 3")
        .await
        .sees_beside("calls", "50/s")
        .await;
    c.sees_beside("errors", "0.1 %").await;
}

#[tokio::test(start_paused = true)]
async fn the_row_says_what_stood_where_the_cursor_stands() {
    let mut c = Opening::of("filling").at("5m").open().await;
    c.sees("Carts that open").await.keys("2 Enter").await.sees_beside("errors", "0.1 %").await;
    // Eighteen columns of an hour and a half: the incident of yesterday.
    for _ in 0..16 {
        c.keys("h").await;
    }
    c.sees_beside("errors", "10 %").await.sees_beside("p99", "3.").await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_any_more_is_unknown_with_its_age_and_comes_back() {
    let mut c = Opening::of("filling").at("8m").open().await;
    c.sees("Carts that open").await.keys("2 Enter").await.sees_beside("disk", "full Thursday").await;
    c.at("16m").await.sees_beside("disk", "UNKNOWN").await.sees_beside("p99", "UNKNOWN").await;
    c.at("32m").await.sees_beside("disk", "full Thursday 14:00").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_stands_in_the_explanation() {
    let mut c = Opening::of("filling").open().await;
    c.sees("Carts that open").await.keys("2 Enter").await.sees_beside("disk", "full Thursday").await;
    c.keys("E").await.sees("golden signals, asked by").await.sees("carts_seconds_bucket{job=").await;
}
