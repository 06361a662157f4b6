//! The real terminal: taken with a guard, given back on every way out that a process can control.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use crossterm::{
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::App,
    ui::{self, look::Look},
};

use super::{
    Screen, clipboard,
    encode::{Encoder, dialect::Dialect},
    writer::{Frames, Ready},
};

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// A frame on its way may take this long to leave before the terminal is given back all the same.
const SETTLE: Duration = Duration::from_millis(200);
/// A process that is about to end waits this long for the terminal to take what gives it back.
const HASTE: Duration = Duration::from_millis(100);

/// The terminal, taken: dropping it gives it back.
pub struct Tty {
    encoder: Encoder,
    frame: Buffer,
    frames: Frames,
    /// What leaves with the next frame: the bell, a text for the clipboard.
    beside: Vec<u8>,
    bell: bool,
}

impl Tty {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where standard output is no terminal.
    pub fn take(bell: bool) -> io::Result<Self> {
        let frames = Frames::start()?;
        enter()?;
        let dialect = Dialect::of(&std::env::var("TERM").unwrap_or_default());
        let frame = Buffer::empty(Rect::ZERO);
        Ok(Self { encoder: Encoder::new(dialect), frame, frames, beside: Vec::new(), bell })
    }

    /// Where an answer of the terminal is told of.
    pub fn writer(&self) -> Ready {
        self.frames.ready()
    }
}

impl Screen for Tty {
    fn draw(&mut self, app: &App, look: &Look) -> io::Result<()> {
        let Some((width, height)) = self.size().filter(|(width, height)| *width > 0 && *height > 0) else {
            return Ok(());
        };
        self.frame.resize(Rect::new(0, 0, width, height));
        self.frame.reset();
        let spot = ui::spot(app, look, &mut self.frame);
        let caret = spot.caret.at.or(spot.chosen.filter(|_| look.row_cursor));
        let mut bytes = std::mem::take(&mut self.beside);
        bytes.append(&mut self.encoder.frame_on(&self.frame, caret, spot.chosen));
        self.frames.send(&bytes)
    }

    fn ready(&self) -> impl Future<Output = io::Result<()>> + Send {
        let ready = self.frames.ready();
        async move { ready.wait().await }
    }

    fn bell(&mut self) {
        if self.bell {
            self.beside.push(0x07);
        }
    }

    fn copy(&mut self, text: &str) {
        self.beside.extend(clipboard::osc52(text).unwrap_or_default());
    }

    fn link(&self) -> Option<Duration> {
        self.frames.link()
    }

    fn suspend(&mut self) {
        self.beside.clear();
        self.frames.settle(SETTLE);
        leave();
    }

    fn resume(&mut self) -> io::Result<()> {
        enter()?;
        self.encoder.forget();
        Ok(())
    }

    fn stop(&mut self) {
        if signal_hook::low_level::raise(signal_hook::consts::SIGTSTP).is_err() {
            tracing::warn!("the process could not be stopped");
        }
    }

    fn size(&self) -> Option<(u16, u16)> {
        crossterm::terminal::size().ok()
    }

    fn is_there(&self) -> bool {
        io::stdout().is_terminal()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.frames.settle(SETTLE);
        leave();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(io::stdout(), EnterAlternateScreen, Hide, EnableBracketedPaste, EnableFocusChange).inspect_err(|_| leave())
}

/// Gives the terminal back once. A terminal that has gone takes nothing, and that is no error.
///
/// The line discipline first: that never blocks, while a terminal that does not read takes no byte.
fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = disable_raw_mode();
        let _ = io::stdout().write_all(b"\x1b[?2026l\x1b[r\x1b[0m");
        let _ = execute!(io::stdout(), DisableFocusChange, DisableBracketedPaste, Show, LeaveAlternateScreen);
    }
}

/// For a process that is about to end whatever happens: returns even where the terminal does not read.
pub fn give_back_in_haste() {
    let (done, wait) = mpsc::channel();
    let given = std::thread::Builder::new().name("give back".into()).spawn(move || {
        leave();
        done.send(())
    });
    if given.is_ok() {
        let _ = wait.recv_timeout(HASTE);
    }
}
