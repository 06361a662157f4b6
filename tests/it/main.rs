//! One binary for every test that needs no terminal and no server of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test expects may be missing: then it fails")]

mod absence;
mod ack_contracts;
mod actions;
mod alertmanager;
mod axis;
mod board;
mod budget_layers;
mod bulk;
mod bytes;
mod cli;
mod config;
mod contract;
mod counting;
mod details;
mod discover;
mod docs;
mod documents;
mod drills;
mod filter;
mod graphs;
mod heart;
mod hostile;
mod incidents;
mod journal;
mod links;
mod monkey;
mod plain;
mod prometheus;
mod screens;
mod seeing;
mod silences;
mod sim;
mod sim_contract;
mod slo;
mod slo_files;
mod slo_properties;
mod slo_vectors;
mod stories;
mod support;
mod tidy;
mod truth;
mod why;
