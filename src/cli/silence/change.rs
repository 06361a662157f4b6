//! `watchfire silence extend` and `expire`: by id, on whichever source has it.

use chrono::Duration;

use crate::{
    app::world::silences::{ExpirePlan, ExtendPlan, Later, SilenceId},
    cli::{
        acts::{self, How, Planned},
        args::Global,
        ask::{Asked, Journalled},
        exit::{self, Exit},
    },
    domain::{
        duration,
        silence::{Silence, SilenceDraft, end},
        source::SourceName,
        text::SafeText,
    },
};

use super::answer::{SilenceAct, others};

#[derive(clap::Args, Debug)]
pub struct Extend {
    /// Silences, by id
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// By how much (else as [silence] extend_by has it)
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse, conflicts_with = "until")]
    by: Option<Duration>,
    /// Until when: 08:00 or 2026-11-22T08:00 in your zone, or with one of its own
    #[arg(long, alias = "end", value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(clap::Args, Debug)]
pub struct Expire {
    /// Silences, by id
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    how: How,
}

pub async fn extend(global: &Global, args: &Extend) -> Result<Exit, Exit> {
    let asked = asked(global, &args.how).await?;
    let rules = &asked.world.silencing.rules;
    let later = match (&args.by, &args.until) {
        (Some(by), _) => Later::By(*by),
        (None, Some(until)) => Later::Until(end::parse(until, asked.now, &rules.zone).map_err(exit::misused)?),
        (None, None) => Later::Usual,
    };
    let planned = args.ids.iter().map(|id| plan_extend(&asked, id, later)).collect();
    acts::run((global, &args.how), "silence", asked, planned, |world, now, plan| world.extend_silences(now, plan)).await
}

pub async fn expire(global: &Global, args: &Expire) -> Result<Exit, Exit> {
    let asked = asked(global, &args.how).await?;
    let planned = args.ids.iter().map(|id| plan_expire(&asked, id)).collect();
    acts::run((global, &args.how), "silence", asked, planned, |world, now, plan| world.expire_silences(now, plan)).await
}

async fn asked(global: &Global, how: &How) -> Result<Asked, Exit> {
    Asked::of(global, if how.dry_run { Journalled::Read } else { Journalled::Write }).await
}

fn plan_extend(asked: &Asked, id: &str, later: Later) -> Planned<ExtendPlan, SilenceAct> {
    let Some((full, silence)) = find(asked, id) else { return unknown(id) };
    let plan = asked.world.plan_extend(&[full], later, asked.now);
    match plan.items.first() {
        None => impossible(&plan.refused, &silence),
        Some((source, silence, until)) => {
            let held = |r: &&crate::app::world::board::Row| {
                r.id.source == *source && r.resolved_at.is_none() && silence.matches(&r.alert.labels)
            };
            let muted: Vec<_> =
                asked.world.board.iter().filter(held).map(|r| (r.id.clone(), r.name().clone())).collect();
            let draft = SilenceDraft::extend(silence, *until);
            let answer = SilenceAct { alerts: others(&muted), ..SilenceAct::planned(source, &draft) };
            Planned { plan: Some(plan), answer }
        }
    }
}

fn plan_expire(asked: &Asked, id: &str) -> Planned<ExpirePlan, SilenceAct> {
    let Some((full, silence)) = find(asked, id) else { return unknown(id) };
    let plan = asked.world.plan_expire(&[full], asked.now);
    match plan.items.first() {
        None => impossible(&plan.refused, &silence),
        Some((source, silence)) => {
            let draft = SilenceDraft::extend(silence, silence.ends_at);
            let planned = SilenceAct::planned(source, &draft);
            let answer = SilenceAct { until: None, alerts: others(&plan.frees), ..planned };
            Planned { plan: Some(plan), answer }
        }
    }
}

/// The silence with this id, on whichever source.
fn find(asked: &Asked, id: &str) -> Option<(SilenceId, (SourceName, Silence))> {
    let rows = asked.world.silence_rows(asked.now);
    let row = rows.into_iter().find(|r| r.silence.id == *id)?;
    Some((row.id(), (row.source, row.silence)))
}

fn unknown<P>(id: &str) -> Planned<P, SilenceAct> {
    let why = "no source has a silence with this id, or it was over for long";
    Planned { plan: None, answer: SilenceAct::refused(&SourceName::new("-"), &SafeText::new(id), why) }
}

fn impossible<P>(refused: &[String], (source, silence): &(SourceName, Silence)) -> Planned<P, SilenceAct> {
    let why = refused.first().map_or("it cannot be changed", String::as_str);
    let title = crate::app::world::silences::title(&silence.matchers);
    let silence = Some(silence.id.clone());
    Planned { plan: None, answer: SilenceAct { silence, ..SilenceAct::refused(source, &title, why) } }
}
