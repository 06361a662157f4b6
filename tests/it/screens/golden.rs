//! The golden signals on the axis of an open budget, at three sizes and in both sets of glyphs.

use watchfire::{config::theme::Theme, runtime::golden::Reading, sources::sim::SimWorld, ui::look::GlyphSet};

use super::*;

/// The demo with its first budget open, and what its service answers.
async fn opened(size: (u16, u16), keys: &str) -> App {
    let mut app = demo_with("").await;
    let scenario = scenario("payment-outage");
    let epoch = scenario.start;
    let sources = SimWorld::new(scenario, epoch).sources();
    drop(app.update(app.now, Msg::Resized { width: size.0, height: size.1 }));
    for key in Chord::parse(&format!("2 Enter {keys}")).unwrap().0 {
        for effect in app.update(app.now, Msg::Key(key)) {
            let Effect::Look(Some(look)) = effect else { continue };
            let reading = Reading::new(sources.clone(), Clock::from(app.now, 0.01), Default::default());
            let golden = reading.once(&look).await;
            drop(app.update(app.now, Msg::Signals(Box::new(golden))));
        }
    }
    app
}

#[tokio::test]
async fn an_open_budget_with_the_signals_of_its_service() {
    let mut frames = Vec::new();
    for size in [(80, 24), (100, 30), (200, 60)] {
        frames.push(written(&frame(&mut opened(size, "").await, size)));
    }
    insta::assert_snapshot!("golden", frames.join("\n"));
}

#[tokio::test]
async fn the_signals_of_an_hour_with_the_cursor_in_the_outage() {
    let size = (120, 40);
    insta::assert_snapshot!(
        "golden_cursor",
        written(&frame(&mut opened(size, "+ + + + + + + + + h h h h").await, size))
    );
}

#[tokio::test]
async fn the_signals_without_a_glyph_beyond_ascii() {
    let app = opened((100, 30), "").await;
    let mut buf = Buffer::empty(Rect::new(0, 0, 100, 30));
    ui::view(&app, &Look::new(Theme::mono(), GlyphSet::Ascii), &mut buf);
    let text = still::text(&buf);
    let rows: Vec<&str> =
        text.lines().filter(|l| ["   p99", "errors", "  disk"].iter().any(|n| l.starts_with(n))).collect();
    assert_eq!(rows.len(), 3, "{text}");
    assert!(rows.iter().all(|r| r.is_ascii() && r.contains(['#', '*', '_'])), "{rows:#?}");
}

#[tokio::test]
async fn a_small_terminal_keeps_what_matters_most() {
    let rows = |text: &str| -> Vec<bool> {
        ["   p99", "errors", "  disk", " calls"].iter().map(|n| text.lines().any(|l| l.starts_with(n))).collect()
    };
    let text = |app: &App, size: (u16, u16)| {
        let mut buf = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        ui::view(app, &look(), &mut buf);
        still::text(&buf)
    };
    assert_eq!(rows(&text(&opened((80, 24), "").await, (80, 24))), [true, true, true, false]);
    assert_eq!(rows(&text(&opened((100, 30), "").await, (100, 30))), [true; 4]);
    let least = text(&opened((40, 10), "").await, (40, 10));
    assert_eq!(rows(&least), [false; 4], "{least}");
}
