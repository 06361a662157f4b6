//! What lies over the panes to see the alerts in another way: which groups, which facets, what returned, why it is noise.

use crate::{
    app::desk::text::TextBuffer,
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
    /// Pasted text goes where one writes; a list takes none.
    pub(crate) fn paste(&mut self, text: &str) {
        match self {
            Self::Group(pick) => pick.narrow(|buffer| buffer.insert(text)),
            Self::Noise(form) => drop(form.why.insert(text)),
            Self::Facets(_) | Self::Returned { .. } => {}
        }
    }
}
