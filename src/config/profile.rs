//! Profiles: `[profile.NAME]` tables that are laid over the rest of the file, one at a time.
//!
//! A table is laid over key by key; a list takes the place of the list below it, so that the sources of one profile are
//! never mixed with those of another. Knows documents, not what their keys mean.

use std::collections::BTreeSet;

use super::{
    document::{Node, Table, Value},
    fault::{At, Report, nearest},
    request::{Asked, Request},
};
use crate::domain::text::SafeText;

/// The profile that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: SafeText,
    /// In what colour it is named; none = in no colour of its own.
    pub colour: Option<Colour>,
}

impl Profile {
    /// As it stands on the screen: `PROD`.
    pub fn shout(&self) -> String {
        self.name.line().to_uppercase()
    }
}

/// The colours of a profile: those that every palette has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Red,
    Yellow,
    Green,
    Blue,
    Magenta,
    Cyan,
}

const COLOURS: [(&str, Colour); 6] = [
    ("red", Colour::Red),
    ("yellow", Colour::Yellow),
    ("green", Colour::Green),
    ("blue", Colour::Blue),
    ("magenta", Colour::Magenta),
    ("cyan", Colour::Cyan),
];

/// What `colour` may be.
pub const COLOUR_NAMES: &[&str] = &["red", "yellow", "green", "blue", "magenta", "cyan", "none"];

/// Without a word on its colour production is red: what these names begin is dear to somebody.
const RED: [&str; 2] = ["prod", "live"];

/// The document with the profile laid over it, and which places of the file are the profile's.
#[derive(Debug, Default)]
pub(super) struct Laid {
    pub(super) root: Table,
    pub(super) places: BTreeSet<At>,
    pub(super) profile: Option<Profile>,
}

/// Every profile of the document by its name.
pub(super) fn names(root: &Table) -> Vec<String> {
    let table = root.get("profile").and_then(|e| e.node.table());
    table.map(|t| t.0.iter().map(|e| e.key.clone()).collect()).unwrap_or_default()
}

/// Whether it may be a name: it is that of a directory, too.
pub(super) fn is_name(name: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !name.is_empty() && name.len() <= 40 && name.chars().all(fine)
}

/// Lays the profile that was asked for over the document; without one it is the document as it is.
pub(super) fn lay(root: &Table, request: &Request, report: &mut Report) -> Laid {
    let mut base = root.clone();
    base.0.retain(|e| e.key != "profile");
    let Some(asked) = request.profile() else { return Laid { root: base, ..Laid::default() } };
    let over = root.at_path(&["profile", &asked.name]).and_then(Node::table);
    let Some(over) = over else {
        unknown(root, &asked, report);
        return Laid { root: base, ..Laid::default() };
    };
    // Whatever the rest of the file says, two profiles do not write into one journal unless one of them says so.
    if let Some(journal) = base.0.iter_mut().find(|e| e.key == "journal")
        && let Value::Table(journal) = &mut journal.node.value
    {
        journal.0.retain(|e| e.key != "url");
    }
    let mut over = over.clone();
    let colour = over.get("colour").and_then(|e| e.node.text()).map(str::to_owned);
    over.0.retain(|e| e.key != "colour");
    let mut places = BTreeSet::new();
    places_of(&over, &mut places);
    let profile = Profile { name: SafeText::new(&asked.name), colour: colour_of(&asked.name, colour.as_deref()) };
    Laid { root: merge(&base, &over), places, profile: Some(profile) }
}

fn colour_of(name: &str, said: Option<&str>) -> Option<Colour> {
    match said {
        Some(word) => COLOURS.iter().find(|(name, _)| *name == word).map(|(_, colour)| *colour),
        None => RED.iter().any(|red| name.to_lowercase().starts_with(red)).then_some(Colour::Red),
    }
}

fn unknown(root: &Table, asked: &Asked, report: &mut Report) {
    let names = names(root);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let what = format!("no profile is called `{}`, which {} names", asked.name, asked.by);
    match (nearest(&asked.name, &names), &names[..]) {
        (Some(meant), _) => report.hint(At::default(), what, format!("did you mean `{meant}`?")),
        (None, []) => report.hint(At::default(), what, "there is none here; a table [profile.NAME] is one"),
        (None, names) => report.hint(At::default(), what, format!("known: {}", names.join(", "))),
    }
}

fn merge(base: &Table, over: &Table) -> Table {
    let mut merged = base.clone();
    for entry in &over.0 {
        match merged.0.iter_mut().find(|e| e.key == entry.key) {
            None => merged.0.push(entry.clone()),
            Some(below) => match (&below.node.value, &entry.node.value) {
                (Value::Table(one), Value::Table(two)) => below.node.value = Value::Table(merge(one, two)),
                _ => *below = entry.clone(),
            },
        }
    }
    merged
}

fn places_of(table: &Table, out: &mut BTreeSet<At>) {
    fn node(n: &Node, out: &mut BTreeSet<At>) {
        out.insert(n.at);
        match &n.value {
            Value::Table(inner) => places_of(inner, out),
            Value::List(items) => items.iter().for_each(|i| node(i, out)),
            _ => {}
        }
    }
    table.0.iter().for_each(|e| node(&e.node, out));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_is_red_unless_it_says_otherwise() {
        for (name, said, wanted) in [
            ("prod", None, Some(Colour::Red)),
            ("Production-eu", None, Some(Colour::Red)),
            ("stage", None, None),
            ("prod", Some("none"), None),
            ("stage", Some("blue"), Some(Colour::Blue)),
        ] {
            assert_eq!(colour_of(name, said), wanted, "{name}");
        }
    }

    #[test]
    fn a_name_leads_to_no_other_directory() {
        assert!(is_name("prod") && is_name("eu-1_b"));
        for wrong in ["", "..", "a/b", "a.b", "ö", "a b"] {
            assert!(!is_name(wrong), "{wrong}");
        }
    }
}
