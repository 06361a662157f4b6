//! What one look at a big Alertmanager costs: `watchfire alerts` beside `amtool alert query`, on the same real server in
//! the same run. Ratios within one run are what counts.
//!
//! `cargo bench --bench amtool` (takes a minute; wants `prometheus-alertmanager` and `amtool` installed).
//! `cargo bench --bench amtool -- 50000` for that many alerts only.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures, prints, and ends where it cannot go on"
)]

use std::{
    ffi::OsString,
    fmt::Write as _,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use nix::sys::resource::{UsageWho, getrusage};

/// Alerts in one post.
const BATCH: usize = 2_000;
/// Runs of each program; the least of each figure counts.
const RUNS: usize = 5;
/// As the first argument: run what follows and tell what it took.
const MEASURE: &str = "--measure";

fn main() {
    let mut words: Vec<OsString> = std::env::args_os().skip(1).filter(|w| w != "--bench").collect();
    if words.first().is_some_and(|w| w == MEASURE) {
        return measured(&words.split_off(1));
    }
    let sizes: Vec<usize> = words.iter().filter_map(|w| w.to_str()?.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 50_000] } else { sizes };
    println!("{:>8} {:>8}  {:<10} {:>12} {:>12}", "alerts", "MB", "program", "user CPU", "peak memory");
    sizes.into_iter().for_each(compare);
}

/// Both programs on a server with this many alerts.
fn compare(alerts: usize) {
    let server = Server::start();
    let megabytes = server.fill(alerts);
    let config = server.home.path().join("watchfire.toml");
    let text =
        format!("[[source]]\nname = \"am\"\nkind = \"alertmanager\"\nurl = \"{}\"\ntimeout = \"60s\"\n", server.url());
    std::fs::write(&config, text).expect("a configuration can be written");
    let ours = [env!("CARGO_BIN_EXE_watchfire").into(), "--config".into(), config.into(), "alerts".into()];
    let url = format!("--alertmanager.url={}", server.url()).into();
    let theirs: [OsString; 4] = ["amtool".into(), url, "alert".into(), "query".into()];
    let (mut us, mut them) = (Cost::MAX, Cost::MAX);
    for _ in 0..RUNS {
        us = us.least(run(server.home.path(), &ours));
        them = them.least(run(server.home.path(), &theirs));
    }
    for (name, cost) in [("watchfire", us), ("amtool", them)] {
        let Cost { user_ms, peak_mb } = cost;
        println!("{alerts:>8} {megabytes:>8.1}  {name:<10} {user_ms:>9.0} ms {peak_mb:>9.1} MB");
    }
    let (cpu, memory) = (us.user_ms / them.user_ms, us.peak_mb / them.peak_mb);
    println!("{alerts:>8} {:>8}  {:<10} {cpu:>12.3} {memory:>12.3}", "", "ratio");
}

#[derive(Clone, Copy)]
struct Cost {
    user_ms: f64,
    peak_mb: f64,
}

impl Cost {
    const MAX: Self = Self { user_ms: f64::MAX, peak_mb: f64::MAX };

    fn least(self, other: Self) -> Self {
        Self { user_ms: self.user_ms.min(other.user_ms), peak_mb: self.peak_mb.min(other.peak_mb) }
    }
}

/// Runs a program through a process of its own, as the kernel tells what all children took and not what one did.
fn run(home: &Path, program: &[OsString]) -> Cost {
    let output = Command::new(std::env::current_exe().expect("this program has a path"))
        .arg(MEASURE)
        .args(program)
        .env("WATCHFIRE_DATA_DIR", home)
        .output()
        .expect("this program can be started");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{program:?}: {told} {}", String::from_utf8_lossy(&output.stderr));
    let mut figures = told.split_whitespace().filter_map(|w| w.parse().ok());
    Cost { user_ms: figures.next().expect("a time"), peak_mb: figures.next().expect("a size") }
}

#[allow(clippy::cast_precision_loss, reason = "figures to look at")]
fn measured(program: &[OsString]) {
    let status = Command::new(&program[0]).args(&program[1..]).stdout(Stdio::null()).status();
    assert!(status.expect("it can be started").success(), "{program:?}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel tells");
    let user = usage.user_time();
    let user_ms = user.tv_sec() as f64 * 1e3 + user.tv_usec() as f64 / 1e3;
    println!("{user_ms} {}", usage.max_rss() as f64 / 1024.0);
}

/// A real Alertmanager in a directory of its own.
struct Server {
    child: Child,
    address: String,
    home: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let home = tempfile::tempdir().expect("a directory can be made");
        let config = home.path().join("alertmanager.yml");
        std::fs::write(&config, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n").expect("it can be written");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address").to_string();
        drop(listener);
        let child = Command::new("prometheus-alertmanager")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", home.path().join("data").display()))
            .arg("--cluster.listen-address=")
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("prometheus-alertmanager is installed");
        let server = Self { child, address, home };
        while !server.exchange("GET /-/ready", "").starts_with("HTTP/1.1 200") {
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Posts so many alerts; answers how many megabytes the list of them is.
    #[allow(clippy::cast_precision_loss, reason = "a figure to look at")]
    fn fill(&self, alerts: usize) -> f64 {
        for from in (0..alerts).step_by(BATCH) {
            let batch = json(from..alerts.min(from + BATCH));
            let answer = self.exchange("POST /api/v2/alerts", &batch);
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        self.exchange("GET /api/v2/alerts", "").len() as f64 / 1e6
    }

    /// The whole answer, or nothing where nobody answers yet.
    fn exchange(&self, what: &str, json: &str) -> String {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return String::new() };
        let head = format!("{what} HTTP/1.1\r\nHost: am\r\nConnection: close\r\nContent-Type: application/json\r\n");
        let request = format!("{head}Content-Length: {}\r\n\r\n{json}", json.len());
        let mut answer = Vec::new();
        let _ = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Eight labels and two annotations an alert, as a fleet of services has them.
fn json(range: std::ops::Range<usize>) -> String {
    let ends = chrono::Utc::now() + chrono::Duration::hours(2);
    let mut text = String::from("[");
    for i in range {
        let comma = if text.len() > 1 { "," } else { "" };
        let severity = ["critical", "warning", "info", "error"][i % 4];
        let _ = write!(
            text,
            r#"{comma}{{"labels":{{"alertname":"Alert{}","cluster":"eu-{}","namespace":"team-{}","service":"service-{}","pod":"service-{}-{i:06x}","instance":"10.{}.{}.{}:9090","job":"kubernetes-pods","severity":"{severity}"}},"annotations":{{"summary":"service-{} on pod service-{}-{i:06x} answers slowly","description":"The 99th percentile of its answers has been above one second for ten minutes; see the dashboard of the service."}},"endsAt":"{}","generatorURL":"http://prometheus.example:9090/graph?g0.expr=histogram_quantile%280.99%2C+rate%28x%5B5m%5D%29%29+%3E+{}&g0.tab=1"}}"#,
            i % 40,
            i % 3,
            i % 37,
            i % 211,
            i % 211,
            i % 200,
            i / 200 % 250,
            i / 50_000,
            i % 211,
            i % 211,
            ends.to_rfc3339(),
            i % 40,
        );
    }
    text + "]"
}
