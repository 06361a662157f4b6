//! Whether the run that claimed an act still lives: each run that claims holds a locked file beside the journal, and the
//! system lets go of the lock with the process, however it ends. So what a killed run had begun need not wait for its lease.
//!
//! A file that cannot be made, locked or found says nothing: then the lease alone decides.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// This run's sign of life; made with its first claim.
#[derive(Debug, Default)]
pub(super) struct Alive(OnceLock<Option<Sign>>);

/// The file, locked for as long as it is held.
#[derive(Debug)]
struct Sign {
    path: PathBuf,
    _locked: File,
}

impl Alive {
    /// Gives the sign, where that was not done before.
    pub(super) fn sign(&self, journal: &Path, me: &str) {
        self.0.get_or_init(|| Sign::give(beside(journal, me)));
    }
}

impl Sign {
    fn give(path: PathBuf) -> Option<Self> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).ok()?;
        file.try_lock().ok()?;
        Some(Self { path, _locked: file })
    }
}

impl Drop for Sign {
    fn drop(&mut self) {
        // Whoever finds one that was left knows that nobody holds it.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The names of runs that have certainly ended; their signs go with that.
pub(super) fn ended(journal: &Path) -> Vec<String> {
    let Some(entries) = journal.parent().and_then(|dir| std::fs::read_dir(dir).ok()) else { return Vec::new() };
    let prefix = beside(journal, "");
    let name = |path: PathBuf| Some((path.to_str()?.strip_prefix(prefix.to_str()?)?.to_owned(), path));
    let signs = entries.filter_map(|e| name(e.ok()?.path()));
    signs.filter(|(_, path)| is_given_up(path)).map(|(name, _)| name).collect()
}

fn is_given_up(sign: &Path) -> bool {
    let Ok(file) = File::open(sign) else { return false };
    // Whoever made it and has not locked it yet has claimed nothing yet either.
    file.try_lock().is_ok() && std::fs::remove_file(sign).is_ok()
}

fn beside(journal: &Path, name: &str) -> PathBuf {
    let mut path = journal.as_os_str().to_owned();
    path.push(format!("-run-{name}"));
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_that_left_a_sign_and_holds_it_no_more_has_ended() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("journal.db");
        let alive = Alive::default();
        alive.sign(&journal, "me");
        assert!(ended(&journal).is_empty(), "it lives");
        drop(alive);
        assert!(ended(&journal).is_empty(), "it took its sign with it, and nothing is known of it");
        // What is left of a killed one: a file that nobody has locked.
        std::fs::write(beside(&journal, "dead"), "").unwrap();
        std::fs::write(dir.path().join("other.db-run-dead"), "").unwrap();
        assert_eq!(ended(&journal), ["dead"]);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "another journal's is left alone");
    }
}
