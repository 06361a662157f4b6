//! What goes to the terminal and what comes from it. One question is asked of it, whether it is well; its answer is told from
//! keys however it is torn.

pub mod clipboard;
pub mod encode;
pub mod hear;
pub mod input;
pub mod pace;
pub mod reader;
pub mod screen;
pub mod writer;

use std::{future::Future, io, time::Duration};

use crossterm::event::Event;

use crate::{
    app::{App, msg::Msg},
    ui::look::Look,
};

/// The screen as the loop sees it; tests bring their own.
pub trait Screen: Send {
    /// Draws a frame. Call it only after [`Screen::ready`].
    ///
    /// # Errors
    /// Where the terminal has gone: the end of the cockpit.
    fn draw(&mut self, app: &App, look: &Look) -> io::Result<()>;

    /// Returns once the last frame has left, so that none is ever queued.
    fn ready(&self) -> impl Future<Output = io::Result<()>> + Send;

    /// What an event means, of which [`Screen::wants`] may tell more once that was taken in.
    fn hear(&mut self, event: Event, _app: &App) -> Option<Msg> {
        input::read(event)
    }

    /// What is to be taken in next, for an event that meant several things one after the other.
    fn wants(&mut self, _app: &App) -> Option<Msg> {
        None
    }

    fn bell(&mut self);

    /// Asks the terminal to put a text on its clipboard. Whether it does, no terminal tells.
    fn copy(&mut self, _text: &str) {}

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
