//! What things cost in bytes: limits over frames of the demonstration, which are the same wherever they are drawn.

use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::{Buffer, Cell},
    layout::Rect,
};
use watchfire::runtime::terminal::encode::{Encoder, dialect::Dialect};

use crate::support::cockpit::{Opening, Shown, Story};

/// Around each frame: the two marks of a synchronised update, and the question how the terminal is.
const AROUND: usize = 16 + 4;

/// Sends frames to a terminal as the cockpit does, and counts; the stock backend beside it.
pub(super) struct Counted {
    encoder: Encoder,
    last: Buffer,
    ours: usize,
    stock: usize,
}

impl Counted {
    pub(super) fn new() -> Self {
        let encoder = Encoder::new(Dialect::of("xterm-256color"));
        Self { encoder, last: Buffer::empty(Rect::ZERO), ours: 0, stock: 0 }
    }

    pub(super) fn show(&mut self, shown: &Shown) {
        let bytes = self.encoder.frame_on(&shown.frame, &[], (shown.caret, shown.chosen)).len();
        if bytes > 0 {
            self.ours += bytes + AROUND;
        }
        if self.last.area != shown.frame.area {
            self.last = Buffer::empty(shown.frame.area);
        }
        let mut stock = Vec::new();
        let diff = self.last.diff(&shown.frame);
        if !diff.is_empty() {
            CrosstermBackend::new(&mut stock).draw(diff.into_iter()).unwrap();
            self.stock += stock.len() + 16;
        }
        self.last = shown.frame.clone();
    }

    pub(super) fn show_all(&mut self, shown: &[Shown]) -> &mut Self {
        shown.iter().for_each(|s| self.show(s));
        self
    }

    /// What was sent since this was asked last.
    pub(super) fn taken(&mut self) -> usize {
        self.stock = 0;
        std::mem::take(&mut self.ours)
    }
}

async fn at(scenario: &str, moment: &str, (width, height): (u16, u16)) -> (Story, Counted) {
    let mut story = Opening::of(scenario).at(moment).taped(width, height).open().await;
    story.passes(chrono::Duration::seconds(2)).await;
    let mut counted = Counted::new();
    counted.show_all(&story.frames());
    counted.taken();
    (story, counted)
}

#[tokio::test(start_paused = true)]
async fn a_first_paint_at_80_by_24_costs_4_kb_at_most() {
    let (mut story, _) = at("payment-outage", "20m", (80, 24)).await;
    story.keys("j").await;
    let frames = story.frames();
    let mut counted = Counted::new();
    counted.show(frames.last().unwrap());
    let bytes = counted.taken();
    assert!(bytes <= 4_000, "{bytes}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_minute_costs_60_bytes_at_most() {
    let (mut story, mut counted) = at("quiet", "20m", (200, 60)).await;
    story.passes(chrono::Duration::seconds(60)).await;
    let bytes = counted.show_all(&story.frames()).taken();
    assert!(bytes <= 60, "{bytes}");
}

#[tokio::test(start_paused = true)]
async fn a_selection_that_moves_by_a_row_costs_700_bytes_at_most() {
    let (mut story, mut counted) = at("payment-outage", "20m", (200, 60)).await;
    story.keys("j").await;
    let bytes = counted.show_all(&story.frames()).taken();
    assert!(bytes > 0 && bytes <= 700, "{bytes}");
}

#[tokio::test(start_paused = true)]
async fn a_line_that_scrolls_costs_600_bytes_at_most() {
    let (mut story, mut counted) = at("storm", "20m", (200, 60)).await;
    story.keys("z").await;
    for _ in 0..57 {
        story.keys("j").await;
    }
    counted.show_all(&story.frames()).taken();
    story.keys("j").await;
    let bytes = counted.show_all(&story.frames()).taken();
    assert!(bytes > 0 && bytes <= 600, "{bytes}\n{}", story.screen());
}

/// The row says so where it stands, an entry comes in at the end of the timeline, the counts change, and the footer says
/// how it went. The form that asks for the reason is not counted: it covers half of the screen.
#[tokio::test(start_paused = true)]
async fn an_ack_with_all_that_changes_costs_400_bytes_at_most() {
    let (mut story, mut counted) = at("payment-outage", "20m", (200, 60)).await;
    story.keys("j").await;
    counted.show_all(&story.frames()).taken();
    story.keys("a").await;
    drop(story.frames());
    story.keys("Enter").await;
    story.sees_beside("acked", "ProbeFailing").await;
    let stock = counted.show_all(&story.frames()).stock;
    let bytes = counted.taken();
    assert!(bytes > 0 && bytes <= 400 && bytes * 4 <= stock, "{bytes} of {stock}\n{}", story.screen());
}

/// Every hundredth row has another age and another state.
fn refreshed(frame: &Buffer) -> (Buffer, usize) {
    let mut next = frame.clone();
    let mut needed = 0;
    let row = frame.area.height / 2;
    for (x, text) in [(3, "pending"), (13, "21m")] {
        for (i, letter) in text.chars().enumerate() {
            let cell: &mut Cell = &mut next[(x + u16::try_from(i).unwrap(), row)];
            let mut other = cell.clone();
            other.set_char(letter);
            if other != *cell {
                *cell = other;
                needed += 1;
            }
        }
        // To get there.
        needed += format!("\x1b[{};{}H", row + 1, x + 1).len();
    }
    (next, needed)
}

#[tokio::test(start_paused = true)]
async fn a_refresh_costs_little_more_than_the_cells_that_changed() {
    let (mut story, _) = at("storm", "20m", (200, 60)).await;
    story.keys("j").await;
    let mut counted = Counted::new();
    let shown = story.frames().pop().unwrap();
    counted.show(&shown);
    counted.taken();
    let (frame, needed) = refreshed(&shown.frame);
    counted.show(&Shown { frame, caret: shown.caret, chosen: shown.chosen });
    let bytes = counted.taken() - AROUND;
    assert!(bytes * 2 <= needed * 3, "{bytes} of {needed}");
}

#[tokio::test(start_paused = true)]
async fn a_new_alert_on_top_with_all_that_changes_costs_900_bytes_at_most() {
    let (mut story, mut counted) = at("payment-outage", "12m10s", (200, 60)).await;
    let burns = |story: &Story| story.screen().contains("BURNING");
    let mut dearest = 0;
    for _ in 0..40 {
        let calm = !burns(&story);
        story.passes(chrono::Duration::seconds(1)).await;
        let bytes = counted.show_all(&story.frames()).taken();
        if calm && burns(&story) {
            dearest = bytes;
            break;
        }
    }
    assert!(dearest > 0 && dearest <= 900, "{dearest}\n{}", story.screen());
}

/// The least that leads from one frame to the next without scrolling: to the start of each run of changed cells, its letters,
/// and four bytes where the style changes.
fn needed(before: &Buffer, after: &Buffer) -> usize {
    let (mut bytes, mut last, mut style) = (0, None, None);
    for (x, y, cell) in before.diff(after) {
        if last != Some((x, y)) {
            bytes += format!("\x1b[{};{}H", y + 1, x + 1).len();
        }
        if style != Some(cell.style()) {
            bytes += 4;
        }
        bytes += cell.symbol().len();
        (last, style) = (Some((x + 1, y)), Some(cell.style()));
    }
    bytes
}

#[tokio::test(start_paused = true)]
async fn two_minutes_of_an_outage_cost_no_more_than_half_as_much_again_as_the_cells_that_changed() {
    let (mut story, mut counted) = at("payment-outage", "20m", (200, 60)).await;
    let mut last = story.keys("j").await.frames().pop().unwrap();
    counted.show(&last);
    counted.taken();
    let (mut sent, mut least) = (0, 0);
    story.passes(chrono::Duration::seconds(120)).await;
    for shown in story.frames() {
        counted.show(&shown);
        let bytes = counted.taken();
        if bytes > 0 {
            sent += bytes - AROUND;
            least += needed(&last.frame, &shown.frame);
        }
        last = shown;
    }
    assert!(sent > 0 && sent * 2 <= least * 3, "{sent} of {least}");
}
