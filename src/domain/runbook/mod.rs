//! A runbook as a checklist: what it says, its steps and its commands. Knows nothing of where it was read.

mod markdown;
pub mod place;

use std::collections::BTreeMap;

use serde_json::Value;

pub use self::{markdown::parse, place::Place};
use super::{
    Time,
    entry::{Entry, Kind},
    text::SafeText,
};

/// Largest runbook that is read, in bytes.
pub const TEXT_MAX: usize = 1024 * 1024;
/// Blocks that are shown at most.
pub const BLOCKS_MAX: usize = 2_000;

/// What a Markdown text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runbook {
    pub blocks: Vec<Block>,
    /// Not all of it is here.
    pub is_cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// `level` from 1.
    Heading {
        level: usize,
        text: SafeText,
    },
    /// `indent`: how many lists it stands in.
    Text {
        text: SafeText,
        indent: usize,
    },
    /// A step: an item of a list.
    Item(Item),
    Code(Code),
    Rule,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub text: SafeText,
    pub indent: usize,
    /// Written as `[ ]` or `[x]`.
    pub task: Option<bool>,
    /// In a numbered list.
    pub number: Option<u64>,
    /// Names it in the journal: its text, and which of several with the same text it is.
    pub key: String,
}

/// A fenced or indented block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub language: SafeText,
    pub text: SafeText,
    pub indent: usize,
    /// The shell that would run it, and the script; none where it is no command.
    pub script: Option<(&'static str, String)>,
}

/// Who ticked a step, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    pub by: SafeText,
    pub at: Time,
}

impl Item {
    /// Whether it can be ticked: tasks and numbered steps; other lists only list.
    pub fn is_step(&self) -> bool {
        self.task.is_some() || self.number.is_some()
    }
}

impl Runbook {
    /// The first heading.
    pub fn title(&self) -> Option<&SafeText> {
        self.blocks.iter().find_map(|b| if let Block::Heading { text, .. } = b { Some(text) } else { None })
    }

    pub fn steps(&self) -> impl Iterator<Item = &Item> {
        self.blocks
            .iter()
            .filter_map(|b| if let Block::Item(item) = b { Some(item) } else { None })
            .filter(|i| i.is_step())
    }
}

/// The fields of an entry that says a step was ticked, or no longer is.
pub fn tick_fields(place: &str, step: &str, done: bool) -> serde_json::Map<String, Value> {
    [("runbook", Value::from(place)), ("step", Value::from(step)), ("done", Value::from(done))]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Which steps of a runbook are ticked, by the entries on its subject since a moment; the later word counts.
pub fn ticks<'a>(entries: impl Iterator<Item = &'a Entry>, place: &str, since: Time) -> BTreeMap<String, Tick> {
    let mut ticked = BTreeMap::new();
    for entry in entries.filter(|e| e.kind == Kind::RunbookTicked && e.at >= since) {
        let text = |name: &str| entry.body.more.get(name).and_then(Value::as_str);
        let (Some(of), Some(step)) = (text("runbook"), text("step")) else { continue };
        if of != place {
            continue;
        }
        if entry.body.more.get("done").and_then(Value::as_bool) == Some(true) {
            ticked.insert(step.to_owned(), Tick { by: entry.actor.clone(), at: entry.at });
        } else {
            ticked.remove(step);
        }
    }
    ticked
}
