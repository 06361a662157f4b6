//! How servers are spared: asked less often while nobody looks, at once when somebody does, and never shown as late for
//! our own restraint.

use chrono::Duration;
use watchfire::runtime::poll::Sparing;

use crate::support::cockpit::Opening;

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
