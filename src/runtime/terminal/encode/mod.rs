//! Frames to bytes: what is shown and what shall be shown become the fewest sequences that lead from one to the other.
//!
//! Pure: it writes into a vector, and knows neither a terminal, nor a clock, nor what a frame means.
//!
//! | file | holds |
//! |---|---|
//! | `picture` | what the terminal shows, cell by cell |
//! | `shift` | rows that moved together |
//! | `rows` | one row into another |
//! | `sgr`, `moves` | the pen's style and the cursor's way |
//! | `linked` | which cells are part of a link |
//! | `dialect` | what this terminal understands |

pub mod dialect;
mod linked;
mod moves;
mod pen;
mod picture;
mod rows;
mod sgr;
mod shift;

use ratatui::{buffer::Buffer, style::Color};

use crate::ui::link::Link;

use self::{dialect::Dialect, pen::Pen, picture::Picture, sgr::Ink, shift::Shift};

/// A cell of the frame, where there is one.
type Place = Option<(u16, u16)>;

/// Shifts in one frame; panes that lie above each other may each have theirs.
const SHIFTS: usize = 3;

/// Keeps what the terminal shows, and tells it what is different.
#[derive(Debug)]
pub struct Encoder {
    pen: Pen,
    shown: Picture,
    next: Picture,
    /// Nothing is known of what the terminal shows.
    lost: bool,
    caret: Option<bool>,
}

impl Encoder {
    pub fn new(dialect: Dialect) -> Self {
        Self { pen: Pen::new(dialect), shown: Picture::default(), next: Picture::default(), lost: true, caret: None }
    }

    /// Somebody else had the terminal: what is remembered of it is no longer true, and the next frame paints anew.
    pub fn forget(&mut self) {
        self.lost = true;
        self.caret = None;
    }

    /// The bytes that make this of what is shown; none where that is the same. The cursor is shown at `caret`, hidden
    /// without one.
    pub fn frame(&mut self, frame: &Buffer, links: &[Link], caret: Option<(u16, u16)>) -> Vec<u8> {
        self.frame_on(frame, links, (caret, None))
    }

    /// As [`Self::frame`]; without a caret the hidden cursor rests at `chosen`. Magnifiers and screen readers follow it
    /// there, while a cursor that is seen would blink on a row where nobody writes.
    pub fn frame_on(&mut self, frame: &Buffer, links: &[Link], (caret, chosen): (Place, Place)) -> Vec<u8> {
        self.next.read(frame);
        self.link(links);
        let hidden = self.caret == Some(false);
        if self.lost || (self.next.width, self.next.height) != (self.shown.width, self.shown.height) {
            self.begin_anew();
        } else {
            self.shifts();
        }
        self.changes();
        std::mem::swap(&mut self.shown, &mut self.next);
        self.pen.end_link();
        let drawn = self.pen.take();
        let cell = |(x, y): (u16, u16)| (usize::from(x), usize::from(y));
        let mut out = self.show(caret.map(cell), drawn, hidden);
        if let Some((x, y)) = chosen.filter(|_| caret.is_none()).map(cell) {
            self.pen.go(x, y);
            out.append(&mut self.pen.take());
        }
        out
    }

    /// More links than can be told apart are left out, and what was shown of others is painted anew.
    fn link(&mut self, links: &[Link]) {
        for link in links {
            let Some(bits) = self.pen.links.bits(&link.url) else {
                self.lost = true;
                self.next.unlink();
                return;
            };
            self.next.link(link, bits);
        }
    }

    fn begin_anew(&mut self) {
        let ground = if self.pen.dialect.erase_in_colour { self.next.ground() } else { Color::Reset };
        self.pen.begin_anew(ground);
        self.shown.erase(self.next.width, self.next.height, ground);
        self.lost = false;
    }

    fn shifts(&mut self) {
        for _ in 0..SHIFTS {
            let Some(shift) = shift::find(&self.shown, &self.next) else { return };
            self.pen.shift(shift, self.next.height);
            self.shown.scroll(shift.top, shift.bottom, shift.by);
        }
    }

    fn changes(&mut self) {
        for y in 0..self.next.height {
            rows::write(&mut self.pen, y, self.next.row(y), self.shown.row(y));
        }
    }

    /// A cursor that is shown does not wander about while a frame is drawn.
    fn show(&mut self, caret: Option<(usize, usize)>, drawn: Vec<u8>, hidden: bool) -> Vec<u8> {
        let hide = !hidden && (caret.is_none() || !drawn.is_empty());
        let mut out = if hide { [b"\x1b[?25l".as_slice(), &drawn].concat() } else { drawn };
        if let Some((x, y)) = caret {
            self.pen.go(x, y);
            out.append(&mut self.pen.take());
            if hide || hidden {
                out.extend_from_slice(b"\x1b[?25h");
            }
        }
        self.caret = Some(caret.is_some());
        out
    }
}
