//! When counts are written to the disk: seldom, and never in the way of the next reading.

use chrono::Duration;

use super::Counting;
use crate::domain::Time;

/// Between two writings of the same counts: a restart asks for this much again, which is cheap.
const EVERY: Duration = Duration::minutes(15);

impl Counting {
    /// Writes what has changed; what cannot be written is read again at the next start, and that is all.
    pub(super) async fn keep(&mut self, now: Time) {
        let Some(cache) = self.means.cache.clone().filter(|c| c.is_writable()) else { return };
        let mut files = Vec::new();
        for known in self.rows.iter_mut().filter(|k| k.is_changed) {
            let due = known.kept_at.is_none_or(|at| now - at >= EVERY);
            let (Some(key), Some(at)) = (known.key.clone().filter(|_| due), known.counted_at) else { continue };
            files.push((key, at, known.history.clone()));
            (known.kept_at, known.is_changed) = (Some(now), false);
        }
        let told = self.unkept();
        if files.is_empty() && told.is_empty() {
            return;
        }
        let written = tokio::task::spawn_blocking(move || {
            told.iter().try_for_each(|(text, definitions)| cache.define(text, definitions))?;
            files.iter().try_for_each(|(key, at, history)| cache.store(key, *at, history))?;
            cache.prune(now)
        });
        if let Ok(Err(error)) = written.await {
            tracing::warn!("counts cannot be kept for the next start: {error}");
        }
    }
}
