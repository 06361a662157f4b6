//! `watchfire handoff`: the document for whoever takes over, from every source, the budgets and the journal.

use std::path::PathBuf;

use chrono::Duration;

use crate::{
    domain::{Time, duration, incident::Incidents, shift::Shift},
    report::{blind::Blind, handoff::Handoff},
    runtime::handover::{self, Watch},
};

use super::{
    answer::{Answer, say_json},
    args::{Global, Output},
    ask::{Asked, Journalled},
    document::{self, Chosen, Goes, copy, mistaken, write_new},
    exit::{self, Exit},
    slo::Counted,
    start,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// When the shift that ends began, before now; left out, as [shift] starts says. Early in a shift it is the one before
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    since: Option<Duration>,
    /// How long the next one lasts from now: what ends in it is told; left out, as [shift] starts says
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    next: Option<Duration>,
    /// Write it to a new file, or into a directory; - is standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Put it on the clipboard of your terminal, too
    #[arg(long)]
    copy: bool,
    /// Another template, in place of the configured one
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// End with 0 though something could not be read
    #[arg(long)]
    allow_partial: bool,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = super::ask::configured(global)?;
    // A mistake in a template is told before anybody is asked anything.
    let own = args.template.clone().or_else(|| config.templates.handoff.clone());
    let chosen = Chosen::of(own.as_deref(), handover::BUILT_IN)?;
    let mut asked = Asked::with(config, Journalled::Read).await;
    let counted = Counted::of(&asked.config, &asked.sources, asked.clock).await;
    let (trouble, complete) = (counted.trouble().to_vec(), counted.is_complete());
    crate::runtime::oncall::all(&mut asked.world, &asked.sources, asked.clock).await;
    asked.world.budgets = counted.budgets;
    let handoff = gather(&mut asked, args, &trouble).await;
    let text = handoff.written(chosen.template()).map_err(mistaken)?;
    let name = format!("handoff-{}.md", handoff.at.format("%Y-%m-%d-%H%M"));
    match (global.output, Goes::of(args.out.as_deref(), &name)) {
        (Output::Json | Output::Ndjson, _) => answer(global, &asked, &handoff)?,
        (_, Goes::ToStandardOutput) => exit::say(&text),
        (_, Goes::ToFile(path)) => {
            write_new(&path, &text)?;
            exit::tell(format_args!("watchfire: written to {}", document::shown(&path)));
        }
    }
    if args.copy {
        copy(&text)?;
        exit::tell("watchfire: copied to the clipboard of your terminal");
    }
    let end = asked.conclude(args.allow_partial);
    let whole = complete && handoff.complete;
    Ok(if end == Exit::Done && !whole && !args.allow_partial { Exit::Incomplete } else { end })
}

/// The shifts of the configuration, where nothing else was asked for.
fn span(asked: &Asked, args: &Args) -> Shift {
    let Shift { from, to } = start::rota(&asked.config).handover(asked.now);
    let since = args.since.map(|back| asked.now.checked_sub_signed(back).unwrap_or(Time::UNIX_EPOCH));
    let until = args.next.map(|ahead| asked.now.checked_add_signed(ahead).unwrap_or(asked.now));
    Shift { from: since.unwrap_or(from), to: until.unwrap_or(to) }
}

async fn gather(asked: &mut Asked, args: &Args, trouble: &[String]) -> Handoff {
    let mut watch = Watch::of(&asked.world, asked.now, span(asked, args));
    watch.unknown.extend(trouble.iter().map(|why| Blind::new("error budgets", why, None)));
    let read = match &asked.journal {
        Some(journal) => handover::shift(journal, watch.since()).await.map_err(|e| e.to_string()),
        None if asked.notes.is_none() => Err("it cannot be opened".to_owned()),
        None => Ok(handover::Shift { entries: Vec::new(), incidents: Incidents::default() }),
    };
    let shift = read.unwrap_or_else(|why| {
        watch.unknown.push(Blind::new("the journal", &why, None));
        handover::Shift::default()
    });
    watch.handoff(&shift)
}

fn answer(global: &Global, asked: &Asked, handoff: &Handoff) -> Result<(), Exit> {
    if global.output == Output::Ndjson {
        return say_json(handoff);
    }
    let answer = asked.answer("handoff", "handoff", handoff);
    say_json(&Answer { complete: answer.complete && handoff.complete, ..answer })
}
