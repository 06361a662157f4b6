//! Counts on the disk, so that a restart asks for hours and not for weeks: one file an SLO, named by what it counts.
//!
//! A file that is damaged, of another version or of something else is thrown away and counted anew; nothing here is ever
//! fatal, and nothing here is trusted before its checksum is.

mod definitions;
mod format;

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use ring::digest::{SHA256, digest};

use crate::domain::{Time, slo::history::History};

/// Files that nobody wrote for this long are of SLOs that are gone; in seconds.
const FORGOTTEN: u64 = 40 * 86_400;
/// Most files that are kept: some 18 KB each.
const FILES_MAX: usize = 4_000;
/// Largest file that is read, in bytes; a year of hours is a tenth of it.
const BYTES_MAX: u64 = 4 << 20;
const SUFFIX: &str = "counts";

pub use definitions::Definitions;

/// A directory of counts.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
    writes: bool,
}

/// Counts as they were kept, and when they were counted.
pub struct Kept {
    pub history: History,
    pub counted_at: Time,
}

impl Cache {
    /// The directory is made when something is kept. One that does not write only reads what others kept.
    pub fn new(dir: PathBuf, writes: bool) -> Self {
        Self { dir, writes }
    }

    pub fn is_writable(&self) -> bool {
        self.writes
    }

    /// What was kept of this identity, if it can be believed at `now`.
    pub fn load(&self, identity: &str, now: Time) -> Option<Kept> {
        let path = self.path(identity);
        self.believed(&path, |bytes| format::decode(bytes, identity, now))
    }

    /// What a file holds; one that cannot be believed is thrown away.
    fn believed<T>(&self, path: &Path, decode: impl Fn(&[u8]) -> Result<T, &'static str>) -> Option<T> {
        let bytes = match read(path) {
            Ok(bytes) => bytes?,
            Err(error) => {
                tracing::warn!("{}: what was kept cannot be read: {error}", path.display());
                return None;
            }
        };
        let why = match decode(&bytes) {
            Ok(kept) => return Some(kept),
            Err(why) => why,
        };
        tracing::warn!("{}: {why}; it is thrown away and read anew", path.display());
        if self.writes {
            let _ = fs::remove_file(path);
        }
        None
    }

    /// Replaces what was kept at once or not at all.
    ///
    /// # Errors
    /// Where the directory cannot be made or written.
    pub fn store(&self, identity: &str, counted_at: Time, history: &History) -> io::Result<()> {
        self.write(&self.path(identity), &format::encode(identity, counted_at, &history.export()))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(bytes)?;
        file.persist(path).map(drop).map_err(|e| e.error)
    }

    /// Forgets what nobody wrote for long, and the oldest of too many; also what a killed writer left.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub fn prune(&self, now: Time) -> io::Result<()> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now.timestamp().try_into().unwrap_or(0));
        let mut ours = Vec::new();
        for entry in fs::read_dir(&self.dir)?.filter_map(Result::ok) {
            let path = entry.path();
            let is_ours = path.extension().is_some_and(|e| e == SUFFIX);
            let Some(at) = entry.metadata().ok().and_then(|m| m.modified().ok()) else { continue };
            let age = now.duration_since(at).unwrap_or_default().as_secs();
            let left_over = entry.file_name().to_string_lossy().starts_with(".tmp") && age > 86_400;
            match (is_ours, age > FORGOTTEN || left_over) {
                (true, false) => ours.push((at, path)),
                (false, false) => {}
                (_, true) => drop(fs::remove_file(path)),
            }
        }
        ours.sort_unstable();
        let many = ours.len().saturating_sub(FILES_MAX);
        ours.into_iter().take(many).for_each(|(_, path)| drop(fs::remove_file(path)));
        Ok(())
    }

    /// A file of that name beside the directory.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.dir.with_file_name(name)
    }

    fn path(&self, identity: &str) -> PathBuf {
        self.dir.join(hash(identity.as_bytes())).with_extension(SUFFIX)
    }
}

/// SHA-256 in hexadecimal.
fn hash(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// None where there is none.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(meta) if meta.len() > BYTES_MAX => Err(io::Error::other("it is too large to be one of ours")),
        Ok(_) => fs::read(path).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
