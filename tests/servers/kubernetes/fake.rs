//! An API server that keeps objects and versions: lists in pages, watches with bookmarks, both refusals of a version that is
//! too old, tokens that expire, roles.
//!
//! Written from the API's documentation and from what a real 1.36 server answered; `shapes` holds its lines to that server's
//! recorded ones, field by field. It evaluates no field selectors and no controllers: what a controller would do, a test does.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::{Map, Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::{JoinHandle, JoinSet},
};

use crate::support::server::{Request, read};

/// When everything here happens.
pub const TIME: &str = "2026-11-21T02:45:40Z";

/// One thing that happened to an object.
struct Step {
    version: u64,
    collection: String,
    kind: &'static str,
    object: Value,
}

#[derive(Default)]
pub struct World {
    version: u64,
    /// Versions before this are forgotten.
    oldest: u64,
    /// By collection (`apis/apps/v1/deployments`), namespace and name.
    objects: BTreeMap<(String, String, String), Value>,
    steps: Vec<Step>,
    /// Every watch that is older than this is closed.
    hung_up: u64,
    /// Group, resource and verb of what is allowed; none: everything.
    pub allowed: Option<BTreeSet<(String, String, String)>>,
    /// The same of what was asked.
    pub used: BTreeSet<(String, String, String)>,
    /// The only token that is good.
    pub token: Option<String>,
    /// Whether a version that is too old is refused by the status and not by a line.
    pub gone_by_status: bool,
    /// Whether the token of a next page is good only once.
    pub pages_expire: bool,
    /// Whether every page leads to the same.
    pub pages_turn: bool,
    /// Whether annotations are taken away as soon as they are there.
    pub reverts: bool,
    pub page: Option<usize>,
    pub seen: Vec<Request>,
}

pub struct Fake {
    address: SocketAddr,
    world: Arc<Mutex<World>>,
    bell: Arc<Notify>,
    task: Option<JoinHandle<()>>,
}

type Shared = (Arc<Mutex<World>>, Arc<Notify>);

impl Fake {
    #[allow(clippy::disallowed_methods, reason = "a server is a task of its own")]
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let world = Arc::new(Mutex::new(World { version: 7, ..World::default() }));
        let bell = Arc::new(Notify::new());
        let task = tokio::spawn(accept(listener, (world.clone(), bell.clone())));
        Self { address, world, bell, task: Some(task) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Makes or changes an object.
    pub fn put(&self, collection: &str, object: Value) {
        self.world().put(collection, object);
        self.bell.notify_waiters();
    }

    pub fn delete(&self, collection: &str, namespace: &str, name: &str) {
        let mut world = self.world();
        let key = (collection.to_owned(), namespace.to_owned(), name.to_owned());
        let mut object = world.objects.remove(&key).unwrap();
        world.version += 1;
        object["metadata"]["resourceVersion"] = json!(world.version.to_string());
        world.step(collection, "DELETED", object);
        drop(world);
        self.bell.notify_waiters();
    }

    /// Sends every open watch a bookmark.
    pub fn bookmark(&self, collection: &str, kind: &str, api: &str) {
        let mut world = self.world();
        let version = world.version.to_string();
        let object = json!({ "kind": kind, "apiVersion": api, "metadata": { "resourceVersion": version } });
        world.step(collection, "BOOKMARK", object);
        drop(world);
        self.bell.notify_waiters();
    }

    /// Ends every open watch, as after their time.
    pub fn hang_up(&self) {
        self.world().hung_up += 1;
        self.bell.notify_waiters();
    }

    /// Forgets everything before now.
    pub fn compact(&self) {
        let mut world = self.world();
        world.version += 1;
        world.oldest = world.version;
    }

    /// A restart from an old backup: its versions begin anew.
    pub fn falls_back(&self) {
        self.world().version = 1;
    }

    /// Refuses new connections and leaves open ones as they are, as a server that was asked to end.
    pub async fn goes_away(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
    }

    /// How often a collection was listed, and how often watched.
    pub fn asked(&self, path: &str) -> (usize, usize) {
        let world = self.world();
        let of = |watch: bool| {
            let all = world.seen.iter().filter(|r| r.path == path && r.method == "GET");
            all.filter(|r| r.query.contains("watch=1") == watch).count()
        };
        (of(false), of(true))
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl World {
    fn step(&mut self, collection: &str, kind: &'static str, object: Value) {
        let version = self.version;
        self.steps.push(Step { version, collection: collection.to_owned(), kind, object });
    }

    fn put(&mut self, collection: &str, mut object: Value) {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let (namespace, name) = (text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]));
        let key = (collection.to_owned(), namespace, name.clone());
        let old = self.objects.get(&key).cloned();
        self.version += 1;
        let written = json!([{
            "apiVersion": object["apiVersion"], "fieldsType": "FieldsV1", "fieldsV1": fields(&object, true),
            "manager": "curl", "operation": "Update", "time": TIME,
        }]);
        let meta = object["metadata"].as_object_mut().unwrap();
        let before = |field: &str| old.as_ref().map(|o| o["metadata"][field].clone());
        let generation = before("generation").and_then(|g| g.as_i64()).map_or(1, |g| g + 1);
        meta.entry("uid").or_insert(before("uid").unwrap_or_else(|| json!(format!("uid-{}-{name}", self.version))));
        meta.entry("creationTimestamp").or_insert(before("creationTimestamp").unwrap_or(json!(TIME)));
        meta.entry("generation").or_insert(json!(generation));
        meta.entry("managedFields").or_insert(written);
        meta.insert("resourceVersion".into(), json!(self.version.to_string()));
        self.objects.insert(key, object.clone());
        self.step(collection, if old.is_some() { "MODIFIED" } else { "ADDED" }, object);
    }
}

/// As the server tells who wrote what.
fn fields(value: &Value, top: bool) -> Value {
    let Some(object) = value.as_object() else { return json!({}) };
    let mut told = Map::new();
    if !top {
        told.insert(".".into(), json!({}));
    }
    for (key, value) in object {
        if !(top && ["metadata", "apiVersion", "kind"].contains(&key.as_str())) {
            told.insert(format!("f:{key}"), fields(value, false));
        }
    }
    Value::Object(told)
}

async fn accept(listener: TcpListener, shared: Shared) {
    // Connections outlive the listener: a server that ends leaves its watches open.
    let open = Arc::new(Mutex::new(JoinSet::new()));
    std::mem::forget(open.clone());
    while let Ok((stream, _)) = listener.accept().await {
        open.lock().unwrap().spawn(serve(stream, shared.clone()));
    }
}

/// Where a request goes: the collection, the namespace, the object.
struct Target {
    collection: String,
    group: String,
    resource: String,
    namespace: Option<String>,
    name: Option<String>,
}

fn target(path: &str) -> Option<Target> {
    let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let head = if parts.first() == Some(&"api") { 2 } else { 3 };
    if parts.len() <= head {
        return None;
    }
    let group = if head == 2 { String::new() } else { parts[1].to_owned() };
    let base = parts[..head].join("/");
    let mut rest = parts.split_off(head);
    let namespace = (rest[0] == "namespaces" && rest.len() > 2).then(|| rest[1].to_owned());
    if namespace.is_some() {
        rest.drain(..2);
    }
    let resource = rest[0].to_owned();
    let name = rest.get(1).map(|n| (*n).to_owned());
    Some(Target { collection: format!("{base}/{resource}"), group, resource, namespace, name })
}

fn query(request: &Request) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(request.query.as_bytes()).into_owned().collect()
}

fn failure(code: u16, reason: &str, message: &str) -> (u16, Value) {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    (code, status)
}

async fn serve(mut stream: TcpStream, shared: Shared) {
    let Some(request) = read(&mut stream).await else { return };
    let watches = request.query.contains("watch=1");
    let answer = {
        let mut world = shared.0.lock().unwrap();
        world.seen.push(request.clone());
        answer(&mut world, &request)
    };
    match answer {
        Ok(Some(target)) if watches => watch(stream, &request, target, shared).await,
        Ok(_) => {}
        Err((status, body)) => {
            let body = body.to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }
}

/// An answer at once, or what is to be watched.
fn answer(world: &mut World, request: &Request) -> Result<Option<Target>, (u16, Value)> {
    let bearer = request.headers.get("authorization").map(String::as_str);
    if world.token.as_ref().is_some_and(|t| bearer != Some(&format!("Bearer {t}"))) {
        return Err(failure(401, "Unauthorized", "Unauthorized"));
    }
    if request.path == "/version" {
        return Err((200, json!({ "major": "1", "minor": "36", "gitVersion": "v1.36.0" })));
    }
    let missing = || failure(404, "NotFound", "the server could not find the requested resource");
    let target = target(&request.path).ok_or_else(missing)?;
    let query = query(request);
    let verb = match (request.method.as_str(), &target.name, query.contains_key("watch")) {
        ("PATCH", ..) => "patch",
        (_, Some(_), _) => "get",
        (_, None, true) => "watch",
        (_, None, false) => "list",
    };
    let act = (target.group.clone(), target.resource.clone(), verb.to_owned());
    let allowed = world.allowed.as_ref().is_none_or(|a| a.contains(&act));
    world.used.insert(act);
    if !allowed {
        let (resource, group) = (&target.resource, &target.group);
        let message = format!(
            "{resource} is forbidden: User \"ana\" cannot {verb} resource \"{resource}\" in API group \"{group}\" at the cluster scope"
        );
        return Err(failure(403, "Forbidden", &message));
    }
    match verb {
        "watch" => begin(world, &query).map(|()| Some(target)),
        "list" => Err(list(world, &target, &query)),
        _ => Err(one(world, &target, verb, &request.body)),
    }
}

/// Whether a watch from this version may begin.
fn begin(world: &World, query: &BTreeMap<String, String>) -> Result<(), (u16, Value)> {
    let version: u64 = query["resourceVersion"].parse().unwrap();
    if version > world.version {
        let message = format!("Timeout: Too large resource version: {version}, current: {}", world.version);
        return Err(failure(504, "Timeout", &message));
    }
    if version < world.oldest && world.gone_by_status {
        return Err(failure(410, "Expired", &too_old(version, world.oldest)));
    }
    Ok(())
}

fn too_old(version: u64, oldest: u64) -> String {
    format!("too old resource version: {version} ({oldest})")
}

fn list(world: &mut World, target: &Target, query: &BTreeMap<String, String>) -> (u16, Value) {
    let ours = |key: &(String, String, String)| {
        key.0 == target.collection && target.namespace.as_ref().is_none_or(|n| *n == key.1)
    };
    let all: Vec<Value> = world.objects.iter().filter(|(k, _)| ours(k)).map(|(_, o)| o.clone()).collect();
    let begin: usize = match query.get("continue").map(|t| t.strip_prefix("at-").and_then(|n| n.parse().ok())) {
        None => 0,
        Some(None) => return failure(400, "BadRequest", "continue key is not valid"),
        Some(Some(_)) if std::mem::take(&mut world.pages_expire) => {
            return failure(410, "Expired", "The provided continue parameter is too old");
        }
        Some(Some(at)) => at,
    };
    let limit = query.get("limit").and_then(|l| l.parse().ok()).unwrap_or(usize::MAX);
    let end = all.len().min(begin.saturating_add(limit.min(world.page.unwrap_or(usize::MAX))));
    let mut metadata = json!({ "resourceVersion": world.version.to_string() });
    if world.pages_turn && !all.is_empty() {
        metadata["continue"] = json!("at-0");
    } else if end < all.len() {
        metadata["continue"] = json!(format!("at-{end}"));
        metadata["remainingItemCount"] = json!(all.len() - end);
    }
    (200, json!({ "kind": "List", "apiVersion": "v1", "metadata": metadata, "items": all[begin..end] }))
}

fn one(world: &mut World, target: &Target, verb: &str, body: &str) -> (u16, Value) {
    let name = target.name.clone().unwrap_or_default();
    let key = (target.collection.clone(), target.namespace.clone().unwrap_or_default(), name.clone());
    let Some(mut object) = world.objects.get(&key).cloned() else {
        return failure(404, "NotFound", &format!("{} \"{name}\" not found", target.resource));
    };
    if verb == "patch" && !world.reverts {
        merge(&mut object, &serde_json::from_str(body).unwrap());
        let collection = target.collection.clone();
        world.put(&collection, object.clone());
    }
    (200, object)
}

/// RFC 7396.
fn merge(into: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *into = patch.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (key, value) in patch {
        if value.is_null() {
            into.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut into[key], value);
        }
    }
}

async fn watch(mut stream: TcpStream, request: &Request, target: Target, (world, bell): Shared) {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut version: u64 = query(request)["resourceVersion"].parse().unwrap();
    let (mut done, hung_up) = (0, world.lock().unwrap().hung_up);
    if stream.write_all(head).await.is_err() {
        return;
    }
    let oldest = world.lock().unwrap().oldest;
    if version < oldest {
        let (_, status) = failure(410, "Expired", &too_old(version, oldest));
        let _ = chunk(&mut stream, &json!({ "type": "ERROR", "object": status })).await;
        let _ = stream.write_all(b"0\r\n\r\n").await;
        return;
    }
    loop {
        let woken = bell.notified();
        let (lines, over) = {
            let world = world.lock().unwrap();
            let ours = |s: &&Step| {
                let namespace = s.object["metadata"]["namespace"].as_str();
                let here = target.namespace.as_deref().is_none_or(|n| namespace.is_none_or(|o| o == n));
                s.collection == target.collection
                    && here
                    && (s.version > version || s.kind == "BOOKMARK" && s.version == version)
            };
            let new = world.steps.iter().skip(done).filter(ours);
            let lines: Vec<Value> = new.map(|s| json!({ "type": s.kind, "object": s.object })).collect();
            done = world.steps.len();
            version = version.max(world.version);
            (lines, world.hung_up > hung_up)
        };
        for line in lines {
            if chunk(&mut stream, &line).await.is_err() {
                return;
            }
        }
        if over {
            let _ = stream.write_all(b"0\r\n\r\n").await;
            return;
        }
        woken.await;
    }
}

async fn chunk(stream: &mut TcpStream, line: &Value) -> std::io::Result<()> {
    let line = format!("{line}\n");
    stream.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).await
}
