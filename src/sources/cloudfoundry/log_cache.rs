//! Budgets counted by Log Cache, which speaks PromQL and wants the system's own token.
//!
//! It keeps a little of the past in memory, and every selector must name a `source_id`. It has neither rules nor alerts.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use super::api::Api;
use crate::{
    config::{Auth, SourceConfig},
    domain::{
        Time,
        slo::{BucketSpan, Declared, Slo, Tally, drill, explain::Queries},
        source::{Description, SourceError},
    },
    sources::{Counts, http::Http, prometheus::Prometheus},
};

/// Log Cache, once it was found.
pub(super) struct LogCache {
    config: SourceConfig,
    description: Description,
    api: Arc<Api>,
    found: OnceLock<Prometheus>,
}

impl LogCache {
    pub(super) fn new(config: SourceConfig, description: Description, api: Arc<Api>) -> Self {
        Self { config, description, api, found: OnceLock::new() }
    }

    async fn there(&self, now: Time) -> Result<&Prometheus, SourceError> {
        let parts = self.api.parts(now).await?;
        self.api.session.ensure(now).await?;
        if let Some(known) = self.found.get() {
            return Ok(known);
        }
        let url = parts.log_cache.ok_or_else(|| SourceError::rejected("this Cloud Foundry names no Log Cache"))?;
        let own = SourceConfig {
            urls: vec![url.as_str().trim_end_matches('/').to_owned()],
            auth: Auth::None,
            headers: Vec::new(),
            ..self.config.clone()
        };
        let http = Http::for_source(&own).await?.pop();
        let http = http.ok_or_else(|| SourceError::rejected("this Cloud Foundry names no Log Cache"))?;
        let http = http.with_token(self.api.session.token(), true);
        Ok(self.found.get_or_init(|| Prometheus::behind(self.description.clone(), http)))
    }

    /// Whether asking once more may help: the token was not taken, and there is another.
    async fn again<T>(&self, answer: &Result<T, SourceError>, now: Time) -> bool {
        matches!(answer, Err(SourceError::Auth { .. })) && self.api.session.renewed(now).await == Ok(true)
    }
}

#[async_trait]
impl Counts for LogCache {
    async fn declared(&self, _: Time) -> Result<Declared, SourceError> {
        Ok(Declared::default())
    }

    async fn groups(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        self.there(now).await?.groups(of, now).await
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        let log_cache = self.there(now).await?;
        let answer = log_cache.count(wanted, span, now).await;
        if self.again(&answer, now).await { log_cache.count(wanted, span, now).await } else { answer }
    }

    fn identity(&self, slo: &Slo) -> Option<String> {
        self.found.get()?.identity(slo)
    }

    fn queries(&self, slo: &Slo, step: i64) -> Option<Queries> {
        self.found.get()?.queries(slo, step)
    }

    async fn drill(
        &self,
        slo: &Slo,
        by: Option<&str>,
        span: (i64, i64),
        now: Time,
    ) -> Result<Vec<drill::Counted>, SourceError> {
        self.there(now).await?.drill(slo, by, span, now).await
    }
}
