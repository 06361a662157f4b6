//! A note in the director's own audit trail: an event that is written and read back.
//!
//! The director answers that it took it even where it records none: only reading back tells.

use async_trait::async_trait;
use chrono::Duration;

use super::Bosh;
use crate::{
    domain::{
        Time,
        alert::Alert,
        held::{Applied, Needs, Request, RequestPlan, Verb, Way},
        op::OpId,
        source::SourceError,
        text::SafeText,
    },
    sources::{Requests, http::Call},
};

/// How far back an event of ours is looked for.
const LOOKED: Duration = Duration::hours(1);

/// What can be asked.
pub(super) fn ways() -> Vec<Way> {
    let words = "writes an event into the director's audit trail, where it stays".into();
    vec![Way { verb: Verb::Note, words, text: Needs::Must, until: Needs::No, undo: None }]
}

impl Bosh {
    async fn alert_of(&self, request: &Request) -> Result<std::sync::Arc<Alert>, SourceError> {
        if request.verb != Verb::Note {
            return Err(SourceError::rejected(format!("BOSH cannot {}", request.verb.as_str())));
        }
        let world = self.world.lock().await;
        let known = world.alerts.iter().find(|a| a.fingerprint == request.alert.fingerprint).cloned();
        let alert = known.ok_or_else(|| SourceError::rejected("this alert is over: nothing is written"))?;
        if alert.starts_at > request.began {
            return Err(SourceError::rejected("it was over in between: this is another episode"));
        }
        Ok(alert)
    }

    async fn written(&self, op: &OpId, now: Time) -> Result<Option<SafeText>, SourceError> {
        let events = self.events_after(now - LOOKED, now).await?;
        let found = events.iter().find(|e| e.said("op") == op.0).map(|e| SafeText::new(&e.id));
        if found.is_some() {
            self.events_are_recorded().await;
        }
        Ok(found)
    }
}

#[async_trait]
impl Requests for Bosh {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        let alert = self.alert_of(request).await?;
        let name = self.director.about(now).await?.name;
        let deployment = alert.labels.value("deployment");
        let place = if deployment.is_empty() { String::new() } else { format!(" of the deployment {deployment}") };
        let effects = vec![
            format!("writes an event `note` into the audit trail{place} on the director {name}").into(),
            "it cannot be taken back; the director must record events, and this login be its admin".into(),
        ];
        Ok(RequestPlan { effects, author: request.actor.as_str().into(), affects: 1, handle: None })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let alert = self.alert_of(request).await?;
        if let Some(id) = self.written(op, now).await? {
            return Ok(Applied::Done { until: None, id: Some(id) });
        }
        let body = serde_json::json!({
            "action": "note",
            "object_type": "alert",
            "object_name": alert.name().raw(),
            "deployment": alert.labels.value("deployment"),
            "instance": alert.labels.value("instance"),
            "context": {"text": request.text, "by": request.actor, "op": op.0},
        });
        self.director.call(Call::post_json("events", &body.to_string()), now).await?;
        Ok(match self.written(op, now).await? {
            Some(id) => Applied::Done { until: None, id: Some(id) },
            None => Applied::Otherwise {
                why:
                    "the director took the event and does not show it: it records none (director.events.record_events)"
                        .into(),
            },
        })
    }

    async fn is_so(
        &self,
        op: &OpId,
        _: &Request,
        _: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        Ok(self.written(op, now).await?.map(|id| Applied::Done { until: None, id: Some(id) }))
    }
}
