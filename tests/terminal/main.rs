//! The program in a real terminal, and against real servers.
//!
//! Whatever a test here sees written goes through one oracle: a grammar of our own, and no question to the terminal.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test expects may be missing: then it fails")]

mod answers;
mod beginnings;
mod crash;
mod editor;
mod endings;
mod exporter;
mod harness;
mod hostile;
mod keys;
mod link;
mod outage;
#[cfg(debug_assertions)]
mod panics;
mod paste;
mod plain;
mod sizes;
mod stop;
mod story;
mod support;
mod tokens;
