//! Acts under way that are not this cockpit's: another's, or those of a run that was killed and that are being finished.
//!
//! All that is known of them is what the journal tells: that they were meant, and how they ended.

use std::collections::HashMap;

use chrono::Duration;

use crate::domain::{
    Time,
    alert::AlertId,
    entry::{Entry, Kind, Subject},
    op::OpId,
    source::SourceName,
    text::SafeText,
};

use super::ops::Activity;

/// An act without a word of its end is not called under way for longer: nobody sends one that is older than ten minutes.
const STAYS: Duration = Duration::minutes(15);

/// What others do now.
#[derive(Debug, Default)]
pub struct Elsewhere {
    open: HashMap<(OpId, Subject), Open>,
    /// How many have ended since there was none.
    ended: usize,
}

#[derive(Debug)]
struct Open {
    by: SafeText,
    at: Time,
    activity: Option<Activity>,
    source: Option<SourceName>,
}

/// How far they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whose the newest is.
    pub by: SafeText,
    pub ended: usize,
    pub all: usize,
}

impl Elsewhere {
    /// Takes entries of the journal in; answers whether anything changed, and the sources at which the last act ended.
    pub(super) fn take(&mut self, now: Time, session: &str, entries: &[Entry]) -> (bool, Vec<SourceName>) {
        let (mut changed, mut asked) = (false, Vec::new());
        for entry in entries {
            let Some(op) = entry.body.op.clone().filter(|op| !is_of(op, session)) else { continue };
            let key = (op, entry.subject.clone());
            if is_intent(&entry.kind) {
                if now - entry.at < STAYS {
                    self.open.insert(key, Open::of(entry));
                    changed = true;
                }
            } else if let Some(over) = self.open.remove(&key) {
                self.ended += 1;
                changed = true;
                asked.extend(over.source);
            }
        }
        if !self.open.is_empty() {
            asked.clear();
        } else if changed {
            *self = Self::default();
        }
        asked.sort();
        asked.dedup();
        (changed, asked)
    }

    /// Lets go of those of which nothing more will be heard; answers whether there were such.
    pub(super) fn forget(&mut self, now: Time) -> bool {
        let before = self.open.len();
        self.open.retain(|_, o| now - o.at < STAYS);
        before != self.open.len()
    }

    /// What the rows say.
    pub(super) fn activities(&self) -> HashMap<AlertId, Activity> {
        self.open.iter().filter_map(|((_, subject), o)| Some((subject.as_alert()?, o.activity?))).collect()
    }

    /// None where nothing is under way.
    pub fn progress(&self) -> Option<Progress> {
        let newest = self.open.values().max_by(|a, b| (a.at, &a.by).cmp(&(b.at, &b.by)))?;
        Some(Progress { by: newest.by.clone(), ended: self.ended, all: self.ended + self.open.len() })
    }
}

impl Open {
    fn of(entry: &Entry) -> Self {
        let activity = match entry.kind {
            Kind::AckIntended => Some(Activity::Acking),
            Kind::UnackIntended => Some(Activity::Unacking),
            _ => None,
        };
        Self { by: entry.actor.clone(), at: entry.at, activity, source: entry.source.clone() }
    }
}

fn is_intent(kind: &Kind) -> bool {
    matches!(kind, Kind::AckIntended | Kind::UnackIntended | Kind::SilenceIntended)
}

/// Whether an act was begun in this run: its id begins with the session's.
fn is_of(op: &OpId, session: &str) -> bool {
    op.0.strip_prefix(session).is_some_and(|rest| rest.starts_with('-'))
}
