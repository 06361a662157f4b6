//! Kubernetes: pods that fail, rollouts that are stuck, jobs and nodes as alerts; rollouts and events for the timeline.
//!
//! Everything is listed once and then watched, so that a poll costs one small request and nothing is asked twice. Lists and
//! watches are our own, over the HTTP that all sources share: kube and k8s-openapi would add some ninety crates and a good
//! minute to a new user's first build, bring a second HTTP stack with deadlines, caps and scrubbing of its own, and keep whole
//! objects in memory where a few fields are read. What their watcher knows of the API's habits stands in `feed`.
//!
//! Nothing here acks or silences: Kubernetes knows neither.

mod alerts;
mod checkup;
mod episodes;
mod events;
mod feed;
mod history;
mod list;
mod login;
mod notes;
mod object;
mod options;
mod pods;
mod resource;
mod severity;
mod state;
mod whose;
mod wire;
mod workloads;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex as Held, PoisonError},
};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::{
    Changes, Listens, Requests, Source,
    http::{Call, Failure, Http, clock_problem},
    kept::Kept,
};
use crate::{
    config::SourceConfig,
    domain::{
        Time,
        checkup::Checkup,
        label::Fingerprint,
        source::{Capabilities, Change, Description, Snapshot, SourceError},
        text::SafeText,
    },
};

use alerts::Making;
use history::Log;
use login::Login;
pub use login::Surroundings;
pub(super) use login::logins;
use options::Options;
use state::State;
use whose::Workload;

/// How often the server is asked whether it is there; open watches stay silent when it is not.
const CHECK_EVERY: chrono::Duration = chrono::Duration::seconds(10);

/// One cluster.
pub struct Kubernetes {
    description: Description,
    options: Options,
    login: Login,
    state: Mutex<State>,
    log: Arc<Held<Log>>,
    /// Whose the rows of the last poll are. As the log, beside the state, which is held while it listens.
    known: Held<Arc<BTreeMap<Fingerprint, Workload>>>,
    kept: Kept,
}

/// Reads the kubeconfig and certificates; asks the server nothing yet, and runs no credential plugin.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the configuration cannot be.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    connect_in(config, &Surroundings::of_process()).await
}

/// The same where variables and service account are not those of this process.
///
/// # Errors
/// As [`connect`].
pub async fn connect_in(config: &SourceConfig, around: &Surroundings) -> Result<Arc<dyn Source>, SourceError> {
    let options = Options::read(config)?;
    let login = Login::find(config, around).await?;
    let (log, known) = (Arc::default(), Held::default());
    let kept = Kept::in_dir(config.kept_in.as_deref(), "episodes.json");
    let state = Mutex::new(State::new(&options, Arc::clone(&log), kept.clone()));
    Ok(Arc::new(Kubernetes { description: describe(config), options, login, state, log, known, kept }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let ways = if config.own.bool("notes") == Some(true) { vec![notes::way()] } else { Vec::new() };
    let plain = super::plain(config);
    Description { can: Capabilities { changes: true, ways, ..plain.can }, ..plain }
}

impl Kubernetes {
    async fn read(&self, state: &mut State, now: Time, watching: bool) -> Result<Snapshot, SourceError> {
        let read = match self.try_read(state, now, watching).await {
            // A token that has expired since is had anew, once.
            Err(failure) if failure.status == Some(401) && self.login.refresh().await => {
                self.try_read(state, now, watching).await
            }
            read => read,
        };
        let gaps = read?;
        let cluster = self.options.cluster.as_deref().unwrap_or(&self.login.cluster);
        let cluster = if cluster.is_empty() { self.description.name.as_str() } else { cluster };
        let making = Making { options: &self.options, cluster, now };
        state.episodes.recall(now).await;
        let (alerts, known) = making.rows(&state.feeds, &mut state.episodes);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
        let mut problems = gaps.problems;
        problems.extend(state.clock.clone());
        problems.extend(if watching { state.episodes.keep(now).await } else { None });
        let version = state.version.clone();
        Ok(Snapshot { complete: gaps.complete, alerts, problems, version, ..Snapshot::empty(now) })
    }

    async fn try_read(&self, state: &mut State, now: Time, watching: bool) -> Result<state::Gaps, Failure> {
        let http = self.login.http(now).await.map_err(|e| Failure::answered(0, e, String::new()))?;
        check(&http, state, now).await?;
        state.bring_up(&http, &self.options, now, watching).await
    }

    fn known(&self) -> Arc<BTreeMap<Fingerprint, Workload>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether the server is there and knows us. Who may not ask for the version may still read the rest.
async fn check(http: &Http, state: &mut State, now: Time) -> Result<(), Failure> {
    if state.checked_at.is_some_and(|at| now - at < CHECK_EVERY && now >= at) {
        return Ok(());
    }
    state.checked_at = None;
    match http.call(Call::get("version"), now).await {
        Ok(answer) => {
            let version = http.json::<wire::Version>(&answer).ok().and_then(|v| v.git_version);
            state.version = version.map(|v| SafeText::new(&v));
            state.clock = clock_problem(answer.date(), now);
        }
        Err(failure) if matches!(failure.status, Some(403 | 404)) => {}
        Err(failure) => return Err(failure),
    }
    state.checked_at = Some(now);
    Ok(())
}

#[async_trait]
impl Source for Kubernetes {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let mut state = self.state.lock().await;
        self.read(&mut state, now, true).await
    }

    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.read(&mut State::new(&self.options, self.log.clone(), self.kept.clone()), now, false).await
    }

    async fn checkup(&self, now: Time) -> Checkup {
        self.check_up(now).await
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }

    fn listens(&self) -> Option<&dyn Listens> {
        Some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        let writes = !self.description.can.ways.is_empty();
        writes.then_some(self as &dyn Requests)
    }
}

#[async_trait]
impl Changes for Kubernetes {
    async fn changes(&self, since: Time, _now: Time) -> Result<Vec<Change>, SourceError> {
        Ok(self.log.lock().unwrap_or_else(PoisonError::into_inner).since(since))
    }
}

#[async_trait]
impl Listens for Kubernetes {
    async fn heard(&self, _now: Time) {
        self.state.lock().await.heard(&self.options).await;
    }
}
