//! `watchfire undo`: takes the last act of this user back, or the last batch, as `u` does in the cockpit.

use serde::Serialize;

use crate::{
    app::world::{
        bulk::{End, Item},
        undo::{REACH, UndoPlan},
    },
    domain::{deed::deeds, duration, source::SourceName, text::SafeText},
};

use super::{
    acts::{self, How},
    answer::{
        act::Word,
        told::{self, Fate, Told},
    },
    args::Global,
    ask::{Asked, Journalled},
    bulk, confirm,
    exit::{self, Exit},
    paper::Paper,
    table::Table,
};

/// Deeds that are looked through: the last hour of one person.
const DEEDS: u32 = 10_000;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    how: How,
}

/// One thing that is taken back, or cannot be.
#[derive(Clone, Debug, Serialize)]
struct Back {
    alert: Option<String>,
    name: SafeText,
    source: Option<SourceName>,
    outcome: Word,
    why: Option<SafeText>,
    /// What is done for it, as a sentence without its subject.
    does: Option<SafeText>,
    /// The line that would do the same by hand, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let how = &args.how;
    let mut asked = Asked::of(global, if how.dry_run { Journalled::Read } else { Journalled::Write }).await?;
    let plan = plan(&asked).await?;
    let mut answers = planned(&asked, &plan);
    if !how.dry_run {
        if !how.yes {
            exit::tell(format_args!("takes back {}, {} ago", plan.what, duration::long(asked.now - plan.at)));
            answers.iter().for_each(|a| exit::tell(a.in_words()));
        }
        if plan.steps.is_empty() {
            return Err(exit::failed(format_args!("nothing of {} can be taken back; nothing was sent", plan.what)));
        }
        confirm::ask(how.yes)?;
        let effects = asked.world.undo(asked.clock.now(), plan);
        bulk::deliver(&mut asked, effects).await;
        fill_in(&asked, &mut answers);
    }
    acts::finish((global, how), "undo", asked, &answers).await
}

async fn plan(asked: &Asked) -> Result<UndoPlan, Exit> {
    let nothing = || exit::failed("the journal cannot be read, so nobody knows what was done last");
    let journal = asked.journal.as_ref().ok_or_else(nothing)?;
    let since = asked.now - REACH;
    let read = async { Ok((journal.sent(since, DEEDS).await?, journal.since(since, None, DEEDS).await?)) };
    let (sent, entries) = read.await.map_err(|e: crate::journal::JournalError| {
        exit::failed(format_args!("what was done cannot be read: {e}; {}", e.advice()))
    })?;
    asked.world.plan_undo(&deeds(sent, entries), asked.now).map_err(exit::failed)
}

/// An answer for each thing, in the order of the batch that the plan becomes.
fn planned(asked: &Asked, plan: &UndoPlan) -> Vec<Back> {
    let mut answers = Vec::new();
    for step in &plan.steps {
        let command = step.act().map(|act| asked.world.command(act));
        answers.extend(step.about.iter().map(|item| Back::of(item, &step.what, command.clone())));
    }
    answers.extend(plan.cannot.iter().map(|(title, why)| Back {
        alert: None,
        name: title.clone(),
        source: None,
        outcome: Word::Refused,
        why: Some(SafeText::new(why)),
        does: None,
        command: None,
    }));
    answers
}

fn fill_in(asked: &Asked, answers: &mut [Back]) {
    let Some(batch) = asked.world.bulk.last() else { return };
    for (answer, item) in answers.iter_mut().zip(&batch.items).filter(|(a, _)| a.outcome == Word::Planned) {
        answer.command = None;
        match &item.end {
            End::Done => answer.outcome = Word::Confirmed,
            End::Otherwise(why) => answer.failed(Word::Confirmed, why.clone()),
            End::Refused(why) | End::Gone(why) => answer.failed(Word::Refused, why.clone()),
            End::Unknown(why) => answer.failed(Word::Unknown, why.clone()),
            End::Waiting => answer.failed(Word::Refused, SafeText::new("nothing was sent for it")),
        }
    }
}

impl Back {
    fn of(item: &Item, what: &str, command: Option<String>) -> Self {
        Self {
            alert: item.alert.as_ref().map(ToString::to_string),
            name: item.title.clone(),
            source: item.source.clone(),
            outcome: Word::Planned,
            why: None,
            does: Some(SafeText::new(what)),
            command,
        }
    }
}

impl Told for Back {
    fn outcome(&self) -> Word {
        self.outcome
    }

    fn because(&self) -> Option<&SafeText> {
        self.why.as_ref()
    }

    fn fate(&mut self) -> Fate<'_> {
        Fate { outcome: &mut self.outcome, why: &mut self.why, silence: None, until: None, command: &mut self.command }
    }

    fn called(&self, noun: &str) -> String {
        format!("{noun} of {}", self.name.line())
    }

    fn in_words(&self) -> String {
        let name = self.name.line();
        let mut out = match &self.does {
            Some(does) => format!("{name}: {}", does.line()),
            None => format!("{name}: cannot be taken back: {}", self.why()),
        };
        told::put_by_hand(&mut out, self.command.as_ref());
        out
    }

    fn table(answers: &[Self], paper: &Paper) -> String {
        let mut table = Table::new(&["OUTCOME", "NAME", "SOURCE", "WHAT", "WHY"]);
        for answer in answers {
            table.row(vec![
                acts::cell(answer.outcome),
                answer.name.line().into(),
                answer.source.as_ref().map(ToString::to_string).unwrap_or_default().into(),
                told::line(answer.does.as_ref()).into(),
                answer.why().into(),
            ]);
        }
        table.render(paper)
    }
}
