//! `watchfire ask`: a source is asked to do what only it can, for every alert that a filter means. Its own plan is shown first.

use crate::{
    app::{desk::requests::ends_at, world::requests::AskPlan},
    domain::{
        Time,
        held::{Needs, Request, RequestPlan, Verb},
        source::AckVia,
        text::SafeText,
    },
    runtime::{clock::Clock, request},
};

use super::{
    acts::{self, How, Planned},
    answer::act::ActAnswer,
    args::Global,
    ask::{Asked, Journalled},
    exit::{self, Exit},
    pick,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// What: ack, unack, resolve, snooze, escalate, note, mute, unmute, pause, unpause; a source says which it can
    #[arg(value_name = "VERB", value_parser = verb)]
    verb: Verb,
    /// Which alerts: words that must all hold, such as alertname=DiskFull instance=db-1
    #[arg(value_name = "FILTER", required = true)]
    filter: Vec<String>,
    /// When it ends: a length such as 1h, or a time such as 08:00
    #[arg(long, value_name = "WHEN", alias = "for")]
    until: Option<String>,
    /// What is said with it, where the source keeps a text
    #[arg(long, value_name = "TEXT", default_value = "")]
    text: String,
    #[command(flatten)]
    how: How,
}

fn verb(text: &str) -> Result<Verb, String> {
    let known = || Verb::ALL.map(Verb::as_str).join(", ");
    Verb::read(text).ok_or_else(|| format!("it is one of {}", known()))
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let filter = pick::narrow(&args.filter)?;
    let wants = if args.how.dry_run { Journalled::Read } else { Journalled::Write };
    let asked = Asked::of(global, wants).await?;
    let until = match &args.until {
        Some(text) => Some(ends_at(text, asked.now, &Clock::local_zone()).map_err(exit::misused)?),
        None => None,
    };
    let text = args.text.trim();
    let rows: Vec<_> = pick::rows(&asked, &filter).into_iter().filter(|r| r.resolved_at.is_none()).collect();
    if rows.is_empty() {
        return Err(pick::nothing(&asked, "no alert matches"));
    }
    let plan = |row: &&crate::app::world::board::Row| {
        let planned = asked.world.plan_ask(&row.id, args.verb, until);
        match planned.and_then(|plan| fits(plan, until, text)) {
            Err(why) => Planned { plan: None, answer: ActAnswer::refused(&row.id, row.name(), &why) },
            Ok(plan) => {
                let answer =
                    ActAnswer { until: plan.request.until, ..ActAnswer::planned(&row.id, row.name(), AckVia::Native) };
                Planned { plan: Some(plan), answer }
            }
        }
    };
    let mut planned: Vec<Planned<AskPlan, ActAnswer>> = rows.iter().map(plan).collect();
    tell(&asked, &mut planned, |plan| Some(&plan.request)).await;
    let act = |world: &mut crate::app::world::World, now: Time, plan: &AskPlan| {
        world.ask(now, plan, text).unwrap_or_default()
    };
    acts::run((global, &args.how), args.verb.as_str(), asked, planned, act).await
}

/// Whether what was given is what the way needs.
fn fits(plan: AskPlan, until: Option<Time>, text: &str) -> Result<AskPlan, String> {
    let (source, verb, way) = (&plan.request.alert.source, plan.way.verb.as_str(), &plan.way);
    if way.until == Needs::Must && until.is_none() {
        return Err(format!("{source} wants to know until when; add --until 1h"));
    }
    if way.until == Needs::No && until.is_some() {
        return Err(format!("{source} takes no end for {verb}; leave --until out"));
    }
    if way.text == Needs::Must && text.is_empty() {
        return Err(format!("{source} wants a text; add --text"));
    }
    if way.text == Needs::No && !text.is_empty() && !matches!(way.verb, Verb::Ack | Verb::Unack) {
        return Err(format!("{source} keeps no text for {verb}; leave --text out"));
    }
    let request = Request { text: text.to_owned(), ..plan.request };
    Ok(AskPlan { request, ..plan })
}

/// What each source says it would do; one that cannot say it is asked for nothing.
pub(super) async fn tell<P>(asked: &Asked, planned: &mut [Planned<P, ActAnswer>], of: impl Fn(&P) -> Option<&Request>) {
    let asks: Vec<Request> = planned.iter().filter_map(|p| p.plan.as_ref().and_then(&of)).cloned().collect();
    let answers = request::plan_all(&asked.sources, &asks, asked.clock).await;
    let asked_for = planned.iter_mut().filter(|p| p.plan.as_ref().is_some_and(|plan| of(plan).is_some()));
    for (planned, answer) in asked_for.zip(answers) {
        match answer {
            Ok(plan) => says(&mut planned.answer, plan),
            Err(error) => {
                planned.plan = None;
                planned.answer.outcome = super::answer::act::Word::Refused;
                planned.answer.why = Some(SafeText::new(&error.to_string()));
            }
        }
    }
}

pub(super) fn says(answer: &mut ActAnswer, plan: RequestPlan) {
    answer.does = plan.effects;
    answer.author = Some(plan.author).filter(|a| !a.is_empty());
}
