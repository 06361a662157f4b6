//! A row that is acted on stays under the hand, and goes to its place when the hand is off.

use chrono::Duration;

use crate::support::cockpit::{Opening, Story};

async fn outage() -> Story {
    let mut c = Opening::of("payment-outage").at("20m").taped(120, 60).open().await;
    c.keys("j").await;
    c
}

/// The alerts from the top: what stands in their rows as far as the name.
fn rows(c: &Story) -> Vec<String> {
    let screen = c.screen();
    let is_alert = |l: &&str| l.trim_start_matches(['▌', ' ']).starts_with(['◆', '▲', '●', '○']);
    let rows = screen.lines().skip(2).filter(is_alert);
    let words = |l: &str| l.trim_start_matches('▌').split_whitespace().take(4).collect::<Vec<_>>().join(" ");
    rows.map(words).collect()
}

fn selected(c: &Story) -> String {
    c.screen().lines().find(|l| l.starts_with('▌')).unwrap_or_default().to_owned()
}

async fn ack(c: &mut Story, name: &str) {
    c.keys("a").await.keys("Enter").await.sees_beside("acked", name).await;
}

#[tokio::test(start_paused = true)]
async fn one_alert_after_the_other_is_acked_and_none_leaps_away() {
    let mut c = outage().await;
    let before = rows(&c);
    ack(&mut c, "ProbeFailing").await;
    assert_eq!(rows(&c)[1], before[1].replace("firing", "acked"), "{}", c.screen());
    c.keys("j").await;
    assert_eq!(rows(&c)[2..], before[2..], "the rest stays too");
    let next = before[2].split(' ').next_back().unwrap_or_default().to_owned();
    assert!(selected(&c).contains(&next), "{next}: {}", selected(&c));
    ack(&mut c, &next).await;
    assert_eq!(rows(&c)[2], before[2].replace("firing", "acked"));
}

#[tokio::test(start_paused = true)]
async fn the_key_to_the_top_puts_what_was_acked_in_its_place() {
    for key in ["g", "G", "r"] {
        let mut c = outage().await;
        let before = rows(&c);
        ack(&mut c, "ProbeFailing").await;
        c.keys(key).await;
        let now = rows(&c);
        assert_eq!(now[1], before[2], "{key}: {}", c.screen());
        assert!(now[2..].contains(&before[1].replace("firing", "acked")), "{key}: it is still there\n{}", c.screen());
    }
}

#[tokio::test(start_paused = true)]
async fn a_minute_without_a_key_puts_what_was_acked_in_its_place() {
    let mut c = outage().await;
    let before = rows(&c);
    ack(&mut c, "ProbeFailing").await;
    c.passes(Duration::seconds(40)).await;
    assert!(rows(&c)[1].contains("acked"), "not yet: {}", c.screen());
    c.passes(Duration::seconds(30)).await;
    assert!(rows(&c)[1].contains("firing") && rows(&c).len() >= before.len(), "{}", c.screen());
    assert!(selected(&c).contains("acked"), "the selection goes with it: {}", c.screen());
}
