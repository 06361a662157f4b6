//! `watchfire notify test` on a bus of its own, on one that stays silent, and on none; and a program that is told.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

fn home(toml: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("config.toml"), toml).unwrap();
    dir
}

fn tries(home: &Path, bus: &str, env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
    command.args(["notify", "test", "-o", "json"]).env_clear().current_dir(home);
    command.env("HOME", home).env("LANG", "C.UTF-8").env("TERM", "xterm-256color").env("PATH", "/usr/bin:/bin");
    command.env("WATCHFIRE_CONFIG", home.join("config.toml")).env("WATCHFIRE_DATA_DIR", home);
    command.env("DBUS_SESSION_BUS_ADDRESS", bus).envs(env.iter().copied()).stdin(Stdio::null());
    command.output().unwrap()
}

/// What became of one way, and what was said of it.
fn told(output: &Output, way: &str) -> (String, String) {
    let all: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"));
    let one = all.as_array().unwrap().iter().find(|t| t["way"] == way).unwrap().clone();
    (one["outcome"].as_str().unwrap().to_owned(), one["said"].as_str().unwrap().to_owned())
}

/// A `dbus-daemon` that nobody else knows of; it ends with this.
struct Bus {
    daemon: std::process::Child,
    address: String,
    _dir: TempDir,
}

impl Bus {
    fn start() -> Self {
        use std::io::{BufRead, BufReader};
        let dir = tempfile::tempdir().unwrap();
        let listen = format!("--address=unix:path={}", dir.path().join("bus").display());
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address", &listen])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is installed (tests/run does it)");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned(), _dir: dir }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// Stands in for a desktop: answers the first notification, and tells its title, its line and how urgent it was.
async fn desktop(address: &str) -> (zbus::Connection, tokio::task::JoinHandle<(String, String)>) {
    use futures_util::StreamExt;
    let bus = zbus::connection::Builder::address(address).build().await.unwrap();
    bus.request_name("org.freedesktop.Notifications").await.unwrap();
    let mut calls = zbus::MessageStream::from(&bus);
    let answers = bus.clone();
    #[allow(clippy::disallowed_methods, reason = "a service runs beside the program that calls it")]
    let service = tokio::spawn(async move {
        type Hints = std::collections::HashMap<String, zbus::OwnedVariant>;
        type Notify = (String, u32, String, String, String, Vec<String>, Hints, i32);
        loop {
            let call = calls.next().await.unwrap().unwrap();
            if call.header().member().is_some_and(|m| m == "Notify") {
                let body = call.body();
                let (_, _, _, title, line, ..): Notify = body.deserialize().unwrap();
                answers.reply(&call.header(), &7_u32).await.unwrap();
                return (title, line);
            }
        }
    });
    (bus, service)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desktop_gets_the_notification_and_over_ssh_it_does_not() {
    let (bus, home) = (Bus::start(), home(""));
    let (_connection, service) = desktop(&bus.address).await;
    let over_ssh = tries(home.path(), &bus.address, &[("SSH_CONNECTION", "1 2 3 4")]);
    assert_eq!(told(&over_ssh, "desktop").0, "off");
    assert!(!service.is_finished(), "nothing came");
    let here = tries(home.path(), &bus.address, &[]);
    assert_eq!(told(&here, "desktop").0, "shown", "{here:?}");
    let (title, line) = service.await.unwrap();
    assert_eq!((title.as_str(), line.as_str()), ("watchfire: a test", "This is how a new alert is told."));
}

#[test]
fn without_a_bus_or_with_a_silent_one_it_says_so_and_ends() {
    let home = home("");
    let silent = std::os::unix::net::UnixListener::bind(home.path().join("silent")).unwrap();
    let address = format!("unix:path={}", home.path().join("silent").display());
    let (outcome, said) = told(&tries(home.path(), &address, &[]), "desktop");
    assert!(outcome == "off" && said.contains("did not answer"), "{outcome} {said}");
    let nowhere = format!("unix:path={}", home.path().join("nowhere").display());
    let (outcome, said) = told(&tries(home.path(), &nowhere, &[]), "desktop");
    assert!(outcome == "off" && said.contains("none was shown"), "{outcome} {said}");
    drop(silent);
}

#[test]
fn a_program_gets_the_notice_as_json_and_no_secret_of_a_source() {
    let home = home("");
    let script = "cat > told.json; env > told.env";
    let toml = format!(
        "[notify]\ndesktop = false\ncommand = [\"sh\", \"-c\", \"{script}\"]\n[[source]]\nname = \"am\"\n\
         kind = \"alertmanager\"\nurl = \"http://127.0.0.1:1\"\ntoken_env = \"AM_TOKEN\"\n"
    );
    std::fs::write(home.path().join("config.toml"), toml).unwrap();
    let output = tries(home.path(), "unix:path=/nowhere", &[("AM_TOKEN", "hunter2")]);
    assert_eq!(told(&output, "command").0, "sent", "{output:?}");
    let notice: Value = serde_json::from_slice(&std::fs::read(home.path().join("told.json")).unwrap()).unwrap();
    assert_eq!((&notice["kind"], &notice["title"]), (&"test".into(), &"watchfire: a test".into()));
    let env = std::fs::read_to_string(home.path().join("told.env")).unwrap();
    assert!(env.contains("WATCHFIRE_KIND=test") && env.contains("WATCHFIRE_SEVERITY=info"), "{env}");
    assert!(!env.contains("hunter2"), "{env}");
}

#[test]
fn a_program_that_hangs_is_ended_and_one_that_fails_is_named() {
    for (run, wanted) in [("sleep 600", "took longer than"), ("exit 3", "exit status: 3")] {
        let toml =
            format!("[notify]\ndesktop = false\ncommand = [\"sh\", \"-c\", \"{run}\"]\ncommand_timeout = \"300ms\"\n");
        let output = tries(home(&toml).path(), "unix:path=/nowhere", &[]);
        let (outcome, said) = told(&output, "command");
        assert!(outcome == "failed" && said.contains(wanted), "{said}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn who_only_reads_runs_no_program() {
    let home = home("read_only = true\n[notify]\ndesktop = false\ncommand = [\"touch\", \"ran\"]\n");
    let output = tries(home.path(), "unix:path=/nowhere", &[]);
    assert_eq!(told(&output, "command").0, "off");
    assert!(!home.path().join("ran").exists());
}
