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

/// What entries told of the acts of others.
#[derive(Debug, Default)]
pub(super) struct Heard<'a> {
    pub(super) changed: bool,
    /// Sources at which the last of them has ended.
    pub(super) asked: Vec<SourceName>,
    /// Those that did not end well.
    pub(super) failed: Vec<&'a Entry>,
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
    /// Takes entries of the journal in.
    pub(super) fn take<'a>(&mut self, now: Time, session: &str, entries: &'a [Entry]) -> Heard<'a> {
        let mut heard = Heard::default();
        for entry in entries {
            let Some(op) = entry.body.op.clone().filter(|op| !is_of(op, session)) else { continue };
            let key = (op, entry.subject.clone());
            if is_intent(&entry.kind) {
                if now - entry.at < STAYS {
                    self.open.insert(key, Open::of(entry));
                    heard.changed = true;
                }
            } else if let Some(over) = self.open.remove(&key) {
                self.ended += 1;
                heard.changed = true;
                heard.asked.extend(over.source);
                heard.failed.extend(failed(&entry.kind).then_some(entry));
            }
        }
        if !self.open.is_empty() {
            heard.asked.clear();
        } else if heard.changed {
            *self = Self::default();
        }
        heard.asked.sort();
        heard.asked.dedup();
        heard
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

fn failed(kind: &Kind) -> bool {
    use Kind::{
        AckRefused, AckUnknown, RequestRefused, RequestUnknown, SilenceRefused, SilenceUnknown, UnackRefused,
        UnackUnknown,
    };
    matches!(kind, AckRefused | AckUnknown | UnackRefused | UnackUnknown | SilenceRefused | SilenceUnknown)
        || matches!(kind, RequestRefused | RequestUnknown)
}

fn is_intent(kind: &Kind) -> bool {
    matches!(kind, Kind::AckIntended | Kind::UnackIntended | Kind::SilenceIntended | Kind::RequestIntended)
}

/// Whether an act was begun in this run: its id begins with the session's.
fn is_of(op: &OpId, session: &str) -> bool {
    op.0.strip_prefix(session).is_some_and(|rest| rest.starts_with('-'))
}
