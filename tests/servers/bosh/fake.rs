//! A BOSH director with its UAA, with the habits of the real one.
//!
//! They are those of its source (`bosh-director/lib/bosh/director/api/controllers`): nobody publishes a contract, and no
//! director can be had from a package registry, so this was never held against a running one. `/info` wants no login;
//! `format=full` begins a task and redirects there; a task's output is read by ranges, and 416 says that there is nothing
//! new; its results are an object a line, with numbers as texts and nulls; events come newest first, two hundred a page,
//! `after_time` leaves its own second out, and nothing is recorded unless the operator says so.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
};

use serde_json::{Value, json};
use url::form_urlencoded::parse;

use crate::support::server::{Reply, Request, Server};

pub const NOON: i64 = 1_772_452_800;

pub struct State {
    pub now: i64,
    url: OnceLock<String>,
    pub basic: bool,
    /// Where UAA is said to be, if not here.
    pub uaa: Option<String>,
    pub tasks: BTreeMap<i64, Value>,
    /// By task and type.
    pub outputs: BTreeMap<(i64, String), String>,
    pub instances: Vec<Value>,
    /// What the agents say once they are asked, a line each.
    pub agents: String,
    pub records: bool,
    pub events: Vec<Value>,
    pub tokens: Vec<String>,
    /// In place of this server's own in a redirect.
    pub outside: Option<String>,
}

#[derive(Clone)]
pub struct Fake(pub Arc<Mutex<State>>);

impl Fake {
    pub async fn start() -> (Self, Server) {
        let fake = Self(Arc::new(Mutex::new(State {
            now: NOON,
            url: OnceLock::new(),
            basic: false,
            uaa: None,
            tasks: BTreeMap::new(),
            outputs: BTreeMap::new(),
            instances: Vec::new(),
            agents: String::new(),
            records: true,
            events: Vec::new(),
            tokens: Vec::new(),
            outside: None,
        })));
        let answers = fake.clone();
        let server = Server::start(move |request| answers.0.lock().unwrap().answer(request)).await;
        fake.with(|s| s.url.set(server.url()).unwrap());
        (fake, server)
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }
}

impl State {
    pub fn task(&mut self, id: i64, state: &str, what: (&str, &str), span: (i64, i64)) {
        let task = json!({
            "id": id, "state": state, "description": what.1, "timestamp": span.1, "started_at": span.0,
            "result": if state == "error" { json!("Timed out pinging VM") } else { Value::Null }, "user": "ci",
            "deployment": what.0, "context_id": "",
        });
        self.tasks.insert(id, task);
    }

    pub fn event(&mut self, at: i64, event: Value) {
        let mut event = event;
        event["id"] = (self.events.len() + 1).to_string().into();
        event["timestamp"] = at.into();
        self.events.push(event);
    }

    fn answer(&mut self, request: &Request) -> Reply {
        let path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let query: BTreeMap<String, String> = parse(request.query.as_bytes()).into_owned().collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["info"]) => self.info(),
            ("POST", ["oauth", "token"]) => self.login(request),
            _ if !self.knows(request) => {
                Reply::with(401, "WWW-Authenticate: Basic realm=\"BOSH Director\"\r\n", "Not authorized: '/'\n")
            }
            ("GET", ["tasks"]) => self.list(&query),
            ("GET", ["tasks", id]) => self.one(id),
            ("GET", ["tasks", id, "output"]) => self.output(id, &query["type"], request),
            ("GET", ["deployments"]) => Reply::json(json!([{"name": "cf", "cloud_config": "latest"}]).to_string()),
            ("GET", ["deployments", "cf", "instances"]) if query.contains_key("format") => self.ask_agents(),
            ("GET", ["deployments", "cf", "instances"]) => Reply::json(json!(self.instances).to_string()),
            ("GET", ["events"]) => self.page(&query),
            ("POST", ["events"]) => self.write(&request.body),
            _ => Reply::with(404, "Content-Type: application/json\r\n", r#"{"code":70000,"description":"Not found"}"#),
        }
    }

    fn info(&self) -> Reply {
        let how = if self.basic {
            json!({"type": "basic", "options": {}})
        } else {
            let url = self.uaa.as_ref().unwrap_or_else(|| self.url.get().unwrap());
            json!({"type": "uaa", "options": {"url": url, "urls": [url]}})
        };
        Reply::json(json!({"name": "prod-director", "uuid": "u", "version": "280.1.0 (00000000)", "user": null, "cpi": "vsphere", "user_authentication": how}).to_string())
    }

    fn login(&mut self, request: &Request) -> Reply {
        // ops:s3cret-ops and bosh_cli:
        let good = request.body == "grant_type=client_credentials"
            && request.headers["authorization"] == "Basic b3BzOnMzY3JldC1vcHM="
            || request.body.contains("refresh_token=ref-of-bosh")
                && request.headers["authorization"] == "Basic Ym9zaF9jbGk6";
        if !good {
            return Reply::with(401, "Content-Type: application/json\r\n", r#"{"error":"unauthorized"}"#);
        }
        self.tokens.push(format!("tok-{}-{}", self.now, self.tokens.len()));
        Reply::json(
            json!({"access_token": self.tokens.last(), "token_type": "bearer", "expires_in": 3_599}).to_string(),
        )
    }

    fn knows(&self, request: &Request) -> bool {
        let said = request.headers.get("authorization").map_or("", String::as_str);
        // ops:s3cret-ops
        if self.basic {
            said == "Basic b3BzOnMzY3JldC1vcHM="
        } else {
            said.strip_prefix("Bearer ").is_some_and(|t| self.tokens.iter().any(|k| k == t))
        }
    }

    fn list(&self, query: &BTreeMap<String, String>) -> Reply {
        let states: Option<Vec<&str>> = query.get("state").map(|s| s.split(',').collect());
        let limit = query.get("limit").map_or(usize::MAX, |l| l.parse().unwrap());
        let takes = |t: &&Value| states.as_ref().is_none_or(|s| s.contains(&t["state"].as_str().unwrap()));
        let tasks: Vec<&Value> = self.tasks.values().rev().filter(takes).take(limit).collect();
        Reply::json(json!(tasks).to_string())
    }

    fn one(&self, id: &str) -> Reply {
        let task = id.parse().ok().and_then(|id: i64| self.tasks.get(&id));
        task.map_or_else(|| Reply::status(404, ""), |t| Reply::json(t.to_string()))
    }

    fn output(&self, id: &str, kind: &str, request: &Request) -> Reply {
        let Some(text) = self.outputs.get(&(id.parse().unwrap(), kind.to_owned())) else {
            return Reply::with(204, "", "");
        };
        let from = request
            .headers
            .get("range")
            .and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        match from {
            Some(from) if from >= text.len() => {
                Reply::with(416, &format!("Content-Range: bytes */{}\r\n", text.len()), "")
            }
            Some(from) => {
                let range = format!(
                    "Content-Type: text/plain\r\nContent-Range: bytes {from}-{}/{}\r\n",
                    text.len() - 1,
                    text.len()
                );
                Reply::with(206, &range, &text[from..])
            }
            None => Reply::status(200, text),
        }
    }

    fn ask_agents(&mut self) -> Reply {
        let id = self.tasks.keys().max().copied().unwrap_or(0) + 1;
        self.task(id, "processing", ("cf", "retrieve vm-stats"), (self.now, self.now));
        let host = self.outside.clone().unwrap_or_else(|| self.url.get().unwrap().clone());
        Reply::redirect(302, &format!("{host}/tasks/{id}"))
    }

    /// The task that asks the agents ends.
    pub fn agents_answer(&mut self) -> i64 {
        let (id, task) = self.tasks.iter_mut().rfind(|(_, t)| t["description"] == "retrieve vm-stats").unwrap();
        task["state"] = "done".into();
        let id = *id;
        self.outputs.insert((id, "result".to_owned()), self.agents.clone());
        id
    }

    fn page(&self, query: &BTreeMap<String, String>) -> Reply {
        let number = |key: &str| query.get(key).map(|n| n.parse::<i64>().unwrap());
        let takes = |e: &&Value| {
            let id: i64 = e["id"].as_str().unwrap().parse().unwrap();
            number("before_id").is_none_or(|b| id < b)
                && number("after_time").is_none_or(|t| e["timestamp"].as_i64().unwrap() > t)
        };
        let page: Vec<&Value> = self.events.iter().rev().filter(takes).take(200).collect();
        Reply::json(json!(page).to_string())
    }

    fn write(&mut self, body: &str) -> Reply {
        let event: Value = serde_json::from_str(body).unwrap();
        if self.records {
            self.event(self.now, event);
        }
        Reply::with(200, "", "")
    }
}
