//! A page at the cockpit, on the paused clock: the fake lives by the clock of who looks at it, and time stands still while
//! it is asked.

mod many;
mod night;
mod sides;

use std::sync::Arc;

use async_trait::async_trait;
use watchfire::{
    domain::{
        Time,
        held::{Applied, Duty, Request, RequestPlan},
        op::OpId,
        source::{Change, Description, Snapshot, SourceError, SourceName},
        text::SafeText,
    },
    sources::{self, Changes, OnCall, Requests, Source},
};

use super::fake::Fake;
use crate::support::cockpit::{Opening, Story, on_disk};

/// A source whose server lives by the clock of who asks it.
struct Still {
    inner: Arc<dyn Source>,
    fake: Arc<Fake>,
}

impl Still {
    async fn asked<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        now: Time,
        ask: impl FnOnce(Arc<dyn Source>) -> F + Send + 'static,
    ) -> T {
        self.fake.reaches(now);
        let inner = self.inner.clone();
        on_disk(async move { ask(inner).await }).await
    }
}

#[async_trait]
impl Source for Still {
    fn describe(&self) -> &Description {
        self.inner.describe()
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.asked(now, move |source| async move { source.poll(now).await }).await
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        Some(self)
    }

    fn on_call(&self) -> Option<&dyn OnCall> {
        Some(self)
    }
}

const THERE: &str = "pagerduty has all of these facets";

#[async_trait]
impl Requests for Still {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        let request = request.clone();
        self.asked(now, move |s| async move { s.requests().expect(THERE).plan(&request, now).await }).await
    }

    async fn plan_all(&self, requests: &[Request], now: Time) -> Vec<Result<RequestPlan, SourceError>> {
        let all = requests.to_vec();
        self.asked(now, move |s| async move { s.requests().expect(THERE).plan_all(&all, now).await }).await
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let (op, request) = (op.clone(), request.clone());
        self.asked(now, move |s| async move { s.requests().expect(THERE).apply(&op, &request, now).await }).await
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let (op, request, handle) = (op.clone(), request.clone(), handle.cloned());
        let ask = move |s: Arc<dyn Source>| async move {
            s.requests().expect(THERE).is_so(&op, &request, handle.as_ref(), now).await
        };
        self.asked(now, ask).await
    }
}

#[async_trait]
impl Changes for Still {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        self.asked(now, move |s| async move { s.changes().expect(THERE).changes(since, now).await }).await
    }
}

#[async_trait]
impl OnCall for Still {
    async fn duties(&self, from: Time, to: Time, now: Time) -> Result<Vec<Duty>, SourceError> {
        self.asked(now, move |s| async move { s.on_call().expect(THERE).duties(from, to, now).await }).await
    }
}

/// Ana's cockpit beside a pager and an Alertmanager.
struct Night {
    fake: Arc<Fake>,
    story: Story,
}

impl Night {
    async fn opens(opening: impl FnOnce(Opening) -> Opening) -> Self {
        let fake = Arc::new(Fake::start().await);
        let mut config = fake.config();
        config.name = SourceName::new("pd");
        let inner = sources::connect(&config).await.unwrap();
        let pager = Arc::new(Still { inner, fake: fake.clone() });
        let story = opening(Opening::of("beside-a-pager")).reads(pager).open().await;
        Self { fake, story }
    }

    /// Somebody is paged, now.
    fn page(&self, title: &str, key: &str) -> String {
        self.fake.reaches(self.story.now());
        self.fake.state().trigger(title, key)
    }

    fn status(&self, id: &str) -> &'static str {
        self.fake.state().found(id).status
    }

    /// How many requests of a method there were.
    fn sent(&self, method: &str) -> usize {
        self.fake.server.seen().iter().filter(|r| r.method == method).count()
    }
}
