//! "I am on it", from the key to the silence and back.

use watchfire::domain::entry::{Entry, Kind};

use crate::support::{
    cockpit::{Opening, Story, length},
    spy::Trick,
};

async fn acked(opening: Opening) -> Story {
    let mut c = opening.open().await;
    c.sees_beside("firing", "DiskFull").await.keys("a").await.sees("ack DiskFull").await;
    c.types("looking").await.keys("Enter").await.sees_beside("acked", "DiskFull").await;
    c
}

fn kinds(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|e| e.kind.as_str()).collect()
}

/// The entries about acks alone.
async fn told(c: &Story) -> Vec<Entry> {
    c.journal().await.into_iter().filter(|e| e.kind.as_str().contains("ack.")).collect()
}

#[tokio::test(start_paused = true)]
async fn an_ack_shows_its_plan_and_is_in_the_journal_before_the_source_has_it() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("a").await;
    c.sees("a silence on am, its comment begins with ACK!")
        .await
        .sees("instance=\"db-1\"")
        .await
        .sees("21:00 UTC (1h)")
        .await;
    assert!(c.writes().is_empty(), "a plan sends nothing");
    c.types("looking").await.keys("Enter").await.sees_beside("acked", "DiskFull").await;
    assert_eq!(c.writes(), ["put, 1 in the outbox"]);
    c.has(1, Kind::AckConfirmed).await;
    let told = told(&c).await;
    assert_eq!(kinds(&told), ["ack.intended", "ack.confirmed"]);
    assert!(told.iter().all(|e| e.actor.raw() == "ana" && e.source.is_some()));
    let silences = c.silences("am").await;
    assert_eq!(silences.len(), 1);
    assert_eq!((silences[0].comment.raw(), silences[0].created_by.raw()), ("ACK! looking", "ana"));
    assert_eq!(told[1].body.silence.as_ref(), Some(&silences[0].id), "what was read back is in the journal");
    assert!(c.work(|j, _| async move { j.undone().await }).await.is_empty(), "nothing is left to be done");
}

#[tokio::test(start_paused = true)]
async fn leaving_the_plan_sends_nothing() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("a").await.types("no").await.keys("Esc").await;
    c.sees_not("ack DiskFull").await.at("50s").await;
    assert!(c.writes().is_empty() && told(&c).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_ack_rolls_back_and_says_why() {
    let mut c = Story::open("trials").await;
    c.at("1m5s").await.keys("a").await.keys("Enter").await;
    c.sees("the ack of DiskFull was refused").await.sees("403: this token may not write silences").await;
    c.sees_beside("firing", "DiskFull").await;
    c.has(1, Kind::AckRefused).await;
    assert_eq!(kinds(&told(&c).await), ["ack.intended", "ack.refused"]);
    assert!(c.silences("am").await.is_empty());
    assert!(c.work(|j, _| async move { j.undone().await }).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_ack_whose_answer_is_lost_is_found_by_reading() {
    let mut c = Story::open("trials").await;
    c.at("3m5s").await.keys("a").await.keys("Enter").await.sees_beside("acked", "DiskFull").await;
    c.has(1, Kind::AckConfirmed).await;
    assert_eq!((c.silences("am").await.len(), c.writes().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_ack_under_way_is_shown_as_such() {
    let mut c = Story::open("trials").await;
    c.at("5m1s").await.keys("a").await.keys("Enter").await.sees_beside("acking", "DiskFull").await;
    c.sees_beside("acked", "DiskFull").await;
    assert_eq!(c.silences("am").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_ack_taken_back_fires_again() {
    let mut c = acked(Opening::of("trials")).await;
    c.keys("A").await.sees("ends the silence on am that carries ana's ack").await.keys("y").await;
    c.sees_beside("firing", "DiskFull").await.sees("was taken back").await;
    c.has(1, Kind::UnackConfirmed).await;
    assert!(c.silences("am").await.is_empty());
    assert_eq!(kinds(&told(&c).await), ["ack.intended", "ack.confirmed", "unack.intended", "unack.confirmed"]);
}

#[tokio::test(start_paused = true)]
async fn any_other_key_leaves_an_ack_as_it_is() {
    let mut c = acked(Opening::of("trials")).await;
    c.keys("A n").await.sees("nothing was changed").await.sees_beside("acked", "DiskFull").await;
    assert_eq!(c.silences("am").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_ack_is_kept_alive_while_the_alert_fires_and_lapses_after_it_resolves() {
    let mut c = acked(Opening::of("lasting").lasts("8m")).await;
    let first = c.silences("am").await.remove(0);
    for moment in ["7m", "15m", "25m", "39m"] {
        c.at(moment).await.sees_beside("acked", "DiskFull").await;
        let silences = c.silences("am").await;
        assert_eq!((silences.len(), &silences[0].id), (1, &first.id), "one silence, the same, at {moment}");
        assert!(silences[0].ends_at > first.ends_at, "{moment}");
    }
    c.at("41m").await.sees_beside("resolved", "DiskFull").await;
    c.at("50m").await;
    assert!(c.silences("am").await.is_empty(), "nothing keeps an ack alive whose alert is over");
    let extended = c.entries(Kind::AckExtended).await.len();
    assert!((4..=7).contains(&extended), "every six minutes or so, not at every poll: {extended}");
    assert_eq!(c.entries(Kind::AckConfirmed).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_extension_is_tried_again_but_not_at_every_answer() {
    let mut c = acked(Opening::of("stubborn").lasts("8m")).await;
    c.at("8m30s").await.sees_beside("firing", "DiskFull").await;
    let refused = c.entries(Kind::AckRefused).await.len();
    assert!((1..=5).contains(&refused), "{refused} refusals in two minutes");
    assert!(c.polls("am") < 300, "{} polls in eight minutes", c.polls("am"));
}

#[tokio::test(start_paused = true)]
async fn an_ack_in_the_journal_mutes_nobody_shows_its_owner_and_expires() {
    let mut c = Opening::of("journal-acks").lasts("10m").open().await;
    c.sees_beside("firing", "DiskFull").await.keys("a").await.sees("you own it, nobody is muted").await;
    c.types("mine").await.keys("Enter").await.sees_beside("acked", "DiskFull").await;
    assert!(c.line("DiskFull").contains("ana"), "{}", c.line("DiskFull"));
    assert!(c.writes().is_empty() && c.silences("am").await.is_empty());
    let mut other = c.beside("mei").await;
    other.sees_beside("acked", "DiskFull").await;
    assert!(other.line("DiskFull").contains("ana"));
    c.at("10m30s").await.sees_beside("firing", "DiskFull").await;
    other.sees_beside("firing", "DiskFull").await;
}

#[tokio::test(start_paused = true)]
async fn an_ack_in_the_journal_can_be_taken_back() {
    let mut c = Story::open("journal-acks").await;
    c.sees_beside("firing", "DiskFull").await.keys("a Enter").await.sees_beside("acked", "DiskFull").await;
    c.keys("A").await.sees("takes ana's ack back in the journal").await.keys("y").await;
    c.sees_beside("firing", "DiskFull").await;
}

#[tokio::test(start_paused = true)]
async fn the_plan_names_what_else_the_silence_would_mute() {
    let mut c = Story::open("overreach").await;
    c.sees("A whole node is down").await.keys("a").await;
    c.sees("it would also mute 2 other alerts: NodeDown, NodeDown").await;
}

#[tokio::test(start_paused = true)]
async fn a_person_who_is_on_it_already_is_named_in_the_plan() {
    let c = acked(Opening::of("trials")).await;
    let mut mei = c.beside("mei").await;
    mei.sees_beside("acked", "DiskFull").await.keys("G a").await.sees("ana is on it already").await;
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_sends_nothing() {
    let mut c = Opening::of("trials").read_only().open().await;
    c.sees_beside("firing", "DiskFull").await.sees("read-only").await.keys("a").await;
    c.sees("this cockpit is read-only").await.sees_not("ack DiskFull").await;
    c.at("50s").await;
    assert!(c.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_defect_while_sending_ends_the_act_and_not_the_cockpit() {
    let mut c = Opening::of("trials").trick("am", Trick::PanicsInPut).open().await;
    c.sees_beside("firing", "DiskFull").await.keys("a Enter").await;
    c.sees("the ack of DiskFull was refused").await.sees("failed inside watchfire: a defect in put").await;
    c.passes(length("10s")).await.sees_beside("firing", "DiskFull").await;
}
