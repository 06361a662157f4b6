//! A restart draws what was counted before and asks only for what is missing.

use watchfire::runtime::budgets::{Means, cache::Cache};

use super::{DAY, NOON, at, connect, counting, hundreds, is_range, seconds_asked, slos, watched};
use crate::support::server::Server;

fn means(dir: &tempfile::TempDir, writes: bool) -> Means {
    Means { cache: Some(Cache::new(dir.path().join("counts"), writes)), ..Means::default() }
}

#[tokio::test]
async fn a_restart_draws_at_once_and_asks_for_hours_not_weeks() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(hundreds).await;
    let source = connect(server.url()).await;
    let mut first = counting(&source, slos(3), means(&dir, true), at(NOON));
    assert!(first.open().rows.iter().all(|row| row.numbers.is_none()));
    first.refresh(at(NOON), None).await.unwrap();
    let before = first.report(at(NOON), None);
    let cold: i64 = server.seen().iter().filter(|r| is_range(r)).map(seconds_asked).sum();
    assert!(cold >= 30 * DAY, "{cold}");

    let later = NOON + 2 * 3_600;
    let asked = server.seen().len();
    let mut again = counting(&source, slos(3), means(&dir, false), at(later));
    let drawn = again.open();
    assert_eq!(server.seen().len(), asked, "the first frame asks nobody");
    for (row, was) in drawn.rows.iter().zip(&before.rows) {
        assert_eq!(row.numbers.as_ref().unwrap().remaining, was.numbers.as_ref().unwrap().remaining);
        assert!(row.is_stale(at(later)) && row.counted_at == Some(at(NOON)), "its age is told");
    }
    again.refresh(at(later), None).await.unwrap();
    let warm: i64 = server.seen()[asked..].iter().filter(|r| is_range(r)).map(seconds_asked).sum();
    assert!(warm <= 8 * 3_600, "{warm} s were asked for");
    assert!(again.report(at(later), None).rows.iter().all(|row| !row.is_stale(at(later))));
}

#[tokio::test]
async fn a_damaged_file_is_thrown_away_and_counted_anew() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(hundreds).await;
    let source = connect(server.url()).await;
    counting(&source, slos(1), means(&dir, true), at(NOON)).refresh(at(NOON), None).await.unwrap();
    let mut kept = std::fs::read_dir(dir.path().join("counts")).unwrap().map(|entry| entry.unwrap().path());
    let file = kept.find(|path| path.extension().is_some_and(|e| e == "counts")).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&file, bytes).unwrap();
    let mut again = counting(&source, slos(1), means(&dir, true), at(NOON + 60));
    assert!(again.open().rows[0].numbers.is_none() && !file.exists());
    again.refresh(at(NOON + 60), None).await.unwrap();
    assert!(again.report(at(NOON + 60), None).rows[0].numbers.is_some() && file.exists());
}

#[tokio::test]
async fn another_query_or_another_server_takes_nothing_over() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(hundreds).await;
    let source = connect(server.url()).await;
    counting(&source, slos(1), means(&dir, true), at(NOON)).refresh(at(NOON), None).await.unwrap();
    let mut changed = slos(2);
    changed[1].id = changed[0].id.clone();
    assert!(counting(&source, changed.split_off(1), means(&dir, true), at(NOON)).open().rows[0].numbers.is_none());
    let elsewhere = connect(Server::start(hundreds).await.url()).await;
    assert!(counting(&elsewhere, slos(1), means(&dir, true), at(NOON)).open().rows[0].numbers.is_none());
}

#[tokio::test]
async fn who_may_only_read_keeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(hundreds).await;
    let source = connect(server.url()).await;
    let (_eyes, rows) = watched(&["slo0"]);
    counting(&source, slos(1), means(&dir, false), at(NOON)).watching(rows).refresh(at(NOON), None).await.unwrap();
    assert!(!dir.path().join("counts").exists());
}
