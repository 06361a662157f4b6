//! Budgets counted by Log Cache, which speaks PromQL and wants the system's own token.
//!
//! It keeps a little of the past in memory, and every selector must name a `source_id`. It has neither rules nor alerts.
//! Of its own it has (cloudfoundry/log-cache-release, `cf_auth_middleware.go`, `gateway.go`, `promql.go`): queries in the
//! address alone; 404 for an app that is not to be seen and for a token that is none; and matchers that are all compared
//! as if they were `=`, so that a pattern would count nothing and look well.

mod equal;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use async_trait::async_trait;
use chrono::Duration;

use super::api::Api;
use crate::{
    config::{Auth, SourceConfig},
    domain::{
        Time,
        slo::{BucketSpan, Declared, Slo, SloId, Tally, drill, explain::Queries, row::Trouble},
        source::{Description, SourceError},
        text::SafeText,
    },
    sources::{
        Counts,
        http::{Failure, Http},
        prometheus::Prometheus,
    },
};

/// What a 404 means.
const HIDDEN: &str =
    "Log Cache knows no such source_id that this login may see (it says the same of a login that has ended)";
/// How often another token is asked for because of it.
const RETRIED: Duration = Duration::minutes(10);
/// What it says of a query under the status of a fault of its own.
const OF_THE_QUERY: [&str; 4] = ["source_id", "parse error", "couldn't parse", "invalid"];

/// Log Cache, once it was found.
pub(super) struct LogCache {
    config: SourceConfig,
    description: Description,
    api: Arc<Api>,
    found: OnceLock<Prometheus>,
    /// When another token was last asked for, since what was wanted was hidden.
    retried: Mutex<Option<Time>>,
}

impl LogCache {
    pub(super) fn new(config: SourceConfig, description: Description, api: Arc<Api>) -> Self {
        Self { config, description, api, found: OnceLock::new(), retried: Mutex::default() }
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
        Ok(self.found.get_or_init(|| Prometheus::behind(self.description.clone(), http, explained)))
    }

    /// Whether asking once more may help: the token was not taken, and there is another.
    async fn again(&self, answer: &Result<Tally, SourceError>, now: Time) -> bool {
        let is_hidden = |(_, trouble): &(SloId, Trouble)| trouble.what.raw().contains(HIDDEN);
        match answer {
            Err(SourceError::Auth { .. }) => {}
            // An app that is gone is hidden as well, and for ever.
            Ok(tally) if tally.refused.iter().any(is_hidden) && self.may_retry(now) => {}
            _ => return false,
        }
        self.api.session.renewed(now).await == Ok(true)
    }

    fn may_retry(&self, now: Time) -> bool {
        let mut retried = self.retried.lock().unwrap_or_else(PoisonError::into_inner);
        let may = retried.is_none_or(|at| now - at >= RETRIED || now < at);
        if may {
            *retried = Some(now);
        }
        may
    }
}

/// Those that it would count wrongly, and why.
fn refused(log_cache: &Prometheus, wanted: &[Slo], step: i64) -> Vec<(SloId, Trouble)> {
    let wrong = |slo: &Slo| {
        let queries = log_cache.queries(slo, step)?;
        let what = [&queries.counted, &queries.total].into_iter().find_map(|q| equal::checked(q).err())?;
        Some((slo.id.clone(), Trouble { what: SafeText::new(&what), rule: None }))
    };
    wanted.iter().filter_map(wrong).collect()
}

fn explained(failure: Failure) -> Failure {
    // Of one query, however it is told: those beside it go on.
    let of_the_query =
        |why: String| Failure { status: Some(400), error: SourceError::rejected(why), ..failure.clone() };
    match failure.status {
        Some(404) => of_the_query(HIDDEN.to_owned()),
        Some(500) if OF_THE_QUERY.iter().any(|words| failure.words.contains(words)) => {
            of_the_query(format!("Log Cache refuses the query: {}", failure.words))
        }
        _ => failure,
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
        let refused = refused(log_cache, wanted, span.step);
        let wrong: HashSet<&SloId> = refused.iter().map(|(id, _)| id).collect();
        let good: Vec<Slo> = wanted.iter().filter(|slo| !wrong.contains(&slo.id)).cloned().collect();
        let answer = log_cache.count(&good, span, now).await;
        let again = self.again(&answer, now).await;
        let mut tally = if again { log_cache.count(&good, span, now).await? } else { answer? };
        tally.refused.extend(refused);
        Ok(tally)
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
        let log_cache = self.there(now).await?;
        if let Some((_, trouble)) = refused(log_cache, std::slice::from_ref(slo), span.1 - span.0).pop() {
            return Err(SourceError::Rejected { why: trouble.what });
        }
        log_cache.drill(slo, by, span, now).await
    }
}
