//! The program in a real terminal, and against real servers.
//!
//! Whatever a test here sees written goes through one oracle: a grammar of our own.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test expects may be missing: then it fails")]

mod ahead;
mod answers;
mod beginnings;
mod bound;
mod crash;
mod editor;
mod endings;
mod exporter;
mod first;
mod harness;
mod hostile;
mod keys;
mod link;
mod mouse;
mod mux;
mod notices;
mod outage;
#[cfg(debug_assertions)]
mod panics;
mod paste;
mod plain;
mod reload;
mod sizes;
mod ssh;
mod stop;
mod story;
mod support;
mod terms;
mod themes;
mod tokens;
