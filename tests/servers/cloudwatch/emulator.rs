//! An emulator of AWS from the environment of Python that `tests/run` makes: started on a free port, ended by its id.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How long it may take to be ready: Python on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

pub struct Emulator {
    child: Child,
    address: String,
    home: tempfile::TempDir,
}

/// A program of the environment.
pub fn program(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    let path = target.join("python/bin").join(name);
    assert!(
        path.exists(),
        "these tests need {name}, which is not there: run tests/run, or `python3 -m venv target/python && \
         target/python/bin/pip install -r tests/servers/requirements.txt`"
    );
    path
}

impl Emulator {
    pub async fn ministack() -> Self {
        let port = free_port();
        let mut command = Command::new(program("ministack"));
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        // It would listen for MQTT on a port that is not free for two.
        command.env("IOT_MTLS_ENABLED", "0").env("SERVICES", "cloudwatch,ecs,ec2,iam,sts,logs");
        Self::start(command, port).await
    }

    pub async fn moto() -> Self {
        let port = free_port();
        let mut command = Command::new(program("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        Self::start(command, port).await
    }

    async fn start(mut command: Command, port: u16) -> Self {
        let home = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(home.path().join("log")).unwrap();
        command.current_dir(home.path()).env("HOME", home.path()).env("TMPDIR", home.path());
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let child = command.spawn().unwrap();
        let mut emulator = Self { child, address: format!("127.0.0.1:{port}"), home };
        if tokio::time::timeout(READY_WITHIN, emulator.until_ready()).await.is_err() {
            panic!("it was not ready within {READY_WITHIN:?}: {}", emulator.log());
        }
        emulator
    }

    async fn until_ready(&mut self) {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        loop {
            look.tick().await;
            if let Some(ended) = self.child.try_wait().unwrap() {
                panic!("it ended at once ({ended}): {}", self.log());
            }
            let answer = self.exchange("AmazonEC2ContainerServiceV20141113.ListClusters", "ecs", "{}").await;
            if answer.is_some_and(|text| text.contains("clusterArns")) {
                return;
            }
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Does something in us-gov-west-1, and takes nothing but success for an answer.
    pub async fn does(&self, target: &str, body: Value) -> Value {
        let service = if target.starts_with("Granite") { "monitoring" } else { "ecs" };
        let text = self.exchange(target, service, &body.to_string()).await.expect("no answer");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.split(' ').nth(1) == Some("200"), "{target}: {text}");
        serde_json::from_str(body).unwrap_or_else(|e| panic!("{target}: {e}: {text}"))
    }

    async fn exchange(&self, target: &str, service: &str, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).await.ok()?;
        let request = format!(
            "POST / HTTP/1.0\r\nHost: {}\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {target}\r\n\
             X-Amz-Date: 20261121T030000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/\
             us-gov-west-1/{service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=00\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
