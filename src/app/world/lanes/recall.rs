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

use super::{
    super::{World, study::LOOKED_BACK},
    Of,
    members::Member,
};

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

/// Whether what was answered is new enough, and reaches back to where it is looked at.
fn holds((at, found): &(Time, Vec<Finding>), since: Time, now: Time) -> bool {
    // Every minute the axis begins a minute later.
    let reaches = |f: &Finding| !matches!(f, Finding::Past(_, Some(Ok(past))) if past.since > since + HOLDS);
    now - *at <= HOLDS && found.iter().all(reaches)
}

impl World {
    /// Asks for the past of the alerts on an axis that is not known yet. The open alert's own is asked for by its study.
    pub(crate) fn recall_lanes(&mut self, of: &Of, now: Time) -> Effects {
        let mut members = self.members(of);
        if !matches!(of, Of::Alert(_)) {
            members.sort_by_key(|m| (m.severity, m.id.clone()));
        }
        members.extend(self.on_its_objective(of, &members));
        let own = if let Of::Alert(id) = of { Some(id.clone()) } else { None };
        let since = self.reach(of, now).0.min(now - LOOKED_BACK);
        let wanted = members.into_iter().filter(|m| Some(&m.id) != own.as_ref()).take(ASKED);
        let stale = |m: &Member| self.recalled.found.get(&m.id).is_none_or(|held| !holds(held, since, now));
        let wanted: Vec<Member> = wanted.filter(stale).collect();
        wanted.into_iter().map(|m| Effect::Recall { id: m.id, labels: m.labels, back: now - since }).collect()
    }

    /// The alerts on the objective of an axis that have no lane of their own on it: the burn rate is shaded by them.
    fn on_its_objective(&self, of: &Of, members: &[Member]) -> Vec<Member> {
        if matches!(of, Of::Slo(_)) {
            return Vec::new();
        }
        let row = self.slo_of(of, members).and_then(|id| self.budgets.get(&id));
        let about = row.map(|row| (row, self.about_slo(&row.slo.id)));
        let named = about.into_iter().flat_map(|(row, all)| all.into_iter().filter(|m| row.slo.is_named_by(&m.labels)));
        named.filter(|m| members.iter().all(|known| known.id != m.id)).collect()
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

    /// What was found of an alert: by the study of the open one, and by having been asked for an axis,
    /// which may reach farther back.
    pub(super) fn found_of(&self, id: &AlertId) -> impl Iterator<Item = &Finding> {
        let studied = self.studied.as_ref().filter(|s| s.id == *id).and_then(|s| s.found.as_deref());
        let recalled = self.recalled.found.get(id).map(|(_, found)| &found[..]);
        studied.unwrap_or_default().iter().chain(recalled.unwrap_or_default())
    }
}
