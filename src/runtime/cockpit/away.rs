//! The terminal is somebody else's for a while: an editor's, or the shell's after Ctrl-Z; and how it is taken back.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::time::Instant;

use crate::{
    app::msg::{EditorMsg, Msg},
    domain::text::SafeText,
    runtime::{editor, signals, terminal::Screen},
};

use super::{Ended, Turning};

/// That the process goes on after Ctrl-Z is told by a signal, too, so much later at most.
const TOLD_LATE: Duration = Duration::from_millis(300);

impl<S: Screen> Turning<'_, S> {
    /// The stream of events is dropped, not only left alone: it would take the editor's keys.
    pub(super) fn edit(&mut self, text: String) -> Option<Msg> {
        if self.away {
            return Some(Msg::Editor(EditorMsg::Failed(SafeText::new("an editor is open already"))));
        }
        self.away = true;
        signals::keys_are_for_another(true);
        // In this order: who reads takes the terminal's last answers.
        self.screen.suspend();
        self.events = None;
        let inbox = self.inbox.clone();
        self.begin(async move {
            let msg = editor::edit(text).await;
            let _ = inbox.send(Msg::Editor(msg)).await;
        });
        None
    }

    /// Ctrl-Z: the shell gets the terminal as it was, and `fg` paints anew.
    pub(super) fn stop(&mut self) {
        self.screen.suspend();
        // What was typed since is ours, before and after.
        let mut typed = Vec::new();
        while let Some(Some(Some(event))) = self.events.as_mut().map(|events| events.next().now_or_never()) {
            typed.push(event);
        }
        self.events = None;
        self.screen.stop();
        self.take_back();
        typed.into_iter().for_each(|event| self.on_event(Some(event)));
    }

    /// The process was stopped from outside and goes on: a shell had the terminal, and it is taken from the beginning.
    pub(super) fn goes_on(&mut self) {
        let by_key = self.back.is_some_and(|back| back.elapsed() < TOLD_LATE);
        if !self.away && !by_key {
            self.screen.suspend();
            self.take_back();
        }
    }

    /// The terminal is ours again, whatever it shows now.
    pub(super) fn take_back(&mut self) {
        if self.screen.resume().is_err() {
            self.ended = Some(Ended::TerminalGone);
        }
        if self.events.is_none() {
            self.events = Some((self.open_events)());
        }
        self.away = false;
        self.back = Some(Instant::now());
        signals::keys_are_for_another(false);
        self.drawn = None;
        self.dirty = Some(Instant::now());
        self.fit();
    }
}
