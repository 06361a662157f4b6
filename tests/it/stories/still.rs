//! Reduced motion: nothing moves by itself, what only ticks is drawn once a minute, and what must be seen is seen at once.

use chrono::Duration;

use crate::support::cockpit::{Opening, Shown, Story, defaults};

async fn opened(scenario: &str, moment: &str, still: bool) -> Story {
    let mut config = defaults("terminal");
    config.ui.reduced_motion = still;
    let mut story = Opening::of(scenario).with(config).at(moment).taped(120, 40).open().await;
    story.passes(Duration::seconds(3)).await;
    drop(story.frames());
    story
}

/// The seconds of a stretch in which the picture changed, and the rows that did.
async fn changes(story: &mut Story, seconds: usize) -> Vec<(usize, Vec<u16>)> {
    let mut before: Option<Shown> = None;
    let mut changed = Vec::new();
    for second in 0..seconds {
        story.passes(Duration::seconds(1)).await;
        for shown in story.frames() {
            let rows = before.map_or_else(Vec::new, |before| rows(&before, &shown));
            changed.extend((!rows.is_empty()).then_some((second, rows)));
            before = Some(shown);
        }
    }
    changed
}

fn rows(before: &Shown, after: &Shown) -> Vec<u16> {
    let mut rows: Vec<u16> = before.frame.diff(&after.frame).iter().map(|(_, y, _)| *y).collect();
    rows.dedup();
    rows
}

/// From the twentieth minute of the day, and three seconds, to the forty-fifth.
const STRETCH: usize = 1_500;

#[tokio::test(start_paused = true)]
async fn where_nothing_is_to_move_a_calm_screen_changes_once_a_minute_at_most() {
    let mut story = opened("quiet", "20m", true).await;
    let all = changes(&mut story, STRETCH).await;
    let (clock, news): (Vec<_>, Vec<_>) = all.iter().partition(|(_, rows)| *rows == [0]);
    let clock: Vec<usize> = clock.iter().map(|(second, _)| *second).collect();
    assert!((20..=25).contains(&clock.len()) && clock.windows(2).all(|two| two[1] - two[0] >= 59), "{all:?}");
    // Counts come in every five minutes, and the window of the burn-down goes on with them; once that moves a dot of its line.
    // That was told by a source: it is no tick, and waits for none.
    let [(second, rows)] = news[..] else { panic!("{all:?}") };
    let after_counts = (20 * 60 + 3 + second + 1) % 300;
    assert!(after_counts <= 3 && rows.len() == 1, "{all:?}");
    // The same minutes move more where nobody minds.
    let moving = changes(&mut opened("quiet", "20m", false).await, 300).await;
    let still = clock.iter().filter(|second| **second < 300).count();
    assert!(moving.len() > still, "{moving:?} and {clock:?}");
}

#[tokio::test(start_paused = true)]
async fn what_happens_is_seen_no_later_than_where_things_move() {
    // A page; a source that cannot be read any more.
    for (scenario, from, word) in [("payment-outage", "11m40s", "HighErrorRate"), ("source-dies", "5m50s", "UNKNOWN")] {
        let (mut moving, mut still) = (opened(scenario, from, false).await, opened(scenario, from, true).await);
        for second in 0.. {
            assert!(second < 90, "{word} was never seen:\n{}", moving.screen());
            moving.passes(Duration::seconds(1)).await;
            still.passes(Duration::seconds(1)).await;
            if moving.screen().contains(word) {
                break;
            }
        }
        // Each asks its sources in its own step; a tick of a still clock would be a minute later.
        for _ in 0..12 {
            if !still.screen().contains(word) {
                still.passes(Duration::seconds(1)).await;
            }
        }
        assert!(still.screen().contains(word), "{word} is not seen yet:\n{}", still.screen());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_is_answered_at_once_and_its_word_goes_when_its_time_is_over() {
    let mut story = opened("quiet", "20m", true).await;
    story.keys("z").await;
    assert!(!story.screen().contains("3 timeline"), "{}", story.screen());
    story.keys("t").await;
    assert!(story.screen().contains("times in UTC everywhere"), "{}", story.screen());
    story.passes(Duration::seconds(10)).await;
    assert!(!story.screen().contains("times in UTC everywhere"), "{}", story.screen());
}
