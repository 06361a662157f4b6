//! `watchfire status`: everything in one line, and in the exit code that monitoring plugins use.

use serde::Serialize;

use crate::{
    app::world::{board::Row, sources::SourceStatus, trust::Verdict},
    domain::{
        Time,
        alert::{AlertState, Severity},
        duration,
        source::SourceState,
    },
};

use super::{
    answer::{say_json, trouble},
    args::{Global, Output},
    ask::{Asked, Journalled},
    exit::{self, Exit},
    start,
};

#[derive(Serialize)]
struct Status {
    verdict: &'static str,
    /// As the command ends.
    code: u8,
    critical: usize,
    error: usize,
    warning: usize,
    info: usize,
    unknown: usize,
    acked: usize,
    text: String,
}

pub async fn run(global: &Global) -> Result<Exit, Exit> {
    let Ok(config) = start::config(global) else {
        exit::say("UNKNOWN the configuration is wrong\n");
        return Ok(Exit::Plugin(3));
    };
    start::log(global.log.as_ref()).map_err(|_| Exit::Plugin(3))?;
    if !config.has_sources() {
        exit::say("UNKNOWN no source is configured\n");
        return Ok(Exit::Plugin(3));
    }
    let asked = Asked::with(config, Journalled::Read).await;
    let status = status(&asked);
    let end = Exit::Plugin(status.code);
    match global.output {
        Output::Json => say_json(&asked.answer("status", "status", &status))?,
        Output::Ndjson => say_json(&status)?,
        Output::Table | Output::Wide | Output::Markdown => exit::say(&(status.text + "\n")),
    }
    Ok(end)
}

fn status(asked: &Asked) -> Status {
    let counts = Severity::ALL.map(|s| asked.world.board.iter().filter(|r| burns(r) && r.severity == s).count());
    let acked = asked.world.board.iter().filter(|r| r.ack.is_some() && r.resolved_at.is_none()).count();
    let (verdict, code) = verdict(asked, acked);
    let text = line(asked, verdict, counts, acked);
    let [critical, error, warning, info, unknown] = counts;
    Status { verdict, code, critical, error, warning, info, unknown, acked, text }
}

/// The word over everything and its exit code. What was read only in part is never calm.
fn verdict(asked: &Asked, acked: usize) -> (&'static str, u8) {
    match asked.world.verdict() {
        Verdict::Critical => ("BURNING", 2),
        Verdict::Unknown => ("UNKNOWN", 3),
        _ if !asked.is_complete() => ("UNKNOWN", 3),
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

/// `BURNING 2C 3E 1W acked 4 | prod-eu live 3s | metrics UNREACHABLE`, for people and for the status line.
pub fn in_a_line(asked: &Asked) -> String {
    status(asked).text
}

fn line(asked: &Asked, verdict: &str, counts: [usize; 5], acked: usize) -> String {
    let letters = ["C", "E", "W", "I", "?"];
    let mut words = vec![verdict.to_owned()];
    words.extend(counts.iter().zip(letters).filter(|(n, _)| **n > 0).map(|(n, letter)| format!("{n}{letter}")));
    if acked > 0 {
        words.push(format!("acked {acked}"));
    }
    let sources = asked.world.sources.iter().map(|s| format!(" | {}", chip(s, asked.now)));
    words.join(" ") + &sources.collect::<String>()
}

fn chip(source: &SourceStatus, now: Time) -> String {
    let name = &source.about.name;
    let state = crate::app::world::World::state_of(source.state);
    match source.good_at {
        Some(at) if state == SourceState::Live => {
            let partly = if trouble(source).is_some() { " PARTLY" } else { "" };
            format!("{name} live{partly} {}", duration::age(at, now))
        }
        _ => format!("{name} {}", state.as_str().to_uppercase()),
    }
}
