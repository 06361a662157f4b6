//! An objective that is another than in the run before is told once, and only by who may write.

use tokio::sync::mpsc;
use watchfire::{
    app::msg::{GoalChange, Msg},
    domain::slo::{Objective, Slo},
    runtime::budgets::{Means, cache::Cache},
};

use super::{NOON, at, connect, counting, hundreds, slos, watched};
use crate::support::server::Server;

/// What one run tells of changed objectives.
async fn told(url: &str, slos: Vec<Slo>, dir: &tempfile::TempDir, writes: bool) -> Vec<GoalChange> {
    let (inbox, mut heard) = mpsc::channel(64);
    let cache = Some(Cache::new(dir.path().join("counts"), writes));
    let means = Means { samples_a_minute: 0, cache, ..Means::default() };
    let (_eyes, rows) = watched(&["slo0"]);
    let mut run = counting(&connect(url.to_owned()).await, slos, means, at(NOON)).watching(rows);
    run.refresh(at(NOON), Some(&inbox)).await.unwrap();
    run.refresh(at(NOON + 60), Some(&inbox)).await.unwrap();
    drop(inbox);
    let mut found = Vec::new();
    while let Some(msg) = heard.recv().await {
        if let Msg::Goals(changes) = msg {
            found.extend(changes);
        }
    }
    found
}

#[tokio::test]
async fn an_objective_that_changed_between_two_runs_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(hundreds).await;
    let url = server.url();
    assert!(told(&url, slos(2), &dir, true).await.is_empty(), "nothing was known before");
    let mut stricter = slos(2);
    stricter[1].objective = Objective::percent("99.5").unwrap();
    let changes = told(&url, stricter.clone(), &dir, true).await;
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].id.as_str(), changes[0].was.as_str()), ("slo1", "99 % over 30d"));
    assert_eq!((changes[0].asks.as_str(), changes[0].at), ("99.5 % over 30d", at(NOON)));
    assert!(told(&url, stricter, &dir, true).await.is_empty(), "it is remembered");
    assert!(told(&url, slos(2), &dir, false).await.is_empty(), "who may not write tells nothing");
}
