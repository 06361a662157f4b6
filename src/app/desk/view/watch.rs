//! What follows from anything that happened: a storm takes the pane and gives it back, what is new is counted, and what is
//! remembered of this person's looking is kept before they leave.

use crate::app::{
    App,
    effect::{Effect, Effects},
};

use super::{facets, storm};

/// After every message.
pub(crate) fn after(app: &mut App, mut effects: Effects) -> Effects {
    storm::follow(app);
    facets::refresh(app);
    app.world.count_new();
    if let Some(at) = effects.iter().position(|e| *e == Effect::Quit) {
        let kept = app.world.keep_seen(app.now);
        effects.splice(at..at, kept);
    }
    effects
}
