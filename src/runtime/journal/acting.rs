//! Acts in the journal: written before they are sent, kept while they wait, closed when they have ended, read when one looks back.

use crate::{
    app::msg::{DeedsFor, JournalMsg},
    domain::{
        Time,
        deed::deeds,
        entry::NewEntry,
        op::{BatchId, Intent, OpId},
        text::SafeText,
    },
    journal::FIRST_LEASE,
};

use super::Keeping;

/// How often the claim on acts that wait for their turn is renewed.
const RENEW: chrono::Duration = chrono::Duration::seconds(20);
/// Acts and entries that a look back reads at most.
const DEEDS: u32 = 10_000;

impl Keeping {
    pub(super) async fn intend(&mut self, intent: Intent, entries: Vec<NewEntry>) {
        let op = intent.op.clone();
        let written = self.with(|j, now| async move { j.intend(&intent, &entries, now).await }).await;
        let msg = match self.went_well(written).await {
            Ok(_) => {
                self.flying.insert(op.clone());
                JournalMsg::Intended(op)
            }
            Err(why) => JournalMsg::NotIntended { op, why },
        };
        self.say(msg).await;
    }

    pub(super) async fn intend_all(&mut self, batch: BatchId, acts: Vec<Intent>, entries: Vec<NewEntry>) {
        let ops: Vec<OpId> = acts.iter().map(|a| a.op.clone()).collect();
        let written = self.with(|j, now| async move { j.intend_all(&acts, &entries, now).await }).await;
        let msg = match self.went_well(written).await {
            Ok(_) => {
                self.flying.extend(ops);
                JournalMsg::AllIntended(batch)
            }
            Err(why) => JournalMsg::NoneIntended { batch, why },
        };
        self.say(msg).await;
    }

    /// Where the end cannot be written the row stays open, and the next start finds out what became of it.
    pub(super) async fn settle(&mut self, ends: Vec<(OpId, Vec<NewEntry>)>) {
        if ends.is_empty() {
            return;
        }
        for (op, _) in &ends {
            self.flying.remove(op);
        }
        let written = self.with(|j, now| async move { j.settle_all(&ends, now).await }).await;
        let _ = self.went_well(written).await;
    }

    /// Acts that wait for their turn longer than a lease are still this cockpit's.
    pub(super) async fn renew(&mut self) {
        let now = self.clock.now();
        if !self.flying.is_empty() && now - self.renewed >= RENEW {
            self.renewed = now;
            let _ = self.with(|j, now| async move { j.renew_all(now, FIRST_LEASE).await }).await;
        }
    }

    pub(super) async fn deeds(&mut self, since: Time, wanted: DeedsFor) {
        let read = self
            .with(move |j, _| async move {
                let sent = j.sent(since, DEEDS).await?;
                Ok(deeds(sent, j.since(since, None, DEEDS).await?))
            })
            .await;
        let deeds = match read {
            Some(Ok(deeds)) => Ok(deeds),
            Some(Err(error)) => Err(SafeText::new(&error.to_string())),
            None => Err(self.fault.clone().unwrap_or_else(|| SafeText::new("the journal is not open"))),
        };
        self.say(JournalMsg::Deeds { wanted, deeds }).await;
    }
}
