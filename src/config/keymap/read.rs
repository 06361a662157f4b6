//! `[keys]` to bindings: leaf by leaf, so that whoever binds one command keeps the rest of the map.

use super::{Binding, BoundBy, Chord, Command, Context, Key, KeyCode, Keymap, built_in, preset};
use crate::config::{
    document::{Entry, Node, Table},
    fault::Report,
};

/// Names in `[keys]` that are no commands.
const PRESET: &str = "preset";
const IN: &str = "in";

impl Keymap {
    /// The built-in map, over it the preset, over it the user's `[keys]`: a command that is named has those keys alone.
    pub(in crate::config) fn read(user: Option<&Table>, report: &mut Report) -> Self {
        let mut map = user.and_then(|user| chosen(user, report)).map_or_else(Self::default, preset::keymap);
        if let Some(user) = user {
            map.lay(user, &BoundBy::User, report);
        }
        map.judge(report);
        map
    }

    /// Lays a table of keys over what there is.
    pub(super) fn lay(
        &mut self,
        table: &Table,
        from: &dyn Fn(crate::config::fault::At) -> BoundBy,
        report: &mut Report,
    ) {
        for entry in table.0.iter().filter(|e| e.key != PRESET) {
            match (entry.key.as_str(), entry.node.table()) {
                (IN, Some(contexts)) => contexts.0.iter().for_each(|c| self.lay_in(c, from, report)),
                (IN, None) => report.hint(entry.at, "`in` is no table", "write [keys.in.budget], with a command in it"),
                _ => self.leaves(std::slice::from_ref(entry), None, from, report),
            }
        }
        self.bindings.sort_by_key(|b| b.command);
    }

    fn lay_in(&mut self, entry: &Entry, from: &dyn Fn(crate::config::fault::At) -> BoundBy, report: &mut Report) {
        match (Context::from_name(&entry.key), entry.node.table()) {
            (Some(context), Some(table)) => self.leaves(&table.0, Some(context), from, report),
            (Some(_), None) => {
                let what = format!("`in.{}` is {}, expected a table of commands", entry.key, entry.node.kind());
                report.add(entry.node.at, what);
            }
            (None, _) => {
                let names: Vec<&str> = Context::ALL.iter().map(|c| c.name()).collect();
                report.unknown(entry.at, &format!("unknown place `{}` in [keys.in]", entry.key), &entry.key, &names);
            }
        }
    }

    fn leaves(
        &mut self,
        entries: &[Entry],
        context: Option<Context>,
        from: &dyn Fn(crate::config::fault::At) -> BoundBy,
        report: &mut Report,
    ) {
        for (name, entry) in flat_of(entries) {
            match Command::from_name(&name) {
                Some(command) => self.bind(command, context, &entry.node, from, report),
                None => unknown(&name, entry, report),
            }
        }
    }

    fn bind(
        &mut self,
        command: Command,
        context: Option<Context>,
        node: &Node,
        from: &dyn Fn(crate::config::fault::At) -> BoundBy,
        report: &mut Report,
    ) {
        self.bindings.retain(|b| b.command != command || b.context != context);
        if let Some(context) = context {
            self.own.push((command, context));
            outside(command, context, node, report);
        }
        if node.list().is_some_and(<[Node]>::is_empty) {
            self.taken.push((command, node.at));
        }
        let one = std::slice::from_ref(node);
        for item in node.list().unwrap_or(one) {
            let Some(text) = item.text() else {
                let what = format!("`{}` is {}, expected a key or a list of keys", command.name(), item.kind());
                report.add(item.at, what);
                continue;
            };
            match Chord::parse(text) {
                Ok(chord) if command != Command::Quit && chord.0.iter().any(|k| k.is_ctrl_c()) => {
                    report.add(item.at, "Ctrl-c always quits and cannot be bound");
                }
                Ok(chord) if written(command, &chord).is_some() => {
                    let why = written(command, &chord).unwrap_or_default();
                    let what = format!("`{chord}` can be no key for `{}`: {why}", command.name());
                    report.hint(item.at, what, "take Enter, Tab, Esc, an arrow, an F key, or a letter with ctrl");
                }
                Ok(chord) => self.bindings.push(Binding { chord, command, context, from: from(item.at) }),
                Err(why) => report.hint(item.at, why, "keys look like `a`, `G`, `ctrl-d`, `space`, `f5` or `g g`"),
            }
        }
    }
}

/// Why a chord can be no key where one writes, or where another one is begun.
fn written(command: Command, chord: &Chord) -> Option<&'static str> {
    let is_letter = matches!(chord.0[..], [Key { code: KeyCode::Char(_), ctrl: false, alt: false }]);
    match (command.places(), is_letter, chord.0.len()) {
        ([Context::Chord], true, _) => Some("a chord or a count may go on with it"),
        ([Context::Chord], _, 2..) => Some("it would be a chord in a chord"),
        _ if !command.is_beside_text() => None,
        (_, true, _) => Some("where one writes it is a letter"),
        (_, _, 2..) => Some("where one writes keys come one by one"),
        _ => None,
    }
}

/// A key for a command in a place where that does nothing.
fn outside(command: Command, context: Context, node: &Node, report: &mut Report) {
    if !command.works_in(context) {
        let what = format!("`{}` does nothing in {}", command.name(), context.words());
        let hint = match command.places() {
            [] => "what takes keys itself has commands of its own".to_owned(),
            places => format!("it works in {}", crate::config::context::either(places)),
        };
        report.hint(node.at, what, hint);
    }
}

/// The preset that is named, if it is one.
fn chosen(user: &Table, report: &mut Report) -> Option<&'static str> {
    let entry = user.get(PRESET)?;
    let names: Vec<&str> = preset::NAMES.to_vec();
    let Some(name) = entry.node.text() else {
        report.hint(entry.node.at, "`preset` is no string", format!("one of {}", names.join(", ")));
        return None;
    };
    let found = names.iter().copied().find(|n| *n == name);
    if found.is_none() {
        report.unknown(entry.node.at, &format!("unknown preset `{name}` of keys"), name, &names);
    }
    found
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
pub(in crate::config) fn flat(table: &Table) -> Vec<(String, &Entry)> {
    flat_of(&table.0)
}

fn flat_of(entries: &[Entry]) -> Vec<(String, &Entry)> {
    let mut out = Vec::new();
    for entry in entries {
        match entry.node.table() {
            Some(inner) => out.extend(flat(inner).into_iter().map(|(k, e)| (format!("{}.{k}", entry.key), e))),
            None => out.push((entry.key.clone(), entry)),
        }
    }
    out
}

/// Whether a command has a key where nobody bound it anew.
pub(super) fn has_built_in(command: Command) -> bool {
    !built_in(command).is_empty()
}
