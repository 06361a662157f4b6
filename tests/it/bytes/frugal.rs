//! What a slow link saves: the same moments of the same day, drawn frugally and as ever, in bytes.

use crate::support::cockpit::{Opening, defaults};

use super::costs::Counted;

/// A first paint, a minute of an outage, and an open budget whose cursor goes back by three columns.
async fn costs((width, height): (u16, u16), frugal: bool) -> [usize; 3] {
    let mut config = defaults("terminal");
    config.ui.low_bandwidth = frugal;
    let mut story = Opening::of("payment-outage").with(config).at("13m").taped(width, height).open().await;
    story.passes(chrono::Duration::seconds(2)).await;
    story.keys("j").await;
    let shown = story.frames();
    let mut counted = Counted::new();
    counted.show(shown.last().expect("a frame"));
    let first = counted.taken();
    story.passes(chrono::Duration::seconds(60)).await;
    let minute = counted.show_all(&story.frames()).taken();
    story.keys("2").await.keys("Enter").await;
    for _ in 0..3 {
        story.keys("h").await;
    }
    let budget = counted.show_all(&story.frames()).taken();
    [first, minute, budget]
}

#[tokio::test(start_paused = true)]
async fn a_slow_link_is_sent_fewer_bytes_for_the_same_moments() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        let (ordinary, frugal) = (costs(size, false).await, costs(size, true).await);
        let told = format!("{size:?}: {frugal:?} of {ordinary:?}");
        assert!(frugal.iter().all(|bytes| *bytes > 0), "{told}");
        assert!(frugal[0] * 4 <= ordinary[0] * 3, "a first paint, {told}");
        assert!(frugal[1] < ordinary[1], "a minute of an outage, {told}");
        assert!(frugal[2] * 4 <= ordinary[2] * 3, "an open budget, {told}");
    }
}
