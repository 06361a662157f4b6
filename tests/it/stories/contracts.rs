//! What breaks an ack, what ends one, and who hears of it.

use watchfire::domain::{
    contract::Contract,
    entry::{Entry, Kind},
    silence::SilenceDraft,
};

use crate::support::cockpit::{Opening, Story, length};

/// A cockpit in which one alert alone is seen, and acked.
async fn acked(opening: Opening, name: &str) -> Story {
    let mut c = opening.open().await;
    ack(&mut c, name).await;
    c
}

async fn ack(c: &mut Story, name: &str) {
    c.sees(name)
        .await
        .keys("/ ctrl-u")
        .await
        .types(&format!("alertname={name} severity=warning"))
        .await
        .keys("Enter")
        .await;
    c.sees_beside("firing", name).await.keys("a").await.sees(&format!("ack {name}")).await;
    c.types("looking").await.keys("Enter").await.sees_beside("acked", name).await;
}

fn contracts() -> Opening {
    Opening::of("contracts")
}

fn why(entry: &Entry) -> &str {
    entry.body.text.as_ref().map_or("", |t| t.raw())
}

#[tokio::test(start_paused = true)]
async fn the_plan_says_what_breaks_the_ack_and_the_silence_carries_it() {
    let mut c = contracts().open().await;
    c.sees("Rises").await.keys("/").await.types("alertname=Rises").await.keys("Enter a").await;
    c.sees("breaks when its severity rises, or when it resolves and fires again").await;
    c.keys("Tab").await.keys("ctrl-u").await.types("2h").await.sees("(2h)").await;
    c.keys("Tab").await.keys("ctrl-u").await.types("member,burn>").await.sees("`` is no burn rate").await;
    c.types("2").await.sees("breaks when a new alert joins its group, or when an error budget burns").await;
    c.keys("Tab").await.types("looking").await.keys("Enter").await.sees_beside("acked", "Rises").await;
    let silence = c.silences("am").await.remove(0);
    let contract = Contract::of(&silence).expect("it is on the silence");
    assert_eq!(watchfire::domain::contract::condition::text(&contract.breaks_on), "member,burn>2");
    let confirmed = c.has(1, Kind::AckConfirmed).await.remove(0);
    assert_eq!(confirmed.body.contract, Some(contract), "and in the journal");
    assert_eq!(silence.ends_at - silence.starts_at, length("2h"));
}

#[tokio::test(start_paused = true)]
async fn a_severity_that_rises_breaks_the_ack_says_so_once_and_ends_the_silence() {
    let mut c = acked(contracts(), "Rises").await;
    assert_eq!(c.silences("am").await.len(), 1);
    c.at("3m").await.sees("ACK BROKE: ana's ack of Rises: its severity rose from warning to critical").await;
    let released = c.has(1, Kind::AckReleased).await;
    assert_eq!(why(&released[0]), "its contract broke");
    assert!(c.silences("am").await.is_empty(), "it pages again");
    c.keys("Esc").await.sees_beside("ACK BROKE", "Rises").await.sees_not("ana's ack of Rises: its").await;
    c.at("5m").await;
    let broken = c.entries(Kind::AckBroken).await;
    assert_eq!((broken.len(), why(&broken[0])), (1, "its severity rose from warning to critical"));
    assert_eq!(c.entries(Kind::AckReleased).await.len(), 1);
    let marked = c.screen().lines().filter(|l| l.contains("ACK BROKE") && l.contains("The disk o")).count();
    assert_eq!(marked, 2, "the one that was acked and the one that broke it:\n{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn an_ack_made_again_takes_the_mark_away() {
    let mut c = acked(contracts(), "Rises").await;
    c.at("3m").await.sees("ACK BROKE").await;
    c.has(1, Kind::AckReleased).await;
    ack(&mut c, "Rises").await;
    c.at("4m").await;
    c.keys("Esc").await;
    assert!(!c.line("The disk of db-1").contains("BROKE"), "neither wears it:\n{}", c.screen());
    assert_eq!(c.silences("am").await.len(), 1, "the worse one fired already, so it is no rise");
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_in_the_group_breaks_an_ack_that_asked_for_it() {
    let mut c = acked(contracts().breaks_on("member"), "Company").await;
    c.at("3m").await.sees("ana's ack of Company: Company joined its group: topic=mails").await;
    c.has(1, Kind::AckReleased).await;
    assert!(c.silences("am").await.is_empty());
    let mut calm = acked(contracts().breaks_on("severity"), "Company").await;
    calm.at("5m").await.sees_beside("acked", "orders lags").await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_comes_back_breaks_an_ack_that_asked_for_it_and_no_other() {
    let mut c = acked(contracts().breaks_on("refire"), "Returns").await;
    c.at("3m20s").await.sees_beside("resolved", "Returns").await;
    c.at("3m30s").await.sees("ana's ack of Returns: it resolved and fires again since 20:03:30 UTC").await;
    c.has(1, Kind::AckReleased).await;
    c.sees_beside("firing", "Returns").await;
    let mut calm = acked(contracts().breaks_on("severity"), "Returns").await;
    calm.at("5m").await.sees_beside("acked", "Returns").await;
    assert_eq!(calm.silences("am").await.len(), 1, "a flap loses no ack");
}

#[tokio::test(start_paused = true)]
async fn an_ack_ends_with_its_alert_once_that_has_been_gone_for_the_grace() {
    let mut c = acked(contracts(), "Over").await;
    c.at("3m50s").await;
    assert_eq!(c.silences("am").await.len(), 1, "it may only flap");
    c.at("4m10s").await;
    let released = c.has(1, Kind::AckReleased).await;
    assert_eq!((why(&released[0]), released[0].actor.raw()), ("its alert resolved", "ana"));
    assert!(c.silences("am").await.is_empty());
    assert!(c.entries(Kind::AckBroken).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_ack_in_the_journal_ends_with_its_alert_whoever_tells_of_it() {
    for (name, lasts) in [("Owned", "1h"), ("Ruled", "1h")] {
        let mut c = acked(contracts().lasts(lasts), name).await;
        c.at("4m10s").await;
        let released = c.has(1, Kind::AckReleased).await;
        assert_eq!((released.len(), why(&released[0])), (1, "its alert resolved"), "{name}");
        assert!(c.work(|j, now| async move { j.active_ack_entries(now).await }).await.len() >= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_contract_outlives_the_cockpit_that_made_it() {
    let c = acked(contracts(), "Rises").await;
    let mut c = c.quits().await.reopens().await;
    c.sees_beside("acked", "Rises").await.at("3m").await;
    c.sees("ACK BROKE: ana's ack of Rises").await;
    c.has(1, Kind::AckReleased).await;
    assert!(c.silences("am").await.is_empty());
    let mut c = c.quits().await.reopens().await;
    c.sees_beside("ACK BROKE", "Rises").await.passes(length("20s")).await;
    assert_eq!(c.entries(Kind::AckBroken).await.len(), 1, "what was said is not said again");
    c.sees_not("ana's ack of Rises: its").await;
}

#[tokio::test(start_paused = true)]
async fn two_cockpits_see_an_ack_break_both_say_so_and_the_journal_has_it_once() {
    let mut c = acked(contracts(), "Rises").await;
    let (mut mei, mut second) = (c.beside("mei").await, c.beside("ana").await);
    mei.sees_beside("acked", "Rises").await;
    second.sees_beside("acked", "Rises").await;
    c.at("3m").await.sees("ana's ack of Rises: its severity rose").await;
    mei.sees("ana's ack of Rises: its severity rose").await;
    second.sees("ana's ack of Rises: its severity rose").await;
    c.has(1, Kind::AckReleased).await;
    c.passes(length("20s")).await;
    assert_eq!((c.entries(Kind::AckBroken).await.len(), c.entries(Kind::AckReleased).await.len()), (1, 1));
    assert!(mei.writes().is_empty(), "another's silence is not hers to end: {:?}", mei.writes());
    assert!(c.silences("am").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_says_that_an_ack_broke_and_sends_nothing() {
    let c = acked(contracts(), "Rises").await;
    let (world, path) = (c.world.clone(), c.journal_path());
    let now = c.now();
    drop(c.quits().await);
    let mut c = contracts().on(world, now).journal(&path).read_only().open().await;
    c.sees_beside("acked", "Rises").await.at("3m").await;
    c.sees("ACK BROKE: ana's ack of Rises").await.sees_beside("ACK BROKE", "Rises").await;
    c.passes(length("20s")).await;
    assert!(c.writes().is_empty());
    assert_eq!((c.silences("am").await.len(), c.entries(Kind::AckBroken).await.len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_second_ack_changes_the_first_and_makes_no_second_silence() {
    let mut c = acked(contracts(), "Company").await;
    let first = c.silences("am").await.remove(0);
    c.keys("a").await.sees("you are on it already: this changes your ack").await.types("still").await;
    c.keys("Tab Tab ctrl-u").await.types("member").await.keys("Enter").await;
    c.has(2, Kind::AckConfirmed).await;
    let silences = c.silences("am").await;
    assert_eq!((silences.len(), &silences[0].id, silences[0].comment.raw()), (1, &first.id, "ACK! still"));
    c.at("3m").await.sees("Company joined its group").await;
}

#[tokio::test(start_paused = true)]
async fn an_ack_of_somebody_else_is_named_before_one_joins_in_and_is_left_alone() {
    let c = acked(contracts(), "Over").await;
    let mut mei = c.beside("mei").await;
    mei.sees("Over")
        .await
        .keys("/")
        .await
        .types("alertname=Over")
        .await
        .keys("Enter")
        .await
        .sees_beside("acked", "Over")
        .await;
    mei.keys("a").await.sees("ana is on it already; Enter makes you the second").await.keys("Esc").await;
    let closed = c.quits().await;
    mei.at("6m").await;
    assert_eq!(mei.silences("am").await.len(), 1, "it lapses, but nobody but ana ends it");
    drop(closed);
}

#[tokio::test(start_paused = true)]
async fn two_people_who_ack_at_once_know_of_each_other() {
    let mut c = contracts().open().await;
    let mut mei = c.beside("mei").await;
    for cockpit in [&mut c, &mut mei] {
        cockpit.sees("Over").await.keys("/").await.types("alertname=Over").await.keys("Enter a").await;
        cockpit.sees("ack Over").await;
    }
    c.keys("Enter").await.sees_beside("acked", "Over").await;
    mei.passes(length("5s")).await.keys("Enter").await.sees("the plan changed while you wrote").await;
    mei.sees("ana is on it already").await;
    assert!(mei.writes().is_empty());
    mei.keys("Enter").await.sees_not("ack Over").await;
    mei.has(2, Kind::AckConfirmed).await;
}

#[tokio::test(start_paused = true)]
async fn a_silence_that_kthxbye_keeps_alive_is_left_to_it() {
    let mut c = acked(contracts().lasts("8m"), "Company").await;
    let kthxbye = c.world.sources().remove(0);
    for moment in ["5m", "12m", "19m"] {
        c.at(moment).await;
        let silence = c.silences("am").await.remove(0);
        let longer = SilenceDraft::extend(&silence, c.now() + length("10m"));
        kthxbye.silences().expect("it has silences").put(&longer, c.now()).await.expect("it is taken");
    }
    c.at("20m").await.keys("Enter").await.sees("kept alive       by kthxbye").await;
    assert!(c.entries(Kind::AckExtended).await.is_empty(), "nobody extends beside it");
    c.keys("Esc").await.at("35m").await;
    assert_eq!(c.silences("am").await.len(), 1, "it died: what it kept alive is kept alive all the same");
    assert!(!c.entries(Kind::AckExtended).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_silence_whose_ack_broke_while_its_owner_was_away_is_named_and_anybody_may_end_it() {
    let c = acked(contracts().lasts("30m"), "Rises").await;
    let mut mei = c.beside("mei").await;
    mei.keys("/").await.types("alertname=Rises").await.keys("Enter").await.sees_beside("acked", "Rises").await;
    let closed = c.quits().await;
    mei.at("3m").await.sees("ana's silence still mutes it (A ends it)").await.keys("j").await;
    mei.sees_beside("MUTED by ana", "ACK BROKE").await;
    mei.keys("Enter").await.sees("STILL MUTED by ana's silence until 20:30 UTC: nobody is paged. A ends it").await;
    mei.keys("Esc").await;
    assert!(mei.writes().is_empty(), "nobody's silence is ended unasked");
    mei.keys("A")
        .await
        .sees("ana's ack broke (its severity rose")
        .await
        .sees("this ends it, so that it pages again")
        .await;
    mei.keys("y").await.sees_not("MUTED by ana").await.sees_beside("firing", "Rises").await;
    assert!(mei.silences("am").await.is_empty());
    let ended = mei.has(1, Kind::UnackConfirmed).await.remove(0);
    assert_eq!((ended.actor.raw(), mei.writes().len()), ("mei", 1));
    drop(closed);
}
