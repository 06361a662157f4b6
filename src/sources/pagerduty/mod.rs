//! PagerDuty, REST API version 2: open incidents, who is on call, what was done and changed, and acts in a person's name.
//!
//! One incident is one alert. What PagerDuty does by itself (an ack that ends, an escalation) is told, never assumed.

mod act;
mod actor;
mod alert;
mod changes;
mod entry;
mod incidents;
mod level;
mod linked;
mod many;
mod memory;
mod oncall;
mod options;
mod pages;
mod plan;
mod refusal;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;

use self::{memory::Memory, options::Options};

use super::{Changes, OnCall, Requests, Source, http::Http};
use crate::{
    config::{AckMode, SourceConfig},
    domain::{
        Time,
        checkup::Checkup,
        source::{AckVia, Capabilities, Description, Snapshot, SourceError},
    },
};

/// One account of PagerDuty, as far as its token sees it.
pub struct Pagerduty {
    description: Description,
    http: Http,
    options: Options,
    memory: Memory,
}

/// Fetches secrets and certificates; asks the server nothing yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    let options = Options::read(config)?;
    let http = options::client(config).await?;
    Ok(Arc::new(Pagerduty { description: describe(config), http, options, memory: Memory::default() }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let ack = if config.ack == AckMode::Journal { AckVia::Journal } else { AckVia::Native };
    Description {
        name: config.name.clone(),
        kind: config.kind.as_str(),
        can: Capabilities {
            alerts: true,
            ack: Some(ack),
            ways: plan::ways(ack),
            on_call: true,
            changes: true,
            ..Capabilities::default()
        },
        interval: config.interval,
    }
}

impl Pagerduty {
    fn acks_natively(&self) -> bool {
        self.description.can.ack == Some(AckVia::Native)
    }
}

#[async_trait]
impl Source for Pagerduty {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.read(&self.memory, now).await
    }

    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.read(&Memory::default(), now).await
    }

    async fn checkup(&self, now: Time) -> Checkup {
        self.check_up(now).await
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
