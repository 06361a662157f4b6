//! Annotations: what was changed, as others and their pipelines wrote it down; and a note, written beside the graph.

use async_trait::async_trait;
use chrono::Duration;
use serde_json::value::RawValue;

use super::{
    Grafana,
    urls::ANNOTATIONS,
    wire::{Added, Annotation, Posted},
};
use crate::{
    domain::{
        Time,
        held::{Applied, Request, RequestPlan, Verb},
        op::OpId,
        source::{Change, SourceError},
        text::SafeText,
    },
    sources::{Changes, Requests, http::Call, items},
};

/// How far back the first question reaches.
const LATELY: Duration = Duration::hours(24);
/// A note may be dated by another clock.
const SLACK: Duration = Duration::hours(1);
/// Most annotations of one answer; of more, the newest.
const MOST: usize = 500;
/// What a note of ours is tagged with.
const OURS: &str = "watchfire";

#[async_trait]
impl Changes for Grafana {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let since = since.max(now - LATELY);
        let of_people = ("type", "annotation".to_owned());
        let found = self.annotations(since, now, vec![of_people], now).await?;
        // What was written here is in the journal already.
        let others = found.into_iter().filter(|a| a.tags.iter().all(|t| t.raw() != OURS));
        let mut changes: Vec<Change> = others.filter_map(Annotation::change).filter(|c| c.at > since).collect();
        changes.sort_by_key(|c| c.at);
        Ok(changes)
    }
}

#[async_trait]
impl Requests for Grafana {
    async fn plan(&self, request: &Request, _now: Time) -> Result<RequestPlan, SourceError> {
        is_a_note(request)?;
        let place = match self.panel_of(&request.alert.fingerprint) {
            Some(panel) => format!("panel {} of dashboard {}", panel.panel.unwrap_or_default(), panel.dashboard),
            None => "the whole organisation, found by its tag `watchfire`".to_owned(),
        };
        let effects = vec![SafeText::new(&format!("writes an annotation for {place}"))];
        Ok(RequestPlan { effects, author: "the owner of the token".into(), affects: 1, handle: None })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        is_a_note(request)?;
        if let Some(done) = self.written(op, now).await? {
            return Ok(done);
        }
        let panel = self.panel_of(&request.alert.fingerprint);
        let text = format!("{} ({})", request.text, request.actor);
        let posted = Posted {
            dashboard_uid: panel.as_ref().map(|p| p.dashboard.as_str()),
            panel_id: panel.as_ref().and_then(|p| p.panel),
            time: now.timestamp_millis(),
            tags: vec![OURS.to_owned(), tag(op)],
            text: &text,
        };
        let json = serde_json::to_string(&posted).map_err(|e| SourceError::rejected(e.to_string()))?;
        let answer = self.http.call(Call::post_json(ANNOTATIONS, &json), now).await?;
        let added: Added = self.http.json(&answer)?;
        let kept = self.written(op, now).await?;
        Ok(kept.unwrap_or_else(|| {
            let why = format!("Grafana took it as {}, and does not show it", added.id);
            Applied::Otherwise { why: why.into() }
        }))
    }

    async fn is_so(
        &self,
        op: &OpId,
        _request: &Request,
        _handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        self.written(op, now).await
    }
}

impl Grafana {
    /// # Errors
    /// As every read; one annotation that cannot be read is left out.
    async fn annotations(
        &self,
        from: Time,
        to: Time,
        mut query: Vec<(&'static str, String)>,
        now: Time,
    ) -> Result<Vec<Annotation>, SourceError> {
        let millis = |at: Time| at.timestamp_millis().to_string();
        query.extend([("from", millis(from)), ("to", millis(to)), ("limit", MOST.to_string())]);
        let answer = self.http.call(Call::get(ANNOTATIONS).query(&query), now).await?;
        let raw: Vec<&RawValue> = self.http.json(&answer)?;
        let (found, problems) = items::each(&raw, "annotations", Ok::<Annotation, String>);
        for problem in problems {
            tracing::warn!(source = %self.description.name, "{}: {}", problem.at, problem.why);
        }
        Ok(found)
    }

    /// The note of this act, where it is there.
    async fn written(&self, op: &OpId, now: Time) -> Result<Option<Applied>, SourceError> {
        let tags = vec![("tags", OURS.to_owned()), ("tags", tag(op))];
        let found = self.annotations(now - LATELY, now + SLACK, tags, now).await?;
        let ours = found.into_iter().find(|a| a.tags.iter().any(|t| t.raw() == tag(op)));
        Ok(ours.map(|a| Applied::Done { until: None, id: Some(a.id.to_string().into()) }))
    }
}

fn tag(op: &OpId) -> String {
    format!("op:{op}")
}

fn is_a_note(request: &Request) -> Result<(), SourceError> {
    match request.verb {
        Verb::Note => Ok(()),
        verb => Err(SourceError::rejected(format!("Grafana knows no {}", verb.as_str()))),
    }
}
