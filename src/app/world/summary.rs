//! Everything in a line: the word over it, the counts, each source. For a prompt, tmux, a plugin and the cockpit's own
//! note beside its journal. What was read only in part is never calm.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Time,
    alert::{AlertState, Severity},
    duration,
    source::SourceState,
};

use super::{World, board::Row, sources::SourceStatus, trust::Verdict};

/// What is known in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// BURNING, WARNING, UNKNOWN, ALL ACKED or CALM.
    pub verdict: String,
    /// The exit code that monitoring plugins use.
    pub code: u8,
    pub critical: usize,
    pub error: usize,
    pub warning: usize,
    pub info: usize,
    pub unknown: usize,
    pub acked: usize,
    /// `BURNING 2C 3E 1W acked 4 | prod-eu live 3s | metrics UNREACHABLE`.
    pub text: String,
}

impl Summary {
    /// `complete`: every source told everything.
    pub fn of(world: &World, now: Time, complete: bool) -> Self {
        let counts = Severity::ALL.map(|s| world.board.iter().filter(|r| burns(r) && r.severity == s).count());
        let acked = world.board.iter().filter(|r| r.ack.is_some() && r.resolved_at.is_none()).count();
        let (verdict, code) = verdict(world, complete, acked);
        let mut words = vec![Self::words(verdict, counts, acked)];
        words.extend(world.sources.iter().map(|s| chip(s, now)));
        let [critical, error, warning, info, unknown] = counts;
        Self {
            verdict: verdict.to_owned(),
            code,
            critical,
            error,
            warning,
            info,
            unknown,
            acked,
            text: words.join(" | "),
        }
    }

    /// As [`Self::of`] of a world that is watched.
    pub fn now(world: &World, now: Time) -> Self {
        let complete = !world.is_blind() && world.sources.iter().all(|s| s.trouble().is_none());
        Self::of(world, now, complete)
    }

    /// `BURNING 2C 3E 1W acked 4`.
    pub fn short(&self) -> String {
        let counts = [self.critical, self.error, self.warning, self.info, self.unknown];
        Self::words(&self.verdict, counts, self.acked)
    }

    fn words(verdict: &str, counts: [usize; 5], acked: usize) -> String {
        let letters = ["C", "E", "W", "I", "?"];
        let mut words = vec![verdict.to_owned()];
        words.extend(counts.iter().zip(letters).filter(|(n, _)| **n > 0).map(|(n, letter)| format!("{n}{letter}")));
        if acked > 0 {
            words.push(format!("acked {acked}"));
        }
        words.join(" ")
    }
}

fn verdict(world: &World, complete: bool, acked: usize) -> (&'static str, u8) {
    match world.verdict() {
        Verdict::Critical => ("BURNING", 2),
        Verdict::Unknown => ("UNKNOWN", 3),
        _ if !complete => ("UNKNOWN", 3),
        Verdict::Warning => ("WARNING", 1),
        // Nothing burns that nobody is on.
        _ if acked > 0 => ("ALL ACKED", 0),
        _ => ("CALM", 0),
    }
}

/// Nobody is on it, and nobody muted it.
fn burns(row: &Row) -> bool {
    row.resolved_at.is_none() && row.ack.is_none() && !row.is_suppressed() && row.told != AlertState::Pending
}

fn chip(source: &SourceStatus, now: Time) -> String {
    let name = &source.about.name;
    let state = World::state_of(source.state);
    match source.good_at {
        Some(at) if state == SourceState::Live => {
            let partly = if source.trouble().is_some() { " PARTLY" } else { "" };
            format!("{name} live{partly} {}", duration::age(at, now))
        }
        _ => format!("{name} {}", state.as_str().to_uppercase()),
    }
}
