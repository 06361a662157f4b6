//! A note at an app: an annotation of its metadata, merged into what stands there and read back.
//!
//! Everybody who may see the app sees it, and it stays until somebody takes it out.

use async_trait::async_trait;

use super::{CloudFoundry, wire::Named};
use crate::{
    domain::{
        Time,
        held::{Applied, Needs, Request, RequestPlan, Verb, Way},
        op::OpId,
        source::SourceError,
        text::SafeText,
    },
    sources::{Requests, http::Call, note},
};

/// The DNS name before our annotation where none is configured.
pub(super) const PREFIX: &str = "watchfire.oncall";
/// Longest value that Cloud Foundry keeps, in characters.
const VALUE_MAX: usize = 5_000;

/// What can be asked.
pub(super) fn ways() -> Vec<Way> {
    let words = "writes an annotation of the app, which all who may see the app can read".into();
    vec![Way { verb: Verb::Note, words, text: Needs::Must, until: Needs::No, undo: None }]
}

/// # Errors
/// Where Cloud Foundry would not take the prefix.
pub(super) fn prefix(text: Option<&str>) -> Result<String, SourceError> {
    let prefix = text.unwrap_or(PREFIX);
    let is_part = |part: &str| {
        let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        plain && !part.is_empty() && part.len() <= 63 && !part.starts_with('-') && !part.ends_with('-')
    };
    let fits = prefix.len() <= 253 && prefix.split('.').all(is_part);
    if fits {
        Ok(prefix.to_owned())
    } else {
        Err(SourceError::rejected("`note_prefix` is no DNS name, like oncall.example.com"))
    }
}

impl CloudFoundry {
    fn key(&self) -> String {
        format!("{}/note", self.note_prefix)
    }

    /// The app that an alert of ours is about.
    async fn app_of(&self, request: &Request) -> Result<String, SourceError> {
        let world = self.world.lock().await;
        let known = world.apps.get(&request.alert.fingerprint).cloned();
        let (guid, began) = known.ok_or_else(|| SourceError::rejected("this alert is over: nothing is written"))?;
        // A run that goes on is told since a later crash once its first ones are forgotten.
        if began > request.began + chrono::Duration::hours(1) {
            return Err(SourceError::rejected("it was over in between: this is another episode"));
        }
        Ok(guid)
    }

    async fn app(&self, guid: &str, now: Time) -> Result<(String, String), SourceError> {
        let app: Named = self.api.get(&format!("v3/apps/{guid}"), now).await.map_err(|f| match f.status {
            Some(404) => SourceError::rejected("the app is gone, or this login may not see it"),
            _ => f.error,
        })?;
        let note = app.metadata.annotations.get(&self.key()).cloned().flatten().unwrap_or_default();
        Ok((app.name, note))
    }
}

/// Beneath what stands there; of more than fits the oldest lines go.
fn merged(before: &str, line: &str) -> (String, usize) {
    let mut lines: Vec<&str> = before.lines().filter(|l| !l.trim().is_empty()).collect();
    lines.push(line);
    let length = |lines: &[&str]| lines.iter().map(|l| l.chars().count() + 1).sum::<usize>();
    let mut gone = 0;
    while lines.len() > 1 && length(&lines) > VALUE_MAX {
        lines.remove(0);
        gone += 1;
    }
    (lines.join("\n").chars().take(VALUE_MAX).collect(), gone)
}

#[async_trait]
impl Requests for CloudFoundry {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        if request.verb != Verb::Note {
            return Err(SourceError::rejected(format!("Cloud Foundry cannot {}", request.verb.as_str())));
        }
        let (name, before) = self.app(&self.app_of(request).await?, now).await?;
        let (_, gone) = merged(&before, &format!("{}: {} {}", request.actor, request.text, "x".repeat(40)));
        let mut effects: Vec<SafeText> = vec![
            format!("adds a line to the annotation {} of the app {name}", self.key()).into(),
            "all who may see the app can read it; it stays until somebody takes it out".into(),
        ];
        if gone > 0 {
            effects.push(format!("the {gone} oldest of its lines make room").into());
        }
        Ok(RequestPlan { effects, author: request.actor.as_str().into(), affects: 1, handle: None })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        if request.verb != Verb::Note {
            return Err(SourceError::rejected(format!("Cloud Foundry cannot {}", request.verb.as_str())));
        }
        let guid = self.app_of(request).await?;
        let (_, before) = self.app(&guid, now).await?;
        let done = Applied::Done { until: None, id: Some(SafeText::new(&guid)) };
        if note::is_in(&before, op) {
            return Ok(done);
        }
        let text = request.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (whole, _) = merged(&before, &format!("{}: {text} {}", request.actor, note::mark(op)));
        let body = serde_json::json!({ "metadata": { "annotations": { self.key(): whole } } }).to_string();
        self.api.call(Call::patch_json(&format!("v3/apps/{guid}"), &body), now).await?;
        let (_, after) = self.app(&guid, now).await?;
        Ok(note::read_back(op, &whole, &after, "the annotation", done))
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        _: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let guid = self.app_of(request).await?;
        let (_, told) = self.app(&guid, now).await?;
        Ok(note::is_in(&told, op).then(|| Applied::Done { until: None, id: Some(SafeText::new(&guid)) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_is_full_forgets_its_oldest_lines() {
        let (note, gone) = merged(&"a line\n".repeat(700), "ana: new");
        assert!(note.chars().count() <= VALUE_MAX && note.ends_with("\nana: new") && gone == 0);
        let (note, gone) = merged(&"a line\n".repeat(714), "ana: new");
        assert!(note.chars().count() <= VALUE_MAX && note.ends_with("\nana: new") && gone > 0, "{gone}");
    }

    #[test]
    fn a_prefix_is_a_dns_name() {
        assert!(prefix(None).is_ok() && prefix(Some("oncall.example.com")).is_ok());
        for wrong in ["a_b", "-a", "a..b", "", &"a.".repeat(200)] {
            assert!(prefix(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
