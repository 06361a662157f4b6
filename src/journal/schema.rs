//! The format of the file: migrations that run forward only, one writer at a time, all or nothing.
//!
//! Refuses to touch a file that is newer than this program, or another program's.

use sqlx::SqliteConnection;

use super::error::{JournalError, Place};

const MIGRATIONS: [(&str, &str); 1] =
    [("entries, outbox, drafts", include_str!("migrations/0001_entries_outbox_drafts.sql"))];

/// The format that this program writes.
pub const VERSION: i64 = MIGRATIONS.len() as i64;

const CREATE: &str =
    "CREATE TABLE IF NOT EXISTS watchfire_schema (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)";

/// The version of the format in the file; 0 for an empty one.
///
/// # Errors
/// `Corrupt` for a file that is no SQLite database, `Other` for another program's database.
pub(super) async fn version(conn: &mut SqliteConnection, place: &Place) -> Result<i64, JournalError> {
    match look(conn).await.map_err(|e| place.sql(&e))? {
        Some(version) => Ok(version),
        None => Err(place.other("this is another program's database")),
    }
}

async fn look(conn: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&mut *conn).await?;
    if tables.iter().any(|t| t == "watchfire_schema") {
        let sql = "SELECT COALESCE(MAX(version), 0) FROM watchfire_schema";
        return sqlx::query_scalar(sql).fetch_one(conn).await.map(Some);
    }
    Ok(tables.is_empty().then_some(0))
}

/// Brings the file up to [`VERSION`]. Two programs may do so at once: the second finds it done.
pub(super) async fn migrate(conn: &mut SqliteConnection, place: &Place) -> Result<(), JournalError> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *conn).await.map_err(|e| place.sql(&e))?;
    let from = version(conn, place).await?;
    sqlx::raw_sql(CREATE).execute(&mut *conn).await.map_err(|e| place.sql(&e))?;
    for (step, (name, sql)) in (1..).zip(MIGRATIONS) {
        if step > from {
            apply(conn, step, name, sql).await.map_err(|e| place.sql(&e))?;
        }
    }
    sqlx::raw_sql("COMMIT").execute(conn).await.map_err(|e| place.sql(&e))?;
    Ok(())
}

async fn apply(conn: &mut SqliteConnection, step: i64, name: &str, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sql).execute(&mut *conn).await?;
    let record = "INSERT INTO watchfire_schema (version, name) VALUES ($1, $2)";
    sqlx::query(record).bind(step).bind(name).execute(conn).await?;
    Ok(())
}
