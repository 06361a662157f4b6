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
        match connect_writable(path, place).await {
            Ok((reader, writer)) => {
                Ok(Self::new(path.to_owned(), place.clone(), held, reader, Ok(Mutex::new(Some(writer)))))
            }
            Err(why) => {
                held.release();
                Err(why)
            }
        }
    }

    async fn open_reading(path: PathBuf, place: Place, refusal: JournalError) -> Result<Self, JournalError> {
        let held = locks::hold(&path, || file::check_length(&path, &place))?;
        match connect_reading(&path, &place, refusal).await {
            Ok((reader, refusal)) => Ok(Self::new(path, place, held, reader, Err(refusal))),
            Err(why) => {
                held.release();
                Err(why)
            }
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

/// A reader and a writer on a file that is whole, in the newest format; after a mistake none of them is open.
async fn connect_writable(path: &Path, place: &Place) -> Result<(SqliteConnection, SqliteConnection), JournalError> {
    let sql = |e: sqlx::Error| place.sql(&e);
    let mut writer = file::options(path, file::Use::Write).connect().await.map_err(sql)?;
    let reader = match make_ready(&mut writer, path, place).await {
        Ok(()) => file::options(path, file::Use::Read).connect().await.map_err(sql),
        Err(why) => Err(why),
    };
    match reader {
        Ok(reader) => Ok((reader, writer)),
        Err(why) => Err(closed(writer, why).await),
    }
}

async fn make_ready(writer: &mut SqliteConnection, path: &Path, place: &Place) -> Result<(), JournalError> {
    let found = schema::version(writer, place).await?;
    if found > VERSION {
        return Err(place.newer(found, VERSION));
    }
    file::check_if_small(writer, path, place).await?;
    file::use_wal(writer, place).await?;
    if found < VERSION { schema::migrate(writer, place).await } else { Ok(()) }
}

/// A reader, and why nothing can be written.
async fn connect_reading(
    path: &Path,
    place: &Place,
    refusal: JournalError,
) -> Result<(SqliteConnection, JournalError), JournalError> {
    let mut reader = file::connect_read_only(path, place).await?;
    match schema::version(&mut reader, place).await {
        Ok(found) if found > VERSION => Ok((reader, place.newer(found, VERSION))),
        Ok(found) if found == VERSION => Ok((reader, refusal)),
        Ok(_) => {
            let why = place.read_only("its format is older than this version's and cannot be brought up to date");
            Err(closed(reader, why).await)
        }
        Err(why) => Err(closed(reader, why).await),
    }
}

/// What is wrong, once the connection that found it is closed.
async fn closed(conn: SqliteConnection, why: JournalError) -> JournalError {
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "the journal's file is not closed well");
    }
    why
}

#[cfg(test)]
mod tests;
