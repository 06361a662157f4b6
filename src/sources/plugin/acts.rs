//! What a plugin is asked to do, and what it tells beside alerts: acts, silences, changes, who is on call.
//!
//! Knows what each question is called. Whether something is done, read back or kept is for others.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Plugin,
    look::Look,
    read,
    running::Running,
    wire::{Args, Outcome, Target, Wanted, WireChange, WireDuty, WirePlan},
};
use crate::{
    domain::{
        Time,
        held::{Applied, Duty, Request, RequestPlan, Verb},
        op::OpId,
        silence::{Silence, SilenceDraft},
        source::{Change, SourceError},
        text::SafeText,
    },
    sources::{Changes, OnCall, Requests, Silences},
};

/// Plans that are remembered until they are applied.
const PLANS_MAX: usize = 1000;
/// Sentences of one plan.
const EFFECTS_MAX: usize = 20;

/// What a plugin called the plans that it made, by what was asked.
#[derive(Default)]
pub(super) struct Plans(VecDeque<(Request, SafeText)>);

impl Plans {
    fn keep(&mut self, request: &Request, plan: &SafeText) {
        self.0.retain(|(known, _)| known != request);
        if self.0.len() == PLANS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((request.clone(), plan.clone()));
    }

    fn of(&self, request: &Request) -> Option<String> {
        self.0.iter().find(|(known, _)| known == request).map(|(_, plan)| plan.raw().to_owned())
    }
}

impl Plugin {
    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        mut params: Value,
        now: Time,
    ) -> Result<T, SourceError> {
        let running = self.running(Some(now)).await?;
        params["deadline_ms"] = json!(self.config.timeout.num_milliseconds());
        running.ask(method, &params, self.within(), now).await
    }

    /// Whether a note is written by `notes/append` and not by an act of its own.
    fn notes(&self, request: &Request) -> Option<usize> {
        let can = self.can()?;
        let notes = can.notes.as_ref().filter(|_| request.verb == Verb::Note)?;
        let acts = can.acts.iter().any(|a| a.verb == Verb::Note.as_str());
        (!acts).then_some(notes.max_len.unwrap_or(usize::MAX))
    }

    fn plan_of_note(&self, request: &Request, most: usize) -> Result<RequestPlan, SourceError> {
        let length = request.text.chars().count();
        if length > most {
            return Err(SourceError::rejected(format!("the note has {length} characters, at most {most} are kept")));
        }
        let at = SafeText::new(request.alert.fingerprint.as_str());
        let effect = format!("writes a note of {length} characters at {}, for {at}", self.config.name);
        let author = SafeText::new(&request.actor);
        Ok(RequestPlan { effects: vec![effect.into()], author, affects: 1, handle: None })
    }

    pub(super) async fn list<T>(
        &self,
        (method, params): (&str, Value),
        now: Time,
        convert: impl Fn(&[Box<serde_json::value::RawValue>]) -> (Vec<T>, Vec<crate::domain::source::Problem>),
    ) -> Result<Vec<T>, SourceError> {
        let running = self.running(Some(now)).await?;
        let list = match running.list(method, params, self.within()).await {
            Ok(list) => list,
            Err(fault) => return Err(running.error(fault, now).await),
        };
        let (items, wrong) = convert(&list.items);
        tell(&running, list.problems.into_iter().chain(wrong));
        Ok(items)
    }
}

/// They are told with the next snapshot.
fn tell(running: &Arc<Running>, problems: impl Iterator<Item = crate::domain::source::Problem>) {
    let mut desk = running.link.desk();
    problems.for_each(|p| desk.problem(p.at.raw(), p.why.raw()));
}

fn wanted(request: &Request) -> Wanted {
    Wanted {
        verb: request.verb.as_str().to_owned(),
        targets: vec![Target { key: request.alert.fingerprint.as_str().to_owned(), episode: request.began }],
        args: Args { text: request.text.clone(), until: request.until },
        actor: request.actor.clone(),
        plan: None,
        idempotency_key: None,
        handle: None,
        deadline_ms: 0,
    }
}

fn params(wanted: &Wanted) -> Value {
    serde_json::to_value(wanted).unwrap_or_default()
}

/// What the words of an outcome mean; none: it is not so.
fn applied(outcome: Outcome) -> Result<Option<Applied>, SourceError> {
    Ok(match outcome.status.as_str() {
        "confirmed" => Some(Applied::Done { until: outcome.until, id: outcome.id }),
        "pending" => Some(Applied::Pending { handle: outcome.handle.unwrap_or_default() }),
        "mismatch" => Some(Applied::Otherwise {
            why: outcome.why.unwrap_or_else(|| SafeText::new("it does not say what is different")),
        }),
        "unknown" => None,
        other => return Err(SourceError::malformed(format!("an outcome that is none: `{other}`"))),
    })
}

#[async_trait]
impl Requests for Plugin {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        if let Some(most) = self.notes(request) {
            return self.plan_of_note(request, most);
        }
        let mut plan: WirePlan = self.ask("action/plan", params(&wanted(request)), now).await?;
        plan.effects.retain(|e| !e.is_empty());
        plan.effects.truncate(EFFECTS_MAX);
        if plan.effects.is_empty() {
            return Err(SourceError::malformed("a plan that does not say what it would do"));
        }
        if let Some(handle) = &plan.plan {
            self.plans.lock().unwrap_or_else(PoisonError::into_inner).keep(request, handle);
        }
        let author = if plan.author.is_empty() { SafeText::new(&request.actor) } else { plan.author };
        Ok(RequestPlan { effects: plan.effects, author, affects: plan.affects, handle: plan.plan })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let mut wanted = wanted(request);
        wanted.idempotency_key = Some(op.0.clone());
        let method = match self.notes(request) {
            Some(_) => "notes/append",
            None => {
                wanted.plan = self.plans.lock().unwrap_or_else(PoisonError::into_inner).of(request);
                "action/apply"
            }
        };
        let outcome: Outcome = self.ask(method, params(&wanted), now).await?;
        applied(outcome)?.ok_or_else(|| SourceError::malformed("it does not know whether it did that"))
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let mut wanted = wanted(request);
        wanted.idempotency_key = Some(op.0.clone());
        wanted.handle = handle.map(|h| h.raw().to_owned());
        applied(self.ask("action/status", params(&wanted), now).await?)
    }
}

#[derive(Deserialize)]
struct Put {
    id: SafeText,
}

#[derive(Deserialize)]
struct Got {
    #[serde(default)]
    silence: Option<Silence>,
}

#[async_trait]
impl Silences for Plugin {
    async fn put(&self, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError> {
        let put: Put = self.ask("suppress/put", json!({"silence": draft}), now).await?;
        if put.id.is_empty() {
            return Err(SourceError::malformed("a silence without an id"));
        }
        Ok(put.id)
    }

    async fn get(&self, id: &str, now: Time) -> Result<Option<Silence>, SourceError> {
        let got: Got = self.ask("suppress/get", json!({"id": id}), now).await?;
        match got.silence {
            Some(silence) if silence.id.raw() != id => {
                Err(SourceError::malformed(format!("asked for the silence {id}, it tells {}", silence.id)))
            }
            silence => Ok(silence),
        }
    }

    async fn list(&self, now: Time) -> Result<Vec<Silence>, SourceError> {
        let running = self.running(Some(now)).await?;
        let look = Look { running: &running, within: self.within(), now };
        let (silences, problems, complete) = look.silences(true).await?;
        match problems.first() {
            // What is reconciled with half a list would be done twice.
            Some(problem) if !complete => Err(SourceError::malformed(format!("{}: {}", problem.at, problem.why))),
            _ => Ok(silences),
        }
    }

    async fn expire(&self, id: &str, now: Time) -> Result<(), SourceError> {
        self.ask::<serde::de::IgnoredAny>("suppress/expire", json!({"id": id}), now).await.map(drop)
    }
}

#[async_trait]
impl Changes for Plugin {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let can = self.can().cloned().unwrap_or_default();
        let methods = [("changes/since", can.changes), ("timeline/since", can.timeline)];
        let mut all = Vec::new();
        for (method, _) in methods.into_iter().filter(|(_, can)| can.is_some()) {
            let convert = |raw: &[Box<_>]| read::each(raw, method, |wire: WireChange| read::change(wire, now));
            all.extend(self.list((method, json!({"since": since, "until": now})), now, convert).await?);
        }
        // What became known since then may have happened before.
        all.sort_by_key(|c| c.at);
        Ok(all)
    }
}

#[async_trait]
impl OnCall for Plugin {
    async fn duties(&self, from: Time, to: Time, now: Time) -> Result<Vec<Duty>, SourceError> {
        let convert = |raw: &[Box<_>]| read::each(raw, "oncall", |wire: WireDuty| read::duty(wire));
        self.list(("oncall/now", json!({"from": from, "to": to})), now, convert).await
    }
}
