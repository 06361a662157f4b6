//! What may have spent a budget, as far as it was told: incidents, alerts that are about it, and deploys.

use crate::domain::{
    Time,
    slo::{
        Slo,
        account::cause,
        attribution::{Cause, CauseKind},
    },
};

use super::{
    World,
    happened::{About, Event},
    marks::MarkKind,
};

impl World {
    /// What is known to the cockpit, until now.
    pub fn causes(&self, slo: &Slo, now: Time) -> Vec<Cause> {
        causes(&self.happened(slo), now)
    }
}

/// Incidents and alerts that are about an objective or its service, and every deploy.
pub fn causes(happened: &[Event], now: Time) -> Vec<Cause> {
    let spends = happened.iter().filter(|e| !e.pending).filter_map(|e| match e.kind {
        MarkKind::Incident => Some((CauseKind::Incident, e)),
        MarkKind::Alert if e.about > About::Elsewhere => Some((CauseKind::Alert, e)),
        MarkKind::Deploy => Some((CauseKind::Deploy, e)),
        _ => None,
    });
    let mut causes: Vec<Cause> = spends.map(|(kind, e)| cause(kind, &e.text, e.from, until(e, now), now)).collect();
    causes.sort_by(|a, b| (a.kind, a.from, a.to, &a.name).cmp(&(b.kind, b.from, b.to, &b.name)));
    causes.dedup();
    causes
}

/// An alert whose end nobody told may long be over: it is taken to have lasted a moment.
fn until(e: &Event, now: Time) -> Option<Time> {
    match (e.to, e.lasts) {
        (Some(to), _) => Some(to.min(now)),
        (None, true) => None,
        (None, false) => Some(e.from),
    }
}
