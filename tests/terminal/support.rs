//! What these tests share with the others: fixtures and real servers.

use std::path::PathBuf;

#[path = "../it/support/real.rs"]
#[allow(dead_code, reason = "each binary starts the servers it needs")]
pub mod real;

#[path = "../it/support/server.rs"]
#[allow(dead_code, reason = "of it the proxy reads requests alone")]
pub mod server;

#[path = "../it/bulk/proxy.rs"]
pub mod proxy;

pub fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}
