//! Documents on their way out: by which template, to which file, onto the clipboard of the terminal.
//!
//! A file that is there is never written over: it may be somebody's morning.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use crate::{
    domain::text::sanitise,
    report::template::{Mistake, Template},
    runtime::{handover, terminal::clipboard::osc52},
};

use super::exit::{self, Exit};

/// A template as text: a file's, or the one that is built in.
pub(super) struct Chosen {
    name: String,
    text: String,
}

impl Chosen {
    /// # Errors
    /// After saying that the file cannot be read.
    pub(super) fn of(own: Option<&Path>, built_in: Template<'_>) -> Result<Self, Exit> {
        let (name, text) = match own {
            Some(path) => handover::own(path).map_err(exit::misused)?,
            None => (built_in.name.to_owned(), built_in.text.to_owned()),
        };
        Ok(Self { name, text })
    }

    pub(super) fn template(&self) -> Template<'_> {
        Template { name: &self.name, text: &self.text }
    }
}

/// A mistake in a template is one of configuration.
pub(super) fn mistaken(mistake: Mistake) -> Exit {
    exit::misused(mistake)
}

/// Writes a new file.
///
/// # Errors
/// After saying why it could not be written.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Exit> {
    let written = OpenOptions::new().write(true).create_new(true).open(path);
    let written = written.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            exit::failed(format_args!("{} is there already and stays as it is; name another with --out", shown(path)))
        }
        _ => exit::failed(format_args!("{} cannot be written: {error}", shown(path))),
    })
}

pub(super) fn shown(path: &Path) -> String {
    sanitise(&path.to_string_lossy()).into_owned()
}

/// Where a document goes.
pub(super) enum Goes {
    ToStandardOutput,
    ToFile(PathBuf),
}

impl Goes {
    /// `-` is standard output; a directory, or a name that ends like one, gets a file with this name.
    pub(super) fn of(out: Option<&Path>, name: &str) -> Self {
        match out {
            None => Self::ToStandardOutput,
            Some(path) if path.as_os_str() == "-" => Self::ToStandardOutput,
            Some(path) if path.is_dir() || path.to_string_lossy().ends_with('/') => Self::ToFile(path.join(name)),
            Some(path) => Self::ToFile(path.to_owned()),
        }
    }
}

/// Puts a text on the clipboard of the terminal that a person sits at.
///
/// # Errors
/// After saying why that cannot be.
pub(super) fn copy(text: &str) -> Result<(), Exit> {
    let Some(sequence) = osc52(text) else {
        return Err(exit::failed("it is too long for the clipboard of a terminal; write it with --out FILE"));
    };
    let sent = match OpenOptions::new().write(true).open("/dev/tty") {
        Ok(mut tty) => tty.write_all(&sequence),
        Err(_) if io::stderr().is_terminal() => io::stderr().write_all(&sequence),
        Err(error) => Err(error),
    };
    sent.map_err(|error| exit::failed(format_args!("there is no terminal whose clipboard could be used: {error}")))
}
