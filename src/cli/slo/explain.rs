//! `watchfire slo explain`: any number of a budget with its formula, the values in it and the queries.

use crate::{
    cli::{
        answer::{say_json, slo_verbs::ExplainAnswer},
        args::{Global, Output},
        ask,
        exit::{self, Exit},
        start,
    },
    domain::{
        duration,
        slo::{
            BudgetRow,
            explain::{Explained, Queries, explain_row},
            tale,
        },
    },
    runtime::{Sources, inquire},
};

use super::{Counted, Partial};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// As `slo list` names it
    id: String,
    /// One number, such as remaining, burn_1h or tier_1; left out, all of them
    number: Option<String>,
    #[command(flatten)]
    partial: Partial,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = ask::configured(global)?;
    let sources = start::sources(&config).await;
    let counted = Counted::of(&config, &sources, start::clock(&config)).await;
    let row = counted.find(&args.id)?;
    let Some(numbers) = row.numbers() else {
        counted.conclude(true);
        return Err(exit::failed("it was not counted, so there is no number to explain"));
    };
    let all = explain_row(row, numbers);
    let chosen = chosen(&all, args.number.as_deref())?;
    let told: Vec<(&Explained, Option<Queries>)> = chosen.into_iter().map(|e| (e, queries(&sources, row, e))).collect();
    let body: Vec<ExplainAnswer<'_>> = told.iter().map(|(e, q)| ExplainAnswer::of(e, q.as_ref())).collect();
    match global.output {
        Output::Json => say_json(&counted.answer("numbers", body))?,
        Output::Ndjson => body.iter().try_for_each(say_json)?,
        Output::Table | Output::Wide | Output::Markdown => exit::say(&words(row, &told)),
    }
    Ok(counted.conclude(args.partial.allow_partial))
}

fn chosen<'a>(all: &'a [Explained], number: Option<&str>) -> Result<Vec<&'a Explained>, Exit> {
    let Some(name) = number else { return Ok(all.iter().collect()) };
    let wanted = name.to_lowercase().replace('-', "_");
    let found: Vec<&Explained> = all.iter().filter(|e| e.name == wanted).collect();
    if found.is_empty() {
        let known: Vec<&str> = all.iter().map(|e| e.name.as_str()).collect();
        return Err(exit::misused(format_args!("no number is called `{wanted}`; there are {}", known.join(", "))));
    }
    Ok(found)
}

fn queries(sources: &Sources, row: &BudgetRow, e: &Explained) -> Option<Queries> {
    if e.counts.back == 0 {
        return None;
    }
    inquire::counts(sources, &row.slo)?.queries(&row.slo, e.counts.step)
}

fn words(row: &BudgetRow, told: &[(&Explained, Option<Queries>)]) -> String {
    let mut out = format!("{}  ({})\n", row.slo.title.line(), row.slo.id);
    for (e, queries) in told {
        out.push_str(&format!("{} = {}\n  formula  {}\n  values   {}\n", e.name, e.result, e.formula, e.values));
        let Some(queries) = queries else { continue };
        let half = if queries.is_good { "good" } else { "bad" };
        let (step, back) = (duration::prometheus(e.counts.step), duration::prometheus(e.counts.back));
        let counted = safe(&queries.counted);
        out.push_str(&format!("  counted  every {step} over the last {back}\n  {half:<8} {counted}\n"));
        out.push_str(&format!("  total    {}\n", safe(&queries.total)));
    }
    for (badge, meaning) in tale::badges(row) {
        out.push_str(&format!("badge {badge}: {meaning}\n"));
    }
    out
}

fn safe(query: &str) -> String {
    crate::domain::text::SafeText::new(query).line().into_owned()
}
