//! From a configuration to its sources: all of them connected, or those that are quick, while the others go on connecting.
//!
//! Connecting starts plugins and fetches secrets, which may take seconds; no server is asked. One that cannot be set up is
//! never green.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt, future::join_all};
use tokio::time::timeout;

use crate::{
    config::{Config, SimConfig, SourceConfig},
    domain::{
        Time,
        held::{Applied, Request, RequestPlan},
        op::OpId,
        silence::{Silence, SilenceDraft},
        source::{Description, Snapshot, SourceError},
        text::SafeText,
    },
    runtime::{Sources, cockpit::Late},
    sources::{self, Requests, Silences, Source, sim::SimWorld},
};

/// How long a cockpit that opens waits for its sources to be set up; most take a few milliseconds.
const GRACE: Duration = Duration::from_millis(15);

/// Connects to every source. One that cannot even be set up is shown as such, and the others go on.
pub async fn sources(config: &Config) -> Sources {
    // Side by side: a plugin that is slow to say hello holds up no other source.
    let mut all: Sources = join_all(config.sources.iter().map(connect)).await;
    all.extend(config.sim.iter().flat_map(simulated));
    all
}

/// The same without waiting for who is slow: those stand for themselves as they will be called, and come later.
pub async fn at_once(config: &Config) -> (Sources, Late) {
    let mut all: Sources = config.sources.iter().map(|s| Arc::new(Awaited::new(s)) as Arc<dyn Source>).collect();
    let mut late: Late =
        config.sources.iter().cloned().map(|source| async move { connect(&source).await }.boxed()).collect();
    let quick = async {
        while let Some(connected) = late.next().await {
            let is_its = |place: &&mut Arc<dyn Source>| place.describe().name == connected.describe().name;
            if let Some(place) = all.iter_mut().find(is_its) {
                *place = connected;
            }
        }
    };
    // Who is not done goes on where it is.
    let _ = timeout(GRACE, quick).await;
    all.extend(config.sim.iter().flat_map(simulated));
    (all, late)
}

/// What the sources are called, in their order, before any is connected to.
pub async fn names(config: &Config) -> Vec<String> {
    let simulated = config.sim.iter().flat_map(simulated);
    let simulated: Vec<String> = simulated.map(|s| s.describe().name.as_str().to_owned()).collect();
    config.sources.iter().map(|s| s.name.as_str().to_owned()).chain(simulated).collect()
}

/// One source, connected; one that cannot be set up is never green.
pub async fn connect(source: &SourceConfig) -> Arc<dyn Source> {
    match sources::connect(source).await {
        Ok(connected) => connected,
        Err(error) => Arc::new(Unset::new(sources::describe(source), error)),
    }
}

/// The sources of a simulated day; one that says why, where its scenario cannot be played.
fn simulated(sim: &SimConfig) -> Sources {
    match sources::sim::load(&sim.scenario) {
        Ok(scenario) => SimWorld::kept(scenario, sim.began, sim.silences.clone()).sources(),
        Err(why) => vec![Arc::new(Unset::new(sources::sim::describe("sim"), SourceError::rejected(why)))],
    }
}

/// A source whose secret or certificate could not be read: never asked, never green.
struct Unset {
    about: Description,
    error: SourceError,
}

impl Unset {
    fn new(about: Description, error: SourceError) -> Self {
        Self { about, error }
    }
}

#[async_trait]
impl Source for Unset {
    fn describe(&self) -> &Description {
        &self.about
    }

    async fn poll(&self, _now: Time) -> Result<Snapshot, SourceError> {
        Err(self.error.clone())
    }
}

/// A source that is being connected: it answers nothing, and what is asked of it is refused with the reason.
struct Awaited(Description);

impl Awaited {
    fn new(source: &SourceConfig) -> Self {
        Self(sources::describe(source))
    }
}

fn too_early<T>() -> Result<T, SourceError> {
    Err(SourceError::rejected("it is still being connected; try again in a moment"))
}

#[async_trait]
impl Source for Awaited {
    fn describe(&self) -> &Description {
        &self.0
    }

    /// Whoever takes its place answers.
    async fn poll(&self, _now: Time) -> Result<Snapshot, SourceError> {
        std::future::pending().await
    }

    fn silences(&self) -> Option<&dyn Silences> {
        self.0.can.silences.then_some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        (!self.0.can.ways.is_empty()).then_some(self)
    }
}

#[async_trait]
impl Silences for Awaited {
    async fn put(&self, _draft: &SilenceDraft, _now: Time) -> Result<SafeText, SourceError> {
        too_early()
    }

    async fn get(&self, _id: &str, _now: Time) -> Result<Option<Silence>, SourceError> {
        too_early()
    }

    async fn list(&self, _now: Time) -> Result<Vec<Silence>, SourceError> {
        too_early()
    }

    async fn expire(&self, _id: &str, _now: Time) -> Result<(), SourceError> {
        too_early()
    }
}

#[async_trait]
impl Requests for Awaited {
    async fn plan(&self, _request: &Request, _now: Time) -> Result<RequestPlan, SourceError> {
        too_early()
    }

    async fn apply(&self, _op: &OpId, _request: &Request, _now: Time) -> Result<Applied, SourceError> {
        too_early()
    }

    async fn is_so(
        &self,
        _op: &OpId,
        _request: &Request,
        _handle: Option<&SafeText>,
        _now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        too_early()
    }
}
