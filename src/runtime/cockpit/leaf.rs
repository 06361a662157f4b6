//! Effects that are done in a breath: nothing is waited for, and nothing comes back.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    app::{
        effect::{Absence, Eyes},
        msg::Msg,
        world::summary::Summary,
    },
    domain::{
        notify::{Notice, Way},
        signals::Look as Opened,
        source::SourceName,
    },
    runtime::{clock::Clock, journal::on_disk, makeup, standing::Standing, terminal::Screen},
};

use super::{Ended, Turning};

/// Between two notes of how things stand.
const NOTED: Duration = Duration::from_secs(10);

impl<S: Screen> Turning<'_, S> {
    pub(super) fn make_up(&mut self, absence: Absence) -> Option<Msg> {
        self.begin(makeup::run(self.journal.clone(), absence, self.clock));
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

    pub(super) fn notify(&mut self, notice: Notice) -> Option<Msg> {
        if notice.ways.has(Way::Terminal) {
            self.screen.notify(&notice.title, &notice.body);
            self.leaves_now();
        }
        self.notifier.send(notice);
        None
    }

    pub(super) fn bell(&mut self) -> Option<Msg> {
        if self.bell {
            self.screen.bell();
            self.leaves_now();
        }
        None
    }

    /// Leaves a note of how things stand, now and then and whenever the word over them is another.
    pub(super) fn note_standing(&mut self) {
        let now = self.clock.now();
        let verdict = self.app.world.verdict();
        let due = self.noted.is_none_or(|(at, was)| at.elapsed() >= NOTED || was != verdict);
        if self.bound || !due || self.app.world.sources.iter().any(|s| s.asked_at.is_none()) {
            return;
        }
        self.noted = Some((Instant::now(), verdict));
        let standing = Standing {
            at: Clock::real().now(),
            sources: self.app.world.sources.iter().map(|s| s.about.name.as_str().to_owned()).collect(),
            summary: Summary::now(&self.app.world, now),
        };
        let journal = self.journal.clone();
        self.begin(async move {
            // Whoever reads it asks the sources where there is none.
            drop(on_disk(async move { standing.keep(&journal) }).await);
        });
    }

    /// What goes with a frame goes at once, though nobody looks.
    pub(super) fn leaves_now(&mut self) {
        self.drawn = None;
        self.dirty.get_or_insert_with(Instant::now);
    }

    pub(super) fn quit(&mut self) -> Option<Msg> {
        self.ended = Some(Ended::Quit);
        None
    }
}
