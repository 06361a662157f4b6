//! What is kept of one object: who it is, whose it is, and what of it may be worth an alert or an entry.
//!
//! Knows no clock: a finding says from when until when it counts.

use crate::domain::Time;

use super::{
    events::{self, Event},
    options::Options,
    pods,
    resource::Resource,
    wire::{Meta, Owner},
    workloads,
};

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) resource: Resource,
    pub(super) uid: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) service: Option<String>,
    pub(super) owner: Option<Owner>,
    /// What a deployment's replica set has at the end of its name.
    pub(super) hash: Option<String>,
    pub(super) created: Option<Time>,
    /// How many pods it wants.
    pub(super) wants: Option<i64>,
    pub(super) findings: Vec<Finding>,
    pub(super) rollout: Option<Rollout>,
    pub(super) event: Option<Event>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) reason: String,
    pub(super) container: Option<String>,
    /// When it began, as far as the object tells.
    pub(super) since: Time,
    /// From when on it counts; before, it is only pending.
    pub(super) from: Time,
    /// Until when it counts, where it ends by itself.
    pub(super) until: Option<Time>,
    /// Whether it is shown while it is pending.
    pub(super) is_shown_early: bool,
    /// One short phrase: `crashes again and again (exit 1, 14 restarts)`.
    pub(super) words: String,
    /// The cluster's own message; may be long.
    pub(super) message: String,
}

impl Finding {
    /// One that counts from its beginning on.
    pub(super) fn at_once(reason: &str, since: Time, words: impl Into<String>, message: Option<&str>) -> Self {
        Self {
            reason: reason.to_owned(),
            container: None,
            since,
            from: since,
            until: None,
            is_shown_early: false,
            words: words.into(),
            message: message.unwrap_or_default().to_owned(),
        }
    }

    /// Whether it is to be seen at this moment.
    pub(super) fn counts(&self, now: Time) -> bool {
        (self.is_shown_early || self.from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// Which template a workload has now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rollout {
    /// Changes with the template and with nothing else.
    pub(super) revision: String,
    /// Container and image.
    pub(super) images: Vec<(String, String)>,
    /// Who wrote it last, as far as the object tells.
    pub(super) by: Option<String>,
    pub(super) at: Option<Time>,
    pub(super) cause: Option<String>,
}

impl Object {
    pub(super) fn new(resource: Resource, meta: &Meta) -> Self {
        Self {
            resource,
            uid: meta.uid.clone(),
            name: meta.name.clone(),
            namespace: meta.namespace.clone(),
            service: meta.service().map(str::to_owned),
            owner: meta.owner().cloned(),
            hash: meta.label("pod-template-hash").map(str::to_owned),
            created: meta.creation_timestamp,
            wants: None,
            findings: Vec::new(),
            rollout: None,
            event: None,
        }
    }

    /// # Errors
    /// What is wrong with its JSON.
    pub(super) fn read(resource: Resource, json: &[u8], options: &Options) -> Result<Self, String> {
        use crate::sources::items::read;
        Ok(match resource {
            Resource::Pods => pods::object(&read(json)?, options),
            Resource::Nodes => workloads::node(&read(json)?),
            Resource::Events => events::object(read(json)?),
            Resource::Deployments
            | Resource::StatefulSets
            | Resource::DaemonSets
            | Resource::Jobs
            | Resource::ReplicaSets => workloads::object(resource, &read(json)?),
        })
    }

    /// The same after what it was. A new template comes before its new revision: until then the old one counts, or the
    /// rollout would be told without its images.
    pub(super) fn after(mut self, old: Option<&Self>) -> Self {
        let before = old.and_then(|o| o.rollout.as_ref());
        if let (Some(before), Some(now)) = (before, &self.rollout)
            && before.revision == now.revision
        {
            self.rollout = Some(before.clone());
        }
        self
    }

    /// Whether the next poll would tell something else.
    pub(super) fn is_news(&self, old: Option<&Self>) -> bool {
        match old {
            Some(old) => self.findings != old.findings || self.rollout != old.rollout || self.event != old.event,
            None => !self.findings.is_empty() || self.event.is_some(),
        }
    }
}
