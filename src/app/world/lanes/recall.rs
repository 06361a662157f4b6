//! What sources remember of the alerts on an axis beside the open one: asked when it is opened, a few at a time.

use std::collections::BTreeMap;

use chrono::Duration;

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::Finding,
    },
    domain::{Time, alert::AlertId},
};

use super::{super::World, Of, members::Member};

/// Alerts that are asked about for one axis.
const ASKED: usize = 8;
/// How long an answer holds: what came after it was watched.
const HOLDS: Duration = Duration::minutes(10);
/// Alerts whose past is kept.
const KEPT: usize = 64;

/// What sources remembered.
#[derive(Debug, Default)]
pub struct Recalled {
    found: BTreeMap<AlertId, (Time, Vec<Finding>)>,
    /// How often something came that a lane stands on.
    pub(super) heard: u64,
}

impl Recalled {
    /// Something came that a lane stands on.
    pub(in crate::app::world) fn heard(&mut self) {
        self.heard += 1;
    }
}

impl World {
    /// Asks for the past of the alerts on an axis that is not known yet. The open alert's own is asked for by its study.
    pub(crate) fn recall_lanes(&mut self, of: &Of, now: Time) -> Effects {
        let mut members = self.members(of);
        if !matches!(of, Of::Alert(_)) {
            members.sort_by_key(|m| (m.severity, m.id.clone()));
        }
        let own = if let Of::Alert(id) = of { Some(id.clone()) } else { None };
        let wanted: Vec<Member> = members.into_iter().filter(|m| Some(&m.id) != own.as_ref()).take(ASKED).collect();
        let stale = |id: &AlertId| self.recalled.found.get(id).is_none_or(|(at, _)| now - *at > HOLDS);
        let wanted: Vec<Member> = wanted.into_iter().filter(|m| stale(&m.id)).collect();
        wanted.into_iter().map(|m| Effect::Recall { id: m.id, labels: m.labels }).collect()
    }

    /// Takes what the sources remember of one alert so far.
    pub(crate) fn recalled(&mut self, now: Time, id: &AlertId, found: Vec<Finding>) -> Effects {
        self.recalled.heard();
        if self.recalled.found.len() >= KEPT && !self.recalled.found.contains_key(id) {
            let oldest = self.recalled.found.iter().min_by_key(|(_, (at, _))| *at).map(|(id, _)| id.clone());
            oldest.into_iter().for_each(|id| drop(self.recalled.found.remove(&id)));
        }
        self.recalled.found.insert(id.clone(), (now, found));
        Vec::new()
    }

    /// What was found of an alert: by the study of the open one, else by having been asked beside it.
    pub(super) fn found_of(&self, id: &AlertId) -> &[Finding] {
        let studied = self.studied.as_ref().filter(|s| s.id == *id).and_then(|s| s.found.as_deref());
        studied.or_else(|| self.recalled.found.get(id).map(|(_, found)| &found[..])).unwrap_or_default()
    }
}
