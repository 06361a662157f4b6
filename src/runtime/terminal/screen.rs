//! The real terminal: taken with a guard, given back on every way out that a process can control.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
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
    writer::{FrameWriter, Ready},
};

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, taken: dropping it gives it back.
pub struct Tty {
    terminal: Terminal<QuietBackend<FrameWriter>>,
    ready: Ready,
    bell: bool,
}

impl Tty {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where standard output is no terminal.
    pub fn take(bell: bool) -> io::Result<Self> {
        let writer = FrameWriter::start()?;
        let ready = writer.ready();
        enter()?;
        let terminal = Terminal::new(QuietBackend::new(writer)).inspect_err(|_| leave())?;
        Ok(Self { terminal, ready, bell })
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
        Ok(())
    }

    fn ready(&self) -> impl Future<Output = io::Result<()>> + Send {
        let ready = self.ready.clone();
        async move { ready.wait().await }
    }

    fn bell(&mut self) {
        if self.bell {
            // Leaves with the next frame.
            let _ = self.terminal.backend_mut().writer().write_all(b"\x07");
        }
    }

    fn suspend(&mut self) {
        self.ready.wait_a_little();
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
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.ready.wait_a_little();
        leave();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(io::stdout(), EnterAlternateScreen, Hide, EnableBracketedPaste).inspect_err(|_| leave())
}

/// Gives the terminal back once. A terminal that has gone takes nothing, and that is no error.
fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = io::stdout().write_all(b"\x1b[?2026l\x1b[0m");
        let _ = execute!(io::stdout(), DisableBracketedPaste, Show, LeaveAlternateScreen);
        let _ = disable_raw_mode();
    }
}

/// For a process that is about to end whatever happens: modes first, as they never block.
pub fn give_back_in_haste() {
    if TAKEN.load(Ordering::SeqCst) {
        let _ = disable_raw_mode();
        leave();
    }
}
