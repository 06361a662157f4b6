//! Alertmanager, API v2, and its relatives with the same API: one server, or the members of one cluster.
//!
//! Alerts are read from every member, silences are written to one.

mod checkup;
mod cluster;
mod groups;
mod health;
mod member;
mod memory;
mod routing;
mod sight;
mod silences;
mod wire;

use async_trait::async_trait;
use futures_util::future::join_all;

pub use routing::policy;

use self::{member::Member, memory::Memory};

use super::{Details, Routing, Silences, Source, http::Http};
use crate::{
    config::{AckMode, SourceConfig},
    domain::{
        Time,
        checkup::Checkup,
        source::{AckVia, Capabilities, Description, Snapshot, SourceError},
    },
};

/// One server or one cluster.
pub struct Alertmanager {
    description: Description,
    members: Vec<Http>,
    memory: Memory,
}

impl Alertmanager {
    /// Fetches secrets and certificates; asks the servers nothing yet.
    ///
    /// # Errors
    /// `Auth` where a secret or certificate cannot be had, `Rejected` where an address is none.
    pub async fn connect(config: &SourceConfig) -> Result<Self, SourceError> {
        let members = Http::for_source(config).await?;
        Ok(Self { description: describe(config), memory: Memory::new(members.len()), members })
    }

    fn each_member(&self) -> impl Iterator<Item = Member<'_>> {
        self.each_with(&self.memory)
    }

    fn each_with<'a>(&'a self, memory: &'a Memory) -> impl Iterator<Item = Member<'a>> {
        self.members.iter().enumerate().map(move |(index, http)| Member { http, memory, index })
    }

    async fn read(&self, memory: &Memory, now: Time) -> Result<Snapshot, SourceError> {
        let told = self.each_with(memory).map(async |member| (member.http.address(), member::read(member, now).await));
        cluster::unite(join_all(told).await, memory, now)
    }
}

pub(super) fn describe(config: &SourceConfig) -> Description {
    let ack = match config.ack {
        AckMode::Journal => Some(AckVia::Journal),
        AckMode::Silence if config.silences_writable => Some(AckVia::Silence),
        AckMode::Silence | AckMode::Native => None,
    };
    Description {
        name: config.name.clone(),
        kind: config.kind.as_str(),
        can: Capabilities {
            alerts: true,
            ack,
            silences: config.silences_writable,
            counts: false,
            evaluates: false,
            ..Capabilities::default()
        },
        interval: config.interval,
    }
}

#[async_trait]
impl Source for Alertmanager {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.read(&self.memory, now).await
    }

    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.read(&Memory::of_a_look(self.members.len()), now).await
    }

    async fn checkup(&self, now: Time) -> Checkup {
        self.check_up(now).await
    }

    fn silences(&self) -> Option<&dyn Silences> {
        self.description.can.silences.then_some(self)
    }

    fn details(&self) -> Option<&dyn Details> {
        Some(self)
    }

    fn routing(&self) -> Option<&dyn Routing> {
        Some(self)
    }
}
