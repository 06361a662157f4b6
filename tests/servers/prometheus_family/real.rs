//! A real VictoriaMetrics, and vmalert beside it, on free loopback ports.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

pub const VICTORIA: &str = "victoria-metrics";
pub const VMALERT: &str = "vmalert";

pub struct Victoria {
    child: Child,
    port: u16,
    _home: TempDir,
}

impl Victoria {
    pub async fn start(program: &str, more: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut arguments = vec![format!("-storageDataPath={}", home.path().join("data").display())];
        arguments.extend(more.iter().map(|&m| m.to_owned()));
        Self::run(program, arguments, home).await
    }

    /// Evaluates these rules over the data of that server; tells nobody.
    pub async fn vmalert(program: &str, rules: &str, data: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("rules.yml");
        std::fs::write(&file, rules).unwrap();
        let arguments = vec![
            format!("-rule={}", file.display()),
            format!("-datasource.url={data}"),
            // Nobody listens there.
            "-notifier.url=http://127.0.0.1:9".to_owned(),
        ];
        Self::run(program, arguments, home).await
    }

    async fn run(program: &str, arguments: Vec<String>, home: TempDir) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(program)
            .args(arguments)
            .arg(format!("-httpListenAddr=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("these tests run a real `{program}` ({e}): apt install victoria-metrics"));
        let server = Self { child, port, _home: home };
        let ready = async {
            while server.get("/health").await.is_none_or(|status| status != 200) {
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), ready).await.expect("it is ready within a minute");
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn get(&self, path: &str) -> Option<u16> {
        Some(client().get(format!("{}{path}", self.url())).send().await.ok()?.status().as_u16())
    }

    /// Fills in a history, and waits until it can be asked for.
    pub async fn push(&self, lines: &str) {
        let url = format!("{}/api/v1/import/prometheus", self.url());
        let answer = client().post(url).body(lines.to_owned()).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        let flushed = self.get("/internal/force_flush").await;
        assert_eq!(flushed, Some(200), "what was pushed can be asked for");
    }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Drop for Victoria {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
