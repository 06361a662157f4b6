//! Lines that nobody types: each is read once what the one before it asked for has been done.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::Duration;
use tokio::sync::Notify;

use crate::{
    app::{App, msg::Msg, world::ops::Activity},
    domain::Time,
};

use super::Plain;

/// A script's next line is read this long after the one before, at least.
const BETWEEN_LINES: Duration = Duration::milliseconds(500);
/// What a script began may take this long to end before its end.
const LAST_ACTS: Duration = Duration::seconds(15);

/// How the lines went.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    failed: Arc<AtomicBool>,
    partial: Arc<AtomicBool>,
}

impl Outcome {
    pub(super) fn failed(&self) {
        self.failed.store(true, Ordering::SeqCst);
    }

    pub(super) fn partly(&self) {
        self.partial.store(true, Ordering::SeqCst);
    }

    /// Whether a line could not be done.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    /// Whether an answer was told without a source that could not be read.
    pub fn is_partial(&self) -> bool {
        self.partial.load(Ordering::SeqCst)
    }
}

/// Lines that nobody types.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) turn: Arc<Notify>,
    pub(super) lines: usize,
    pub(super) last: Option<Time>,
    pub(super) waits: bool,
    pub(super) ended: bool,
}

impl Plain {
    /// With lines that are read one after the other, each once the one before it is answered.
    #[must_use]
    pub fn scripted(mut self, turn: Arc<Notify>) -> Self {
        self.script = Some(Script { turn, lines: 0, last: None, waits: true, ended: false });
        self
    }

    /// Lets the next line of a script in, or ends with it.
    pub(super) fn go_on_with_script(&mut self, app: &App) {
        let idle = self.queue.is_empty() && self.greeted && is_idle(app);
        let Some(script) = &mut self.script else { return };
        let since = script.last.map(|last| app.now - last);
        let late = script.ended && since.is_some_and(|since| since > LAST_ACTS);
        if !(idle && since.is_none_or(|since| since >= BETWEEN_LINES) || late) {
            return;
        }
        if script.ended {
            // With no line at all it is only listened to.
            if script.lines > 0 {
                script.lines = 0;
                self.queue.push_back(Msg::QuitAsked);
            }
        } else if std::mem::take(&mut script.waits) {
            script.turn.notify_one();
        }
    }
}

/// Nothing that was asked for is on its way.
fn is_idle(app: &App) -> bool {
    let flying = app.world.ops.activities().values().any(|a| *a != Activity::Settling);
    !flying && app.world.bulk.running().is_none() && !app.has_more()
}
