//! Where settings come from and what each mistake is: TOML with line, column and the nearest name.
//!
//! Knows neither tokio nor drawing; secrets are named here and read by whoever needs them.

pub mod openslo;
pub mod types;

pub use types::*;
