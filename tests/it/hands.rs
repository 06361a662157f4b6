//! What hands do: chords that wait, counts, the palette, and the mouse on the frame that it falls on.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{App, msg::Msg},
    runtime::terminal::mouse::Mouse,
    ui::{self, hits::Hits, still},
};

use crate::{
    screens::{lived, press, write},
    support::cockpit::look,
};

mod chords;
mod forms;
mod palette;
mod pointer;
mod small;

/// The demo twenty minutes into its day, on a screen of 120x40.
async fn demo() -> App {
    let mut app = lived("payment-outage", "20m").await;
    drop(app.update(app.now, Msg::Resized { width: 120, height: 40 }));
    app
}

fn seen(app: &App) -> (Buffer, Hits) {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.desk.width, app.desk.height));
    let hits = ui::seen(app, &look(), &mut buf).hits;
    (buf, hits)
}

fn screen(app: &App) -> String {
    still::text(&seen(app).0)
}

#[tokio::test]
async fn a_slow_link_stands_in_the_header_and_goes_from_it_when_it_is_slow_no_more() {
    let mut app = demo().await;
    let head = |app: &App| screen(app).lines().take(2).collect::<Vec<_>>().join("\n");
    drop(app.update(app.now, Msg::Link(Some(300))));
    assert!(head(&app).contains("link 300 ms"), "{}", head(&app));
    drop(app.update(app.now, Msg::Link(None)));
    assert!(!head(&app).contains("link"), "{}", head(&app));
}

fn toast(app: &App) -> String {
    app.desk.toast.as_ref().map(|t| format!("{:?}", t.told)).unwrap_or_default()
}

/// Where a text stands on the screen; it is there.
fn place_of(app: &App, text: &str) -> (u16, u16) {
    let (buf, _) = seen(app);
    let wanted: Vec<char> = text.chars().collect();
    for y in 0..buf.area.height {
        let row: Vec<char> = (0..buf.area.width).map(|x| buf[(x, y)].symbol().chars().next().unwrap_or(' ')).collect();
        if let Some(x) = row.windows(wanted.len()).position(|w| w == wanted) {
            return (u16::try_from(x).unwrap(), y);
        }
    }
    panic!("`{text}` is not on the screen:\n{}", still::text(&buf))
}

/// A hand on a mouse.
#[derive(Default)]
struct Hand(Mouse);

impl Hand {
    fn does(&mut self, app: &mut App, kind: MouseEventKind, (column, row): (u16, u16)) {
        self.0.see(seen(app).1);
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        if let Some(touch) = self.0.read(event) {
            drop(app.update(app.now, Msg::Touch(touch)));
        }
    }

    fn clicks(&mut self, app: &mut App, at: (u16, u16)) {
        self.does(app, MouseEventKind::Down(MouseButton::Left), at);
        self.does(app, MouseEventKind::Up(MouseButton::Left), at);
    }
}
