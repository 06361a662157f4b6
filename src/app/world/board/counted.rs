//! How many rows hold something, kept while rows come and go: only those that changed are asked again.
//!
//! Knows nothing of what is asked.

use super::{Board, Row, Slot};

/// Rows of which something holds; one byte a row.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    holds: Vec<bool>,
    count: usize,
    /// The board's version; none before it was counted.
    version: Option<u64>,
}

impl Counted {
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Counts anew the next time.
    pub(crate) fn forget(&mut self) {
        self.version = None;
    }

    /// Asks the rows that changed, or all where that cannot be told.
    pub(crate) fn follow<'b>(&mut self, board: &'b Board, mut ask: impl FnMut(&'b Row) -> bool) {
        let seen = self.version.replace(board.version);
        if seen == Some(board.version) {
            return;
        }
        match seen.and_then(|seen| board.changed_since(seen)) {
            Some(changed) => changed.for_each(|slot| self.put(slot, board.at(slot).is_some_and(&mut ask))),
            None => {
                (self.count, self.holds) = (0, Vec::new());
                self.part(board, 0, usize::MAX, ask);
            }
        }
    }

    /// Asks so many rows, in the order of memory; answers where the next part begins, and none after the last.
    pub(crate) fn part<'b>(
        &mut self,
        board: &'b Board,
        from: usize,
        many: usize,
        mut ask: impl FnMut(&'b Row) -> bool,
    ) -> Option<usize> {
        self.version = Some(board.version);
        let until = board.rows.len().min(from.saturating_add(many));
        for (row, at) in board.rows[from.min(until)..until].iter().zip(from..) {
            let holds = row.as_ref().is_some_and(&mut ask);
            self.put(Slot(u32::try_from(at).unwrap_or(u32::MAX)), holds);
        }
        (until < board.rows.len()).then_some(until)
    }

    fn put(&mut self, slot: Slot, holds: bool) {
        let at = slot.index();
        if at >= self.holds.len() {
            self.holds.resize(at + 1, false);
        }
        let before = std::mem::replace(&mut self.holds[at], holds);
        self.count = self.count + usize::from(holds) - usize::from(before);
    }
}
