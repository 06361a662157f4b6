//! What was found out about a text, kept for the next alert that shares it.
//!
//! A small table of fixed size, one text a slot: where values repeat nearly every look is a hit; where they are all
//! different nothing grows, and a miss costs what it would have cost without.

use crate::domain::text::SafeText;

/// A power of two; 32 KiB a table, so that a table or two stay in the fastest memory.
const SLOTS: usize = 4096;

/// One table. Texts are told apart by where they lie, so each must live as long as the table does.
#[derive(Clone, Debug)]
pub(super) struct Memo {
    /// Twice the address, plus one where the answer was yes; zero is free.
    slots: Vec<u64>,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self { slots: vec![0; SLOTS] }
    }

    /// What `ask` says of the text, asked anew only if this text is not the one that was last seen in its slot.
    pub(super) fn ask(&mut self, text: &SafeText, ask: impl FnOnce(&str) -> bool) -> bool {
        let text = text.raw();
        if text.is_empty() {
            // empty texts may lie anywhere, even where another one begins
            return ask(text);
        }
        let key = (text.as_ptr().addr() as u64) << 1;
        let slot = &mut self.slots[(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize];
        if *slot | 1 == key | 1 {
            return *slot & 1 == 1;
        }
        let yes = ask(text);
        *slot = key | u64::from(yes);
        yes
    }
}
