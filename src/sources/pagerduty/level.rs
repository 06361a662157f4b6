//! On which level of its escalation policy an incident stands, whom the next one pages, and when.
//!
//! PagerDuty does not say the level: it is told by who is assigned and who is on call. Where neither tells, it is unknown.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;

use super::{
    Pagerduty,
    memory::Memory,
    pages::{self, Ask},
    wire::{Incident, OnCallEntry, Ref},
};
use crate::domain::{Time, held::Escalation, text::SafeText};

/// How long who is on call is taken for granted.
const KEPT: Duration = Duration::minutes(5);
/// Incidents whose policies are asked about at once.
const POLICIES: usize = 20;
const PAGES: usize = 3;
/// Names that are told of one level.
const NAMES: usize = 3;

/// Who is on call now, by policy and level.
#[derive(Clone, Debug, Default)]
pub(super) struct Rota {
    on_call: HashMap<(SafeText, u32), Vec<Ref>>,
    /// The policies that were asked about.
    of: BTreeSet<String>,
}

impl Rota {
    pub(super) fn of(entries: &[OnCallEntry]) -> Self {
        let mut rota = Self::default();
        for entry in entries {
            let key = (entry.escalation_policy.named.id.clone(), entry.escalation_level);
            rota.on_call.entry(key).or_default().push(entry.user.clone());
        }
        rota
    }

    fn at(&self, incident: &Incident, level: u32) -> &[Ref] {
        self.on_call.get(&(incident.escalation_policy.named.id.clone(), level)).map_or(&[], Vec::as_slice)
    }

    /// The level that pages one of those to whom it is assigned; the lowest where there are several.
    pub(super) fn level(&self, incident: &Incident) -> Option<u32> {
        let pages = |level: u32| {
            let rule = incident.escalation_policy.escalation_rules.get(level as usize - 1);
            let targets = rule.map_or(&[][..], |r| &r.targets);
            let mut paged = targets.iter().chain(self.at(incident, level));
            paged.any(|who| incident.assignments.iter().any(|a| !a.assignee.id.is_empty() && a.assignee.id == who.id))
        };
        (1..=levels(incident)).find(|level| pages(*level))
    }

    /// Who is paged there: the people where they are known, else what the policy names.
    pub(super) fn names(&self, incident: &Incident, level: u32) -> SafeText {
        let rule = incident.escalation_policy.escalation_rules.get((level as usize).saturating_sub(1));
        let targets = rule.map_or(&[][..], |r| &r.targets);
        let on_call = self.at(incident, level);
        let told = if on_call.is_empty() { targets } else { on_call };
        let names: BTreeSet<String> = told.iter().map(|r| r.called().shown().to_owned()).collect();
        let more = names.len().saturating_sub(NAMES);
        let mut text = names.into_iter().take(NAMES).collect::<Vec<_>>().join(", ");
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
        if text.is_empty() { format!("level {level}").into() } else { format!("{text} (level {level})").into() }
    }

    /// What happens next by itself while nobody acks.
    pub(super) fn escalation(&self, incident: &Incident) -> Option<Escalation> {
        if incident.status != "triggered" {
            return None;
        }
        let told = incident.pending("escalate");
        let Some(level) = self.level(incident) else {
            return told.map(|at| Escalation { at, to: "the next level".into() });
        };
        let next = if level < levels(incident) { Some(level + 1) } else { told.map(|_| 1) }?;
        let rule = incident.escalation_policy.escalation_rules.get(level as usize - 1)?;
        let since = incident.assignments.iter().filter_map(|a| a.at).max();
        let delay = rule.escalation_delay_in_minutes.filter(|m| (1..=100_000).contains(m)).map(Duration::minutes);
        let at = told.or_else(|| since?.checked_add_signed(delay?))?;
        Some(Escalation { at, to: self.names(incident, next) })
    }
}

/// How many levels its policy has.
pub(super) fn levels(incident: &Incident) -> u32 {
    u32::try_from(incident.escalation_policy.escalation_rules.len()).unwrap_or(u32::MAX)
}

impl Pagerduty {
    /// Who is on call for those that are not acked: asked seldom, and not at all where all are.
    pub(super) async fn rota(&self, incidents: &[Incident], memory: &Memory, now: Time) -> Rota {
        let open = incidents.iter().filter(|i| i.status == "triggered");
        self.rota_of(open.take(POLICIES), memory, now).await
    }

    /// Who is on call for these. An answer that fails is none; the incidents stand without it.
    pub(super) async fn rota_of(&self, incidents: impl Iterator<Item = &Incident>, memory: &Memory, now: Time) -> Rota {
        let policies = incidents.map(|i| i.escalation_policy.named.id.raw().to_owned());
        let policies: BTreeSet<String> = policies.filter(|id| !id.is_empty()).collect();
        if policies.is_empty() {
            return Rota::default();
        }
        if let Some((at, rota)) = &memory.known().rota
            && (now - *at).abs() < KEPT
            && policies.is_subset(&rota.of)
        {
            return rota.clone();
        }
        let mut query: Vec<(&str, String)> = vec![("earliest", "true".to_owned())];
        query.extend(policies.iter().map(|p| ("escalation_policy_ids[]", p.clone())));
        let ask = Ask { path: "oncalls", list: "oncalls", query, pages: PAGES };
        let told = pages::read::<OnCallEntry>(&self.http, ask, now).await;
        let rota = Rota { of: policies, ..told.map(|told| Rota::of(&told.items)).unwrap_or_default() };
        memory.known().rota = Some((now, rota.clone()));
        rota
    }
}
