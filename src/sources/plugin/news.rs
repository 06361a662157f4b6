//! What a plugin tells between two looks, and what more it tells of one alert.

use async_trait::async_trait;
use serde_json::json;

use super::{Plugin, read, told};
use crate::{
    domain::{
        Time,
        alert::Alert,
        past::{Past, Span, Was},
        source::{Detail, SourceError},
    },
    sources::{
        Details, Listens, Remembers,
        plugin::wire::{WirePast, WireSpan},
    },
};

/// Details of one alert; more are left out.
const DETAILS_MAX: usize = 200;
/// Spans of one alert's past.
const SPANS_MAX: usize = 100_000;

#[async_trait]
impl Listens for Plugin {
    async fn heard(&self, _now: Time) {
        let running = self.life.lock().await.running.clone();
        match running {
            Some(running) => running.watched(running.link.news()).await,
            // It is started by the next look.
            None => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Details for Plugin {
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        let params = json!({"alert": told::alert(alert)});
        let convert = |raw: &[Box<_>]| read::each(raw, "alerts/details", Ok::<Detail, String>);
        let mut details: Vec<Detail> = self.list(("alerts/details", params), now, convert).await?;
        details.truncate(DETAILS_MAX);
        Ok(details)
    }
}

#[async_trait]
impl Remembers for Plugin {
    async fn past(&self, alert: &Alert, since: Time, now: Time) -> Result<Past, SourceError> {
        let params = json!({"alert": told::alert(alert), "since": since, "until": now});
        let WirePast { since: from, until, spans } = self.ask("alerts/past", params, now).await?;
        let since = from.map_or(since, |from| from.clamp(since, now));
        let until = until.map_or(now, |until| until.clamp(since, now));
        let mut past = Past { since, until, spans: Vec::new() };
        for WireSpan { from, to, was } in spans.into_iter().take(SPANS_MAX) {
            let least = past.spans.last().map_or(since, |s| s.to);
            if from < least || to < from || to > now {
                return Err(SourceError::malformed(format!("a span from {from} to {to} is out of its order")));
            }
            past.spans.push(Span { from, to, was: was_of(&was) });
        }
        Ok(past)
    }
}

/// A word that nobody here knows is not calm.
fn was_of(word: &str) -> Was {
    [Was::Firing, Was::Pending].into_iter().find(|w| w.as_str() == word).unwrap_or(Was::Unknown)
}
