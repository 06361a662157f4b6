//! A tiny HTTP server on loopback that answers what a test tells it to, however wrong that is.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::fixture;

/// What a client sent.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    /// What stands behind the question mark, as it was sent.
    pub query: String,
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// What the server does then.
#[derive(Clone)]
pub struct Reply {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    Close,
    /// A byte now and then, for ever.
    Drip,
    /// As many bytes as the client takes, for ever.
    Flood,
    /// Nothing, for ever.
    Hold,
}

impl Reply {
    /// Bytes as they are.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), then: Then::Close }
    }

    pub fn json(body: impl AsRef<str>) -> Self {
        Self::with(200, "Content-Type: application/json\r\n", body.as_ref())
    }

    pub fn page(body: &str) -> Self {
        Self::with(200, "Content-Type: text/html; charset=utf-8\r\n", body)
    }

    pub fn status(status: u16, body: &str) -> Self {
        Self::with(status, "Content-Type: text/plain\r\n", body)
    }

    /// `headers` are whole lines.
    pub fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::raw(format!(
            "HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ))
    }

    /// The same with the time that the server's clock shows.
    pub fn dated(mut self, date: &str) -> Self {
        if let Some(end) = self.bytes.windows(2).position(|w| w == b"\r\n") {
            self.bytes.splice(end + 2..end + 2, format!("Date: {date}\r\n").into_bytes());
        }
        self
    }

    pub fn redirect(status: u16, to: &str) -> Self {
        Self::with(status, &format!("Location: {to}\r\n"), "")
    }

    /// A body that never ends and comes a byte at a time.
    pub fn drip() -> Self {
        Self { bytes: endless_head(), then: Then::Drip }
    }

    /// A body that never ends and comes as fast as it is read.
    pub fn flood() -> Self {
        Self { bytes: endless_head(), then: Then::Flood }
    }

    /// A connection, and not a word.
    pub fn silence() -> Self {
        Self { bytes: Vec::new(), then: Then::Hold }
    }

    /// These bytes, and then a connection that stays open for as long as the client does.
    pub fn held(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), then: Then::Hold }
    }

    /// What a real server once said: `alertmanager/0.25.0/alerts`.
    pub fn recorded(name: &str) -> Self {
        let read = |ending| std::fs::read_to_string(fixture(&format!("recordings/{name}.{ending}"))).unwrap();
        let (head, body) = (read("headers"), read("body"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let kept = head.lines().filter(|l| l.starts_with("Content-Type:") || l.starts_with("Date:"));
        Self::with(status, &kept.map(|l| format!("{l}\r\n")).collect::<String>(), &body)
    }
}

fn endless_head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900000000000\r\n\r\n[".to_vec()
}

/// Lives as long as the value does.
pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    #[allow(clippy::disallowed_methods, reason = "a server is a task of its own")]
    pub async fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(accept(listener, Arc::new(answer), seen.clone()));
        Self { address, seen, task }
    }

    /// The same answer to everything.
    pub async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    /// An answer a path; 404 for every other.
    pub async fn routes(routes: &[(&str, Reply)]) -> Self {
        let routes: HashMap<String, Reply> = routes.iter().map(|(p, r)| ((*p).to_owned(), r.clone())).collect();
        Self::start(move |r| routes.get(&r.path).cloned().unwrap_or_else(|| Reply::status(404, "no such page"))).await
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Answer = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

async fn accept(listener: TcpListener, answer: Answer, seen: Arc<Mutex<Vec<Request>>>) {
    let mut open = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        open.spawn(serve(stream, answer.clone(), seen.clone()));
    }
}

async fn serve(mut stream: TcpStream, answer: Answer, seen: Arc<Mutex<Vec<Request>>>) {
    let Some(request) = read(&mut stream).await else { return };
    let reply = answer(&request);
    seen.lock().unwrap().push(request);
    if stream.write_all(&reply.bytes).await.is_err() {
        return;
    }
    match reply.then {
        Then::Close => drop(stream.shutdown().await),
        Then::Hold => std::future::pending().await,
        Then::Drip => while tick().await && stream.write_all(b"1").await.is_ok() {},
        Then::Flood => {
            let block = vec![b' '; 1 << 20];
            while stream.write_all(&block).await.is_ok() {}
        }
    }
}

async fn tick() -> bool {
    tokio::time::sleep(Duration::from_millis(200)).await;
    true
}

pub async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, &mut bytes).await?;
    };
    let mut request = parse(std::str::from_utf8(&bytes[..head]).ok()?)?;
    let length: usize = request.headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while bytes.len() < head + length {
        more(stream, &mut bytes).await?;
    }
    request.body = String::from_utf8_lossy(&bytes[head..]).into_owned();
    Some(request)
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    (stream.read_buf(bytes).await.ok()? > 0).then_some(())
}

fn parse(head: &str) -> Option<Request> {
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let pairs = lines.filter_map(|l| l.split_once(": "));
    let headers = pairs.map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
    Some(Request { method, path, query, headers, body: String::new() })
}
