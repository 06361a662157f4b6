//! What happens while no cockpit is open, and what waits to be written down when one ends.

use watchfire::domain::entry::Kind;

use crate::support::cockpit::{Opening, Story, length};

#[tokio::test(start_paused = true)]
async fn what_resolved_while_nobody_watched_gets_its_end_with_the_honest_span() {
    let mut c = Story::open("many").await;
    c.sees_beside("firing", "ShortLived").await.at("1m").await.has(6, Kind::AlertFired).await;
    let closed = c.quits().await;
    assert_eq!(closed.unwritten, 0);
    let mut c = closed.passes(length("9m")).await.reopens().await;
    let ends = c.has(1, Kind::AlertResolved).await;
    let end = &ends[0];
    assert_eq!(end.body.title.as_ref().unwrap().raw(), "ShortLived");
    assert_eq!(end.body.text.as_ref().unwrap().raw(), "nobody watched: between 02.03. 20:01 and 02.03. 20:10 UTC");
    assert!(end.last_known_firing().unwrap() < c.world.epoch() + length("1m30s") && end.at > c.now() - length("1m"));
    c.sees_beside("resolved", "ShortLived: nobody watched").await;

    let mut c = c.quits().await.passes(length("1m")).await.reopens().await;
    c.sees_beside("firing", "NodeDown").await.passes(length("1m")).await;
    assert_eq!(c.entries(Kind::AlertResolved).await.len(), 1, "an end is told once");
    assert_eq!(c.entries(Kind::AlertFired).await.len(), 6, "what still fires has no end, and no second beginning");
}

#[tokio::test(start_paused = true)]
async fn what_a_second_cockpit_watched_needs_nothing_made_up() {
    let mut ana = Story::open("many").await;
    ana.sees_beside("firing", "ShortLived").await;
    let mut ben = ana.beside("ben").await;
    ben.sees_beside("firing", "ShortLived").await.at("2m").await;
    let told = ben.has(1, Kind::AlertResolved).await;
    assert_eq!(told[0].last_known_firing(), None, "both saw it go");
    ana.quits().await.passes(length("5m")).await.reopens().await.passes(length("1m")).await;
    assert_eq!(ben.entries(Kind::AlertResolved).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cockpit_that_ends_at_once_has_written_what_it_saw() {
    let closed = Story::open("crowd").await.quits().await;
    assert_eq!(closed.unwritten, 0);
    let mut c = closed.reopens().await;
    c.sees("alerts 3000").await;
    assert_eq!(c.work(|j, _| async move { j.last_seq().await }).await, 3_000);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_written_is_counted_at_the_end() {
    let nowhere = tempfile::tempdir().unwrap();
    let mut c = Opening::of("many").journal(nowhere.path()).open().await;
    c.sees_beside("firing", "NodeDown").await.sees("journal:").await;
    assert_eq!(c.quits().await.unwritten, 6);
}
