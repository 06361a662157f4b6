//! The shell: the only room that spawns, sleeps, draws, touches the process and reads the clock.

#![allow(clippy::disallowed_methods, reason = "this is the room that spawns, sleeps and reads the clock")]

pub mod action;
pub mod backoff;
pub mod beyond;
pub mod budgets;
mod changes;
pub mod clock;
pub mod cockpit;
pub mod dialogue;
pub mod editor;
pub mod execute;
pub mod explain;
mod failpoint;
pub mod golden;
pub mod handover;
pub mod heap;
pub mod inquire;
pub mod journal;
mod makeup;
pub mod notify;
pub mod oncall;
pub mod once;
pub mod panics;
pub mod plain;
pub mod poll;
pub mod postmortem;
pub mod queue;
pub mod recording;
pub mod recover;
pub mod reload;
pub mod request;
pub mod routes;
pub mod runbook;
pub mod signals;
pub mod standing;
pub mod study;
pub mod terminal;

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::{app::msg::Msg, domain::source::SourceName, sources::Source};

/// All configured backends.
pub type Sources = Vec<Arc<dyn Source>>;

/// Where tasks put what happened. Bounded: a slow screen holds the tasks back, nothing piles up.
pub type Inbox = mpsc::Sender<Msg>;

/// Messages that may wait for the loop.
pub const INBOX: usize = 256;

/// The source of this name.
pub(crate) fn find<'a>(sources: &'a Sources, name: &SourceName) -> Option<&'a Arc<dyn Source>> {
    sources.iter().find(|s| &s.describe().name == name)
}
