//! Writes on their way: kept before they are sent, so that a restart finishes what a crash cut off.
//!
//! Knows nothing of sending. A claim keeps two cockpits from sending the same act: it holds for a lease, and an act whose
//! holder went silent, or is seen to have ended, goes to whoever asks next.

use chrono::Duration;
use sqlx::{Row, SqliteConnection};

use super::{Journal, JournalError, alive, row, write};
use crate::domain::{
    Time,
    entry::{Entry, NewEntry},
    op::{Intent, OpId},
};

/// How long an act belongs to the journal that wrote it before it must be claimed again.
pub const FIRST_LEASE: Duration = Duration::seconds(60);
/// No claim is longer; one that seems so was made under a wrong clock and does not count.
const LONGEST_LEASE: Duration = Duration::minutes(10);

const STATE: &str = "SELECT state FROM outbox WHERE op = $1";
const INSERT: &str = "INSERT INTO outbox (op, intent, at, state, attempts, claimed_by, claimed_until) \
    VALUES ($1, $2, $3, 'pending', 1, $4, $5)";
const SETTLE: &str =
    "UPDATE outbox SET state = 'done', settled_at = $1, claimed_by = NULL, claimed_until = NULL WHERE op = $2";
const UNDONE: &str = "SELECT intent FROM outbox WHERE state = 'pending' ORDER BY seq";
const FREE: &str = "SELECT intent FROM outbox WHERE state = 'pending' \
    AND (claimed_by IS NULL OR claimed_by = $1 OR claimed_until <= $2 OR claimed_until > $3) ORDER BY seq";
const CLAIM: &str = "UPDATE outbox SET claimed_by = $1, claimed_until = $2, attempts = attempts + 1 WHERE op = $3 AND state = 'pending'";
const RENEW: &str = "UPDATE outbox SET claimed_until = $1 WHERE op = $2 AND claimed_by = $3 AND state = 'pending'";
const RENEW_ALL: &str = "UPDATE outbox SET claimed_until = $1 WHERE claimed_by = $2 AND state = 'pending'";
const SENT: &str =
    "SELECT intent, CASE state WHEN 'done' THEN settled_at END FROM outbox WHERE at >= $1 ORDER BY seq DESC LIMIT $2";
const RELEASE: &str = "UPDATE outbox SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = $1";

impl Journal {
    /// Writes what is going to be sent, and the entries that say so, in one step; it is this journal's to send for
    /// [`FIRST_LEASE`]. An act that is known already is the same act: nothing is written, and the answer is empty.
    pub async fn intend(&self, intent: &Intent, new: &[NewEntry], now: Time) -> Result<Vec<Entry>, JournalError> {
        self.alive.sign(&self.path, &self.me);
        let mut tx = self.begin().await?;
        let done = intend(&mut tx.conn, &self.me, intent, new, now).await;
        tx.end(done).await
    }

    /// As [`Journal::intend`], for all acts of one plan: every one of them is written, or none. Entries of acts that live in
    /// the journal alone may be among `new`.
    pub async fn intend_all(&self, all: &[Intent], new: &[NewEntry], now: Time) -> Result<Vec<Entry>, JournalError> {
        self.alive.sign(&self.path, &self.me);
        let mut tx = self.begin().await?;
        let done = intend_all(&mut tx.conn, &self.me, all, new, now).await;
        tx.end(done).await
    }

    /// As [`Journal::settle`], for several acts in one step.
    pub async fn settle_all(&self, ends: &[(OpId, Vec<NewEntry>)], now: Time) -> Result<Vec<Entry>, JournalError> {
        let mut tx = self.begin().await?;
        let done = settle_all(&mut tx.conn, ends, now).await;
        tx.end(done).await
    }

    /// Acts since a moment, newest first, each with when it was settled.
    pub async fn sent(&self, since: Time, limit: u32) -> Result<Vec<(Intent, Option<Time>)>, JournalError> {
        let mut conn = self.reader.lock().await;
        let query = sqlx::query_as::<_, (String, Option<i64>)>(SENT).bind(row::micros(since)).bind(i64::from(limit));
        let rows = query.fetch_all(&mut *conn).await.map_err(|e| self.place.sql(&e))?;
        let read =
            |(text, at): &(String, Option<i64>)| Some((readable(std::slice::from_ref(text)).pop()?, at.map(row::time)));
        Ok(rows.iter().filter_map(read).collect())
    }

    /// Keeps every act of this journal for `lease` more: many that wait for their turn take longer than a lease.
    pub async fn renew_all(&self, now: Time, lease: Duration) -> Result<(), JournalError> {
        let until = row::micros(now + lease.min(LONGEST_LEASE));
        let mut tx = self.begin().await?;
        let done = sqlx::query(RENEW_ALL).bind(until).bind(&self.me).execute(&mut tx.conn).await;
        tx.end(done.map(drop)).await
    }

    /// Marks an act as done, however it ended, with the entries that say how, in one step. A second end of the same act
    /// (another cockpit was faster) writes nothing, and the answer is empty.
    pub async fn settle(&self, op: &OpId, new: &[NewEntry], now: Time) -> Result<Vec<Entry>, JournalError> {
        let mut tx = self.begin().await?;
        let done = settle(&mut tx.conn, op, new, now).await;
        tx.end(done).await
    }

    /// Takes every act that nobody else is working on, or whose sender has certainly ended, oldest first, for `lease` (at most 10 minutes). Acts that are this
    /// journal's already are among them, with their lease renewed. An act written by a newer version is left to it.
    pub async fn pending(&self, now: Time, lease: Duration) -> Result<Vec<Intent>, JournalError> {
        self.alive.sign(&self.path, &self.me);
        let mut tx = self.begin().await?;
        let done = self.claim(&mut tx.conn, now, lease).await;
        tx.end(done).await
    }

    async fn claim(&self, conn: &mut SqliteConnection, now: Time, lease: Duration) -> Result<Vec<Intent>, sqlx::Error> {
        for dead in alive::ended(&self.path) {
            sqlx::query(RELEASE).bind(dead).execute(&mut *conn).await?;
        }
        claim(conn, &self.me, now, lease).await
    }

    /// Every act on its way, whoever sends it, oldest first. Takes none.
    pub async fn undone(&self) -> Result<Vec<Intent>, JournalError> {
        let mut conn = self.reader.lock().await;
        let texts: Vec<String> =
            sqlx::query_scalar(UNDONE).fetch_all(&mut *conn).await.map_err(|e| self.place.sql(&e))?;
        Ok(readable(&texts))
    }

    /// Keeps an act for `lease` more. False where it is no longer this journal's: another took it, or it is done.
    pub async fn renew(&self, op: &OpId, now: Time, lease: Duration) -> Result<bool, JournalError> {
        let until = row::micros(now + lease.min(LONGEST_LEASE));
        let mut tx = self.begin().await?;
        let done = sqlx::query(RENEW).bind(until).bind(&op.0).bind(&self.me).execute(&mut tx.conn).await;
        tx.end(done.map(|r| r.rows_affected() > 0)).await
    }

    /// Lets go of every act of this journal, so that the next cockpit need not wait for a lease to end: for a clean exit.
    pub async fn release(&self) -> Result<(), JournalError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(RELEASE).bind(&self.me).execute(&mut tx.conn).await;
        tx.end(done.map(drop)).await
    }
}

async fn state(conn: &mut SqliteConnection, op: &OpId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(STATE).bind(&op.0).fetch_optional(conn).await
}

async fn intend(
    conn: &mut SqliteConnection,
    me: &str,
    intent: &Intent,
    new: &[NewEntry],
    now: Time,
) -> Result<Vec<Entry>, sqlx::Error> {
    if state(conn, &intent.op).await?.is_some() {
        return Ok(Vec::new());
    }
    insert(conn, me, intent, now).await?;
    write::put(conn, new, now).await
}

async fn intend_all(
    conn: &mut SqliteConnection,
    me: &str,
    all: &[Intent],
    new: &[NewEntry],
    now: Time,
) -> Result<Vec<Entry>, sqlx::Error> {
    for intent in all {
        insert(conn, me, intent, now).await?;
    }
    write::put(conn, new, now).await
}

async fn insert(conn: &mut SqliteConnection, me: &str, intent: &Intent, now: Time) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(intent).map_err(write::encoding)?;
    sqlx::query(INSERT)
        .bind(&intent.op.0)
        .bind(text)
        .bind(row::micros(intent.at))
        .bind(me)
        .bind(row::micros(now + FIRST_LEASE))
        .execute(conn)
        .await?;
    Ok(())
}

async fn settle_all(
    conn: &mut SqliteConnection,
    ends: &[(OpId, Vec<NewEntry>)],
    now: Time,
) -> Result<Vec<Entry>, sqlx::Error> {
    let mut entries = Vec::new();
    for (op, new) in ends {
        entries.extend(settle(conn, op, new, now).await?);
    }
    Ok(entries)
}

/// An act that the outbox does not hold (its row was lost, or it needed none) has its entries all the same.
async fn settle(
    conn: &mut SqliteConnection,
    op: &OpId,
    new: &[NewEntry],
    now: Time,
) -> Result<Vec<Entry>, sqlx::Error> {
    if state(conn, op).await?.as_deref() == Some("done") {
        return Ok(Vec::new());
    }
    sqlx::query(SETTLE).bind(row::micros(now)).bind(&op.0).execute(&mut *conn).await?;
    write::put(conn, new, now).await
}

async fn claim(conn: &mut SqliteConnection, me: &str, now: Time, lease: Duration) -> Result<Vec<Intent>, sqlx::Error> {
    let rows = sqlx::query(FREE)
        .bind(me)
        .bind(row::micros(now))
        .bind(row::micros(now + LONGEST_LEASE))
        .fetch_all(&mut *conn)
        .await?;
    let texts: Vec<String> = rows.iter().map(|r| r.try_get(0)).collect::<Result<_, _>>()?;
    let intents = readable(&texts);
    let until = row::micros(now + lease.min(LONGEST_LEASE));
    for intent in &intents {
        sqlx::query(CLAIM).bind(me).bind(until).bind(&intent.op.0).execute(&mut *conn).await?;
    }
    Ok(intents)
}

/// One act that cannot be read hides no other; it stays in the outbox for a version that can.
fn readable(texts: &[String]) -> Vec<Intent> {
    let read = |text: &String| match serde_json::from_str(text) {
        Ok(intent) => Some(intent),
        Err(error) => {
            tracing::warn!(%error, "an act in the outbox cannot be read by this version");
            None
        }
    };
    texts.iter().filter_map(read).collect()
}
