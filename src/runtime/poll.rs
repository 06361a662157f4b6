//! One task a source: ask, wait, ask again. Polling, backoff and supervision live here once, for every backend.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tokio::{
    sync::Notify,
    task::{AbortHandle, JoinSet},
};

use crate::{
    app::msg::{Msg, SourceMsg},
    domain::{delta::LastWord, source::SourceName},
    sources::Source,
};

use super::{Inbox, Sources, backoff, changes, clock::Clock, panics};

/// The pollers and the bells that wake them.
pub struct Pollers {
    bells: BTreeMap<SourceName, (Arc<Notify>, AbortHandle)>,
}

impl Pollers {
    /// Starts one task a source.
    pub fn start(sources: &Sources, clock: Clock, inbox: &Inbox, tasks: &mut JoinSet<()>) -> Self {
        let mut pollers = Self { bells: BTreeMap::new() };
        for source in sources {
            pollers.begin(source.clone(), clock, inbox, tasks, First::New);
        }
        pollers
    }

    fn begin(&mut self, source: Arc<dyn Source>, clock: Clock, inbox: &Inbox, tasks: &mut JoinSet<()>, first: First) {
        let (bell, name) = (Arc::new(Notify::new()), source.describe().name.clone());
        let task = tasks.spawn(poll(source, clock, inbox.clone(), bell.clone(), first));
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

async fn poll(source: Arc<dyn Source>, clock: Clock, inbox: Inbox, bell: Arc<Notify>, mut first: First) {
    let (name, interval) = (source.describe().name.clone(), source.describe().interval);
    let mut failures = 0_u32;
    let mut last = LastWord::default();
    let mut news = changes::News::default();
    loop {
        if inbox.send(Msg::Source(name.clone(), SourceMsg::Asked)).await.is_err() {
            return;
        }
        let answer = panics::asked(source.poll(clock.now())).await;
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
        if inbox.send(Msg::Source(name.clone(), msg)).await.is_err() {
            return;
        }
        if error.is_none() {
            news.tell(&source, clock, &inbox).await;
        }
        let wait = backoff::after(error.as_ref(), clock.now(), interval, failures, spread(&name, failures));
        tokio::select! {
            () = clock.sleep(wait) => {}
            () = bell.notified() => {}
        }
    }
}

/// A number in [0, 1) that differs by source, process and try.
#[allow(clippy::cast_precision_loss, reason = "a spread needs no more than 53 bits")]
fn spread(name: &SourceName, failures: u32) -> f64 {
    let mut hasher = DefaultHasher::new();
    (name, failures, std::process::id()).hash(&mut hasher);
    (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64
}
