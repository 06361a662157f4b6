//! One task a source: ask, wait, ask again. Polling, backoff and supervision live here once, for every backend.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tokio::{
    sync::{Notify, watch},
    task::{AbortHandle, JoinSet},
};

use crate::{
    app::msg::{Msg, SourceMsg},
    domain::{delta::LastWord, source::SourceName},
    sources::Source,
};

use super::{Inbox, Sources, backoff, changes, clock::Clock, panics};

/// From the first news to the poll that tells them: a storm of them is one poll a second.
const SETTLE: chrono::Duration = chrono::Duration::seconds(1);

/// How the servers are spared: many cockpits must not be a load test of what they watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sparing {
    /// Between two polls while the terminal says that somebody looks elsewhere; never less than the source's own.
    pub unfocused: chrono::Duration,
    /// Whether each wait is a little shorter, each cockpit's by another part, so that they do not ask in step.
    pub out_of_step: bool,
}

impl Default for Sparing {
    /// As often whoever looks, and in step.
    fn default() -> Self {
        Self { unfocused: chrono::Duration::zero(), out_of_step: false }
    }
}

/// The pollers and the bells that wake them.
pub struct Pollers {
    bells: BTreeMap<SourceName, (Arc<Notify>, AbortHandle)>,
    /// The shortest time between two polls now.
    least: watch::Sender<chrono::Duration>,
    sparing: Sparing,
}

impl Pollers {
    /// Starts one task a source.
    pub fn start(sources: &Sources, clock: Clock, inbox: &Inbox, tasks: &mut JoinSet<()>, sparing: Sparing) -> Self {
        let least = watch::Sender::new(chrono::Duration::zero());
        let mut pollers = Self { bells: BTreeMap::new(), least, sparing };
        for source in sources {
            pollers.begin(source.clone(), clock, inbox, tasks, First::New);
        }
        pollers
    }

    fn begin(&mut self, source: Arc<dyn Source>, clock: Clock, inbox: &Inbox, tasks: &mut JoinSet<()>, first: First) {
        let (bell, name) = (Arc::new(Notify::new()), source.describe().name.clone());
        let mut poller = Poller {
            interval: source.describe().interval,
            name: name.clone(),
            source,
            clock,
            inbox: inbox.clone(),
            bell: bell.clone(),
            least: self.least.subscribe(),
            out_of_step: self.sparing.out_of_step,
            paced: chrono::Duration::zero(),
        };
        let task = tasks.spawn(async move { poller.run(first).await });
        self.bells.insert(name, (bell, task));
    }

    /// Asks a source that is connected anew: of its first answer all is told.
    pub fn begin_again(&mut self, source: Arc<dyn Source>, clock: Clock, inbox: &Inbox, tasks: &mut JoinSet<()>) {
        self.stop(&source.describe().name);
        self.begin(source, clock, inbox, tasks, First::Again);
    }

    /// Asks a source no more.
    pub fn stop(&mut self, name: &SourceName) {
        if let Some((_, task)) = self.bells.remove(name) {
            task.abort();
        }
    }

    /// Somebody looks here, or elsewhere.
    pub fn looked_at(&self, looked_at: bool) {
        let least = if looked_at { chrono::Duration::zero() } else { self.sparing.unfocused };
        self.least.send_if_modified(|now| std::mem::replace(now, least) != least);
    }

    /// Asks one source, or all, at once.
    pub fn refresh(&self, name: Option<&SourceName>) {
        match name {
            Some(name) => self.bells.get(name).into_iter().for_each(|(b, _)| b.notify_one()),
            None => self.bells.values().for_each(|(b, _)| b.notify_one()),
        }
    }
}

/// What is known of a source before it is asked for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// Nothing.
    New,
    /// What another connection told: only a whole answer says what of it is over.
    Again,
}

/// One source, asked again and again.
struct Poller {
    source: Arc<dyn Source>,
    name: SourceName,
    interval: chrono::Duration,
    clock: Clock,
    inbox: Inbox,
    bell: Arc<Notify>,
    least: watch::Receiver<chrono::Duration>,
    out_of_step: bool,
    /// The pace that the heart knows of.
    paced: chrono::Duration,
}

/// Whoever wants to hear of a source has gone.
struct Gone;

impl Poller {
    /// Until nobody hears of it any more.
    async fn run(&mut self, first: First) {
        let _ = self.ask_again_and_again(first).await;
    }

    async fn ask_again_and_again(&mut self, mut first: First) -> Result<(), Gone> {
        let mut failures = 0_u32;
        let mut last = LastWord::default();
        let mut news = changes::News::default();
        loop {
            self.tell(SourceMsg::Asked).await?;
            let asked_at = self.clock.now();
            let answer = panics::asked(self.source.poll(asked_at)).await;
            let error = answer.as_ref().err().cloned();
            failures = if error.is_some() { failures.saturating_add(1) } else { 0 };
            let msg = match answer {
                Ok(answer) if first == First::Again => {
                    first = First::New;
                    drop(last.take(answer.clone()));
                    SourceMsg::Answered(Box::new(answer))
                }
                Ok(answer) => SourceMsg::Told(Box::new(last.take(answer))),
                Err(error) => SourceMsg::Failed(error),
            };
            self.tell(msg).await?;
            if error.is_none() {
                news.tell(&self.source, self.clock, &self.inbox).await;
            }
            let spread = spread(&self.name, failures);
            let wait = backoff::after(error.as_ref(), self.clock.now(), self.interval, failures, spread);
            self.rest(self.out_of_step(wait, failures), error.is_none()).await?;
        }
    }

    async fn tell(&self, msg: SourceMsg) -> Result<(), Gone> {
        self.inbox.send(Msg::Source(self.name.clone(), msg)).await.map_err(|_| Gone)
    }

    /// A wait after an answer, up to a tenth shorter; after a failure it is spread already.
    fn out_of_step(&self, wait: chrono::Duration, failures: u32) -> chrono::Duration {
        if !self.out_of_step || failures > 0 {
            return wait;
        }
        let turn = u32::try_from(self.clock.now().timestamp().rem_euclid(1 << 20)).unwrap_or(0);
        backoff::shorter(wait, spread(&self.name, turn), 0.1)
    }

    /// Waits as long as it takes, longer while nobody looks; a bell ends it, and so does whoever looks again, and news of
    /// a source that listens.
    async fn rest(&mut self, wait: chrono::Duration, listens: bool) -> Result<(), Gone> {
        let source = self.source.clone();
        let mut news = std::pin::pin!(heard(&source, self.clock));
        let since = self.clock.now();
        let mut is_new = true;
        loop {
            let least = *self.least.borrow_and_update();
            let pace = self.interval.max(least);
            // Whoever looks again is told of the quicker pace with its first answer: until then nothing is late.
            if is_new || pace > self.paced {
                self.pace(pace).await?;
            }
            is_new = false;
            let left = wait.max(least) - (self.clock.now() - since);
            if left <= chrono::Duration::zero() {
                return Ok(());
            }
            tokio::select! {
                () = self.clock.sleep(left) => return Ok(()),
                () = self.bell.notified() => return Ok(()),
                () = &mut news, if listens => return Ok(()),
                changed = self.least.changed() => changed.map_err(|_| Gone)?,
            }
        }
    }

    /// Tells how often it is asked now, where that is another pace.
    async fn pace(&mut self, pace: chrono::Duration) -> Result<(), Gone> {
        if pace != self.paced && (pace > self.interval || self.paced > self.interval) {
            self.tell(SourceMsg::Paced(pace)).await?;
        }
        self.paced = pace;
        Ok(())
    }
}

/// Returns once the source heard of something, and what comes with it had its time; never where it does not listen.
async fn heard(source: &Arc<dyn Source>, clock: Clock) {
    let news = match source.listens() {
        Some(listens) => panics::supervised(listens.heard(clock.now())).await.is_ok(),
        None => false,
    };
    if !news {
        std::future::pending().await
    }
    clock.sleep(SETTLE).await;
}

/// A number in [0, 1) that differs by source, process and try.
#[allow(clippy::cast_precision_loss, reason = "a spread needs no more than 53 bits")]
fn spread(name: &SourceName, failures: u32) -> f64 {
    let mut hasher = DefaultHasher::new();
    (name, failures, std::process::id()).hash(&mut hasher);
    (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64
}
