//! A PagerDuty that keeps incidents, users, one escalation policy, notes and a log, by a clock that the test moves.
//!
//! It follows what PagerDuty's documentation says of the REST API, version 2: the `From` rules, the ack that reassigns, acks
//! that end, escalation by time, the wall at 10,000, 429 with its headers. It was checked against nothing else, and never
//! against the real thing: PagerDuty cannot be had here, and its schema may not be kept.

mod acts;
mod show;
mod time;

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::Duration;
use serde_json::{Value, json};
use watchfire::{
    config::{AckMode, Auth, Secret, SourceConfig, SourceKind},
    domain::Time,
};

use crate::support::{
    self,
    server::{Reply, Request, Server},
};

/// A token and what it may do.
pub struct Key {
    /// The index of its user; none for an account's key.
    pub user: Option<usize>,
    pub read_only: bool,
}

#[derive(Clone)]
pub struct User {
    pub id: &'static str,
    pub name: &'static str,
    pub email: &'static str,
}

/// One page of an incident's life.
#[derive(Clone)]
pub struct Incident {
    pub id: String,
    pub number: usize,
    pub title: String,
    pub status: &'static str,
    pub urgency: &'static str,
    pub priority: Option<&'static str>,
    pub service: &'static str,
    pub created_at: Time,
    pub updated_at: Time,
    /// From 1.
    pub level: usize,
    pub assigned: Vec<(usize, Time)>,
    pub acks: Vec<(usize, Time)>,
    pub unack_at: Option<Time>,
    pub escalate_at: Option<Time>,
    pub alerts: Vec<Value>,
    pub notes: Vec<Value>,
}

pub struct State {
    pub now: Time,
    pub key: Key,
    pub users: Vec<User>,
    /// Who is paged on each level, and minutes until the next.
    pub levels: Vec<(usize, i64)>,
    /// Seconds after which an ack ends, where it does.
    pub ack_timeout: Option<i64>,
    pub incidents: Vec<Incident>,
    pub log: Vec<Value>,
    pub change_events: Vec<Value>,
    /// Shifts on level 1: the user, from, until.
    pub shifts: Vec<(usize, Time, Time)>,
    /// Requests that are still allowed; none: any number.
    pub remaining: Option<u32>,
    /// For how many reads after a write the incident is shown as it was before.
    pub lag: usize,
    stale: Option<(Incident, usize)>,
    /// The next write is done, and its answer never comes.
    pub loses_an_answer: bool,
    /// An incident that cannot be read is among the others.
    pub garbage: Option<Value>,
    /// Every page claims that there is more.
    pub loops: bool,
    /// It answers nothing but that it is away.
    pub away: bool,
}

/// What the token is in every test.
pub const TOKEN: &str = "u+AbCdEfGhIjKlMnOpQr";

pub struct Fake {
    state: Arc<Mutex<State>>,
    pub server: Server,
}

pub fn at(text: &str) -> Time {
    format!("2026-11-21T{text}Z").parse().unwrap()
}

impl Fake {
    /// At 03:00, with the token of Ana; Ana is paged first, Bob after 10 minutes, Carla after 20 more.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::new()));
        let own = state.clone();
        let server = Server::start(move |request| own.lock().unwrap().answer(request)).await;
        Self { state, server }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn now(&self) -> Time {
        self.state().now
    }

    /// Lets time pass, and with it what happens by itself.
    pub fn pass(&self, length: Duration) -> Time {
        let mut state = self.state();
        state.now += length;
        state.tick();
        state.now
    }

    /// The same up to a moment; time that has gone does not come back.
    pub fn reaches(&self, now: Time) {
        let mut state = self.state();
        state.now = state.now.max(now);
        state.tick();
    }

    pub fn config(&self) -> SourceConfig {
        config(self.server.url())
    }
}

pub fn config(url: String) -> SourceConfig {
    SourceConfig {
        auth: Auth::Bearer(Secret::Inline(TOKEN.into())),
        ack: AckMode::Native,
        silences_writable: false,
        ..support::config(SourceKind::Pagerduty, &[url])
    }
}

impl State {
    fn new() -> Self {
        let user = |id, name, email| User { id, name, email };
        let users = vec![
            user("PANA001", "Ana", "ana@example.com"),
            user("PBOB001", "Bob", "bob@example.com"),
            user("PCAR001", "Carla", "carla@example.com"),
        ];
        Self {
            now: at("03:00:00"),
            key: Key { user: Some(0), read_only: false },
            users,
            levels: vec![(0, 10), (1, 20), (2, 30)],
            ack_timeout: Some(1800),
            incidents: Vec::new(),
            log: Vec::new(),
            change_events: Vec::new(),
            shifts: Vec::new(),
            remaining: None,
            lag: 0,
            stale: None,
            loses_an_answer: false,
            garbage: None,
            loops: false,
            away: false,
        }
    }

    fn answer(&mut self, request: &Request) -> Reply {
        self.tick();
        let date = self.now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let reply = match self.gate(request) {
            Some(refused) => refused,
            None => match request.method.as_str() {
                "GET" => self.read(request),
                _ => self.write(request),
            },
        };
        reply.dated(&date)
    }

    /// What is said before anything is looked at.
    fn gate(&mut self, request: &Request) -> Option<Reply> {
        let wanted = [format!("Token token={TOKEN}"), format!("Bearer {TOKEN}")];
        let given = request.headers.get("authorization");
        if self.away {
            return Some(refuse(503, 2000, "Service Unavailable", &[]));
        }
        if given.is_none_or(|g| !wanted.contains(g)) {
            return Some(refuse(401, 2006, "Unauthorized", &[]));
        }
        if request.headers.get("accept").map(String::as_str) != Some("application/vnd.pagerduty+json;version=2") {
            return Some(refuse(406, 2000, "Not Acceptable", &[]));
        }
        if let Some(left) = &mut self.remaining {
            if *left == 0 {
                let headers = "ratelimit-limit: 960\r\nratelimit-remaining: 0\r\nratelimit-reset: 37\r\n";
                let body = json!({"error": {"message": "Rate Limit Exceeded", "code": 2020}}).to_string();
                return Some(Reply::with(429, headers, &body));
            }
            *left -= 1;
        }
        (request.method != "GET" && self.key.read_only).then(|| refuse(403, 2010, "Access Denied", &[]))
    }

    fn read(&mut self, request: &Request) -> Reply {
        let query = Query::of(request);
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["users", "me"] => match self.key.user {
                Some(user) => Reply::json(json!({"user": self.user(user)}).to_string()),
                None => refuse(400, 2001, "Invalid Input Provided", &["cannot determine the user of an account token"]),
            },
            ["users"] => {
                let all = (0..self.users.len()).map(|i| self.user(i));
                let wanted = query.one("query").unwrap_or_default().to_lowercase();
                let found = all.filter(|u| u["email"].as_str().is_some_and(|e| e.contains(&wanted)));
                self.page(&query, "users", found.collect(), |user| user)
            }
            ["incidents"] => self.list(&query),
            ["incidents", id] => self.one(id, &query),
            ["incidents", id, "alerts"] => {
                let found = self.incidents.iter().find(|i| i.id == *id).map(|i| i.alerts.clone());
                self.page(&query, "alerts", found.unwrap_or_default(), |alert| alert)
            }
            ["incidents", id, "notes"] => {
                let found = self.incidents.iter().find(|i| i.id == *id).map(|i| i.notes.clone());
                found.map_or_else(missing, |notes| Reply::json(json!({ "notes": notes }).to_string()))
            }
            ["incidents", id, "log_entries"] => {
                let of = |e: &&Value| e["incident"]["id"] == *id;
                self.page(&query, "log_entries", self.log.iter().rev().filter(of).collect(), Value::clone)
            }
            ["log_entries"] => self.between(&query, "log_entries", "created_at", &self.log),
            ["change_events"] => self.between(&query, "change_events", "timestamp", &self.change_events),
            ["oncalls"] => self.on_calls(&query),
            _ => missing(),
        }
    }

    fn between(&self, query: &Query, list: &str, field: &str, all: &[Value]) -> Reply {
        let time = |text: &str| text.parse::<Time>().unwrap();
        let (since, until) = (query.one("since"), query.one("until"));
        let within = |e: &&Value| {
            let at = time(e[field].as_str().unwrap());
            since.as_ref().is_none_or(|s| at >= time(s)) && until.as_ref().is_none_or(|u| at <= time(u))
        };
        let mut found: Vec<&Value> = all.iter().rev().filter(within).collect();
        found.sort_by_key(|e| std::cmp::Reverse(time(e[field].as_str().unwrap())));
        self.page(query, list, found, Value::clone)
    }

    /// `limit` rows from `offset` on; the wall is at 10,000.
    fn page<T>(&self, query: &Query, list: &str, rows: Vec<T>, show: impl Fn(T) -> Value) -> Reply {
        let number = |name: &str| query.one(name).and_then(|n| n.parse::<usize>().ok());
        let (limit, offset) = (number("limit").unwrap_or(25).min(100), number("offset").unwrap_or(0));
        if offset + limit > 10_000 {
            return refuse(400, 2001, "Invalid Input Provided", &["Offset plus limit must not exceed 10000"]);
        }
        let offset = if self.loops { 0 } else { offset };
        let more = self.loops || rows.len() > offset + limit;
        let rows: Vec<Value> = rows.into_iter().skip(offset).take(limit).map(show).collect();
        let body = json!({list: rows, "limit": limit, "offset": offset, "more": more, "total": null});
        Reply::json(body.to_string())
    }
}

pub fn missing() -> Reply {
    refuse(404, 2100, "Not Found", &[])
}

pub fn refuse(status: u16, code: i64, message: &str, errors: &[&str]) -> Reply {
    let body = json!({"error": {"message": message, "code": code, "errors": errors}}).to_string();
    Reply::with(status, "Content-Type: application/json\r\n", &body)
}

/// What stands behind the question mark.
pub struct Query(Vec<(String, String)>);

impl Query {
    fn of(request: &Request) -> Self {
        Self(url::form_urlencoded::parse(request.query.as_bytes()).into_owned().collect())
    }

    pub fn one(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
    }

    /// Whether a filter lets this through; one that is not there does.
    pub fn lets(&self, name: &str, value: &str) -> bool {
        let all = self.all(name);
        all.is_empty() || all.contains(&value)
    }

    pub fn includes(&self, what: &str) -> bool {
        self.all("include[]").contains(&what)
    }
}
