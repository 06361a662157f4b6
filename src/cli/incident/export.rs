//! `watchfire incident export`: the post-mortem of an incident, from the journal and the budgets, with its graphs beside it.

use std::path::{Path, PathBuf};

use crate::{
    cli::{
        answer::{Answer, say_json},
        args::{Global, Output},
        document::{Chosen, Goes, mistaken, shown, write_new},
        exit::{self, Exit},
    },
    domain::slo::BudgetRow,
    report::{blind::Blind, postmortem::PostMortem},
    runtime::postmortem::{BUILT_IN, Case, Picture, file_name, named},
};

use super::known::Known;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The incident: its id, or enough of the end of it
    #[arg(value_name = "ID")]
    id: String,
    /// A template in place of the configured one
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Write it, and its graphs beside it, to a new file or into a directory; - is standard output, without graphs
    #[arg(long, value_name = "FILE|DIR")]
    out: Option<PathBuf>,
    /// End with 0 though a budget could not be counted
    #[arg(long)]
    allow_partial: bool,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let known = Known::of(global, false).await?;
    let own = args.template.clone().or_else(|| known.config.templates.postmortem.clone());
    let chosen = Chosen::of(own.as_deref(), BUILT_IN)?;
    let incident = known.find(&args.id)?;
    let (budgets, unknown) = counted(&known).await;
    let span = known.world.story_span(&incident, known.now);
    let case = Case { now: known.now, incident, span, budgets, unknown };
    let entries = known.story(&case).await?;
    let document = case.document(&entries);
    let name = format!("{}.md", file_name(case.incident.id.as_str()));
    match (global.output, Goes::of(args.out.as_deref(), &name)) {
        (Output::Json, _) => {
            let answer = Answer::of_ours("postmortem", "postmortem", case.now, &document);
            say_json(&Answer { complete: document.complete, ..answer })?;
        }
        (Output::Ndjson, _) => say_json(&document)?,
        (_, Goes::ToStandardOutput) => exit::say(&document.written(chosen.template(), &[]).map_err(mistaken)?),
        (_, Goes::ToFile(path)) => {
            let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            let pictures = case.pictures(&entries, &stem);
            let text = document.written(chosen.template(), &named(&pictures)).map_err(mistaken)?;
            write_all(&path, &text, &pictures)?;
        }
    }
    Ok(conclude(&document, args.allow_partial))
}

fn conclude(document: &PostMortem, allow_partial: bool) -> Exit {
    for blind in &document.unknown {
        exit::tell(format_args!("watchfire: the document is incomplete: {}: {}", blind.what.line(), blind.why.line()));
    }
    for impact in &document.impact {
        if let Some(why) = &impact.why {
            exit::tell(format_args!("watchfire: the document is incomplete: {}: {}", impact.title.line(), why.line()));
        }
    }
    if document.complete || allow_partial { Exit::Done } else { Exit::Incomplete }
}

/// Every budget, counted now; without a source there is none, and the journal alone speaks.
async fn counted(known: &Known) -> (Vec<BudgetRow>, Vec<Blind>) {
    if !known.config.has_sources() {
        return (Vec::new(), Vec::new());
    }
    let (rows, trouble) = known.count().await;
    (rows, trouble.iter().map(|why| Blind::new("error budgets", why, None)).collect())
}

fn write_all(path: &Path, text: &str, pictures: &[Picture]) -> Result<(), Exit> {
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).map_err(|e| exit::failed(format_args!("{} cannot be made: {e}", shown(dir))))?;
    write_new(path, text)?;
    exit::tell(format_args!("watchfire: written to {}", shown(path)));
    for picture in pictures {
        let file = dir.join(&picture.file);
        write_new(&file, &picture.svg)?;
        exit::tell(format_args!("watchfire: its graph in {}", shown(&file)));
    }
    Ok(())
}
