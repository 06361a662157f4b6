//! The journal through its public face: what was said is kept, once, in order, and nobody edits it.

mod chain;
mod entries;
mod file;
mod outbox;
mod survives;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use watchfire::{
    domain::{
        Time,
        alert::AlertId,
        entry::{Body, Entry, Kind, NewEntry, Subject},
        label::Fingerprint,
        op::{Act, Intent, OpId, Purpose},
        source::SourceName,
        text::SafeText,
    },
    journal::Journal,
};

fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap() + Duration::seconds(seconds)
}

struct Place {
    _dir: TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data").join("journal.db");
    Place { _dir: dir, path }
}

async fn open(path: &Path) -> Journal {
    Journal::open(path).await.unwrap()
}

/// A connection past the journal's rules.
async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

async fn run(conn: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sql).execute(conn).await.map(drop)
}

fn entry(kind: Kind, subject: &Subject, text: &str) -> NewEntry {
    NewEntry {
        at: at(0),
        actor: SafeText::new("ana"),
        kind,
        subject: subject.clone(),
        source: None,
        body: Body { text: Some(SafeText::new(text)), ..Body::default() },
        once: None,
    }
}

fn note(text: &str) -> NewEntry {
    entry(Kind::NoteAdded, &Subject::watch(), text)
}

fn texts(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|e| e.body.text.as_ref().map_or("", SafeText::raw)).collect()
}

fn intent(op: &str) -> Intent {
    let source = SourceName::new("prod");
    Intent {
        op: OpId(op.to_owned()),
        at: at(0),
        actor: "ana".to_owned(),
        purpose: Purpose::Unack,
        alert: Some(AlertId { source: source.clone(), fingerprint: Fingerprint::new("bd031b9ec7a4de4d") }),
        title: SafeText::new("DiskFull"),
        reason: "done".to_owned(),
        act: Act::ExpireSilence { source, id: SafeText::new("s1") },
        batch: None,
        undoes: None,
        covers: Vec::new(),
        before: None,
    }
}

fn intended(op: &str) -> NewEntry {
    entry(Kind::UnackIntended, &intent(op).subject(), op)
}

fn confirmed(op: &str) -> NewEntry {
    entry(Kind::UnackConfirmed, &intent(op).subject(), op)
}

fn ops(intents: &[Intent]) -> Vec<&str> {
    intents.iter().map(|i| i.op.0.as_str()).collect()
}
