//! Real servers, started on free loopback ports in directories of their own, ended with the value that holds them.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::fixture;

/// How long a server may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// An Alertmanager's configuration: nobody is told.
const ALONE: &str = "route: {receiver: nobody, group_wait: 0s}\nreceivers: [{name: nobody}]\n";

/// A running server.
pub struct Real {
    child: Child,
    address: String,
    _home: TempDir,
}

impl Real {
    /// `prometheus-alertmanager`, alone, with nothing to tell anybody.
    pub async fn alertmanager() -> Self {
        Self::alertmanager_with(ALONE, &[]).await
    }

    /// One with this configuration.
    pub async fn alertmanager_routing(config: &str) -> Self {
        Self::alertmanager_with(config, &[]).await
    }

    /// One that speaks TLS only, and only to who has a certificate: `tests/fixtures/tls`.
    pub async fn alertmanager_over_tls() -> Self {
        Self::alertmanager_with(ALONE, &[format!("--web.config.file={}", fixture("tls/web.yml").display())]).await
    }

    async fn alertmanager_with(config: &str, more: &[String]) -> Self {
        let home = home("alertmanager.yml", config);
        let storage = format!("--storage.path={}", home.path().join("data").display());
        let config = format!("--config.file={}", home.path().join("alertmanager.yml").display());
        let alone = "--cluster.listen-address=".to_owned();
        Self::start("prometheus-alertmanager", home, &[&[config, storage, alone], more].concat()).await
    }

    /// `prometheus` with these rules and these samples (OpenMetrics text; empty for none).
    pub async fn prometheus(rules: &str, samples: &str) -> Self {
        Self::prometheus_with("global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n", rules, samples).await
    }

    /// One with a configuration of its own, whose rules are in `rules.yml`.
    pub async fn prometheus_with(config: &str, rules: &str, samples: &str) -> Self {
        let home = home("prometheus.yml", config);
        std::fs::write(home.path().join("rules.yml"), rules).unwrap();
        let data = home.path().join("data");
        if !samples.is_empty() {
            backfill(home.path(), &data, samples);
        }
        let config = format!("--config.file={}", home.path().join("prometheus.yml").display());
        // What is filled in is older than what a server keeps by itself.
        let kept = "--storage.tsdb.retention.time=1y".to_owned();
        Self::start("prometheus", home, &[config, format!("--storage.tsdb.path={}", data.display()), kept]).await
    }

    async fn start(program: &str, home: TempDir, arguments: &[String]) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let log = std::fs::File::create(home.path().join("log")).unwrap();
        let child = command(program)
            .args(arguments)
            .arg(format!("--web.listen-address={address}"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|e| missing(program, &e));
        let mut server = Self { child, address, _home: home };
        let ready = tokio::time::timeout(READY_WITHIN, server.until_ready());
        if ready.await.is_err() {
            panic!("{program} was not ready within {READY_WITHIN:?}: {}", server.log());
        }
        server
    }

    async fn until_ready(&mut self) {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        loop {
            look.tick().await;
            if let Some(ended) = self.child.try_wait().unwrap() {
                panic!("the server ended at once ({ended}): {}", self.log());
            }
            let answer = exchange(&self.address, "GET /-/ready HTTP/1.1", "").await.unwrap_or_default();
            if answer.contains(" 200 ") || answer.contains("HTTP request to an HTTPS server") {
                return;
            }
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self._home.path().join("log")).unwrap_or_default()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// The JSON that is answered to a GET; HTTP/1.0, so that it comes in one piece.
    pub async fn get(&self, path: &str) -> serde_json::Value {
        let answer = exchange(&self.address, &format!("GET {path} HTTP/1.0"), "").await.unwrap_or_default();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {path}: {answer}"));
        serde_json::from_str(body).unwrap_or_else(|e| panic!("{path}: {e}: {body}"))
    }

    /// How many questions of this path the server counted, as it says itself.
    pub async fn questions(&self, path: &str) -> u64 {
        let text = exchange(&self.address, "GET /metrics HTTP/1.0", "").await.unwrap_or_default();
        let own = format!("handler=\"{path}\"");
        let counts = text.lines().filter(|l| l.starts_with("prometheus_http_requests_total{") && l.contains(&own));
        counts.filter_map(|l| l.rsplit(' ').next()?.parse::<f64>().ok()).map(|n| n as u64).sum()
    }

    /// The status that posting this JSON is answered with.
    pub async fn status_of_post(&self, path: &str, json: &str) -> u16 {
        let answer = exchange(&self.address, &format!("POST {path} HTTP/1.1"), json).await.unwrap_or_default();
        answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer}"))
    }

    /// Posts JSON and takes nothing but 200 for an answer.
    pub async fn post(&self, path: &str, json: &str) {
        let answer = exchange(&self.address, &format!("POST {path} HTTP/1.1"), json).await.unwrap_or_default();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn missing(program: &str, error: &std::io::Error) -> ! {
    panic!(
        "these tests run a real `{program}`, which cannot be started ({error}): install it (apt install prometheus prometheus-alertmanager)"
    )
}

fn home(file: &str, text: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(file), text).unwrap();
    home
}

fn backfill(home: &Path, data: &Path, samples: &str) {
    let input = home.join("samples.om");
    std::fs::write(&input, samples).unwrap();
    // Blocks of two hours would be hundreds, each of which reads all of it.
    let mut promtool = command("promtool");
    promtool.args(["tsdb", "create-blocks-from", "--max-block-duration=1500h", "openmetrics"]).arg(input).arg(data);
    let run = promtool.stderr(Stdio::piped()).output();
    let run = run.unwrap_or_else(|e| missing("promtool", &e));
    assert!(run.status.success(), "promtool: {}", String::from_utf8_lossy(&run.stderr));
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn exchange(address: &str, first_line: &str, json: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let length = json.len();
    let head = format!("{first_line}\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n");
    let request = format!("{head}Content-Length: {length}\r\n\r\n{json}");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// Runs `promtool test rules` with these rules in `rules.yml`, and takes nothing but success for an answer.
pub fn promtool_test_rules(rules: &str, test: &str) {
    let home = home("rules.yml", rules);
    std::fs::write(home.path().join("test.yml"), test).unwrap();
    let mut promtool = command("promtool");
    promtool.args(["test", "rules", "test.yml"]).current_dir(home.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = promtool.output().unwrap_or_else(|e| missing("promtool", &e));
    let said = [run.stdout, run.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(run.status.success() && said.contains("SUCCESS"), "{said}\n{test}");
}
