//! What `add`, `extend` and `expire` have in common: where, the question, one act after the other, the answer.

use crate::{
    app::{
        effect::{Effect, Effects},
        world::World,
    },
    cli::{
        acts::{self, How},
        alerts::moment,
        answer::act::Word,
        args::{Global, Output},
        ask::Asked,
        confirm,
        exit::{self, Exit},
        paper::Paper,
        table::{Cell, Table},
    },
    config::theme::Role,
    domain::{Time, source::SourceName, text::SafeText},
};

use super::answer::SilenceAct;

/// One act before it is done; `plan` is none where it cannot be.
pub struct Planned<P> {
    pub plan: Option<P>,
    pub answer: SilenceAct,
}

/// # Errors
/// After naming the sources that there are.
pub fn known_source(asked: &Asked, name: &str) -> Result<SourceName, Exit> {
    let names = || asked.world.sources.iter().map(|s| &s.about.name);
    names().find(|n| n.as_str() == name).cloned().ok_or_else(|| {
        let all: Vec<String> = names().map(ToString::to_string).collect();
        exit::misused(format_args!("no source is called `{name}`; there are: {}", all.join(", ")))
    })
}

/// The named sources, else every one that has silences at all.
///
/// # Errors
/// As [`known_source`].
pub fn readable(asked: &Asked, named: &[String]) -> Result<Vec<SourceName>, Exit> {
    if !named.is_empty() {
        return named.iter().map(|n| known_source(asked, n)).collect();
    }
    let delivers = asked.world.sources.iter().filter(|s| s.about.can.alerts && !s.about.can.evaluates);
    Ok(delivers.map(|s| s.about.name.clone()).collect())
}

/// The sources to write to: named, all, or the only one there is.
///
/// # Errors
/// After listing them, where it is not clear which is meant.
pub fn writable(asked: &Asked, named: &[String], all: bool) -> Result<Vec<SourceName>, Exit> {
    if !named.is_empty() {
        return named.iter().map(|n| known_source(asked, n)).collect();
    }
    let there = asked.world.silence_sources();
    match there.len() {
        0 => Err(exit::failed("no source lets silences be written; look at `silences` of each [[source]]")),
        1 => Ok(there),
        _ if all => Ok(there),
        _ => {
            let names: Vec<String> = there.iter().map(ToString::to_string).collect();
            Err(exit::misused(format_args!(
                "several sources have silences: {}; name one with --source, or say --all-sources",
                names.join(", ")
            )))
        }
    }
}

/// Asks where it must, carries the plans out with `act`, and answers.
///
/// # Errors
/// After saying why nothing was done.
pub async fn run<P>(
    (global, how): (&Global, &How),
    mut asked: Asked,
    planned: Vec<Planned<P>>,
    act: impl Fn(&mut World, Time, &P) -> Effects,
) -> Result<Exit, Exit> {
    if planned.iter().any(|p| p.plan.is_some()) && !how.dry_run {
        if !how.yes {
            planned.iter().for_each(|p| exit::tell(in_words(&p.answer)));
        }
        confirm::ask(how.yes)?;
    }
    let mut answers = Vec::with_capacity(planned.len());
    for one in planned {
        answers.push(match one.plan {
            Some(plan) if !how.dry_run => {
                let effects = act(&mut asked.world, asked.clock.now(), &plan);
                one.answer.ended(acts::carry_out(&mut asked, effects).await)
            }
            Some(plan) => {
                let command = line(&mut asked, &act, &plan);
                SilenceAct { command, ..one.answer }
            }
            None => one.answer,
        });
    }
    acts::let_go(&mut asked).await;
    say(global, &asked, &answers)?;
    let failed = answers.iter().any(|a| a.outcome.is_bad());
    let end = asked.conclude(how.allow_partial);
    Ok(if failed { Exit::Failed } else { end })
}

/// The act as another program would do it. The world is asked as for the act itself, and nothing is carried out.
fn line<P>(asked: &mut Asked, act: &impl Fn(&mut World, Time, &P) -> Effects, plan: &P) -> Option<String> {
    let effects = act(&mut asked.world, asked.clock.now(), plan);
    let sent = effects.iter().find_map(|e| if let Effect::Intend(intent, _) = e { Some(&intent.act) } else { None });
    sent.map(|act| asked.world.command(act))
}

fn say(global: &Global, asked: &Asked, answers: &[SilenceAct]) -> Result<(), Exit> {
    let paper = Paper::of(global, &asked.config);
    let table = || match answers.iter().any(|a| a.outcome == Word::Planned) {
        true => answers.iter().map(|a| in_words(a) + "\n").collect(),
        false => table(answers, &paper),
    };
    asked.answer("silence", "acts", answers.to_vec()).say(global.output, table)?;
    if matches!(global.output, Output::Json | Output::Ndjson) {
        for bad in answers.iter().filter(|a| a.outcome.is_bad()) {
            let why = bad.why.as_ref().map(|w| w.line().into_owned()).unwrap_or_default();
            exit::tell(format_args!("watchfire: {} {}: {why}", bad.title.line(), bad.outcome.as_str()));
        }
    }
    Ok(())
}

/// An act as it is shown before it is sent.
fn in_words(answer: &SilenceAct) -> String {
    let mut out = format!("{} at {}", answer.title.line(), answer.source);
    if let Some(id) = &answer.silence {
        out.push_str(&format!("  ({})", id.line()));
    }
    if answer.outcome == Word::Refused {
        let why = answer.why.as_ref().map(|w| w.line().into_owned()).unwrap_or_default();
        return format!("{out}\n  cannot be done: {why}");
    }
    let names: Vec<_> = answer.alerts.iter().map(|o| format!("{} ({})", o.name.line(), o.alert)).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    match answer.until {
        Some(until) => out.push_str(&format!("\n  until {}, mutes now: {names}", moment(until))),
        None => out.push_str(&format!("\n  ends now, pages again: {names}")),
    }
    if let Some(command) = &answer.command {
        out.push_str(&format!("\n  by hand: {}", SafeText::new(command).line()));
    }
    out
}

fn table(answers: &[SilenceAct], paper: &Paper) -> String {
    let mut table = Table::new(&["OUTCOME", "SILENCE", "SOURCE", "UNTIL", "MUTES", "MATCHERS", "WHY"]);
    for answer in answers {
        let role = if answer.outcome.is_bad() { Role::Bad } else { Role::Ok };
        let line = |text: &Option<crate::domain::text::SafeText>| -> Cell {
            text.as_ref().map(|t| t.line().into_owned()).unwrap_or_default().into()
        };
        let mutes = answer.until.map(|_| answer.alerts.len().to_string()).unwrap_or_default();
        table.row(vec![
            Cell::dyed(answer.outcome.as_str(), role),
            line(&answer.silence),
            answer.source.to_string().into(),
            answer.until.map(moment).unwrap_or_default().into(),
            mutes.into(),
            answer.title.line().into(),
            line(&answer.why),
        ]);
    }
    table.render(paper)
}
