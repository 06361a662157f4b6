//! The graphs of a budget: what stands under the cursor, what was spent from here to there, and gaps that stay gaps.

use std::sync::Arc;

use watchfire::{
    app::{
        App,
        msg::{BudgetReport, Cost, Msg},
    },
    config::theme::Theme,
    domain::slo::{Bucket, BucketSpan, BudgetRow, assess::assess},
    ui::{
        self,
        look::{GlyphSet, Look},
        still,
    },
};

use crate::screens::{demo_with, frame, press, written};

const DAY: i64 = 86_400;

fn text(app: &mut App, size: (u16, u16)) -> String {
    still::text(&frame(app, size))
}

/// The line that says in words what the cursor stands on: under the time.
fn readout(app: &mut App, size: (u16, u16)) -> String {
    let text = text(app, size);
    let lines: Vec<&str> = text.lines().collect();
    let sheet = lines.iter().position(|l| l.starts_with('━')).unwrap();
    lines[sheet - 1].trim().to_owned()
}

#[tokio::test]
async fn the_cursor_says_what_was_left_and_follows_the_news_at_the_end() {
    let mut app = demo_with("2 Enter").await;
    assert!(readout(&mut app, (120, 40)).starts_with("now, 20:20 UTC  27.6% left"), "{}", readout(&mut app, (120, 40)));
    press(&mut app, "h h h h h h h h h h h h");
    let then = readout(&mut app, (120, 40));
    assert!(then.contains("% left  burn ") && !then.starts_with("now"), "{then}");
    press(&mut app, "l l l l l l l l l l l l l l");
    assert!(readout(&mut app, (120, 40)).starts_with("now"), "the right edge follows the news again");
}

#[tokio::test]
async fn from_here_to_there_is_a_share_of_the_budget_with_its_counts() {
    let mut app = demo_with("2 Enter").await;
    drop(frame(&mut app, (160, 50)));
    press(&mut app, "Space H");
    let spent = readout(&mut app, (160, 50));
    assert!(spent.contains("of the budget from ") && spent.contains(" bad of "), "{spent}");
    press(&mut app, "Space");
    assert!(readout(&mut app, (160, 50)).contains("left"), "the mark is gone");
}

#[tokio::test]
async fn events_are_gone_through_one_by_one_and_named() {
    let mut app = demo_with("2 Enter + + + + + +").await;
    drop(frame(&mut app, (120, 40)));
    press(&mut app, "H H H");
    let event = readout(&mut app, (120, 40));
    assert!(["deploy ", "alert ", "silence ", "ack ", "note "].iter().any(|word| event.contains(word)), "{event}");
    press(&mut app, "L L L L L L L L L L L L L L L L L L L L L L L L L L");
    assert!(readout(&mut app, (120, 40)).starts_with("now"));
}

#[tokio::test]
async fn the_keys_of_the_graph_say_where_they_belong() {
    let mut app = demo_with("1 t").await;
    assert!(text(&mut app, (120, 40)).contains("open a budget first"));
}

#[tokio::test]
async fn every_graph_of_a_budget() {
    for (name, keys) in
        [("burn_down", "2 Enter"), ("burn_rate", "2 Enter t"), ("zoomed", "2 Enter t + + + + + + H Space H")]
    {
        let mut app = demo_with(keys).await;
        let frames: Vec<String> = [(80, 24), (160, 50)].map(|size| written(&frame(&mut app, size))).into();
        insta::assert_snapshot!(format!("graph_{name}"), frames.join("\n"));
    }
}

#[tokio::test]
async fn the_fleet_in_one_line_each() {
    let mut app = demo_with("2 z").await;
    let frames: Vec<String> = [(80, 24), (160, 50)].map(|size| written(&frame(&mut app, size))).into();
    insta::assert_snapshot!("graph_fleet", frames.join("\n"));
}

/// The demo's first budget with half of its window not counted.
fn with_a_gap(app: &App) -> BudgetReport {
    let row = &app.world.budgets.rows[0];
    let mut history = (*row.history).clone();
    let now = app.now.timestamp();
    let span = BucketSpan { from: now - 20 * DAY, to: now - 10 * DAY, step: 3_600 };
    history.answer(span, std::iter::empty::<Bucket>());
    let numbers = assess(&row.slo, &history, app.now);
    let row = BudgetRow { numbers: Some(Arc::new(numbers)), history: Arc::new(history), ..row.clone() };
    let (at, counted_at) = (app.now, Some(app.now));
    BudgetReport {
        at,
        rows: vec![row],
        error: None,
        counted_at,
        problems: Vec::new(),
        progress: 1.0,
        cost: Cost::default(),
    }
}

#[tokio::test]
async fn what_was_not_counted_is_a_gap_in_every_graph_and_says_so() {
    let mut app = demo_with("").await;
    let report = with_a_gap(&app);
    drop(app.update(app.now, Msg::Budgets(report)));
    press(&mut app, "2 Enter");
    let whole = text(&mut app, (160, 50));
    let traffic = whole.lines().find(|l| l.starts_with("events")).unwrap().to_owned();
    assert!(traffic.chars().skip(7 + 52).take(46).all(|c| c == ' '), "{traffic}");
    press(&mut app, &"h ".repeat(75));
    assert!(readout(&mut app, (160, 50)).contains("not counted"), "{}", readout(&mut app, (160, 50)));
    press(&mut app, "Esc");
    assert!(text(&mut app, (160, 50)).contains("67% counted"), "the list says what its number stands on");
}

#[tokio::test]
async fn a_graph_in_ascii_holds_nothing_but_ascii() {
    let mut app = demo_with("2 Enter").await;
    drop(frame(&mut app, (120, 40)));
    let look = Look::new(Theme::mono(), GlyphSet::Ascii);
    for _ in 0..3 {
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 120, 40));
        ui::view(&app, &look, &mut buf);
        let text = still::text(&buf);
        assert!(text.is_ascii(), "{}", text.lines().filter(|l| !l.is_ascii()).collect::<Vec<_>>().join("\n"));
        assert!(text.contains('*'), "a line is drawn");
        press(&mut app, "t");
    }
}
