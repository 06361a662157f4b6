//! The end of a cockpit: what still waits to be written down is, within a bounded time, the ends of alerts first; the rest is
//! counted, so that it can be said.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    app::{App, effect::Effect, world::parting::Parting},
    domain::Time,
    runtime::{
        Sources,
        journal::{Ask, Keeper},
    },
};

use super::Ended;

/// What the journal still has to write may hold up the end for this long.
const LAST_WORDS: Duration = Duration::from_millis(600);

/// How a cockpit was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub ended: Ended,
    /// What was done meanwhile.
    pub parting: Parting,
    /// Firings and resolutions that are not in the journal; the next start makes up for what can still be known.
    pub unwritten: usize,
}

/// Lets sources end what they keep running; what has not ended by then is killed.
pub(super) async fn farewell(sources: &Sources) {
    let all = join_all(sources.iter().map(|source| source.leave()));
    drop(timeout(LAST_WORDS, all).await);
}

/// Writes what waits; answers how many were not written.
pub(super) async fn last_words(app: &mut App, keeper: Keeper, now: Time) -> usize {
    let deadline = Instant::now() + LAST_WORDS;
    app.world.ends_first();
    let mut unwritten = 0;
    loop {
        let batch = app.world.tell_batch();
        let some = batch.len();
        if some == 0 {
            break;
        }
        if timeout_at(deadline, keeper.writes(batch)).await.is_err() {
            unwritten += some;
            break;
        }
    }
    for effect in app.world.keep_seen(now) {
        if let Effect::SaveDraft { key, text } = effect {
            // Only where the queue is full; it was kept a minute ago.
            drop(keeper.ask(Ask::SaveDraft { key, text }));
        }
    }
    // Whatever a screen confirmed is on disk already; these are drafts and observations.
    unwritten += timeout_at(deadline, keeper.finish()).await.unwrap_or_default();
    unwritten + app.world.untold()
}
