//! The program itself, as a script runs it: what it prints, how it ends, what the servers saw.

mod actions;
mod acts;
mod alerts;
mod asks;
mod begin;
mod changes;
mod configs;
mod exclusions;
mod incidents;
#[cfg(target_os = "linux")]
mod keyring;
mod notes;
mod package;
mod reports;
mod silences;
mod slos;
mod slos_odd;
mod slos_verbs;
mod watch;
mod whys;

use std::{path::PathBuf, process::Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::support::real::Real;

/// A configuration and a data directory of its own.
struct Home {
    dir: TempDir,
}

/// How a run ended.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {} {}", self.out, self.err))
    }

    /// Fails with everything that was said.
    fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

impl Home {
    /// A configuration of ana's.
    fn with(toml: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.toml"), format!("[user]\nname = \"ana\"\n{toml}")).unwrap();
        Self { dir }
    }

    /// One Alertmanager named `prod`, with more keys in its table.
    fn on(url: &str, more: &str) -> Self {
        Self::with(&format!("[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"{url}\"\n{more}\n"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
        command.args(arguments).env_clear().current_dir(self.dir.path());
        command.env("HOME", self.dir.path()).env("LANG", "C.UTF-8").env("TERM", "xterm-256color");
        command.env("WATCHFIRE_CONFIG", self.path("config.toml")).env("WATCHFIRE_DATA_DIR", self.path("data"));
        command.stdin(Stdio::null());
        command
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments)).await
    }

    /// With a text on standard input.
    async fn run_reading(&self, arguments: &[&str], text: &str) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Who reads no further than it must hangs up before the end.
        let written = child.stdin.take().unwrap().write_all(text.as_bytes()).await;
        assert!(written.is_ok() || written.is_err_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe));
        told(&child.wait_with_output().await.unwrap())
    }
}

async fn ran(mut command: Command) -> Ran {
    told(&command.output().await.unwrap())
}

fn told(output: &std::process::Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it writes UTF-8");
    Ran { code: output.status.code().expect("it ends"), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Three alerts; the labels of the first are a subset of the second's.
const ALERTS: &str = r#"[
  {"labels": {"alertname": "DiskFull", "severity": "critical", "instance": "db-1"},
   "annotations": {"summary": "Disk is 98% full", "runbook_url": "http://runbooks/disk"},
   "generatorURL": "http://prometheus/graph"},
  {"labels": {"alertname": "DiskFull", "severity": "critical", "instance": "db-1", "disk": "sdb"},
   "annotations": {"summary": "esc \u001b[31m\u009b2J and \u202e bidi"}},
  {"labels": {"alertname": "HighLatency", "severity": "warning", "job": "checkout"}, "annotations": {}}
]"#;

/// A real Alertmanager that was told [`ALERTS`].
async fn alertmanager() -> Real {
    let server = Real::alertmanager().await;
    server.post("/api/v2/alerts", ALERTS).await;
    server
}

/// A text of each item under a key.
fn texts<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    let item = |v: &'a Value| v[key].as_str().unwrap_or_else(|| panic!("no {key} in {v}"));
    list.as_array().expect("a list").iter().map(item).collect()
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}
