//! A plugin that says by itself that something changed is looked at then, and not when its next poll is due.

use watchfire::{config::SourceConfig, domain::delta::Delta, sources::connect};

use super::odd;
use crate::poller::{AN_HOUR, Polled};

fn keys(delta: &Delta) -> Vec<&str> {
    delta.told.iter().map(|a| a.fingerprint.as_str()).collect()
}

#[tokio::test]
async fn what_a_plugin_says_between_two_looks_is_shown_at_once() {
    for (habit, first) in [("changed", vec!["F1"]), ("tells", vec!["F1", "F2"])] {
        let source = connect(&SourceConfig { interval: AN_HOUR, ..odd(habit) }).await.unwrap();
        let mut polled = Polled::of(source);
        let told = polled.news().await;
        // What was said in the middle of the first look may be told with it.
        if keys(&told).contains(&"F3") {
            continue;
        }
        assert_eq!(keys(&told), first, "{habit}");
        assert_eq!(keys(&polled.news().await), ["F3"], "{habit}");
    }
}
