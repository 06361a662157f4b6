//! Asks a source to do what only it can do, and finds out what came of it. What is so there is what counts.
//!
//! An answer that was lost is looked for before anything is repeated; what would add a second time is not repeated at all.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;
use futures_util::{StreamExt, future::join_all, stream};
use tokio::sync::mpsc;

use crate::{
    domain::{
        held::{Applied, Request, RequestPlan},
        op::{Intent, OpId, Outcome},
        source::{SourceError, SourceName},
        text::SafeText,
    },
    sources::{Requests, Source},
};

use super::{
    Sources,
    clock::Clock,
    execute::{Done, may_have_happened, refused, unknown},
    find,
    panics::asked,
    queue::{AT_ONCE, Begin, Ended, LATE, TOO_OLD, TRIES, tell},
};

/// Seconds between two looks at what was taken and is not done yet: two minutes in all.
const WAITS: [i64; 7] = [1, 2, 4, 8, 15, 30, 60];
/// How often a source says that it is busy, while nothing else is asked for.
const BUSY: u32 = 20;

/// What the sources themselves say they would do, an answer for each in their order. Sources are asked side by side.
pub async fn plan_all(sources: &Sources, requests: &[Request], clock: Clock) -> Vec<Result<RequestPlan, SourceError>> {
    let mut by_source: BTreeMap<&SourceName, Vec<usize>> = BTreeMap::new();
    for (at, request) in requests.iter().enumerate() {
        by_source.entry(&request.alert.source).or_default().push(at);
    }
    let told = join_all(by_source.into_iter().map(|(name, places)| async move {
        let own: Vec<Request> = places.iter().map(|at| requests[*at].clone()).collect();
        places.into_iter().zip(plan_of(sources, name, &own, clock).await).collect::<Vec<_>>()
    }))
    .await;
    let mut told: Vec<_> = told.into_iter().flatten().collect();
    told.sort_by_key(|(at, _)| *at);
    told.into_iter().map(|(_, answer)| answer).collect()
}

/// As many answers as there are requests, whatever the source does.
async fn plan_of(
    sources: &Sources,
    name: &SourceName,
    own: &[Request],
    clock: Clock,
) -> Vec<Result<RequestPlan, SourceError>> {
    let Some(requests) = find(sources, name).and_then(|s| s.requests()) else {
        return vec![Err(SourceError::rejected("this source can be asked for nothing")); own.len()];
    };
    let told = asked(async { Ok(requests.plan_all(own, clock.now()).await) }).await;
    let mut answers = told.unwrap_or_else(|error| vec![Err(error); own.len()]);
    answers.resize(own.len(), Err(SourceError::malformed("it left out what it would do")));
    answers
}

/// One act alone: it is sent once.
pub(super) async fn once(source: Option<&Arc<dyn Source>>, op: &OpId, request: &Request, clock: Clock) -> Done {
    let Some(requests) = source.and_then(|s| s.requests()) else {
        return refused("this source can be asked for nothing");
    };
    let asking = Asking { requests, op, request, clock };
    match asking.apply().await {
        Ok(applied) => asking.settled(applied).await,
        Err(error) if may_have_happened(&error) => match asking.look().await {
            Ok(Some(applied)) => asking.settled(applied).await,
            Ok(None) => refused(&format!("it is not so there: {error}")),
            Err(_) => unknown(&error.to_string()),
        },
        Err(error) => refused(&error.to_string()),
    }
}

/// Several of one source, a few at a time. Where a run that ended may have sent some, it is looked first; of those whose
/// source does not answer then, no end is told.
pub(super) async fn many(
    source: Option<&Arc<dyn Source>>,
    asks: Vec<Intent>,
    clock: Clock,
    begin: Begin,
    told: mpsc::Sender<Ended>,
) {
    let told = &told;
    let each = |intent: Intent| async move {
        let Some(request) = intent.act.request() else { return };
        let done = match source.map(|s| s.requests()) {
            None => Some(refused("its source is no longer configured")),
            Some(None) => Some(refused("this source can be asked for nothing")),
            Some(Some(requests)) => Asking { requests, op: &intent.op, request, clock }.of_many(&intent, begin).await,
        };
        if let Some(done) = done {
            tell(told, intent, done).await;
        }
    };
    stream::iter(asks).for_each_concurrent(AT_ONCE, each).await;
}

struct Asking<'a> {
    requests: &'a dyn Requests,
    op: &'a OpId,
    request: &'a Request,
    clock: Clock,
}

impl Asking<'_> {
    async fn apply(&self) -> Result<Applied, SourceError> {
        asked(self.requests.apply(self.op, self.request, self.clock.now())).await
    }

    async fn is_so(&self, handle: Option<&SafeText>) -> Result<Option<Applied>, SourceError> {
        asked(self.requests.is_so(self.op, self.request, handle, self.clock.now())).await
    }

    /// Whether it is so, after what was sent last had time to arrive.
    async fn look(&self) -> Result<Option<Applied>, SourceError> {
        let mut tries = 0;
        loop {
            tries += 1;
            self.clock.sleep(LATE * 2_i32.pow(tries)).await;
            match self.is_so(None).await {
                Err(SourceError::RateLimited { until }) if tries < TRIES => self.wait_until(until).await,
                Err(_) if tries < TRIES => {}
                answer => return answer,
            }
        }
    }

    async fn wait_until(&self, until: crate::domain::Time) {
        let wait = (until - self.clock.now()).clamp(Duration::zero(), TOO_OLD);
        self.clock.sleep(wait).await;
    }

    /// One of several: sent again where it is not so, and being asked twice makes no difference.
    async fn of_many(&self, intent: &Intent, begin: Begin) -> Option<Done> {
        if begin == Begin::Looking
            && let Some(applied) = self.look().await.ok()?
        {
            return Some(self.settled(applied).await);
        }
        let (mut lost, mut busy) = (0, 0);
        loop {
            if self.clock.now() - intent.at > TOO_OLD {
                return Some(refused("it was never sent, and is too old to be sent now"));
            }
            match self.apply().await {
                Ok(applied) => return Some(self.settled(applied).await),
                Err(SourceError::RateLimited { until }) if busy < BUSY => {
                    busy += 1;
                    self.wait_until(until).await;
                }
                Err(error) if may_have_happened(&error) => {
                    lost += 1;
                    match self.look().await {
                        Ok(Some(applied)) => return Some(self.settled(applied).await),
                        Ok(None) if lost < TRIES && self.request.verb.is_a_state() => {}
                        Ok(None) => return Some(refused(&format!("it is not so there: {error}"))),
                        Err(_) => return Some(unknown(&error.to_string())),
                    }
                }
                Err(error) => return Some(refused(&error.to_string())),
            }
        }
    }

    /// What was taken and is not done yet is asked for again, for a while.
    async fn settled(&self, applied: Applied) -> Done {
        let mut applied = applied;
        for wait in WAITS {
            let handle = match applied {
                Applied::Pending { handle } => handle,
                done => return ended(done),
            };
            self.clock.sleep(Duration::seconds(wait)).await;
            applied = match self.is_so(Some(&handle)).await {
                Ok(Some(applied)) => applied,
                // Not yet, or not to be seen now.
                Ok(None) | Err(_) => Applied::Pending { handle },
            };
        }
        ended(applied)
    }
}

fn ended(applied: Applied) -> Done {
    let outcome = match applied {
        Applied::Done { until, id: _ } => Outcome::Confirmed { silence: None, ends_at: until },
        Applied::Otherwise { why } => Outcome::Otherwise { why },
        Applied::Pending { handle } => {
            let why = format!("taken as {}, and not done after two minutes: look there", handle.line());
            Outcome::Unknown { why: SafeText::new(&why) }
        }
    };
    Done { outcome, silence: None }
}
