//! The form: what it mutes is on the screen before it is sent; a broad one takes more than one key.

use watchfire::domain::{entry::Kind, silence::rules::Rules};

use crate::support::cockpit::{Opening, Story};

#[tokio::test(start_paused = true)]
async fn a_silence_takes_a_key_a_comment_and_enter() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("s").await.sees("silence on am").await;
    c.sees("mutes 1 now, of 1 of am").await.sees("until Mon 02 Mar 22:00 UTC").await;
    c.sees("a silence needs a comment").await.keys("Enter").await;
    assert!(c.writes().is_empty(), "nothing goes without a comment");
    c.types("new disk").await.sees("by ana").await.keys("Enter").await.sees("silenced").await;
    assert_eq!(c.writes(), ["put, 1 in the outbox"]);
    let silences = c.silences("am").await;
    assert_eq!((silences[0].comment.raw(), silences[0].created_by.raw()), ("new disk", "ana"));
    assert_eq!((silences[0].ends_at - silences[0].starts_at).num_minutes(), 120);
    c.has(1, Kind::SilenceConfirmed).await;
    c.at("45s").await;
    let kinds: Vec<String> = c.journal().await.iter().map(|e| e.kind.to_string()).collect();
    let told: Vec<&String> = kinds.iter().filter(|k| k.starts_with("silence.")).collect();
    assert_eq!(told, ["silence.intended", "silence.confirmed"], "what an act tells is not observed again");
}

#[tokio::test(start_paused = true)]
async fn a_matcher_is_switched_off_and_another_is_added() {
    let mut c = Story::open("overreach").await;
    c.sees("A whole node is down").await.keys("s").await.sees("mutes 3 now").await;
    c.keys("BackTab BackTab").await.types("instance=~\"a.*\"").await.sees("half written").await;
    c.keys("Enter").await.sees("instance").await.sees_not("half written").await;
    c.keys("Esc").await;
    assert!(c.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_meant_is_refused_before_it_is_sent() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("s").await.types("x").await.keys("BackTab ctrl-u").await;
    for (end, why) in [("soon", "is no duration"), ("2026-03-01T10:00", "in the past"), ("", "no length and no end")] {
        c.keys("ctrl-u").await.types(end).await.sees(why).await.keys("Enter").await.sees(why).await;
    }
    c.keys("ctrl-u").await.types("1h").await.keys("ctrl-t ctrl-u").await;
    for (matchers, why) in [
        ("a=\"1\", a=\"2\"", "contradict"),
        ("a=~\"(\"", "no regular expression"),
        ("a=~\".*\"", "mute everything"),
        ("", "needs a matcher"),
    ] {
        c.keys("ctrl-u").await.types(matchers).await.sees(why).await.keys("Enter").await.sees(why).await;
    }
    assert!(c.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_broad_silence_asks_for_the_number_of_alerts() {
    let mut c = Opening::of("trials").open().await;
    c.sees_beside("firing", "DiskFull")
        .await
        .keys("s")
        .await
        .types("all of it")
        .await
        .keys("BackTab ctrl-t ctrl-u")
        .await;
    c.types("alertname=~\"Disk.*\"").await.sees("no matcher names a value exactly").await.sees("mutes 1 now").await;
    c.keys("Enter").await.sees("type their number, 1").await.types("7").await.keys("Enter").await;
    c.sees("that is not the number").await;
    assert!(c.writes().is_empty());
    c.types("1").await.keys("Enter").await.sees("silenced").await;
    assert_eq!(c.silences("am").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_rules_of_the_form_have_the_defaults_of_the_reference() {
    let (ours, read) = (Rules::default(), crate::support::cockpit::defaults("terminal").silence);
    assert_eq!(
        (ours.lasts, ours.ends_soon, ours.comment_required, ours.extend_by, ours.guard.share, ours.guard.alerts),
        (read.lasts, read.ends_soon, read.comment_required, read.extend_by, read.guard.share, read.guard.alerts)
    );
}
