//! A proxy on a bad day: it answers 429, it cuts connections before and after it has passed a request on, and it is late.
//! The same seed has the same day.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::support::server::{self, Request};

/// What happens to one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    Passes,
    TooMany,
    CutBefore,
    CutAfter,
    /// The client hears nothing, and the request arrives a while later.
    Late,
}

/// How often each came to pass.
#[derive(Debug, Default)]
pub struct Tally {
    pub writes: AtomicUsize,
    pub too_many: AtomicUsize,
    pub cut_before: AtomicUsize,
    pub cut_after: AtomicUsize,
    pub late: AtomicUsize,
}

impl Tally {
    pub fn of(&self, count: fn(&Self) -> &AtomicUsize) -> usize {
        count(self).load(Ordering::SeqCst)
    }
}

pub struct Proxy {
    address: String,
    pub tally: Arc<Tally>,
    task: JoinHandle<()>,
}

impl Proxy {
    #[allow(clippy::disallowed_methods, reason = "a server is a task of its own")]
    pub async fn before(server: &str, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let tally = Arc::new(Tally::default());
        let task = tokio::spawn(accept(listener, server.to_owned(), seed, tally.clone()));
        Self { address, tally, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, server: String, seed: u64, tally: Arc<Tally>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        open.spawn(serve(stream, server.clone(), seed, tally.clone()));
    }
}

/// SplitMix64: the same number for the same place of the same seed.
fn luck(seed: u64, n: usize) -> Luck {
    let mut z = seed.wrapping_add((n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    match (z ^ (z >> 31)) % 100 {
        0..1 => Luck::TooMany,
        1..8 => Luck::CutBefore,
        8..14 => Luck::CutAfter,
        14..16 => Luck::Late,
        _ => Luck::Passes,
    }
}

async fn serve(mut stream: TcpStream, server: String, seed: u64, tally: Arc<Tally>) {
    let Some(request) = server::read(&mut stream).await else { return };
    if request.method == "GET" {
        answer(&mut stream, &pass_on(&server, &request).await).await;
        return;
    }
    let n = tally.writes.fetch_add(1, Ordering::SeqCst);
    match luck(seed, n) {
        Luck::Passes => answer(&mut stream, &pass_on(&server, &request).await).await,
        Luck::TooMany => {
            tally.too_many.fetch_add(1, Ordering::SeqCst);
            let busy = b"HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            answer(&mut stream, busy).await;
        }
        Luck::CutBefore => drop(tally.cut_before.fetch_add(1, Ordering::SeqCst)),
        Luck::CutAfter => {
            tally.cut_after.fetch_add(1, Ordering::SeqCst);
            pass_on(&server, &request).await;
        }
        Luck::Late => {
            tally.late.fetch_add(1, Ordering::SeqCst);
            drop(stream);
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
            pass_on(&server, &request).await;
        }
    }
}

async fn answer(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
}

async fn pass_on(server: &str, request: &Request) -> Vec<u8> {
    let Request { method, path, query, body, .. } = request;
    let target = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.0\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(server).await.expect("the server is there");
    stream.write_all(format!("{head}{body}").as_bytes()).await.expect("the server listens");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server answers");
    answer
}
