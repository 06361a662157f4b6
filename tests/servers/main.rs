//! Sources beyond Alertmanager and Prometheus, each against its real server where one can be had, else against a fake
//! that is held to a published contract or to recorded answers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test expects may be missing: then it fails")]
#![allow(clippy::duplicate_mod, reason = "the same tests twice, of sources that are reached otherwise")]

mod bosh;
mod check;
mod cloudfoundry;
mod cloudwatch;
mod concourse;
mod contract;
mod front;
mod grafana;
mod group_keys;
mod icinga2;
mod kubernetes;
mod pagerduty;
mod plugin;
mod poller;
mod prometheus_family;
mod statuspage;
#[allow(dead_code, unused_imports, reason = "the ground of the other tests, of which these need a part")]
#[path = "../it/support/mod.rs"]
mod support;
mod through;

use watchfire::sources;
