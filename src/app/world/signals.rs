//! The golden signals of the objective that was opened last, and what is configured of them. Refuses to know when they are
//! asked for.

use crate::domain::{
    signals::{Golden, Recipe},
    slo::SloId,
};

use super::World;

#[derive(Debug, Default)]
pub struct Signals {
    /// Every `[[signals]]`.
    pub recipes: Vec<Recipe>,
    /// As they were read last.
    golden: Option<Golden>,
}

impl Signals {
    /// Those of an objective, where they are what was read last.
    pub fn of(&self, id: &SloId) -> Option<&Golden> {
        self.golden.as_ref().filter(|g| g.slo == *id)
    }
}

impl World {
    pub(crate) fn golden_came(&mut self, golden: Golden) {
        self.signals.golden = Some(golden);
    }
}
