//! What somebody did in one run, and what of it is still on its way: the words that stay on the screen after the end.

use std::collections::BTreeMap;

use crate::domain::op::Purpose;

use super::{
    World,
    bulk::{Doing, End},
    ops::{Op, Recording},
};

/// A deed that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Did {
    Ack,
    Unack,
    Silence,
    Expire,
    Note,
    Step,
    Ask,
}

/// How often each was done.
pub type Done = BTreeMap<Did, usize>;

impl Did {
    /// What a confirmed act counts as; what no person asked for counts as nothing.
    pub(super) fn by(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::Ack => Some(Self::Ack),
            Purpose::Unack => Some(Self::Unack),
            Purpose::Silence | Purpose::Amend => Some(Self::Silence),
            Purpose::Expire => Some(Self::Expire),
            Purpose::Ask => Some(Self::Ask),
            Purpose::Extend | Purpose::Release => None,
        }
    }

    /// The same of what lives in the journal alone.
    pub(super) fn kept(what: &Recording) -> Option<Self> {
        match what {
            Recording::Note(_) => Some(Self::Note),
            Recording::Ack(_) => Some(Self::Ack),
            Recording::Unack(_) => Some(Self::Unack),
            Recording::Step { done: true } => Some(Self::Step),
            _ => None,
        }
    }

    fn of_many(doing: Doing) -> Option<Self> {
        match doing {
            Doing::Ack => Some(Self::Ack),
            Doing::Unack => Some(Self::Unack),
            Doing::Extend => Some(Self::Silence),
            Doing::Expire => Some(Self::Expire),
            Doing::Undo => None,
        }
    }

    fn counted(self, n: usize) -> String {
        let (one, many) = match self {
            Self::Ack => ("ack", "acks"),
            Self::Unack => ("ack taken back", "acks taken back"),
            Self::Silence => ("silence", "silences"),
            Self::Expire => ("silence ended", "silences ended"),
            Self::Note => ("note", "notes"),
            Self::Step => ("step ticked", "steps ticked"),
            Self::Ask => ("act at a source", "acts at a source"),
        };
        format!("{n} {}", if n == 1 { one } else { many })
    }
}

/// What is said of a run when it is over; empty where nothing was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parting {
    /// "2 acks, 1 note"; none where nobody did anything.
    pub done: Option<String>,
    /// Acts whose answer was not waited for.
    pub on_their_way: usize,
}

impl World {
    /// Of this run and this person.
    pub fn parting(&self) -> Parting {
        let mut done = self.ops.done.clone();
        let many = self.bulk.batches.iter().flat_map(|b| b.items.iter().map(move |item| (b.doing, &item.end)));
        for did in many.clone().filter(|(_, end)| **end == End::Done).filter_map(|(doing, _)| Did::of_many(doing)) {
            *done.entry(did).or_default() += 1;
        }
        let waiting = many.filter(|(_, end)| **end == End::Waiting).count();
        let flying = self.ops.flying.values().filter(|op| matches!(op, Op::Act { .. })).count();
        let parts: Vec<String> = done.into_iter().map(|(did, n)| did.counted(n)).collect();
        Parting { done: (!parts.is_empty()).then(|| parts.join(", ")), on_their_way: flying + waiting }
    }
}
