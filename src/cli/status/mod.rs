//! `watchfire status`: everything in one line, and in the exit code that monitoring plugins use.
//!
//! Fast by a note that a running cockpit, or the last of its own kind, left beside the journal; never green by an old one.

mod format;

use std::time::Duration;

use serde::Serialize;

use crate::{
    app::world::summary::Summary,
    config::Config,
    domain::{Time, duration},
    runtime::{
        clock::Clock,
        standing::{self, Standing},
    },
};

pub use self::format::Format;
use super::{
    answer::say_json,
    args::{Global, Output},
    ask::{Asked, Journalled},
    exit::{self, Exit},
    start,
};

/// How old a note may be where a line is drawn again and again.
const YOUNG: chrono::Duration = chrono::Duration::seconds(30);

#[derive(clap::Args, Debug)]
pub struct Args {
    /// plain: all of it; short: the counts alone; tmux: the counts with tmux's colours
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    format: Format,
    /// Take what a running cockpit knew so long ago instead of asking [default: 30s for short and tmux, else 0s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    max_age: Option<chrono::Duration>,
    /// UNKNOWN where no answer is there by then [default: 4s for short and tmux, else that of the sources]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    timeout: Option<chrono::Duration>,
}

impl Args {
    fn is_drawn(&self) -> bool {
        self.format != Format::Plain
    }

    fn young(&self) -> chrono::Duration {
        self.max_age.unwrap_or(if self.is_drawn() { YOUNG } else { chrono::Duration::zero() })
    }

    fn at_most(&self) -> Option<Duration> {
        let own = self.timeout.and_then(|t| t.to_std().ok());
        own.or(self.is_drawn().then_some(Duration::from_secs(4)))
    }
}

/// As JSON: the summary, and how old it is.
#[derive(Serialize)]
struct Status<'a> {
    #[serde(flatten)]
    summary: &'a Summary,
    /// Seconds since it was so; 0 where the sources were asked for this answer.
    age_s: i64,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let Ok(config) = start::config(global) else {
        return Ok(blind(args, "the configuration is wrong"));
    };
    start::log(global.log.as_ref()).map_err(|_| Exit::Plugin(3))?;
    if !config.has_sources() {
        return Ok(blind(args, "no source is configured"));
    }
    let Some(at_most) = args.at_most() else { return known(global, args, config).await };
    match tokio::time::timeout(at_most, known(global, args, config)).await {
        Ok(said) => said,
        Err(_) => Ok(blind(args, &format!("no answer within {} s", at_most.as_secs_f32()))),
    }
}

/// A line that says that nothing is known.
fn blind(args: &Args, why: &str) -> Exit {
    exit::say(&(format::unknown(args.format, why) + "\n"));
    Exit::Plugin(3)
}

async fn known(global: &Global, args: &Args, config: Config) -> Result<Exit, Exit> {
    let sources: Vec<String> = start::names(&config).await;
    let (young, journal) = (args.young(), config.journal.path.clone());
    let noted = || Standing::read(&journal, &sources, Clock::real().now(), young);
    if let Some(noted) = noted() {
        return say(global, args, &noted, None);
    }
    // Of many who want to know at once one asks; the others read what it wrote.
    let door = (young > chrono::Duration::zero()).then(|| journal.clone());
    let _door = match door {
        Some(path) => tokio::task::spawn_blocking(move || standing::only_one(&path)).await.ok().flatten(),
        None => None,
    };
    if let Some(noted) = noted() {
        return say(global, args, &noted, None);
    }
    let asked = Asked::with(config, Journalled::Read).await;
    let summary = Summary::of(&asked.world, asked.now, asked.is_complete());
    let standing = Standing { at: Clock::real().now(), sources, summary };
    if young > chrono::Duration::zero() && standing.keep(&journal).is_err() {
        tracing::warn!("no note of how things stand could be left beside the journal");
    }
    say(global, args, &standing, Some(&asked))
}

/// `asked`: what it was asked for just now, where it was.
fn say(global: &Global, args: &Args, standing: &Standing, asked: Option<&Asked>) -> Result<Exit, Exit> {
    let summary = &standing.summary;
    let now: Time = Clock::real().now();
    let age = asked.map_or((now - standing.at).num_seconds().max(0), |_| 0);
    let body = Status { summary, age_s: age };
    match (global.output, asked) {
        (Output::Json, Some(asked)) => say_json(&asked.answer("status", "status", &body))?,
        (Output::Json | Output::Ndjson, _) => say_json(&body)?,
        _ => exit::say(&(format::line(args.format, summary, age) + "\n")),
    }
    Ok(Exit::Plugin(summary.code))
}

/// `BURNING 2C 3E 1W acked 4 | prod-eu live 3s | metrics UNREACHABLE`, for people and for the status line.
pub fn in_a_line(asked: &Asked) -> String {
    Summary::of(&asked.world, asked.now, asked.is_complete()).text
}
