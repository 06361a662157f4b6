//! A note of how things stand, beside the journal: whoever only wants a line need not ask every source again.
//!
//! It is as old as it says, by the machine's clock, and of one configuration: who reads it decides whether that is young
//! enough. It holds counts and names of sources, and no alert.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{app::world::summary::Summary, domain::Time};

/// Beside the journal.
const FILE: &str = "standing.json";
const LOCK: &str = "standing.lock";

/// How it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub at: Time,
    /// The sources it speaks of, by their names and in their order: those of another configuration are no use.
    pub sources: Vec<String>,
    pub summary: Summary,
}

fn beside(journal: &Path, name: &str) -> PathBuf {
    journal.with_file_name(name)
}

impl Standing {
    /// Replaces the note as a whole.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(&self, journal: &Path) -> std::io::Result<()> {
        let path = beside(journal, FILE);
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.persist(&path).map_err(|e| e.error)?;
        Ok(())
    }

    /// The note, where there is one of these sources that is no older than `young`, and not from the future.
    pub fn read(journal: &Path, sources: &[String], now: Time, young: chrono::Duration) -> Option<Self> {
        let text = std::fs::read(beside(journal, FILE)).ok()?;
        let kept: Self = serde_json::from_slice(&text).ok()?;
        let age = now - kept.at;
        (kept.sources == sources && age >= chrono::Duration::zero() && age <= young).then_some(kept)
    }
}

/// Only one asks at a time: holds the door until it is dropped. None where there is no such place.
pub fn only_one(journal: &Path) -> Option<File> {
    let file = File::options().create(true).append(true).open(beside(journal, LOCK)).ok()?;
    file.lock().ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        Summary {
            verdict: "CALM".into(),
            code: 0,
            critical: 0,
            error: 0,
            warning: 0,
            info: 0,
            unknown: 0,
            acked: 0,
            text: "CALM".into(),
        }
    }

    #[test]
    fn a_note_is_read_while_it_is_young_and_of_the_same_sources() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("journal.db");
        let at: Time = "2026-11-21T20:00:00Z".parse().unwrap();
        let sources = vec!["a".to_owned()];
        Standing { at, sources: sources.clone(), summary: summary() }.keep(&journal).unwrap();
        let young = chrono::Duration::seconds(30);
        let read = |sources: &[String], s: i64| {
            Standing::read(&journal, sources, at + chrono::Duration::seconds(s), young).is_some()
        };
        assert!(read(&sources, 0) && read(&sources, 30));
        assert!(!read(&sources, 31), "too old");
        assert!(!read(&sources, -5), "from the future");
        assert!(!read(&["b".to_owned()], 1), "of other sources");
        std::fs::write(journal.with_file_name("standing.json"), "{").unwrap();
        assert!(!read(&sources, 1), "torn");
    }
}
