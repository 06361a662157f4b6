//! What only the journal itself can see: its connections and their transactions.

use chrono::DateTime;

use super::*;
use crate::domain::{
    Time,
    entry::{Body, Kind, NewEntry, Subject},
    text::SafeText,
};

fn now() -> Time {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn note(text: &str) -> NewEntry {
    NewEntry {
        at: now(),
        actor: SafeText::new("ana"),
        kind: Kind::NoteAdded,
        subject: Subject::watch(),
        source: None,
        body: Body { text: Some(SafeText::new(text)), ..Body::default() },
        once: None,
    }
}

#[tokio::test]
async fn a_full_database_says_full_leaves_nothing_and_takes_the_next_write() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(&dir.path().join("journal.db")).await.unwrap();
    {
        let mut writer = journal.writer.as_ref().unwrap().lock().await;
        sqlx::raw_sql("PRAGMA max_page_count = 20").execute(writer.as_mut().unwrap()).await.unwrap();
    }
    let large: Vec<_> = (0..10).map(|_| note(&"x".repeat(60_000))).collect();
    let error = journal.append(&large, now()).await.unwrap_err();
    assert!(matches!(error, JournalError::Full { .. }), "{error:?}");
    assert_eq!(journal.last_seq().await.unwrap(), 0);
    assert_eq!(journal.append(&[note("room again")], now()).await.unwrap()[0].seq, 1);
    assert_eq!(journal.verify().await.unwrap().unwrap().entries, 1);
}

#[tokio::test]
async fn a_writer_that_stops_waiting_leaves_nothing_and_blocks_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let (one, two) = (Journal::open(&path).await.unwrap(), Journal::open(&path).await.unwrap());
    let mut tx = one.begin().await.unwrap();
    write::put(&mut tx.conn, &[note("never said")], now()).await.unwrap();
    drop(tx);
    two.append(&[note("other")], now()).await.unwrap();
    one.append(&[note("same")], now()).await.unwrap();
    let texts: Vec<_> = one.recent(10).await.unwrap().into_iter().map(|e| e.body.text.unwrap()).collect();
    assert_eq!(texts, ["other", "same"]);
    assert!(one.verify().await.unwrap().is_ok());
}

#[tokio::test]
async fn the_file_is_in_full_synchronous_wal_mode() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(&dir.path().join("journal.db")).await.unwrap();
    let mut tx = journal.begin().await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut tx.conn).await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut tx.conn).await.unwrap();
    let patience: i64 = sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(&mut tx.conn).await.unwrap();
    let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut tx.conn).await.unwrap();
    assert_eq!((mode.as_str(), synchronous, patience, foreign_keys), ("wal", 2, 5000, 1));
}

/// The runtime hands these to tasks: one that cannot be sent to another thread does not compile here.
#[tokio::test]
async fn every_call_can_be_awaited_from_a_task() {
    fn send<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
        future
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let journal = send(Journal::open(&path)).await.unwrap();
    let lease = chrono::Duration::seconds(1);
    let op = crate::domain::op::OpId("none".to_owned());
    assert_eq!(send(journal.append_and_clear_draft(&[], "", now())).await.unwrap(), []);
    assert_eq!(send(journal.settle(&op, &[], now())).await.unwrap(), []);
    assert_eq!(send(journal.pending(now(), lease)).await.unwrap(), []);
    assert_eq!(send(journal.undone()).await.unwrap(), []);
    assert!(!send(journal.renew(&op, now(), lease)).await.unwrap());
    assert_eq!(send(journal.since(now(), None, 1)).await.unwrap(), []);
    assert_eq!(send(journal.active_ack_entries(now())).await.unwrap(), []);
    assert_eq!(send(journal.drafts()).await.unwrap(), []);
    assert_eq!(send(journal.verify()).await.unwrap().unwrap().entries, 0);
    send(journal.check()).await.unwrap();
    send(journal.close()).await.unwrap();
}

/// Another process believes these: without them it may clear away the write-ahead log of the first.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_second_opening_in_one_process_takes_no_lock_from_the_first() {
    use std::os::unix::fs::MetadataExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let locks = || {
        let file = format!(":{} ", path.metadata().unwrap().ino());
        let all = std::fs::read_to_string("/proc/locks").unwrap();
        all.lines().filter(|l| l.contains(&format!(" {} ", std::process::id())) && l.contains(&file)).count()
    };
    let first = Journal::open(&path).await.unwrap();
    first.last_seq().await.unwrap();
    assert!(locks() > 0, "the first holds one as long as it is open");
    let second = Journal::open(&path).await.unwrap();
    assert!(locks() > 0, "the second took it away");
    second.close().await.unwrap();
    first.close().await.unwrap();
}
