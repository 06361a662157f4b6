//! What others do there is heard between two polls.

use std::time::Duration;

use serde_json::json;
use watchfire::{
    config::SourceConfig,
    domain::{Time, held::Verb, op::OpId},
};

use super::super::sources::{self, Source};

use super::{find, lab::Lab, polled, request};
use crate::{
    poller::{AN_HOUR, Polled},
    support::machine_time,
};

/// Polls until so many changes were heard.
async fn heard(source: &dyn Source, many: usize) -> Vec<String> {
    let changes = source.changes().unwrap();
    for _ in 0..200 {
        polled(source).await;
        let all = changes.changes(Time::UNIX_EPOCH, machine_time()).await.unwrap();
        if all.len() >= many {
            assert!(all.iter().all(|c| c.id.is_some()) && all.is_sorted_by_key(|c| c.at), "{all:?}");
            return all.iter().map(|c| format!("{}: {} ({}) {}", c.kind, c.title, c.by, c.text)).collect();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("less than {many} changes were heard");
}

#[tokio::test]
async fn what_others_do_is_heard_and_what_we_do_is_not() {
    let lab = Lab::start().await;
    let source = sources::connect(&lab.config()).await.unwrap();
    polled(&*source).await;
    lab.finds("h1!http", 2, "HTTP CRITICAL").await;
    let told = polled(&*source).await;
    let note = request(Verb::Note, find(&told, "h1!http"), "mine", None);
    source.requests().unwrap().apply(&OpId("1".into()), &note, machine_time()).await.unwrap();
    lab.does("add-comment", json!({ "service": "h1!http", "author": "bob", "comment": "I see it too" })).await;
    lab.does("acknowledge-problem", json!({ "service": "h1!http", "author": "bob", "comment": "mine now" })).await;
    assert_eq!(
        heard(&*source, 3).await,
        [
            "state: h1!http: is CRITICAL () HTTP CRITICAL",
            "comment: h1!http: comment (bob) I see it too",
            "ack: h1!http: acknowledged (bob) mine now",
        ]
    );
    let later = machine_time();
    assert!(source.changes().unwrap().changes(later, later).await.unwrap().is_empty(), "told once");
}

#[tokio::test]
async fn what_happens_there_is_shown_without_waiting_for_the_next_poll() {
    let lab = Lab::start().await;
    let source = sources::connect(&SourceConfig { interval: AN_HOUR, ..lab.config() }).await.unwrap();
    let mut polled = Polled::of(source);
    assert!(polled.next().await.unwrap().told.is_empty());
    lab.finds("h1!http", 2, "HTTP CRITICAL").await;
    let news = polled.news().await;
    assert_eq!(news.told.iter().map(|a| a.fingerprint.as_str()).collect::<Vec<_>>(), ["h1!http"]);
    lab.does("acknowledge-problem", json!({ "service": "h1!http", "author": "bob", "comment": "mine now" })).await;
    let news = polled.news().await;
    assert_eq!(news.told[0].held.as_ref().unwrap().ack.as_ref().unwrap().by.raw(), "bob");
    lab.finds("h1!http", 0, "HTTP OK").await;
    assert_eq!(polled.news().await.gone.len(), 1);
}
