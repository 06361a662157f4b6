//! The steps of the guided tour, as `assets/tour.toml` tells them.
//!
//! Knows what is said and what must be done, not whether it was.

use std::sync::LazyLock;

use super::{
    document::{self, Node},
    keymap::{Command, Keymap},
};

/// What a person must have done for a step to be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Selected another alert.
    Moved,
    /// Opened an alert.
    Opened,
    /// Came back to the panes.
    Returned,
    Filtered,
    Acked,
    /// Took an act back.
    Undone,
    /// Opened an error budget.
    Budget,
    /// Moved the cursor of an axis.
    Travelled,
    /// Declared an incident.
    Declared,
    /// Wrote a note.
    Noted,
    /// Opened the help.
    Helped,
}

impl Deed {
    pub const ALL: [(&'static str, Deed); 11] = [
        ("moved", Deed::Moved),
        ("opened", Deed::Opened),
        ("returned", Deed::Returned),
        ("filtered", Deed::Filtered),
        ("acked", Deed::Acked),
        ("undone", Deed::Undone),
        ("budget", Deed::Budget),
        ("travelled", Deed::Travelled),
        ("declared", Deed::Declared),
        ("noted", Deed::Noted),
        ("helped", Deed::Helped),
    ];
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    pub deed: Deed,
    ask: String,
    why: String,
}

impl Step {
    /// What to do, with the keys in force.
    pub fn ask(&self, keymap: &Keymap) -> String {
        filled(&self.ask, keymap)
    }

    /// Why it is so, in one sentence.
    pub fn why(&self, keymap: &Keymap) -> String {
        filled(&self.why, keymap)
    }
}

static STEPS: LazyLock<Vec<Step>> = LazyLock::new(|| {
    let (root, _) = document::parse(include_str!("../../assets/tour.toml"));
    let steps = root.at_path(&["step"]).and_then(Node::list).unwrap_or_default();
    steps.iter().filter_map(step).collect()
});

fn step(node: &Node) -> Option<Step> {
    let text = |key: &str| node.table()?.get(key)?.node.text();
    let word = text("done")?;
    let deed = Deed::ALL.iter().find(|(name, _)| *name == word)?.1;
    Some(Step { deed, ask: text("ask")?.to_owned(), why: text("why")?.to_owned() })
}

/// All of them, in their order.
pub fn steps() -> &'static [Step] {
    &STEPS
}

/// `{command}` becomes its first key; one without a key is run by its name.
fn filled(text: &str, keymap: &Keymap) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, later) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        let key = Command::from_name(name).and_then(|c| keymap.chords(c).into_iter().next());
        out.push_str(&key.unwrap_or_else(|| format!(":{name}")));
        rest = later;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_of_the_file_is_read_and_names_commands_that_are() {
        let text = include_str!("../../assets/tour.toml");
        assert_eq!(text.matches("[[step]]").count(), steps().len());
        for step in steps() {
            for text in [&step.ask, &step.why] {
                for name in text.split('{').skip(1).filter_map(|t| Some(t.split_once('}')?.0)) {
                    assert!(Command::from_name(name).is_some(), "{name} is no command");
                }
                assert!(text.ends_with('.'), "{text}");
            }
        }
        for (word, deed) in Deed::ALL {
            assert!(steps().iter().any(|s| s.deed == deed), "no step waits for {word}");
        }
    }

    #[test]
    fn what_is_said_fits_two_lines_of_80_columns_and_the_reason_one() {
        let keymap = Keymap::default();
        for step in steps() {
            assert!(step.ask(&keymap).chars().count() <= 2 * 70, "{}", step.ask(&keymap));
            assert!(!step.ask(&keymap).contains(['{', '}']));
            assert!(step.why(&keymap).chars().count() <= 2 * 70, "{}", step.why(&keymap));
        }
    }
}
