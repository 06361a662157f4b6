//! A Cloud Foundry that keeps what is done to it: the API with its UAA and its Log Cache, all on one address.
//!
//! Its answers are held to the schemas of the published contract in `contract.rs`. What the contract does not say is from
//! the server's documentation: absolute addresses of pages, filters, tokens that end, a crash that is written down twice,
//! annotations that are merged. It was never held against a running foundation.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
};

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};
use url::form_urlencoded::parse;

use super::metrics::Metrics;
use crate::support::server::{Reply, Request, Server};

pub const SHOP: &str = "11111111-1111-4111-8111-111111111111";
pub const SEARCH: &str = "22222222-2222-4222-8222-222222222222";
const SPACE: &str = "33333333-3333-4333-8333-333333333333";
const ORGANIZATION: &str = "44444444-4444-4444-8444-444444444444";

pub fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

pub fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub struct State {
    pub now: DateTime<Utc>,
    url: OnceLock<String>,
    pub events: Vec<Value>,
    pub deployments: Vec<Value>,
    /// States of the instances of an app's web process.
    pub instances: BTreeMap<String, Vec<&'static str>>,
    pub annotations: BTreeMap<String, BTreeMap<String, Value>>,
    /// Access tokens and refresh tokens, and when they end.
    pub tokens: BTreeMap<String, DateTime<Utc>>,
    pub refreshes: Vec<String>,
    pub rotates: bool,
    pub page: usize,
    pub remaining: Option<(u32, u32)>,
    /// In place of this server's own in the next page.
    pub outside: Option<String>,
    pub metrics: Metrics,
    /// What was answered: path, method and body.
    pub answered: Vec<(String, String, Value)>,
}

#[derive(Clone)]
pub struct Fake(pub Arc<Mutex<State>>);

impl Fake {
    pub async fn start() -> (Self, Server) {
        let fake = Self(Arc::new(Mutex::new(State {
            now: noon(),
            url: OnceLock::new(),
            events: Vec::new(),
            deployments: Vec::new(),
            instances: BTreeMap::new(),
            annotations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            refreshes: Vec::new(),
            rotates: false,
            page: 50,
            remaining: None,
            outside: None,
            metrics: Metrics::default(),
            answered: Vec::new(),
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
    fn url(&self) -> &str {
        self.url.get().unwrap()
    }

    /// Writes down what was done to an app, and answers the event's guid.
    pub fn event(&mut self, app: &str, kind: &str, at: DateTime<Utc>, data: Value) -> String {
        let guid =
            uuid::Uuid::from_u128(0xeeee_0000_0000_4000_8000_0000_0000_0000 + self.events.len() as u128).to_string();
        let actor = if kind.contains("process") {
            json!({"guid": SPACE, "type": "process", "name": "web"})
        } else {
            json!({"guid": ORGANIZATION, "type": "user", "name": "ana"})
        };
        self.events.push(json!({
            "guid": guid, "created_at": text(at), "updated_at": text(at), "type": kind, "actor": actor,
            "target": {"guid": app, "type": "app", "name": name_of(app)}, "data": data,
            "space": {"guid": SPACE}, "organization": {"guid": ORGANIZATION},
            "links": {"self": {"href": format!("{}/v3/audit_events/{guid}", self.url())}},
        }));
        guid
    }

    /// A crash, which the server writes down in both of its forms.
    pub fn crash(&mut self, app: &str, index: i64, at: DateTime<Utc>) {
        let data = json!({
            "instance": "a1", "index": index, "cell_id": "cell-7", "exit_description": "out of memory",
            "exit_status": 137, "reason": "CRASHED",
        });
        self.event(app, "audit.app.process.crash", at, data.clone());
        self.event(app, "app.crash", at, data);
    }

    pub fn deployment(
        &mut self,
        guid: u128,
        app: &str,
        began: DateTime<Utc>,
        status: (&str, &str),
        error: Option<&str>,
    ) {
        let guid = uuid::Uuid::from_u128(0xdddd_0000_0000_4000_8000_0000_0000_0000 + guid).to_string();
        self.deployments.retain(|d| d["guid"] != guid);
        let mut details = json!({"last_status_change": text(self.now), "last_successful_healthcheck": text(began)});
        if let Some(error) = error {
            details["error"] = error.into();
        }
        self.deployments.push(json!({
            "guid": guid, "created_at": text(began), "updated_at": text(self.now), "strategy": "rolling",
            "status": {"value": status.0, "reason": status.1, "details": details},
            "options": {"max_in_flight": 1}, "droplet": {"guid": SPACE}, "previous_droplet": {"guid": SPACE},
            "new_processes": [], "revision": null, "metadata": {"labels": {}, "annotations": {}},
            "relationships": {"app": {"data": {"guid": app}}}, "links": {},
        }));
    }

    fn answer(&mut self, request: &Request) -> Reply {
        let path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let query: BTreeMap<String, String> = parse(request.query.as_bytes()).into_owned().collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", [""]) => self.told(request, self.root()),
            ("POST", ["oauth", "token"]) => self.login(request),
            (_, ["v3", ..]) if !self.knows(request) => error(401, 1000, "CF-InvalidAuthToken", "Invalid Auth Token"),
            ("GET", ["v3", "spaces"]) => self.spaces(request),
            ("GET", ["v3", "audit_events"]) => self.feed(request, &query),
            ("GET", ["v3", "deployments"]) => self.active(request, &query),
            ("GET", ["v3", "deployments", guid]) => {
                let found = self.deployments.iter().find(|d| d["guid"] == **guid).cloned();
                self.found(request, found)
            }
            ("GET", ["v3", "apps"]) => {
                let all = query["guids"].split(',').filter_map(|g| self.app(g)).collect();
                self.paged(request, &query, all)
            }
            ("GET", ["v3", "apps", guid]) => self.found(request, self.app(guid)),
            ("PATCH", ["v3", "apps", guid]) => self.annotate(request, guid),
            ("GET", ["v3", "apps", guid, "processes", "web", "stats"]) => self.found(request, self.stats(guid)),
            (_, ["api", "v1", "query" | "query_range"]) => self.metrics.answer(request, self.knows(request)),
            _ => error(404, 10_000, "CF-NotFound", "Unknown request"),
        }
    }

    fn told(&mut self, request: &Request, body: Value) -> Reply {
        self.answered.push((request.path.clone(), request.method.to_lowercase(), body.clone()));
        let rate = self.remaining.map_or(String::new(), |(left, limit)| {
            let reset = self.now.timestamp() + 600;
            format!("X-RateLimit-Limit: {limit}\r\nX-RateLimit-Remaining: {left}\r\nX-RateLimit-Reset: {reset}\r\n")
        });
        Reply::with(200, &format!("Content-Type: application/json; charset=utf-8\r\n{rate}"), &body.to_string())
    }

    fn found(&mut self, request: &Request, body: Option<Value>) -> Reply {
        match body {
            Some(body) => self.told(request, body),
            None => error(404, 10_010, "CF-ResourceNotFound", "Resource not found"),
        }
    }

    fn root(&self) -> Value {
        let here = |path: &str| json!({"href": format!("{}{path}", self.url())});
        json!({"links": {
            "self": here(""), "cloud_controller_v3": {"href": format!("{}/v3", self.url()), "meta": {"version": "3.195.0"}},
            "uaa": here(""), "log_cache": here(""),
        }})
    }

    fn knows(&self, request: &Request) -> bool {
        let token = request.headers.get("authorization").and_then(|a| a.split_once(' ')).map(|(_, token)| token);
        token.and_then(|t| self.tokens.get(t)).is_some_and(|ends| *ends > self.now)
    }

    fn login(&mut self, request: &Request) -> Reply {
        let form: BTreeMap<String, String> = parse(request.body.as_bytes()).into_owned().collect();
        // cf: and robot:s3cret-robot
        let open = request.headers["authorization"] == "Basic Y2Y6";
        let robot = request.headers["authorization"] == "Basic cm9ib3Q6czNjcmV0LXJvYm90";
        let good = match form["grant_type"].as_str() {
            "password" => open && form["username"] == "ana" && form["password"] == "hunter22",
            "client_credentials" => robot,
            "refresh_token" => open && self.refreshes.contains(&form["refresh_token"]),
            _ => false,
        };
        if !good {
            let body = r#"{"error":"unauthorized","error_description":"Bad credentials"}"#;
            return Reply::with(401, "Content-Type: application/json\r\n", body);
        }
        let access = format!("tok-{}-{}", self.now.timestamp(), self.tokens.len());
        self.tokens.insert(access.clone(), self.now + Duration::seconds(600));
        let mut body = json!({"access_token": access, "token_type": "bearer", "expires_in": 599, "scope": "cloud_controller.read"});
        if form["grant_type"] != "client_credentials" {
            if self.rotates || self.refreshes.is_empty() {
                self.refreshes = vec![format!("ref-{}-{}", self.now.timestamp(), self.tokens.len())];
            }
            body["refresh_token"] = self.refreshes[0].clone().into();
        }
        Reply::json(body.to_string())
    }

    fn spaces(&mut self, request: &Request) -> Reply {
        let at = text(noon());
        let belongs = |kind: &str, guid: &str| json!({kind: {"data": {"guid": guid}}});
        let body = json!({
            "pagination": pagination(1, None),
            "resources": [{"guid": SPACE, "name": "prod", "created_at": at, "updated_at": at,
                "relationships": belongs("organization", ORGANIZATION), "metadata": {"labels": {}, "annotations": {}}, "links": {}}],
            "included": {"organizations": [{"guid": ORGANIZATION, "name": "acme", "created_at": at, "updated_at": at,
                "suspended": false, "relationships": belongs("quota", SPACE), "links": {}}]},
        });
        self.told(request, body)
    }

    fn feed(&mut self, request: &Request, query: &BTreeMap<String, String>) -> Reply {
        assert_eq!(query["order_by"], "-created_at");
        let after = query.get("created_ats[gt]").cloned().unwrap_or_default();
        let types: Vec<&str> = query["types"].split(',').collect();
        let takes = |e: &&Value| {
            types.contains(&e["type"].as_str().unwrap()) && e["created_at"].as_str().unwrap() > after.as_str()
        };
        let mut all: Vec<Value> = self.events.iter().filter(takes).cloned().collect();
        all.sort_by_key(|e| std::cmp::Reverse(e["created_at"].as_str().unwrap().to_owned()));
        self.paged(request, query, all)
    }

    fn active(&mut self, request: &Request, query: &BTreeMap<String, String>) -> Reply {
        let wanted = query.get("status_values").cloned();
        let takes = |d: &&Value| wanted.as_ref().is_none_or(|w| d["status"]["value"] == **w);
        let all = self.deployments.iter().filter(takes).cloned().collect();
        self.paged(request, query, all)
    }

    /// Pages of this server's own size, whatever is asked for, with the absolute address of the next.
    fn paged(&mut self, request: &Request, query: &BTreeMap<String, String>, all: Vec<Value>) -> Reply {
        let number = query.get("page").map_or(1, |p| p.parse::<usize>().unwrap());
        let next = (number * self.page < all.len()).then(|| {
            let mut more: BTreeMap<&str, String> = query.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
            more.insert("page", (number + 1).to_string());
            let more = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(more).finish();
            let host = self.outside.clone().unwrap_or_else(|| self.url().to_owned());
            format!("{host}{}?{more}", request.path)
        });
        let total = all.len();
        let resources: Vec<Value> = all.into_iter().skip((number - 1) * self.page).take(self.page).collect();
        self.told(request, json!({"pagination": pagination(total, next), "resources": resources}))
    }

    fn app(&self, guid: &str) -> Option<Value> {
        let at = text(noon());
        let none = BTreeMap::new();
        [SHOP, SEARCH].contains(&guid).then(|| {
            json!({
                "guid": guid, "name": name_of(guid), "state": "STARTED", "created_at": at, "updated_at": at,
                "lifecycle": {"type": "buildpack", "data": {"buildpacks": ["java_buildpack"], "stack": "cflinuxfs4"}},
                "relationships": {"space": {"data": {"guid": SPACE}}}, "links": {},
                "metadata": {"labels": {}, "annotations": self.annotations.get(guid).unwrap_or(&none)},
            })
        })
    }

    /// Deep-merged; null deletes.
    fn annotate(&mut self, request: &Request, guid: &str) -> Reply {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        let kept = self.annotations.entry(guid.to_owned()).or_default();
        for (key, value) in body["metadata"]["annotations"].as_object().unwrap() {
            if value.as_str().is_some_and(|v| v.chars().count() > 5_000) {
                return error(422, 10_008, "CF-UnprocessableEntity", "Annotations are limited to 5000 characters");
            }
            if value.is_null() {
                kept.remove(key)
            } else {
                kept.insert(key.clone(), value.clone())
            };
        }
        self.found(request, self.app(guid))
    }

    fn stats(&self, guid: &str) -> Option<Value> {
        let one = |(index, state): (usize, &&str)| {
            json!({
                "type": "web", "index": index, "state": state, "host": "10.0.0.1", "uptime": 7, "mem_quota": 1024,
                "disk_quota": 1024, "log_rate_limit": null, "usage": {}, "details": null, "instance_ports": [],
            })
        };
        let states = self.instances.get(guid)?;
        Some(json!({"resources": states.iter().enumerate().map(one).collect::<Vec<_>>()}))
    }
}

fn name_of(guid: &str) -> &'static str {
    if guid == SHOP { "shop" } else { "search" }
}

fn pagination(total: usize, next: Option<String>) -> Value {
    let link = json!({"href": "https://api.example.org/v3/x?page=1"});
    let next = next.map_or(Value::Null, |href| json!({"href": href}));
    json!({"total_results": total, "total_pages": 1, "first": link, "last": link, "next": next, "previous": null})
}

fn error(status: u16, code: u32, title: &str, detail: &str) -> Reply {
    let body = json!({"errors": [{"code": code, "title": title, "detail": detail}]});
    Reply::with(status, "Content-Type: application/json\r\n", &body.to_string())
}
