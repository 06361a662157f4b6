//! Icinga 2, REST API v1: services and hosts with problems, its own acks, comments and downtimes, its event stream.
//!
//! One server, or the masters of one zone, which hold the same: the first that can be reached answers. An answer carries no
//! date, so a clock that is off shows only where something in between dates it.

mod act;
mod alert;
mod checkup;
mod events;
mod name;
mod read;
mod requests;
mod wire;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::{
    Changes, Listens, Requests, Source,
    http::{Answer, Call, Failure, Http},
};
use crate::{
    config::{AckMode, SourceConfig},
    domain::{
        Time,
        checkup::Checkup,
        source::{AckVia, Capabilities, Change, Description, Problem, Snapshot, SourceError},
        text::SafeText,
    },
};

/// One server, or several that hold the same.
pub struct Icinga2 {
    description: Description,
    members: Vec<Http>,
    settings: Settings,
    events: events::Events,
    version: Mutex<Option<SafeText>>,
}

/// What `[source.icinga2]` says.
pub(super) struct Settings {
    web: Option<String>,
    severities: Vec<(String, String)>,
    vars: Vec<String>,
    ack: Ack,
    events: bool,
}

/// How an ack is made there.
#[derive(Clone, Copy)]
struct Ack {
    sticky: bool,
    persistent: bool,
    notify: bool,
}

impl Settings {
    fn of(config: &SourceConfig) -> Self {
        let own = &config.own;
        let yes = |key| own.bool(key) == Some(true);
        Self {
            web: own.text("web").map(str::to_owned),
            severities: own.texts("severities").to_vec(),
            vars: own.list("vars").to_vec(),
            ack: Ack { sticky: yes("sticky"), persistent: yes("persistent"), notify: yes("notify") },
            events: own.bool("events") != Some(false),
        }
    }
}

/// Fetches secrets and certificates; asks the server nothing yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    Ok(Arc::new(Icinga2 {
        description: describe(config),
        members: Http::for_source(config).await?,
        settings: Settings::of(config),
        events: events::Events::default(),
        version: Mutex::default(),
    }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let ack = match config.ack {
        AckMode::Native => Some(AckVia::Native),
        AckMode::Journal => Some(AckVia::Journal),
        AckMode::Silence => None,
    };
    let ways = requests::ways(Settings::of(config).ack, ack == Some(AckVia::Native));
    let can = Capabilities { alerts: true, ack, ways, changes: true, ..Capabilities::default() };
    Description { name: config.name.clone(), kind: config.kind.as_str(), can, interval: config.interval }
}

impl Icinga2 {
    /// The next server is asked only where nothing can have reached the one before. With the answer come those that could
    /// not be reached.
    async fn ask(&self, call: Call<'_>, now: Time) -> Result<Reply<'_>, Failure> {
        let mut missing = Vec::new();
        let mut last = None;
        for http in &self.members {
            match http.call(call, now).await {
                Ok(answer) => return Ok(Reply { http, answer, missing }),
                Err(failure) if failure.sent => return Err(failure),
                Err(failure) => {
                    missing.push((http.address(), failure.error.clone()));
                    last = Some(failure);
                }
            }
        }
        let none = || Failure::answered(0, SourceError::rejected("this source has no address"), String::new());
        Err(last.unwrap_or_else(none))
    }
}

/// An answer, who gave it, and who could not be reached before.
struct Reply<'a> {
    http: &'a Http,
    answer: Answer,
    missing: Vec<(SafeText, SourceError)>,
}

#[async_trait]
impl Source for Icinga2 {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let heard = async {
            match self.settings.events {
                true => self.events.drain(&self.members, now).await,
                false => None,
            }
        };
        let (heard, snapshot) = futures_util::future::join(heard, self.read(now)).await;
        let mut snapshot = snapshot?;
        snapshot.problems.extend(heard.map(|why| Problem { at: "events".into(), why }));
        Ok(snapshot)
    }

    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.read(now).await
    }

    async fn checkup(&self, now: Time) -> Checkup {
        self.check_up(now).await
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }

    fn listens(&self) -> Option<&dyn Listens> {
        self.settings.events.then_some(self as &dyn Listens)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        Some(self)
    }
}

#[async_trait]
impl Changes for Icinga2 {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        Ok(self.events.between(since, now))
    }
}

#[async_trait]
impl Listens for Icinga2 {
    async fn heard(&self, _now: Time) {
        self.events.heard().await;
    }
}
