//! Asks around one alert: the configuration of every source that tells people, the memory of every one that has one.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::time::timeout;

use crate::{
    app::{
        msg::{Finding, Msg},
        world::{World, study::LOOKED_BACK},
    },
    domain::{
        alert::{Alert, AlertId, AlertState},
        few::Few,
        label::Labels,
        source::SourceError,
    },
    sources::{Remembers, Routing, Source},
};

use super::{Inbox, Sources, clock::Clock, panics::asked};

/// How long one source may take over one question.
const WITHIN: Duration = Duration::from_secs(30);

/// One alert to be asked around.
pub struct Question {
    id: AlertId,
    alert: Arc<Alert>,
    sources: Sources,
    clock: Clock,
    back: chrono::Duration,
    memory: bool,
    routes: bool,
}

type Answers<'a> = FuturesUnordered<BoxFuture<'a, (usize, Finding)>>;

impl Question {
    /// None for an alert that has left the board.
    pub fn new(world: &World, id: &AlertId, sources: &Sources, clock: Clock) -> Option<Self> {
        let alert = world.board.get(id)?.alert.clone();
        Some(Self {
            id: id.clone(),
            alert,
            sources: sources.clone(),
            clock,
            back: LOOKED_BACK,
            memory: true,
            routes: true,
        })
    }

    /// When an alert with these labels burned, and nothing else; it may have left the board.
    pub fn memory_of(id: AlertId, labels: Labels, sources: &Sources, clock: Clock) -> Self {
        let alert = Alert {
            fingerprint: id.fingerprint.clone(),
            labels,
            annotations: Labels::default(),
            state: AlertState::Firing,
            starts_at: clock.now(),
            fires_at: None,
            silenced_by: Few::default(),
            inhibited_by: Few::default(),
            receivers: Few::default(),
            source_url: None,
            held: None,
        };
        let (sources, back) = (sources.clone(), LOOKED_BACK);
        Self { id, alert: Arc::new(alert), sources, clock, back, memory: true, routes: false }
    }

    /// Who is asked for a memory, before anybody has answered.
    pub fn recalling(&self) -> Msg {
        Msg::Recalled { id: self.id.clone(), found: self.ask().0 }
    }

    /// Sends what is remembered, whenever one has answered.
    pub async fn recall(self, inbox: Inbox) {
        let (mut found, mut answers) = self.ask();
        while let Some((place, finding)) = answers.next().await {
            found[place] = finding;
            let msg = Msg::Recalled { id: self.id.clone(), found: found.clone() };
            // A loop that has gone needs no answer.
            if inbox.send(msg).await.is_err() {
                return;
            }
        }
    }

    /// As far back as this.
    pub fn back(self, back: chrono::Duration) -> Self {
        Self { back, ..self }
    }

    /// Only by which rules it is told, not when it burned before.
    pub fn without_memory(self) -> Self {
        Self { memory: false, ..self }
    }

    /// Who is asked, before anybody has answered.
    pub fn asked(&self) -> Msg {
        Msg::Studied { id: self.id.clone(), found: self.ask().0 }
    }

    /// Sends what is found so far, whenever one has answered.
    pub async fn tell(self, inbox: Inbox) {
        let (mut found, mut answers) = self.ask();
        while let Some((place, finding)) = answers.next().await {
            found[place] = finding;
            let msg = Msg::Studied { id: self.id.clone(), found: found.clone() };
            // A loop that has gone needs no answer.
            if inbox.send(msg).await.is_err() {
                return;
            }
        }
    }

    /// Everything, once all have answered.
    pub async fn whole(self) -> Vec<Finding> {
        let (mut found, mut answers) = self.ask();
        while let Some((place, finding)) = answers.next().await {
            found[place] = finding;
        }
        found
    }

    fn ask(&self) -> (Vec<Finding>, Answers<'_>) {
        let (mut found, answers) = (Vec::new(), FuturesUnordered::new());
        for source in &self.sources {
            let name = || source.describe().name.clone();
            if let Some(routing) = source.routing().filter(|_| self.routes) {
                answers.push(self.policy(found.len(), source, routing));
                found.push(Finding::Policy(name(), None));
            }
            if let Some(memory) = source.past().filter(|_| self.memory) {
                answers.push(self.past(found.len(), source, memory));
                found.push(Finding::Past(name(), None));
            }
        }
        (found, answers)
    }

    fn policy<'a>(
        &'a self,
        place: usize,
        source: &'a Arc<dyn Source>,
        routing: &'a dyn Routing,
    ) -> BoxFuture<'a, (usize, Finding)> {
        Box::pin(async move {
            let answer = within(asked(routing.policy(self.clock.now()))).await;
            (place, Finding::Policy(source.describe().name.clone(), Some(answer.map(Arc::new))))
        })
    }

    fn past<'a>(
        &'a self,
        place: usize,
        source: &'a Arc<dyn Source>,
        memory: &'a dyn Remembers,
    ) -> BoxFuture<'a, (usize, Finding)> {
        Box::pin(async move {
            let now = self.clock.now();
            let answer = within(asked(memory.past(&self.alert, now - self.back, now))).await;
            (place, Finding::Past(source.describe().name.clone(), Some(answer)))
        })
    }
}

async fn within<T>(asked: impl Future<Output = Result<T, SourceError>>) -> Result<T, SourceError> {
    let late = || SourceError::unreachable(format!("no answer within {WITHIN:?}"));
    timeout(WITHIN, asked).await.unwrap_or_else(|_| Err(late()))
}
