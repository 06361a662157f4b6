//! What a silence would mute that does not fire now, as the sources of metrics tell it.
//!
//! Kept for the last question alone. An answer to another one is nobody's.

use std::collections::HashMap;

use crate::{
    app::effect::Effect,
    domain::{label::Labels, matcher::Matcher, silence::beyond::Beyond, source::SourceName},
};

use super::World;

/// A question, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Beyonds {
    pub matchers: Vec<Matcher>,
    /// None until all have answered; empty where there is nobody to ask.
    pub told: Option<Vec<(SourceName, Beyond)>>,
}

impl World {
    /// Asks once for each set of matchers.
    pub fn ask_beyond(&mut self, matchers: Vec<Matcher>) -> Option<Effect> {
        if self.beyond(&matchers).is_some() {
            return None;
        }
        self.silencing.beyond = Some(Beyonds { matchers: matchers.clone(), told: None });
        Some(Effect::AskBeyond(matchers))
    }

    /// Takes the answers without the alerts that were delivered: those are in the other half of the preview.
    pub fn beyond_told(&mut self, matchers: &[Matcher], mut told: Vec<(SourceName, Beyond)>) {
        let mut firing: HashMap<&str, Vec<&Labels>> = HashMap::new();
        let delivers = |name: &SourceName| self.source(name).is_some_and(|s| !s.about.can.evaluates);
        for row in self.board.iter().filter(|r| r.resolved_at.is_none() && delivers(&r.id.source)) {
            firing.entry(row.name().raw()).or_default().push(&row.alert.labels);
        }
        let fires = |set: &Labels| {
            firing.get(set.value("alertname")).is_some_and(|rows| rows.iter().any(|labels| set.is_subset_of(labels)))
        };
        for sets in told.iter_mut().filter_map(|(_, beyond)| beyond.fired.as_mut().ok()) {
            sets.known.retain(|set| !fires(set));
        }
        if let Some(open) = self.silencing.beyond.as_mut().filter(|b| b.matchers == matchers) {
            open.told = Some(told);
        }
    }

    /// What was asked about exactly these matchers.
    pub fn beyond(&self, matchers: &[Matcher]) -> Option<&Beyonds> {
        self.silencing.beyond.as_ref().filter(|b| b.matchers == matchers)
    }
}
