//! `watchfire alerts`: the board once.

use std::borrow::Cow;

use crate::{
    app::world::board::Row,
    config::theme::Role,
    domain::{alert::Severity, duration, entry::Subject},
    ui::alerts::state_word,
};

use super::{
    answer::alert::AlertAnswer,
    args::{Global, Output},
    ask::{Asked, Journalled},
    exit::{self, Exit},
    noise,
    paper::Paper,
    pick, show,
    table::{Cell, Table},
    why,
};

#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    other: Option<Other>,
    /// Which: words that must all hold, such as severity=critical, team=~"web|api", @age>15m; none means all
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// Among the alerts of a saved view
    #[arg(long, value_name = "NAME")]
    view: Option<String>,
    /// End with 0 though a source could not be read
    #[arg(long)]
    allow_partial: bool,
}

/// What else can be asked of alerts.
#[derive(clap::Subcommand, Debug)]
pub enum Other {
    /// Why alerts paged or did not: route, group, inhibition, silence and mute interval, from the live configuration
    Why(why::Args),
    /// One alert whole: labels, ack, why it paged, when it burned before, what is related, its journal
    Show(show::Args),
    /// Which alerts page for nothing: the most marked, the most firing, the most flapping, from the journal
    Noise(noise::Args),
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    match &args.other {
        Some(Other::Why(args)) => why::run(global, args).await,
        Some(Other::Show(args)) => show::run(global, args).await,
        Some(Other::Noise(args)) => noise::run(global, args).await,
        None => list(global, args).await,
    }
}

async fn list(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let filter = pick::filter(&args.filter)?;
    let asked = Asked::of(global, Journalled::Read).await?;
    let view = pick::view(&asked.config, args.view.as_deref())?;
    let rows = pick::among(&asked, [&view, &filter]);
    let body = match global.output {
        Output::Json | Output::Ndjson => {
            let notes = |row: &Row| asked.notes_on(&Subject::alert(&row.id));
            let links = |row: &Row| asked.world.links(row);
            let incident = |row: &Row| asked.world.incidents.incident_of(&row.id);
            let of = |row| AlertAnswer::of(row, notes(row), asked.now).linked(&links(row)).of_incident(incident(row));
            rows.iter().map(|row| of(*row)).collect()
        }
        // A table is made of the rows themselves.
        Output::Table | Output::Wide | Output::Markdown => Vec::new(),
    };
    let wide = global.output == Output::Wide;
    let paper = Paper::of(global, &asked.config);
    asked.answer("alerts", "alerts", body).say(global.output, || table(&asked, &rows, wide, &paper))?;
    if rows.is_empty() {
        say_none(&asked, filter.is_everything() && view.is_everything());
    }
    let exit = asked.conclude(args.allow_partial);
    asked.leave();
    Ok(exit)
}

/// An empty answer is calm only where everything was asked.
fn say_none(asked: &Asked, all: bool) {
    match (asked.is_complete(), all) {
        (false, _) => exit::tell("watchfire: UNKNOWN: no alert among what could be read"),
        (true, true) => exit::tell("watchfire: no alert fires"),
        (true, false) => exit::tell("watchfire: no alert matches"),
    }
}

const NARROW: [&str; 7] = ["S", "STATE", "AGE", "NAME", "SUMMARY", "OWNER", "SOURCE"];
const WIDE: [&str; 13] = [
    "S",
    "STATE",
    "AGE",
    "NAME",
    "SUMMARY",
    "OWNER",
    "SOURCE",
    "STARTED",
    "ACKED UNTIL",
    "REASON",
    "NOTES",
    "ID",
    "LABELS",
];

/// The board as lines; nothing at all where there is no row.
pub fn table(asked: &Asked, rows: &[&Row], wide: bool, paper: &Paper) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let table = if wide { Table::new(&WIDE) } else { Table::new(&NARROW).cut("SUMMARY", paper) };
    let mut table = table.expect(rows.len());
    // Looked at as they lie in memory: where they are told in another order, each look would be one far away.
    let mut lie: Vec<usize> = (0..rows.len()).collect();
    lie.sort_unstable_by_key(|place| std::ptr::from_ref(rows[*place]).addr());
    let mut order = vec![0; rows.len()];
    for (at, place) in lie.into_iter().enumerate() {
        let row = rows[place];
        let more = if wide { more(row, asked) } else { Vec::new() };
        table.row(narrow(row, asked).into_iter().chain(more));
        order[place] = at;
    }
    table.arranged(order).render(paper)
}

fn narrow<'a>(row: &'a Row, asked: &Asked) -> [Cell<'a>; NARROW.len()] {
    let (letter, role) = severity(row.severity);
    let (state, state_role) = state_word(row);
    let owner = row.ack.as_ref().map(|a| a.by.line()).unwrap_or_default();
    let source = row.id.source.as_str();
    let source = match asked.world.told_also(row) {
        0 => Cow::from(source),
        others => format!("{source} +{others}").into(),
    };
    [
        Cell::dyed(letter, role),
        Cell::dyed(state, state_role),
        duration::age(row.alert.starts_at, asked.now).into(),
        row.name().line().into(),
        row.says(asked.now).into(),
        Cell::dyed(owner, Role::Acked),
        Cell::dyed(source, Role::Dim),
    ]
}

fn more<'a>(row: &'a Row, asked: &Asked) -> Vec<Cell<'a>> {
    let ack = row.ack.as_ref();
    let labels: Vec<String> = row.alert.labels.iter().map(|(n, v)| format!("{}={}", n.line(), v.line())).collect();
    let notes = asked.notes_on(&Subject::alert(&row.id)).map_or_else(|| "?".into(), |n| n.to_string());
    vec![
        moment(row.alert.starts_at).into(),
        ack.and_then(|a| a.until).map(moment).unwrap_or_default().into(),
        ack.map(|a| a.reason.line()).unwrap_or_default().into(),
        notes.into(),
        row.id.to_string().into(),
        labels.join(" ").into(),
    ]
}

/// A moment for a person, in UTC.
pub fn moment(at: crate::domain::Time) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// One letter, and the style it has on every screen.
pub fn severity(severity: Severity) -> (&'static str, Role) {
    match severity {
        Severity::Critical => ("C", Role::Critical),
        Severity::Error => ("E", Role::Error),
        Severity::Warning => ("W", Role::Warning),
        Severity::Info => ("I", Role::Info),
        Severity::Unknown => ("?", Role::Unknown),
    }
}
