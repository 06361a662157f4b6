//! What a plugin tells between two looks, and what more it tells of one alert.

use async_trait::async_trait;
use serde_json::json;

use super::{Plugin, read, told};
use crate::{
    domain::{
        Time,
        alert::Alert,
        source::{Detail, SourceError},
    },
    sources::{Details, Listens},
};

/// Details of one alert; more are left out.
const DETAILS_MAX: usize = 200;

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
