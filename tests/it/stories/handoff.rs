//! The end of a shift: one key, and what the next one must know stands on the screen.

use watchfire::domain::{
    entry::Kind,
    shift::{Rota, Wall},
};

use crate::support::cockpit::{Opening, defaults};

#[tokio::test(start_paused = true)]
async fn the_handoff_says_who_is_on_what_and_what_is_nobodys() {
    let mut c = Opening::of("trials").open().await;
    c.sees("DiskFull").await;
    c.keys("a").await.types("looking at the disk").await.keys("enter").await;
    c.has(1, Kind::AckConfirmed).await;
    c.sees_beside("acked", "DiskFull").await;
    c.keys("D").await.sees("# Handoff").await;
    c.sees("looking at the disk").await;
    let screen = c.screen();
    let owned = screen.split("## Owned").nth(1).unwrap_or_default();
    assert!(owned.contains("DiskFull") && owned.contains("(me) since"), "{screen}");
    c.keys("y").await.sees("sent to the terminal's clipboard").await;
    c.keys("esc").await.sees_not("# Handoff").await;
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_down_stands_in_the_handoff_as_unknown() {
    let mut c = Opening::of("source-dies").at("7m").open().await;
    c.sees("prod-us unreachable never read").await;
    c.keys("D").await.sees("UNKNOWN: what nobody could see").await;
    c.sees("source prod-us").await;
}

#[tokio::test(start_paused = true)]
async fn the_handoff_is_of_the_shifts_that_the_configuration_names() {
    let mut config = defaults("terminal");
    let starts = ["06:00", "14:00", "19:00"].map(|t| t.parse().unwrap());
    config.shift = Rota::new(starts.into(), Wall::Named(chrono_tz::UTC), config.shift.working().clone());
    // It is 20:00: the shift since 14:00 ends, the one that began an hour ago lasts until 06:00.
    let mut c = Opening::of("trials").with(config).open().await;
    c.sees("DiskFull").await.keys("D").await;
    c.sees("Shift since 2026-03-02 14:00 UTC").await.sees("until 2026-03-03 06:00 UTC").await;
}
