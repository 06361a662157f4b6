//! The same alert told by several sources: one line, the worst first, taken apart and joined, acted on whole.

use watchfire::domain::entry::Kind;

use crate::support::cockpit::{Opening, Story, length};

fn opening() -> Opening {
    Opening::of("twins").correlates(&["eu", "us"], "cluster")
}

async fn open_at(moment: &str) -> Story {
    opening().at(moment).open().await
}

/// The lines of the alerts pane that hold a text.
fn lines(c: &Story, text: &str) -> Vec<String> {
    let screen = c.screen();
    let pane = screen.lines().skip(3).take_while(|l| !l.contains("3 timeline"));
    pane.filter(|l| l.contains(text)).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn twins_are_one_line_and_the_worst_speaks() {
    let mut c = open_at("2m").await;
    c.sees("1 alerts 6  on 4 lines").await.sees_beside("×2 DiskFull", "firing").await;
    assert_eq!(lines(&c, "DiskFull").len(), 1, "{}", c.screen());
    // Muted in eu, burning in us: it burns, and stands with what burns.
    let line = c.line("×2 Latency");
    assert!(line.contains("firing") && line.contains("p99 is 3 s"), "{line}");
    let place = |c: &Story, name: &str| lines(c, "").iter().position(|l| l.contains(name)).unwrap();
    assert!(place(&c, "Latency") < place(&c, "Lonely"), "{}", c.screen());
    c.keys("/").await.types("@source=eu").await.keys("enter").await.sees("1 alerts 3/6").await;
    assert!(lines(&c, "×").is_empty() && lines(&c, "Latency")[0].contains("muted"), "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn a_line_is_taken_apart_and_joined_again_and_so_are_all() {
    let mut c = open_at("2m").await;
    c.keys("j p").await.sees("┌ Latency").await.sees("└ Latency").await.sees("1 alerts 6  on 5 lines").await;
    assert!(c.line("┌ Latency").contains("firing") && c.line("└ Latency").contains("muted"), "{}", c.screen());
    c.sees("×2 DiskFull").await.keys("j p").await.sees("×2 Latency").await.sees("on 4 lines").await;
    c.keys("P").await.sees_not("×2").await.sees_not("on 4 lines").await;
    assert_eq!(lines(&c, "Latency").len(), 2, "{}", c.screen());
    c.keys("g p").await.sees("×2 DiskFull").await.keys("P P").await.sees_not("×2").await.keys("P").await;
    c.sees("on 4 lines").await.keys("G p").await.sees("one source alone tells the selected line").await;
}

#[tokio::test(start_paused = true)]
async fn twins_are_one_line_within_a_group_and_the_group_counts_alerts() {
    let mut c = open_at("2m").await;
    c.keys("b").await.types("alertname").await.keys("enter").await.sees("by alertname").await;
    c.sees_beside("▾ DiskFull", "2 firing").await.sees_beside("▾ Latency", "1 firing  1 muted").await;
    assert_eq!((lines(&c, "×2 DiskFull").len(), lines(&c, "×2 Latency").len()), (1, 1), "{}", c.screen());
    // Whoever groups by what tells them apart sees them apart; the counts are the same.
    c.keys("b").await.types("cluster").await.keys("enter").await.sees("by cluster").await;
    c.sees_beside("▾ eu", "2 firing").await.sees_beside("▾ us", "2 firing").await;
    assert!(lines(&c, "×").is_empty() && lines(&c, "DiskFull").len() == 2, "{}", c.screen());
    c.keys("f").await.sees("alertname").await.sees_beside("DiskFull", "2").await;
}

#[tokio::test(start_paused = true)]
async fn the_selection_stays_on_its_line_when_another_source_tells_it() {
    let mut c = open_at("40s").await;
    c.sees_beside("▌", "DiskFull").await.keys("j k").await;
    let selected = |c: &Story| lines(c, "▌").concat();
    assert!(selected(&c).contains("The disk of db-1"), "{}", c.screen());
    c.at("1m10s").await.sees("×2 DiskFull").await;
    assert!(selected(&c).contains("×2 DiskFull"), "{}", c.screen());
    c.keys("a").await.sees("ack 2 alerts").await;
}

#[tokio::test(start_paused = true)]
async fn a_blind_twin_keeps_the_line_from_looking_calm() {
    let mut c = open_at("2m").await;
    c.sees("×2 DiskFull").await.at("3m40s").await.sees("×2? DiskFull").await;
    assert!(c.line("DiskFull").contains("firing"), "what is seen to burn comes first: {}", c.screen());
    // Latency is muted where it can be read, and UNKNOWN where it cannot.
    assert!(c.line("×2? Latency").contains("UNKNOWN"), "{}", c.screen());
    c.at("5m20s").await.sees_beside("×2? DiskFull", "UNKNOWN").await;
    c.keys("g p").await.sees_beside("┌ DiskFull", "UNKNOWN").await.sees_beside("└ DiskFull", "muted").await;
    assert!(c.entries(Kind::AlertResolved).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_ack_of_a_line_is_planned_for_every_source_and_undone_whole() {
    let mut c = open_at("2m").await;
    c.sees_beside("▌", "×2 DiskFull").await.keys("a").await.sees("ack 2 alerts").await;
    c.sees("eu: one silence for each of 1 alert").await.sees("us: one silence for each of 1 alert").await;
    c.sees("DiskFull cluster=eu instance=db-1").await.sees("DiskFull cluster=us instance=db-1").await;
    c.types("on it").await.keys("enter").await.sees("2 of 2 acked").await.keys("esc").await;
    c.sees_beside("×2 DiskFull", "acked").await;
    let acks = |all: Vec<watchfire::domain::silence::Silence>| all.iter().filter(|s| s.is_ack()).count();
    assert_eq!((acks(c.silences("eu").await), acks(c.silences("us").await)), (1, 1));
    c.passes(length("10s")).await.keys("u").await.sees("takes back the ack of 2 alerts").await;
    c.keys("y").await.sees("2 of 2 taken back").await;
    assert_eq!((acks(c.silences("eu").await), acks(c.silences("us").await)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_apart_is_acted_on_alone() {
    let mut c = open_at("2m").await;
    c.keys("p a").await.sees("cluster=").await.types("mine").await.keys("enter").await;
    c.passes(length("6s")).await;
    let both = (c.silences("eu").await, c.silences("us").await);
    let acks = |all: &[watchfire::domain::silence::Silence]| all.iter().filter(|s| s.is_ack()).count();
    assert_eq!(acks(&both.0) + acks(&both.1), 1);
    // Joined again: the one that nobody is on speaks; the other is left out by name.
    c.keys("p").await.sees_beside("×2 DiskFull", "firing").await;
    c.keys("a").await.sees("ack 1 alert").await.sees("1 alert left out:").await.sees("ana is on it already").await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_to_a_twin_that_cannot_be_read() {
    let mut c = open_at("2m").await;
    c.sees("×2 DiskFull").await.at("3m40s").await.sees("×2? DiskFull").await.keys("g a").await;
    c.sees("ack 1 alert").await.sees("it cannot be read now").await;
    c.types("on it").await.keys("enter").await.sees("1 of 2 acked, 1 left out").await.keys("esc").await;
    c.sees_beside("×2? DiskFull", "UNKNOWN").await;
}

#[tokio::test(start_paused = true)]
async fn a_pending_alert_that_fires_and_is_delivered_is_one_row_all_along() {
    let mut c = open_at("1m20s").await;
    c.sees_beside("pending", "fires in 2m: The disk").await.keys("G").await;
    assert!(lines(&c, "▌").concat().contains("Soon"), "{}", c.screen());
    c.keys("n").await.types("watch it").await.keys("enter").await.has(1, Kind::NoteAdded).await;
    c.keys("enter").await.sees("pending; fires in 2m, if it stays true").await.sees("watch it").await;
    // It fires, and the Alertmanager tells it: what is open stays open, and what was said of it stays said.
    c.at("4m30s").await.sees("eu, also metrics").await.sees("watch it").await.sees_not("fires in").await;
    c.keys("esc").await.sees_beside("firing", "Soon").await;
    assert_eq!(lines(&c, "Soon").len(), 1, "{}", c.screen());
    assert!(lines(&c, "▌").concat().contains("Soon"), "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn a_silence_of_a_line_is_made_on_every_source_that_tells_it_and_taken_back_whole() {
    let mut c = open_at("2m").await;
    c.sees_beside("▌", "×2 DiskFull").await.keys("s").await.sees("silence on eu and us").await;
    c.sees("mutes 2 now").await.sees_beside("us", "cluster=us").await.types("disk swap").await.keys("enter").await;
    let ours = |all: Vec<watchfire::domain::silence::Silence>| all.iter().filter(|s| s.comment == "disk swap").count();
    c.sees_beside("×2 DiskFull", "muted").await;
    assert_eq!((ours(c.silences("eu").await), ours(c.silences("us").await)), (1, 1));
    c.passes(length("10s"))
        .await
        .keys("u")
        .await
        .sees("takes back")
        .await
        .keys("y")
        .await
        .sees("2 of 2 taken back")
        .await;
    assert_eq!((ours(c.silences("eu").await), ours(c.silences("us").await)), (0, 0));
    // Not where nobody can see what it would do.
    c.keys("esc").await.at("3m40s").await.sees("×2? DiskFull").await.keys("g s").await;
    c.sees("us cannot be read now, so nothing is sent there").await;
    assert!(c.screen().contains("silence on eu ") && !c.screen().contains("silence on eu and us"), "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn a_note_and_a_mark_of_noise_on_a_line_are_on_every_tale_of_it() {
    let mut c = open_at("2m").await;
    c.sees_beside("▌", "×2 DiskFull").await.keys("n").await.sees("note on DiskFull, as both sources tell it").await;
    c.types("ordered disks").await.keys("enter").await;
    let notes = c.has(2, Kind::NoteAdded).await;
    let mut sources: Vec<&str> = notes.iter().filter_map(|n| n.subject.as_str().split(['/', ':']).nth(1)).collect();
    sources.sort_unstable();
    assert_eq!(sources, ["eu", "us"]);
    c.keys("!").await.types("known").await.keys("enter").await.has(2, Kind::NoiseMarked).await;
    c.keys("space a").await.sees("ack 2 alerts").await;
}
