//! Many at once: marks, one plan, one confirmation, an end for each, and the way back.

use watchfire::domain::entry::Kind;

use crate::support::{
    cockpit::{Opening, Story, length},
    spy::Trick,
};

async fn open() -> Story {
    let mut c = Story::open("many").await;
    c.sees_beside("firing", "NodeDown").await.sees("1 alerts 6").await;
    c
}

#[tokio::test(start_paused = true)]
async fn a_mark_goes_with_its_alert_and_one_plan_acks_all_that_are_marked() {
    let mut c = open().await;
    c.keys("space space").await.sees("2 marked").await.keys("a").await.sees("ack 2 alerts").await;
    c.sees("one silence for each of 2 alerts").await.sees("mute nothing else on the board").await;
    assert!(c.writes().is_empty(), "nothing is sent before it is confirmed");
    c.types("rack 7").await.keys("enter").await.sees("2 of 2 acked").await.keys("esc").await;
    let silences = c.silences("am").await;
    assert_eq!(silences.len(), 2);
    assert!(silences.iter().all(|s| s.comment.raw() == "ACK! rack 7" && s.matchers.len() == 3));
    c.sees_not("marked").await.has(2, Kind::AckConfirmed).await;
}

#[tokio::test(start_paused = true)]
async fn every_act_is_in_the_journal_before_the_first_is_sent() {
    let mut c = open().await;
    c.keys("* a enter").await.sees("6 of 6 acked").await;
    assert_eq!(c.writes().first().map(String::as_str), Some("put, 5 in the outbox"));
    let ours = c.journal().await;
    let kinds: Vec<&str> = ours.iter().map(|e| e.kind.as_str()).filter(|k| k.contains("ack.")).collect();
    assert_eq!(kinds.iter().filter(|k| **k == "ack.intended").count(), 5);
    assert_eq!(
        kinds[..6].iter().filter(|k| **k == "ack.confirmed").count(),
        1,
        "the one that lives here is done: {kinds:?}"
    );
    assert!(c.silences("us").await.is_empty(), "where an ack is the journal's nobody is muted");
}

#[tokio::test(start_paused = true)]
async fn a_range_marks_what_lies_between_and_esc_takes_all_marks_away_first() {
    let mut c = open().await;
    c.keys("v j j").await.sees("3 marked").await.keys("k").await.sees("2 marked").await;
    c.keys("v j j j").await.sees("2 marked").await;
    c.keys("/").await.types("NodeDown").await.keys("enter").await.sees("2 marked").await;
    c.keys("esc").await.sees_not("marked").await.sees("/ NodeDown").await;
    c.keys("*").await.sees("4 marked").await.keys("esc esc").await.sees("1 alerts 6").await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_resolves_while_the_plan_is_read_is_named_and_not_replaced() {
    let mut c = open().await;
    c.at("1m20s").await.keys("/").await.types("node-9 or instance=node-1").await.keys("enter").await;
    c.keys("* a").await.sees("ack 2 alerts").await.passes(length("40s")).await;
    c.keys("enter")
        .await
        .sees("1 of 2 acked, 1 left out")
        .await
        .sees("ShortLived instance=node-9: it has resolved")
        .await;
    assert_eq!(c.silences("am").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_somebody_else_took_meanwhile_is_left_to_them() {
    let mut c = open().await;
    c.keys("space space a").await.sees("ack 2 alerts").await;
    let mut mei = c.beside("mei").await;
    mei.sees_beside("firing", "NodeDown").await.keys("a enter").await.sees_beside("acked", "NodeDown").await;
    c.passes(length("20s")).await.keys("enter").await.sees("1 of 2 acked, 1 left out").await;
    c.sees("NodeDown instance=node-1: mei is on it already").await;
    assert_eq!(c.silences("am").await.len(), 2, "one is mei's, one is ana's");
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_is_listed_and_sent_again_and_the_rest_is_done() {
    let mut c = open().await;
    c.at("3m5s").await.keys("* a enter").await.sees("1 of 6 acked, 4 refused, 1 left out").await;
    c.sees("403: this token may not write silences").await;
    c.at("4m5s").await.keys("R").await.sees("5 of 6 acked, 1 left out").await;
    assert_eq!(c.silences("am").await.len(), 4);
    c.keys("R").await.sees("nothing was refused").await;
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_busy_is_waited_for_and_the_batch_can_be_left_meanwhile() {
    let mut c = open().await;
    c.at("5m5s").await.keys("* a enter").await.keys("esc").await.sees("ack 2/6").await;
    c.keys("j j").await.sees_not("ack 6 alerts").await;
    c.at("5m40s").await.sees_not("ack 2/6").await.keys("B").await.sees("5 of 6 acked").await;
    assert_eq!(c.silences("am").await.len(), 4, "none twice");
}

#[tokio::test(start_paused = true)]
async fn undo_shows_what_it_takes_back_and_takes_the_whole_batch_back() {
    let mut c = open().await;
    c.keys("* a enter").await.sees("6 of 6 acked").await.keys("esc").await;
    c.passes(length("20s")).await.keys("u").await.sees("takes back the ack of 6 alerts").await.sees("by ana").await;
    c.keys("n").await.sees("nothing was changed").await;
    assert_eq!(c.silences("am").await.len(), 5);
    c.keys("u").await.sees("take it back? [y/N]").await.keys("y").await.sees("6 of 6 taken back").await;
    assert!(c.silences("am").await.is_empty());
    c.keys("esc").await.passes(length("20s")).await.sees_not("ana 59m").await;
    c.keys("u").await.sees("nothing of yours from the last hour").await;
}

#[tokio::test(start_paused = true)]
async fn undo_works_after_a_restart_and_for_a_single_ack_and_its_end() {
    let mut c = open().await;
    c.keys("a").await.types("mine").await.keys("enter").await.sees_beside("acked", "NodeDown").await;
    let acked = c.silences("am").await.remove(0);
    let mut c = c.quits().await.reopens().await;
    c.sees_beside("acked", "NodeDown").await.keys("u").await.sees("takes back the ack of NodeDown").await;
    c.keys("y").await.sees("1 of 1 taken back").await;
    assert!(c.silences("am").await.is_empty(), "{}", acked.id);
}

#[tokio::test(start_paused = true)]
async fn a_note_is_withdrawn_by_another_entry() {
    let mut c = open().await;
    c.keys("n").await.types("wrong node").await.keys("enter").await.has(1, Kind::NoteAdded).await;
    c.keys("u").await.sees("takes back the note").await.keys("y").await;
    let notes = c.has(2, Kind::NoteAdded).await;
    assert_eq!(notes[1].body.text.as_ref().unwrap().raw(), "withdrawn: wrong node");
    assert_eq!(notes[0].subject, notes[1].subject);
}

#[tokio::test(start_paused = true)]
async fn the_log_lists_what_was_sent_with_its_line_and_copies_it() {
    let mut c = open().await;
    c.keys("a").await.types("mine").await.keys("enter").await.sees_beside("acked", "NodeDown").await;
    c.keys("@").await.sees("sent: 1").await.sees_beside("confirmed", "NodeDown on am").await;
    c.keys("enter").await.sees("confirmed by reading back").await.sees("silence add --author=ana").await;
    c.keys("y").await.sees("sent to the terminal's clipboard").await;
    c.keys("esc esc").await.sees("1 alerts 6").await;
}

#[tokio::test(start_paused = true)]
async fn many_acks_are_taken_back_by_one_key_and_one_yes() {
    let mut c = open().await;
    c.keys("* a enter").await.sees("6 of 6 acked").await.keys("esc").await.passes(length("20s")).await;
    c.keys("* A").await.sees("unack 6 alerts").await.sees("ends 5 silences").await.keys("y").await;
    c.sees("6 of 6 unacked").await;
    assert!(c.silences("am").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_left_by_quitting_is_finished_by_the_next_start() {
    let mut c = open().await;
    c.keys("* a").await.sees("ack 6 alerts").await;
    let closed = c.confirms_and_quits().await;
    let mut c = closed.reopens().await;
    c.passes(length("30s")).await;
    let silences = c.silences("am").await;
    let names: Vec<String> = silences.iter().map(|s| s.matchers.iter().map(|m| m.to_string()).collect()).collect();
    assert_eq!(silences.len(), 5, "none lost, none twice: {names:?}\n{}", c.screen());
    assert!(c.work(|j, _| async move { j.undone().await }).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_plans_nothing_for_many() {
    let mut c = Opening::of("many").read_only().open().await;
    c.sees_beside("firing", "NodeDown").await.keys("* a").await.sees("this cockpit is read-only").await;
    c.keys("u").await.sees("this cockpit is read-only").await;
    assert!(c.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_silence_of_marked_alerts_is_on_what_they_have_in_common() {
    let mut c = open().await;
    c.keys("space space s").await.sees("instance").await.types("rack 7").await.keys("enter").await;
    c.sees("silenced").await;
    let silences = c.silences("am").await;
    let ours: Vec<_> = silences.iter().filter(|s| s.comment.raw() == "rack 7").collect();
    assert_eq!(ours.len(), 1, "{silences:?}");
    let matchers: Vec<String> = ours[0].matchers.iter().map(ToString::to_string).collect();
    assert!(matchers.contains(&r#"alertname="NodeDown""#.to_owned()), "{matchers:?}");
    assert!(matchers.iter().any(|m| m.starts_with("instance=~") && m.contains('|')), "{matchers:?}");
}

#[tokio::test(start_paused = true)]
async fn marked_alerts_of_several_sources_share_no_silence() {
    let mut c = open().await;
    c.keys("* s").await.sees("are of several sources").await;
    assert!(c.silences("us").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn another_cockpit_says_what_is_under_way_and_on_which_alerts() {
    let mut ana = Opening::of("many").trick("am", Trick::HangsInPut).open().await;
    ana.sees_beside("firing", "NodeDown").await.keys("space space a").await.types("rack 7").await.keys("enter").await;
    ana.sees_beside("acking", "NodeDown").await;
    let mut ben = ana.beside("ben").await;
    ben.sees("ana's acts 0/2").await.sees_beside("acking", "NodeDown").await;
    ben.keys("* a").await.sees("2 alerts left out").await.sees("it is being acked already").await;
}

#[tokio::test(start_paused = true)]
async fn the_acks_of_many_have_the_length_and_the_conditions_that_were_written() {
    let mut c = open().await;
    c.keys("space space a").await.sees("ack 2 alerts").await.sees("lasts: 1h").await.types("rack 7").await;
    c.keys("tab ctrl-u").await.types("3x").await.keys("enter").await.sees("is no duration").await;
    assert!(c.writes().is_empty(), "what means nothing is not sent");
    c.keys("ctrl-u").await.types("3h").await.sees("(3h)").await;
    c.keys("tab ctrl-u").await.types("member,refire").await.sees("when a new alert joins its group").await;
    c.keys("enter").await.sees("2 of 2 acked").await;
    let silences = c.silences("am").await;
    let lasts = |s: &watchfire::domain::silence::Silence| s.ends_at - s.starts_at;
    assert!(silences.iter().all(|s| lasts(s) <= length("3h") && lasts(s) > length("2h59m")), "{silences:?}");
    let confirmed = c.has(2, Kind::AckConfirmed).await;
    let conditions = |e: &watchfire::domain::entry::Entry| {
        e.body.contract.as_ref().map(|c| watchfire::domain::contract::condition::text(&c.breaks_on))
    };
    assert!(confirmed.iter().all(|e| conditions(e).as_deref() == Some("member,refire")), "{confirmed:?}");
}
