//! A monitored program: serves the metrics a test gives it, and counts how often it was asked.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

type Metrics = Box<dyn Fn(u64) -> String + Send>;

/// Serves until the tests end.
pub struct Exporter {
    address: SocketAddr,
    metrics: Arc<Mutex<Metrics>>,
}

impl Exporter {
    /// `metrics` is given the number of scrapes before this one.
    pub fn start(metrics: impl Fn(u64) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let metrics: Arc<Mutex<Metrics>> = Arc::new(Mutex::new(Box::new(metrics)));
        let served = metrics.clone();
        std::thread::spawn(move || {
            for (scrapes, stream) in (0..).zip(listener.incoming()) {
                // A scraper that went away is asked for no reason.
                let _ = stream.and_then(|stream| serve(stream, &served.lock().unwrap()(scrapes)));
            }
        });
        Self { address, metrics }
    }

    pub fn set(&self, metrics: impl Fn(u64) -> String + Send + 'static) {
        *self.metrics.lock().unwrap() = Box::new(metrics);
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }
}

fn serve(mut stream: TcpStream, body: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut block = [0; 1024];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut block)? {
            0 => return Ok(()),
            n => request.extend_from_slice(&block[..n]),
        }
    }
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n";
    stream.write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes())
}
