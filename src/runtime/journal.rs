//! The journal's task: one writer, work in the order it was asked for, and what other cockpits wrote.

use std::{collections::BTreeSet, future::Future, path::PathBuf, pin::Pin, sync::Arc};

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    app::{
        effect::StoryOf,
        msg::{DeedsFor, JournalMsg, Msg},
    },
    domain::{
        Time,
        entry::{NewEntry, Subject},
        op::{BatchId, Intent, OpId},
        text::SafeText,
    },
    journal::{Journal, JournalError},
};

use super::{Inbox, clock::Clock};

mod acting;
mod lost;
mod telling;

/// What the journal may be asked.
#[derive(Debug)]
pub enum Ask {
    Observe(Vec<NewEntry>),
    /// Answered when all that was asked before is done.
    Done(oneshot::Sender<()>),
    Record {
        op: OpId,
        entries: Vec<NewEntry>,
        clear_draft: Option<String>,
    },
    Intend(Box<Intent>, Vec<NewEntry>),
    /// All acts of one plan, or none.
    IntendAll {
        batch: BatchId,
        acts: Vec<Intent>,
        entries: Vec<NewEntry>,
    },
    Settle(OpId, Vec<NewEntry>),
    /// What was done since a moment.
    Deeds {
        since: Time,
        wanted: DeedsFor,
    },
    SaveDraft {
        key: String,
        text: String,
    },
    LoadDraft {
        key: String,
    },
    History(Subject),
    /// What belongs to the timeline of an incident.
    Story(StoryOf),
}

/// Asks that may wait. Beyond it an act is refused, for it could not be kept.
const QUEUE: usize = 1_024;
/// Observed entries that are kept for a journal that cannot be written just now.
const BACKLOG: usize = 10_000;
/// Entries that a cockpit begins with.
const RECENT: u32 = 1_000;
/// How far back firings are told at the start, and how many at most.
const PAST: chrono::Duration = chrono::Duration::hours(24);
const PAST_MAX: u32 = 20_000;
/// A draft that is written to find out whether anything can be, and is gone at once.
const PROBE: &str = "probe";
/// How often other cockpits' entries are looked for, on the machine's clock.
const LOOK: std::time::Duration = std::time::Duration::from_secs(2);

/// The handle on the task.
pub struct Keeper {
    asks: mpsc::Sender<Ask>,
    task: JoinHandle<usize>,
}

impl Keeper {
    /// Starts the task; the file is opened by it, so that the first frame does not wait for a disk.
    pub fn start(path: PathBuf, clock: Clock, inbox: Inbox) -> Self {
        let (asks, queue) = mpsc::channel(QUEUE);
        let keeping = Keeping {
            path,
            clock,
            inbox,
            journal: None,
            seq: 0,
            backlog: Vec::new(),
            fault: None,
            flying: BTreeSet::new(),
            renewed: clock.now(),
        };
        let task = tokio::spawn(keeping.run(queue));
        Self { asks, task }
    }

    /// Asks; gives the ask back where the queue is full or the task has ended.
    ///
    /// # Errors
    /// The ask itself, which was not taken.
    pub fn ask(&self, ask: Ask) -> Result<(), Box<Ask>> {
        self.asks.try_send(ask).map_err(|e| Box::new(e.into_inner()))
    }

    /// Writes what was observed, and waits for that.
    pub async fn writes(&self, entries: Vec<NewEntry>) {
        let (told, done) = oneshot::channel();
        // A task that has ended writes nothing, and is not waited for.
        let _ = self.asks.send(Ask::Observe(entries)).await;
        let _ = self.asks.send(Ask::Done(told)).await;
        let _ = done.await;
    }

    /// Lets the task finish what it was asked; answers how much of what was observed could not be written.
    pub async fn finish(self) -> usize {
        drop(self.asks);
        // A panic in it was recorded by the hook; there is nothing more to wait for.
        self.task.await.unwrap_or_default()
    }
}

/// Runs a journal future on a thread of its own kind: sqlx waits on threads that tokio cannot see, and a paused clock
/// must not run ahead of a disk. None where it panicked.
pub(crate) async fn on_disk<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let (told, done) = oneshot::channel();
    // Boxed: all questions to the journal are one kind of task, which is built once.
    waited_for(Box::pin(async move {
        let _ = told.send(future.await);
    }))
    .await;
    done.await.ok()
}

async fn waited_for(work: Pin<Box<dyn Future<Output = ()> + Send>>) {
    let handle = tokio::runtime::Handle::current();
    // A panic was recorded by the hook, and its answer is missing.
    let _ = tokio::task::spawn_blocking(move || handle.block_on(work)).await;
}

struct Keeping {
    path: PathBuf,
    clock: Clock,
    inbox: Inbox,
    journal: Option<Arc<Journal>>,
    /// The newest entry that was told.
    seq: i64,
    backlog: Vec<NewEntry>,
    /// What was last said of the journal's health.
    fault: Option<SafeText>,
    /// Acts that were written and have not ended.
    flying: BTreeSet<OpId>,
    renewed: Time,
}

impl Keeping {
    async fn run(mut self, mut queue: mpsc::Receiver<Ask>) -> usize {
        self.open().await;
        loop {
            let asked = tokio::select! {
                biased;
                ask = queue.recv() => Some(ask),
                () = tokio::time::sleep(LOOK) => None,
            };
            match asked {
                Some(Some(first)) => self.turn(first, &mut queue).await,
                Some(None) => break,
                None => self.look().await,
            }
        }
        self.flush().await;
        if let Some(journal) = self.journal.take() {
            // The next cockpit need not wait for a lease to end.
            let _ = on_disk(async move { journal.release().await }).await;
        }
        self.backlog.len()
    }

    async fn turn(&mut self, first: Ask, queue: &mut mpsc::Receiver<Ask>) {
        let mut asks = vec![first];
        while let Ok(more) = queue.try_recv() {
            asks.push(more);
        }
        let keys: Vec<Option<String>> = asks.iter().map(draft_key).collect();
        let observed = asks.iter().any(|ask| matches!(ask, Ask::Observe(_)));
        let mut ends = Vec::new();
        for (i, ask) in asks.into_iter().enumerate() {
            // Of several drafts of one text in a row only the last is worth a write.
            let outdated = keys[i].is_some() && keys.get(i + 1) == Some(&keys[i]);
            match ask {
                Ask::Settle(op, entries) => ends.push((op, entries)),
                ask if !outdated => {
                    self.settle(std::mem::take(&mut ends)).await;
                    self.answer(ask).await;
                }
                _ => {}
            }
        }
        self.settle(ends).await;
        self.renew().await;
        self.tell_new().await;
        if observed && self.backlog.is_empty() {
            self.say(JournalMsg::Observed).await;
        }
    }

    async fn open(&mut self) {
        let path = self.path.clone();
        match on_disk(async move { Journal::open(&path).await }).await {
            Some(Ok(journal)) => {
                let refusal = journal.refusal().map(ToString::to_string);
                self.journal = Some(Arc::new(journal));
                self.health(refusal).await;
                self.begin().await;
            }
            Some(Err(error)) => self.health(Some(error.to_string())).await,
            None => self.health(Some("opening it failed inside watchfire".into())).await,
        }
    }

    /// The newest entries and the acks they carry.
    async fn begin(&mut self) {
        self.write_lost().await;
        let past = self.with(|j, now| async move { j.firings_since(now - PAST, PAST_MAX).await }).await;
        if let Some(Ok(entries)) = past {
            self.say(JournalMsg::Past(entries)).await;
        }
        self.tell_incidents().await;
        if let Some(Ok(entries)) = self.with(|j, _| async move { j.recent(RECENT).await }).await {
            self.seq = entries.last().map_or(0, |e| e.seq);
            self.say(JournalMsg::Entries(entries)).await;
        }
        self.tell_acks().await;
    }

    async fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Observe(entries) => self.observe(entries).await,
            // Who asked may have given up waiting.
            Ask::Done(told) => drop(told.send(())),
            Ask::Record { op, entries, clear_draft } => self.record(op, entries, clear_draft).await,
            Ask::Intend(intent, entries) => self.intend(*intent, entries).await,
            Ask::IntendAll { batch, acts, entries } => self.intend_all(batch, acts, entries).await,
            Ask::Settle(op, entries) => self.settle(vec![(op, entries)]).await,
            Ask::Deeds { since, wanted } => self.deeds(since, wanted).await,
            Ask::SaveDraft { key, text } => self.save_draft(key, text).await,
            Ask::LoadDraft { key } => self.load_draft(key).await,
            Ask::History(subject) => self.history(subject).await,
            Ask::Story(of) => self.story(of).await,
        }
    }

    async fn observe(&mut self, entries: Vec<NewEntry>) {
        let room = BACKLOG.saturating_sub(self.backlog.len());
        self.backlog.extend(entries.into_iter().take(room));
        self.flush().await;
    }

    /// Writes what was observed; keeps it where that fails.
    async fn flush(&mut self) {
        if self.backlog.is_empty() {
            return;
        }
        let entries = self.backlog.clone();
        let written = self.with(|j, now| async move { j.append(&entries, now).await }).await;
        if self.went_well(written).await.is_ok() {
            self.backlog.clear();
        }
    }

    async fn record(&mut self, op: OpId, entries: Vec<NewEntry>, clear_draft: Option<String>) {
        let written = self
            .with(|j, now| async move {
                match clear_draft {
                    Some(key) => j.append_and_clear_draft(&entries, &key, now).await,
                    None => j.append(&entries, now).await,
                }
            })
            .await;
        let msg = match self.went_well(written).await {
            Ok(_) => JournalMsg::Recorded(op),
            Err(why) => JournalMsg::NotRecorded { op, why },
        };
        self.say(msg).await;
    }

    async fn save_draft(&mut self, key: String, text: String) {
        let written = self
            .with(|j, now| async move {
                if text.is_empty() { j.draft_clear(&key).await } else { j.draft_save(&key, &text, now).await }
            })
            .await;
        let _ = self.went_well(written).await;
    }

    async fn load_draft(&mut self, key: String) {
        let asked = key.clone();
        if let Some(Ok(text)) = self.with(|j, _| async move { j.draft_load(&asked).await }).await {
            self.say(JournalMsg::Draft { key, text: text.unwrap_or_default() }).await;
        }
    }

    /// Nobody asked for a while: tries again what failed, and looks for what others wrote.
    async fn look(&mut self) {
        if self.journal.is_none() {
            self.open().await;
        }
        self.flush().await;
        self.probe().await;
        self.renew().await;
        self.tell_new().await;
    }

    /// Tries whether a journal that failed can be written again: nobody would find out, as nothing is asked of it meanwhile.
    async fn probe(&mut self) {
        if self.fault.is_none() || self.journal.is_none() {
            return;
        }
        let written = self
            .with(|j, now| async move {
                j.draft_save(PROBE, "can this be written?", now).await?;
                j.draft_clear(PROBE).await
            })
            .await;
        let _ = self.went_well(written).await;
    }

    async fn tell_new(&mut self) {
        let mut acks = false;
        loop {
            let after = self.seq;
            let Some(Ok(entries)) = self.with(move |j, _| async move { j.tail(after, RECENT).await }).await else {
                break;
            };
            let Some(last) = entries.last() else { break };
            self.seq = last.seq;
            acks |= entries.iter().any(telling::touches_acks);
            let page_is_full = entries.len() == RECENT as usize;
            self.say(JournalMsg::Entries(entries)).await;
            if !page_is_full {
                break;
            }
        }
        if acks {
            self.tell_acks().await;
        }
    }

    /// Runs one piece of work on the open journal; none where it is not open.
    async fn with<T, F, W>(&self, work: W) -> Option<Result<T, JournalError>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, JournalError>> + Send + 'static,
        W: FnOnce(Arc<Journal>, crate::domain::Time) -> F,
    {
        let journal = self.journal.clone()?;
        on_disk(work(journal, self.clock.now())).await
    }

    /// Says how the journal is, where that changed.
    async fn went_well<T>(&mut self, written: Option<Result<T, JournalError>>) -> Result<T, SafeText> {
        let result = match written {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(SafeText::new(&error.to_string())),
            None => Err(self.fault.clone().unwrap_or_else(|| SafeText::new("the journal is not open"))),
        };
        self.health(result.as_ref().err().map(|why| why.raw().to_owned())).await;
        result
    }

    async fn health(&mut self, fault: Option<String>) {
        let fault = fault.map(SafeText::from);
        if fault != self.fault {
            self.fault = fault.clone();
            self.say(JournalMsg::Health(fault)).await;
        }
    }

    async fn say(&self, msg: JournalMsg) {
        // A loop that has gone needs no answer.
        let _ = self.inbox.send(Msg::Journal(msg)).await;
    }
}

fn draft_key(ask: &Ask) -> Option<String> {
    match ask {
        Ask::SaveDraft { key, .. } => Some(key.clone()),
        _ => None,
    }
}
