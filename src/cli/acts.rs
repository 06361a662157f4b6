//! What the commands that act have in common: the plan shown, the question asked, one act after the other, the answer.

use crate::{
    app::{
        effect::{Effect, Effects},
        world::World,
    },
    config::theme::Role,
    domain::{Time, op::Outcome, source::AckVia, text::SafeText},
};

use super::{
    alerts::moment,
    answer::{
        act::{ActAnswer, Word},
        told::{self, Fate, Told},
    },
    args::{Global, Output},
    ask::Asked,
    confirm,
    exit::{self, Exit},
    paper::Paper,
    perform::{Ended, Hands},
    table::{Cell, Table},
};

/// How acts are asked for.
#[derive(clap::Args, Debug)]
pub struct How {
    /// Show what would be done, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do it without asking
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// End with 0 though a source could not be read
    #[arg(long)]
    pub allow_partial: bool,
}

/// One act before it is done; `plan` is none where it cannot be.
pub struct Planned<P, A> {
    pub plan: Option<P>,
    pub answer: A,
}

/// Shows plans, asks, carries them out with `act`, and answers.
///
/// # Errors
/// After saying why nothing was done.
pub async fn run<P, A: Told>(
    (global, how): (&Global, &How),
    noun: &'static str,
    mut asked: Asked,
    planned: Vec<Planned<P, A>>,
    act: impl Fn(&mut World, Time, &P) -> Effects,
) -> Result<Exit, Exit> {
    let possible = planned.iter().any(|p| p.plan.is_some());
    if possible && !how.dry_run {
        if !how.yes {
            planned.iter().for_each(|p| exit::tell(p.answer.in_words()));
        }
        confirm::ask(how.yes)?;
    }
    let mut answers = Vec::with_capacity(planned.len());
    for Planned { plan, mut answer } in planned {
        answers.push(match plan {
            Some(plan) if !how.dry_run => {
                let effects = act(&mut asked.world, asked.clock.now(), &plan);
                answer.ended(carry_out(&mut asked, effects).await)
            }
            Some(plan) => {
                if let Some(line) = line(&mut asked, &act, &plan) {
                    answer.by_hand(line);
                }
                answer
            }
            None => answer,
        });
    }
    finish((global, how), noun, asked, &answers).await
}

/// Answers, and ends as the acts did.
///
/// # Errors
/// Where the answer cannot be written.
pub(super) async fn finish<A: Told>(
    (global, how): (&Global, &How),
    noun: &'static str,
    mut asked: Asked,
    answers: &[A],
) -> Result<Exit, Exit> {
    let_go(&mut asked).await;
    say(global, noun, &asked, answers)?;
    let failed = answers.iter().any(|a| a.outcome().is_bad());
    let end = asked.conclude(how.allow_partial);
    Ok(if failed { Exit::Failed } else { end })
}

/// The act as another program would do it. The world is asked as for the act itself, and nothing is carried out.
fn line<P>(asked: &mut Asked, act: &impl Fn(&mut World, Time, &P) -> Effects, plan: &P) -> Option<String> {
    let effects = act(&mut asked.world, asked.clock.now(), plan);
    let sent = effects.iter().find_map(|e| if let Effect::Intend(intent, _) = e { Some(&intent.act) } else { None });
    // What only the source can do no other program does.
    sent.filter(|act| act.request().is_none()).map(|act| asked.world.command(act))
}

pub(super) async fn carry_out(asked: &mut Asked, effects: Effects) -> Outcome {
    let refused = |why: &str| Outcome::Refused { why: why.into() };
    let Some(journal) = &asked.journal else { return refused("nothing is sent that the journal cannot keep") };
    let mut hands = Hands { world: &mut asked.world, sources: &asked.sources, journal, clock: asked.clock };
    match hands.perform(effects).await {
        Some(Ended { outcome, .. }) => outcome,
        None => refused("that alert has gone; nothing was done"),
    }
}

/// Another cockpit need not wait for what this one no longer does.
pub(super) async fn let_go(asked: &mut Asked) {
    if let Some(journal) = asked.journal.take() {
        // The lease ends by itself where this fails, and every write was finished before.
        let _ = journal.release().await;
        let _ = journal.close().await;
    }
}

fn say<A: Told>(global: &Global, noun: &'static str, asked: &Asked, answers: &[A]) -> Result<(), Exit> {
    let paper = Paper::of(global, &asked.config);
    let table = || match answers.iter().any(|a| a.outcome() == Word::Planned) {
        true => answers.iter().map(|a| a.in_words() + "\n").collect(),
        false => A::table(answers, &paper),
    };
    asked.answer(noun, "acts", answers.to_vec()).say(global.output, table)?;
    if matches!(global.output, Output::Json | Output::Ndjson) {
        for bad in answers.iter().filter(|a| a.outcome().is_bad()) {
            exit::tell(format_args!("watchfire: {} {}: {}", bad.called(noun), bad.outcome().as_str(), bad.why()));
        }
    }
    Ok(())
}

/// What an outcome looks like in a table.
pub(super) fn cell(outcome: Word) -> Cell<'static> {
    let role = match outcome {
        Word::Confirmed | Word::Planned => Role::Ok,
        Word::Refused => Role::Bad,
        Word::Unknown => Role::Unknown,
        Word::LeftOut => Role::Hint,
    };
    Cell::dyed(outcome.as_str(), role)
}

impl Told for ActAnswer {
    fn outcome(&self) -> Word {
        self.outcome
    }

    fn because(&self) -> Option<&SafeText> {
        self.why.as_ref()
    }

    fn fate(&mut self) -> Fate<'_> {
        Fate {
            outcome: &mut self.outcome,
            why: &mut self.why,
            silence: Some(&mut self.silence),
            until: Some(&mut self.until),
            command: &mut self.command,
        }
    }

    fn called(&self, noun: &str) -> String {
        format!("{noun} of {}", self.name.line())
    }

    fn in_words(&self) -> String {
        in_words(self)
    }

    fn table(answers: &[Self], paper: &Paper) -> String {
        let mut table = Table::new(&["OUTCOME", "NAME", "ALERT", "UNTIL", "SILENCE", "WHY"]);
        for answer in answers {
            table.row(vec![
                cell(answer.outcome),
                answer.name.line().into(),
                answer.alert.clone().into(),
                answer.until.map(moment).unwrap_or_default().into(),
                told::line(answer.silence.as_ref()).into(),
                answer.why().into(),
            ]);
        }
        table.render(paper)
    }
}

/// What a source does itself, in its own words.
fn at_source(answer: &ActAnswer) -> String {
    let who = |i: usize| if i == 0 { format!("{} ", answer.source) } else { String::new() };
    let does = answer.does.iter().enumerate();
    let mut out: String = does.map(|(i, does)| format!("\n  {}{}", who(i), does.line())).collect();
    let until = answer.until.map(|until| format!("\n  until {}", moment(until)));
    let author = answer.author.as_ref().map(|author| format!("\n  kept there as {}", author.line()));
    let aside = answer.aside.as_ref().map(|aside| format!("\n  {aside}"));
    out.extend([until, author, aside].into_iter().flatten());
    out
}

/// An act as it is shown before it is sent.
fn in_words(answer: &ActAnswer) -> String {
    let name = answer.name.line();
    let mut out = format!("{name}  ({})", answer.alert);
    if matches!(answer.outcome, Word::Refused | Word::LeftOut) {
        let how = if answer.outcome == Word::Refused { "cannot be done" } else { "left out" };
        return format!("{out}\n  {how}: {}", answer.why());
    }
    if answer.via == Some(AckVia::Native) {
        return out + &at_source(answer);
    }
    match (&answer.silence, answer.until) {
        (Some(silence), _) => out.push_str(&format!("\n  ends silence {} of {}", silence.line(), answer.source)),
        (None, Some(until)) if answer.matchers.is_empty() => {
            out.push_str(&format!("\n  an entry in the journal until {}; nobody is muted", moment(until)));
        }
        (None, Some(until)) => out.push_str(&format!(
            "\n  a silence at {} until {} on {{{}}}",
            answer.source,
            moment(until),
            answer.matchers.join(", ")
        )),
        (None, None) => out.push_str("\n  an entry in the journal that ends the ack"),
    }
    if !answer.also.is_empty() {
        let what = if answer.silence.is_some() { "frees too" } else { "mutes too" };
        out.push_str(&format!("\n  {what}: {}", told::names(&answer.also)));
    }
    if let Some(aside) = &answer.aside {
        out.push_str(&format!("\n  {aside}"));
    }
    told::put_by_hand(&mut out, answer.command.as_ref());
    out
}
