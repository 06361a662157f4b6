//! The plan over all tales of one alert: each at its own source, and by name who is left out and why.

use crate::{
    app::world::World,
    domain::{
        Time,
        contract::AckTerms,
        op::Covered,
        source::{AckVia, SourceName},
    },
};

use super::{BulkPlan, LeftOut};

/// Why a tale is left out whose source does not answer.
pub(super) const BLIND: &str = "it cannot be read now, so nothing is sent there";

impl World {
    /// What acking every tale of an alert would do. Nothing is sent to a source that cannot be read: whether the alert burns
    /// there, and whether the ack arrived, nobody could say.
    ///
    /// # Errors
    /// Why nothing may be written at all.
    pub fn plan_ack_tales(&self, chosen: &[Covered], now: Time, terms: &AckTerms) -> Result<BulkPlan, String> {
        let (blind, seen): (Vec<Covered>, Vec<Covered>) =
            chosen.iter().cloned().partition(|c| self.is_out_of_reach(&c.alert.source));
        let mut plan = self.plan_ack_all(&seen, now, terms)?;
        plan.left_out.extend(blind.into_iter().map(|alert| LeftOut { alert, why: BLIND.to_owned() }));
        Ok(plan)
    }

    fn is_out_of_reach(&self, name: &SourceName) -> bool {
        self.source(name).is_some_and(|s| s.is_blind() && s.about.can.ack == Some(AckVia::Silence))
    }
}

impl BulkPlan {
    /// Whether those it was made for are of several sources: then each is named with its own.
    pub fn is_of_several_sources(&self) -> bool {
        let left_out = self.left_out.iter().map(|l| &l.alert.alert.source);
        let mut sources = self.parts.iter().map(|p| &p.source).chain(left_out);
        let first = sources.next();
        sources.any(|source| Some(source) != first)
    }
}
