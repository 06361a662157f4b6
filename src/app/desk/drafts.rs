//! Half-written notes. The journal has them too, but what it had before must be read before it may be written over.

use std::collections::BTreeMap;

/// All that were opened since the start, by the key that the journal keeps them under.
#[derive(Debug, Default)]
pub struct Drafts(BTreeMap<String, Draft>);

#[derive(Debug, Default)]
struct Draft {
    text: String,
    /// What the journal had is part of `text`.
    read: bool,
}

impl Drafts {
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", |d| &d.text)
    }

    /// Whether the journal may be written over.
    pub fn is_read(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|d| d.read)
    }

    pub(crate) fn write(&mut self, key: &str, text: &str) {
        text.clone_into(&mut self.0.entry(key.to_owned()).or_default().text);
    }

    /// What the journal had comes first, what was typed meanwhile after it; none where that was known already.
    pub(crate) fn came(&mut self, key: &str, before: &str) -> Option<&str> {
        let draft = self.0.entry(key.to_owned()).or_default();
        if std::mem::replace(&mut draft.read, true) {
            return None;
        }
        Some(draft.follow(before))
    }

    /// A note that was not kept is a draft again.
    pub(crate) fn give_back(&mut self, key: &str, note: &str) -> &str {
        self.0.entry(key.to_owned()).or_default().follow(note)
    }
}

impl Draft {
    /// Puts what there is after `before`.
    fn follow(&mut self, before: &str) -> &str {
        let between = if before.is_empty() || self.text.is_empty() { "" } else { "\n" };
        self.text = format!("{before}{between}{}", self.text);
        &self.text
    }
}
