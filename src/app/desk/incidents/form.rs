//! A form of a few lines: texts, and choices among a few words. Knows its keys, and nothing of what is asked.

use crate::{
    app::{
        desk::{strokes::Stroke, text::TextBuffer},
        world::incidents::Seed,
    },
    config::keymap::{Command, Key, KeyCode},
    domain::{incident::IncidentId, text::SafeText},
};

/// What a form is for.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Declare(Seed),
    Status,
    Role,
    Task,
    /// The task with this id.
    EditTask(SafeText),
    Time,
    Attach,
    Rename,
}

#[derive(Clone, Debug)]
pub struct Form {
    pub what: What,
    /// The incident it is about; none for one that is not declared yet.
    pub id: Option<IncidentId>,
    /// Over the form.
    pub title: String,
    pub fields: Vec<Field>,
    /// What stood in each field at first.
    pub(super) proposed: Vec<String>,
    /// Which field has the keys.
    pub focus: usize,
    /// Why it could not be sent.
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: &'static str,
    /// Shown while nothing is written.
    pub hint: &'static str,
    pub input: Input,
}

#[derive(Clone, Debug)]
pub enum Input {
    Text(TextBuffer),
    /// One of some words.
    Choice {
        words: Vec<String>,
        place: usize,
    },
}

impl Field {
    pub(super) fn text(name: &'static str, hint: &'static str, text: &str) -> Self {
        Self { name, hint, input: Input::Text(TextBuffer::new(text)) }
    }

    pub(super) fn choice(name: &'static str, words: Vec<String>, place: usize) -> Self {
        Self { name, hint: "", input: Input::Choice { words, place } }
    }

    /// What is written or chosen.
    pub fn value(&self) -> &str {
        match &self.input {
            Input::Text(text) => text.as_str().trim(),
            Input::Choice { words, place } => words.get(*place).map_or("", String::as_str),
        }
    }
}

impl Form {
    pub(super) fn new(what: What, id: Option<&IncidentId>, title: String, fields: Vec<Field>) -> Self {
        let proposed = fields.iter().map(|f| f.value().to_owned()).collect();
        Self { what, id: id.cloned(), title, fields, proposed, focus: 0, error: None }
    }

    /// What stands in the field with this name; empty where there is none.
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|f| f.name == name).map_or("", Field::value)
    }

    /// Which of its words a choice stands at.
    pub(super) fn chosen(&self, name: &str) -> usize {
        match self.fields.iter().find(|f| f.name == name).map(|f| &f.input) {
            Some(Input::Choice { place, .. }) => *place,
            _ => 0,
        }
    }

    pub(super) fn key(&mut self, stroke: Stroke) {
        self.error = None;
        let last = self.fields.len().max(1);
        match stroke {
            Stroke::Asks(Command::FormNext | Command::FormDown) => self.focus = (self.focus + 1) % last,
            Stroke::Asks(Command::FormPrevious | Command::FormUp) => self.focus = (self.focus + last - 1) % last,
            Stroke::Asks(_) => {}
            Stroke::Types(key) => {
                if let Some(field) = self.fields.get_mut(self.focus) {
                    field.input.key(key);
                }
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(Field { input: Input::Text(buffer), .. }) = self.fields.get_mut(self.focus) {
            buffer.insert(text);
        }
    }
}

impl Input {
    fn key(&mut self, key: Key) {
        match self {
            Self::Text(text) => drop(text.key(key)),
            Self::Choice { words, place } => {
                let count = words.len().max(1);
                *place = match key.code {
                    KeyCode::Right | KeyCode::Char(' ' | 'l') => (*place + 1) % count,
                    KeyCode::Left | KeyCode::Char('h') => (*place + count - 1) % count,
                    KeyCode::Char(c) => starting(words, *place, c).unwrap_or(*place),
                    _ => *place,
                };
            }
        }
    }
}

/// The next word that starts or ends with a letter or digit: `m` for mitigated, `2` for sev2.
fn starting(words: &[String], place: usize, c: char) -> Option<usize> {
    let fits = |word: &String| word.starts_with(c) || (c.is_ascii_digit() && word.ends_with(c));
    let after = (1..=words.len()).map(|n| (place + n) % words.len());
    after.into_iter().find(|at| fits(&words[*at]))
}
