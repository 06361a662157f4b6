//! A source that lets everything through and writes down what it was asked, and, where a story wants it, misbehaves.

use std::{
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use watchfire::{
    domain::{
        Time,
        held::{Applied, Request, RequestPlan},
        op::OpId,
        silence::{Silence, SilenceDraft},
        slo::{BucketSpan, Declared, Slo, SloId, Tally, row::Recorded},
        source::{Change, Description, Snapshot, SourceError},
        text::SafeText,
    },
    journal::Journal,
    sources::{Changes, Counts, Requests, Routing, Signals, Silences, Source},
};

use super::cockpit::on_disk;

/// What no scenario can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// A defect of ours while writing.
    PanicsInPut,
    PanicsInChanges,
    /// Changes are kept from us for the first polls.
    RefusesChangesAtFirst,
    PanicsInDeclared,
    /// A write is never answered.
    HangsInPut,
}

pub struct Spy {
    inner: std::sync::Arc<dyn Source>,
    journal: PathBuf,
    tricks: Vec<Trick>,
    writes: Mutex<Vec<String>>,
    polls: AtomicUsize,
}

impl Spy {
    pub fn new(inner: std::sync::Arc<dyn Source>, journal: PathBuf, tricks: Vec<Trick>) -> Self {
        Self { inner, journal, tricks, writes: Mutex::default(), polls: AtomicUsize::new(0) }
    }

    pub fn writes(&self) -> Vec<String> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn polls(&self) -> usize {
        self.polls.load(Ordering::SeqCst)
    }

    fn does(&self, trick: Trick) -> bool {
        self.tricks.contains(&trick)
    }

    /// Writes down a write, with how many acts the journal holds that are not done.
    async fn saw(&self, what: &str) {
        let path = self.journal.clone();
        let undone = on_disk(async move { Journal::open(&path).await?.undone().await }).await;
        let line = format!("{what}, {} in the outbox", undone.map_or(0, |u| u.len()));
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

#[async_trait]
impl Source for Spy {
    fn describe(&self) -> &Description {
        self.inner.describe()
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        self.inner.poll(now).await
    }

    fn silences(&self) -> Option<&dyn Silences> {
        self.inner.silences().map(|_| self as &dyn Silences)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        self.inner.requests().map(|_| self as &dyn Requests)
    }

    fn counts(&self) -> Option<&dyn Counts> {
        self.inner.counts().map(|_| self as &dyn Counts)
    }

    fn signals(&self) -> Option<&dyn Signals> {
        self.inner.signals()
    }

    fn routing(&self) -> Option<&dyn Routing> {
        self.inner.routing()
    }

    fn on_call(&self) -> Option<&dyn watchfire::sources::OnCall> {
        self.inner.on_call()
    }

    fn changes(&self) -> Option<&dyn Changes> {
        self.inner.changes().map(|_| self as &dyn Changes)
    }
}

const THERE: &str = "the spy has the facets of whom it watches";

#[async_trait]
impl Silences for Spy {
    async fn put(&self, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError> {
        self.saw("put").await;
        assert!(!self.does(Trick::PanicsInPut), "a defect in put");
        if self.does(Trick::HangsInPut) {
            std::future::pending::<()>().await;
        }
        self.inner.silences().expect(THERE).put(draft, now).await
    }

    async fn get(&self, id: &str, now: Time) -> Result<Option<Silence>, SourceError> {
        self.inner.silences().expect(THERE).get(id, now).await
    }

    async fn list(&self, now: Time) -> Result<Vec<Silence>, SourceError> {
        self.inner.silences().expect(THERE).list(now).await
    }

    async fn expire(&self, id: &str, now: Time) -> Result<(), SourceError> {
        self.saw("expire").await;
        self.inner.silences().expect(THERE).expire(id, now).await
    }
}

#[async_trait]
impl Requests for Spy {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        self.inner.requests().expect(THERE).plan(request, now).await
    }

    async fn plan_all(&self, requests: &[Request], now: Time) -> Vec<Result<RequestPlan, SourceError>> {
        self.inner.requests().expect(THERE).plan_all(requests, now).await
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        self.saw(&format!("ask {}", request.verb.as_str())).await;
        self.inner.requests().expect(THERE).apply(op, request, now).await
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        self.inner.requests().expect(THERE).is_so(op, request, handle, now).await
    }
}

#[async_trait]
impl Counts for Spy {
    async fn declared(&self, now: Time) -> Result<Declared, SourceError> {
        assert!(!self.does(Trick::PanicsInDeclared), "a defect in declared");
        self.inner.counts().expect(THERE).declared(now).await
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        self.inner.counts().expect(THERE).count(wanted, span, now).await
    }

    async fn groups(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        self.inner.counts().expect(THERE).groups(of, now).await
    }

    async fn recorded(&self, wanted: &[Slo], now: Time) -> Result<Vec<(SloId, Recorded)>, SourceError> {
        self.inner.counts().expect(THERE).recorded(wanted, now).await
    }

    fn identity(&self, slo: &Slo) -> Option<String> {
        self.inner.counts().expect(THERE).identity(slo)
    }
}

#[async_trait]
impl Changes for Spy {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        assert!(!self.does(Trick::PanicsInChanges), "a defect in changes");
        if self.does(Trick::RefusesChangesAtFirst) && self.polls() < 12 {
            return Err(SourceError::Auth { why: "no change_events.read".into() });
        }
        self.inner.changes().expect(THERE).changes(since, now).await
    }
}
