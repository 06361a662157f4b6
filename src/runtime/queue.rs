//! Many acts to their sources: a few at a time, at a bounded pace, each sent once.
//!
//! One line a source. A line goes in rounds: it sends some, then reads back once what the server holds, and only what is not
//! there and was not refused is sent again. Knows neither the journal nor who waits for the ends.

use std::collections::VecDeque;

use chrono::Duration;
use futures_util::{
    StreamExt,
    future::{join, join_all},
    stream,
};
use tokio::sync::{Mutex, mpsc};

use crate::{
    domain::{
        Time,
        op::{Act, Intent, Outcome},
        silence::{Silence, SilenceDraft},
        source::{SourceError, SourceName},
        text::SafeText,
    },
    sources::Silences,
};

use super::{
    Sources,
    clock::Clock,
    execute::{self, Done, carried_all, confirmed, refused, unknown},
    find,
    panics::asked,
    request,
};

/// Requests of one source that are on their way at the same time.
pub(super) const AT_ONCE: usize = 4;
/// Between two requests to one source.
const GAP: Duration = Duration::milliseconds(10);
/// Acts that are sent before what the server holds is read once.
const ROUND: usize = 100;
/// How often an act is sent at most, where no answer came.
pub(super) const TRIES: u32 = 4;
/// An act older than this is not sent any more: what was right before the night may be wrong after it.
pub const TOO_OLD: Duration = Duration::minutes(10);
/// A request whose answer was lost may still arrive: what the server holds is read after this, doubled with each try.
pub(super) const LATE: Duration = Duration::milliseconds(250);

/// How an act of the queue ended.
pub type Ended = (Intent, Done);

/// Whether these acts may have been sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// They are new.
    Sending,
    /// A run that ended may have sent some: the server is asked first, and where it does not answer nothing ends.
    Looking,
}

/// Sends acts that are in the journal, and tells each end as soon as it is known. Returns when all that could end has ended.
pub async fn send(sources: &Sources, acts: Vec<Intent>, clock: Clock, begin: Begin, told: mpsc::Sender<Ended>) {
    let mut lines: Vec<(SourceName, Vec<Intent>)> = Vec::new();
    for act in acts {
        let name = act.act.source();
        match lines.iter_mut().find(|(n, _)| n == name) {
            Some((_, line)) => line.push(act),
            None => lines.push((name.clone(), vec![act])),
        }
    }
    join_all(lines.into_iter().map(|(name, acts)| line(sources, name, acts, clock, begin, told.clone()))).await;
}

async fn line(
    sources: &Sources,
    name: SourceName,
    acts: Vec<Intent>,
    clock: Clock,
    begin: Begin,
    told: mpsc::Sender<Ended>,
) {
    let (asks, acts): (Vec<Intent>, Vec<Intent>) = acts.into_iter().partition(|i| i.act.request().is_some());
    let asking = request::many(find(sources, &name), asks, clock, begin, told.clone());
    join(asking, silences(sources, &name, acts, clock, begin, told)).await;
}

/// The acts of one source that are about silences.
async fn silences(
    sources: &Sources,
    name: &SourceName,
    acts: Vec<Intent>,
    clock: Clock,
    begin: Begin,
    told: mpsc::Sender<Ended>,
) {
    if acts.is_empty() {
        return;
    }
    let Some(silences) = find(sources, name).and_then(|s| s.silences()) else {
        let why = match (begin, find(sources, name).is_some()) {
            (_, true) => "this source cannot write silences",
            (_, false) => "its source is no longer configured",
        };
        for act in acts {
            tell(&told, act, refused(why)).await;
        }
        return;
    };
    let pace = Mutex::new(Pace { next: clock.now(), not_before: clock.now() });
    let line = Line { silences, clock, pace, told };
    line.run(acts, begin).await;
}

/// Ends the twins of silences that were sent lately: a run that was killed may have sent one of them twice.
pub async fn sweep(sources: &Sources, sent: &[Intent], clock: Clock) {
    for source in sources {
        let name = &source.describe().name;
        let of_it = sent.iter().filter(|i| i.act.source() == name);
        let drafts: Vec<SilenceDraft> = of_it.filter_map(|i| draft(&i.act)).cloned().collect();
        if let Some(silences) = source.silences().filter(|_| !drafts.is_empty()) {
            let pace = Mutex::new(Pace { next: clock.now(), not_before: clock.now() });
            Line { silences, clock, pace, told: mpsc::channel(1).0 }.sweep(&drafts).await;
        }
    }
}

/// A silence that is made, not changed: only of such there can be two.
fn draft(act: &Act) -> Option<&SilenceDraft> {
    match act {
        Act::PutSilence { draft, .. } if draft.id.is_none() => Some(draft),
        _ => None,
    }
}

pub(super) async fn tell(told: &mpsc::Sender<Ended>, act: Intent, done: Done) {
    // Where nobody waits any more the outbox keeps it, and the next start finds out.
    let _ = told.send((act, done)).await;
}

/// When the next request may leave.
struct Pace {
    next: Time,
    /// The server said so.
    not_before: Time,
}

/// An act that waits for its turn.
struct Waiting {
    intent: Intent,
    /// How often it was sent.
    tries: u32,
}

/// What became of one request.
type Answered = (Waiting, Result<Option<SafeText>, SourceError>);

struct Line<'a> {
    silences: &'a dyn Silences,
    clock: Clock,
    pace: Mutex<Pace>,
    told: mpsc::Sender<Ended>,
}

impl Line<'_> {
    async fn run(&self, acts: Vec<Intent>, begin: Begin) {
        let mut waiting: VecDeque<Waiting> = acts.into_iter().map(|intent| Waiting { intent, tries: 0 }).collect();
        if begin == Begin::Looking {
            // What the run that ended sent last may still be on its way.
            self.clock.sleep(LATE * 4).await;
            let Ok(all) = self.list().await else { return };
            waiting = self.not_there_yet(waiting, &all).await;
        }
        let mut repeated = Vec::new();
        while !waiting.is_empty() {
            let round: Vec<Waiting> = waiting.drain(..waiting.len().min(ROUND)).collect();
            match self.round(round, &mut repeated).await {
                Ok(again) => again.into_iter().rev().for_each(|w| waiting.push_front(w)),
                Err(why) => self.give_up(std::mem::take(&mut waiting), &why).await,
            }
        }
        self.sweep(&repeated).await;
    }

    /// Ends those that the server shows to have happened before.
    async fn not_there_yet(&self, waiting: VecDeque<Waiting>, all: &[Silence]) -> VecDeque<Waiting> {
        let mut left = VecDeque::new();
        for one in waiting {
            match happened(&one.intent.act, all, self.clock.now()) {
                Some(done) => tell(&self.told, one.intent, done).await,
                // It may have been sent already: whatever is sent now may be a second one.
                None => left.push_back(Waiting { tries: 1, ..one }),
            }
        }
        left
    }

    /// Sends some and reads back; answers those that are to be sent again.
    ///
    /// # Errors
    /// Why it makes no sense to send any more.
    async fn round(&self, round: Vec<Waiting>, repeated: &mut Vec<SilenceDraft>) -> Result<Vec<Waiting>, SourceError> {
        let answers: Vec<Option<Answered>> =
            stream::iter(round).map(|one| self.send(one)).buffered(AT_ONCE).collect().await;
        let answers: Vec<Answered> = answers.into_iter().flatten().collect();
        let hopeless = hopeless(&answers);
        let (clear, open): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, answer)| is_refusal(answer));
        for (one, answer) in clear {
            let why = answer.err().map(|e| e.to_string()).unwrap_or_default();
            tell(&self.told, one.intent, refused(&why)).await;
        }
        let again = if open.is_empty() { Vec::new() } else { self.read_back(open, repeated).await };
        match hopeless {
            Some(error) if again.is_empty() => Err(error),
            _ => Ok(again),
        }
    }

    async fn send(&self, mut one: Waiting) -> Option<Answered> {
        self.turn().await;
        if self.clock.now() - one.intent.at > TOO_OLD {
            tell(&self.told, one.intent, refused("it was never sent, and is too old to be sent now")).await;
            return None;
        }
        one.tries += 1;
        let now = self.clock.now();
        let answer = match &one.intent.act {
            Act::PutSilence { draft, .. } => asked(self.silences.put(draft, now)).await.map(Some),
            Act::ExpireSilence { id, .. } => asked(self.silences.expire(id.raw(), now)).await.map(|()| None),
            Act::Ask { .. } => Err(SourceError::rejected("it is about no silence")),
        };
        if let Err(SourceError::RateLimited { until }) = &answer {
            self.wait_until(*until).await;
        }
        Some((one, answer))
    }

    /// Waits for the next place in the pace, and longer where the server said so meanwhile.
    async fn turn(&self) {
        loop {
            let at = {
                let mut pace = self.pace.lock().await;
                let at = pace.next.max(pace.not_before).max(self.clock.now());
                pace.next = at + GAP;
                at
            };
            self.clock.sleep(at - self.clock.now()).await;
            if self.pace.lock().await.not_before <= self.clock.now() {
                return;
            }
        }
    }

    async fn wait_until(&self, until: Time) {
        let mut pace = self.pace.lock().await;
        pace.not_before = pace.not_before.max(until);
    }

    /// What the server holds tells how each of them ended; answers those that it does not hold and nobody refused.
    async fn read_back(&self, open: Vec<Answered>, repeated: &mut Vec<SilenceDraft>) -> Vec<Waiting> {
        let lost = open.iter().filter(|(_, a)| a.is_err()).map(|(one, _)| one.tries).max();
        if let Some(tries) = lost {
            self.clock.sleep(LATE * 2_i32.pow(tries.min(TRIES))).await;
        }
        let listed = self.list().await;
        let mut again = Vec::new();
        for (one, answer) in open {
            if let (Act::PutSilence { draft, .. }, true) = (&one.intent.act, one.tries > 1) {
                repeated.push(draft.clone());
            }
            let done = match &listed {
                Ok(all) => judge(&one, &answer, all, self.clock.now()),
                Err(error) => Some(self.unread(&one.intent.act, &answer, error).await),
            };
            match done {
                Some(done) => tell(&self.told, one.intent, done).await,
                None => again.push(one),
            }
        }
        again
    }

    /// All silences; a server that is busy is waited for, one that does not answer is asked again.
    async fn list(&self) -> Result<Vec<Silence>, SourceError> {
        let mut tries = 0;
        loop {
            self.turn().await;
            tries += 1;
            match asked(self.silences.list(self.clock.now())).await {
                Err(SourceError::RateLimited { until }) if tries < 4 * TRIES => self.wait_until(until).await,
                Err(SourceError::Unreachable { .. }) if tries < TRIES => {
                    self.clock.sleep(LATE * 2_i32.pow(tries)).await;
                }
                answer => return answer,
            }
        }
    }

    /// The list cannot be had: one that was accepted is read by its id, of the others nobody knows.
    async fn unread(&self, act: &Act, answer: &Result<Option<SafeText>, SourceError>, error: &SourceError) -> Done {
        match (act, answer) {
            (Act::PutSilence { draft, .. }, Ok(Some(id))) => {
                execute::read_back(self.silences, id, draft, self.clock).await
            }
            (_, Ok(_)) => unknown(&format!("sent, but reading it back failed: {error}")),
            (_, Err(lost)) => unknown(&lost.to_string()),
        }
    }

    async fn give_up(&self, waiting: VecDeque<Waiting>, why: &SourceError) {
        for one in waiting {
            tell(&self.told, one.intent, refused(&format!("not sent after the others: {why}"))).await;
        }
    }

    /// A request that was thought lost may have arrived late, beside its repetition: one of the two is enough.
    async fn sweep(&self, repeated: &[SilenceDraft]) {
        if repeated.is_empty() {
            return;
        }
        let Ok(all) = self.list().await else { return };
        for surplus in repeated.iter().flat_map(|draft| carried_all(&all, draft, self.clock.now()).into_iter().skip(1))
        {
            self.turn().await;
            if let Err(error) = asked(self.silences.expire(surplus.id.raw(), self.clock.now())).await {
                tracing::warn!("silence {} was made twice, and its twin could not be ended: {error}", surplus.id);
            }
        }
    }
}

/// A no that needs no second look.
fn is_refusal(answer: &Result<Option<SafeText>, SourceError>) -> bool {
    matches!(answer, Err(SourceError::Rejected { .. } | SourceError::Auth { .. } | SourceError::Redirected { .. }))
}

/// Why the next round would fare no better: every act of this one failed for a reason that is not the act's.
fn hopeless(answers: &[Answered]) -> Option<SourceError> {
    let of_all = |(one, answer): &Answered| match answer {
        Err(error @ SourceError::Auth { .. }) => Some(error.clone()),
        Err(error @ SourceError::Unreachable { .. }) if one.tries >= TRIES => Some(error.clone()),
        _ => None,
    };
    answers.iter().map(of_all).collect::<Option<Vec<_>>>()?.pop()
}

/// How an act ended, by what the server holds; none where it is to be sent again.
fn judge(one: &Waiting, answer: &Result<Option<SafeText>, SourceError>, all: &[Silence], now: Time) -> Option<Done> {
    if let Some(done) = happened(&one.intent.act, all, now) {
        return Some(done);
    }
    Some(match answer {
        Ok(Some(id)) => match all.iter().find(|s| &s.id == id) {
            Some(kept) => refused(&format!("the server kept something else: silence {id} until {}", kept.ends_at)),
            None => refused("the server accepted it and does not have it"),
        },
        Ok(None) => refused("the server said yes, but the silence still stands"),
        // How often a busy server says so is bounded by the age of the act.
        Err(SourceError::RateLimited { .. }) => return None,
        Err(_) if one.tries < TRIES => return None,
        Err(error) => refused(&format!("{error}; the server does not have it")),
    })
}

/// Whether the server shows that it happened.
fn happened(act: &Act, all: &[Silence], now: Time) -> Option<Done> {
    match act {
        Act::PutSilence { draft, .. } => carried_all(all, draft, now).into_iter().next().map(confirmed),
        Act::ExpireSilence { id, .. } => {
            let found = all.iter().find(|s| &s.id == id).cloned();
            let over = found.as_ref().is_none_or(|s| execute::is_over(s, now));
            let outcome = Outcome::Confirmed { silence: Some(id.clone()), ends_at: None };
            over.then_some(Done { outcome, silence: found })
        }
        Act::Ask { .. } => None,
    }
}
