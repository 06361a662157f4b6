//! `watchfire unack`: takes acks back, for every acked alert that a filter means.

use std::collections::BTreeSet;

use crate::{
    app::world::{board::Row, plan::UnackPlan},
    domain::text::SafeText,
};

use super::{
    acts::{self, How, Planned},
    answer::act::ActAnswer,
    args::Global,
    ask::{Asked, Journalled},
    exit::Exit,
    pick,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which alerts: words that must all hold, such as @owner=ana
    #[arg(value_name = "FILTER", required = true)]
    filter: Vec<String>,
    #[command(flatten)]
    how: How,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let filter = pick::narrow(&args.filter)?;
    let wants = if args.how.dry_run { Journalled::Read } else { Journalled::Write };
    let asked = Asked::of(global, wants).await?;
    let rows = pick::rows(&asked, &filter);
    if rows.is_empty() {
        return Err(pick::nothing(&asked, "no alert matches"));
    }
    let planned = plans(&asked, &rows);
    if planned.is_empty() {
        return Err(pick::nothing(&asked, "no alert that matches is acked"));
    }
    acts::run((global, &args.how), "unack", asked, planned, |world, now, plan| world.unack(now, plan)).await
}

/// Several alerts may be held by one silence, which ends but once.
fn plans(asked: &Asked, rows: &[&Row]) -> Vec<Planned<UnackPlan>> {
    let mut ending: BTreeSet<(String, SafeText)> = BTreeSet::new();
    let acked = rows.iter().filter_map(|row| Some((row, row.ack.as_ref()?)));
    let first = acked.filter(|(row, ack)| {
        ack.silence.as_ref().is_none_or(|silence| ending.insert((row.id.source.to_string(), silence.clone())))
    });
    first.map(|(row, _)| plan(asked, row)).collect()
}

fn plan(asked: &Asked, row: &Row) -> Planned<UnackPlan> {
    match asked.world.plan_unack(&row.id) {
        Err(why) => Planned { plan: None, answer: ActAnswer::refused(&row.id, row.name(), &why) },
        Ok(plan) => {
            let answer = ActAnswer {
                silence: plan.silence.clone(),
                also: plan.also_frees.clone(),
                why: Some(SafeText::new(&format!("an ack by {}", plan.by.line()))),
                ..ActAnswer::planned(&row.id, row.name(), plan.via)
            };
            Planned { plan: Some(plan), answer }
        }
    }
}
