//! One axis: when alerts burned, what happened beside, and what the cursor says.

mod edges;
mod real;
mod slo;

use watchfire::{
    app::{App, world::lanes::Of},
    domain::past::Was,
    ui::{
        self,
        look::{GlyphSet, Look},
        still,
    },
};

use crate::{
    screens::{demo_with, frame, press, write, written},
    support::cockpit::{Story, defaults},
};

fn text(app: &mut App, size: (u16, u16)) -> String {
    still::text(&frame(app, size))
}

#[tokio::test]
async fn an_alert_on_its_axis() {
    let mut app = demo_with("Enter").await;
    let frames: Vec<String> =
        [(80, 24), (100, 30), (200, 60)].iter().map(|size| written(&frame(&mut app, *size))).collect();
    insta::assert_snapshot!("axis_alert", frames.join("\n"));
}

#[tokio::test]
async fn the_cursor_goes_from_event_to_event_and_each_is_spelt_out() {
    let mut app = demo_with("Enter").await;
    let now = text(&mut app, (120, 40));
    assert!(now.contains("now, ") && now.contains("follows"), "{now}");
    let mut seen = String::new();
    for _ in 0..30 {
        press(&mut app, "H");
        seen.push_str(&text(&mut app, (120, 40)));
    }
    for said in ["began to fire", "deploy checkout 4.12.0 by ben", " ago"] {
        assert!(seen.contains(said), "`{said}` is never said:\n{}", text(&mut app, (120, 40)));
    }
    for _ in 0..40 {
        press(&mut app, "L");
    }
    assert!(text(&mut app, (120, 40)).contains("now, "), "the right edge follows the news again");
}

#[tokio::test]
async fn between_two_marks_stands_what_was_spent_and_how_long_it_fired() {
    let mut app = demo_with("/").await;
    write(&mut app, "ErrorBudgetBurn");
    press(&mut app, "Enter Enter");
    let graph = text(&mut app, (120, 40));
    assert!(graph.contains("burn rate") && graph.contains(" left"), "{graph}");
    press(&mut app, "Space h h h h h h h h");
    let said = text(&mut app, (120, 40));
    assert!(said.contains("of the budget from "), "{said}");
    press(&mut app, "Space");
    assert!(!text(&mut app, (120, 40)).contains("of the budget from "));
}

#[tokio::test]
async fn what_stood_in_the_detail_still_does_below_the_lanes() {
    let mut app = demo_with("Enter").await;
    let mut seen = String::new();
    for _ in 0..40 {
        seen.push_str(&text(&mut app, (80, 24)));
        press(&mut app, "j");
    }
    for section in ["severity", "labels", "annotations", "history", "alertname"] {
        assert!(seen.contains(section), "{section}");
    }
}

#[tokio::test]
async fn no_size_breaks_it_with_and_without_unicode() {
    let mut app = demo_with("Enter").await;
    let ascii = Look::new(defaults("terminal").theme, GlyphSet::Ascii);
    for (width, height) in (20..=300).step_by(13).flat_map(|w| (5..=100).step_by(7).map(move |h| (w, h))) {
        drop(frame(&mut app, (width, height)));
        press(&mut app, "H +");
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, width, height));
        ui::view(&app, &ascii, &mut buf);
        press(&mut app, "- -");
    }
    let drawn = still::text(&frame(&mut app, (100, 30)));
    assert!(drawn.contains('\u{2588}'), "{drawn}");
}

#[tokio::test]
async fn before_the_cockpit_began_nothing_is_called_calm() {
    let app = demo_with("Enter").await;
    let id = app.desk.selected_alert().cloned().unwrap();
    let lanes = app.world.lanes(&Of::Alert(id), app.now);
    let lane = &lanes.rows[0];
    let before = lane.at(app.world.started_at() - chrono::Duration::hours(1));
    assert_eq!(before.map(|s| s.was), Some(Was::Unknown), "{:?}", lane.past);
    assert_eq!(lane.at(app.now).map(|s| s.was), Some(Was::Firing));
}

#[tokio::test(start_paused = true)]
async fn an_ack_stands_on_the_axis_of_its_alert_and_a_note_is_spelt_out() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("a").await.types("on it").await.keys("Enter").await;
    c.sees("acked").await.keys("n").await.types("cleared the logs").await.keys("Enter").await;
    c.sees("note kept in the journal").await.keys("Enter").await;
    c.sees_beside("acks", "K").await.sees_beside("notes", "N").await;
    c.keys("H").await.sees_beside("note DiskFull", "cleared the logs").await;
}
