//! `ack` and `unack` on many alerts: one plan, one question, every act in the journal before the first is sent, an end for each.

use std::{
    collections::HashMap,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use tokio::sync::mpsc;

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::OpMsg,
        world::{
            bulk::{BulkPlan, Doing, End, Part},
            planning::PART,
        },
    },
    domain::{
        alert::{Ack, AlertId},
        entry::NewEntry,
        held::{Request, RequestPlan},
        op::{Act, BatchId, Covered, Intent, OpId, Outcome},
        silence::SilenceDraft,
        source::{AckVia, SourceError},
        text::SafeText,
    },
    journal::FIRST_LEASE,
    runtime::{
        queue::{self, Begin},
        request,
    },
};

use super::{
    acts::{self, How},
    answer::{
        act::{ActAnswer, Other, Word},
        told::Told,
    },
    args::Global,
    ask::Asked,
    confirm,
    exit::{self, Exit},
};

/// How often the claim on acts that wait for their turn is renewed.
const RENEW: Duration = Duration::from_secs(20);

/// Shows the plan, asks, carries it out, and answers for each alert.
///
/// # Errors
/// After saying why nothing was done.
pub async fn run(
    (global, how): (&Global, &How),
    mut asked: Asked,
    plan: &BulkPlan,
    reason: &str,
) -> Result<Exit, Exit> {
    let noun = plan.doing.noun();
    let (plan, told) = can(&asked, plan).await;
    let plan = &plan;
    let mut answers = planned((&asked, &told), plan, reason);
    if !how.dry_run && !plan.is_empty() {
        if !how.yes {
            answers.iter().for_each(|a| exit::tell(a.in_words()));
            exit::tell(format_args!("{noun} {} alerts", plan.len()));
        }
        confirm::ask(how.yes)?;
        carry_out(&mut asked, plan, reason).await;
        fill_in(&asked, &mut answers);
    }
    acts::finish((global, how), noun, asked, &answers).await
}

/// What sources said that they would do with each alert that they are asked about.
type Said = HashMap<AlertId, Result<RequestPlan, SourceError>>;

/// The plan without the alerts that their source cannot do it for, as it says itself of each.
async fn can(asked: &Asked, plan: &BulkPlan) -> (BulkPlan, Said) {
    let requests: Vec<Request> = plan.requests().cloned().collect();
    let mut progress = Progress::of(requests.len(), "planned");
    let mut told = Said::new();
    for part in requests.chunks(PART) {
        let answers = request::plan_all(&asked.sources, part, asked.clock).await;
        told.extend(part.iter().map(|request| request.alert.clone()).zip(answers));
        progress.step(part.len());
    }
    progress.end();
    let mut kept = plan.clone();
    kept.leave_out(|request| told.get(&request.alert)?.as_ref().err().map(ToString::to_string));
    (kept, told)
}

/// An answer for each alert, as it is before anything is sent.
fn planned((asked, told): (&Asked, &Said), plan: &BulkPlan, reason: &str) -> Vec<ActAnswer> {
    let mut answers = Vec::new();
    for part in &plan.parts {
        answers.extend(part.alerts.iter().map(|one| {
            let mut answer = answer(asked, plan, part, one, reason);
            if let Some(Ok(plan)) = told.get(&one.alert) {
                super::request::says(&mut answer, plan.clone());
            }
            answer
        }));
    }
    for left in &plan.left_out {
        let one = &left.alert;
        let mut refused = ActAnswer::refused(&one.alert, &one.title, &left.why);
        let owned = asked.world.board.get(&one.alert).is_some_and(|r| r.ack.is_some());
        if plan.doing == Doing::Ack && owned {
            refused.outcome = Word::LeftOut;
        }
        answers.push(refused);
    }
    answers
}

fn answer(asked: &Asked, plan: &BulkPlan, part: &Part, one: &Covered, reason: &str) -> ActAnswer {
    let acked = plan.doing == Doing::Ack;
    let unseen = (part.unseen > 0)
        .then(|| format!("and {} combinations of these values that were never seen, should they fire", part.unseen));
    ActAnswer {
        until: part.request.as_ref().map_or(Some(plan.until), |r| r.until).filter(|_| acked),
        breaks_on: if part.alerts.len() == 1 { plan.breaks_on.clone() } else { Vec::new() },
        silence: part.silence.clone(),
        matchers: part.matchers.iter().map(ToString::to_string).collect(),
        also: part.also.iter().map(|c| Other::of((&c.alert, &c.title))).collect(),
        aside: unseen,
        command: (part.via == AckVia::Silence).then(|| asked.world.command(&act(asked, plan, part, reason))),
        ..ActAnswer::planned(&one.alert, &one.title, part.via)
    }
}

/// What would be sent for a part.
fn act(asked: &Asked, plan: &BulkPlan, part: &Part, reason: &str) -> Act {
    let source = part.source.clone();
    match &part.silence {
        Some(id) => Act::ExpireSilence { source, id: id.clone() },
        None => {
            let labels = crate::domain::label::Labels::default();
            let draft = SilenceDraft::ack(&labels, &asked.world.user, reason, asked.now, plan.until);
            Act::PutSilence { source, draft: SilenceDraft { matchers: part.matchers.clone(), ..draft } }
        }
    }
}

async fn carry_out(asked: &mut Asked, plan: &BulkPlan, reason: &str) {
    let now = asked.clock.now();
    match asked.world.send_plan(now, plan, reason) {
        Err(_) => exit::tell("watchfire: the board changed while the plan was shown; nothing was sent, run it again"),
        Ok(effects) => deliver(asked, effects).await,
    }
}

/// Carries out what a batch began with, up to its end.
pub(super) async fn deliver(asked: &mut Asked, effects: Effects) {
    for effect in effects {
        if let Effect::IntendAll { batch, acts, entries } = effect {
            let effects = intend(asked, &batch, &acts, &entries).await;
            send(asked, effects).await;
        }
    }
}

/// All of it in one step, or nothing at all.
async fn intend(asked: &mut Asked, batch: &BatchId, acts: &[Intent], entries: &[NewEntry]) -> Effects {
    let now = asked.clock.now();
    let written = match &asked.journal {
        Some(journal) => journal.intend_all(acts, entries, now).await.map_err(|e| format!("{e}; {}", e.advice())),
        None => Err("it is not open".to_owned()),
    };
    match written {
        Ok(_) => asked.world.all_intended(now, batch).0,
        Err(why) => {
            asked.world.none_intended(now, batch, &SafeText::new(&why));
            Vec::new()
        }
    }
}

async fn send(asked: &mut Asked, effects: Effects) {
    for effect in effects {
        let Effect::SendAll(acts) = effect else { continue };
        let (told, mut ends) = mpsc::channel(64);
        let sources = asked.sources.clone();
        let clock = asked.clock;
        let mut progress = Progress::of(acts.len(), "sent and read back");
        let sending = queue::send(&sources, acts, clock, Begin::Sending, told);
        let settling = async {
            let mut renewed = tokio::time::interval(RENEW);
            loop {
                tokio::select! {
                    end = ends.recv() => {
                        let Some((intent, done)) = end else { break };
                        settle(asked, &intent.op, done.outcome, done.silence).await;
                        progress.step(1);
                    }
                    _ = renewed.tick() => renew(asked).await,
                }
            }
            progress.end();
        };
        tokio::join!(sending, settling);
    }
}

async fn settle(asked: &mut Asked, op: &OpId, outcome: Outcome, silence: Option<crate::domain::silence::Silence>) {
    let now = asked.clock.now();
    let msg = OpMsg::Ended { outcome, silence: silence.map(Box::new) };
    let (effects, _) = asked.world.op_ended(now, op, msg);
    let Some(journal) = &asked.journal else { return };
    for effect in effects {
        if let Effect::Settle(op, entries) = effect
            && let Err(error) = journal.settle(&op, &entries, now).await
        {
            exit::tell(format_args!("watchfire: how it ended could not be written down: {error}; {}", error.advice()));
        }
    }
}

async fn renew(asked: &Asked) {
    if let Some(journal) = &asked.journal
        && let Err(error) = journal.renew_all(asked.clock.now(), FIRST_LEASE).await
    {
        tracing::warn!("the claim on what is being sent could not be renewed: {error}");
    }
}

/// How each alert of the batch ended.
fn fill_in(asked: &Asked, answers: &mut [ActAnswer]) {
    let Some(batch) = asked.world.bulk.last() else { return };
    let ends: HashMap<String, &End> =
        batch.items.iter().filter_map(|i| Some((i.alert.as_ref().map(AlertId::to_string)?, &i.end))).collect();
    let rows = asked.world.board.iter();
    let acks: HashMap<String, &Ack> = rows.filter_map(|r| Some((r.id.to_string(), r.ack.as_deref()?))).collect();
    for answer in answers.iter_mut().filter(|a| a.outcome == Word::Planned) {
        let (word, why) = match ends.get(&answer.alert) {
            Some(End::Done) => (Word::Confirmed, None),
            Some(End::Otherwise(why)) => (Word::Confirmed, Some(why.clone())),
            Some(End::Refused(why)) => (Word::Refused, Some(why.clone())),
            Some(End::Unknown(why)) => (Word::Unknown, Some(why.clone())),
            Some(End::Gone(why)) => (Word::LeftOut, Some(why.clone())),
            Some(End::Waiting) | None => (Word::Refused, Some(SafeText::new("nothing was sent for it"))),
        };
        (answer.outcome, answer.why) = (word, why);
        if let Some(ack) = acks.get(&answer.alert).filter(|_| answer.outcome == Word::Confirmed) {
            answer.silence = ack.silence.clone().or(answer.silence.take());
            answer.until = ack.until;
        }
    }
}

/// A line on standard error that tells how far it is, where a person can see it.
struct Progress {
    all: usize,
    done: usize,
    what: &'static str,
    seen: bool,
}

impl Progress {
    fn of(all: usize, what: &'static str) -> Self {
        Self { all, done: 0, what, seen: all > 0 && io::stderr().is_terminal() }
    }

    fn step(&mut self, n: usize) {
        self.done += n;
        if self.seen {
            let _ = write!(io::stderr(), "\r{} of {} {}", self.done, self.all, self.what);
        }
    }

    fn end(&self) {
        if self.seen {
            let _ = writeln!(io::stderr());
        }
    }
}
