//! What a plugin says it can do, as the rest of watchfire knows it.
//!
//! Takes nothing for granted: a verb that nobody here knows is left out, a promise without its counterpart as well.

use chrono::Duration;

use super::{
    budgets::PROMQL,
    wire::{Can, CanAct},
};
use crate::{
    config::{AckMode, SourceConfig},
    domain::{
        held::{Needs, Verb, Way},
        source::{AckVia, Capabilities, Description},
        text::SafeText,
    },
};

/// Acts of one plugin; more are left out.
const ACTS_MAX: usize = 32;
/// The longest pause between two looks that a plugin may want, in milliseconds.
const FLOOR_MAX_MS: i64 = 3_600_000;

/// The source as it is once the plugin has said what it can.
pub(super) fn description(config: &SourceConfig, can: &Can) -> Description {
    let writes = can.suppress.as_ref().is_some_and(|s| s.write) && config.silences_writable;
    let ways = ways(can);
    let floor = can.alerts.as_ref().and_then(|a| a.watch.floor_ms).unwrap_or(0).clamp(0, FLOOR_MAX_MS);
    Description {
        name: config.name.clone(),
        kind: config.kind.as_str(),
        can: Capabilities {
            alerts: can.alerts.is_some(),
            ack: ack(config.ack, can, writes, &ways),
            silences: writes,
            counts: counts(can),
            evaluates: can.evaluates,
            on_call: can.oncall.is_some(),
            changes: can.changes.is_some() || can.timeline.is_some(),
            ways,
        },
        interval: config.interval.max(Duration::milliseconds(floor)),
    }
}

/// Whether it tells or counts objectives, by itself or by queries that are written here.
fn counts(can: &Can) -> bool {
    let promql = can.metrics.as_ref().is_some_and(|m| m.dialect == PROMQL);
    promql || can.slos.as_ref().is_some_and(|s| s.list || s.count)
}

/// `native` of the configuration means: as the plugin can.
fn ack(wanted: AckMode, can: &Can, writes: bool, ways: &[Way]) -> Option<AckVia> {
    let mode = can.ack.as_ref().map_or("journal", |a| a.mode.as_str());
    let acks = ways.iter().any(|w| w.verb == Verb::Ack);
    match (wanted, mode) {
        (_, "none") => None,
        (AckMode::Journal, _) => Some(AckVia::Journal),
        (AckMode::Native, "native") if acks => Some(AckVia::Native),
        (AckMode::Native, "suppress") | (AckMode::Silence, _) => writes.then_some(AckVia::Silence),
        (AckMode::Native, _) => Some(AckVia::Journal),
    }
}

fn ways(can: &Can) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for act in can.acts.iter().take(ACTS_MAX) {
        if let Some(way) = way(act)
            && !ways.iter().any(|w| w.verb == way.verb)
        {
            ways.push(way);
        }
    }
    if can.notes.is_some() && !ways.iter().any(|w| w.verb == Verb::Note) {
        let words = SafeText::new("writes a note there");
        ways.push(Way { verb: Verb::Note, words, text: Needs::Must, until: Needs::No, undo: None });
    }
    ways
}

fn way(act: &CanAct) -> Option<Way> {
    let verb = Verb::read(&act.verb)?;
    let words = if act.words.is_empty() { SafeText::new(&act.verb) } else { act.words.clone() };
    let undo = act.undo.as_deref().and_then(Verb::read);
    Some(Way { verb, words, text: needs(&act.text), until: needs(&act.until), undo })
}

fn needs(word: &str) -> Needs {
    match word {
        "must" => Needs::Must,
        "may" => Needs::May,
        _ => Needs::No,
    }
}

/// The other way round, for a source that is served to others.
pub(super) fn word(needs: Needs) -> &'static str {
    match needs {
        Needs::No => "no",
        Needs::May => "may",
        Needs::Must => "must",
    }
}
