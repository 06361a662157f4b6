//! `watchfire incident export`: the post-mortem of an incident, from the journal and the budgets, with its graphs beside it.

use std::path::{Path, PathBuf};

use crate::{
    cli::{
        answer::{Answer, say_json},
        args::{Global, Output},
        document::{Chosen, Goes, mistaken, shown, write_new},
        exit::{self, Exit},
        slo::Counted,
        start,
    },
    domain::{
        incident::{Clues, Incident, Line, Moment},
        slo::BudgetRow,
    },
    report::{
        blind::Blind,
        graph,
        postmortem::{Given, PostMortem, Words},
        spend::costs,
        template::{POSTMORTEM, Template},
    },
    ui::timeline::{text_of, word},
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

/// The one that is built in.
const BUILT_IN: Template<'static> = Template { name: "postmortem.md", text: POSTMORTEM };

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let mut known = Known::of(global, false).await?;
    let own = args.template.clone().or_else(|| known.config.templates.postmortem.clone());
    let chosen = Chosen::of(own.as_deref(), BUILT_IN)?;
    let incident = known.find(&args.id)?;
    known.read_story(&incident).await?;
    let (budgets, unknown) = counted(&known).await;
    let lines = known.world.story(&incident, known.now);
    let clues = known.world.clues(&incident);
    let given = Given {
        now: known.now,
        incident: &incident,
        clues: &clues,
        lines: &lines,
        budgets: &budgets,
        words: &|line| in_words(line, &incident),
        unknown: &unknown,
    };
    let document = PostMortem::of(&given);
    let name = format!("{}.md", file_name(incident.id.as_str()));
    match (global.output, Goes::of(args.out.as_deref(), &name)) {
        (Output::Json, _) => {
            let answer = Answer::of_ours("postmortem", "postmortem", known.now, &document);
            say_json(&Answer { complete: document.complete, ..answer })?;
        }
        (Output::Ndjson, _) => say_json(&document)?,
        (_, Goes::ToStandardOutput) => exit::say(&document.written(chosen.template(), &[]).map_err(mistaken)?),
        (_, Goes::ToFile(path)) => {
            let pictures = pictures(&known, &incident, &clues, &budgets, &path);
            let named: Vec<(String, String)> = pictures.iter().map(|p| (p.budget.clone(), p.file.clone())).collect();
            let text = document.written(chosen.template(), &named).map_err(mistaken)?;
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
    let sources = start::sources(&known.config).await;
    let counted = Counted::of(&known.config, &sources, start::clock(&known.config)).await;
    let unknown = counted.trouble().iter().map(|why| Blind::new("error budgets", why, None)).collect();
    (counted.budgets.rows, unknown)
}

/// What the screen says of a line; how late it was told and that it was corrected are columns of their own.
fn in_words(line: &Line<'_>, incident: &Incident) -> Words {
    let (known, _) = word(&line.entry.kind);
    let what = if known.is_empty() { line.entry.kind.to_string() } else { known.to_owned() };
    let by = line.entry.actor.line();
    let text = text_of(line).replacen(&format!(" by {by}"), "", 1);
    let known = [format!("{}: ", incident.title.line()), format!("{by}: ")];
    let text = known.iter().find_map(|known| text.strip_prefix(known)).unwrap_or(&text).to_owned();
    Words { what, text }
}

/// A graph: of which budget, its file's name beside the document, the picture.
struct Picture {
    budget: String,
    file: String,
    svg: String,
}

fn pictures(known: &Known, incident: &Incident, clues: &Clues, budgets: &[BudgetRow], path: &Path) -> Vec<Picture> {
    let (from, to) = incident.span(clues);
    let span = (from, to.unwrap_or(known.now).max(from));
    let times = Moment::ALL.into_iter().filter_map(|m| Some((m.as_str(), incident.time(m, clues)?.at)));
    let marks: Vec<graph::Mark> = times.collect();
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let picture = |row: &BudgetRow| {
        let svg = graph::svg(row, span, &marks)?;
        let file = format!("{}-{}.svg", file_name(&stem), file_name(row.slo.id.as_str()));
        Some(Picture { budget: row.slo.title.line().into_owned(), file, svg })
    };
    let mut pictures: Vec<Picture> = budgets.iter().filter(|row| costs(incident, row)).filter_map(picture).collect();
    pictures.sort_by(|a, b| a.file.cmp(&b.file));
    pictures.dedup_by(|a, b| a.file == b.file);
    pictures
}

/// What a file may be called everywhere, and what a link may hold.
fn file_name(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    text.chars().take(80).map(safe).collect()
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
