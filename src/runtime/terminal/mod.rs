//! What goes to the terminal and what comes from it. One question is asked of it, whether it is well; its answer is told from
//! keys however it is torn.

pub mod clipboard;
pub mod encode;
pub mod hear;
pub mod host;
pub mod input;
mod mux;
pub mod notice;
pub mod pace;
pub mod reader;
pub mod screen;
pub mod writer;

use std::{future::Future, io, time::Duration};

use crate::{app::App, ui::look::Look};

/// The screen as the loop sees it; tests bring their own.
pub trait Screen: Send {
    /// Draws a frame. Call it only after [`Screen::ready`].
    ///
    /// # Errors
    /// Where the terminal has gone: the end of the cockpit.
    fn draw(&mut self, app: &App, look: &Look) -> io::Result<()>;

    /// Returns once the last frame has left, so that none is ever queued.
    fn ready(&self) -> impl Future<Output = io::Result<()>> + Send;

    fn bell(&mut self);

    /// Asks the terminal to put a text on its clipboard; false where it is too long for that. Whether it does, no terminal
    /// tells.
    fn copy(&mut self, _text: &str) -> bool {
        true
    }

    /// Asks the terminal to show a notification; it leaves with the next frame.
    fn notify(&mut self, _title: &str, _body: &str) {}

    /// How long the terminal takes to answer, where that was measured lately.
    fn link(&self) -> Option<Duration> {
        None
    }

    /// Hands the terminal to somebody else.
    fn suspend(&mut self);

    /// Takes it back and forgets what it showed.
    ///
    /// # Errors
    /// Where the terminal has gone.
    fn resume(&mut self) -> io::Result<()>;

    /// Stops the process, as Ctrl-Z is meant to; returns when it goes on.
    fn stop(&mut self) {}

    /// Columns and rows, where they can be known.
    fn size(&self) -> Option<(u16, u16)>;

    /// Whether anybody can still see it: a closed session may be told of by no signal.
    fn is_there(&self) -> bool {
        true
    }
}
