//! What a person sees: a storm that keeps still under the cursor, what is new to them, and what came and went meanwhile.

use watchfire::domain::entry::Kind;

use crate::support::cockpit::Story;

/// The places of texts on the screen, from the top; one that is not there fails.
fn places(c: &Story, texts: &[&str]) -> Vec<usize> {
    let screen = c.screen();
    let place =
        |text: &&str| screen.lines().position(|l| l.contains(*text)).unwrap_or_else(|| panic!("{text}:\n{screen}"));
    texts.iter().map(place).collect()
}

async fn in_the_storm() -> Story {
    let mut c = Story::open("gust").await;
    c.at("2m10s").await.sees("STORM").await;
    c
}

#[tokio::test(start_paused = true)]
async fn a_storm_folds_the_alerts_and_pins_who_fired_first_and_what_was_changed_before() {
    let mut c = in_the_storm().await;
    c.sees("by alertname").await.sees_beside("PodNotReady", "120 firing").await;
    c.sees_beside("first", "PowerFeedLost").await.sees_beside("before", "checkout 2.1.0").await;
    assert!(c.line("before").contains("20s earlier: checkout 2.1.0"), "{}", c.line("before"));
}

#[tokio::test(start_paused = true)]
async fn a_storm_freezes_the_order_under_the_cursor_until_it_is_sorted_again() {
    let mut c = in_the_storm().await;
    c.keys("j").await.at("3m10s").await.sees("+2 since, r sorts").await;
    let held = places(&c, &["NodeDown", "PodNotReady", "OldNews", "LinkDown  "]);
    assert!(held.is_sorted(), "{held:?}\n{}", c.screen());
    c.keys("r").await.sees_not("since, r sorts").await;
    let sorted = places(&c, &["LinkDown  ", "NodeDown", "PodNotReady", "OldNews"]);
    assert!(sorted.is_sorted(), "{sorted:?}\n{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn a_storm_that_is_refused_stays_away_and_one_that_is_over_gives_the_pane_back() {
    let mut c = in_the_storm().await;
    c.keys("Z").await.sees("shown as before").await.sees_not("by alertname").await;
    c.at("2m50s").await;
    assert!(!c.screen().contains("by alertname"), "{}", c.screen());
    c.keys("Z").await.sees("by alertname").await.keys("Z Z").await;
    let mut other = in_the_storm().await;
    other.at("14m").await.sees_not("STORM").await.sees_not("by alertname").await;
}

#[tokio::test(start_paused = true)]
async fn what_came_and_went_while_nobody_looked_waits_to_be_cleared_by_hand() {
    let mut c = Story::open("gust").await;
    c.keys("j").await.at("24m").await.sees("1 returned").await;
    c.keys("R").await.sees("1 fired and resolved while you were away").await.sees_beside("for 2m", "Blip").await;
    c.keys("Esc").await.sees("1 returned").await.keys("R Space").await.sees("cleared").await.sees_not("returned").await;
    let mut again = c.quits().await.reopens().await;
    again.sees("PowerFeedLost").await;
    assert!(!again.screen().contains("returned"), "{}", again.screen());
}

#[tokio::test(start_paused = true)]
async fn the_queue_of_what_returned_survives_a_restart() {
    let mut c = Story::open("gust").await;
    c.keys("j").await.at("24m").await.sees("1 returned").await;
    let mut again = c.quits().await.reopens().await;
    again.sees("1 returned").await.keys("R").await.sees("Blip").await;
}

#[tokio::test(start_paused = true)]
async fn marks_of_what_is_new_survive_a_restart_until_they_are_seen() {
    let mut c = Story::open("gust").await;
    c.keys("j").await.at("26m").await.sees_beside("•", "DiskFull").await;
    // Of 158 the three old ones are not new, nor is the one that has resolved.
    c.sees("154 new").await;
    let mut again = c.quits().await.reopens().await;
    again.sees_beside("•", "DiskFull").await.keys("N").await.sees_not("•").await;
    let mut third = again.quits().await.reopens().await;
    third.sees("DiskFull").await;
    assert!(!third.screen().contains('•'), "{}", third.screen());
}

#[tokio::test(start_paused = true)]
async fn an_alert_is_called_noise_with_a_word_and_no_longer_with_the_same_key() {
    let mut c = Story::open("trials").await;
    c.sees("DiskFull").await.keys("!").await.sees("was not actionable").await;
    c.types("it always is").await.keys("Enter").await;
    let marked = c.has(1, Kind::NoiseMarked).await;
    assert_eq!(marked[0].body.text.as_ref().unwrap().raw(), "it always is");
    c.keys("Enter").await.sees_beside("noise", "ana called it not actionable").await.sees("it always is").await;
    c.keys("!").await;
    let both = c.has(2, Kind::NoiseMarked).await;
    assert_eq!(both[1].body.more["taken_back"], true);
    c.sees_not("called it not actionable").await;
}
