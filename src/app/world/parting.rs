//! What somebody did in one run, and what of it is still on its way: the words that stay on the screen after the end.

use std::collections::BTreeSet;

use crate::domain::entry::{Entry, Kind};

use super::{World, bulk::End, ops::Op};

/// The deeds that are counted, by what they are called where there is one and where there are more.
const DEEDS: [(Kind, &str, &str); 7] = [
    (Kind::AckConfirmed, "ack", "acks"),
    (Kind::UnackConfirmed, "ack taken back", "acks taken back"),
    (Kind::SilenceCreated, "silence", "silences"),
    (Kind::SilenceExpired, "silence ended", "silences ended"),
    (Kind::NoteAdded, "note", "notes"),
    (Kind::ActionStarted, "command run", "commands run"),
    (Kind::RunbookTicked, "step ticked", "steps ticked"),
];

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
        let mine = |e: &&Entry| e.recorded_at >= self.started_at() && e.actor.raw() == self.user;
        let mine: Vec<&Entry> = self.timeline.entries.iter().filter(mine).collect();
        let parts: Vec<String> = DEEDS.iter().filter_map(|(kind, one, many)| counted(&mine, kind, one, many)).collect();
        let flying = self.ops.flying.values().filter(|op| matches!(op, Op::Act { .. })).count();
        let many = self.bulk.batches.iter().flat_map(|b| &b.items).filter(|i| i.end == End::Waiting).count();
        Parting { done: (!parts.is_empty()).then(|| parts.join(", ")), on_their_way: flying + many }
    }
}

/// One act may be for many alerts, with an entry each: it is one deed.
fn counted(entries: &[&Entry], kind: &Kind, one: &str, many: &str) -> Option<String> {
    let of_kind = || entries.iter().filter(|e| e.kind == *kind);
    let acts: BTreeSet<&str> = of_kind().filter_map(|e| Some(e.body.op.as_ref()?.0.as_str())).collect();
    let alone = of_kind().filter(|e| e.body.op.is_none()).count();
    match acts.len() + alone {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    }
}
