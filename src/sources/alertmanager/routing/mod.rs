//! The configuration that a running Alertmanager shows, read for what decides whom an alert reaches.
//!
//! Of receivers the names and the kinds of their integrations are kept; an address or a secret never gets past here.

mod calendar;
mod matchers;
mod wire;

use async_trait::async_trait;
use futures_util::{StreamExt, stream::FuturesUnordered};
use serde::Deserialize;

use super::{Alertmanager, cluster};
use crate::{
    domain::{
        Time,
        routing::{Policy, Receiver},
        source::SourceError,
        text::SafeText,
    },
    sources::{
        Routing,
        http::{Call, Http},
    },
};

const STATUS: &str = "api/v2/status";

#[async_trait]
impl Routing for Alertmanager {
    /// The members of a cluster are meant to have one configuration: the first that shows it answers.
    async fn policy(&self, now: Time) -> Result<Policy, SourceError> {
        let ask = async |http: &Http| (http.address(), read(http, now).await);
        let mut asked: FuturesUnordered<_> = self.members.iter().map(ask).collect();
        let mut told = Vec::new();
        while let Some((address, answer)) = asked.next().await {
            match answer {
                Ok(policy) => return Ok(policy),
                Err(error) => told.push((address, Err::<Policy, _>(error))),
            }
        }
        let none = || SourceError::rejected("no member shows its configuration");
        cluster::apart(told).and_then(|(read, _)| read.into_iter().next().map(|(_, p)| p).ok_or_else(none))
    }
}

#[derive(Deserialize)]
struct WireStatus {
    config: Option<WireOriginal>,
}

#[derive(Deserialize)]
struct WireOriginal {
    original: Option<String>,
}

async fn read(http: &Http, now: Time) -> Result<Policy, SourceError> {
    let answer = http.call(Call::get(STATUS), now).await?;
    let status: WireStatus = http.json(&answer)?;
    let text = status.config.and_then(|c| c.original).filter(|t| !t.trim().is_empty());
    let text = text.ok_or_else(|| SourceError::rejected("this server does not show its configuration"))?;
    policy(&text, now).map_err(SourceError::malformed)
}

/// The policy in the text of a configuration.
///
/// # Errors
/// Where it is no YAML or has no route. What else cannot be read is a problem of the policy.
pub fn policy(text: &str, read_at: Time) -> Result<Policy, String> {
    let wire = wire::read(text)?;
    let mut problems = Vec::new();
    let root = wire::root(wire.route, &mut problems)?;
    let inhibits = wire::inhibits(wire.inhibit_rules, &mut problems);
    let intervals = calendar::intervals([wire.mute_time_intervals, wire.time_intervals], &mut problems);
    let receivers = wire.receivers.unwrap_or_default().into_iter().map(wire::WireReceiver::read).collect();
    let problems = problems.iter().map(|p| SafeText::new(p)).collect();
    Ok(Policy { read_at, root, inhibits, intervals, receivers, problems })
}

impl wire::WireReceiver {
    /// `webhook_configs` that holds at least one is the kind `webhook`.
    fn read(self) -> Receiver {
        let kinds = self.rest.into_iter().filter(|(_, list)| list.0 > 0);
        let kinds = kinds.filter_map(|(key, _)| key.strip_suffix("_configs").map(SafeText::new)).collect();
        Receiver { name: self.name.into(), kinds }
    }
}
