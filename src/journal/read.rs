//! Entries out, oldest first; and the walk along the chain.

use std::collections::BTreeMap;

use chrono::Duration;
use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Journal, JournalError,
    chain::{Broken, Link, Verified, Walk},
    file,
    row::{self, columns},
};
use crate::domain::{
    Time,
    entry::{Entry, Subject},
    source::SourceName,
};

/// Entries read in one go while the chain is walked: other readers get their turn between.
const PAGE: u32 = 1000;
/// How far back an ack may lie and still be in force.
const ACKS_REACH: Duration = Duration::days(90);

const TAIL: &str = concat!("SELECT ", columns!(), " FROM entries WHERE seq > $1 ORDER BY seq LIMIT $2");
const RECENT: &str = concat!("SELECT ", columns!(), " FROM entries ORDER BY seq DESC LIMIT $1");
const SINCE: &str = concat!("SELECT ", columns!(), " FROM entries WHERE at >= $1 ORDER BY at DESC, seq DESC LIMIT $2");
const SINCE_ABOUT: &str =
    concat!("SELECT ", columns!(), " FROM entries WHERE at >= $1 AND subject = $2 ORDER BY at DESC, seq DESC LIMIT $3");
const ACKS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries WHERE at >= $1",
    " AND kind IN ('ack.confirmed', 'ack.extended', 'unack.confirmed', 'ack.broken', 'ack.released') ORDER BY seq"
);
/// What sparklines, flapping and noise are told from.
const FIRINGS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries WHERE (at >= $1",
    " AND (kind IN ('alert.fired', 'alert.resolved', 'source.lost', 'source.back') OR (kind > 'change.' AND kind < 'change/')))",
    " OR kind = 'noise.marked'",
    " ORDER BY seq DESC LIMIT $2"
);
const NOISE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries WHERE at >= $1 AND kind IN ('alert.fired', 'alert.resolved', 'noise.marked') ORDER BY at, seq"
);
const ACTIONS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries WHERE at >= $1 AND kind IN ('action.started', 'action.ended', 'action.unknown') ORDER BY seq"
);
/// Firings that have no end; a page at a time.
const UNRESOLVED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries AS e WHERE kind = 'alert.fired' AND source = $1 AND at >= $2 AND recorded_at < $3 AND seq > $4",
    " AND NOT EXISTS (SELECT 1 FROM entries AS r WHERE r.subject = e.subject AND r.at >= e.at AND r.kind = 'alert.resolved')",
    " ORDER BY seq LIMIT $5"
);
const LOST: &str = "SELECT at, kind FROM entries WHERE subject = $1 AND kind IN ('source.lost', 'source.back') AND recorded_at < $2 \
    ORDER BY at DESC, seq DESC LIMIT 1";
const CHANGES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries WHERE at >= $1 AND kind > 'change.' AND kind < 'change/' ORDER BY at, seq"
);
const NOTES: &str = "SELECT subject, COUNT(*) FROM entries WHERE kind = 'note.added' GROUP BY subject";
const ONE: &str = concat!("SELECT ", columns!(), " FROM entries WHERE id = $1");
const INCIDENTS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries WHERE kind IN ('incident.declared', 'incident.changed', 'incident.status', 'incident.role', 'incident.task',",
    " 'incident.attached', 'incident.detached', 'incident.time', 'incident.withdrawn') ORDER BY seq"
);
/// What was told of subjects, what changed or was out of sight meanwhile, and notes that name the incident.
const STORY: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM entries WHERE (subject IN (SELECT value FROM json_each($1)) AND (at BETWEEN $2 AND $3 OR subject = $4))",
    " OR ((kind IN ('source.lost', 'source.back') OR (kind > 'change.' AND kind < 'change/')) AND at BETWEEN $2 AND $3)",
    " OR (kind IN ('note.added', 'note.corrected') AND json_valid(body) AND 'incident:' || json_extract(body, '$.incident') = $4)",
    " OR id IN (SELECT value FROM json_each($6))",
    " ORDER BY seq DESC LIMIT $5"
);
const NAMED: &str =
    concat!("SELECT ", columns!(), " FROM entries WHERE substr(id, 1, length($1)) = $1 ORDER BY seq LIMIT 5");
const LAST_SEQ: &str = "SELECT COALESCE(MAX(seq), 0) FROM entries";
/// The highest number ever given: above the last entry's where entries were removed from the end.
const HIGHEST: &str = "SELECT COALESCE((SELECT MAX(seq) FROM sqlite_sequence WHERE name = 'entries'), 0)";

impl Journal {
    /// Up to `limit` entries after `after_seq`, in the order they were written: how another process's are noticed.
    pub async fn tail(&self, after_seq: i64, limit: u32) -> Result<Vec<Entry>, JournalError> {
        Ok(self.links(after_seq, limit).await?.into_iter().map(row::entry).collect())
    }

    async fn links(&self, after_seq: i64, limit: u32) -> Result<Vec<Link>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(TAIL).bind(after_seq).bind(i64::from(limit)).fetch_all(&mut *conn).await;
        self.read(rows)
    }

    /// The last `limit` entries, in the order they were written.
    pub async fn recent(&self, limit: u32) -> Result<Vec<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(RECENT).bind(i64::from(limit)).fetch_all(&mut *conn).await;
        Ok(oldest_first(self.read(rows)?))
    }

    /// The last `limit` entries that happened at `from` or later, about `subject` or anything, in the order they happened.
    pub async fn since(&self, from: Time, subject: Option<&Subject>, limit: u32) -> Result<Vec<Entry>, JournalError> {
        let (from, limit) = (row::micros(from), i64::from(limit));
        let query = match subject {
            Some(subject) => sqlx::query(SINCE_ABOUT).bind(from).bind(subject.as_str()).bind(limit),
            None => sqlx::query(SINCE).bind(from).bind(limit),
        };
        let mut conn = self.reader.lock().await;
        let rows = query.fetch_all(&mut *conn).await;
        Ok(oldest_first(self.read(rows)?))
    }

    /// The last `limit` entries of firing, resolving, losing sight and changing at `from` or later, and of noise at any time, in the
    /// order they were written.
    pub async fn firings_since(&self, from: Time, limit: u32) -> Result<Vec<Entry>, JournalError> {
        let query = sqlx::query(FIRINGS).bind(row::micros(from)).bind(i64::from(limit));
        let mut conn = self.reader.lock().await;
        let rows = query.fetch_all(&mut *conn).await;
        Ok(oldest_first(self.read(rows)?))
    }

    /// The entries from which `domain::acks::journal_acks` tells what became of acks, in the order they were
    /// written. Looks back 90 days.
    pub async fn active_ack_entries(&self, now: Time) -> Result<Vec<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(ACKS).bind(row::micros(now - ACKS_REACH)).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().map(row::entry).collect())
    }

    /// All starts and ends of actions at `from` or later, in the order they were written.
    pub async fn actions_since(&self, from: Time) -> Result<Vec<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(ACTIONS).bind(row::micros(from)).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().map(row::entry).collect())
    }

    /// All changes at `from` or later, in the order they happened.
    pub async fn changes_since(&self, from: Time) -> Result<Vec<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(CHANGES).bind(row::micros(from)).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().map(row::entry).collect())
    }

    /// The entry with this id.
    pub async fn entry(&self, id: &str) -> Result<Option<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(ONE).bind(id).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().next().map(row::entry))
    }

    /// All that was ever said of incidents, in the order it was written.
    pub async fn incidents(&self) -> Result<Vec<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(INCIDENTS).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().map(row::entry).collect())
    }

    /// What belongs to the timeline of what `of` is about, and more: up to `limit` entries about `subjects` between two
    /// moments, about `of` at any time, and with these ids, in the order they were written. [`crate::domain::incident`]
    /// chooses among them.
    pub async fn story(
        &self,
        of: &Subject,
        (subjects, ids): (&[Subject], &[String]),
        (from, to): (Time, Time),
        limit: u32,
    ) -> Result<Vec<Entry>, JournalError> {
        let ids = serde_json::to_string(ids).unwrap_or_default();
        let names: Vec<&str> = subjects.iter().map(Subject::as_str).chain([of.as_str()]).collect();
        let names = serde_json::to_string(&names).unwrap_or_default();
        let query = sqlx::query(STORY).bind(names).bind(row::micros(from)).bind(row::micros(to));
        let mut conn = self.reader.lock().await;
        let rows = query.bind(of.as_str()).bind(i64::from(limit)).bind(ids).fetch_all(&mut *conn).await;
        Ok(oldest_first(self.read(rows)?))
    }

    /// The entries whose ids begin so, a few at most.
    pub async fn named(&self, begins: &str) -> Result<Vec<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(NAMED).bind(begins).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().map(row::entry).collect())
    }

    /// All firing, resolving and marking as noise at `from` or later, in the order it happened.
    pub async fn noise_since(&self, from: Time) -> Result<Vec<Entry>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(NOISE).bind(row::micros(from)).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().map(row::entry).collect())
    }

    /// Up to `limit` firings of a source that have no end, in the order they were written: after `after_seq`, begun at
    /// `since` or later, and written before `until`.
    pub async fn unresolved(
        &self,
        source: &SourceName,
        (since, until): (Time, Time),
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, JournalError> {
        let query = sqlx::query(UNRESOLVED).bind(source.as_str()).bind(row::micros(since)).bind(row::micros(until));
        let mut conn = self.reader.lock().await;
        let rows = query.bind(after_seq).bind(i64::from(limit)).fetch_all(&mut *conn).await;
        Ok(self.read(rows)?.into_iter().map(row::entry).collect())
    }

    /// Since when a source could not be read, by the last word on that before `until`; none where it could.
    pub async fn lost_since(&self, source: &SourceName, until: Time) -> Result<Option<Time>, JournalError> {
        let subject = Subject::source(source).as_str().to_owned();
        let query = sqlx::query_as::<_, (i64, String)>(LOST).bind(subject).bind(row::micros(until));
        let mut conn = self.reader.lock().await;
        let last = query.fetch_optional(&mut *conn).await.map_err(|e| self.place.sql(&e))?;
        Ok(last.filter(|(_, kind)| kind == "source.lost").map(|(at, _)| row::time(at)))
    }

    /// How many notes each subject has, from the beginning.
    pub async fn notes(&self) -> Result<BTreeMap<Subject, u64>, JournalError> {
        let mut conn = self.reader.lock().await;
        let rows = sqlx::query(NOTES).fetch_all(&mut *conn).await.map_err(|e| self.place.sql(&e))?;
        let count = |row: &SqliteRow| {
            let subject = Subject::new(&row::text(row, 0)?.unwrap_or_default());
            Ok((subject, u64::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0)))
        };
        rows.iter().map(count).collect::<Result<_, _>>().map_err(|e| self.place.sql(&e))
    }

    /// The number of the last entry, 0 where there is none: cheap enough to ask every second.
    pub async fn last_seq(&self) -> Result<i64, JournalError> {
        let mut conn = self.reader.lock().await;
        sqlx::query_scalar(LAST_SEQ).fetch_one(&mut *conn).await.map_err(|e| self.place.sql(&e))
    }

    /// Walks the whole chain. The outer error: it could not be read. The inner: where it does not hold.
    pub async fn verify(&self) -> Result<Result<Verified, Broken>, JournalError> {
        let mut walk = Walk::new();
        loop {
            // Asked before the page, so that an entry written in between is not taken for a removed one.
            let highest = self.highest().await?;
            let page = self.links(walk.last(), PAGE).await?;
            if page.is_empty() {
                return Ok(walk.end(highest));
            }
            if let Err(broken) = page.iter().try_for_each(|link| walk.step(link)) {
                return Ok(Err(broken));
            }
        }
    }

    async fn highest(&self) -> Result<i64, JournalError> {
        let mut conn = self.reader.lock().await;
        sqlx::query_scalar(HIGHEST).fetch_one(&mut *conn).await.map_err(|e| self.place.sql(&e))
    }

    /// Reads the file through for damage; the time it takes grows with the file.
    pub async fn check(&self) -> Result<(), JournalError> {
        file::check(&mut *self.reader.lock().await, &self.place).await
    }

    fn read(&self, rows: Result<Vec<SqliteRow>, sqlx::Error>) -> Result<Vec<Link>, JournalError> {
        let links = rows.and_then(|rows| rows.iter().map(row::link).collect());
        links.map_err(|e| self.place.sql(&e))
    }
}

fn oldest_first(links: Vec<Link>) -> Vec<Entry> {
    links.into_iter().rev().map(row::entry).collect()
}
