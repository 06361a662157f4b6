//! How servers are spared: asked less often while nobody looks, at once when somebody does, and never shown as late for
//! our own restraint.

use chrono::Duration;
use watchfire::runtime::poll::Sparing;

use crate::support::cockpit::{Opening, Story};

fn seconds(n: i64) -> Duration {
    Duration::seconds(n)
}

fn sparing() -> Sparing {
    Sparing { unfocused: seconds(30), out_of_step: false }
}

#[tokio::test(start_paused = true)]
async fn a_source_is_asked_less_often_while_the_terminal_is_not_looked_at_and_is_not_late_for_it() {
    let mut c = Opening::of("quiet").spares(sparing()).open().await;
    let source = "prod-eu";
    c.passes(seconds(60)).await;
    let often = c.polls(source);
    c.looked_at(false).await;
    c.passes(seconds(115)).await;
    let seldom = c.polls(source) - often;
    assert!((3..=5).contains(&seldom), "{seldom} times in two minutes, before {often} in one");
    c.looked_at(true).await;
    assert_eq!(c.polls(source) - often - seldom, 1, "whoever looks again sees what is now");
    c.passes(seconds(60)).await;
    assert!(c.polls(source) - often - seldom >= often - 2, "as often as before");
    assert!(!c.screen().contains("stale"), "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn cockpits_that_began_together_do_not_ask_in_step() {
    let mut c = Opening::of("quiet").spares(Sparing { out_of_step: true, ..sparing() }).open().await;
    let source = "prod-eu";
    c.passes(seconds(200)).await;
    let asked = c.polls(source);
    assert!((100..=115).contains(&asked), "every 2s, up to a tenth sooner: {asked} times in 200s");
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_back_after_a_minute_gets_a_whole_screen_and_after_a_moment_the_rest() {
    let mut c = Opening::of("quiet").open().await;
    c.looked_at(false).await.passes(seconds(5)).await.looked_at(true).await;
    assert_eq!(c.forgot(), 0);
    c.looked_at(false).await.passes(seconds(61)).await.looked_at(true).await;
    assert_eq!(c.forgot(), 1, "meanwhile somebody else may have written there");
}

#[tokio::test(start_paused = true)]
async fn a_window_without_the_keys_is_drawn_once_a_minute_and_when_the_verdict_changes() {
    let mut c = Opening::of("quiet").taped(120, 40).open().await;
    c.passes(seconds(3)).await;
    drop(c.frames());
    c.passes(seconds(60)).await;
    let with_keys = c.frames().len();
    c.looked_at(false).await;
    drop(c.frames());
    let mut drawn = Vec::new();
    for second in 0..600 {
        c.passes(seconds(1)).await;
        drawn.extend(c.frames().iter().map(|_| second));
    }
    assert!((9..=10).contains(&drawn.len()) && with_keys > 10, "{drawn:?}, with the keys {with_keys} in a minute");
    assert!(drawn.windows(2).all(|two| two[1] - two[0] >= 59), "{drawn:?}");
    // A page is told by its verdict, whoever has the keys.
    let mut c = Opening::of("payment-outage").at("9m").open().await;
    assert!(!c.screen().contains("BURNING"), "{}", c.screen());
    c.looked_at(false).await;
    let burns = |c: &Story| c.screen().lines().next().is_some_and(|verdict| verdict.contains("BURNING"));
    let mut seen = Opening::of("payment-outage").at("9m").open().await;
    for _ in 0..600 {
        c.passes(seconds(1)).await;
        seen.passes(seconds(1)).await;
        if burns(&seen) {
            break;
        }
    }
    c.passes(seconds(3)).await;
    assert!(burns(&seen) && burns(&c), "{}", c.screen());
}
