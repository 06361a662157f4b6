//! Log Cache's gate, as cloudfoundry/log-cache-release has it: what it lets through is counted by a real Prometheus.
//!
//! Its engine is Prometheus' own; that it takes every matcher for `=` is not played, since nothing else is asked of it.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
};

use regex::Regex;
use serde_json::json;
use url::form_urlencoded::parse;

use super::fake::{SEARCH, SHOP};
use crate::support::server::{Reply, Request};

pub struct Metrics {
    /// Where a Prometheus answers; an empty answer without.
    pub behind: Option<String>,
    /// Apps that whoever asks may see.
    pub visible: Vec<&'static str>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { behind: None, visible: vec![SHOP, SEARCH] }
    }
}

fn error(status: u16, kind: &str, why: &str) -> Reply {
    let body = json!({"status": "error", "errorType": kind, "error": why});
    Reply::with(status, "Content-Type: application/json\r\n", &body.to_string())
}

/// Without a word: whoever may not see it does not learn that it is there.
fn hidden() -> Reply {
    Reply::with(404, "", "")
}

impl Metrics {
    /// Only what stands in the address is looked at, whatever the method.
    pub fn answer(&self, request: &Request, knows: bool) -> Reply {
        if !request.headers.contains_key("authorization") {
            return hidden();
        }
        let asked: BTreeMap<String, String> = parse(request.query.as_bytes()).into_owned().collect();
        let Some(query) = asked.get("query") else {
            return error(400, "bad_data", "parse error at char 1: no expression found in input");
        };
        let named = Regex::new(r#"source_id=~?"([^"]*)""#).unwrap();
        let apps: Vec<String> =
            named.captures_iter(query).flat_map(|c| c[1].split('|').map(str::to_owned).collect::<Vec<_>>()).collect();
        if apps.is_empty() {
            return error(400, "bad_data", "query does not request any source_ids");
        }
        if !knows || apps.iter().any(|app| !self.visible.contains(&app.as_str())) {
            return hidden();
        }
        match &self.behind {
            Some(address) => counted(address, request),
            None => Reply::json(r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#),
        }
    }
}

/// What the engine refuses is a fault of its own, says the gate.
fn counted(address: &str, request: &Request) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("GET {}?{} HTTP/1.0\r\n\r\n", request.path, request.query).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    if head.contains(" 200 ") {
        return Reply::json(body);
    }
    let why: serde_json::Value = serde_json::from_str(body).unwrap();
    error(500, "internal", why["error"].as_str().unwrap())
}
