//! What can be wrong with the journal, named by what a person can do.
//!
//! The engine's numbers are read here and nowhere else.

use std::{io, path::Path};

use crate::domain::text::SafeText;

/// Why the journal could not be opened, read or written. Every text inside is safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// No room on the disk, or a quota or file size limit is reached. Nothing was half-written.
    #[error("no room to write the journal {path}: {why}")]
    Full { path: SafeText, why: SafeText },
    /// The file or its directory may not be written by this user; what is in it can still be read.
    #[error("the journal {path} is read-only: {why}")]
    ReadOnly { path: SafeText, why: SafeText },
    /// Another program held the file for longer than the 5 s this one waits.
    #[error("the journal {path} is held by another program: {why}")]
    Locked { path: SafeText, why: SafeText },
    /// The file is damaged, or was never a journal. It was left as it is.
    #[error("the journal {path} is damaged: {why}")]
    Corrupt { path: SafeText, why: SafeText },
    /// A newer Watchfire made this file: it can be read, not written.
    #[error("the journal {path} has format {found}, made by a newer watchfire; this one writes format {known}")]
    Newer { path: SafeText, found: i64, known: i64 },
    #[error("the journal {path} failed: {why}")]
    Other { path: SafeText, why: SafeText },
}

impl JournalError {
    /// What a person can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Full { .. } => "free some space (or raise the quota) and try again; nothing was half-written",
            Self::ReadOnly { .. } => {
                "make the file and its directory writable for this user, or set WATCHFIRE_DATA_DIR to a place that is"
            }
            Self::Locked { .. } => {
                "wait for the other program (a backup?) or end it; check that the file belongs to this user"
            }
            Self::Corrupt { .. } => {
                "nothing was deleted: keep a copy of the file with its -wal beside it, then move both aside to start anew"
            }
            Self::Newer { .. } => "upgrade watchfire on this machine; until then the journal can only be read",
            Self::Other { .. } => "check the disk and the path; the log has the details",
        }
    }
}

/// The journal's path, fit to show; turns other people's errors into ours.
#[derive(Clone, Debug)]
pub(super) struct Place(SafeText);

impl Place {
    pub(super) fn new(path: &Path) -> Self {
        Self(SafeText::new(&path.to_string_lossy()))
    }

    pub(super) fn corrupt(&self, why: &str) -> JournalError {
        JournalError::Corrupt { path: self.0.clone(), why: SafeText::new(why) }
    }

    pub(super) fn read_only(&self, why: &str) -> JournalError {
        JournalError::ReadOnly { path: self.0.clone(), why: SafeText::new(why) }
    }

    pub(super) fn newer(&self, found: i64, known: i64) -> JournalError {
        JournalError::Newer { path: self.0.clone(), found, known }
    }

    pub(super) fn other(&self, why: &str) -> JournalError {
        JournalError::Other { path: self.0.clone(), why: SafeText::new(why) }
    }

    pub(super) fn io(&self, error: &io::Error) -> JournalError {
        let (path, why) = (self.0.clone(), SafeText::new(&error.to_string()));
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                JournalError::Full { path, why }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => JournalError::ReadOnly { path, why },
            _ => JournalError::Other { path, why },
        }
    }

    pub(super) fn sql(&self, error: &sqlx::Error) -> JournalError {
        let (path, why) = (self.0.clone(), SafeText::new(&error.to_string()));
        match class(code(error)) {
            Class::Full => JournalError::Full { path, why },
            Class::ReadOnly => JournalError::ReadOnly { path, why },
            Class::Locked => JournalError::Locked { path, why },
            Class::Corrupt => JournalError::Corrupt { path, why },
            Class::Other => JournalError::Other { path, why },
        }
    }
}

/// SQLite's extended result code, 0 where the error is none of SQLite's.
pub(super) fn code(error: &sqlx::Error) -> i32 {
    error.as_database_error().and_then(|e| e.code()).and_then(|c| c.parse().ok()).unwrap_or(0)
}

/// SQLITE_BUSY, with any extension.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    code(error) & 0xff == 5
}

#[derive(Debug, PartialEq)]
enum Class {
    Full,
    ReadOnly,
    Locked,
    Corrupt,
    Other,
}

/// Sorts SQLite's result codes (<https://www.sqlite.org/rescode.html>): the low byte is the family.
fn class(code: i32) -> Class {
    const IOERR_WRITE: i32 = 778; // also a quota, or a limit on file sizes
    const IOERR_SHMSIZE: i32 = 4874; // the shared-memory file could not grow
    match (code, code & 0xff) {
        (IOERR_WRITE | IOERR_SHMSIZE, _) | (_, 13) => Class::Full,
        // READONLY, PERM, AUTH, and CANTOPEN: beside an existing file only a directory without write permission does that
        (_, 8 | 3 | 23 | 14) => Class::ReadOnly,
        // BUSY, LOCKED, PROTOCOL
        (_, 5 | 6 | 15) => Class::Locked,
        // CORRUPT, NOTADB
        (_, 11 | 26) => Class::Corrupt,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_of_codes_is_named_by_what_a_person_can_do() {
        assert_eq!([13, 778, 4874].map(class), [Class::Full, Class::Full, Class::Full]);
        assert_eq!([8, 1032, 14, 270].map(class), [Class::ReadOnly, Class::ReadOnly, Class::ReadOnly, Class::ReadOnly]);
        assert_eq!([5, 517, 6, 15].map(class), [Class::Locked, Class::Locked, Class::Locked, Class::Locked]);
        assert_eq!([11, 267, 26].map(class), [Class::Corrupt, Class::Corrupt, Class::Corrupt]);
        assert_eq!([0, 1, 10, 1811].map(class), [Class::Other, Class::Other, Class::Other, Class::Other]);
    }

    #[test]
    fn a_path_with_an_escape_sequence_is_shown_harmless() {
        let error = Place::new(Path::new("/tmp/\x1b[31m.db")).corrupt("no");
        assert!(!error.to_string().contains('\x1b'));
    }
}
