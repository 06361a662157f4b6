//! The panes share the screen as the person said, on narrow and on wide screens apart, and the next time too.

use crate::support::cockpit::{Opening, Story};

fn row_of(c: &Story, title: &str) -> usize {
    let screen = c.screen();
    screen.lines().position(|l| l.contains(title)).unwrap_or_else(|| panic!("no {title} in\n{screen}"))
}

async fn at(width: u16, height: u16) -> Story {
    Opening::of("payment-outage").at("20m").taped(width, height).open().await
}

#[tokio::test(start_paused = true)]
async fn a_pane_gets_more_rows_and_gives_them_back() {
    let mut c = at(80, 30).await;
    let before = row_of(&c, "3 timeline");
    c.keys(">").await.keys(">").await;
    let taller = row_of(&c, "3 timeline");
    assert!(taller > before, "{}", c.screen());
    c.keys("<").await.keys("<").await;
    assert_eq!(row_of(&c, "3 timeline"), before);
    c.keys("3").await.keys(">").await;
    assert!(row_of(&c, "3 timeline") < before, "the timeline's own rows: {}", c.screen());
    c.keys("2").await.keys(">").await.keys(">").await;
    assert!(row_of(&c, "3 timeline") - row_of(&c, "2 budgets") >= 6, "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn a_border_between_columns_moves_only_where_there_is_one() {
    let mut c = at(160, 45).await;
    let column = |c: &Story| c.screen().lines().find_map(|l| l.find("2 budgets")).unwrap();
    let before = column(&c);
    c.keys(")").await;
    assert!(column(&c) > before, "{}", c.screen());
    c.keys("2").await.keys(")").await;
    assert_eq!(column(&c), before);
    let mut narrow = at(80, 24).await;
    narrow.keys(")").await.sees("each has the whole width").await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_pressed_to_nothing() {
    let mut c = at(80, 24).await;
    for _ in 0..20 {
        c.keys(">").await;
    }
    c.sees("has all it can have").await.sees("2 budgets").await.sees("3 timeline").await;
    for _ in 0..30 {
        c.keys("<").await;
    }
    c.sees("has all it can have").await.sees("1 alerts").await.sees("ProbeFailing").await;
}

#[tokio::test(start_paused = true)]
async fn the_next_time_the_screen_is_shared_as_it_was_left() {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    let before = row_of(&c, "3 timeline");
    c.keys(">").await.keys(">").await.keys(">").await;
    let left = row_of(&c, "3 timeline");
    assert_ne!(left, before);
    let mut c = c.quits().await.reopens().await;
    c.sees("3 timeline").await.sees("ProbeFailing").await;
    assert_eq!(row_of(&c, "3 timeline"), left, "{}", c.screen());
}
