//! What only a source of kind `plugin` has.

use crate::config::schema::{Key, Kind, may};

const SECOND: i64 = 1_000;

/// The keys of `[source.plugin]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may("command", Kind::List, "The program by its absolute path, and its arguments; nothing is looked for in PATH."),
    may("sha256", Kind::Text, "The sum that the program must have; else it is not started."),
    may("env", Kind::List, "Variables that it gets beside PATH, HOME, LANG, LC_ALL, TZ and TMPDIR."),
    may(
        "memory_mb",
        Kind::Number(0, 1 << 20),
        "Memory that it may hold with all that it started, in MB; left out, 512; 0, as much as there is.",
    ),
    may(
        "cpu_percent",
        Kind::Number(0, 100_000),
        "How much of one processor it may use on average; left out, 80; 0, as much as there is.",
    ),
    may("cpu_over", Kind::Duration(SECOND, 3_600 * SECOND), "The time over which that average is taken; left out, 1m."),
    may("config", Kind::Texts, "What it is told at the start; never a secret: those it asks for."),
];
