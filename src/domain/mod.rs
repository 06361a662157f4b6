//! Nouns, and arithmetic on them. No async, no terminal, no vendor's JSON, no clock: time is an argument.

pub mod acks;
pub mod action;
pub mod alert;
pub mod change;
pub mod checkup;
pub mod contract;
pub mod correlation;
pub mod cover;
pub mod deed;
pub mod delta;
pub mod drill;
pub mod duration;
pub mod entry;
pub mod few;
pub mod filter;
pub mod go_regex;
pub mod held;
pub mod incident;
pub mod label;
pub mod link;
pub mod matcher;
pub mod members;
pub mod moment;
pub mod notify;
pub mod oncall;
pub mod op;
pub mod past;
pub mod routing;
pub mod runbook;
pub mod sha256;
pub mod shift;
pub mod signals;
pub mod silence;
pub mod slo;
pub mod source;
pub mod text;

/// A moment, always UTC inside; only a screen knows of zones.
pub type Time = chrono::DateTime<chrono::Utc>;
