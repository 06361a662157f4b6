//! What only a source of kind `check` has.

use crate::config::schema::{Key, Kind, may};

/// The keys of `[source.check]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may("command", Kind::List, "One check: a program and its arguments, without a shell."),
    may("dir", Kind::Path, "Many checks: every executable file of this directory, run without arguments."),
    may("name", Kind::Text, "What the check of command is called; left out, the name of its program."),
    may(
        "attempts",
        Kind::Number(1, 100),
        "How often in a row a check must be bad before it is an alert; left out, once.",
    ),
    may("labels", Kind::Texts, "Labels that every alert of these checks gets, as service or team."),
    may(
        "env",
        Kind::Texts,
        "Set for the checks, beside PATH, HOME, USER, LANG and TZ; they get nothing else of yours.",
    ),
];
