//! What the sources tell of the one alert that is open, beyond what their lists say.
//!
//! Kept for the last alert alone: it is asked anew whenever one is opened. Refuses to know what the details mean.

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::Explanation,
    },
    domain::alert::AlertId,
};

use super::World;

/// The alert that was asked about, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    pub id: AlertId,
    /// None until it is known who is asked.
    pub told: Option<Vec<Explanation>>,
}

impl World {
    /// Forgets the alert before and asks about this one.
    pub(crate) fn explain(&mut self, id: AlertId) -> Effect {
        self.explained = Some(Explained { id: id.clone(), told: None });
        Effect::Explain(id)
    }

    /// Takes what is told so far; an answer about an alert that was left meanwhile is nobody's.
    pub(crate) fn explained(&mut self, id: &AlertId, told: Vec<Explanation>) -> Effects {
        if let Some(open) = self.explained.as_mut().filter(|e| &e.id == id) {
            open.told = Some(told);
        }
        Vec::new()
    }
}
