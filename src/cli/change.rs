//! `watchfire note --kind deploy`: the way in for a pipeline. It needs neither a webhook nor a server, only the journal.

use crate::{
    config::Config,
    domain::{
        change::Said,
        entry::{Entry, NewEntry},
        link, moment,
        text::{RAW_MAX, SafeText},
    },
    journal::Journal,
    runtime::clock::Clock,
};

use super::{
    answer::{Answer, entry::EntryAnswer},
    args::Global,
    exit::{self, Exit},
    start, timeline,
};

/// Letters that a field of a change may have.
const LONGEST: usize = 200;

#[derive(clap::Args, Debug)]
#[group(skip)]
#[command(next_help_heading = "A change, for a pipeline")]
pub struct Args {
    /// Tell a change instead of a note: deploy, rollback, flag, config, migration, or any other word
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// What was changed
    #[arg(long, value_name = "NAME", requires = "kind")]
    service: Option<String>,
    /// To which version
    #[arg(long, value_name = "VERSION", requires = "kind")]
    version: Option<String>,
    /// Its page: a build, a pull request
    #[arg(long, value_name = "URL", requires = "kind")]
    url: Option<String>,
    /// Who did it; else you
    #[arg(long, value_name = "WHO", requires = "kind")]
    by: Option<String>,
    /// Told twice under one id it is one change: a pipeline may try again
    #[arg(long, value_name = "ID", requires = "kind")]
    id: Option<String>,
}

/// Writes down a change; `at` is what `--at` says.
pub async fn run(
    global: &Global,
    config: &Config,
    args: &Args,
    (text, at, dry_run): (&str, Option<&str>, bool),
) -> Result<Exit, Exit> {
    let clock = start::clock(config);
    let said = said(args, text, &config.user)?;
    let at = at.map(|t| moment::parse(t, clock.now(), &Clock::local_zone())).transpose().map_err(exit::misused)?;
    let entry = said.entry(at.unwrap_or_else(|| clock.now()));
    if dry_run {
        let title = entry.body.title.clone().unwrap_or_default();
        exit::tell(format_args!("would write {} of {}: {}", entry.kind, entry.subject, title.line()));
        return Ok(Exit::Done);
    }
    let entries = keep(config, entry, clock).await?;
    if entries.is_empty() {
        exit::tell("watchfire: it was told before; nothing was written");
    }
    let body: Vec<EntryAnswer<'_>> = entries.iter().map(EntryAnswer::of).collect();
    Answer::of_ours("note", "entries", clock.now(), body).say(global.output, || timeline::lines(&entries))?;
    Ok(Exit::Done)
}

fn said(args: &Args, text: &str, user: &str) -> Result<Said, Exit> {
    let kind = args.kind.as_deref().unwrap_or_default();
    if !kind.chars().any(char::is_alphanumeric) {
        return Err(exit::misused("--kind is a word such as deploy, rollback, flag or config"));
    }
    if text.len() > RAW_MAX {
        return Err(exit::misused(format_args!("a text has at most {RAW_MAX} bytes")));
    }
    let fields = [("service", &args.service), ("version", &args.version), ("by", &args.by), ("id", &args.id)];
    for (name, value) in fields {
        if let Some(value) = value {
            fits(name, value)?;
        }
    }
    fits("kind", kind)?;
    if let Some(url) = args.url.as_deref().filter(|url| link::web(url).is_none()) {
        return Err(exit::misused(format_args!("--url: `{}` is no http or https address", SafeText::new(url).line())));
    }
    Ok(Said {
        kind: kind.to_owned(),
        service: args.service.clone(),
        version: args.version.clone(),
        url: args.url.clone(),
        by: args.by.clone().unwrap_or_else(|| user.to_owned()),
        text: text.to_owned(),
        id: args.id.clone(),
    })
}

fn fits(name: &str, value: &str) -> Result<(), Exit> {
    if value.trim().is_empty() {
        return Err(exit::misused(format_args!("--{name} says nothing; leave it out where there is none")));
    }
    match value.chars().count() {
        n if n > LONGEST => Err(exit::misused(format_args!("--{name} has at most {LONGEST} letters"))),
        _ => Ok(()),
    }
}

async fn keep(config: &Config, entry: NewEntry, clock: Clock) -> Result<Vec<Entry>, Exit> {
    let journal = Journal::open(&config.journal.path).await.map_err(|e| timeline::unkept(&e))?;
    let kept = journal.append(&[entry], clock.now()).await.map_err(|e| timeline::unkept(&e));
    // It is written: that the file could not be closed tidily changes nothing.
    let _ = journal.close().await;
    kept
}
