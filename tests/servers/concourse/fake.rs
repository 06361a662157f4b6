//! A Concourse that keeps what is done to it, with the habits of the real server.
//!
//! They are those of its source (`atc/api`, `atc/job.go`, `atc/build.go`, `atc/api/buildserver`, `skymarshal`): nobody
//! publishes a contract, and no server can be had from a package registry, so this was never held against a running one.
//! Times are Unix seconds and left out while they are zero; lists of builds are newest first, in pages by `Link`; the
//! stream of a build sends `event: end` and then holds the connection; `vars` tells the instances of a pipeline apart.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use url::form_urlencoded::parse;

use crate::support::server::{Reply, Request, Server};

pub const NOON: i64 = 1_772_452_800;

/// What the server knows.
pub struct State {
    pub now: i64,
    pub jobs: Vec<Value>,
    pub builds: BTreeMap<i64, Value>,
    /// The messages of a build's stream.
    pub events: BTreeMap<i64, Vec<Value>>,
    /// A token, and when it ends.
    pub tokens: BTreeMap<String, i64>,
    /// Seconds that a token lasts.
    pub life: i64,
    /// After how many messages a stream breaks off, once.
    pub breaks_after: Option<usize>,
    /// What stands in the next page's address in place of this server's own.
    pub outside: Option<String>,
    /// Whether the next page is this one again.
    pub loops: bool,
}

#[derive(Clone)]
pub struct Fake(pub Arc<Mutex<State>>);

impl Fake {
    pub async fn start() -> (Self, Server) {
        let state = State {
            now: NOON,
            jobs: Vec::new(),
            builds: BTreeMap::new(),
            events: BTreeMap::new(),
            tokens: BTreeMap::new(),
            life: 3_600,
            breaks_after: None,
            outside: None,
            loops: false,
        };
        let fake = Self(Arc::new(Mutex::new(state)));
        let answers = fake.clone();
        let server = Server::start(move |request| answers.0.lock().unwrap().answer(request)).await;
        (fake, server)
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }
}

/// A build as the server tells it.
pub fn build(id: i64, job: &str, status: &str, span: (i64, i64)) -> Value {
    let mut build = json!({
        "id": id, "name": id.to_string(), "status": status, "team_name": "main", "pipeline_id": 1,
        "pipeline_name": "shop", "job_name": job, "api_url": format!("/api/v1/builds/{id}"), "created_by": "ana",
    });
    for (key, at) in [("start_time", span.0), ("end_time", span.1)] {
        if at > 0 {
            build[key] = at.into();
        }
    }
    build
}

/// A job with its last build, and the one with which its run of equal results began.
pub fn job(name: &str, finished: Value, transition: Value) -> Value {
    json!({
        "id": 7, "name": name, "team_name": "main", "pipeline_id": 1, "pipeline_name": "shop", "inputs": [],
        "groups": [], "finished_build": finished, "transition_build": transition, "next_build": null,
    })
}

impl State {
    /// With its builds.
    pub fn add(&mut self, job: Value) {
        for key in ["finished_build", "transition_build", "next_build"] {
            if let Some(id) = job[key]["id"].as_i64() {
                self.builds.insert(id, job[key].clone());
            }
        }
        self.jobs.push(job);
    }

    fn answer(&mut self, request: &Request) -> Reply {
        let path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), path.as_slice()) {
            ("POST", ["sky", "issuer", "token"]) => self.login(request),
            (_, ["api", "v1", "info"]) => json_reply(&json!({
                "version": "7.14.0", "worker_version": "2.5", "external_url": "https://ci.example", "cluster_name": "prod",
            })),
            (_, ["api", "v1", ..]) if !self.knows(request) => Reply::status(401, "not authorized"),
            ("GET", ["api", "v1", "jobs"]) => json_reply(&Value::Array(self.jobs.clone())),
            ("GET", ["api", "v1", "builds"]) => self.page(request),
            ("GET", ["api", "v1", "builds", id]) => self.one(id),
            ("PUT", ["api", "v1", "builds", id, "comment"]) => self.comment(id, &request.body),
            ("GET", ["api", "v1", "builds", id, "events"]) => self.stream(id, request),
            ("GET", ["api", "v1", "teams", _, "pipelines", _, "jobs", name]) => self.job(request, name, None),
            ("PUT", ["api", "v1", "teams", _, "pipelines", _, "jobs", name, "pause"]) => {
                self.job(request, name, Some(true))
            }
            ("PUT", ["api", "v1", "teams", _, "pipelines", _, "jobs", name, "unpause"]) => {
                self.job(request, name, Some(false))
            }
            _ => Reply::status(404, "not found"),
        }
    }

    fn knows(&self, request: &Request) -> bool {
        let token = request.headers.get("authorization").and_then(|a| a.strip_prefix("Bearer "));
        token.and_then(|t| self.tokens.get(t)).is_some_and(|ends| *ends > self.now)
    }

    fn login(&mut self, request: &Request) -> Reply {
        // fly:Zmx5
        if request.headers.get("authorization").map(String::as_str) != Some("Basic Zmx5OlpteDU=") {
            return Reply::with(401, "Content-Type: application/json\r\n", r#"{"error":"invalid_client"}"#);
        }
        let form: BTreeMap<String, String> = parse(request.body.as_bytes()).into_owned().collect();
        if form.get("password").map(String::as_str) != Some("hunter22") {
            let body = r#"{"error":"access_denied","error_description":"Invalid username or password"}"#;
            return Reply::with(401, "Content-Type: application/json\r\n", body);
        }
        let token = format!("tok-{}-{}", self.now, self.tokens.len());
        self.tokens.insert(token.clone(), self.now + self.life);
        json_reply(
            &json!({"access_token": token, "token_type": "bearer", "expires_in": self.life - 1, "id_token": "x.y.z"}),
        )
    }

    fn page(&self, request: &Request) -> Reply {
        let query: BTreeMap<String, String> = parse(request.query.as_bytes()).into_owned().collect();
        let number = |key: &str| query.get(key).and_then(|n| n.parse::<i64>().ok());
        let limit = usize::try_from(number("limit").unwrap_or(100)).unwrap();
        let to = number("to").unwrap_or(i64::MAX);
        let page: Vec<(&i64, &Value)> = self.builds.range(..=to).rev().take(limit).collect();
        let oldest = page.last().map_or(0, |(id, _)| **id);
        let host = self.outside.clone().unwrap_or_else(|| "https://ci.example".to_owned());
        let next = if self.loops { to } else { oldest - 1 };
        let more = self.builds.range(..oldest).next().is_some() || self.loops;
        let link = if more {
            format!("Link: <{host}/api/v1/builds?to={next}&limit={limit}>; rel=\"next\"\r\n")
        } else {
            String::new()
        };
        let body: Vec<&Value> = page.into_iter().map(|(_, b)| b).collect();
        Reply::with(200, &format!("Content-Type: application/json\r\n{link}"), &json!(body).to_string())
    }

    fn one(&self, id: &str) -> Reply {
        let build = id.parse().ok().and_then(|id: i64| self.builds.get(&id));
        build.map_or_else(|| Reply::status(404, ""), json_reply)
    }

    fn comment(&mut self, id: &str, body: &str) -> Reply {
        let body: Value = serde_json::from_str(body).unwrap();
        let Some(build) = id.parse().ok().and_then(|id: i64| self.builds.get_mut(&id)) else {
            return Reply::status(404, "");
        };
        build["comment"] = body["comment"].clone();
        Reply::with(204, "", "")
    }

    fn job(&mut self, request: &Request, name: &str, paused: Option<bool>) -> Reply {
        let query: BTreeMap<String, String> = parse(request.query.as_bytes()).into_owned().collect();
        let vars: Value = query.get("vars").map_or(Value::Null, |v| serde_json::from_str(v).unwrap());
        let it = |job: &&mut Value| job["name"] == name && job["pipeline_instance_vars"] == vars;
        let Some(job) = self.jobs.iter_mut().find(it) else { return Reply::status(404, "") };
        if let Some(paused) = paused {
            job["paused"] = paused.into();
            return Reply::with(200, "", "");
        }
        let mut told = job.clone();
        let id = told["finished_build"]["id"].as_i64().unwrap_or_default();
        told["finished_build"] = self.builds.get(&id).cloned().unwrap_or_default();
        // A job by itself does not say when it went red.
        told.as_object_mut().unwrap().remove("transition_build");
        json_reply(&told)
    }

    fn stream(&mut self, id: &str, request: &Request) -> Reply {
        let events = id.parse().ok().and_then(|id: i64| self.events.get(&id)).cloned().unwrap_or_default();
        let from = request.headers.get("last-event-id").and_then(|i| i.parse::<usize>().ok()).map_or(0, |i| i + 1);
        let mut text = String::from(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nX-ATC-Stream-Version: 2.0\r\nConnection: close\r\n\r\n",
        );
        for (n, event) in events.iter().enumerate().skip(from) {
            if self.breaks_after == Some(n) {
                self.breaks_after = None;
                return Reply::raw(text);
            }
            text.push_str(&format!("id: {n}\nevent: event\ndata: {event}\n\n"));
        }
        text.push_str(&format!("id: {}\nevent: end\ndata\n\n", events.len()));
        Reply::held(text)
    }
}

fn json_reply(value: &Value) -> Reply {
    Reply::json(value.to_string())
}
