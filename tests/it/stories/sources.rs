//! Sources that go away, answer in part, or are ours to have broken: never green when blind.

use watchfire::domain::entry::Kind;

use crate::support::{
    cockpit::{Opening, Story, length},
    spy::Trick,
};

#[tokio::test(start_paused = true)]
async fn a_source_that_dies_keeps_its_rows_as_unknown_while_the_others_go_on() {
    let mut c = Story::open("source-dies").await;
    c.sees_beside("firing", "PostgresRepl").await;
    c.at("6m40s").await.sees_beside("UNKNOWN", "PostgresRepl").await.sees("prod-us unreachable UNKNOWN").await;
    c.sees_beside("firing", "CrossRegionRep").await.sees_beside("LOST", "prod-us").await;
    c.at("9m").await.sees_beside("UNKNOWN", "ConnectionPool").await.sees("UNKNOWN for 3m").await;
    assert!(c.screen().lines().next().unwrap().contains("UNKNOWN"), "{}", c.screen());
    assert!(c.entries(Kind::AlertResolved).await.is_empty(), "silence is no resolution");
    c.at("19m").await.sees_beside("back", "prod-us").await.sees_beside("firing", "PostgresPrimary").await;
    c.sees_beside("firing", "PostgresRepl").await;
    let of = |entries: Vec<watchfire::domain::entry::Entry>| {
        entries.iter().filter(|e| e.source.as_ref().is_some_and(|s| s.as_str() == "prod-us")).count()
    };
    assert_eq!((of(c.entries(Kind::SourceLost).await), of(c.entries(Kind::SourceBack).await)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_down_from_the_start_is_lost_and_then_back() {
    let mut c = Opening::of("source-dies").at("7m").open().await;
    c.sees("prod-us unreachable never read").await.sees_beside("LOST", "prod-us").await;
    c.at("19m").await.sees_beside("back", "prod-us").await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_missing_from_an_incomplete_answer_is_not_resolved() {
    let mut c = Story::open("broken").await;
    c.sees("PodDown").await.at("1m30s").await.sees("2 unreadable").await;
    assert_eq!(c.screen().matches("firing").count(), 5, "{}", c.screen());
    assert!(c.entries(Kind::AlertResolved).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_is_shown_as_such_and_asked_again_while_the_others_go_on() {
    let mut c = Story::open("broken").await;
    c.at("3m20s").await.sees("am malformed UNKNOWN").await.sees_beside("firing", "Elsewhere").await;
    c.sees_beside("UNKNOWN", "PodDown").await;
    c.has(1, Kind::SourceLost).await;
    c.at("6m30s").await.sees_beside("firing", "PodDown").await.sees_not("UNKNOWN").await;
}

#[tokio::test(start_paused = true)]
async fn a_defect_in_reading_changes_leaves_the_alerts_alone() {
    let mut c = Opening::of("payment-outage").trick("prod-eu", Trick::PanicsInChanges).open().await;
    c.at("13m").await.sees_beside("firing", "HighErrorRate").await;
    let before = c.polls("prod-eu");
    c.at("14m").await;
    assert!(c.polls("prod-eu") > before, "it is still asked");
}

#[tokio::test(start_paused = true)]
async fn a_defect_in_declaring_budgets_is_said_and_the_alerts_go_on() {
    let mut c = Opening::of("payment-outage").trick("metrics", Trick::PanicsInDeclared).open().await;
    c.sees("budgets never read (malformed)").await.at("13m").await.sees_beside("firing", "HighErrorRate").await;
}

#[tokio::test(start_paused = true)]
async fn a_calm_board_is_calm_only_while_everything_can_be_read() {
    let mut c = Story::open("quiet").await;
    c.sees("CALM").await.sees("no alert fires; 2 sources asked and answering").await;
    c.passes(length("1m")).await;
    assert!(!c.screen().contains("UNKNOWN"), "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn a_key_asks_every_source_at_once() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await;
    let before = (c.polls("am"), c.polls("us"));
    c.keys("r r").await;
    assert!(c.polls("am") > before.0 && c.polls("us") > before.1);
}

#[tokio::test(start_paused = true)]
async fn changes_that_cannot_be_read_are_told_where_a_cause_is_looked_for_until_they_can() {
    let mut c = Opening::of("payment-outage").trick("prod-eu", Trick::RefusesChangesAtFirst).open().await;
    c.sees("changes unread").await;
    c.at("13m").await.sees_not("changes unread").await;
    let mut c = Opening::of("payment-outage").at("13m").trick("prod-eu", Trick::RefusesChangesAtFirst).open().await;
    c.sees_beside("firing", "HighErrorRate").await.keys("Enter").await.sees("changed before it").await;
    c.sees("changes of prod-eu could not be read since").await;
}

#[tokio::test(start_paused = true)]
async fn the_cockpit_is_open_while_a_source_still_connects_and_says_since_when_it_is_not_known() {
    let mut c = Opening::of("source-dies").late("prod-us", "20s").open().await;
    c.sees("prod-us connecting").await.sees_beside("firing", "CrossRegionRep").await;
    assert!(c.screen().lines().next().unwrap().contains("UNKNOWN"), "{}", c.screen());
    assert!(!c.screen().contains("PostgresRepl"), "{}", c.screen());
    c.sees("prod-us connecting UNKNOWN for 5s").await;
    c.passes(length("25s")).await;
    c.sees_not("connecting").await.sees_beside("firing", "PostgresRepl").await;
    assert_eq!(c.entries(Kind::SourceBack).await.len(), 0, "it was never lost");
}
