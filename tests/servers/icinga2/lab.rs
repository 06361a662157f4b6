//! A real Icinga 2 on a free loopback port, with a certificate authority of its own, whose states a test sets.

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use watchfire::config::{AckMode, Auth, SourceConfig, SourceKind, kinds::Own};

use crate::support::config;

const PROGRAM: &str = "/usr/sbin/icinga2";
const READY_WITHIN: Duration = Duration::from_secs(60);
/// The manual's page, whose permissions are what the user of these tests has.
const PAGE: &str = include_str!("../../../assets/manual/source-icinga2.md");

pub struct Lab {
    child: Child,
    port: u16,
    client: reqwest::Client,
    home: TempDir,
}

impl Lab {
    pub async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for dir in ["data/certs", "log/crash", "cache", "spool", "run", "conf"] {
            std::fs::create_dir_all(home.path().join(dir)).unwrap();
        }
        pki(home.path(), &["new-ca"]);
        certificate(home.path(), "localhost");
        certificate(home.path(), "ana");
        std::fs::copy(home.path().join("data/ca/ca.crt"), home.path().join("data/certs/ca.crt")).unwrap();
        std::fs::write(home.path().join("icinga2.conf"), configuration(port)).unwrap();
        let log = std::fs::File::create(home.path().join("out")).unwrap();
        let child = program(home.path())
            .args(["daemon", "-c"])
            .arg(home.path().join("icinga2.conf"))
            .args(places(home.path()))
            .stdout(log)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|e| missing(&e));
        let client = client(&home.path().join("data/certs/ca.crt"));
        let mut lab = Self { child, port, client, home };
        if tokio::time::timeout(READY_WITHIN, lab.until_ready()).await.is_err() {
            panic!("icinga2 was not ready within {READY_WITHIN:?}: {}", lab.log());
        }
        lab
    }

    async fn until_ready(&mut self) {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        loop {
            look.tick().await;
            if let Some(ended) = self.child.try_wait().unwrap() {
                panic!("icinga2 ended at once ({ended}): {}", self.log());
            }
            let asked = self.client.get(format!("{}/v1/status/IcingaApplication", self.url()));
            if asked.basic_auth("root", Some("root-pw")).send().await.is_ok_and(|a| a.status() == 200) {
                return;
            }
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("out")).unwrap_or_default()
    }

    /// A certificate of Icinga names its endpoint, so that is how it is reached.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// A source that asks as the user of the manual.
    pub fn config(&self) -> SourceConfig {
        let auth =
            Auth::Basic { user: "watchfire".into(), password: watchfire::config::Secret::Inline("s3cret-pw".into()) };
        SourceConfig { auth, ..self.config_of_nobody() }
    }

    /// The same without any credentials.
    pub fn config_of_nobody(&self) -> SourceConfig {
        let own = Own::default().with("web", "https://icinga.example/icingaweb2").with_list("vars", &["team"]);
        SourceConfig {
            ca_file: Some(self.file("data/certs/ca.crt")),
            ack: AckMode::Native,
            own,
            ..config(SourceKind::Icinga2, &[self.url()])
        }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Something a person of the root user does there.
    pub async fn does(&self, action: &str, what: Value) {
        let asked = self.client.post(format!("{}/v1/actions/{action}", self.url())).basic_auth("root", Some("root-pw"));
        let asked = asked.header("Accept", "application/json").body(what.to_string());
        let answer = asked.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status == 200, "{action}: {status}: {text}");
    }

    /// What a check finds, exit code and output; a name with `!` is a service's.
    pub async fn finds(&self, object: &str, code: u8, output: &str) {
        let key = if object.contains('!') { "service" } else { "host" };
        self.does("process-check-result", json!({ key: object, "exit_status": code, "plugin_output": output })).await;
    }
}

impl Drop for Lab {
    /// The daemon is several processes of one group.
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let end = |signal: &str| drop(Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status());
        end("-KILL");
        let _ = self.child.wait();
    }
}

fn missing(error: &std::io::Error) -> ! {
    panic!("these tests run a real icinga2, which cannot be started ({error}): apt install icinga2-bin icinga2-common")
}

fn program(home: &Path) -> Command {
    let who = Command::new("id").arg("-un").output().unwrap();
    let who = String::from_utf8_lossy(&who.stdout).trim().to_owned();
    let group = Command::new("id").arg("-gn").output().unwrap();
    let group = String::from_utf8_lossy(&group.stdout).trim().to_owned();
    let mut command = Command::new(PROGRAM);
    command.current_dir(home).env("ICINGA2_USER", who).env("ICINGA2_GROUP", group);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn places(home: &Path) -> Vec<String> {
    let place = |(name, dir): (&str, &str)| format!("-D{name}={}", home.join(dir).display());
    [
        ("DataDir", "data"),
        ("LogDir", "log"),
        ("CacheDir", "cache"),
        ("SpoolDir", "spool"),
        ("InitRunDir", "run"),
        ("ConfigDir", "conf"),
    ]
    .map(place)
    .into()
}

fn pki(home: &Path, arguments: &[&str]) {
    let run = program(home).arg("pki").args(arguments).args(places(home)).stdout(Stdio::piped()).output();
    let run = run.unwrap_or_else(|e| missing(&e));
    assert!(run.status.success(), "icinga2 pki {arguments:?}: {}", String::from_utf8_lossy(&run.stdout));
}

fn certificate(home: &Path, name: &str) {
    let [key, csr, cert] = ["key", "csr", "crt"].map(|end| format!("data/certs/{name}.{end}"));
    pki(home, &["new-cert", "--cn", name, "--key", &key, "--csr", &csr]);
    pki(home, &["sign-csr", "--csr", &csr, "--cert", &cert]);
}

fn client(ca: &Path) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(&std::fs::read(ca).unwrap()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap()
}

/// The permissions of the manual's page, as the server's configuration writes them.
pub fn permissions() -> &'static str {
    let (_, rest) = PAGE.split_once("permissions = [").expect("the page lists the permissions");
    rest.split_once(']').expect("the list ends").0
}

fn configuration(port: u16) -> String {
    let permissions = permissions();
    format!(
        r#"const NodeName = "localhost"
const ZoneName = NodeName
include <itl>
object Endpoint NodeName {{}}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object ApiListener "api" {{ bind_host = "127.0.0.1"; bind_port = {port} }}
object ApiUser "watchfire" {{ password = "s3cret-pw"; permissions = [ {permissions} ] }}
object ApiUser "ana" {{ client_cn = "ana"; permissions = [ {permissions} ] }}
object ApiUser "half" {{ password = "half-pw"; permissions = [ "objects/query/Service" ] }}
object ApiUser "root" {{ password = "root-pw"; permissions = [ "*" ] }}
object HostGroup "web" {{}}
template Host "t" {{ check_command = "passive"; enable_active_checks = false }}
template Service "t" {{ check_command = "passive"; enable_active_checks = false; max_check_attempts = 1 }}
object Host "h1" {{ import "t"; max_check_attempts = 1; address = "10.0.0.1"; groups = [ "web" ]; vars.team = "payments" }}
object Host "h2" {{ import "t"; max_check_attempts = 1 }}
object Service "disk /" {{
  import "t"; host_name = "h1"; max_check_attempts = 3
  notes_url = "https://runbook.example/disk"; vars.team = "storage"
}}
object Service "http" {{ import "t"; host_name = "h1" }}
object Service "ssh" {{ import "t"; host_name = "h2" }}
"#
    )
}
