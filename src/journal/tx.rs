//! The one door for writing: a lock in this process, an immediate transaction in the file.
//!
//! A connection whose transaction did not end well (an error, a caller that stopped waiting) is thrown away, and the
//! engine takes back with it whatever was half-written. So a full disk leaves nothing behind and the next write starts clean.

use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::MutexGuard;

use super::{
    Journal,
    error::{JournalError, Place},
    file,
};

pub(super) struct Tx<'a> {
    slot: MutexGuard<'a, Option<SqliteConnection>>,
    place: &'a Place,
    pub(super) conn: SqliteConnection,
}

impl Journal {
    /// Waits for this process's writers without limit, for other processes' up to 5 s.
    pub(super) async fn begin(&self) -> Result<Tx<'_>, JournalError> {
        let writer = self.writer.as_ref().map_err(Clone::clone)?;
        let mut slot = writer.lock().await;
        let place = &self.place;
        let mut conn = match slot.take() {
            Some(conn) => conn,
            None => file::options(&self.path, file::Use::Write).connect().await.map_err(|e| place.sql(&e))?,
        };
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut conn).await.map_err(|e| place.sql(&e))?;
        Ok(Tx { slot, place, conn })
    }
}

impl Tx<'_> {
    /// Commits where the work was done, and lets go of everything where it was not.
    pub(super) async fn end<T>(self, done: Result<T, sqlx::Error>) -> Result<T, JournalError> {
        let Self { mut slot, place, mut conn } = self;
        let value = done.map_err(|e| place.sql(&e))?;
        sqlx::raw_sql("COMMIT").execute(&mut conn).await.map_err(|e| place.sql(&e))?;
        *slot = Some(conn);
        Ok(value)
    }
}
