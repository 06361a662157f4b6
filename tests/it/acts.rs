//! What only the source can do, from the key to the read-back: planned in its words, in the journal before it is sent, looked for
//! where the answer is lost, and never more than was shown.

use watchfire::{
    app::{
        App,
        desk::layer::Layer,
        effect::{Effect, Effects},
        msg::{JournalMsg, Msg},
        world::Setup,
    },
    config::keymap::{Chord, Keymap},
    domain::{Time, entry::Kind, op::Intent, source::AckVia, text::SafeText},
    runtime::{Sources, clock::Clock, once, request},
    sources::sim::SimWorld,
};

use crate::support::cockpit::{Opening, Story, defaults, length, scenario};

async fn paged(at: &str) -> Story {
    Opening::of("paged").at(at).open().await
}

/// How often a source was asked for something.
fn asks(story: &Story) -> Vec<String> {
    story.writes().into_iter().filter(|w| w.starts_with("ask ")).collect()
}

#[tokio::test(start_paused = true)]
async fn an_ack_that_the_source_keeps_is_planned_in_its_words_and_makes_no_silence() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await.sees("esc ").await.keys("a").await;
    story.sees("assigns it to ana").await.sees("kept there as ana").await;
    story.sees("pd keeps no reason: yours stays in the journal").await;
    assert!(!story.screen().contains("breaks on:"), "what breaks it is the source's to say:\n{}", story.screen());
    story.types("looking").await.keys("Enter").await;
    story.sees("CheckoutDown acked at pd until 20:30 UTC").await.sees_beside("acked", "ana").await;
    assert_eq!(asks(&story), ["ask ack, 1 in the outbox"], "the journal has it before the source");
    assert!(story.silences("prod").await.is_empty());
    let acked = story.has(1, Kind::AckConfirmed).await;
    assert_eq!((acked[0].body.via, &acked[0].body.silence), (Some(AckVia::Native), &None));
    assert_eq!(acked[0].body.text.as_ref().map(|t| t.raw()), Some("looking"));
    story.passes(length("5s")).await.keys("Enter").await;
    story.sees("at the source").await.sees("acknowledged").await;
    story.sees("assigned to").await.sees("the source takes it back in").await;
    story.keys("Esc").await.at("31m").await;
    story.sees_beside("firing", "CheckoutDown").await;
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_acks_there_is_theirs_on_this_board_too() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await;
    let mut ben = story.beside("ben").await;
    ben.sees("CheckoutDown").await.keys("a").await.sees("kept there as ben").await.keys("Enter").await;
    ben.sees("acked at pd").await;
    story.sees_beside("acked", "ben").await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_looked_for_and_nothing_is_asked_twice() {
    let mut story = paged("10m10s").await;
    story.sees("CheckoutDown").await.keys("a").await.sees("kept there as ana").await.keys("Enter").await;
    story.sees("CheckoutDown acked at pd").await;
    assert_eq!(asks(&story).len(), 1);
    story.has(1, Kind::AckConfirmed).await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_arrived_is_refused_and_says_so() {
    let mut story = paged("12m10s").await;
    story.sees("CheckoutDown").await.keys("a").await.sees("kept there as ana").await.keys("Enter").await;
    story.sees("it is not so there").await.sees_beside("firing", "CheckoutDown").await;
    assert_eq!(asks(&story).len(), 1);
    assert_eq!(story.has(1, Kind::AckRefused).await.len(), 1);
    assert!(story.entries(Kind::AckConfirmed).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_in_the_words_of_the_source() {
    let mut story = paged("14m10s").await;
    story.sees("CheckoutDown").await.keys("a").await.sees("kept there as ana").await.keys("Enter").await;
    story.sees("403: this token may read only").await.sees_beside("firing", "CheckoutDown").await;
    story.has(1, Kind::AckRefused).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_pending_is_asked_for_again_until_it_is_done() {
    let mut story = paged("16m5s").await;
    story.sees("CheckoutDown").await.keys(". j j Enter").await;
    story.sees("resolves the incident for everybody").await.keys("Enter").await;
    story.sees_beside("asking", "CheckoutDown").await;
    story.sees("the resolve of CheckoutDown was done at pd").await;
    let done = story.has(1, Kind::RequestConfirmed).await;
    assert_eq!(done[0].body.text.as_ref().map(|t| t.raw()), Some("resolve"));
    assert_eq!(asks(&story).len(), 1);
    story.sees_beside("resolved", "CheckoutDown").await;
}

#[tokio::test(start_paused = true)]
async fn what_stays_pending_is_unknown_and_names_its_handle() {
    let mut story = paged("20m5s").await;
    story.sees("CheckoutDown").await.keys(". j j Enter").await;
    story.sees("resolves the incident for everybody").await.keys("Enter").await;
    story.passes(length("2m")).await.sees("no word whether it happened: taken as job-").await;
    let unknown = story.has(1, Kind::RequestUnknown).await;
    assert!(unknown[0].body.text.as_ref().is_some_and(|t| t.raw().starts_with("resolve: taken as job-")));
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_began_anew_since_is_not_touched() {
    let mut story = paged("1m40s").await;
    story.sees("Restarting").await.keys("G . j j j Enter").await.sees("snoozes it until").await;
    story.at("2m10s").await.keys("Enter").await.sees("Restarting began anew at 20:02:00 UTC").await;
    assert_eq!(asks(&story), [] as [&str; 0]);
    assert!(story.entries(Kind::RequestIntended).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_fails_says_why_and_cannot_be_confirmed() {
    let mut story = paged("17m50s").await;
    story.sees("CheckoutDown").await.at("18m3s").await.keys("a").await;
    story.sees("pd cannot: unreachable").await.keys("Enter").await.sees("ack CheckoutDown").await;
    assert_eq!(asks(&story), [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn undo_takes_an_ack_back_where_the_source_has_a_way_and_says_why_not_where_it_has_none() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await.keys("a").await.sees("kept there as ana").await.keys("Enter").await;
    story.sees("acked at pd").await.passes(length("4s")).await.keys("u").await;
    story.sees("pd assigns it back to who was paged").await.keys("y").await;
    story.sees("1 of 1 taken back").await.keys("Esc").await;
    story.sees_beside("firing", "CheckoutDown").await;
    assert_eq!(asks(&story), ["ask ack, 1 in the outbox", "ask unack, 1 in the outbox"]);
    story.keys(". j j Enter").await.sees("resolves the incident").await.keys("Enter").await;
    story.sees("was done at pd").await.keys("u").await.sees("pd cannot take back: resolve").await;
}

#[tokio::test(start_paused = true)]
async fn unack_shows_the_words_of_the_source_before_it_is_sent() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await.keys("a").await.sees("kept there as ana").await.keys("Enter").await;
    story.sees("acked at pd").await.passes(length("4s")).await.keys("A").await;
    story.sees("assigns it back to ben, who is paged again").await.keys("y").await;
    story.sees("the ack of CheckoutDown was taken back at pd").await.sees_beside("firing", "CheckoutDown").await;
    story.has(1, Kind::UnackConfirmed).await;
}

#[tokio::test(start_paused = true)]
async fn the_menu_lists_the_ways_of_the_source_and_greys_what_cannot_be() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await.keys(".").await.sees("ask pd about CheckoutDown").await;
    story.sees_beside("unack", "cannot be done: nobody has acked it there").await;
    story.sees_beside("note", "adds a note that everybody sees there").await;
    assert!(!story.screen().contains("mute "), "it has no such way:\n{}", story.screen());
    story.keys("Esc").await.sees_not("ask pd about").await;
    story.keys("/").await.types("DiskFull").await.keys("Enter g .").await;
    story.sees("prod can be asked for nothing").await;
}

#[tokio::test(start_paused = true)]
async fn a_snooze_takes_an_end_and_a_note_a_text() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await.keys(". j j j Enter").await.sees("snoozes it until 21:00 UTC").await;
    story.keys("ctrl-u").await.types("2h").await.sees("snoozes it until 22:00 UTC").await.keys("Enter").await;
    story.sees("the snooze of CheckoutDown was done at pd until 22:00 UTC").await;
    story.keys(". G j j j j j Enter").await.sees("text:").await.keys("Enter").await.sees("pd wants a text").await;
    story.types("the cache is cold").await.sees("adds the note to the incident").await.keys("Enter").await;
    story.sees("the note of CheckoutDown was done at pd").await;
    let done = story.has(2, Kind::RequestConfirmed).await;
    assert_eq!(done[1].body.text.as_ref().map(|t| t.raw()), Some("note: the cache is cold"));
}

#[tokio::test(start_paused = true)]
async fn a_note_goes_to_the_source_only_where_that_is_chosen_and_stays_here_in_any_case() {
    let mut story = paged("14m10s").await;
    story.sees("CheckoutDown").await.keys("n").await.sees("[ ] Tab: also at pd").await;
    story.types("only here").await.keys("Enter").await.sees("note kept").await;
    assert_eq!(asks(&story), [] as [&str; 0]);
    story.keys("n Tab").await.sees("[x] Tab: also at pd").await.types("for all").await.keys("Enter").await;
    story.sees("403: this token may read only").await;
    let notes = story.has(2, Kind::NoteAdded).await;
    assert_eq!(notes[1].body.text.as_ref().map(|t| t.raw()), Some("for all"));
    story.has(1, Kind::RequestRefused).await;
}

#[tokio::test(start_paused = true)]
async fn one_plan_acks_at_a_source_that_mutes_and_at_one_that_keeps_acks() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await.sees("DiskFull").await.keys("* a").await;
    story.sees("pd, for 3 alerts: acknowledges the incident").await.sees("each: stops the escalation").await;
    story.sees("prod: one silence for each of 1 alert").await.sees("kept there as ana").await.keys("Enter").await;
    story.sees("4 of 4 acked").await;
    assert_eq!((asks(&story).len(), story.silences("prod").await.len()), (3, 1));
    assert_eq!(story.has(4, Kind::AckConfirmed).await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_cannot_do_its_part_is_left_out_of_a_plan_by_name() {
    let mut story = paged("17m50s").await;
    story.sees("CheckoutDown").await.at("18m3s").await.keys("* a").await;
    story.sees("pd: unreachable").await.keys("Enter").await.sees("1 of 4 acked").await;
    assert_eq!((asks(&story).len(), story.silences("prod").await.len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_asks_for_nothing() {
    let mut story = Opening::of("paged").read_only().open().await;
    story.sees("CheckoutDown").await.keys("a").await.sees("this cockpit is read-only").await;
    story.keys(". Enter").await.sees("cannot be done: this cockpit is read-only").await;
    assert_eq!(asks(&story), [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_a_crash_cut_off_is_looked_for_at_the_source_first() {
    let mut story = paged("10s").await;
    story.sees("CheckoutDown").await.keys("a").await.sees("kept there as ana").await;
    let closed = story.confirms_and_quits().await;
    let mut again = closed.reopens().await;
    again.sees_beside("acked", "ana").await;
    assert_eq!(again.has(1, Kind::AckConfirmed).await.len(), 1);
    assert!(asks(&again).len() <= 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_nobody_acks_says_when_it_goes_to_whom() {
    let mut story = paged("10s").await;
    story.sees_beside("CheckoutDown", "esc 03:").await.keys("Enter").await.sees("to carol in 03:4").await;
    story.keys("Esc").await.at("4m10s").await.keys("Enter").await.sees_beside("assigned to", "carol").await;
    assert!(!story.screen().contains("escalates to"), "nobody comes after her:\n{}", story.screen());
}

/// A heart that was told what the pager tells, and nothing beyond it.
async fn heart() -> (App, Sources, Time) {
    let scenario = scenario("paged");
    let now = scenario.start + length("10s");
    let sources = SimWorld::new(scenario.clone(), scenario.start).sources();
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: defaults("terminal").ack,
        sources: sources.iter().map(|s| s.describe().clone()).collect(),
        started_at: now,
    };
    let mut app = App::new(setup, Keymap::default());
    for msg in once::messages(&sources, Clock::from(now, 0.01)).await {
        drop(app.update(now, msg));
    }
    (app, sources, now)
}

fn press(app: &mut App, now: Time, chord: &str) -> Effects {
    Chord::parse(chord).unwrap().0.into_iter().flat_map(|key| app.update(now, Msg::Key(key))).collect()
}

#[tokio::test]
async fn nothing_is_sent_that_the_journal_could_not_keep_and_the_form_comes_back() {
    let (mut app, sources, now) = heart().await;
    let asked = press(&mut app, now, "a h m");
    let [Effect::PlanRequests(requests)] = &asked[..] else { panic!("one question: {asked:?}") };
    assert_eq!(press(&mut app, now, "Enter"), [], "nobody knows yet what it would do");
    let answers = request::plan_all(&sources, requests, Clock::from(now, 0.01)).await;
    let told = requests.iter().cloned().zip(answers).collect();
    assert_eq!(app.update(now, Msg::Planned(told)), []);
    let intended = press(&mut app, now, "Enter");
    let [Effect::Intend(intent, entries)] = &intended[..] else { panic!("one intent: {intended:?}") };
    assert_eq!(entries[0].kind, Kind::AckIntended);
    let kept: Intent = serde_json::from_str(&serde_json::to_string(intent).unwrap()).unwrap();
    assert_eq!(&kept, &**intent, "the outbox gives it back as it was");
    let why = SafeText::new("the disk is full");
    let after = app.update(now, Msg::Journal(JournalMsg::NotIntended { op: intent.op.clone(), why }));
    assert!(!after.iter().any(|e| matches!(e, Effect::Send(_))), "{after:?}");
    let Some(Layer::Ack(form)) = app.desk.top_layer() else { panic!("the form is back") };
    assert_eq!(form.terms.reason.as_str(), "hm");
}

#[tokio::test(start_paused = true)]
async fn a_pager_looks_like_this() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut story = Opening::of("paged").taped(width, height).open().await;
        let shown = async |story: &mut Story, name: &str| {
            insta::assert_snapshot!(format!("pager_{name}_{width}x{height}"), story.screen());
        };
        story.sees("CheckoutDown").await.at("20s").await;
        shown(&mut story, "board").await;
        story.keys("a").await.sees("kept there as ana").await;
        shown(&mut story, "ack").await;
        story.keys("Esc .").await.sees("ask pd about").await;
        shown(&mut story, "ways").await;
        story.keys("j j j Enter").await.sees("snoozes it until").await;
        shown(&mut story, "snooze").await;
        story.keys("Esc n").await.sees("also at pd").await;
        shown(&mut story, "note").await;
        story.keys("Esc * a").await.sees("kept there as ana").await;
        shown(&mut story, "many").await;
        story.keys("Esc Esc g Enter").await.sees("at the source").await;
        shown(&mut story, "detail").await;
    }
}
