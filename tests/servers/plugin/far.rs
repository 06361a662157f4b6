//! A source at the far end of the protocol, asked as if it were here: it is served over two pipes, at the time of whoever
//! asks.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::Duration;
use tokio::task::JoinSet;
use watchfire::{
    config::{AckMode, SourceConfig, SourceKind},
    domain::{
        Time,
        alert::Alert,
        held::{Applied, Duty, Request, RequestPlan},
        op::OpId,
        past::Past,
        signals::{Ask, Recognised, Signal, Values},
        silence::{Silence, SilenceDraft},
        slo::{BucketSpan, Declared, Slo, SloId, Tally, drill::Counted, row::Recorded},
        source::{Change, Description, Detail, Snapshot, SourceError},
        text::SafeText,
    },
    sources::{
        Changes, Counts, Details, Listens, OnCall, Remembers, Requests, Signals, Silences, Source,
        plugin::{Plugin, serve::serve},
    },
};

use crate::support;

/// Longer than any source waits for its own server.
const PATIENCE: Duration = Duration::seconds(60);

pub struct Far {
    plugin: Plugin,
    plain: Arc<dyn Source>,
    now: Arc<Mutex<Time>>,
    _serving: JoinSet<()>,
}

impl Far {
    pub async fn of(plain: Arc<dyn Source>) -> Self {
        let (near_out, far_in) = tokio::io::duplex(4_096);
        let (far_out, near_in) = tokio::io::duplex(4_096);
        let now = Arc::new(Mutex::new(Time::UNIX_EPOCH));
        let (served, clock) = (plain.clone(), now.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            // Whoever asked may go in the middle of an answer.
            let _ = serve(served, Box::new(move || *clock.lock().unwrap()), far_in, far_out).await;
        });
        let about = plain.describe();
        let config = SourceConfig {
            name: about.name.clone(),
            ack: AckMode::Native,
            interval: about.interval,
            timeout: PATIENCE,
            ..support::config(SourceKind::Plugin, &[])
        };
        let plugin = Plugin::over(&config, near_out, near_in).await.unwrap();
        Self { plugin, plain, now, _serving: serving }
    }

    /// The plugin, which is asked at this moment.
    fn at(&self, now: Time) -> &Plugin {
        *self.now.lock().unwrap() = now;
        &self.plugin
    }

    /// A facet, which is there where the source has it.
    fn facet<'a, T: ?Sized>(&'a self, plain: Option<&T>, far: Option<&T>, ours: &'a T) -> Option<&'a T> {
        assert_eq!(plain.is_some(), far.is_some(), "what it can comes through the protocol");
        far.map(|_| ours)
    }
}

#[async_trait]
impl Source for Far {
    fn describe(&self) -> &Description {
        let (far, plain) = (self.plugin.describe(), self.plain.describe());
        assert_eq!(far.can, plain.can, "what it can comes through the protocol");
        far
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.at(now).poll(now).await
    }

    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.at(now).look(now).await
    }

    async fn leave(&self) {
        self.plugin.leave().await;
    }

    fn silences(&self) -> Option<&dyn Silences> {
        self.facet(self.plain.silences(), self.plugin.silences(), self)
    }

    fn counts(&self) -> Option<&dyn Counts> {
        self.facet(self.plain.counts(), self.plugin.counts(), self)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        self.facet(self.plain.changes(), Source::changes(&self.plugin), self)
    }

    fn listens(&self) -> Option<&dyn Listens> {
        Some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        self.facet(self.plain.requests(), self.plugin.requests(), self)
    }

    fn on_call(&self) -> Option<&dyn OnCall> {
        self.facet(self.plain.on_call(), self.plugin.on_call(), self)
    }

    fn details(&self) -> Option<&dyn Details> {
        self.facet(self.plain.details(), Source::details(&self.plugin), self)
    }

    fn past(&self) -> Option<&dyn Remembers> {
        self.facet(self.plain.past(), Source::past(&self.plugin), self)
    }

    fn signals(&self) -> Option<&dyn Signals> {
        self.facet(self.plain.signals(), self.plugin.signals(), self)
    }
}

#[async_trait]
impl Silences for Far {
    async fn put(&self, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError> {
        self.at(now).put(draft, now).await
    }

    async fn get(&self, id: &str, now: Time) -> Result<Option<Silence>, SourceError> {
        self.at(now).get(id, now).await
    }

    async fn list(&self, now: Time) -> Result<Vec<Silence>, SourceError> {
        Silences::list(self.at(now), now).await
    }

    async fn expire(&self, id: &str, now: Time) -> Result<(), SourceError> {
        self.at(now).expire(id, now).await
    }
}

#[async_trait]
impl Counts for Far {
    async fn declared(&self, now: Time) -> Result<Declared, SourceError> {
        self.at(now).declared(now).await
    }

    async fn groups(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        self.at(now).groups(of, now).await
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        self.at(now).count(wanted, span, now).await
    }

    async fn recorded(&self, wanted: &[Slo], now: Time) -> Result<Vec<(SloId, Recorded)>, SourceError> {
        self.at(now).recorded(wanted, now).await
    }

    async fn drill(
        &self,
        slo: &Slo,
        by: Option<&str>,
        span: (i64, i64),
        now: Time,
    ) -> Result<Vec<Counted>, SourceError> {
        self.at(now).drill(slo, by, span, now).await
    }
}

#[async_trait]
impl Changes for Far {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        Changes::changes(self.at(now), since, now).await
    }
}

#[async_trait]
impl Listens for Far {
    async fn heard(&self, now: Time) {
        self.at(now).heard(now).await;
    }
}

#[async_trait]
impl Requests for Far {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        self.at(now).plan(request, now).await
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        self.at(now).apply(op, request, now).await
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        self.at(now).is_so(op, request, handle, now).await
    }
}

#[async_trait]
impl OnCall for Far {
    async fn duties(&self, from: Time, to: Time, now: Time) -> Result<Vec<Duty>, SourceError> {
        self.at(now).duties(from, to, now).await
    }
}

#[async_trait]
impl Details for Far {
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        Details::details(self.at(now), alert, now).await
    }
}

#[async_trait]
impl Signals for Far {
    async fn recognise(&self, slo: &Slo, wanted: &[Signal], now: Time) -> Result<Recognised, SourceError> {
        self.at(now).recognise(slo, wanted, now).await
    }

    async fn values(&self, ask: &Ask, span: BucketSpan, window: i64, now: Time) -> Result<Values, SourceError> {
        self.at(now).values(ask, span, window, now).await
    }
}

#[async_trait]
impl Remembers for Far {
    async fn past(&self, alert: &Alert, since: Time, now: Time) -> Result<Past, SourceError> {
        Remembers::past(self.at(now), alert, since, now).await
    }
}
