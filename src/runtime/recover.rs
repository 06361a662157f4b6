//! Finishes what a crash cut off: each act that was written but never settled is looked up at its source first.

use std::{path::PathBuf, time::Duration};

use crate::{
    app::world::acts::ended_entries,
    domain::{
        op::{Act, Intent, Outcome},
        silence::SilenceState,
        source::SourceError,
        text::SafeText,
    },
    journal::Journal,
    sources::Silences,
};

use super::{Sources, clock::Clock, execute, find, journal::on_disk, panics::asked};

/// An act older than this is not sent any more: what was right before the night may be wrong after it.
const TOO_OLD: chrono::Duration = chrono::Duration::minutes(10);
/// How long this process holds an act it is finishing.
const LEASE: chrono::Duration = chrono::Duration::seconds(60);
/// Between two looks at the outbox.
const EVERY: Duration = Duration::from_secs(20);

/// Looks at the outbox at once and then now and again, as another cockpit may have died.
pub async fn run(path: PathBuf, sources: Sources, clock: Clock) {
    let journal = std::sync::Arc::new(opened(path).await);
    loop {
        let outbox = journal.clone();
        let now = clock.now();
        if let Some(Ok(pending)) = on_disk(async move { outbox.pending(now, LEASE).await }).await {
            for intent in pending {
                finish(&journal, &sources, intent, clock).await;
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// The journal, as soon as it can be opened; the keeper says meanwhile that it cannot.
async fn opened(path: PathBuf) -> Journal {
    loop {
        let path = path.clone();
        if let Some(Ok(journal)) = on_disk(async move { Journal::open(&path).await }).await {
            return journal;
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn finish(journal: &std::sync::Arc<Journal>, sources: &Sources, intent: Intent, clock: Clock) {
    let Some(outcome) = outcome(sources, &intent, clock).await else { return };
    let entries = ended_entries(&intent, clock.now(), &outcome);
    let (outbox, now) = (journal.clone(), clock.now());
    let settled = on_disk(async move { outbox.settle(&intent.op, &entries, now).await }).await;
    if let Some(Err(error)) = settled {
        tracing::warn!("an act from before could not be settled: {error}");
    }
}

/// How an act from before ended; none while its source does not answer, to be asked again.
async fn outcome(sources: &Sources, intent: &Intent, clock: Clock) -> Option<Outcome> {
    let refused = |why: &str| Some(Outcome::Refused { why: SafeText::new(why) });
    let Some(silences) = find(sources, intent.act.source()).and_then(|s| s.silences()) else {
        return refused("its source is no longer configured");
    };
    match already(silences, &intent.act, clock).await {
        Err(_) => None,
        Ok(Some(outcome)) => Some(outcome),
        Ok(None) if clock.now() - intent.at > TOO_OLD => refused("it was never sent, and is too old to be sent now"),
        Ok(None) => Some(execute::execute(sources, &intent.act, clock).await.outcome),
    }
}

/// Whether the server shows that it happened.
async fn already(silences: &dyn Silences, act: &Act, clock: Clock) -> Result<Option<Outcome>, SourceError> {
    let now = clock.now();
    match act {
        Act::PutSilence { draft, .. } => {
            let all = asked(silences.list(now)).await?;
            let found = execute::carried(&all, draft, now);
            Ok(found.map(|s| Outcome::Confirmed { silence: Some(s.id.clone()), ends_at: Some(s.ends_at) }))
        }
        Act::ExpireSilence { id, .. } => {
            let stands = asked(silences.get(id.raw(), now)).await?.is_some_and(|s| s.state != SilenceState::Expired);
            Ok((!stands).then(|| Outcome::Confirmed { silence: Some(id.clone()), ends_at: None }))
        }
    }
}
