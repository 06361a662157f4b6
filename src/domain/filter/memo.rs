//! What was found out about a text, kept for the next alert that shares it.
//!
//! A small table of fixed size, one text a slot: where values repeat nearly every look is a hit; where they are all
//! different nothing grows, and a miss costs what it would have cost without.

use crate::domain::text::SafeText;

/// A power of two; 32 KiB a table, so that a table or two stay in the fastest memory.
const SLOTS: usize = 4096;
/// How many unknown texts are fetched from memory together.
const TOGETHER: usize = 8;

/// One table. Texts are told apart by where they lie, so each must live as long as the table does.
#[derive(Clone, Debug)]
pub(super) struct Memo {
    /// Twice the place, plus one where the answer was yes; zero is free.
    slots: Vec<u64>,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self { slots: vec![0; SLOTS] }
    }

    fn slot(key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize
    }

    /// What is known of a text without looking at it.
    fn known(&self, key: u64) -> Option<bool> {
        let slot = self.slots[Self::slot(key)];
        (slot | 1 == key | 1).then_some(slot & 1 == 1)
    }

    fn keep(&mut self, key: u64, yes: bool) -> bool {
        self.slots[Self::slot(key)] = key | u64::from(yes);
        yes
    }

    /// What `ask` says of the text, asked anew only if this text is not the one that was last seen in its slot.
    pub(super) fn ask(&mut self, text: &SafeText, ask: impl FnOnce(&str) -> bool) -> bool {
        let key = key(text);
        self.known(key).unwrap_or_else(|| self.keep(key, ask(text.raw())))
    }

    /// Whether `ask` says yes of any of them. What is not known is fetched before any of it is looked at, so that
    /// the memory is waited for once and not once a text.
    pub(super) fn any<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t SafeText>,
        ask: impl Fn(&str) -> bool + Copy,
    ) -> bool {
        let mut unknown: [(u64, &str); TOGETHER] = [(0, ""); TOGETHER];
        let mut many = 0;
        for text in texts {
            let key = key(text);
            match self.known(key) {
                Some(true) => return true,
                Some(false) => {}
                None if many < TOGETHER => {
                    unknown[many] = (key, text.raw());
                    many += 1;
                }
                None if self.ask(text, ask) => return true,
                None => {}
            }
        }
        unknown[..many].iter().any(|(key, text)| self.keep(*key, ask(text)))
    }
}

fn key(text: &SafeText) -> u64 {
    (text.place() as u64) << 1
}
