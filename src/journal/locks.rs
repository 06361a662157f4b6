//! Which journals this process has open, so that nobody takes their locks away.
//!
//! A lock of the system belongs to the process and the file: closing any handle of the file takes it from every connection
//! of the process (<https://www.sqlite.org/howtocorrupt.html>, 2.2). Another process would then believe that nobody is
//! there, and might clear away a write-ahead log that is still being written. So the file is only looked at by ourselves
//! while no connection of this process can be open on it. Knows no SQL.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::error::JournalError;

/// The path, the device and the number of a file; the number of one that was deleted is soon another's.
type Id = (PathBuf, u64, u64);

/// One for each open journal, and for each that was let go of without waiting until it was closed.
static OPEN: Mutex<Vec<Id>> = Mutex::new(Vec::new());

/// A journal that is open.
#[derive(Debug)]
pub(super) struct Held(Option<Id>);

/// Looks at the file where no connection of this process is open on it, and counts one from now on.
///
/// # Errors
/// Those of the look.
pub(super) fn hold(path: &Path, look: impl FnOnce() -> Result<(), JournalError>) -> Result<Held, JournalError> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = id(path).filter(|id| open.contains(id));
    if known.is_none() {
        look()?;
    }
    let id = known.or_else(|| id(path));
    open.extend(id.clone());
    Ok(Held(id))
}

impl Held {
    /// Its connections are closed.
    pub(super) fn release(self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|id| Some(id) == self.0.as_ref()) {
            open.swap_remove(at);
        }
    }
}

#[cfg(unix)]
fn id(path: &Path) -> Option<Id> {
    use std::os::unix::fs::MetadataExt;
    let path = path.canonicalize().ok()?;
    let about = path.metadata().ok()?;
    Some((path, about.dev(), about.ino()))
}

/// Elsewhere locks belong to a handle.
#[cfg(not(unix))]
fn id(_: &Path) -> Option<Id> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_looked_at_only_while_none_of_this_process_has_it_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let looks = std::cell::Cell::new(0);
        let look = || {
            looks.set(looks.get() + 1);
            std::fs::write(&path, "").unwrap();
            Ok(())
        };
        let first = hold(&path, look).unwrap();
        let second = hold(&path, look).unwrap();
        assert_eq!(looks.get(), 1, "the second would have taken the locks of the first");
        first.release();
        let _ = hold(&path, look).unwrap();
        assert_eq!(looks.get(), 1);
        second.release();
        let _ = hold(&path, look).unwrap();
        assert_eq!(looks.get(), 1, "whoever did not wait may still be closing");
        std::fs::rename(&path, dir.path().join("old.db")).unwrap();
        hold(&path, look).unwrap().release();
        assert_eq!(looks.get(), 2, "it is another file");
    }
}
