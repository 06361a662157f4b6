//! What tests stand on: a server that plays any answer, real servers, and a configuration for them.

pub mod cockpit;
pub mod hand;
pub mod heart;
pub mod real;
pub mod server;
pub mod spy;

use std::path::PathBuf;

use chrono::Duration;
use watchfire::{
    config::{AckMode, Auth, SourceConfig, SourceKind},
    domain::{Time, source::SourceName},
};

/// A source with nothing but addresses: ten seconds a request, silences writable.
pub fn config(kind: SourceKind, urls: &[String]) -> SourceConfig {
    SourceConfig {
        name: SourceName::new("prod"),
        kind,
        urls: urls.to_vec(),
        auth: Auth::None,
        ca_file: None,
        client_cert: None,
        headers: Vec::new(),
        proxy: None,
        ack: AckMode::Silence,
        silences_writable: true,
        interval: Duration::seconds(15),
        timeout: Duration::seconds(10),
        requests_per_minute: None,
        discover: true,
        kept_in: None,
        own: watchfire::config::kinds::Own::default(),
    }
}

/// When the answers under `tests/fixtures/recordings` were recorded.
pub fn recorded_at() -> Time {
    "2026-11-21T02:47:31Z".parse().unwrap()
}

/// The machine's clock, which is the one a real server keeps.
#[allow(clippy::disallowed_methods, reason = "a real server lives in the machine's time")]
pub fn machine_time() -> Time {
    chrono::Utc::now()
}

pub fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}
