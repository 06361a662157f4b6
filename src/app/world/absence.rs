//! What resolved while nobody watched: asked for once a source, when its first whole answer and what was kept of this person's
//! looking have both come. Refuses to know how the journal is searched.

use crate::{
    app::effect::{Absence, Effect, Effects},
    domain::{Time, alert::AlertState, entry::Subject, source::SourceName},
};

use super::{World, pulse};

impl World {
    /// The source answered; `complete`: what is not in the answer is not there.
    pub(super) fn make_up(&mut self, name: &SourceName, complete: bool) -> Effects {
        let ready = complete && self.seen.is_read() && self.journal_fault.is_none();
        let (began, watched_until) = (self.started_at, self.pulse.watched.last().map(|(_, until)| *until));
        let Some(source) = self.sources.iter_mut().find(|s| &s.about.name == name) else { return Vec::new() };
        let Some(asked_at) = source.told_at.filter(|_| ready && source.is_recorded && !source.is_made_up) else {
            return Vec::new();
        };
        source.is_made_up = true;
        let fires = source.known.values().filter(|k| k.resolved_at.is_none() && k.alert.state != AlertState::Pending);
        let key = |f| pulse::key(&Subject::alert(&source.alert_id(f)));
        let mut told: Vec<u64> = fires.map(|k| key(&k.alert.fingerprint)).collect();
        told.sort_unstable();
        let absence = Absence { source: name.clone(), told, asked_at, began, watched_until };
        vec![Effect::MakeUp(Box::new(absence))]
    }

    /// Until when what was seen is known to be written down: the end of a watch that a later one can rely on.
    pub(super) fn watched_until(&self, now: Time) -> Option<Time> {
        (self.journal_fault.is_none() && !self.has_untold()).then_some(now)
    }
}
