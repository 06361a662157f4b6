//! Grafana's paths before a real Alertmanager, with its own names added: organisations, a token that may mute one rule alone,
//! rules in pages, a table of annotations.
//!
//! Written from the sheet of documented habits; there is no Grafana to be had here, so it was checked against none. What
//! Alertmanager answers is a real one's.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use crate::support::{
    real::Real,
    server::{Reply, Request, Server},
};

const PREFIX: &str = "/api/alertmanager/grafana";
/// The same Alertmanager as a data source of Grafana's, by its UID; no rules are under that.
const FOREIGN: &str = "/api/alertmanager/am-7";
const RULES: &str = "/api/prometheus/grafana/api/v1/rules";

pub struct Fake {
    pub alertmanager: Real,
    pub server: Server,
    pub waiting: Arc<Mutex<Waiting>>,
}

/// What its rules tell of alerts that are about to fire.
#[derive(Default)]
pub struct Waiting {
    /// As rules with their alerts; a Grafana of old sends the other rules too.
    pub rules: Vec<Value>,
    pub is_old: bool,
    pub refuses: bool,
}

impl Fake {
    pub async fn start() -> Self {
        let alertmanager = Real::alertmanager().await;
        let behind = alertmanager.address().to_owned();
        let table = Arc::new(Mutex::new(vec![
            json!({ "id": 1, "alertId": 0, "time": 0, "text": "deploy 1.2", "tags": ["deploy", "service:shop"], "login": "ci" }),
        ]));
        let waiting = Arc::<Mutex<Waiting>>::default();
        let own = waiting.clone();
        let server = Server::start(move |r| answer(r, &behind, &table, &own.lock().unwrap())).await;
        Self { alertmanager, server, waiting }
    }
}

fn answer(r: &Request, behind: &str, table: &Mutex<Vec<Value>>, waiting: &Waiting) -> Reply {
    if r.path == "/api/health" {
        return Reply::json(r#"{"database":"ok","version":"11.2.0","commit":"x"}"#);
    }
    if r.headers.get("x-grafana-org-id").is_none_or(|org| org != "2") {
        return Reply::with(401, "Content-Type: application/json\r\n", r#"{"message":"Unauthorized"}"#);
    }
    match (r.method.as_str(), r.path.as_str()) {
        (_, RULES) if r.query.contains("state=pending") => pending(r, waiting),
        (_, RULES) => rules(r),
        ("POST", "/api/annotations") => add(r, table),
        ("GET", "/api/annotations") => Reply::json(Value::from(found(r, table)).to_string()),
        (method, path) => match path.strip_prefix(PREFIX).or_else(|| path.strip_prefix(FOREIGN)) {
            Some("/api/v2/silences") if method == "POST" && !r.body.contains("__alert_rule_uid__") => Reply::with(
                403,
                "Content-Type: application/json\r\n",
                r#"{"message":"user is not authorized to create silences"}"#,
            ),
            Some(path) => forward(behind, method, path, r),
            None => Reply::with(404, "Content-Type: application/json\r\n", r#"{"message":"Not found"}"#),
        },
    }
}

/// As a reverse proxy does.
fn forward(behind: &str, method: &str, path: &str, r: &Request) -> Reply {
    let target = if r.query.is_empty() { path.to_owned() } else { format!("{path}?{}", r.query) };
    let mut stream = TcpStream::connect(behind).unwrap();
    let head = format!("{method} {target} HTTP/1.0\r\nHost: {behind}\r\nContent-Type: application/json\r\n");
    write!(stream, "{head}Content-Length: {}\r\n\r\n{}", r.body.len(), r.body).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    Reply::raw(bytes)
}

/// Two pages; the second one leads nowhere. Without a limit of alerts it is too slow to be waited for.
fn rules(r: &Request) -> Reply {
    if !r.query.contains("limit_alerts=") {
        return Reply::status(504, "it took ten seconds");
    }
    let rule = |uid: &str, name: &str| {
        json!({ "name": "g", "file": "shop", "rules": [{ "name": name, "uid": uid, "query": "up == 0", "duration": 60,
            "health": "error", "lastError": "no data source", "totals": { "alerting": 12, "normal": 3 } }] })
    };
    let second = r.query.contains("group_next_token=p2");
    let data = match second {
        false => json!({ "groups": [rule("u0", "Other")], "groupNextToken": "p2" }),
        true => json!({ "groups": [rule("u1", "Checkout slow")] }),
    };
    Reply::json(json!({ "status": "success", "data": data }).to_string())
}

/// Those that have an alert in the state, and all of them where the filter is not known.
fn pending(r: &Request, waiting: &Waiting) -> Reply {
    if waiting.refuses {
        return Reply::with(403, "Content-Type: application/json\r\n", r#"{"message":"alert.rules:read is missing"}"#);
    }
    assert!(r.query.contains("limit_alerts=100"), "{}", r.query);
    let is_pending = |rule: &&Value| rule["alerts"].as_array().unwrap().iter().any(|a| a["state"] != "Normal");
    let rules: Vec<&Value> = waiting.rules.iter().filter(|rule| waiting.is_old || is_pending(rule)).collect();
    let group = json!({ "name": "g", "file": "shop", "rules": rules });
    let groups = if rules.is_empty() { json!([]) } else { json!([group]) };
    Reply::json(json!({ "status": "success", "data": { "groups": groups } }).to_string())
}

fn add(r: &Request, table: &Mutex<Vec<Value>>) -> Reply {
    let mut posted: Value = serde_json::from_str(&r.body).unwrap();
    let mut table = table.lock().unwrap();
    let id = table.len() + 1;
    posted["id"] = json!(id);
    table.push(posted);
    Reply::json(json!({ "message": "Annotation added", "id": id }).to_string())
}

/// All of the wanted tags, as Grafana matches them; one that is dated 0 is dated a minute before what is asked for.
fn found(r: &Request, table: &Mutex<Vec<Value>>) -> Vec<Value> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(r.query.as_bytes()).into_owned().collect();
    let number = |name: &str| pairs.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.parse::<i64>().ok()).unwrap();
    let (from, to) = (number("from"), number("to"));
    let mut rows = table.lock().unwrap().clone();
    rows.iter_mut().filter(|row| row["time"] == 0).for_each(|row| row["time"] = json!(to - 60_000));
    let tagged = |row: &Value| {
        let wanted = pairs.iter().filter(|(n, _)| n == "tags");
        wanted.map(|(_, tag)| json!(tag)).all(|tag| row["tags"].as_array().is_some_and(|tags| tags.contains(&tag)))
    };
    rows.retain(|row| tagged(row) && row["time"].as_i64().is_some_and(|at| at >= from && at <= to));
    rows
}
