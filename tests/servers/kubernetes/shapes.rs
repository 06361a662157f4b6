//! The fake's own lines against those of a real API server: the same fields with the same types.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{EVENTS, fake::Fake};
use crate::support::fixture;

fn recorded(name: &str) -> Vec<Value> {
    let path = fixture(&format!("recordings/kubernetes/1.36-apiextensions/{name}.ndjson"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Every field by its path, with its type; what a field set names differs from object to object.
fn shape(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    found.insert(format!("{at}: {kind}"));
    match value {
        Value::Array(items) => items.iter().for_each(|i| shape(i, &format!("{at}[]"), found)),
        Value::Object(fields) => fields.iter().for_each(|(k, v)| shape(v, &format!("{at}.{k}"), found)),
        _ => {}
    }
}

fn shape_of(line: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    shape(line, line["type"].as_str().unwrap(), &mut found);
    found
}

/// The lines of a watch, as many as are wanted.
async fn watched(fake: &Fake, version: &str, wanted: usize) -> Vec<Value> {
    let mut stream = TcpStream::connect(fake.url().trim_start_matches("http://")).await.unwrap();
    let path = format!("/{EVENTS}?watch=1&resourceVersion={version}");
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut text = String::new();
    loop {
        let lines: Vec<Value> =
            text.lines().filter_map(|l| serde_json::from_str(l).ok()).filter(Value::is_object).collect();
        if lines.len() >= wanted {
            return lines;
        }
        let mut bytes = vec![0; 64 * 1024];
        let n = stream.read(&mut bytes).await.unwrap();
        assert!(n > 0, "{text}");
        text.push_str(std::str::from_utf8(&bytes[..n]).unwrap());
    }
}

fn event(name: &str, count: i64) -> Value {
    json!({
        "apiVersion": "events.k8s.io/v1", "kind": "Event",
        "metadata": { "name": name, "namespace": "prod" },
        "note": "Back-off restarting failed container", "reason": "BackOff", "type": "Warning",
        "regarding": { "kind": "Pod", "name": "web-1", "namespace": "prod" },
        "series": { "count": count, "lastObservedTime": "2026-11-21T02:00:00.000000Z" },
    })
}

#[tokio::test]
async fn the_fakes_watch_has_the_lines_of_a_real_one() {
    let fake = Fake::start().await;
    fake.put(EVENTS, event("e1", 1));
    let from = "8";
    fake.put(EVENTS, event("e2", 1));
    fake.put(EVENTS, event("e1", 7));
    fake.delete(EVENTS, "prod", "e2");
    fake.bookmark(EVENTS, "Event", "events.k8s.io/v1");
    let real = recorded("watch");
    let ours = watched(&fake, from, real.len()).await;
    let kinds = |lines: &[Value]| lines.iter().map(|l| l["type"].clone()).collect::<Vec<_>>();
    assert_eq!(kinds(&ours), kinds(&real));
    for (ours, real) in ours.iter().zip(&real) {
        assert_eq!(shape_of(ours), shape_of(real));
    }
}

#[tokio::test]
async fn the_fakes_refusal_of_an_old_version_is_that_of_a_real_one() {
    let fake = Fake::start().await;
    fake.compact();
    let ours = watched(&fake, "1", 1).await;
    let real = recorded("watch-410");
    assert_eq!(ours, real, "the first compaction of the fake forgets everything before 8");
}
