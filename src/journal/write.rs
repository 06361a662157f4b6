//! Entries in: appended, chained, never changed.

use std::collections::HashSet;

use sqlx::{Row, SqliteConnection};

use super::{
    Journal, JournalError,
    chain::{GENESIS, Link, Record},
    drafts, row,
};
use crate::domain::{
    Time,
    entry::{Entry, NewEntry},
};

const HEAD: &str = "SELECT hash FROM entries ORDER BY seq DESC LIMIT 1";
/// Which of these are there: a list of a thousand is one question.
const TAKEN: &str = "SELECT once FROM entries WHERE once IN (SELECT value FROM json_each($1))";
/// As many keys as are asked for at once.
const ASKED: usize = 1_000;
const INSERT: &str = "INSERT INTO entries \
    (id, at, recorded_at, actor, kind, subject, source, once, body, prev_hash, hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING seq";

impl Journal {
    /// Writes entries, all or none, and tells them as they were written.
    /// One whose `once` is known already, from this or any other process, is left out.
    pub async fn append(&self, new: &[NewEntry], now: Time) -> Result<Vec<Entry>, JournalError> {
        let mut tx = self.begin().await?;
        let done = put(&mut tx.conn, new, now).await;
        tx.end(done).await
    }

    /// As [`Journal::append`], and the draft they were written from goes in the same step: neither lost nor doubled.
    pub async fn append_and_clear_draft(
        &self,
        new: &[NewEntry],
        key: &str,
        now: Time,
    ) -> Result<Vec<Entry>, JournalError> {
        let mut tx = self.begin().await?;
        let done = put_and_clear(&mut tx.conn, new, key, now).await;
        tx.end(done).await
    }
}

async fn put_and_clear(
    conn: &mut SqliteConnection,
    new: &[NewEntry],
    key: &str,
    now: Time,
) -> Result<Vec<Entry>, sqlx::Error> {
    let entries = put(conn, new, now).await?;
    drafts::clear(conn, key).await?;
    Ok(entries)
}

/// Inside a transaction of the caller's.
pub(super) async fn put(conn: &mut SqliteConnection, new: &[NewEntry], now: Time) -> Result<Vec<Entry>, sqlx::Error> {
    let mut taken = taken(conn, new).await?;
    let mut head = head(conn).await?;
    let mut entries = Vec::new();
    for entry in new {
        if entry.once.as_ref().is_some_and(|once| !taken.insert(once.clone())) {
            continue;
        }
        let record = row::record(entry, now).map_err(encoding)?;
        let link = insert(conn, record, head).await?;
        head = link.hash.clone();
        entries.push(row::entry(link));
    }
    Ok(entries)
}

pub(super) fn encoding(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Encode(error.into())
}

async fn head(conn: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    let head: Option<String> = sqlx::query_scalar(HEAD).fetch_optional(conn).await?;
    Ok(head.unwrap_or_else(|| GENESIS.to_owned()))
}

/// Asked before the insert and not left to a conflict: a conflict would use up a number, and a gap means a removed entry.
async fn taken(conn: &mut SqliteConnection, new: &[NewEntry]) -> Result<HashSet<String>, sqlx::Error> {
    let mut taken = HashSet::new();
    for some in new.chunks(ASKED) {
        let asked: Vec<&str> = some.iter().filter_map(|e| e.once.as_deref()).collect();
        if !asked.is_empty() {
            let asked = serde_json::to_string(&asked).map_err(encoding)?;
            let known: Vec<String> = sqlx::query_scalar(TAKEN).bind(asked).fetch_all(&mut *conn).await?;
            taken.extend(known);
        }
    }
    Ok(taken)
}

async fn insert(conn: &mut SqliteConnection, record: Record, prev_hash: String) -> Result<Link, sqlx::Error> {
    let hash = record.hash(&prev_hash).map_err(encoding)?;
    let seq = sqlx::query(INSERT)
        .bind(&record.id)
        .bind(record.at)
        .bind(record.recorded_at)
        .bind(&record.actor)
        .bind(&record.kind)
        .bind(&record.subject)
        .bind(&record.source)
        .bind(&record.once)
        .bind(&record.body)
        .bind(&prev_hash)
        .bind(&hash)
        .fetch_one(conn)
        .await?
        .try_get(0)?;
    Ok(Link { seq, record, prev_hash, hash })
}
