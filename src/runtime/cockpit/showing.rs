//! When a frame is drawn: at once after a key, else in turns; seldom where the link is slow or nobody looks.

use std::{io, time::Duration};

use tokio::time::{Instant, sleep_until};

use crate::{
    app::{desk::Toast, msg::Msg, world::trust::Verdict},
    runtime::{failpoint, terminal::Screen},
};

use super::{Ended, Turning};

/// Data is drawn at most this often; a key is answered at once.
const FRAME: Duration = Duration::from_millis(33);
/// The same over a slow link.
const SLOW_FRAME: Duration = Duration::from_millis(500);
/// The same where another window has the keys. A verdict that changes is drawn all the same: a cockpit on a second screen
/// is looked at without having the keys.
const UNSEEN_FRAME: Duration = Duration::from_secs(60);
/// What only ticks is drawn this often where nothing is to move by itself.
const STILL: Duration = Duration::from_secs(60);
/// A link is told in steps of so many milliseconds, and not at all where it takes less than two of them.
const LINK_STEP: u64 = 100;

impl<S: Screen> Turning<'_, S> {
    /// When the next frame may be drawn; none while there is nothing to draw or nobody to see it.
    pub(super) fn draw_due(&self) -> Option<Instant> {
        let since = self.dirty.filter(|_| !self.away)?;
        Some(self.drawn.map_or(since, |drawn| (drawn + self.turn()).max(since)))
    }

    fn turn(&self) -> Duration {
        if self.unseen_since.is_some() && self.verdict == Some(self.app.world.verdict()) {
            return UNSEEN_FRAME;
        }
        if self.look.frugal { SLOW_FRAME } else { FRAME }
    }

    pub(super) fn draw(&mut self, ready: io::Result<()>) {
        failpoint::in_the_loop(&self.app);
        self.tell_typed_ahead();
        self.dirty = None;
        self.drawn = Some(Instant::now());
        self.verdict = Some(self.app.world.verdict());
        if ready.and_then(|()| self.screen.draw(&self.app, &self.look)).is_err() {
            self.ended = Some(Ended::TerminalGone);
        }
        let wanted = self.screen.wants(&self.app);
        self.take_in(wanted);
    }

    /// Time passes. Where nothing is to move by itself, what it alone changed is drawn once a minute; what it makes of the
    /// world, such as a source nobody can believe any more, is drawn at once.
    pub(super) fn pass(&mut self) {
        let before = (self.dirty, self.told());
        self.update(Msg::Ticked);
        let lately = self.ticked.is_some_and(|at| at.elapsed() < STILL);
        if self.look.still && before == (None, self.told()) && lately {
            self.dirty = None;
        } else {
            self.ticked = Some(Instant::now());
        }
    }

    /// What must be seen at once, whatever ticks.
    fn told(&self) -> (Option<Verdict>, usize, Option<Toast>) {
        let blind = self.app.world.sources.iter().filter(|source| source.is_blind()).count();
        (Some(self.app.world.verdict()), blind, self.app.desk.toast.clone())
    }

    /// The window got the keys, or lost them.
    pub(super) fn looked_at(&mut self, looked_at: bool) {
        let since = std::mem::replace(&mut self.unseen_since, (!looked_at).then(Instant::now));
        // Meanwhile somebody else may have written on the screen.
        if looked_at && since.is_some_and(|since| since.elapsed() >= UNSEEN_FRAME) {
            self.screen.forget();
            self.dirty.get_or_insert_with(Instant::now);
        }
        self.pollers.looked_at(looked_at);
        // Whoever looks again sees what is; who looks away is no reason to draw.
        self.drawn = self.drawn.filter(|_| !looked_at);
    }

    /// Tells the heart that keys were left out which no frame had asked for.
    pub(super) fn tell_typed_ahead(&mut self) {
        if self.screen.typed_ahead() {
            self.update(Msg::TypedAhead);
        }
    }

    /// Tells the heart of a link that is slow.
    pub(super) fn tell_link(&mut self) {
        let link = self.screen.link().and_then(slow);
        if link != self.app.desk.link {
            self.update(Msg::Link(link));
        }
    }
}

/// What is told of a link that takes so long.
fn slow(took: Duration) -> Option<u64> {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    Some(ms / LINK_STEP * LINK_STEP).filter(|ms| *ms >= 2 * LINK_STEP)
}

/// Returns when a frame is due and the last one has left.
pub(super) async fn drawable<S: Screen>(screen: &S, due: Option<Instant>) -> io::Result<()> {
    if let Some(due) = due {
        sleep_until(due).await;
    }
    screen.ready().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_told_in_steps_that_do_not_flicker_and_only_where_it_is_slow() {
        let told = |ms| slow(Duration::from_millis(ms));
        assert_eq!(
            [told(0), told(199), told(200), told(299), told(310)],
            [None, None, Some(200), Some(200), Some(300)]
        );
    }
}
