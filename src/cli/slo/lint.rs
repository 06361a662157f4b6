//! `watchfire slo lint`: what is wrong with objectives, their alerts, their rules and the files that define them.

use crate::{
    cli::{answer::slo_verbs::LintAnswer, args::Global, ask, exit::Exit, paper::Paper, start, table::Table},
    domain::slo::sane::{Finding, lint},
    runtime::inquire,
};

use super::{Counted, Partial};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// This budget alone, as `slo list` names it
    id: Option<String>,
    #[command(flatten)]
    partial: Partial,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = ask::configured(global)?;
    let sources = start::sources(&config).await;
    let clock = start::clock(&config);
    let counted = Counted::of(&config, &sources, clock).await;
    let rows: Vec<_> = match &args.id {
        Some(id) => vec![counted.find(id)?],
        None => counted.budgets.rows.iter().collect(),
    };
    let mut found: Vec<(String, Finding)> = Vec::new();
    for row in rows {
        let scrape_s = match inquire::counts(&sources, &row.slo) {
            Some(counts) => counts.scrape_s(&row.slo, clock.now()).await,
            None => None,
        };
        found.extend(lint(row, scrape_s).into_iter().map(|f| (row.slo.id.to_string(), f)));
    }
    if args.id.is_none() {
        let reading = start::slo_files(&config);
        let of_file = |rule, text: String| Finding { rule, what: text, advice: "correct the file".into() };
        let unread = reading.problems.iter().map(|p| of_file("unread", p.to_string()));
        let odd = reading.warnings.iter().map(|p| of_file("file", p.to_string()));
        found.extend(unread.chain(odd).map(|f| ("files".to_owned(), f)));
    }
    let body: Vec<LintAnswer<'_>> = found.iter().map(|(id, f)| LintAnswer::of(id, f)).collect();
    counted.answer("findings", body).say(global.output, || table(&found, &Paper::of(global, &config)))?;
    Ok(match counted.conclude(args.partial.allow_partial) {
        Exit::Done if !found.is_empty() => Exit::Failed,
        end => end,
    })
}

fn table(found: &[(String, Finding)], paper: &Paper) -> String {
    if found.is_empty() {
        return "nothing was found\n".into();
    }
    let mut table = Table::new(&["SLO", "RULE", "WHAT", "ADVICE"]);
    for (id, f) in found {
        table.row(vec![id.clone().into(), f.rule.into(), f.what.clone().into(), f.advice.clone().into()]);
    }
    table.render(paper)
}
