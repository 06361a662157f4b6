//! A note at an app.

use serde_json::json;
use watchfire::domain::{
    alert::AlertId,
    held::{Applied, Request, Verb},
    op::OpId,
    source::SourceName,
};

use super::{at, crashing, fake::SHOP, source};

#[tokio::test]
async fn a_note_is_merged_into_the_apps_annotations_and_read_back() {
    let (fake, server) = crashing().await;
    fake.with(|s| {
        let kept = s.annotations.entry(SHOP.to_owned()).or_default();
        kept.insert("owner".to_owned(), json!("team-shop"));
        kept.insert("oncall.example.com/note".to_owned(), json!("bob: seen"));
    });
    let source = source(&server, "note_prefix = \"oncall.example.com\"").await;
    let alert = source.poll(at(0)).await.unwrap().alerts[0].clone();
    let request = Request {
        verb: Verb::Note,
        alert: AlertId { source: SourceName::new("cf"), fingerprint: alert.fingerprint.clone() },
        began: alert.starts_at,
        actor: "ana".to_owned(),
        text: "more\nmemory".to_owned(),
        until: None,
    };
    let requests = source.requests().unwrap();
    let plan = requests.plan(&request, at(1)).await.unwrap();
    assert_eq!(plan.effects[0], "adds a line to the annotation oncall.example.com/note of the app shop");
    let op = OpId("op-9".to_owned());
    assert_eq!(requests.is_so(&op, &request, None, at(1)).await.unwrap(), None);
    for _ in 0..2 {
        assert!(matches!(requests.apply(&op, &request, at(1)).await.unwrap(), Applied::Done { .. }));
    }
    assert!(requests.is_so(&op, &request, None, at(1)).await.unwrap().is_some());
    let kept = fake.with(|s| s.annotations[SHOP].clone());
    assert_eq!(kept["owner"], "team-shop");
    assert_eq!(kept["oncall.example.com/note"], "bob: seen\nana: more memory [op-9]");
}
