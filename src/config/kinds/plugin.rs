//! What only a source of kind `plugin` has.

use crate::config::schema::{Key, Kind, may};

/// The keys of `[source.plugin]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may("command", Kind::List, "The program by its absolute path, and its arguments; nothing is looked for in PATH."),
    may("sha256", Kind::Text, "The sum that the program must have; else it is not started."),
    may("env", Kind::List, "Variables that it gets beside PATH, HOME, LANG, LC_ALL, TZ and TMPDIR."),
    may("config", Kind::Texts, "What it is told at the start; never a secret: those it asks for."),
];
