//! What these tests share with the others: fixtures and real servers.

use std::path::PathBuf;

#[path = "../it/support/real.rs"]
#[allow(dead_code, reason = "each binary starts the servers it needs")]
pub mod real;

pub fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}
