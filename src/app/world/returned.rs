//! Alerts that fired and resolved while nobody looked: a queue that a person clears by hand, and nothing else does.
//!
//! ISA-18.2 calls it "returned to normal, unacknowledged".

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::domain::{
    Time,
    alert::Severity,
    entry::{Entry, Kind, Subject},
    text::SafeText,
};

/// Resolved alerts that are remembered until somebody comes back.
const RECENT_MAX: usize = 2_000;

/// One that came and went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    pub subject: Subject,
    pub title: SafeText,
    pub severity: Severity,
    pub fired_at: Time,
    pub resolved_at: Time,
}

/// What waits to be cleared, and what resolved of late.
#[derive(Debug, Default)]
pub struct Queue {
    pub waiting: Vec<Returned>,
    recent: VecDeque<Returned>,
}

impl Queue {
    /// Takes an entry; only the end of an alert is remembered, and one that fires again has not returned.
    pub(super) fn take(&mut self, entry: &Entry) {
        match entry.kind {
            Kind::AlertFired => self.recent.retain(|r| r.subject != entry.subject || r.resolved_at > entry.at),
            Kind::AlertResolved => self.remember(entry),
            _ => {}
        }
    }

    fn remember(&mut self, entry: &Entry) {
        self.recent.push_back(Returned {
            subject: entry.subject.clone(),
            title: entry.body.title.clone().unwrap_or_else(|| SafeText::new(entry.subject.as_str())),
            severity: entry.body.severity.unwrap_or(Severity::Unknown),
            fired_at: entry.body.starts_at.unwrap_or(entry.at),
            resolved_at: entry.at,
        });
        if self.recent.len() > RECENT_MAX {
            self.recent.pop_front();
        }
    }

    /// Somebody who looked last at `looked` has been away: what came and went since then waits for them.
    pub(super) fn gather(&mut self, looked: Time) {
        for one in self.recent.iter().filter(|r| r.fired_at > looked) {
            if !self.waiting.iter().any(|w| w.subject == one.subject && w.fired_at == one.fired_at) {
                self.waiting.push(one.clone());
            }
        }
        self.recent.retain(|r| r.fired_at <= looked);
    }
}
