//! Effects that are done in a breath: nothing is waited for, and nothing comes back.

use crate::{
    app::{
        effect::{Absence, Eyes},
        msg::Msg,
    },
    domain::{signals::Look as Opened, source::SourceName},
    runtime::{makeup, terminal::Screen},
};

use super::{Ended, Turning};

impl<S: Screen> Turning<'_, S> {
    pub(super) fn make_up(&mut self, absence: Absence) -> Option<Msg> {
        self.tasks.spawn(makeup::run(self.journal.clone(), absence, self.clock));
        None
    }

    pub(super) fn copy(&mut self, text: &str) -> Option<Msg> {
        self.screen.copy(text);
        None
    }

    pub(super) fn refresh(&self, name: Option<&SourceName>) -> Option<Msg> {
        self.pollers.refresh(name);
        None
    }

    pub(super) fn watch(&self, eyes: Eyes) -> Option<Msg> {
        self.watching.send_replace(eyes);
        None
    }

    pub(super) fn look_at(&self, look: Option<Box<Opened>>) -> Option<Msg> {
        self.opening.send_replace(look);
        None
    }

    pub(super) fn notify(&self, title: &str, body: &str) -> Option<Msg> {
        self.notifier.send(title, body);
        None
    }

    pub(super) fn bell(&mut self) -> Option<Msg> {
        if self.bell {
            self.screen.bell();
        }
        None
    }

    pub(super) fn quit(&mut self) -> Option<Msg> {
        self.ended = Some(Ended::Quit);
        None
    }
}
