//! What is open is read out once, and what comes to it later as it comes. Words come from the screens.

use std::{collections::BTreeSet, io};

use crate::{
    app::{
        App,
        desk::{layer::Layer, naming::Naming},
        msg::Msg,
    },
    config::keymap::Command,
    domain::Time,
};

use super::{ANSWERED_WITHIN, Plain, fields};

/// What was read out of the layer that is open.
#[derive(Debug)]
pub(super) struct Read {
    name: String,
    since: Time,
    /// Lines without their digits: one whose age alone changed is not told again.
    lines: BTreeSet<String>,
}

impl Plain {
    /// Opens a thing that is to be known and not to be read out.
    pub(super) fn open_unread(&mut self, pick: Naming) {
        let opens_itself = matches!(pick, Naming::Incident(_));
        self.mute = true;
        self.queue.push_back(Msg::Named(pick));
        if !opens_itself {
            self.queue.push_back(Msg::Asked(Command::Open));
        }
    }

    /// Reads out what is open, and later what came to it.
    pub(super) fn read_on(&mut self, app: &App, layer: &Layer) -> io::Result<()> {
        let name = fields::name(layer);
        let is_new = self.read.as_ref().is_none_or(|read| read.name != name);
        if is_new {
            self.read = Some(Read { name, since: app.now, lines: BTreeSet::new() });
        }
        let Some(since) = self.read.as_ref().map(|read| read.since) else { return Ok(()) };
        if !is_new && app.now - since > ANSWERED_WITHIN && !fields::grows(layer) {
            return Ok(());
        }
        for line in self.lines_of(app, layer) {
            let fresh = self.read.as_mut().is_some_and(|read| read.lines.insert(timeless(&line)));
            if fresh && !self.mute {
                self.out.line(&line)?;
            }
        }
        Ok(())
    }
}

fn timeless(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}
