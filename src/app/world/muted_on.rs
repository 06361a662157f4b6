//! A broken ack whose silence still stands, as its owner has no cockpit open: who may end it, and what that frees.
//!
//! Nobody else's silence is ended unasked; anybody on the team who may write can do it with the key that takes an ack back.

use crate::domain::{
    acks::Carrier,
    silence::{Silence, SilenceState},
    source::AckVia,
    text::SafeText,
};

use super::{World, acks::Acks, board::Row, plan::UnackPlan, sources::SourceStatus};

impl World {
    /// The silence that still mutes an alert though the ack it carried broke.
    pub fn still_mutes(&self, row: &Row) -> Option<&Silence> {
        let broken =
            self.acks.broken(&row.id, &row.alert).filter(|_| row.ack.is_none() && row.resolved_at.is_none())?;
        let Carrier::Silence(id) = &broken.carrier else { return None };
        standing(&self.acks, self.source(&row.id.source)?, id).filter(|s| s.matches(&row.alert.labels))
    }

    /// What ending it would do.
    ///
    /// # Errors
    /// Why there is nothing to end.
    pub(super) fn plan_end_of_broken(&self, row: &Row) -> Result<UnackPlan, String> {
        let silence = self.still_mutes(row).ok_or_else(|| format!("{} is not acked", row.name().line()))?;
        if !self.source(&row.id.source).is_some_and(|s| s.about.can.silences) {
            return Err(format!("silences of {} are read-only here", row.id.source));
        }
        let matching = self.board.matching(&row.id.source, &silence.matchers);
        let others = matching.filter(|r| r.id != row.id && r.resolved_at.is_none());
        Ok(UnackPlan {
            alert: row.id.clone(),
            name: row.name().clone(),
            by: silence.created_by.clone(),
            via: AckVia::Silence,
            silence: Some(silence.id.clone()),
            also_frees: others.map(|r| r.name().clone()).collect(),
            broke: self.acks.broken(&row.id, &row.alert).map(|b| b.why.clone()),
            request: None,
        })
    }
}

fn standing<'a>(acks: &'a Acks, source: &'a SourceStatus, id: &SafeText) -> Option<&'a Silence> {
    acks.known(source).into_iter().find(|s| &s.id == id && s.state == SilenceState::Active)
}
