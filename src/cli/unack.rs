//! `watchfire unack`: takes acks back, for every acked alert that a filter means.

use std::collections::BTreeSet;

use crate::{
    app::world::{board::Row, plan::UnackPlan},
    domain::{alert::Ack, op::Covered, silence::exact_matchers, source::SourceName, text::SafeText},
};

use super::{
    acts::{self, How, Planned},
    answer::act::{ActAnswer, Other},
    args::Global,
    ask::{Asked, Journalled},
    bulk,
    exit::{self, Exit},
    pick, request,
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
    let mut planned = plans(&asked, &rows);
    if planned.len() == 1 {
        request::tell(&asked, &mut planned, |plan: &UnackPlan| plan.request.as_ref()).await;
    }
    if planned.is_empty() {
        return Err(pick::nothing(&asked, "no alert that matches is acked"));
    }
    if planned.len() > 1 {
        let acked = rows.iter().filter(|r| r.ack.is_some());
        let chosen: Vec<Covered> = acked.map(|r| Covered { alert: r.id.clone(), title: r.name().clone() }).collect();
        let plan = asked.world.plan_unack_all(&chosen, asked.now).map_err(exit::failed)?;
        return bulk::run((global, &args.how), asked, &plan, "").await;
    }
    acts::run((global, &args.how), "unack", asked, planned, |world, now, plan| world.unack(now, plan)).await
}

/// Several alerts may be held by one silence, which ends but once: told of the alert that it was made for.
fn plans(asked: &Asked, rows: &[&Row]) -> Vec<Planned<UnackPlan, ActAnswer>> {
    let mut acked: Vec<(&Row, &Ack)> = rows.iter().filter_map(|row| Some((*row, row.ack.as_deref()?))).collect();
    acked.sort_by_key(|(row, ack)| !is_made_for(asked, row, ack));
    let mut ending: BTreeSet<(&SourceName, &SafeText)> = BTreeSet::new();
    let mut plans = Vec::new();
    for (row, ack) in acked {
        if ack.silence.as_ref().is_none_or(|silence| ending.insert((&row.id.source, silence))) {
            plans.push(plan(asked, row));
        }
    }
    plans
}

/// Whether the silence that carries the ack has exactly this alert's labels.
fn is_made_for(asked: &Asked, row: &Row, ack: &Ack) -> bool {
    let silences = asked.world.source(&row.id.source).map_or(&[][..], |s| &s.silences);
    let silence = silences.iter().find(|s| Some(&s.id) == ack.silence.as_ref());
    silence.is_none_or(|s| s.matchers.len() == exact_matchers(&row.alert.labels).len())
}

fn plan(asked: &Asked, row: &Row) -> Planned<UnackPlan, ActAnswer> {
    match asked.world.plan_unack(&row.id) {
        Err(why) => Planned { plan: None, answer: ActAnswer::refused(&row.id, row.name(), &why) },
        Ok(plan) => {
            let answer = ActAnswer {
                silence: plan.silence.clone(),
                also: held_alike(asked, row),
                aside: Some(format!("acked by {}", plan.by.line())),
                ..ActAnswer::planned(&row.id, row.name(), plan.via)
            };
            Planned { plan: Some(plan), answer }
        }
    }
}

/// The other rows that the silence on this one holds.
fn held_alike(asked: &Asked, row: &Row) -> Vec<Other> {
    let by = |row: &Row| row.ack.as_ref().and_then(|a| a.silence.clone());
    let Some(silence) = by(row) else { return Vec::new() };
    let rows = asked.world.board.iter().filter(|r| r.id.source == row.id.source && r.id != row.id);
    rows.filter(|r| by(r).as_ref() == Some(&silence)).map(|r| Other::of((&r.id, r.name()))).collect()
}
