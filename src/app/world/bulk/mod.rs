//! Many acts as one: a plan over many alerts, and the batch that carries it out, with an end for each alert.
//!
//! Every act is in the journal before the first is sent. Knows nothing of how they are sent: see `runtime::queue`.

mod ends;
mod joined;
mod plan;
mod send;

use crate::domain::{
    Time,
    alert::AlertId,
    entry::NewEntry,
    op::{BatchId, Covered, Intent, OpId},
    source::SourceName,
    text::SafeText,
};

pub use self::plan::{BulkPlan, LeftOut, Part};

/// How many exact silences a source is given by one plan, unless the configuration says another number.
pub const SILENCES_MAX: usize = 100;
/// Batches whose ends can be looked at.
const KEPT: usize = 5;

/// All batches of this run, the newest last.
#[derive(Debug, Default)]
pub struct Bulk {
    pub batches: Vec<Batch>,
    /// Ends came in that the board does not show yet.
    pub(crate) is_behind: bool,
}

/// What is done to many, for its sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Ack,
    Unack,
    Undo,
    /// Silences get a later end.
    Extend,
    /// Silences end.
    Expire,
}

impl Doing {
    pub fn noun(self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Unack => "unack",
            Self::Undo => "undo",
            Self::Extend => "extend",
            Self::Expire => "expire",
        }
    }

    pub fn done(self) -> &'static str {
        match self {
            Self::Ack => "acked",
            Self::Unack => "unacked",
            Self::Undo => "taken back",
            Self::Extend => "extended",
            Self::Expire => "ended",
        }
    }

    /// `3 alerts`, or what else it is about.
    pub fn counted(self, n: usize) -> String {
        let what = match self {
            Self::Ack | Self::Unack => "alert",
            Self::Undo => "act",
            Self::Extend | Self::Expire => "silence",
        };
        format!("{n} {what}{}", if n == 1 { "" } else { "s" })
    }
}

/// Acts that were confirmed together.
#[derive(Clone, Debug)]
pub struct Batch {
    pub id: BatchId,
    pub doing: Doing,
    pub began: Time,
    /// In the order of the plan.
    pub items: Vec<Item>,
    pieces: Vec<Piece>,
    /// How long an ack of it lasts.
    lasts: chrono::Duration,
}

/// One alert (or silence, or note) of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub alert: Option<AlertId>,
    pub title: SafeText,
    pub source: Option<SourceName>,
    pub end: End,
}

/// How it went for one of them.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    Waiting,
    Done,
    /// Done, but not as it was asked for.
    Otherwise(SafeText),
    Refused(SafeText),
    /// No word whether it happened.
    Unknown(SafeText),
    /// Nothing was sent for it, as it had changed since the plan was shown.
    Gone(SafeText),
}

/// What is written and sent for some items at once.
#[derive(Clone, Debug)]
struct Piece {
    op: OpId,
    make: Make,
    items: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Make {
    Act(Box<Intent>),
    /// It lives in the journal alone.
    Entry(Box<NewEntry>),
}

/// A piece before it has an id.
pub(crate) struct Draft {
    pub make: Make,
    pub items: Vec<Item>,
}

/// How many of a batch ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub waiting: usize,
    pub done: usize,
    pub refused: usize,
    pub unknown: usize,
    pub gone: usize,
}

impl Batch {
    pub fn count(&self) -> Count {
        let mut count = Count::default();
        for item in &self.items {
            match item.end {
                End::Waiting => count.waiting += 1,
                End::Done | End::Otherwise(_) => count.done += 1,
                End::Refused(_) => count.refused += 1,
                End::Unknown(_) => count.unknown += 1,
                End::Gone(_) => count.gone += 1,
            }
        }
        count
    }

    pub fn is_over(&self) -> bool {
        self.items.iter().all(|i| i.end != End::Waiting)
    }

    /// One line: `480 of 500 acked, 12 refused, 8 gone`.
    pub fn summary(&self) -> String {
        let n = self.count();
        let mut out = format!("{} of {} {}", n.done, self.items.len(), self.doing.done());
        for (n, word) in [(n.refused, "refused"), (n.unknown, "unknown"), (n.gone, "left out"), (n.waiting, "to go")] {
            if n > 0 {
                out.push_str(&format!(", {n} {word}"));
            }
        }
        out
    }
}

impl Item {
    pub(crate) fn of(covered: &Covered) -> Self {
        Self {
            alert: Some(covered.alert.clone()),
            title: covered.title.clone(),
            source: Some(covered.alert.source.clone()),
            end: End::Waiting,
        }
    }
}

impl Bulk {
    pub fn get(&self, id: &BatchId) -> Option<&Batch> {
        self.batches.iter().find(|b| &b.id == id)
    }

    /// The newest.
    pub fn last(&self) -> Option<&Batch> {
        self.batches.last()
    }

    /// The newest that is still on its way.
    pub fn running(&self) -> Option<&Batch> {
        self.batches.iter().rev().find(|b| !b.is_over())
    }

    fn keep(&mut self, batch: Batch) {
        self.batches.push(batch);
        // One that is on its way is never forgotten.
        while self.batches.len() > KEPT
            && let Some(old) = self.batches.iter().position(Batch::is_over)
        {
            self.batches.remove(old);
        }
    }
}
