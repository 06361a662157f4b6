//! Sources beyond Alertmanager and Prometheus, each against its real server where one can be had, else against a fake
//! that is held to a published contract or to recorded answers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test expects may be missing: then it fails")]

mod direct;
mod front;
mod group_keys;
mod plugin;
mod poller;
#[allow(dead_code, unused_imports, reason = "the ground of the other tests, of which these need a part")]
#[path = "../it/support/mod.rs"]
mod support;
#[allow(clippy::duplicate_mod, reason = "the same tests, of sources that are reached otherwise")]
mod through;
