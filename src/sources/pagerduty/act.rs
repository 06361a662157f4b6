//! Doing it: one write, read back. What PagerDuty shows only a little later is pending until then.

use async_trait::async_trait;
use chrono::Duration;
use serde_json::json;

use super::{
    Pagerduty,
    actor::Actor,
    incidents::include,
    linked::is_id,
    pages::{self, Ask},
    plan::{self, Scene, clock},
    refusal,
    wire::{Incident, LogEntry, Note, Notes, OneIncident},
};
use crate::{
    domain::{
        Time,
        held::{Applied, Request, RequestPlan, Verb},
        op::OpId,
        source::SourceError,
        text::SafeText,
    },
    sources::{Requests, http::Call},
};

/// How long PagerDuty may take to show what it took.
const SETTLES: Duration = Duration::minutes(1);
/// How far the end of a snooze may lie from what was asked.
const NEAR: Duration = Duration::seconds(90);
/// How far back an escalation is looked for whose answer was lost.
const RECENT: Duration = Duration::minutes(15);
/// Notes that an incident may have.
const NOTES_MAX: usize = 2000;

#[async_trait]
impl Requests for Pagerduty {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        plan::plan(&self.scene(request, now).await?, request, now)
    }

    async fn plan_all(&self, requests: &[Request], now: Time) -> Vec<Result<RequestPlan, SourceError>> {
        self.plan_many(requests, now).await
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let scene = self.scene(request, now).await?;
        if let Some(done) = self.already(op, request, &scene, now).await? {
            return Ok(done);
        }
        // What cannot be done is not sent.
        plan::plan(&scene, request, now)?;
        let answer = self.send(op, request, &scene, now).await?;
        self.memory.known().sent.insert(op.clone());
        if let Some(why) = answer.as_ref().and_then(|told| otherwise(request, told, &scene.me, now)) {
            return Ok(Applied::Otherwise { why: why.into() });
        }
        if request.verb == Verb::Ack
            && let Err(error) = self.reason(op, request, &scene.me, now).await
        {
            return Ok(Applied::Otherwise {
                why: format!("acknowledged, but the reason is not noted: {error}").into(),
            });
        }
        // It was taken: that it cannot be read now does not undo it.
        let read = self.verdict(op, request, &scene.me, now).await.unwrap_or(None);
        Ok(read.unwrap_or_else(|| pending(now)))
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let me = self.actor(now).await?;
        if let Some(done) = self.verdict(op, request, &me, now).await? {
            return Ok(Some(done));
        }
        let asked = handle.and_then(|h| Time::from_timestamp(h.raw().parse().ok()?, 0));
        let settles = asked.is_some_and(|at| now - at < SETTLES);
        Ok(handle.filter(|_| settles).map(|handle| Applied::Pending { handle: handle.clone() }))
    }
}

impl Pagerduty {
    async fn scene(&self, request: &Request, now: Time) -> Result<Scene, SourceError> {
        let me = self.actor(now).await?;
        let incident = self.incident(request, now).await?;
        let rota = self.rota_of(std::iter::once(&incident), &self.memory, now).await;
        Ok(Scene { incident, me, rota })
    }

    /// The incident as it is now.
    ///
    /// # Errors
    /// `Rejected` where it is not the one that was meant.
    async fn incident(&self, request: &Request, now: Time) -> Result<Incident, SourceError> {
        let path = path(request, "")?;
        let query: Vec<(&str, String)> = include().collect();
        let answer = self.http.call(Call::get(&path).query(&query), now).await.map_err(|f| match f.status {
            Some(404) => SourceError::rejected("PagerDuty does not know this incident any more"),
            _ => f.error,
        })?;
        let incident = self.http.json::<OneIncident>(&answer)?.incident;
        meant(&incident, request)?;
        Ok(incident)
    }

    /// Whether there is nothing left to do for this act.
    async fn already(
        &self,
        op: &OpId,
        request: &Request,
        scene: &Scene,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let sent = self.memory.known().sent.contains(op);
        match request.verb {
            // An ack that is there may be an older one, which is to begin anew.
            Verb::Ack | Verb::Escalate if !sent => Ok(None),
            Verb::Note => self.noted(op, request, now).await,
            // Asked again, it would page one level more.
            Verb::Escalate => Ok(self.seen(op, request, scene).or_else(|| Some(pending(now)))),
            _ => Ok(self.seen(op, request, scene)),
        }
    }

    async fn send(
        &self,
        op: &OpId,
        request: &Request,
        scene: &Scene,
        now: Time,
    ) -> Result<Option<Incident>, SourceError> {
        let put = |change: serde_json::Value| {
            let mut incident = json!({"type": "incident_reference"});
            if let (Some(all), Some(new)) = (incident.as_object_mut(), change.as_object()) {
                all.extend(new.clone());
            }
            json!({ "incident": incident }).to_string()
        };
        let own = path(request, "")?;
        let text = request.text.trim();
        let (path, body) = match request.verb {
            Verb::Ack => (own, put(json!({"status": "acknowledged"}))),
            Verb::Resolve if text.is_empty() => (own, put(json!({"status": "resolved"}))),
            Verb::Resolve => (own, put(json!({"status": "resolved", "resolution": text}))),
            Verb::Unack => {
                let id = scene.incident.escalation_policy.named.id.raw();
                (own, put(json!({"escalation_policy": {"id": id, "type": "escalation_policy_reference"}})))
            }
            Verb::Escalate => {
                let level = plan::next_level(scene).map_err(SourceError::rejected)?;
                self.memory.known().escalated.insert(op.clone(), level);
                (own, put(json!({ "escalation_level": level })))
            }
            Verb::Snooze => {
                let seconds = plan::snooze_s(request, now).map_err(SourceError::rejected)?;
                let body = json!({ "duration": seconds }).to_string();
                return Ok(Some(
                    self.write(Call::post_json(&self::path(request, "/snooze")?, &body), &scene.me, now).await?,
                ));
            }
            _ => return self.note(op, request, &scene.me, now).await.map(|()| None),
        };
        self.write(Call::put_json(&path, &body), &scene.me, now).await.map(Some)
    }

    async fn write(&self, call: Call<'_>, me: &Actor, now: Time) -> Result<Incident, SourceError> {
        let answer = self.http.call(call.headers(&[("from", me.email.raw())]), now).await;
        let answer = answer.map_err(|failure| refusal::told(failure, me))?;
        Ok(self.http.json::<OneIncident>(&answer)?.incident)
    }

    /// A text that goes with an ack, which has no place for one.
    async fn reason(&self, op: &OpId, request: &Request, me: &Actor, now: Time) -> Result<(), SourceError> {
        if request.text.trim().is_empty() || self.noted(op, request, now).await?.is_some() {
            return Ok(());
        }
        self.note(op, request, me, now).await
    }

    async fn note(&self, op: &OpId, request: &Request, me: &Actor, now: Time) -> Result<(), SourceError> {
        let content = format!("{}\n\n{}", request.text.trim(), mark(op));
        let body = json!({"note": {"content": content}}).to_string();
        let path = path(request, "/notes")?;
        let from = [("from", me.email.raw())];
        let call = Call::post_json(&path, &body).headers(&from);
        self.http.call(call, now).await.map(drop).map_err(|failure| refusal::told(failure, me))
    }

    /// The note that this act wrote, by its mark.
    ///
    /// # Errors
    /// `Rejected` where it is not there and no more notes fit.
    async fn noted(&self, op: &OpId, request: &Request, now: Time) -> Result<Option<Applied>, SourceError> {
        let path = path(request, "/notes")?;
        let answer = self.http.call(Call::get(&path), now).await?;
        let notes = self.http.json::<Notes>(&answer)?.notes;
        let mark = mark(op);
        let found = notes.iter().find(|note: &&Note| note.content.raw().contains(&mark));
        match found {
            Some(note) => Ok(Some(Applied::Done { until: None, id: Some(note.id.clone()) })),
            None if notes.len() >= NOTES_MAX => Err(SourceError::rejected(format!(
                "the incident has {NOTES_MAX} notes, and PagerDuty takes no more: write it elsewhere"
            ))),
            None => Ok(None),
        }
    }

    /// Whether it is so, as PagerDuty shows it now.
    async fn verdict(
        &self,
        op: &OpId,
        request: &Request,
        me: &Actor,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        if request.verb == Verb::Note {
            return self.noted(op, request, now).await;
        }
        let incident = self.incident(request, now).await?;
        let rota = self.rota_of(std::iter::once(&incident), &self.memory, now).await;
        let scene = Scene { incident, me: me.clone(), rota };
        match self.seen(op, request, &scene) {
            None if request.verb == Verb::Escalate => self.escalated(op, request, &scene, now).await,
            seen => Ok(seen),
        }
    }

    fn seen(&self, op: &OpId, request: &Request, scene: &Scene) -> Option<Applied> {
        let Scene { incident, me, rota } = scene;
        let until = incident.pending("unacknowledge");
        let is_so = match request.verb {
            Verb::Ack => incident.is_acknowledged() && incident.acknowledgements.iter().any(|a| me.is(&a.acknowledger)),
            Verb::Unack => incident.status == "triggered",
            Verb::Resolve => incident.is_resolved(),
            Verb::Snooze => {
                incident.is_acknowledged() && until.zip(request.until).is_some_and(|(a, b)| (a - b).abs() < NEAR)
            }
            Verb::Escalate => {
                let wanted = self.memory.known().escalated.get(op).copied();
                wanted.is_some() && rota.level(incident) == wanted
            }
            _ => false,
        };
        let until = until.filter(|_| matches!(request.verb, Verb::Ack | Verb::Snooze));
        is_so.then_some(Applied::Done { until, id: None })
    }

    /// Whether the incident's own log tells of an escalation by the same person a moment ago.
    async fn escalated(
        &self,
        op: &OpId,
        request: &Request,
        scene: &Scene,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        if self.memory.known().escalated.contains_key(op) && !self.memory.known().sent.contains(op) {
            // Of this act the level is known, and it is not reached.
            return Ok(None);
        }
        let path = path(request, "/log_entries")?;
        let query = vec![("is_overview", "false".to_owned())];
        let ask = Ask { path: &path, list: "log_entries", query, pages: 1 };
        let told = pages::read::<LogEntry>(&self.http, ask, now).await?;
        let ours =
            |e: &LogEntry| e.kind == "escalate_log_entry" && now - e.created_at < RECENT && scene.me.is(&e.agent);
        Ok(told.items.iter().any(ours).then_some(Applied::Done { until: None, id: None }))
    }
}

/// # Errors
/// `Rejected` where it is not the incident that a person saw.
pub(super) fn meant(incident: &Incident, request: &Request) -> Result<(), SourceError> {
    match (incident.created_at - request.began).abs() > Duration::seconds(1) {
        true => Err(SourceError::rejected("this is another incident than the one that was seen")),
        false => Ok(()),
    }
}

/// Taken, and not visible yet; the handle says since when.
fn pending(now: Time) -> Applied {
    Applied::Pending { handle: now.timestamp().to_string().into() }
}

/// What the answer to a write says that was not asked for.
fn otherwise(request: &Request, told: &Incident, me: &Actor, now: Time) -> Option<String> {
    match request.verb {
        Verb::Resolve => None,
        _ if told.is_resolved() => Some("it was resolved in the meantime".to_owned()),
        Verb::Ack if !told.is_acknowledged() => Some(format!("PagerDuty took the ack and left it {}", told.status)),
        Verb::Ack if !me.id.is_empty() && !told.acknowledgements.iter().any(|a| me.is(&a.acknowledger)) => {
            let by = super::alert::ack(told).map(|a| a.by).unwrap_or_default();
            Some(format!("it is acknowledged, but in the name of {by}"))
        }
        Verb::Snooze => {
            let (wanted, until) = request.until.zip(told.pending("unacknowledge"))?;
            ((wanted - until).abs() >= NEAR).then(|| format!("it is snoozed until {} instead", clock(until, now)))
        }
        _ => None,
    }
}

/// What tells a note of ours from every other, so that it is written once.
fn mark(op: &OpId) -> String {
    format!("[watchfire {op}]")
}

fn path(request: &Request, rest: &str) -> Result<String, SourceError> {
    let id = request.alert.fingerprint.as_str();
    if is_id(id) { Ok(format!("incidents/{id}{rest}")) } else { Err(SourceError::rejected("this is no incident's id")) }
}
