//! `watchfire runbook show`: the runbook of one alert as text, with what is done of it.

use serde::Serialize;

use crate::{
    domain::{
        Time,
        entry::Subject,
        runbook::{Block, Code, Item, Runbook, Tick, ticks},
        text::SafeText,
    },
    runtime::runbook,
};

use super::{
    answer::say_json,
    args::{Global, Output},
    ask::{Asked, Journalled},
    exit::{self, Exit},
    pick, timeline, why,
};

/// Most entries of one alert that are looked through for what is done.
const ENTRIES: u32 = 10_000;

#[derive(clap::Subcommand, Debug)]
pub enum Do {
    /// The runbook of one alert, with what is done of it
    Show(Args),
}

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which alert: its ID, the first digits of its fingerprint, or FILTER words that match one
    #[arg(value_name = "ID|FILTER", required = true)]
    which: Vec<String>,
}

#[derive(Serialize)]
struct RunbookAnswer<'a> {
    schema: &'static str,
    at: Time,
    alert: String,
    place: &'a str,
    title: Option<&'a SafeText>,
    steps: Vec<StepAnswer<'a>>,
    commands: Vec<&'a str>,
}

#[derive(Serialize)]
struct StepAnswer<'a> {
    text: &'a SafeText,
    done: bool,
    by: Option<&'a SafeText>,
    done_at: Option<Time>,
}

/// # Errors
/// After saying why there is none.
pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    let Do::Show(args) = what;
    let asked = Asked::of(global, Journalled::Read).await?;
    let rows = why::named(&asked, &args.which)?;
    let row = match rows.as_slice() {
        [row] => row,
        [] => return Err(pick::nothing(&asked, "no alert matches")),
        many => return Err(exit::misused(format_args!("{} alerts match; name one by its ID", many.len()))),
    };
    let link = row.alert.runbook_url();
    let unread = |why: &str| {
        let link = link.map(|l| format!("; its link is {}", l.line())).unwrap_or_default();
        exit::failed(format_args!("the runbook of {} cannot be read: {why}{link}", row.name().line()))
    };
    let places =
        asked.world.runbooks.rules.places(row.name().raw(), link.map(SafeText::raw)).map_err(|w| unread(&w))?;
    let (place, book) = runbook::read(&places).await.map_err(|why| unread(&why.line()))?;
    let subject = Subject::alert(&row.id);
    let entries = match &asked.journal {
        Some(journal) => {
            journal.since(row.alert.starts_at, Some(&subject), ENTRIES).await.map_err(|e| timeline::unread(&e))?
        }
        None => Vec::new(),
    };
    let done = ticks(entries.iter(), &place, row.alert.starts_at);
    match global.output {
        Output::Table | Output::Wide | Output::Markdown => {
            exit::say(&book.blocks.iter().map(|b| block(b, |k| done.get(k))).collect::<String>())
        }
        Output::Json | Output::Ndjson => say_json(&answer(asked.now, row.id.to_string(), &place, (&book, &done)))?,
    }
    Ok(asked.conclude(true))
}

fn answer<'a>(
    at: Time,
    alert: String,
    place: &'a str,
    (book, done): (&'a Runbook, &'a std::collections::BTreeMap<String, Tick>),
) -> RunbookAnswer<'a> {
    let step = |item: &'a Item| {
        let tick = done.get(&item.key);
        StepAnswer { text: &item.text, done: tick.is_some(), by: tick.map(|t| &t.by), done_at: tick.map(|t| t.at) }
    };
    let command = |b: &'a Block| match b {
        Block::Code(Code { script: Some((_, text)), .. }) => Some(text.as_str()),
        _ => None,
    };
    RunbookAnswer {
        schema: "watchfire/runbook/1",
        at,
        alert,
        place,
        title: book.title(),
        steps: book.steps().map(step).collect(),
        commands: book.blocks.iter().filter_map(command).collect(),
    }
}

fn block<'a>(block: &Block, tick: impl Fn(&str) -> Option<&'a Tick>) -> String {
    match block {
        Block::Heading { level, text } => format!("\n{} {}\n\n", "#".repeat(*level), text.line()),
        Block::Text { text, indent } => format!("{}{}\n", "  ".repeat(*indent), text.shown()),
        Block::Item(item) => {
            let tick = tick(&item.key);
            let mark = match (tick, item.is_step()) {
                (Some(_), _) => "[x]",
                (None, true) => "[ ]",
                (None, false) => "-",
            };
            let number = item.number.map(|n| format!("{n}. ")).unwrap_or_default();
            let who = tick.map(|t| format!("  ({} {})", t.by.line(), t.at.format("%H:%M"))).unwrap_or_default();
            format!("{}{mark} {number}{}{who}\n", "  ".repeat(item.indent), item.text.line())
        }
        Block::Code(code) => code.text.shown().lines().map(|l| format!("    {l}\n")).collect(),
        Block::Rule => "----\n".into(),
    }
}
