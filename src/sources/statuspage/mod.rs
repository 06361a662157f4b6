//! Any public status page that Atlassian Statuspage serves: "is it them?".
//!
//! Each unresolved incident is an alert, each component that is not well and that no incident names is one too; what is
//! written under an incident is a change. One request a poll, without a token. Refuses to know who depends on whom.

mod wire;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::{
    Changes, Source,
    http::{Call, Http, clock_problem},
};
use crate::{
    config::SourceConfig,
    domain::{
        Time,
        source::{AckVia, Capabilities, Change, Description, Snapshot, SourceError},
    },
};

/// The page with everything that is not well on it.
const SUMMARY: &str = "api/v2/summary.json";

/// What of a page is wanted.
#[derive(Clone, Debug)]
struct Wanted {
    /// Empty for all.
    components: Vec<String>,
    maintenance: bool,
}

impl Wanted {
    fn wants(&self, component: &str) -> bool {
        self.components.is_empty() || self.components.iter().any(|c| c.eq_ignore_ascii_case(component))
    }
}

struct StatusPage {
    about: Description,
    http: Http,
    wanted: Wanted,
    /// What the last answer said that was written.
    written: Mutex<Vec<Change>>,
}

/// Asks nothing yet.
///
/// # Errors
/// `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    let http = Http::for_source(config).await?.into_iter().next();
    let http = http.ok_or_else(|| SourceError::rejected("this source has no address"))?;
    let wanted = Wanted {
        components: config.own.list("components").to_vec(),
        maintenance: config.own.bool("maintenance").unwrap_or(true),
    };
    Ok(Arc::new(StatusPage { about: describe(config), http, wanted, written: Mutex::default() }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let can = Capabilities { alerts: true, ack: Some(AckVia::Journal), changes: true, ..Capabilities::default() };
    Description { name: config.name.clone(), kind: config.kind.as_str(), can, interval: config.interval }
}

#[async_trait]
impl Source for StatusPage {
    fn describe(&self) -> &Description {
        &self.about
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let answer = self.http.call(Call::get(SUMMARY), now).await?;
        let summary: wire::Summary<'_> = self.http.json(&answer)?;
        let told = summary.read(&self.wanted)?;
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = told.changes;
        let mut problems = told.problems;
        let complete = problems.is_empty();
        problems.extend(clock_problem(answer.date(), now));
        Ok(Snapshot { alerts: told.alerts, complete, problems, ..Snapshot::empty(now) })
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }
}

#[async_trait]
impl Changes for StatusPage {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new: Vec<Change> = written.iter().filter(|c| since < c.at && c.at <= now).cloned().collect();
        new.sort_by_key(|c| c.at);
        Ok(new)
    }
}
