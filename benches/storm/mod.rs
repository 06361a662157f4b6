//! An Alertmanager on loopback with as many alerts as one likes, 8 labels each, of which one in a hundred changes every
//! five seconds for as long as it is told to.

use std::{
    fmt::Write as _,
    io::{BufWriter, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

const STEP: Duration = Duration::from_secs(5);

pub struct Storm {
    pub url: String,
    /// Whether alerts change.
    pub blows: AtomicBool,
    /// How often the alerts were asked for.
    pub polls: AtomicUsize,
    alerts: Mutex<Alerts>,
}

struct Alerts {
    items: Vec<String>,
    /// How often each was replaced by another.
    step: usize,
    changed: Instant,
}

impl Storm {
    pub fn start(alerts: usize) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let items = (0..alerts).map(|i| item(i, 0, 0)).collect();
        let storm = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().expect("an address")),
            blows: AtomicBool::new(false),
            polls: AtomicUsize::new(0),
            alerts: Mutex::new(Alerts { items, step: 0, changed: Instant::now() }),
        });
        let server = storm.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(stream));
            }
        });
        storm
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut buf = [0; 8192];
        while let Ok(n @ 1..) = stream.read(&mut buf) {
            let request = String::from_utf8_lossy(&buf[..n]).into_owned();
            let answered = match request.split_whitespace().nth(1) {
                Some(path) if path.contains("/alerts") => self.tell(&stream),
                Some(path) if path.contains("/silences") => say(&stream, &["[]"]),
                _ => say(&stream, &[r#"{"cluster":{"status":"disabled"},"versionInfo":{"version":"0.25.0"}}"#]),
            };
            if answered.is_err() {
                return;
            }
        }
    }

    fn tell(&self, stream: &TcpStream) -> std::io::Result<()> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        let mut alerts = self.alerts.lock().unwrap_or_else(PoisonError::into_inner);
        if self.blows.load(Ordering::SeqCst) && alerts.changed.elapsed() >= STEP {
            alerts.blow();
        }
        let last = alerts.items.len().saturating_sub(1);
        let mut parts = vec!["["];
        for (i, item) in alerts.items.iter().enumerate() {
            parts.push(item);
            parts.push(if i == last { "]" } else { "," });
        }
        say(stream, &parts)
    }
}

impl Alerts {
    /// Of one in a hundred, every other one is replaced by another alert, and the rest say something else.
    fn blow(&mut self) {
        self.step += 1;
        self.changed = Instant::now();
        for i in (self.step % 100..self.items.len()).step_by(100) {
            let replaced = if i / 100 % 2 == 0 { self.step } else { 0 };
            self.items[i] = item(i, replaced, self.step);
        }
    }
}

fn say(stream: &TcpStream, parts: &[&str]) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(256 * 1024, stream);
    let length: usize = parts.iter().map(|p| p.len()).sum();
    write!(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n")?;
    for part in parts {
        out.write_all(part.as_bytes())?;
    }
    out.flush()
}

fn item(i: usize, replaced: usize, told: usize) -> String {
    let mut text = String::new();
    let severity = ["critical", "warning", "info", "error"][i % 4];
    let _ = write!(
        text,
        r#"{{"annotations":{{"summary":"pod web-{i} restarts, as told {told} times","runbook_url":"https://runbooks.example/pods"}},"endsAt":"2026-03-02T21:00:00.000Z","fingerprint":"{:016x}","receivers":[{{"name":"default"}}],"startsAt":"2026-03-02T{:02}:{:02}:{:02}.000Z","status":{{"inhibitedBy":[],"silencedBy":[],"state":"active"}},"updatedAt":"2026-03-02T20:40:00.000Z","generatorURL":"http://prometheus/graph","labels":{{"alertname":"PodRestarts{}","cluster":"eu-{}","container":"c{}","namespace":"shop-{}","pod":"web-{i}-{replaced}","service":"s{}","severity":"{severity}","team":"t{}"}}}}"#,
        i + replaced * 1_000_000,
        i % 24,
        i % 40,
        i % 60,
        i % 37,
        i % 3,
        i % 5,
        i % 17,
        i % 53,
        i % 11,
    );
    text
}
