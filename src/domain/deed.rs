//! What was done: each act as it was meant, with how it ended. The log shows deeds, and undo takes them back.
//!
//! Knows neither the journal's tables nor how a deed is undone.

use std::collections::HashMap;

use super::{
    Time,
    entry::{Entry, Kind},
    op::{BatchId, Intent, OpId, Outcome},
    source::AckVia,
};

/// One act of the past.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// It went to a source.
    Sent(Box<SentDeed>),
    /// It lives in the journal alone: an ack that mutes nobody, its end, a note.
    Kept(Box<Entry>),
}

/// An act that went to a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SentDeed {
    pub intent: Intent,
    pub settled_at: Option<Time>,
    /// None while it is on its way, or where the entry that told has gone out of reach.
    pub outcome: Option<Outcome>,
}

/// Under this name an entry says which plan it was a part of.
pub const BATCH: &str = "batch";
/// Under this name an entry says which act it takes back.
pub const UNDOES: &str = "undoes";

impl Deed {
    pub fn at(&self) -> Time {
        match self {
            Self::Sent(deed) => deed.intent.at,
            Self::Kept(entry) => entry.at,
        }
    }

    pub fn actor(&self) -> &str {
        match self {
            Self::Sent(deed) => &deed.intent.actor,
            Self::Kept(entry) => entry.actor.raw(),
        }
    }

    /// None for an entry of a version that wrote none.
    pub fn op(&self) -> Option<&OpId> {
        match self {
            Self::Sent(deed) => Some(&deed.intent.op),
            Self::Kept(entry) => entry.body.op.as_ref(),
        }
    }

    pub fn batch(&self) -> Option<BatchId> {
        match self {
            Self::Sent(deed) => deed.intent.batch.clone(),
            Self::Kept(entry) => said(entry, BATCH).map(BatchId),
        }
    }

    pub fn undoes(&self) -> Option<OpId> {
        match self {
            Self::Sent(deed) => deed.intent.undoes.clone(),
            Self::Kept(entry) => said(entry, UNDOES).map(OpId),
        }
    }

    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Sent(deed) => deed.outcome.as_ref(),
            Self::Kept(_) => None,
        }
    }

    /// Whether it did not happen, as far as is known.
    pub fn is_refused(&self) -> bool {
        matches!(self.outcome(), Some(Outcome::Refused { .. }))
    }
}

fn said(entry: &Entry, name: &str) -> Option<String> {
    entry.body.more.get(name)?.as_str().map(str::to_owned)
}

/// Deeds, newest first, of what was sent (with when it was settled) and of the entries of that time in their order.
pub fn deeds(sent: Vec<(Intent, Option<Time>)>, entries: Vec<Entry>) -> Vec<Deed> {
    let mut ends: HashMap<OpId, Outcome> = HashMap::new();
    let mut all = Vec::new();
    for entry in entries {
        if let (Some(op), Some(outcome)) = (&entry.body.op, outcome(&entry)) {
            ends.insert(op.clone(), outcome);
        }
        if is_kept(&entry) {
            all.push(Deed::Kept(Box::new(entry)));
        }
    }
    all.extend(sent.into_iter().map(|(intent, settled_at)| {
        let outcome = ends.get(&intent.op).cloned();
        Deed::Sent(Box::new(SentDeed { intent, settled_at, outcome }))
    }));
    // Stable: what was said in one breath stays in its order.
    all.sort_by_key(|d| std::cmp::Reverse(d.at()));
    all
}

fn is_kept(entry: &Entry) -> bool {
    match entry.kind {
        Kind::NoteAdded | Kind::NoteCorrected => true,
        // Of what goes with it each source has an entry of its own in the timeline.
        Kind::ConfigChanged => entry.source.is_none(),
        // What joined by itself is nobody's act.
        Kind::Incident(_) => entry.body.op.is_some(),
        Kind::AckConfirmed | Kind::UnackConfirmed => entry.body.via == Some(AckVia::Journal),
        _ => false,
    }
}

/// What an entry tells of the end of an act that was sent.
fn outcome(entry: &Entry) -> Option<Outcome> {
    let why = || entry.body.text.clone().unwrap_or_default();
    match entry.kind {
        Kind::AckConfirmed
        | Kind::UnackConfirmed
        | Kind::AckExtended
        | Kind::AckReleased
        | Kind::SilenceConfirmed
        | Kind::RequestConfirmed => {
            Some(Outcome::Confirmed { silence: entry.body.silence.clone(), ends_at: entry.body.until })
        }
        Kind::AckRefused | Kind::UnackRefused | Kind::SilenceRefused | Kind::RequestRefused => {
            Some(Outcome::Refused { why: why() })
        }
        Kind::AckUnknown | Kind::UnackUnknown | Kind::SilenceUnknown | Kind::RequestUnknown => {
            Some(Outcome::Unknown { why: why() })
        }
        _ => None,
    }
}
