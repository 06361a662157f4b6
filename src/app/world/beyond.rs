//! What a silence would mute that does not fire now, as the sources of metrics tell it.
//!
//! Kept for the last question alone. An answer to another one is nobody's.

use crate::{
    app::effect::Effect,
    domain::{matcher::Matcher, silence::beyond::Beyond, source::SourceName},
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
    pub(crate) fn ask_beyond(&mut self, matchers: Vec<Matcher>) -> Option<Effect> {
        if self.beyond(&matchers).is_some() {
            return None;
        }
        self.silencing.beyond = Some(Beyonds { matchers: matchers.clone(), told: None });
        Some(Effect::AskBeyond(matchers))
    }

    pub(crate) fn beyond_told(&mut self, matchers: &[Matcher], told: Vec<(SourceName, Beyond)>) {
        if let Some(open) = self.silencing.beyond.as_mut().filter(|b| b.matchers == matchers) {
            open.told = Some(told);
        }
    }

    /// What was asked about exactly these matchers.
    pub fn beyond(&self, matchers: &[Matcher]) -> Option<&Beyonds> {
        self.silencing.beyond.as_ref().filter(|b| b.matchers == matchers)
    }
}
