//! Which keys ask for which command: the built-in map, and over it what the user bound anew.
//!
//! Knows no terminal; a chord is only ever ambiguous as an error in a file, never while somebody types.

use super::{
    document::{Entry, Node, Table},
    fault::{At, Report},
};

pub use super::{
    command::Command,
    key::{Chord, Key, KeyCode},
};

/// Every binding in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    chord: Chord,
    command: Command,
    /// Where the user wrote it; `None` is built in.
    at: Option<At>,
}

/// What the keys pressed so far mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    Command(Command),
    /// They begin a chord: how it may go on, in the order of the help.
    Prefix(Vec<(Chord, Command)>),
    None,
}

impl Default for Keymap {
    /// The built-in map.
    fn default() -> Self {
        Self { bindings: Command::ALL.iter().flat_map(|c| built_in(*c)).collect() }
    }
}

impl Keymap {
    /// What the keys pressed so far mean; none pressed mean nothing.
    pub fn lookup(&self, pressed: &[Key]) -> Match {
        if pressed.is_empty() {
            return Match::None;
        }
        let begun = || self.bindings.iter().filter(|b| b.chord.0.starts_with(pressed));
        if let Some(binding) = begun().find(|b| b.chord.0.len() == pressed.len()) {
            return Match::Command(binding.command);
        }
        let rest = |b: &Binding| (Chord(b.chord.0[pressed.len()..].to_vec()), b.command);
        let next: Vec<_> = begun().map(rest).collect();
        if next.is_empty() { Match::None } else { Match::Prefix(next) }
    }

    /// The chords of a command as they are shown, the best first.
    pub fn chords(&self, command: Command) -> Vec<String> {
        self.bindings.iter().filter(|b| b.command == command).map(|b| b.chord.to_string()).collect()
    }

    /// The built-in map with the user's `[keys]` over it: a command that is named there has those keys alone.
    pub(super) fn read(user: Option<&Table>, report: &mut Report) -> Self {
        let mut map = Self::default();
        for (name, entry) in user.map(flat).unwrap_or_default() {
            match Command::from_name(&name) {
                Some(command) => map.bind(command, &entry.node, report),
                None => unknown(&name, entry, report),
            }
        }
        map.bindings.sort_by_key(|b| b.command);
        map.judge(report);
        map
    }

    fn bind(&mut self, command: Command, node: &Node, report: &mut Report) {
        self.bindings.retain(|b| b.command != command);
        let one = std::slice::from_ref(node);
        for item in node.list().unwrap_or(one) {
            let Some(text) = item.text() else {
                report
                    .add(item.at, format!("`{}` is {}, expected a key or a list of keys", command.name(), item.kind()));
                continue;
            };
            match Chord::parse(text) {
                Ok(chord) if command != Command::Quit && chord.0.iter().any(|k| k.is_ctrl_c()) => {
                    report.add(item.at, "Ctrl-c always quits and cannot be bound");
                }
                Ok(chord) => self.bindings.push(Binding { chord, command, at: Some(item.at) }),
                Err(why) => report.hint(item.at, why, "keys look like `a`, `G`, `ctrl-d`, `space`, `f5` or `g g`"),
            }
        }
    }

    /// Two commands on one chord, or a chord that another one begins with.
    fn judge(&self, report: &mut Report) {
        for (i, a) in self.bindings.iter().enumerate() {
            for b in &self.bindings[i + 1..] {
                if let Some((at, what, hint)) = a.clash(b) {
                    report.hint(at, what, hint);
                }
            }
        }
    }
}

impl Binding {
    fn clash(&self, other: &Self) -> Option<(At, String, String)> {
        // The later one in the file is the mistake; what is built in was there first.
        let (first, second) = if self.at <= other.at { (self, other) } else { (other, self) };
        let at = second.at?;
        let whose = if first.at.is_none() { " by default" } else { "" };
        let bound = format!("`{}` is `{}`{whose}", first.chord, first.command.name());
        let what = if first.chord == second.chord {
            format!("{bound} already")
        } else if second.chord.0.starts_with(&first.chord.0) {
            format!("{bound}, so `{}` can never be finished", second.chord)
        } else if first.chord.0.starts_with(&second.chord.0) {
            format!("{bound}, which begins with `{}`", second.chord)
        } else {
            return None;
        };
        Some((at, what, format!("bind `{}` anew too, or take another key", first.command.name())))
    }
}

fn built_in(command: Command) -> Vec<Binding> {
    let chords = command.info().keys.iter().filter_map(|k| Chord::parse(k).ok());
    chords.map(|chord| Binding { chord, command, at: None }).collect()
}

fn unknown(name: &str, entry: &Entry, report: &mut Report) {
    let names: Vec<&str> = Command::ALL.iter().map(|c| c.name()).collect();
    let what = format!("unknown command `{name}` in [keys]");
    match names.iter().find(|n| n.rsplit('.').next() == Some(name)) {
        Some(meant) => report.hint(entry.at, what, format!("did you mean `{meant}`?")),
        None => report.unknown(entry.at, &what, name, &names),
    }
}

/// `alerts.ack = "a"` and `"alerts.ack" = "a"` alike.
pub(super) fn flat(table: &Table) -> Vec<(String, &Entry)> {
    let mut out = Vec::new();
    for entry in &table.0 {
        match entry.node.table() {
            Some(inner) => out.extend(flat(inner).into_iter().map(|(k, e)| (format!("{}.{k}", entry.key), e))),
            None => out.push((entry.key.clone(), entry)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Keymap, Vec<String>) {
        let (table, _) = super::super::document::parse(text);
        let mut report = Report::new(std::path::Path::new("k"));
        let map = Keymap::read(Some(&table), &mut report);
        (map, report.into_errors().iter().map(ToString::to_string).collect())
    }

    fn keys(text: &str) -> Vec<Key> {
        Chord::parse(text).unwrap().0
    }

    #[test]
    fn the_built_in_map_is_what_hands_know_and_clashes_nowhere() {
        let (map, errors) = read("");
        assert_eq!(errors, Vec::<String>::new());
        for (i, a) in map.bindings.iter().enumerate() {
            for b in &map.bindings[i + 1..] {
                assert!(!a.chord.0.starts_with(&b.chord.0) && !b.chord.0.starts_with(&a.chord.0), "{a:?} {b:?}");
            }
        }
        for (key, command) in
            [("a", Command::Ack), ("A", Command::Unack), ("esc", Command::Back), ("ctrl-c", Command::Quit)]
        {
            assert_eq!(map.lookup(&keys(key)), Match::Command(command), "{key}");
        }
        for taken in ["ctrl-a", "ctrl-b", "ctrl-s", "ctrl-q"] {
            assert_eq!(map.lookup(&keys(taken)), Match::None, "{taken} is screen's, tmux's or flow control's");
        }
        assert_eq!(map.lookup(&[]), Match::None);
    }

    #[test]
    fn a_chord_in_progress_says_how_it_may_go_on() {
        let (map, errors) = read("alerts.ack = [\"f6 a\", \"f5\"]\nalerts.unack = \"f6 A\"\n");
        assert_eq!(errors, Vec::<String>::new());
        let next = |text: &str| Chord::parse(text).unwrap();
        assert_eq!(
            map.lookup(&keys("f6")),
            Match::Prefix(vec![(next("a"), Command::Ack), (next("A"), Command::Unack)])
        );
        assert_eq!(map.lookup(&keys("f6 A")), Match::Command(Command::Unack));
        assert_eq!(map.lookup(&keys("f6 q")), Match::None);
        assert_eq!(map.lookup(&keys("a")), Match::None);
        assert_eq!(map.chords(Command::Ack), ["F6 a", "F5"]);
    }

    #[test]
    fn a_clash_names_both_sides_where_the_user_made_it() {
        let (_, errors) = read("alerts.ack = \"n\"\nopen = \"g x\"\nnote.editor = \"n\"\n");
        assert_eq!(errors.len(), 4, "{errors:#?}");
        assert!(errors[0].starts_with("k:1:14: `n` is `note.add` by default already"), "{}", errors[0]);
        assert!(errors[1].contains("`g` is `move.top` by default, so `g x` can never be finished"), "{}", errors[1]);
    }
}
