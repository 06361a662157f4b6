//! What a source can be asked to do: each way is read whole on every screen.

use crate::support::cockpit::{Opening, Story};

/// As the simulated one that pages says them.
const WAYS: [&str; 5] = [
    "acknowledges the incident: it is assigned to you, and the ack ends after 30m",
    "resolves the incident; it cannot be opened again",
    "acknowledges it until a time, then it pages again",
    "pages the next one of the escalation policy now",
    "adds a note that everybody sees there",
];

async fn at(width: u16, height: u16) -> Story {
    let mut c = Opening::of("bad-push").at("20m").taped(width, height).open().await;
    c.keys("g").await.keys(".").await.sees("ask pagerduty").await;
    c
}

/// The words on the screen, without what is between them.
fn words(c: &Story) -> String {
    let screen: String = c.screen().chars().map(|sign| if matches!(sign, '│' | '▌') { ' ' } else { sign }).collect();
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(start_paused = true)]
async fn every_way_is_read_whole_at_80_columns() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let c = at(width, height).await;
        let said = words(&c);
        for way in WAYS {
            assert!(said.contains(way), "{way}\n{}", c.screen());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn on_the_smallest_screen_the_chosen_way_is_always_whole() {
    let mut c = at(40, 10).await;
    for _ in 0..12 {
        let screen = c.screen();
        let chosen: Vec<&str> = screen.lines().filter(|line| line.contains('▌')).collect();
        assert!(!chosen.is_empty() && chosen.iter().all(|line| !line.contains('…')), "{screen}");
        c.keys("j").await;
    }
    c.sees("▌").await;
}
