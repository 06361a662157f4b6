//! The file: private, brought up to date, and never touched where it is damaged, foreign or newer.

use std::{fs, os::unix::fs::PermissionsExt};

use watchfire::journal::{JournalError, VERSION};

use super::*;

async fn refused(path: &Path) -> JournalError {
    Journal::open(path).await.map(drop).unwrap_err()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn the_file_and_its_directory_are_private() {
    let place = place();
    let journal = open(&place.path).await;
    journal.append(&[note("secret")], at(0)).await.unwrap();
    assert_eq!((mode(&place.path), mode(place.path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(mode(&place.path.with_extension("db-wal")), 0o600);
    journal.close().await.unwrap();
    fs::set_permissions(&place.path, fs::Permissions::from_mode(0o644)).unwrap();
    open(&place.path).await;
    assert_eq!(mode(&place.path), 0o600);
}

/// One file of SQL a version, as that version wrote it: never edited, so neither format nor hash can drift.
#[tokio::test]
async fn a_journal_of_every_older_version_opens_with_everything_in_it() {
    for version in 1..=VERSION {
        let fixture = format!("{}/tests/fixtures/journal/v{version}.sql", env!("CARGO_MANIFEST_DIR"));
        let sql = fs::read_to_string(&fixture).unwrap_or_else(|e| panic!("{fixture}: {e}"));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let mut conn = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        drop(conn);

        let journal = open(&path).await;
        let entries = journal.recent(10).await.unwrap();
        assert_eq!(texts(&entries), ["disk is full", "on it\nsince noon", ""], "v{version}");
        assert_eq!(entries[2].kind, Kind::Other("moon.full".to_owned()));
        assert_eq!(ops(&journal.undone().await.unwrap()), ["op1"]);
        assert_eq!(journal.draft_load("note:watch").await.unwrap().as_deref(), Some("half a thou"));
        journal.append(&[note("and on")], at(9)).await.unwrap();
        assert_eq!(journal.verify().await.unwrap().unwrap().entries, 4);
        let now: i64 = sqlx::query_scalar("SELECT MAX(version) FROM watchfire_schema")
            .fetch_one(&mut raw(&path).await)
            .await
            .unwrap();
        assert_eq!(now, VERSION);
    }
}

#[tokio::test]
async fn many_that_open_a_new_file_at_once_all_find_it_ready() {
    let place = place();
    let opened = futures_util::future::join_all((0..6).map(|_| Journal::open(&place.path))).await;
    for journal in opened {
        journal.unwrap().append(&[note("here")], at(0)).await.unwrap();
    }
    assert_eq!(open(&place.path).await.verify().await.unwrap().unwrap().entries, 6);
}

/// The engine's switch to a write-ahead log does not wait for others by itself.
#[tokio::test]
async fn a_file_that_is_written_without_a_log_is_opened_all_the_same() {
    let place = place();
    open(&place.path).await.close().await.unwrap();
    let mut other = raw(&place.path).await;
    run(&mut other, "PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE").await.unwrap();
    let others_work = async {
        for _ in 0..40 {
            run(&mut other, "INSERT INTO drafts VALUES (hex(randomblob(8)), '', 0); COMMIT").await.unwrap();
            run(&mut other, "BEGIN IMMEDIATE").await.unwrap();
        }
        run(&mut other, "COMMIT").await.unwrap();
    };
    let (opened, ()) = tokio::join!(Journal::open(&place.path), others_work);
    assert_eq!(opened.unwrap().drafts().await.unwrap().len(), 40);
}

#[tokio::test]
async fn a_newer_journal_is_read_and_not_written() {
    let place = place();
    let journal = open(&place.path).await;
    assert_eq!(journal.refusal(), None);
    journal.append(&[note("from the future")], at(0)).await.unwrap();
    journal.close().await.unwrap();
    run(&mut raw(&place.path).await, "INSERT INTO watchfire_schema VALUES (99, 'what we do not know')").await.unwrap();

    let journal = open(&place.path).await;
    assert_eq!(texts(&journal.recent(10).await.unwrap()), ["from the future"]);
    let error = journal.append(&[note("no")], at(1)).await.unwrap_err();
    assert!(matches!(error, JournalError::Newer { found: 99, known: VERSION, .. }), "{error:?}");
    assert_eq!(journal.refusal(), Some(&error));
    assert!(error.advice().contains("upgrade"));
    assert_eq!(journal.last_seq().await.unwrap(), 1);
}

async fn written(path: &Path) -> Vec<u8> {
    let journal = open(path).await;
    let many: Vec<_> = (0..200).map(|n| note(&format!("{n} {}", "x".repeat(500)))).collect();
    journal.append(&many, at(0)).await.unwrap();
    journal.close().await.unwrap();
    fs::read(path).unwrap()
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_as_it_is() {
    let place = place();
    let whole = written(&place.path).await;
    let torn = {
        let (mut bytes, page) = (whole.clone(), 4096);
        bytes[page * 5..page * 6].fill(0xa5);
        bytes
    };
    let damaged = [
        ("no database", b"these are not the bytes you are looking for".repeat(100)),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("all but the end", whole[..whole.len() - 1].to_vec()),
        ("a page of rubbish", torn),
    ];
    for (name, bytes) in damaged {
        fs::write(&place.path, &bytes).unwrap();
        let error = refused(&place.path).await;
        assert!(matches!(error, JournalError::Corrupt { .. }), "{name}: {error:?}");
        assert!(error.to_string().contains("journal.db"), "{error}");
        assert!(error.advice().contains("nothing was deleted"));
        assert!(fs::read(&place.path).unwrap() == bytes, "{name} was touched");
    }
}

#[tokio::test]
async fn an_empty_file_becomes_a_journal() {
    let place = place();
    fs::create_dir(place.path.parent().unwrap()).unwrap();
    fs::write(&place.path, b"").unwrap();
    assert_eq!(open(&place.path).await.append(&[note("one")], at(0)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_programs_database_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("contacts.db");
    let mut conn = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
    run(&mut conn, "CREATE TABLE contacts (name TEXT)").await.unwrap();
    drop(conn);
    let before = fs::read(&path).unwrap();
    let error = refused(&path).await;
    assert!(error.to_string().contains("another program's database"), "{error}");
    assert!(fs::read(&path).unwrap() == before);
}

#[tokio::test]
async fn a_directory_in_the_files_place_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let error = refused(dir.path()).await;
    assert!(matches!(error, JournalError::Other { .. }), "{error:?}");
}
