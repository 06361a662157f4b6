//! `[sim]`: a simulated day in place of a backend, and what its clock shows. Knows no scenario: whoever plays it reads it.

use super::{
    document::Node,
    fault::{At, Report},
    layers::Layers,
    place::Place,
    schema::{Key, Kind, may, must},
    types::SimConfig,
};
use crate::domain::Time;

/// Where the silences that people write on a simulated day are kept: beside the configuration.
const SILENCES: &str = "sim-silences.json";

/// The keys of `[sim]`.
pub(super) const KEYS: &[Key] = &[
    must("scenario", Kind::Text, "A built-in scenario by its name, or a file of your own that ends in .toml."),
    must("began", Kind::Text, "The first moment of its day, on its own clock."),
    may("clock_showed", Kind::Text, "What its clock showed; left out, it shows what the clock of the machine does."),
    may("clock_read_at", Kind::Text, "When that was, on the clock of the machine."),
    may("speed", Kind::Amount, "How many times as fast as the machine's its clock runs since."),
];

/// None where there is no such table, or a mistake in it was told.
pub(super) fn read(layers: Layers<'_>, place: &Place<'_>, report: &mut Report) -> Option<SimConfig> {
    let table = layers.file.get("sim")?;
    // An empty table, as in the reference, is none.
    KEYS.iter().find(|key| layers.file.at_path(&["sim", key.name]).is_some())?;
    for name in ["scenario", "began"].into_iter().filter(|name| layers.file.at_path(&["sim", name]).is_none()) {
        report.hint(table.at, format!("[sim] has no `{name}`"), "`watchfire demo --keep DIR` writes one");
    }
    let (showed, read_at) = (time(layers, "clock_showed", report), time(layers, "clock_read_at", report));
    if showed.is_some() != read_at.is_some() {
        report.hint(table.at, "`clock_showed` and `clock_read_at` belong together", "name both, or neither");
    }
    let began = time(layers, "began", report);
    let scenario = layers.read(&["sim", "scenario"], |n| n.text().map(str::to_owned))?;
    let scenario = if scenario.ends_with(".toml") { place.path(&scenario).to_string_lossy().into() } else { scenario };
    let speed = layers.read(&["sim", "speed"], Node::amount).unwrap_or(1.0);
    Some(SimConfig { scenario, began: began?, clock: showed.zip(read_at), speed, silences: place.path(SILENCES) })
}

fn time(layers: Layers<'_>, name: &str, report: &mut Report) -> Option<Time> {
    let (at, text): (At, &str) = layers.get(&["sim", name]).and_then(|(n, _)| Some((n.at, n.text()?)))?;
    let read = text.parse().ok();
    if read.is_none() {
        report.hint(at, format!("`{name}` is no time"), "write it like 2026-03-02T20:00:00Z");
    }
    read
}
