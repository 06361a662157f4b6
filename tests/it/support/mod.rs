//! What tests stand on: a server that plays any answer, real servers, and a configuration for them.

#[allow(dead_code, reason = "two binaries stand on it, and each needs a part")]
pub mod cockpit;
pub mod hand;
pub mod heart;
pub mod real;
#[allow(dead_code, reason = "two binaries stand on it, and each needs a part")]
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

#[allow(dead_code, reason = "two binaries stand on it, and each needs a part")]
/// The one source of a configuration file, read as the program reads it; secrets may stand in it.
pub fn source_of(file: &str) -> SourceConfig {
    use watchfire::config::{Request, load, request};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, file).unwrap();
    let request = Request {
        explicit: Some(path),
        env: request::Env::of(&[]),
        dirs: request::Dirs { data: Some("/data".into()), ..request::Dirs::default() },
        login: "login".to_owned(),
        flags: request::Flags::default(),
        mode_of: |_, _| Some(0o600),
    };
    let config = load(&request).unwrap_or_else(|errors| panic!("{errors:#?}"));
    config.sources.into_iter().next().unwrap()
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
