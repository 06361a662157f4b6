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

/// The seconds of a stretch in which the picture changed.
async fn changes(story: &mut Story, seconds: usize) -> Vec<usize> {
    let mut before: Option<Shown> = None;
    let mut changed = Vec::new();
    for second in 0..seconds {
        story.passes(Duration::seconds(1)).await;
        for shown in story.frames() {
            if before.as_ref().is_some_and(|b| b.frame != shown.frame) {
                changed.push(second);
            }
            before = Some(shown);
        }
    }
    changed
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_to_move_a_calm_screen_changes_once_a_minute_at_most() {
    let mut story = opened("quiet", "20m", true).await;
    let changed = changes(&mut story, 540).await;
    assert!(!changed.is_empty() && changed.len() <= 9, "{changed:?}");
    assert!(changed.windows(2).all(|two| two[1] - two[0] >= 59), "{changed:?}");
    // The same nine minutes move more where nobody minds.
    let moving = changes(&mut opened("quiet", "20m", false).await, 540).await;
    assert!(moving.len() > changed.len(), "{moving:?} and {changed:?}");
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
