//! Documents that others refer to, by their names. A reference to one that could not be read says where it stands.

use std::collections::BTreeMap;

use super::notes::{Notes, nearest};

pub(super) struct Shelf<T> {
    kind: &'static str,
    items: BTreeMap<String, Item<T>>,
}

struct Item<T> {
    /// `slo/a.yaml:3`
    place: String,
    /// None = it could not be read.
    read: Option<T>,
}

impl<T> Shelf<T> {
    pub fn new(kind: &'static str) -> Self {
        Self { kind, items: BTreeMap::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Of two with one name the first stands.
    pub fn put(&mut self, name: &str, place: String, line: u32, read: Option<T>, notes: &mut Notes) {
        if let Some(first) = self.items.get(name) {
            let what = format!("a second {} is called `{name}`; the one in {} stands", self.kind, first.place);
            notes.wrong::<()>(line, what, "rename one of them");
            return;
        }
        self.items.insert(name.to_owned(), Item { place, read });
    }

    /// What has this name, and could be read.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.items.get(name)?.read.as_ref()
    }

    pub fn knows(&self, name: &str) -> bool {
        self.items.contains_key(name)
    }

    /// Follows a reference that stands on this line.
    pub fn find(&self, name: &str, line: u32, notes: &mut Notes) -> Option<&T> {
        match self.items.get(name) {
            Some(Item { read: Some(found), .. }) => Some(found),
            Some(Item { place, .. }) => {
                notes.wrong(line, format!("the {} `{name}` cannot be read", self.kind), format!("it stands in {place}"))
            }
            None => notes.wrong(line, format!("no {} is called `{name}`", self.kind), self.meant(name)),
        }
    }

    /// The nearest name, or those there are.
    pub fn meant(&self, name: &str) -> String {
        let names: Vec<&str> = self.items.keys().map(String::as_str).collect();
        match (nearest(name, &names), &names[..]) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, []) => format!("none of these files defines a document of kind {}", self.kind),
            (None, names) => {
                let more = if names.len() > 5 { ", ..." } else { "" };
                format!("there are {}{more}", names[..names.len().min(5)].join(", "))
            }
        }
    }
}
