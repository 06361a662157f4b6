//! `watchfire slo drill`: which part of the traffic spent the budget, by the values of a label.

use chrono::Duration;

use crate::{
    cli::{
        answer::slo_verbs::DrillAnswer,
        args::Global,
        ask,
        exit::{self, Exit},
        paper::Paper,
        start,
        table::Table,
    },
    domain::{
        duration,
        slo::drill::{Ranked, rank},
    },
    runtime::inquire,
};

use super::{Counted, Partial};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// As `slo list` names it
    id: String,
    /// This label alone; left out, every label that tells the events apart
    #[arg(long, value_name = "LABEL")]
    by: Option<String>,
    /// How far back
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration::parse)]
    since: Duration,
    #[command(flatten)]
    partial: Partial,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = ask::configured(global)?;
    let sources = start::sources(&config).await;
    let clock = start::clock(&config);
    let counted = Counted::of(&config, &sources, clock).await;
    let row = counted.find(&args.id)?;
    let to = row.numbers().map_or(counted.now, |n| n.as_of).timestamp();
    let span = (to - args.since.num_seconds(), to);
    let told = inquire::drill(&sources, &row.slo, args.by.as_deref(), span, clock).await;
    let told = told.map_err(|e| exit::failed(format_args!("{}: {e}; {}", row.slo.id, e.advice())))?;
    let ranked = rank(&told);
    let body: Vec<DrillAnswer<'_>> = ranked.iter().map(DrillAnswer::of).collect();
    counted.answer("portions", body).say(global.output, || table(&ranked, &Paper::of(global, &config)))?;
    if ranked.is_empty() {
        exit::tell("watchfire: no events were bad in that time, or no label tells them apart");
    }
    Ok(counted.conclude(args.partial.allow_partial))
}

fn table(ranked: &[Ranked], paper: &Paper) -> String {
    if ranked.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["LABEL", "VALUE", "BAD", "OF ALL BAD", "LIFT"]);
    for r in ranked {
        table.row(vec![
            r.label.line().into_owned().into(),
            r.value.line().into_owned().into(),
            format!("{:.0}", r.bad).into(),
            format!("{:.1} %", r.share * 100.0).into(),
            r.lift.map_or_else(|| "--".to_owned(), |l| format!("{l:.1}x")).into(),
        ]);
    }
    table.render(paper)
}
