//! A cockpit on paused time: every notification and every bell that its terminal is given.

use chrono::NaiveTime;
use watchfire::{
    config::Config,
    domain::{
        alert::Severity,
        notify::{Quiet, Way, Ways},
        shift::Wall,
    },
};

use crate::support::cockpit::{Opening, Story, defaults};

const COMES: &str = "critical: Comes (shop, am)";

fn quiet_until(end: &str, except: &[Severity]) -> Config {
    let mut config = defaults("terminal");
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    config.notify.rules.quiet =
        Some(Quiet { from: time("19:00"), to: time(end), wall: Wall::Named(chrono_tz::Tz::UTC) });
    config.notify.rules.except = except.to_vec();
    config
}

async fn pages(config: Config) -> Story {
    let mut c = Opening::of("pages").with(config).open().await;
    c.sees("Old").await;
    c
}

#[tokio::test(start_paused = true)]
async fn each_episode_is_told_once_and_what_stands_at_the_start_is_not() {
    let mut c = pages(defaults("terminal")).await;
    assert_eq!(c.heard(), [""; 0]);
    c.at("1m30s").await;
    assert_eq!(c.heard(), ["BELL", COMES]);
    c.at("4m50s").await;
    assert_eq!(c.heard(), [""; 0], "many polls, and its end");
    c.at("5m30s").await;
    assert_eq!(c.heard(), ["BELL", COMES], "it fires anew");
    let mut c = c.quits().await.reopens().await;
    c.at("7m").await;
    assert_eq!(c.heard(), [""; 0], "it was told before");
}

#[tokio::test(start_paused = true)]
async fn many_at_once_are_one_notification_and_one_bell() {
    let mut c = pages(defaults("terminal")).await;
    c.at("7m50s").await;
    c.heard();
    c.at("8m40s").await;
    assert_eq!(c.heard(), ["BELL", "17 new critical alerts (PodDown)"]);
}

#[tokio::test(start_paused = true)]
async fn a_summary_is_told_only_where_the_configuration_says_so() {
    let mut config = defaults("terminal");
    config.notify.rules.detail = true;
    let mut c = pages(config).await;
    c.at("1m30s").await;
    assert_eq!(c.heard(), ["BELL", "critical: Comes (secret-host is down)"]);
}

#[tokio::test(start_paused = true)]
async fn a_severity_is_told_by_the_ways_of_its_route() {
    let mut config = defaults("terminal");
    config.notify.rules.routes[Severity::Critical as usize] = Ways::NONE.with(Way::Bell);
    config.notify.rules.routes[Severity::Warning as usize] = Ways::NONE.with(Way::Terminal);
    let mut c = pages(config).await;
    c.at("1m30s").await;
    // Told as one, by the ways of both.
    assert_eq!(c.heard(), ["BELL", "2 new alerts: 1 critical, 1 warning (Comes, Lesser)"]);
}

#[tokio::test(start_paused = true)]
async fn what_came_in_quiet_hours_is_told_once_at_their_end_and_without_a_bell() {
    let mut c = pages(quiet_until("20:06", &[])).await;
    c.sees("quiet until 20:06").await.at("5m50s").await;
    assert_eq!(c.heard(), [""; 0]);
    c.at("6m10s").await.sees_not("quiet until").await;
    assert_eq!(c.heard(), ["while it was quiet: 2 critical; 2 still burn (Comes)"]);
    c.at("7m30s").await;
    assert_eq!(c.heard(), [""; 0]);
    c.at("8m40s").await;
    assert_eq!(c.heard().first().map(String::as_str), Some("BELL"), "it is loud again");
}

#[tokio::test(start_paused = true)]
async fn what_quiet_hours_hold_outlives_a_kill_and_is_told_once_at_their_end() {
    let config = || quiet_until("20:06", &[]);
    let mut c = pages(config()).await;
    c.at("2m").await;
    assert_eq!(c.heard(), [""; 0]);
    let mut c = c.killed().await.reopens_with(config()).await;
    c.at("5m50s").await;
    assert_eq!(c.heard(), [""; 0], "it is quiet in the second run too");
    c.at("6m10s").await;
    assert_eq!(c.heard(), ["while it was quiet: 2 critical; 2 still burn (Comes)"], "of both runs");
    let mut c = c.killed().await.reopens_with(config()).await;
    c.at("7m").await;
    assert_eq!(c.heard(), [""; 0], "not twice");
}

#[tokio::test(start_paused = true)]
async fn whoever_was_awake_is_awake_after_a_kill_and_nobody_is_told_twice() {
    let config = || quiet_until("23:00", &[]);
    let mut c = pages(config()).await;
    c.keys("Q").await.sees("awake until 22:0").await;
    let mut c = c.killed().await.reopens_with(config()).await;
    c.sees("awake until 22:0").await.at("1m30s").await;
    assert_eq!(c.heard(), ["BELL", COMES]);
    c.keys("Q").await.sees("quiet until 23:00").await;
    let mut c = c.killed().await.reopens_with(config()).await;
    c.sees("quiet until 23:00").await;
}

#[tokio::test(start_paused = true)]
async fn a_severity_may_be_told_in_quiet_hours_all_the_same() {
    let mut c = pages(quiet_until("20:06", &[Severity::Critical])).await;
    c.at("1m30s").await;
    assert_eq!(c.heard(), ["BELL", COMES]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_awake_is_told_in_quiet_hours_and_the_header_says_so() {
    let mut c = pages(quiet_until("23:00", &[])).await;
    c.at("1m30s").await;
    assert_eq!(c.heard(), [""; 0]);
    c.keys("Q").await.sees("awake until 22:0").await.at("1m40s").await;
    assert_eq!(c.heard(), ["while it was quiet: 1 critical; 1 still burns (Comes)"], "what was missed comes first");
    c.at("5m30s").await;
    assert_eq!(c.heard(), ["BELL", COMES]);
    c.keys("Q").await.sees("quiet hours hold again").await.sees("quiet until 23:00").await.at("8m40s").await;
    assert_eq!(c.heard(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn without_quiet_hours_the_key_says_how_to_have_them() {
    let mut c = pages(defaults("terminal")).await;
    c.keys("Q").await.sees("there are no quiet hours").await;
}

#[tokio::test(start_paused = true)]
async fn a_storm_rings_once_and_tells_a_count_a_minute() {
    let mut c = Opening::of("storm").at("30s").with(defaults("terminal")).open().await;
    c.sees("CALM").await.at("6m").await;
    let heard = c.heard();
    let bells = heard.iter().filter(|h| *h == "BELL").count();
    let told: Vec<&String> = heard.iter().filter(|h| *h != "BELL").collect();
    // Until the rate is that of a storm each notification may ring; the storm itself rings once, and then keeps still.
    assert!((1..=4).contains(&bells), "{heard:?}");
    assert!(heard[heard.len() - 3..].iter().all(|h| h != "BELL"), "{heard:?}");
    assert!((2..=9).contains(&told.len()), "{heard:?}");
    let counted =
        |h: &&&String| h.contains("new alerts") || h.contains("new error alerts") || h.contains("new critical");
    assert!(told.iter().filter(counted).count() >= 2, "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn it_is_told_though_another_view_is_before_the_person() {
    let mut c = pages(defaults("terminal")).await;
    c.keys("2").await.keys("?").await.at("1m30s").await;
    assert_eq!(c.heard(), ["BELL", COMES]);
}
