//! Which keys a form, a menu or a list names, at the foot of the screen and in its own words: those that are bound now.

use crate::{
    app::App,
    config::keymap::{Command, Context},
};

use super::Canvas;

/// What may be done, and by which keys.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hint {
    /// The first key of each command; one that has none here is left out.
    Keys(&'static [Command], &'static str),
    /// What is no command: a thing to type.
    Words(&'static str, &'static str),
}

/// The keys as they are shown, each with what it does.
pub(crate) fn shown(app: &App, hints: &[Hint]) -> Vec<(String, String)> {
    let here = app.desk.taking().unwrap_or_else(|| app.desk.context());
    let first = |command: &Command| app.keymap.chords_in(*command, here).into_iter().next();
    let one = |hint: &Hint| match hint {
        Hint::Words(words, does) => Some(((*words).to_owned(), (*does).to_owned())),
        Hint::Keys(commands, does) => {
            let keys: Vec<String> = commands.iter().filter_map(first).collect();
            (!keys.is_empty()).then(|| (keys.join("/"), (*does).to_owned()))
        }
    };
    hints.iter().filter_map(one).collect()
}

/// What takes back, and what leaves, a chord or a count that is begun.
pub(crate) fn of_chord(app: &App) -> Vec<(String, String)> {
    let first = |command: Command| app.keymap.chords_in(command, Context::Chord).into_iter().next();
    let keys = [Command::ChordBack, Command::ChordLeave].into_iter();
    keys.filter_map(|command| Some((first(command)?, command.label().to_owned()))).collect()
}

/// `[y/N]`: the key that says yes, and the one that does not.
pub(crate) fn yes_no(app: &App) -> String {
    let no = app.key_of(Command::QuestionNo);
    let no = if no.chars().count() == 1 { no.to_uppercase() } else { no };
    format!("[{}/{no}]", app.key_of(Command::QuestionYes))
}

impl Canvas<'_> {
    /// The key that asks for a command of what is before the person.
    pub(crate) fn key(&self, command: Command) -> String {
        self.app.key_of(command)
    }

    /// `Esc back`
    pub(crate) fn back(&self) -> String {
        format!("{} back", self.key(Command::Back))
    }
}
