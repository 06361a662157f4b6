//! Which keys ask for which command, where: the built-in map, over it a preset, over both what the user bound anew.
//!
//! Knows no terminal; a chord is only ever ambiguous as an error in a file, never while somebody types.

mod judge;
pub mod preset;
mod read;

use super::fault::At;

pub use super::{
    command::Command,
    context::Context,
    key::{Chord, Key, KeyCode},
};
pub(super) use read::flat;

/// Every binding in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
    /// Commands that have keys of their own in a context, or none there: those they have elsewhere are not theirs here.
    own: Vec<(Command, Context)>,
    /// Where a user took all keys from a command.
    taken: Vec<(Command, At)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub chord: Chord,
    pub command: Command,
    /// None: wherever the command works.
    pub context: Option<Context>,
    pub from: BoundBy,
}

/// Who bound a key; the later one is stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BoundBy {
    BuiltIn,
    Preset(&'static str),
    /// Where the user wrote it.
    User(At),
}

/// What the keys pressed so far mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    Command(Command),
    /// They begin a chord: how it may go on, in the order of the help.
    Prefix(Vec<(Chord, Command)>),
    /// Nothing here; in other places this command.
    Elsewhere(Command),
    None,
}

/// How near a binding is to where one is: the nearest has the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// It is for here, among other places.
    Here,
    /// It is for everywhere.
    Anywhere,
    /// It is for other places.
    Elsewhere,
}

impl Default for Keymap {
    /// The built-in map.
    fn default() -> Self {
        Self { bindings: Command::ALL.iter().flat_map(|c| built_in(*c)).collect(), own: Vec::new(), taken: Vec::new() }
    }
}

impl Keymap {
    /// What the keys pressed so far mean here; none pressed mean nothing.
    pub fn lookup(&self, here: Context, pressed: &[Key]) -> Match {
        if pressed.is_empty() {
            return Match::None;
        }
        for reach in [Reach::Here, Reach::Anywhere] {
            let mut begun = self.begun(here, pressed, reach).peekable();
            if begun.peek().is_none() {
                continue;
            }
            return match begun.find(|b| b.chord.0.len() == pressed.len()) {
                Some(binding) => Match::Command(binding.command),
                None => Match::Prefix(self.continuations(here, pressed)),
            };
        }
        let other = self.begun(here, pressed, Reach::Elsewhere).find(|b| b.chord.0.len() == pressed.len());
        other.map_or(Match::None, |binding| Match::Elsewhere(binding.command))
    }

    fn begun<'k>(&'k self, here: Context, pressed: &'k [Key], reach: Reach) -> impl Iterator<Item = &'k Binding> {
        self.bindings.iter().filter(move |b| self.reach(b, here) == Some(reach) && b.chord.0.starts_with(pressed))
    }

    /// A chord of this place may go on as it does everywhere.
    fn continuations(&self, here: Context, pressed: &[Key]) -> Vec<(Chord, Command)> {
        let mut next: Vec<(Chord, Command)> = Vec::new();
        for reach in [Reach::Here, Reach::Anywhere] {
            for binding in self.begun(here, pressed, reach) {
                let rest = Chord(binding.chord.0[pressed.len()..].to_vec());
                if !rest.0.is_empty() && !next.iter().any(|(chord, _)| *chord == rest) {
                    next.push((rest, binding.command));
                }
            }
        }
        next
    }

    fn reach(&self, binding: &Binding, here: Context) -> Option<Reach> {
        match binding.context {
            Some(context) => (context == here).then_some(Reach::Here),
            None if self.own.contains(&(binding.command, here)) => None,
            None if here.is_closed() && !binding.command.works_in(here) => None,
            None if binding.command.places().is_empty() => Some(Reach::Anywhere),
            None if binding.command.places().contains(&here) => Some(Reach::Here),
            None => Some(Reach::Elsewhere),
        }
    }

    /// Every binding, in the order of the help.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The chords of a command wherever it works, as they are shown, the best first.
    pub fn chords(&self, command: Command) -> Vec<String> {
        let its = |b: &&Binding| b.command == command && b.context.is_none();
        self.bindings.iter().filter(its).map(|b| b.chord.to_string()).collect()
    }

    /// The chords that ask for a command here, as they are shown, the best first.
    pub fn chords_in(&self, command: Command, here: Context) -> Vec<String> {
        self.bindings_in(command, here).map(Chord::to_string).collect()
    }

    /// The chords that ask for a command here, the best first.
    pub fn bindings_in(&self, command: Command, here: Context) -> impl Iterator<Item = &Chord> {
        let its = move |b: &&Binding| {
            b.command == command
                && matches!(self.reach(b, here), Some(Reach::Here | Reach::Anywhere))
                && self.lookup(here, &b.chord.0) == Match::Command(command)
        };
        self.bindings.iter().filter(its).map(|b| &b.chord)
    }
}

fn built_in(command: Command) -> Vec<Binding> {
    let chords = command.info().keys.iter().filter_map(|k| Chord::parse(k).ok());
    chords.map(|chord| Binding { chord, command, context: None, from: BoundBy::BuiltIn }).collect()
}

#[cfg(test)]
mod tests;
