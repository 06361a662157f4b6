//! `watchfire config keys`: the map of keys in force, and where each key came from.

use serde::Serialize;

use crate::{
    config::{
        ConfigError,
        keymap::{Binding, BoundBy, Command, Context, Keymap, preset},
    },
    domain::text::sanitise,
    runtime::clock::Clock,
};

use super::{
    answer::Answer,
    args::Global,
    exit::{self, Exit},
    paper::Paper,
    start,
    table::Table,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A preset as it is, without your own keys: srepd, k9s, vim
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(preset::NAMES))]
    pub preset: Option<String>,
    /// Only what works there: alerts, budgets, timeline, alert, budget, silences, incident, runbook, ..
    #[arg(long = "in", value_name = "PLACE", value_parser = place)]
    pub place: Option<Context>,
}

fn place(text: &str) -> Result<Context, String> {
    let names = || Context::ALL.iter().map(|c| c.name()).collect::<Vec<_>>().join(", ");
    Context::from_name(text).ok_or_else(|| format!("no such place; one of {}", names()))
}

#[derive(Serialize)]
struct Row {
    /// None: the palette alone runs it.
    keys: Option<String>,
    command: &'static str,
    /// Where the key is the command's own; none: everywhere.
    #[serde(rename = "in")]
    places: Vec<&'static str>,
    from: Option<String>,
    does: &'static str,
}

pub fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    let file = config.path.as_ref().map(|p| sanitise(&p.to_string_lossy()).into_owned()).unwrap_or_default();
    let keymap = args.preset.as_deref().map_or_else(|| config.keymap.clone(), preset::keymap);
    let rows: Vec<Row> = Command::ALL.iter().flat_map(|c| rows(&keymap, *c, args.place, &file)).collect();
    let table = || {
        let mut table = Table::new(&["KEYS", "COMMAND", "IN", "FROM", "DOES"]);
        for row in &rows {
            let keys = row.keys.clone().unwrap_or_else(|| "-".into());
            let from = row.from.clone().unwrap_or_else(|| "-".into());
            let places = if row.places.is_empty() { "everywhere".to_owned() } else { row.places.join(" ") };
            table.row(vec![keys.into(), row.command.into(), places.into(), from.into(), row.does.into()]);
        }
        table.render(&Paper::of(global, &config))
    };
    let answer = Answer::of_ours("config", "keys", Clock::real().now(), rows.iter().collect::<Vec<_>>());
    answer.say(global.output, table)?;
    Ok(Exit::Done)
}

/// A command's bindings; one row without a key where it has none.
fn rows(keymap: &Keymap, command: Command, place: Option<Context>, file: &str) -> Vec<Row> {
    if place.is_some_and(|place| !command.works_in(place)) {
        return Vec::new();
    }
    let here = place.map(|place| keymap.chords_in(command, place));
    let in_force = |b: &&Binding| here.as_ref().is_none_or(|here| here.contains(&b.chord.to_string()));
    let its = keymap.bindings().iter().filter(|b| b.command == command).filter(in_force);
    let names = |places: &[Context]| places.iter().map(|c| c.name()).collect::<Vec<_>>();
    let row = |b: &Binding| Row {
        keys: Some(b.chord.to_string()),
        command: command.name(),
        places: b.context.map_or_else(|| names(command.places()), |c| vec![c.name()]),
        from: Some(origin(b.from, file)),
        does: command.help(),
    };
    let mut rows: Vec<Row> = its.map(row).collect();
    if rows.is_empty() {
        let places = names(command.places());
        rows.push(Row { keys: None, command: command.name(), places, from: None, does: command.help() });
    }
    rows
}

fn origin(from: BoundBy, file: &str) -> String {
    match from {
        BoundBy::BuiltIn => "default".to_owned(),
        BoundBy::Preset(name) => format!("preset {name}"),
        BoundBy::User(at) => format!("{file}:{}", at.line),
    }
}

/// Says what is strange and stops nobody.
pub fn warn(warnings: &[ConfigError]) {
    warnings.iter().for_each(|warning| exit::tell(format_args!("warning: {warning}")));
}
