//! The file on the disk: made private, looked at before it is trusted, connected to. Knows nothing of what is in it.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use super::error::{JournalError, Place, code, is_busy};

/// How long a connection waits for another writer.
const BUSY: Duration = Duration::from_secs(5);
/// Pages that a connection keeps in memory: 512 KiB of the 2 MB that it would keep, as the system keeps the file too.
const CACHE: &str = "-512";
/// A larger file is not read through at every start: about 20,000 entries, some 50 ms.
const CHECKED_AT_OPEN: u64 = 16 * 1024 * 1024;
/// Turns at switching a new file to the write-ahead log while others do the same.
const WAL_TURNS: usize = 20;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Use {
    Write,
    /// Reads only, though the file could be written.
    Read,
    /// The file cannot be written.
    ReadOnly,
    /// Neither the file nor its directory can be written, and no write-ahead log is left beside it.
    Immutable,
}

pub(super) fn options(path: &Path, purpose: Use) -> SqliteConnectOptions {
    let plain = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("cache_size", CACHE)
        .disable_statement_logging();
    match purpose {
        Use::Write => plain,
        Use::Read => plain.pragma("query_only", "ON"),
        Use::ReadOnly => plain.read_only(true),
        Use::Immutable => plain.read_only(true).immutable(true),
    }
}

/// Makes the directory (0700) and the file (0600) where they are missing, and takes other people's rights from the file.
///
/// # Errors
/// `ReadOnly` where this user may not write it, `Full` where there is no room for it.
pub(super) fn prepare(path: &Path, place: &Place) -> Result<(), JournalError> {
    if let Some(dir) = path.parent() {
        make_dir(dir).map_err(|e| place.io(&e))?;
    }
    let file = open_private(path).map_err(|e| place.io(&e))?;
    tighten(&file);
    Ok(())
}

#[cfg(unix)]
fn make_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn make_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(dir)
}

#[cfg(unix)]
fn open_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn open_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Best effort: a file of another user keeps the rights that user gave it.
#[cfg(unix)]
fn tighten(file: &File) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(mode) = file.metadata().map(|m| m.permissions().mode()) else { return };
    if mode & 0o077 != 0
        && let Err(error) = file.set_permissions(std::fs::Permissions::from_mode(mode & 0o700))
    {
        tracing::warn!(%error, "the journal's file can be read by others");
    }
}

#[cfg(not(unix))]
fn tighten(_: &File) {}

pub(super) fn wal_beside(path: &Path) -> bool {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    PathBuf::from(wal).metadata().is_ok_and(|m| m.len() > 0)
}

/// The engine alone does not always notice that a file is shorter than its own header says.
///
/// # Errors
/// `Corrupt` where it is. Says nothing while a write-ahead log lies beside it: the missing pages may be in there.
pub(super) fn check_length(path: &Path, place: &Place) -> Result<(), JournalError> {
    if is_cut_short(path).map_err(|e| place.io(&e))? {
        return Err(place.corrupt("the file is shorter than it says it is"));
    }
    Ok(())
}

fn is_cut_short(path: &Path) -> io::Result<bool> {
    if wal_beside(path) {
        return Ok(false);
    }
    let mut file = File::open(path)?;
    let mut header = [0; 100];
    if file.read_exact(&mut header).is_err() {
        return Ok(false);
    }
    Ok(claimed_size(&header).is_some_and(|size| file.metadata().is_ok_and(|m| m.len() < size)))
}

/// The size in bytes that a database header states; `None` where it states none that counts
/// (<https://www.sqlite.org/fileformat.html#the_database_header>).
fn claimed_size(header: &[u8; 100]) -> Option<u64> {
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let counts = header.starts_with(b"SQLite format 3\0") && word(24) == word(92);
    counts.then(|| page * u64::from(word(28)))
}

/// Reads the whole file through where it is small enough to do so at every start.
pub(super) async fn check_if_small(
    conn: &mut SqliteConnection,
    path: &Path,
    place: &Place,
) -> Result<(), JournalError> {
    let small = path.metadata().is_ok_and(|m| m.len() <= CHECKED_AT_OPEN);
    if small { check(conn, place).await } else { Ok(()) }
}

/// # Errors
/// `Corrupt` with the engine's first finding.
pub(super) async fn check(conn: &mut SqliteConnection, place: &Place) -> Result<(), JournalError> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(conn).await.map_err(|e| place.sql(&e))?;
    if found == "ok" { Ok(()) } else { Err(place.corrupt(&found)) }
}

/// Switches the file to the write-ahead log, which stays on for good.
///
/// The switch itself never waits for others, so between turns this waits, with the engine's own patience, for a write lock.
pub(super) async fn use_wal(conn: &mut SqliteConnection, place: &Place) -> Result<(), JournalError> {
    for _ in 0..WAL_TURNS {
        match sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut *conn).await {
            Ok(_) => return Ok(()),
            Err(error) if is_busy(&error) => wait_for_writer(conn).await.map_err(|e| place.sql(&e))?,
            Err(error) => return Err(place.sql(&error)),
        }
    }
    Err(place.other("could not be switched to a write-ahead log: it is in use without one"))
}

async fn wait_for_writer(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *conn).await?;
    sqlx::raw_sql("ROLLBACK").execute(conn).await?;
    Ok(())
}

/// Connects to a file that cannot be written.
pub(super) async fn connect_read_only(path: &Path, place: &Place) -> Result<SqliteConnection, JournalError> {
    let first = match try_read(path, Use::ReadOnly).await {
        Ok(conn) => return Ok(conn),
        Err(error) => error,
    };
    // Without write permission on the directory the engine cannot make its shared-memory file; with no log beside it,
    // the file alone is everything there is.
    let cannot_open = matches!(code(&first) & 0xff, 8 | 14);
    if cannot_open && !wal_beside(path) {
        return try_read(path, Use::Immutable).await.map_err(|e| place.sql(&e));
    }
    Err(place.sql(&first))
}

async fn try_read(path: &Path, purpose: Use) -> Result<SqliteConnection, sqlx::Error> {
    let mut conn = options(path, purpose).connect().await?;
    sqlx::query("SELECT count(*) FROM sqlite_master").execute(&mut conn).await?;
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_states_the_size_of_its_file() {
        let mut header = [0_u8; 100];
        header[..16].copy_from_slice(b"SQLite format 3\0");
        header[16..18].copy_from_slice(&4096_u16.to_be_bytes());
        header[28..32].copy_from_slice(&9_u32.to_be_bytes());
        assert_eq!(claimed_size(&header), Some(36_864));
        header[27] = 1; // written by an engine that did not keep the size
        assert_eq!(claimed_size(&header), None);
    }
}
