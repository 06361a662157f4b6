//! The memory: an append-only list of entries, the outbox of writes on their way, and drafts, in one SQLite file.
//!
//! Several processes may use one file at once. Refuses to know what an entry means, who draws it, and what time it is:
//! `now` is an argument. Spawns nothing, and waits for nothing but the file: no timer of its own can fire under a paused
//! clock. Any future may be dropped at any point; a write then either happened whole or not at all.

mod alive;
mod chain;
mod drafts;
mod error;
mod file;
mod locks;
mod outbox;
mod read;
mod row;
mod schema;
mod tx;
mod write;

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;

use self::error::Place;
pub use self::{
    chain::{Broken, GENESIS, Verified},
    drafts::Draft,
    error::JournalError,
    outbox::FIRST_LEASE,
    schema::VERSION,
};

/// An open journal. Cheap to share behind an `Arc`: every call takes `&self`.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    place: Place,
    /// Whose claims in the outbox are ours; new at every open.
    me: String,
    alive: alive::Alive,
    held: locks::Held,
    reader: Mutex<SqliteConnection>,
    /// Or why nothing can be written.
    writer: Result<Mutex<Option<SqliteConnection>>, JournalError>,
}

impl Journal {
    /// Opens the journal, making it (0600, in a directory 0700) or bringing its format up to date where needed.
    ///
    /// A file that this user may not write, or that a newer version made, is opened for reading: see [`Journal::refusal`].
    ///
    /// # Errors
    /// `Corrupt` for a damaged file, which is left as it is; `Full` where there is no room to make it; `Locked` where another
    /// program holds it for more than 5 s; `ReadOnly` where it does not exist and cannot be made; `Other` for the rest.
    pub async fn open(path: &Path) -> Result<Self, JournalError> {
        let place = Place::new(path);
        let path = std::path::absolute(path).map_err(|e| place.io(&e))?;
        match Self::open_writable(&path, &place).await {
            Err(refusal @ (JournalError::ReadOnly { .. } | JournalError::Newer { .. })) if path.exists() => {
                Self::open_reading(path, place, refusal).await
            }
            opened => opened,
        }
    }

    async fn open_writable(path: &Path, place: &Place) -> Result<Self, JournalError> {
        let held = locks::hold(path, || {
            file::prepare(path, place)?;
            file::check_length(path, place)
        })?;
        let sql = |e: sqlx::Error| place.sql(&e);
        let mut writer = file::options(path, file::Use::Write).connect().await.map_err(sql)?;
        let found = schema::version(&mut writer, place).await?;
        if found > VERSION {
            return Err(place.newer(found, VERSION));
        }
        file::check_if_small(&mut writer, path, place).await?;
        file::use_wal(&mut writer, place).await?;
        if found < VERSION {
            schema::migrate(&mut writer, place).await?;
        }
        let reader = file::options(path, file::Use::Read).connect().await.map_err(sql)?;
        Ok(Self::new(path.to_owned(), place.clone(), held, reader, Ok(Mutex::new(Some(writer)))))
    }

    async fn open_reading(path: PathBuf, place: Place, refusal: JournalError) -> Result<Self, JournalError> {
        let held = locks::hold(&path, || file::check_length(&path, &place))?;
        let mut reader = file::connect_read_only(&path, &place).await?;
        match schema::version(&mut reader, &place).await? {
            found if found > VERSION => {
                let newer = place.newer(found, VERSION);
                Ok(Self::new(path, place, held, reader, Err(newer)))
            }
            found if found == VERSION => Ok(Self::new(path, place, held, reader, Err(refusal))),
            _ => Err(place.read_only("its format is older than this version's and cannot be brought up to date")),
        }
    }

    fn new(
        path: PathBuf,
        place: Place,
        held: locks::Held,
        reader: SqliteConnection,
        writer: Result<Mutex<Option<SqliteConnection>>, JournalError>,
    ) -> Self {
        Self {
            path,
            place,
            held,
            me: uuid::Uuid::new_v4().to_string(),
            alive: alive::Alive::default(),
            reader: Mutex::new(reader),
            writer,
        }
    }

    /// Why nothing can be written (`ReadOnly` or `Newer`), or `None` where everything can. Reading works in either case.
    pub fn refusal(&self) -> Option<&JournalError> {
        self.writer.as_ref().err()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the file and waits until it is closed. Dropping a journal is as safe, only nobody waits.
    pub async fn close(self) -> Result<(), JournalError> {
        let sql = |e: sqlx::Error| self.place.sql(&e);
        self.reader.into_inner().close().await.map_err(sql)?;
        if let Some(writer) = self.writer.ok().and_then(Mutex::into_inner) {
            writer.close().await.map_err(sql)?;
        }
        self.held.release();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
