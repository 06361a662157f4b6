//! The hands: backends behind one trait with optional facets.
//!
//! A source answers when it is asked. It remembers its connection, and what it read last so as not to read it again;
//! polling, backoff and rate limits live once, in the runtime. The vendor's JSON stays private in each `wire.rs`. Knows
//! neither screen nor journal.

pub mod alertmanager;
pub mod bosh;
pub mod check;
pub mod cloudfoundry;
pub mod cloudwatch;
pub mod concourse;
mod cursor;
pub mod grafana;
mod http;
pub mod icinga2;
mod intern;
mod items;
mod kept;
pub mod keyring;
pub mod kubernetes;
pub mod logins;
mod note;
pub mod pagerduty;
pub mod plugin;
pub mod probe;
pub mod prometheus;
mod recall;
mod secret;
pub mod sim;
mod split;
pub mod statuspage;
mod uaa;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};

use crate::{
    config::{SourceConfig, SourceKind},
    domain::{
        Time,
        alert::Alert,
        checkup::Checkup,
        held::{Applied, Duty, Request, RequestPlan},
        matcher::Matcher,
        op::OpId,
        past::Past,
        routing::Policy,
        signals::{Ask, Recognised, Signal, Values},
        silence::{Silence, SilenceDraft, beyond::Beyond},
        slo::{BucketSpan, Declared, Tally, drill, explain::Queries},
        source::{AckVia, Capabilities, Change, Description, Detail, Snapshot, SourceError},
        text::SafeText,
    },
};

/// How many plans one source is asked for at the same time.
pub(crate) const PLANS_AT_ONCE: usize = 4;

/// Makes a source ready to be asked: fetches its secrets and certificates, and asks no server yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where an address is none. Trying again reads anew.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    Ok(match config.kind {
        SourceKind::Alertmanager => Arc::new(alertmanager::Alertmanager::connect(config).await?),
        SourceKind::Prometheus => Arc::new(prometheus::Prometheus::connect(config).await?),
        SourceKind::Pagerduty => return pagerduty::connect(config).await,
        SourceKind::Grafana => return grafana::connect(config).await,
        SourceKind::Kubernetes => return kubernetes::connect(config).await,
        SourceKind::Cloudwatch => return cloudwatch::connect(config).await,
        SourceKind::Cloudfoundry => return cloudfoundry::connect(config).await,
        SourceKind::Concourse => return concourse::connect(config).await,
        SourceKind::Bosh => return bosh::connect(config).await,
        SourceKind::Icinga2 => return icinga2::connect(config).await,
        SourceKind::Statuspage => return statuspage::connect(config).await,
        SourceKind::Check => return check::connect(config).await,
        SourceKind::Plugin => return plugin::connect(config).await,
    })
}

/// What a source will be once it connects: known even while it cannot.
pub fn describe(config: &SourceConfig) -> Description {
    match config.kind {
        SourceKind::Alertmanager => alertmanager::describe(config),
        SourceKind::Prometheus => prometheus::describe(config),
        SourceKind::Pagerduty => pagerduty::describe(config),
        SourceKind::Grafana => grafana::describe(config),
        SourceKind::Kubernetes => kubernetes::describe(config),
        SourceKind::Cloudwatch => cloudwatch::describe(config),
        SourceKind::Cloudfoundry => cloudfoundry::describe(config),
        SourceKind::Concourse => concourse::describe(config),
        SourceKind::Bosh => bosh::describe(config),
        SourceKind::Icinga2 => icinga2::describe(config),
        SourceKind::Statuspage => statuspage::describe(config),
        SourceKind::Check => check::describe(config),
        SourceKind::Plugin => plugin::describe(config),
    }
}

/// What a source is of which nothing is known but its configuration: it lists alerts, and acks live in the journal.
pub(crate) fn plain(config: &SourceConfig) -> Description {
    let can = Capabilities { alerts: true, ack: Some(AckVia::Journal), ..Capabilities::default() };
    Description { name: config.name.clone(), kind: config.kind.as_str(), can, interval: config.interval }
}

/// A configured backend.
#[async_trait]
pub trait Source: Send + Sync {
    fn describe(&self) -> &Description;

    /// Reads everything it shows. One malformed item is a problem in the snapshot, not an error.
    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError>;

    /// The same for who will not ask again: nothing is kept for the next time.
    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.poll(now).await
    }

    /// As whom it asks, what of it that may and may not do, and how much it may still ask. Changes nothing.
    async fn checkup(&self, _now: Time) -> Checkup {
        Checkup::default()
    }

    /// Ends what it keeps running, as far as there is time: it is asked no more.
    async fn leave(&self) {}

    /// Writing silences, where that is allowed.
    fn silences(&self) -> Option<&dyn Silences> {
        None
    }

    /// Counting events for budgets.
    fn counts(&self) -> Option<&dyn Counts> {
        None
    }

    /// Telling what was changed on purpose.
    fn changes(&self) -> Option<&dyn Changes> {
        None
    }

    /// Hearing of news between two polls.
    fn listens(&self) -> Option<&dyn Listens> {
        None
    }

    /// Doing what the backend itself can do: its own acks, notes, snoozes.
    fn requests(&self) -> Option<&dyn Requests> {
        None
    }

    /// Telling who is on call.
    fn on_call(&self) -> Option<&dyn OnCall> {
        None
    }

    /// Telling more of one alert.
    fn details(&self) -> Option<&dyn Details> {
        None
    }

    /// Showing by which rules it tells whom.
    fn routing(&self) -> Option<&dyn Routing> {
        None
    }

    /// Telling when an alert burned before.
    fn past(&self) -> Option<&dyn Remembers> {
        None
    }

    /// Telling how slow, how busy, how wrong and how full a service is.
    fn signals(&self) -> Option<&dyn Signals> {
        None
    }

    /// Telling what a silence would mute that does not fire now.
    fn metrics(&self) -> Option<&dyn Metrics> {
        None
    }
}

/// The facet that writes silences. Every write is read back by its caller.
#[async_trait]
pub trait Silences: Send + Sync {
    /// Makes or changes a silence; answers its id, which may be a new one.
    async fn put(&self, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError>;
    /// `None` where the server does not know the id.
    async fn get(&self, id: &str, now: Time) -> Result<Option<Silence>, SourceError>;
    /// All silences that are not long gone: for reconciling an act whose answer was lost.
    async fn list(&self, now: Time) -> Result<Vec<Silence>, SourceError>;
    /// Ends it now. Ending what is already over is no error.
    async fn expire(&self, id: &str, now: Time) -> Result<(), SourceError>;
}

/// The facet that counts good and bad events in aligned buckets.
#[async_trait]
pub trait Counts: Send + Sync {
    /// SLOs the backend itself declares.
    async fn declared(&self, now: Time) -> Result<Declared, SourceError>;
    /// A text that says whose declarations they are: where it is equal, they may be shown before they are asked for again.
    /// None where they are not worth keeping.
    fn catalogue(&self) -> Option<String> {
        None
    }
    /// One row for each group of the SLOs that ask to be split, whoever declared them, the worst first. Bounded: the
    /// notes tell what is left out.
    async fn groups(&self, _of: &[crate::domain::slo::Slo], _now: Time) -> Result<Declared, SourceError> {
        Ok(Declared::default())
    }
    /// One series for each wanted SLO that could be counted; the others are refused one by one. Buckets that lie in the
    /// future are left out.
    async fn count(
        &self,
        wanted: &[crate::domain::slo::Slo],
        span: BucketSpan,
        now: Time,
    ) -> Result<Tally, SourceError>;
    /// A text that says what the counts of an SLO are counts of: where they are equal, so are the counts. None where
    /// they are not worth keeping.
    fn identity(&self, _slo: &crate::domain::slo::Slo) -> Option<String> {
        None
    }
    /// What a generator's rules recorded of these SLOs: as cheap for five hundred as for one. None where nothing is.
    async fn recorded(
        &self,
        _wanted: &[crate::domain::slo::Slo],
        _now: Time,
    ) -> Result<Vec<(crate::domain::slo::SloId, crate::domain::slo::row::Recorded)>, SourceError> {
        Ok(Vec::new())
    }
    /// The queries that count it in buckets of `step` seconds; none where no query language is spoken.
    fn queries(&self, _slo: &crate::domain::slo::Slo, _step: i64) -> Option<Queries> {
        None
    }
    /// What the values of a label counted in `(from, to]`, Unix seconds; of every label that tells them apart where none
    /// is named. Not supported unless a source says otherwise.
    async fn drill(
        &self,
        _slo: &crate::domain::slo::Slo,
        _by: Option<&str>,
        _span: (i64, i64),
        _now: Time,
    ) -> Result<Vec<drill::Counted>, SourceError> {
        Err(SourceError::rejected("this source cannot count by a label: not supported"))
    }
    /// Seconds between two samples of its events, where that can be told.
    async fn scrape_s(&self, _slo: &crate::domain::slo::Slo, _now: Time) -> Option<f64> {
        None
    }
}

/// The facet that tells what was changed on purpose.
#[async_trait]
pub trait Changes: Send + Sync {
    /// The changes in `(since, now]`, oldest first.
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError>;
}

/// The facet that hears of news between two polls, over a connection that it keeps open.
#[async_trait]
pub trait Listens: Send + Sync {
    /// Waits until something came that the next poll would tell; for ever where nothing comes. Dropped at any moment it
    /// loses nothing: the runtime drops it when the next poll is due. A connection that broke is no news, the poll sees to
    /// it.
    async fn heard(&self, now: Time);
}

/// The facet that does what the backend itself can do. Its description says which [`Way`](crate::domain::held::Way)s.
#[async_trait]
pub trait Requests: Send + Sync {
    /// What it would do, in words; changes nothing.
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError>;
    /// The same of several, an answer for each in their order: one question where the backend takes it, else a few at a
    /// time.
    async fn plan_all(&self, requests: &[Request], now: Time) -> Vec<Result<RequestPlan, SourceError>> {
        let plans: Vec<_> = requests.iter().map(|request| self.plan(request, now)).collect();
        stream::iter(plans).buffered(PLANS_AT_ONCE).collect().await
    }
    /// Does it and reads it back. The same `op` asked twice is done once, as far as the backend can tell.
    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError>;
    /// Whether it is so, without doing it: after an answer that was lost, or one that was pending. None: it is not.
    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError>;
}

/// The facet that tells who is on call.
#[async_trait]
pub trait OnCall: Send + Sync {
    /// Everybody who is on call between two moments, by what for and level.
    async fn duties(&self, from: Time, to: Time, now: Time) -> Result<Vec<Duty>, SourceError>;
}

/// The facet that tells more of one alert than its list does: where it is routed, which rule raised it.
#[async_trait]
pub trait Details: Send + Sync {
    /// In the order they are to be read; none where the source does not know the alert, whoever told it.
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError>;
}

/// The facet that shows the routes, inhibitions and intervals that are in force on the running server.
#[async_trait]
pub trait Routing: Send + Sync {
    async fn policy(&self, now: Time) -> Result<Policy, SourceError>;
}

/// The facet that remembers when an alert burned.
#[async_trait]
pub trait Remembers: Send + Sync {
    /// The alerts of this name whose labels are among these, from `since` to `now`; what nobody watched is unknown.
    async fn past(&self, alert: &Alert, since: Time, now: Time) -> Result<Past, SourceError>;
}

/// The facet that knows series, and alerts of the past.
#[async_trait]
pub trait Metrics: Send + Sync {
    /// What a silence with these matchers would mute that does not fire now; what cannot be told says why.
    async fn beyond(&self, matchers: &[Matcher], now: Time) -> Beyond;
}

/// The facet that answers for the golden signals of a service.
#[async_trait]
pub trait Signals: Send + Sync {
    /// Of the wanted ones, what is recognised by its name and the labels of the objective's own queries.
    async fn recognise(
        &self,
        slo: &crate::domain::slo::Slo,
        wanted: &[Signal],
        now: Time,
    ) -> Result<Recognised, SourceError>;
    /// What a question answers at every multiple of the step in the span, looking back `window` seconds. `Rejected` is
    /// about this question alone.
    async fn values(&self, ask: &Ask, span: BucketSpan, window: i64, now: Time) -> Result<Values, SourceError>;
}
