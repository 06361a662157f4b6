//! Links beside the cells: which link a cell is part of stands in the bits of its modifier that no style uses, so that cells
//! with other links are other cells, and all that follows from it (what is written, erased, moved) needs no second book.

use std::{io::Write, sync::Arc};

use ratatui::style::Modifier;

use super::sgr::Ink;

/// The bits.
pub(super) const LINK: Modifier = Modifier::from_bits_retain(0xfe00);
const SHIFT: u32 = 9;
/// Links that can be told apart on one screen.
const MOST: usize = 127;

/// Every link that the screen may show, by its number.
#[derive(Debug, Default)]
pub(super) struct Links(Vec<Arc<str>>);

impl Links {
    /// The bits of a link; none where there are too many, and then no number means anything any more.
    pub fn bits(&mut self, url: &Arc<str>) -> Option<Modifier> {
        let known = self.0.iter().position(|known| known == url);
        let at = known.or_else(|| {
            (self.0.len() < MOST).then(|| {
                self.0.push(url.clone());
                self.0.len() - 1
            })
        });
        let Some(at) = at else {
            self.0.clear();
            return None;
        };
        Some(Modifier::from_bits_retain(u16::try_from(at + 1).unwrap_or(0) << SHIFT))
    }

    /// Writes what leads from one link to another, where they differ.
    pub fn change(&self, out: &mut Vec<u8>, from: Ink, to: Ink) {
        let (from, to) = (from.modifier.intersection(LINK), to.modifier.intersection(LINK));
        if from == to {
            return;
        }
        let number = usize::from(to.bits() >> SHIFT);
        // Writing to a vector cannot fail. The id joins the rows that one link takes.
        let _ = match number.checked_sub(1).and_then(|at| self.0.get(at)) {
            Some(url) => write!(out, "\x1b]8;id={number};{url}\x1b\\"),
            None => write!(out, "\x1b]8;;\x1b\\"),
        };
    }
}

impl Ink {
    /// The style alone.
    pub fn unlinked(self) -> Self {
        Self { modifier: self.modifier.difference(LINK), ..self }
    }
}
