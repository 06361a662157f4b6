//! Sources of kind `check`, with the real monitoring plugins of Debian.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use chrono::Duration;
use watchfire::{
    config::{SourceConfig, SourceKind, kinds::Own},
    domain::{
        Time,
        alert::Alert,
        source::{Snapshot, SourceError},
    },
};

use super::sources::{self, Source};

use crate::support::{config, server::Reply, server::Server};

/// Where Debian puts them.
const PLUGINS: &str = "/usr/lib/nagios/plugins";

fn plugin(name: &str) -> String {
    let path = format!("{PLUGINS}/{name}");
    assert!(Path::new(&path).exists(), "{path} is missing: apt-get install monitoring-plugins-basic");
    path
}

fn now() -> Time {
    "2026-11-21T03:00:00Z".parse().unwrap()
}

fn of(own: Own) -> SourceConfig {
    SourceConfig { own, timeout: Duration::seconds(5), ..config(SourceKind::Check, &[]) }
}

fn one(command: &[&str]) -> SourceConfig {
    of(Own::default().with_list("command", command))
}

async fn connected(config: &SourceConfig) -> std::sync::Arc<dyn Source> {
    sources::connect(config).await.unwrap()
}

async fn poll(config: &SourceConfig) -> Result<Snapshot, SourceError> {
    connected(config).await.poll(now()).await
}

fn line(alert: &Alert) -> String {
    format!("{} {}: {}", alert.severity().as_str(), alert.name().raw(), alert.annotations.value("summary"))
}

/// An executable file with this text.
fn script(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn each_exit_code_of_a_real_plugin_is_what_it_says() {
    let dummy = plugin("check_dummy");
    let told = poll(&one(&[&dummy, "0", "all well"])).await.unwrap();
    assert!(told.alerts.is_empty() && told.complete, "{told:?}");
    for (code, wanted) in [
        ("1", "warning check_dummy: WARNING: so so"),
        ("2", "critical check_dummy: CRITICAL: so so"),
        ("3", "unknown check_dummy: UNKNOWN: so so"),
    ] {
        let told = poll(&one(&[&dummy, code, "so so"])).await.unwrap();
        assert_eq!(told.alerts.iter().map(|a| line(a)).collect::<Vec<_>>(), [wanted]);
        assert!(told.complete && told.problems.is_empty());
    }
}

#[tokio::test]
async fn a_real_plugin_asks_a_real_server_and_its_numbers_are_kept() {
    let server = Server::always(Reply::status(503, "no")).await;
    let address = server.address();
    let (host, port) = address.split_once(':').unwrap();
    let http = plugin("check_http");
    let config = of(Own::default().with_list("command", &[&http, "-H", host, "-p", port]).with("name", "shop"));
    let told = poll(&config).await.unwrap();
    assert_eq!(told.alerts[0].name().raw(), "shop");
    assert!(line(&told.alerts[0]).contains("503"), "{}", line(&told.alerts[0]));
    assert!(told.alerts[0].annotations.value("perfdata").contains("time="), "{:?}", told.alerts[0]);
}

#[tokio::test]
async fn what_could_not_be_run_is_unreachable_and_never_calm() {
    for (command, words) in [
        (vec!["/nowhere/check_it"], "cannot run /nowhere/check_it"),
        (vec!["/bin/sh", "-c", "kill -9 $$"], "a signal ended it"),
        (vec!["/bin/sh", "-c", "exit 127"], "ended with 127"),
    ] {
        let error = poll(&one(&command)).await.unwrap_err();
        assert!(matches!(error, SourceError::Unreachable { .. }) && error.to_string().contains(words), "{error}");
    }
    assert!(sources::connect(&of(Own::default())).await.is_err(), "it has nothing to run");
}

async fn poll_with_dir(dir: &Path) -> Result<Snapshot, SourceError> {
    let mut config = of(Own::default().with_path("dir", dir));
    config.timeout = Duration::seconds(1);
    poll(&config).await
}

#[tokio::test]
async fn every_executable_of_a_directory_is_a_check_and_one_that_hangs_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    script(dir.path(), "disk", "echo 'DISK CRITICAL - / is full | /=100%'; exit 2");
    script(dir.path(), "fine", "exit 0");
    let child = dir.path().join("child");
    let hang = format!("sleep 600 & echo $! > {}; sleep 600", child.display());
    script(dir.path(), "hangs", &hang);
    script(dir.path(), ".hidden", "exit 2");
    script(dir.path(), "old~", "exit 2");
    fs::write(dir.path().join("README"), "no check").unwrap();
    let told = poll_with_dir(dir.path()).await.unwrap();
    assert_eq!(told.alerts.iter().map(|a| line(a)).collect::<Vec<_>>(), ["critical disk: DISK CRITICAL - / is full"]);
    assert!(!told.complete, "nobody knows of the one that hangs");
    assert_eq!(told.problems[0].at.raw(), "hangs");
    assert!(told.problems[0].why.raw().contains("did not end within 1s"));
    let child = fs::read_to_string(child).unwrap();
    assert!(is_gone(child.trim()).await, "what it had started went with it");
}

/// Whether a process ends, or is only waited for by its parent any more.
async fn is_gone(pid: &str) -> bool {
    let state = || fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    for _ in 0..500 {
        match state() {
            Some(stat) if !stat.contains(") Z ") => tokio::task::yield_now().await,
            _ => return true,
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn a_check_that_never_stops_printing_is_cut_off_and_its_text_is_harmless() {
    let told = poll(&one(&["/bin/sh", "-c", "printf '\\033[2Jbad'; exit 1"])).await.unwrap();
    assert!(!told.alerts[0].summary().unwrap().shown().contains('\u{1b}'));
    let error = poll(&one(&["/bin/sh", "-c", "yes"])).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_check_gets_nothing_of_our_environment_but_what_it_needs() {
    let told = poll(&one(&["/bin/sh", "-c", "env | cut -d= -f1 | sort | tr '\\n' ' '; exit 1"])).await.unwrap();
    let names = told.alerts[0].summary().unwrap().raw().to_owned();
    let lent = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "PWD", "SHLVL", "_", "OLDPWD"];
    assert!(names.split_whitespace().all(|n| lent.contains(&n)), "{names}");
}

#[tokio::test]
async fn an_alert_keeps_its_beginning_through_a_change_for_the_worse_and_a_new_start() {
    let (dir, memory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let check = script(dir.path(), "queue", "exit 1");
    let mut config = one(&[check.to_str().unwrap()]);
    config.kept_in = Some(memory.path().join("checks"));
    let began = connected(&config).await.poll(now()).await.unwrap().alerts[0].starts_at;
    assert_eq!(began, now());
    script(dir.path(), "queue", "exit 2");
    let anew = connected(&config).await;
    let later = now() + Duration::minutes(7);
    let told = anew.poll(later).await.unwrap();
    assert_eq!((told.alerts[0].starts_at, told.alerts[0].severity().as_str()), (began, "critical"));
    script(dir.path(), "queue", "exit 0");
    assert!(anew.poll(later).await.unwrap().alerts.is_empty());
    script(dir.path(), "queue", "exit 2");
    let again = anew.poll(later + Duration::minutes(1)).await.unwrap();
    assert_eq!(again.alerts[0].starts_at, later + Duration::minutes(1), "another trouble begins anew");
}

#[tokio::test]
async fn a_check_may_be_bad_a_few_times_before_it_is_an_alert() {
    let config = of(Own::default().with_list("command", &["/bin/false"]).with_number("attempts", 3));
    let source = connected(&config).await;
    let mut shown = Vec::new();
    for minute in 0..4 {
        let told = source.poll(now() + Duration::minutes(minute)).await.unwrap();
        shown.push(told.alerts.first().map(|a| (a.starts_at - now()).num_minutes()));
    }
    assert_eq!(shown, [None, None, Some(0), Some(0)], "it began when it was first bad");
}
