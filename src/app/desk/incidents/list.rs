//! The list of incidents: the open ones first, then those that are over, the newest first.

use crate::{
    app::{App, effect::Effects, world::World, world::incidents::Seed},
    config::keymap::Command,
    domain::{
        Time,
        incident::{Incident, IncidentId},
    },
};

use super::super::{
    cursor::{ListCursor, Motion},
    layer::Layer,
};
use super::{draft, open, read};

#[derive(Clone, Debug, Default)]
pub struct List {
    pub cursor: ListCursor<IncidentId>,
}

impl List {
    pub(super) fn follow(&mut self, world: &World) {
        let all = rows(world);
        self.cursor.follow(
            all.len(),
            |id| all.iter().position(|i| &i.id == id),
            |at| all.get(at).map(|i| i.id.clone()),
        );
    }

    pub(super) fn go(&mut self, world: &World, motion: Motion) {
        let all = rows(world);
        self.cursor.go(motion, all.len(), |at| all.get(at).map(|i| i.id.clone()));
    }
}

/// In the order of the list.
pub fn rows(world: &World) -> Vec<&Incident> {
    let mut all: Vec<&Incident> = world.incidents.all.iter().rev().collect();
    all.sort_by_key(|i| !i.is_open());
    all
}

pub(super) fn run(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    match command {
        Command::Open => {
            let Some(Layer::Incidents(list)) = app.desk.layers.last() else { return None };
            let id = list.cursor.selected()?.clone();
            Some(open(app, now, id))
        }
        Command::Incident => {
            match app.world.may_write() {
                Ok(()) => return Some(draft::open(app, read::declare(&app.world, Seed::default()))),
                Err(why) => app.desk.say_bad(now, why),
            }
            Some(Vec::new())
        }
        _ => None,
    }
}
