//! What goes to the terminal and what comes from it. It is asked whether it is well, and at the beginning
//! what it is; its answers are told from keys however they are torn.

pub mod clipboard;
pub mod encode;
pub mod gate;
pub mod hear;
pub mod host;
pub mod input;
pub mod mouse;
mod mux;
pub mod notice;
pub mod pace;
pub mod questions;
pub mod reader;
pub mod screen;
pub mod writer;

use std::{future::Future, io, time::Duration};

use crossterm::event::Event;

use crate::{
    app::{
        App,
        desk::{asking::Asking, touch::Touch},
        msg::Msg,
    },
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
    fn hear(&mut self, event: Event, app: &App) -> Option<Msg> {
        match event {
            Event::Mouse(event) => self.touch(event, app).map(Msg::Touch),
            event => input::read(event),
        }
    }

    /// What is to be taken in next, for an event that meant several things one after the other.
    fn wants(&mut self, _app: &App) -> Option<Msg> {
        None
    }

    fn bell(&mut self);

    /// A question stands before the person that no frame shows yet, or none does any more: a key that was typed before it is
    /// on the screen does not answer it.
    fn asks(&mut self, _question: Option<Asking>) {}

    /// Whether such keys were left out since this was asked last.
    fn typed_ahead(&mut self) -> bool {
        false
    }

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

    /// What the mouse did, on the frame that was drawn last.
    fn touch(&mut self, _event: crossterm::event::MouseEvent, _app: &App) -> Option<Touch> {
        None
    }

    /// Hands the terminal to somebody else.
    fn suspend(&mut self);

    /// Takes it back and forgets what it showed.
    ///
    /// # Errors
    /// Where the terminal has gone.
    fn resume(&mut self) -> io::Result<()>;

    /// What the terminal shows may not be what was drawn: the next frame is a whole one.
    fn forget(&mut self) {}

    /// Stops the process, as Ctrl-Z is meant to; returns when it goes on.
    fn stop(&mut self) {}

    /// The next thing that the terminal tells of itself; never, where it is asked nothing.
    fn told(&self) -> impl Future<Output = hear::Told> + Send {
        std::future::pending()
    }

    /// Columns and rows, where they can be known.
    fn size(&self) -> Option<(u16, u16)>;

    /// Whether anybody can still see it: a closed session may be told of by no signal.
    fn is_there(&self) -> bool {
        true
    }
}
