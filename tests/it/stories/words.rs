//! What a person sees, writes and looks for without touching a backend.

use watchfire::domain::entry::Kind;

use crate::support::cockpit::{Opening, Story, length};

#[tokio::test(start_paused = true)]
async fn the_demo_tells_its_story_on_three_panes_without_a_key() {
    let mut c = Story::open("payment-outage").await;
    c.sees("1 alerts").await.sees("2 budgets").await.sees("3 timeline").await;
    c.sees_beside("deploy", "checkout 4.12.0 by ben").await;
    c.at("12m30s").await.sees_beside("firing", "HighErrorRate").await.sees("BURNING").await;
    c.at("16m10s").await.sees_beside("fired", "ConsumerLag").await;
    c.at("24m10s").await.sees_beside("firing", "RetryStorm").await;
    c.at("31m10s").await.sees_beside("rollback", "checkout 4.11.3 by ben").await;
    c.at("36m10s").await.sees_beside("resolved", "HighErrorRate").await;
    c.at("47m").await.sees_not("BURNING").await;
    assert!(c.writes().is_empty(), "nobody asked for a write");
    let fired = c.entries(Kind::AlertFired).await;
    assert_eq!(fired.iter().filter(|e| e.body.title.as_ref().unwrap().raw() == "HighErrorRate").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_burns_worst_is_on_the_screen_while_nobody_touches_a_key() {
    let mut c = Story::open("payment-outage").await;
    c.at("20m").await.sees_beside("firing", "HighErrorRate").await.sees_beside("firing", "ErrorBudgetBurn").await;
    c.sees("burn-down Checkouts that do not fail").await;
}

#[tokio::test(start_paused = true)]
async fn a_note_of_several_lines_is_kept_and_shown_in_the_detail() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.sees("note on DiskFull").await;
    c.types("cleared the logs").await.keys("ctrl-j").await.types("it fills again").await.keys("Enter").await;
    c.sees("note kept in the journal").await.sees_not("note on DiskFull").await;
    let notes = c.has(1, Kind::NoteAdded).await;
    assert_eq!(notes[0].body.text.as_ref().unwrap().raw(), "cleared the logs\nit fills again");
    assert!(notes[0].subject.as_str().starts_with("alert:am/"), "{}", notes[0].subject);
    c.keys("Enter").await.sees("notes").await.sees("cleared the logs").await.sees("it fills again").await;
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_note_comes_back_as_a_draft() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.types("half a tho").await.keys("Esc").await;
    c.sees("kept as a draft").await;
    assert!(c.entries(Kind::NoteAdded).await.is_empty());
    c.keys("n").await.sees("half a tho").await.types("ught").await.keys("Enter").await;
    assert_eq!(c.has(1, Kind::NoteAdded).await[0].body.text.as_ref().unwrap().raw(), "half a thought");
    c.keys("n").await.sees("what did you see").await;
}

#[tokio::test(start_paused = true)]
async fn a_note_that_was_being_written_when_the_connection_broke_comes_back() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.types("the night was lo").await;
    let mut c = c.hangs_up().await.reopens().await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.sees("the night was lo").await;
}

#[tokio::test(start_paused = true)]
async fn keys_that_arrive_in_one_burst_lose_no_draft() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.types("old").await.keys("Esc").await;
    // A stalled connection delivers all of it at once.
    c.keys("n space n e w Esc n ! Enter").await;
    let note = c.has(1, Kind::NoteAdded).await.remove(0);
    let text = note.body.text.unwrap();
    assert!(text.raw().contains("old") && text.raw().contains("new") && text.raw().contains('!'), "{text:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_typed_before_a_draft_was_read_comes_after_it() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.types("from before").await;
    let mut c = c.hangs_up().await.reopens().await;
    c.sees_beside("firing", "DiskFull").await.keys("n x").await.sees("from before").await.keys("Enter").await;
    assert_eq!(c.has(1, Kind::NoteAdded).await[0].body.text.as_ref().unwrap().raw(), "from before\nx");
}

#[tokio::test(start_paused = true)]
async fn a_note_that_was_sent_before_a_draft_was_read_leaves_the_draft_alone() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.types("from before").await;
    let mut c = c.hangs_up().await.reopens().await;
    c.sees_beside("firing", "DiskFull").await.keys("n x Enter").await.sees("note kept").await;
    assert_eq!(c.has(1, Kind::NoteAdded).await[0].body.text.as_ref().unwrap().raw(), "x");
    c.keys("n").await.sees("from before").await;
}

#[tokio::test(start_paused = true)]
async fn the_selected_alert_vanishes_and_nothing_slides_onto_its_neighbour() {
    let mut c = Story::open("lasting").await;
    c.sees_beside("firing", "Brief").await.keys("G").await.sees_beside("▌", "Brief").await;
    c.at("2m10s").await.sees_beside("▌", "resolved").await;
    c.at("7m30s").await.sees("the selected alert has gone").await;
    c.keys("a").await.sees("the alert that was selected has gone; nothing was done").await.sees_not("reason:").await;
    c.keys("j a").await.sees("ack DiskFull").await;
}

#[tokio::test(start_paused = true)]
async fn a_filter_narrows_and_one_that_does_not_parse_keeps_the_last_good_view() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    c.sees("HighErrorRate").await.keys("/").await.types("severity=critical team=~\"pay.*\"").await.keys("Enter").await;
    c.sees_not("DiskWillFill").await.sees_beside("firing", "HighErrorRate").await;
    let narrowed = c.line("1 alerts");
    c.keys("/").await.pastes(" team=~\"(\"").await.sees("^").await;
    assert!(c.screen().contains("HighErrorRate") && c.line("1 alerts").starts_with(&narrowed[..20]), "{}", c.screen());
    c.keys("Esc").await.sees_not("^").await.keys("Esc").await.sees_beside("firing", "ProbeFailing").await;
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_hides_the_selected_alert_selects_the_first_that_passes() {
    let mut c = Story::open("trials").await;
    c.sees_beside("▌", "DiskFull").await.keys("g /").await.types("Elsewhere").await.keys("Enter").await;
    c.sees_beside("▌", "Elsewhere").await.keys("a").await.sees("ack Elsewhere").await;
}

#[tokio::test(start_paused = true)]
async fn esc_in_the_filter_brings_the_selection_back() {
    let mut c = Story::open("trials").await;
    c.sees_beside("▌", "DiskFull").await.keys("g /").await.types("Elsewhere").await.sees_beside("▌", "Elsewhere").await;
    c.keys("Esc").await.sees_beside("▌", "DiskFull").await;
}

#[tokio::test(start_paused = true)]
async fn a_paste_never_acts() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.pastes("a\rq\nG a\r").await.sees("pasted text was ignored").await;
    c.keys("n").await.pastes("a log line\nq\n").await.sees("a log line").await;
    c.passes(length("5s")).await;
    assert!(c.writes().is_empty() && c.entries(Kind::NoteAdded).await.is_empty());
    c.keys("Enter").await;
    assert_eq!(c.has(1, Kind::NoteAdded).await[0].body.text.as_ref().unwrap().raw(), "a log line\nq");
}

#[tokio::test(start_paused = true)]
async fn two_cockpits_see_each_others_notes_and_write_a_firing_once() {
    let mut ana = Opening::of("payment-outage").at("10m").open().await;
    let mut mei = ana.beside("mei").await;
    ana.keys("n").await.types("I look at checkout").await.keys("Enter").await.sees("note kept").await;
    mei.sees("I look at checkout").await.sees("ana").await;
    mei.at("14m").await;
    let fired = ana.entries(Kind::AlertFired).await;
    let once: std::collections::BTreeSet<_> = fired.iter().map(|e| (e.subject.clone(), e.body.starts_at)).collect();
    assert!(
        fired.len() > 10 && once.len() == fired.len(),
        "{} of {} are told twice",
        fired.len() - once.len(),
        fired.len()
    );
}
