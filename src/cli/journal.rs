//! `watchfire journal`: whether the chain holds, and everything in it for another program.

use clap::Subcommand;
use serde::Serialize;

use crate::{domain::text::sanitise, journal::Journal, runtime::clock::Clock};

use super::{
    answer::{Answer, say_json},
    args::{Global, Output},
    exit::{self, Exit},
    start, timeline,
};

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Walk the whole chain: whether an entry was changed, removed or put in
    Verify,
    /// Every entry as JSON, one a line, oldest first
    Export,
}

/// Entries read in one go.
const PAGE: u32 = 1_000;

pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let Some(journal) = timeline::open(&config).await? else {
        return Err(exit::failed(format_args!(
            "there is no journal yet at {}",
            sanitise(&config.journal.path.to_string_lossy())
        )));
    };
    match what {
        Do::Verify => verify(global, &journal).await,
        Do::Export => export(&journal).await,
    }
}

#[derive(Serialize)]
struct Walked {
    path: String,
    holds: bool,
    entries: Option<u64>,
    head: Option<String>,
    why: Option<String>,
}

async fn verify(global: &Global, journal: &Journal) -> Result<Exit, Exit> {
    let walked = journal.verify().await.map_err(|e| timeline::unread(&e))?;
    let path = journal.path().to_string_lossy().into_owned();
    let walked = match walked {
        Ok(v) => Walked { path, holds: true, entries: Some(v.entries), head: Some(v.head), why: None },
        Err(broken) => Walked { path, holds: false, entries: None, head: None, why: Some(broken.to_string()) },
    };
    match global.output {
        Output::Json => say_json(&Answer::of_ours("journal", "journal", Clock::real().now(), &walked))?,
        Output::Ndjson => say_json(&walked)?,
        Output::Table | Output::Wide | Output::Markdown if walked.holds => exit::say(&format!(
            "the chain holds: {} entries, head {}\n",
            walked.entries.unwrap_or(0),
            walked.head.as_deref().unwrap_or("")
        )),
        Output::Table | Output::Wide | Output::Markdown => {}
    }
    match walked.why {
        None => Ok(Exit::Done),
        Some(why) => Err(exit::failed(format_args!("the chain does not hold: {why}"))),
    }
}

async fn export(journal: &Journal) -> Result<Exit, Exit> {
    let mut last = 0;
    loop {
        let page = journal.tail(last, PAGE).await.map_err(|e| timeline::unread(&e))?;
        let Some(end) = page.last() else { return Ok(Exit::Done) };
        last = end.seq;
        page.iter().try_for_each(say_json)?;
    }
}
