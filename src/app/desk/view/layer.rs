//! What lies over the panes to see the alerts in another way: which groups, which facets, what returned, why it is noise.

use crate::{
    app::{desk::text::TextBuffer, world::World},
    config::keymap::Context,
    domain::{alert::AlertId, text::SafeText},
};

use super::{facets::Facets, pick::GroupPick};

/// One of these layers.
#[derive(Clone, Debug)]
pub enum Seeing {
    Group(GroupPick),
    Facets(Facets),
    /// A place in the queue of what returned.
    Returned {
        place: usize,
    },
    Noise(NoiseForm),
}

/// A word on why an alert is not actionable; none is needed.
#[derive(Clone, Debug)]
pub struct NoiseForm {
    /// All tales of it.
    pub ids: Vec<AlertId>,
    pub title: SafeText,
    pub why: TextBuffer,
}

impl Seeing {
    /// Where its keys are pressed.
    pub fn place(&self) -> Context {
        match self {
            Self::Group(_) => Context::Menu,
            Self::Facets(_) => Context::Facets,
            Self::Returned { .. } => Context::Returned,
            Self::Noise(_) => Context::Form,
        }
    }

    /// Whether something is left to count that no key waits for.
    pub(crate) fn has_more(&self) -> bool {
        match self {
            Self::Group(pick) => pick.has_more(),
            Self::Facets(facets) => facets.has_more(),
            Self::Returned { .. } | Self::Noise(_) => false,
        }
    }

    /// The next step of it.
    pub(crate) fn count_on(&mut self, world: &World) {
        match self {
            Self::Group(pick) => pick.count_on(world),
            Self::Facets(facets) => facets.count_on(world),
            Self::Returned { .. } | Self::Noise(_) => {}
        }
    }

    /// Pasted text goes where one writes; a list takes none.
    pub(crate) fn paste(&mut self, text: &str) {
        match self {
            Self::Group(pick) => pick.narrow(|buffer| buffer.insert(text)),
            Self::Noise(form) => drop(form.why.insert(text)),
            Self::Facets(_) | Self::Returned { .. } => {}
        }
    }
}
