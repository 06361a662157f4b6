//! `watchfire ack`: "I am on it", for every alert that a filter means: one ack each, never a wider one.

use chrono::Duration;

use crate::{
    app::{desk::terms::lasts, world::plan::AckPlan},
    domain::{
        alert::AlertId,
        contract::{AckTerms, BreakOn, condition},
        duration,
        label::Labels,
        op::{Act, Covered},
        silence::SilenceDraft,
        text::{SafeText, sanitise},
    },
    runtime::once,
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
    /// Which alerts: words that must all hold, such as alertname=DiskFull instance=db-1
    #[arg(value_name = "FILTER", required = true)]
    filter: Vec<String>,
    /// What you say to those who read it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// How long it lasts (else [ack] lasts of the configuration); a cockpit or agent of yours keeps it alive beyond that
    #[arg(long = "for", value_name = "DURATION", value_parser = lasts)]
    lasts: Option<Duration>,
    /// What breaks it before (else [ack] breaks_on): severity, member, refire, burn>N with commas, or none
    #[arg(long, value_name = "CONDITIONS", value_parser = conditions)]
    break_on: Option<Conditions>,
    #[command(flatten)]
    how: How,
}

/// What breaks an ack, as one argument.
#[derive(Clone, Debug)]
struct Conditions(Vec<BreakOn>);

fn conditions(text: &str) -> Result<Conditions, String> {
    BreakOn::read_all(text).map(Conditions)
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let filter = pick::narrow(&args.filter)?;
    let reason = args.reason.trim();
    if reason.is_empty() {
        return Err(exit::misused("--reason says nothing; others read it to know what you do"));
    }
    let wants = if args.how.dry_run { Journalled::Read } else { Journalled::Write };
    let mut asked = Asked::of(global, wants).await?;
    let ids: Vec<(AlertId, SafeText)> = pick::rows(&asked, &filter)
        .into_iter()
        .filter(|r| r.resolved_at.is_none())
        .map(|r| (r.id.clone(), r.name().clone()))
        .collect();
    if ids.is_empty() {
        return Err(pick::nothing(&asked, "no alert matches"));
    }
    let terms = terms(args, &asked);
    if terms.breaks_on.contains(&BreakOn::Member) && asked.world.ack.group_by.is_none() {
        once::routes(&mut asked.world, &asked.sources, asked.clock).await;
    }
    if ids.len() > 1 {
        let chosen: Vec<Covered> = ids.into_iter().map(|(alert, title)| Covered { alert, title }).collect();
        let plan = asked.world.plan_ack_all(&chosen, asked.now, &terms).map_err(exit::failed)?;
        return bulk::run((global, &args.how), asked, &plan, reason).await;
    }
    let mut planned: Vec<_> = ids.iter().map(|(id, name)| plan(&asked, (id, name), &terms, reason)).collect();
    request::tell(&asked, &mut planned, |plan: &AckPlan| plan.request.as_ref()).await;
    let native = |p: &Planned<AckPlan, ActAnswer>| p.plan.as_ref().is_some_and(|plan| plan.request.is_some());
    if !args.how.dry_run && !args.how.yes && !planned.iter().any(native) {
        exit::tell(format_args!(
            "ack for {} as {}: {}; {}",
            duration::long(terms.lasts),
            sanitise(&asked.world.user),
            sanitise(reason),
            condition::in_words(&terms.breaks_on)
        ));
    }
    acts::run((global, &args.how), "ack", asked, planned, |world, now, plan| world.ack(now, plan, reason)).await
}

/// The configuration's, where the arguments say nothing else.
fn terms(args: &Args, asked: &Asked) -> AckTerms {
    let given = asked.config.ack.terms();
    AckTerms {
        lasts: args.lasts.unwrap_or(given.lasts),
        breaks_on: args.break_on.as_ref().map_or(given.breaks_on, |c| c.0.clone()),
    }
}

fn plan(
    asked: &Asked,
    (id, name): (&AlertId, &SafeText),
    terms: &AckTerms,
    reason: &str,
) -> Planned<AckPlan, ActAnswer> {
    let planned = asked.world.plan_ack(id, asked.now, terms);
    match planned.and_then(|plan| plan.void.clone().map_or(Ok(plan), Err)) {
        Err(why) => Planned { plan: None, answer: ActAnswer::refused(id, name, &why) },
        Ok(plan) => {
            let aside = plan.owner.as_ref().map(|o| owned(&plan, o, &asked.world.user));
            let answer = ActAnswer {
                until: plan.request.as_ref().map_or(Some(plan.until), |r| r.until),
                breaks_on: plan.contract.breaks_on.clone(),
                matchers: plan.matchers.iter().map(ToString::to_string).collect(),
                also: plan.also_mutes.iter().map(|(id, name)| Other::of((id, name))).collect(),
                aside,
                command: (!plan.matchers.is_empty()).then(|| command(asked, &plan, reason)),
                ..ActAnswer::planned(id, name, plan.via)
            };
            Planned { plan: Some(plan), answer }
        }
    }
}

fn command(asked: &Asked, plan: &AckPlan, reason: &str) -> String {
    let draft = SilenceDraft::ack(&Labels::default(), &asked.world.user, reason, asked.now, plan.until);
    let draft = SilenceDraft { matchers: plan.matchers.clone(), ..draft };
    asked.world.command(&Act::PutSilence { source: plan.alert.source.clone(), draft })
}

fn owned(plan: &AckPlan, owner: &SafeText, user: &str) -> String {
    match &plan.amends {
        Some(_) => "you are on it already: this changes your ack".to_owned(),
        None if owner == user => "you are on it already".to_owned(),
        None => format!("{} is on it already", owner.line()),
    }
}
