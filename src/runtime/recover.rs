//! Finishes what a crash cut off: each act that was written but never settled is looked up at its source first.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use crate::{app::world::acts::ended_entries, domain::op::Intent, journal::Journal};

use super::{
    Sources,
    clock::Clock,
    execute::Done,
    journal::on_disk,
    queue::{self, Begin},
};

/// How long this process holds an act it is finishing.
const LEASE: chrono::Duration = chrono::Duration::seconds(60);
/// Between two looks at the outbox.
const EVERY: Duration = Duration::from_secs(20);
/// Acts whose twins are looked for at most, the newest.
const SWEPT: u32 = 10_000;

/// Looks at the outbox at once and then now and again, as another cockpit may have died.
pub async fn run(path: PathBuf, sources: Sources, clock: Clock) {
    let journal = Arc::new(opened(path).await);
    // The one that died may have been about to end what it had sent twice.
    let mut sweeps = true;
    loop {
        let outbox = journal.clone();
        let now = clock.now();
        if let Some(Ok(pending)) = on_disk(async move { outbox.pending(now, LEASE).await }).await {
            sweeps |= !pending.is_empty();
            finish(&journal, &sources, pending, clock).await;
            if std::mem::take(&mut sweeps) {
                sweep(&journal, &sources, clock).await;
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn sweep(journal: &Arc<Journal>, sources: &Sources, clock: Clock) {
    let (outbox, since) = (journal.clone(), clock.now() - queue::TOO_OLD);
    if let Some(Ok(sent)) = on_disk(async move { outbox.sent(since, SWEPT).await }).await {
        let sent: Vec<Intent> = sent.into_iter().map(|(intent, _)| intent).collect();
        queue::sweep(sources, &sent, clock).await;
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

/// All of them, while the claim on them is kept: a long queue takes longer than a lease.
async fn finish(journal: &Arc<Journal>, sources: &Sources, pending: Vec<Intent>, clock: Clock) {
    let (told, mut ends) = mpsc::channel(64);
    let settling = async {
        while let Some((intent, done)) = ends.recv().await {
            settle(journal, intent, done, clock).await;
        }
    };
    let work = async { tokio::join!(queue::send(sources, pending, clock, Begin::Looking, told), settling) };
    tokio::select! {
        _ = work => {}
        () = keep(journal, clock) => {}
    }
}

async fn settle(journal: &Arc<Journal>, intent: Intent, done: Done, clock: Clock) {
    let entries = ended_entries(&intent, clock.now(), &done.outcome);
    let (outbox, now) = (journal.clone(), clock.now());
    let settled = on_disk(async move { outbox.settle(&intent.op, &entries, now).await }).await;
    if let Some(Err(error)) = settled {
        tracing::warn!("an act from before could not be settled: {error}");
    }
}

async fn keep(journal: &Arc<Journal>, clock: Clock) {
    loop {
        tokio::time::sleep(EVERY).await;
        let (outbox, now) = (journal.clone(), clock.now());
        let _ = on_disk(async move { outbox.renew_all(now, LEASE).await }).await;
    }
}
