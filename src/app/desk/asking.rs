//! Questions that a key answers: a plan that is to be confirmed. Knows which stands before the person, and nothing of how
//! it is drawn.

use crate::{
    app::{App, effect::Effects, world::bulk::Doing},
    config::keymap::{Key, KeyCode},
    domain::Time,
};

use super::{Desk, layer::Layer};

/// Which question stands on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Layers below it.
    depth: usize,
    kind: Kind,
    /// Whether `y` answers it as Enter does; elsewhere letters are text.
    pub letters: bool,
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

impl Desk {
    /// The question that stands before the person; none where no key would send or run anything.
    pub fn asks(&self) -> Option<Asking> {
        let (kind, letters) = match self.top_layer()? {
            Layer::Ack(_) => (Kind::Ack, false),
            Layer::Silence(_) => (Kind::Silence, false),
            Layer::Unack(_) => (Kind::Unack, true),
            Layer::Extend(_) => (Kind::Extend, true),
            Layer::Expire(_) => (Kind::Expire, true),
            // The reason of an ack is text; a plan of anything else takes none.
            Layer::Bulk(form) => (Kind::Bulk, form.plan.doing != Doing::Ack),
            Layer::Undo { .. } => (Kind::Undo, true),
            Layer::Ask(sheet) if sheet.is_plan() => (Kind::Ask, false),
            Layer::Action(sheet) if sheet.is_plan() => (Kind::Action, false),
            _ => return None,
        };
        Some(Asking { depth: self.layers.len(), kind, letters })
    }
}

impl Asking {
    /// Whether this key answers it with yes.
    pub fn is_answered_by(self, key: Key) -> bool {
        key.code == KeyCode::Enter || (self.letters && key.code == KeyCode::Char('y'))
    }
}

/// Says that keys were left out; they were meant for what was on the screen before.
pub(crate) fn typed_ahead(app: &mut App, now: Time) -> Effects {
    app.desk.say_bad(now, "a key typed before this was on the screen does not count: read it first");
    Vec::new()
}
