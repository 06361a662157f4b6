//! A note on a workload: an annotation of its own key, merged into those that are there, and read back.

use async_trait::async_trait;
use serde::Deserialize;

use crate::{
    domain::{
        Time,
        held::{Applied, Needs, Request, RequestPlan, Verb, Way},
        op::OpId,
        source::SourceError,
        text::SafeText,
    },
    sources::{
        Requests,
        http::{Call, Failure},
    },
};

use super::{Kubernetes, resource::Resource, whose::Workload, wire::Meta};

/// Before the name of every annotation of ours.
const PREFIX: &str = "note.watchfire";
/// Longest note, in characters: all annotations of an object together may have 256 KiB.
const TEXT_MAX: usize = 1_000;
/// Longest name of an annotation, in characters.
const NAME_MAX: usize = 63;

pub(super) fn way() -> Way {
    Way {
        verb: Verb::Note,
        words: "puts an annotation on the workload; a GitOps controller may take it away again".into(),
        text: Needs::Must,
        until: Needs::No,
        undo: None,
    }
}

#[derive(Deserialize)]
struct Annotated {
    metadata: Meta,
}

/// What is written, and where.
struct Note {
    path: String,
    key: String,
    /// Who and what, without when: that is what a later try has in common with the first.
    said: String,
    whose: String,
}

impl Kubernetes {
    fn target(&self, request: &Request) -> Result<(Workload, Resource), SourceError> {
        if request.verb != Verb::Note || self.description.can.ways.is_empty() {
            let why = format!("Kubernetes knows no {}", request.verb.as_str());
            return Err(SourceError::rejected(format!("{why}; a note needs `notes = true` in [source.kubernetes]")));
        }
        let known = self.known();
        let workload = known.get(&request.alert.fingerprint).ok_or_else(|| {
            SourceError::rejected("this alert is over, or its workload is not known any more: look again")
        })?;
        let resource = workload.resource.ok_or_else(|| {
            let what = format!("{} {}", workload.kind, workload.name);
            SourceError::rejected(format!(
                "{what} takes no note: deployments, stateful sets, daemon sets and jobs that can be read do"
            ))
        })?;
        Ok((workload.clone(), resource))
    }

    fn note(&self, op: &OpId, request: &Request) -> Result<Note, SourceError> {
        let (workload, resource) = self.target(request)?;
        let text = request.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Err(SourceError::rejected("a note without words"));
        }
        if text.chars().count() > TEXT_MAX {
            return Err(SourceError::rejected(format!("the note is longer than {TEXT_MAX} characters")));
        }
        Ok(Note {
            path: format!("{}/{}", resource.path(Some(&workload.namespace)), workload.name),
            key: key(op),
            said: format!("{}: {text}", request.actor),
            whose: format!("{} {}/{}", workload.kind, workload.namespace, workload.name),
        })
    }

    async fn read_back(&self, note: &Note, now: Time) -> Result<Option<String>, SourceError> {
        let http = self.login.http(now).await?;
        let answer = http.call(Call::get(&note.path), now).await?;
        let object: Annotated = http.json(&answer)?;
        Ok(object.metadata.annotation(&note.key).map(str::to_owned))
    }

    async fn write(&self, note: &Note, now: Time) -> Result<(), Failure> {
        let value = format!("{} {}", now.format("%Y-%m-%dT%H:%M:%SZ"), note.said);
        let patch = serde_json::json!({ "metadata": { "annotations": { (&note.key): value } } }).to_string();
        let manager = [("fieldManager", "watchfire".to_owned())];
        let http = self.login.http(now).await.map_err(|e| Failure::answered(401, e, String::new()))?;
        http.call(Call::merge_patch(&note.path, &patch).query(&manager), now).await.map(drop)
    }
}

/// A key of the note's own: the same act asked twice writes the same place.
fn key(op: &OpId) -> String {
    let name: String = op.0.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(NAME_MAX).collect();
    format!("{PREFIX}/{}", name.trim_matches('-'))
}

#[async_trait]
impl Requests for Kubernetes {
    async fn plan(&self, request: &Request, _now: Time) -> Result<RequestPlan, SourceError> {
        let note = self.note(&OpId(String::new()), request)?;
        let effects = [
            format!("adds an annotation {PREFIX}/… to {}: everybody who may read it sees it", note.whose),
            "a GitOps controller that owns the workload (Argo CD, Flux) may take it away again".to_owned(),
            "it stays until somebody removes it; no pod is restarted".to_owned(),
        ];
        let author = if self.login.user.is_empty() { "the user of the token" } else { &self.login.user };
        let effects = effects.iter().map(|e| SafeText::new(e)).collect();
        Ok(RequestPlan { effects, author: SafeText::new(author), affects: 1, handle: None })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let note = self.note(op, request)?;
        match self.write(&note, now).await {
            Err(f) if f.status == Some(401) && self.login.refresh().await => self.write(&note, now).await?,
            written => written?,
        }
        Ok(self.so(&note, now).await?.unwrap_or_else(|| Applied::Otherwise {
            why: SafeText::new(&format!("the annotation is gone already: a controller of {} took it away", note.whose)),
        }))
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        _handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let note = self.note(op, request)?;
        self.so(&note, now).await
    }
}

impl Kubernetes {
    /// What stands there, if anything does.
    async fn so(&self, note: &Note, now: Time) -> Result<Option<Applied>, SourceError> {
        Ok(self.read_back(note, now).await?.map(|value| match value.ends_with(&note.said) {
            true => Applied::Done { until: None, id: Some(SafeText::new(&note.key)) },
            false => Applied::Otherwise { why: SafeText::new(&format!("the annotation reads otherwise: {value}")) },
        }))
    }
}
