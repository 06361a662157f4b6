//! Rows that stay where they stand though they belong elsewhere now: nothing leaps from under a hand that acts on it.
//!
//! Who keeps them and for how long is not known here.

use super::{Board, Slot};

impl Board {
    /// From now on a row stays where it stands, whatever becomes of it.
    pub(in crate::app::world) fn keep(&mut self, slot: Slot) {
        if let Some(row) = self.rows.get_mut(slot.index()).and_then(Option::as_mut) {
            row.kept = Some(row.key());
            self.kept.push(slot);
        }
    }

    /// Puts all rows that were kept where they belong; answers whether there was one.
    pub(in crate::app::world) fn let_go(&mut self) -> bool {
        let kept = std::mem::take(&mut self.kept);
        for slot in &kept {
            if self.rows[slot.index()].as_mut().is_some_and(|row| row.kept.take().is_some()) {
                self.adrift.push(*slot);
                self.log.push((self.version + 1, *slot));
            }
        }
        !kept.is_empty() && self.settle()
    }
}
