//! What is open is read out once, and what comes to it later as it comes. Words come from the screens.

use std::{collections::BTreeMap, io};

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
    /// How often each line was told, without its digits: one whose age alone changed is not told again.
    lines: BTreeMap<String, usize>,
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
            self.read = Some(Read { name, since: app.now, lines: BTreeMap::new() });
        }
        let Some(since) = self.read.as_ref().map(|read| read.since) else { return Ok(()) };
        if !is_new && app.now - since > ANSWERED_WITHIN && !fields::grows(layer) {
            return Ok(());
        }
        let lines = self.lines_of(app, layer);
        let fresh = self.read.as_mut().map(|read| read.take_in(lines)).unwrap_or_default();
        if self.mute { Ok(()) } else { fresh.iter().try_for_each(|line| self.out.line(line)) }
    }
}

impl Read {
    /// The lines that were not told yet. One that stands there twice is told twice: a list may have equal lines.
    fn take_in(&mut self, lines: Vec<String>) -> Vec<String> {
        let mut now = BTreeMap::new();
        let told = &self.lines;
        let mut is_fresh = |line: &String| {
            let key = timeless(line);
            let before = told.get(&key).copied().unwrap_or(0);
            let count: &mut usize = now.entry(key).or_default();
            *count += 1;
            *count > before
        };
        let fresh = lines.into_iter().filter(|line| is_fresh(line)).collect();
        for (line, count) in now {
            let most = self.lines.entry(line).or_default();
            *most = count.max(*most);
        }
        fresh
    }
}

fn timeless(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lines_are_all_told_and_one_whose_age_alone_changed_is_not_told_again() {
        let mut read = Read { name: "facets".into(), since: Time::UNIX_EPOCH, lines: BTreeMap::new() };
        let mut told = |lines: &[&str]| read.take_in(lines.iter().map(|l| (*l).to_owned()).collect());
        assert_eq!(told(&["payment, 12", "eu-1, 23", "payment, 12"]), ["payment, 12", "eu-1, 23", "payment, 12"]);
        assert_eq!(told(&["payment, 13", "eu-1, 24", "payment, 13"]), Vec::<String>::new());
        assert_eq!(told(&["payment, 13", "payment, 14", "payment, 15", "new"]), ["payment, 15", "new"]);
    }
}
