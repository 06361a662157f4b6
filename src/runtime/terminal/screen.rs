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
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::Terminal;

use crate::{
    app::App,
    ui::{self, look::Look},
};

use super::{
    Screen,
    backend::QuietBackend,
    clipboard,
    writer::{Collected, Frames},
};

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// A frame on its way may take this long to leave before the terminal is given back all the same.
const SETTLE: Duration = Duration::from_millis(200);
/// A process that is about to end waits this long for the terminal to take what gives it back.
const HASTE: Duration = Duration::from_millis(100);

/// The terminal, taken: dropping it gives it back.
pub struct Tty {
    terminal: Terminal<QuietBackend<Collected>>,
    frames: Frames,
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
        let terminal = Terminal::new(QuietBackend::new(frames.frame())).inspect_err(|_| leave())?;
        Ok(Self { terminal, frames, bell })
    }
}

impl Screen for Tty {
    fn draw(&mut self, app: &App, look: &Look) -> io::Result<()> {
        let size = self.terminal.size()?;
        if size.width == 0 || size.height == 0 {
            return Ok(());
        }
        self.terminal.draw(|frame| {
            let caret = ui::view(app, look, frame.buffer_mut());
            if let Some(at) = caret.at {
                frame.set_cursor_position(at);
            }
        })?;
        self.frames.send()
    }

    fn ready(&self) -> impl Future<Output = io::Result<()>> + Send {
        let ready = self.frames.ready();
        async move { ready.wait().await }
    }

    fn bell(&mut self) {
        if self.bell {
            // Leaves with the next frame.
            let _ = self.frames.frame().write_all(b"\x07");
        }
    }

    fn copy(&mut self, text: &str) {
        // Leaves with the next frame.
        if let Some(bytes) = clipboard::osc52(text) {
            let _ = self.frames.frame().write_all(&bytes);
        }
    }

    fn suspend(&mut self) {
        self.frames.settle(SETTLE);
        leave();
    }

    fn resume(&mut self) -> io::Result<()> {
        enter()?;
        self.terminal.backend_mut().forget();
        self.terminal.clear()
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
    execute!(io::stdout(), EnterAlternateScreen, Hide, EnableBracketedPaste).inspect_err(|_| leave())
}

/// Gives the terminal back once. A terminal that has gone takes nothing, and that is no error.
///
/// The line discipline first: that never blocks, while a terminal that does not read takes no byte.
fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = disable_raw_mode();
        let _ = io::stdout().write_all(b"\x1b[?2026l\x1b[0m");
        let _ = execute!(io::stdout(), DisableBracketedPaste, Show, LeaveAlternateScreen);
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
