//! Plugins: programs that speak WSP/1, good ones, odd ones, and every source that is built in served as one.

mod bad;
mod budgets;
mod codec;
mod conformance;
mod examples;
pub mod far;
mod host;
mod limits;
mod pager;
mod push;

use std::path::PathBuf;

use chrono::Duration;
use watchfire::{
    config::{AckMode, SourceConfig, SourceKind, kinds::Own},
    domain::Time,
};

use crate::support;

/// A plugin that keeps to the protocol but for one habit.
fn odd(habit: &str) -> SourceConfig {
    plugin(&["/usr/bin/env", "python3", &path("tests/servers/plugin/odd.py"), habit])
}

/// Which has two seconds for each answer.
fn plugin(command: &[&str]) -> SourceConfig {
    let own = Own::default().with_list("command", command);
    let config = support::config(SourceKind::Plugin, &[]);
    SourceConfig { ack: AckMode::Native, timeout: Duration::seconds(2), own, ..config }
}

fn path(relative: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(relative).to_str().unwrap().to_owned()
}

fn noon() -> Time {
    "2026-11-21T12:00:00Z".parse().unwrap()
}
