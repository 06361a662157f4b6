//! Questions that a key answers: a plan that is to be confirmed. Knows which stands before the person, and nothing of how
//! it is drawn.

use crate::{
    app::{App, effect::Effects},
    config::keymap::Key,
    domain::Time,
};

use super::{layer::Layer, strokes};

/// Which question stands on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Layers below it.
    depth: usize,
    kind: Kind,
    /// The keys that say yes to it, as they are bound; of a chord the last.
    pub yes: Vec<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ack,
    Unack,
    Silence,
    Extend,
    Expire,
    Bulk,
    Undo,
    Action,
    Ask,
}

impl App {
    /// The question that stands before the person; none where no key would send or run anything.
    pub fn asks(&self) -> Option<Asking> {
        let layer = self.desk.top_layer()?;
        let kind = match layer {
            Layer::Ack(_) => Kind::Ack,
            Layer::Silence(_) => Kind::Silence,
            Layer::Unack(_) => Kind::Unack,
            Layer::Extend(_) => Kind::Extend,
            Layer::Expire(_) => Kind::Expire,
            Layer::Bulk(_) => Kind::Bulk,
            Layer::Undo { .. } => Kind::Undo,
            Layer::Ask(sheet) if sheet.is_plan() => Kind::Ask,
            Layer::Action(sheet) if sheet.is_plan() => Kind::Action,
            _ => return None,
        };
        let here = layer.place()?;
        let (_, yes) = strokes::ways_out(here);
        let chords = self.keymap.bindings_in(yes, here);
        let yes = chords.filter_map(|chord| chord.0.last().copied()).collect();
        Some(Asking { depth: self.desk.layers.len(), kind, yes })
    }
}

impl Asking {
    /// Whether this key answers it with yes.
    pub fn is_answered_by(&self, key: Key) -> bool {
        self.yes.contains(&key)
    }
}

/// Says that keys were left out; they were meant for what was on the screen before.
pub(crate) fn typed_ahead(app: &mut App, now: Time) -> Effects {
    app.desk.say_bad(now, "a key typed before this was on the screen does not count: read it first");
    Vec::new()
}
