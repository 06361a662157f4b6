//! How a command ends, and the one place that writes to standard output and standard error.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// Exit codes of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// The reason was said on standard error.
    Failed,
    /// Usage or configuration.
    Usage,
    /// The answer is incomplete because a source could not be read.
    Incomplete,
    /// A signal ended it.
    Signal(i32),
    /// A monitoring plugin's state: 0 ok, 1 warning, 2 critical, 3 unknown.
    Plugin(u8),
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Signal(n) => u8::try_from(128 + n).unwrap_or(1),
            Self::Plugin(code) => code,
        }
    }
}

/// Writes the answer. A reader that has gone, such as `head`, is no error.
pub fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line about the answer, never part of it.
pub fn tell(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

pub fn failed(why: impl Display) -> Exit {
    tell(format_args!("watchfire: {why}"));
    Exit::Failed
}

pub fn misused(why: impl Display) -> Exit {
    tell(format_args!("watchfire: {why}"));
    Exit::Usage
}

/// clap's own words: help and version are answers, the rest is a mistake.
pub fn usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}
