//! What a person has typed and not yet sent: kept at every pause, gone when it is sent.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Journal, JournalError, row};
use crate::domain::Time;

/// A text in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is for, in the words of whoever saved it.
    pub key: String,
    pub text: String,
    /// When it was saved last.
    pub at: Time,
}

const SAVE: &str = "INSERT INTO drafts (key, text, at) VALUES ($1, $2, $3) \
    ON CONFLICT (key) DO UPDATE SET text = excluded.text, at = excluded.at";
const LOAD: &str = "SELECT text FROM drafts WHERE key = $1";
const CLEAR: &str = "DELETE FROM drafts WHERE key = $1";
const ALL: &str = "SELECT key, text, at FROM drafts ORDER BY at, key";

impl Journal {
    pub async fn draft_save(&self, key: &str, text: &str, now: Time) -> Result<(), JournalError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(SAVE).bind(key).bind(text).bind(row::micros(now)).execute(&mut tx.conn).await;
        tx.end(done.map(drop)).await
    }

    pub async fn draft_load(&self, key: &str) -> Result<Option<String>, JournalError> {
        let mut conn = self.reader.lock().await;
        sqlx::query_scalar(LOAD).bind(key).fetch_optional(&mut *conn).await.map_err(|e| self.place.sql(&e))
    }

    pub async fn draft_clear(&self, key: &str) -> Result<(), JournalError> {
        let mut tx = self.begin().await?;
        let done = clear(&mut tx.conn, key).await;
        tx.end(done).await
    }

    /// All drafts, the one saved longest ago first.
    pub async fn drafts(&self) -> Result<Vec<Draft>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(ALL).fetch_all(&mut *conn).await.map_err(|e| self.place.sql(&e))?;
        rows.iter().map(draft).collect::<Result<_, _>>().map_err(|e| self.place.sql(&e))
    }
}

fn draft(row: &SqliteRow) -> Result<Draft, sqlx::Error> {
    Ok(Draft { key: row.try_get(0)?, text: row.try_get(1)?, at: row::time(row.try_get(2)?) })
}

pub(super) async fn clear(conn: &mut SqliteConnection, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query(CLEAR).bind(key).execute(conn).await.map(drop)
}
