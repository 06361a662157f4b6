//! The golden signals of a service: recognised by the names that are conventions and by the labels with which the objective
//! selects its own events. Asks little: a few questions once, and then one series a signal.

mod family;
mod identity;
mod resource;

use async_trait::async_trait;

use self::{identity::Identity, resource::Resource};
use super::{Prometheus, Series, counts, seconds, timeout};
use crate::{
    domain::{
        Time,
        label::Labels,
        signals::{Ask, Recognised, Signal, Values, recipe::RESOURCES_MAX},
        slo::{BucketSpan, Slo},
        source::SourceError,
        text::SafeText,
    },
    sources::{Signals, http::Failure},
};

/// Most moments of one query.
const MOMENTS_MAX: i64 = 1_000;
/// Labels by which it is looked for that are tried.
const TRIES: usize = 4;

#[async_trait]
impl Signals for Prometheus {
    async fn recognise(&self, slo: &Slo, wanted: &[Signal], now: Time) -> Result<Recognised, SourceError> {
        let mut asking = Asking { source: self, now: self.behind.apply(now), samples: None };
        let who = Identity::of(slo);
        let mut asks = Vec::new();
        if wanted.iter().any(|s| *s != Signal::Saturation) {
            let names = family::names(&who);
            let series = asking.families(&names, &who).await?;
            asks = family::asks(&family::found(&names, &who, &series), wanted);
        }
        if wanted.contains(&Signal::Saturation) {
            asks.extend(asking.resources(&who).await?);
        }
        for ask in &mut asks {
            ask.source = Some(self.description.name.clone());
        }
        Ok(Recognised { asks, looked_for: SafeText::new(&who.words()), samples: asking.samples })
    }

    async fn values(&self, ask: &Ask, span: BucketSpan, window: i64, now: Time) -> Result<Values, SourceError> {
        let query = ask.over(window);
        let step = span.step.max(1);
        let first = (span.from.div_euclid(step) + 1) * step;
        let mut last = span.to.div_euclid(step) * step;
        let mut most = MOMENTS_MAX;
        let mut values = Values::default();
        while last >= first {
            let start = first.max(last - (most - 1) * step);
            let asked = (last - start) / step + 1;
            match self.measured(&query, (start, last), step, now).await {
                Ok((series, samples)) => {
                    take(&mut values, ask, series, samples)?;
                    last = start - step;
                }
                Err(failure) if counts::is_too_much(&failure) && asked > 1 => most = (asked / 2).max(1),
                Err(failure) => return Err(refused(failure)),
            }
        }
        values.points.sort_by_key(|(at, _)| *at);
        Ok(values)
    }
}

/// One series is one line; several are a question that was not asked right.
fn take(values: &mut Values, ask: &Ask, series: Vec<Series>, samples: Option<u64>) -> Result<(), SourceError> {
    values.samples = values.samples.into_iter().chain(samples).reduce(u64::saturating_add);
    if series.len() > 1 {
        let n = series.len();
        return Err(SourceError::rejected(format!(
            "the query answers {n} series where one is needed: wrap it in sum() or max()"
        )));
    }
    let points = series.into_iter().flat_map(|s| s.points);
    values.points.extend(points.filter_map(|(at, value)| Some((whole(at)?, value * ask.scale))));
    Ok(())
}

#[allow(clippy::cast_possible_truncation, reason = "a finite moment; one beyond reason is left out")]
fn whole(at: f64) -> Option<i64> {
    (at.abs() < 1e12).then(|| at.round() as i64)
}

/// What is about this query alone, even where the server says it with the status of an outage.
fn refused(failure: Failure) -> SourceError {
    if counts::is_dear(&failure) {
        return SourceError::rejected(format!("too expensive, even one moment at a time ({})", failure.words));
    }
    match failure.status {
        Some(status @ (422 | 503)) if counts::is_too_much(&failure) => {
            SourceError::rejected(format!("HTTP {status}: {}", failure.words))
        }
        _ if counts::is_of_the_query(&failure) => SourceError::rejected(failure.error.to_string()),
        _ => failure.error,
    }
}

/// Questions of one recognition, and what they cost.
struct Asking<'a> {
    source: &'a Prometheus,
    now: Time,
    samples: Option<u64>,
}

impl Asking<'_> {
    /// A question that the server does not take is one without an answer.
    async fn instant(&mut self, query: &str) -> Result<Vec<Series>, SourceError> {
        let at = ("time", seconds(self.now.timestamp()));
        let form = [("query", query.to_owned()), at, timeout(), ("stats", "all".to_owned())];
        match self.source.priced("api/v1/query", &form, self.now).await {
            Ok((series, samples)) => {
                self.samples = self.samples.into_iter().chain(samples).reduce(u64::saturating_add);
                Ok(series)
            }
            Err(failure) if counts::is_of_the_query(&failure) || counts::is_too_much(&failure) => {
                tracing::warn!("signals cannot be recognised by `{query}`: {}", failure.words);
                Ok(Vec::new())
            }
            Err(failure) => Err(failure.error),
        }
    }

    /// The metrics of requests that the service has, each with the labels that matter.
    async fn families(&mut self, names: &[String], who: &Identity) -> Result<Vec<Labels>, SourceError> {
        let any = names.join("|");
        let mut labels = who.labels();
        family::codes().for_each(|code| labels.push(code));
        let by = labels.join(",");
        for own in resource::shared(who).iter().take(TRIES) {
            let query = format!("group by (__name__,{by}) ({{__name__=~\"{any}\",{own}}})");
            let found: Vec<Labels> = self.instant(&query).await?.into_iter().map(|s| s.labels).collect();
            if found.iter().any(|l| who.selects(l).is_some()) {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// What may fill up under the service: what shares a label with it, else its hosts and its pods.
    async fn resources(&mut self, who: &Identity) -> Result<Vec<Ask>, SourceError> {
        let mut asks = Vec::new();
        for own in resource::shared(who).iter().take(TRIES) {
            self.worst(resource::of_nodes(own), &format!("by {own}"), &mut asks).await?;
            if !asks.is_empty() {
                break;
            }
        }
        if asks.is_empty() {
            let hosts = self.hosts(who).await?;
            if let Some(hosts) = hosts {
                self.worst(resource::of_nodes(&hosts), "by the hosts of its targets", &mut asks).await?;
            }
        }
        if let Some(namespace) = who.weak("namespace") {
            let pods = resource::of_pods(namespace, &who.service);
            self.worst(pods, "by namespace and name", &mut asks).await?;
        }
        asks.truncate(RESOURCES_MAX);
        Ok(asks)
    }

    async fn worst<const N: usize>(
        &mut self,
        all: [Resource; N],
        by: &str,
        asks: &mut Vec<Ask>,
    ) -> Result<(), SourceError> {
        for resource in all {
            if let Some(found) = self.instant(&resource.worst).await?.into_iter().next() {
                asks.push(resource.ask(&found.labels, by));
            }
        }
        Ok(())
    }

    async fn hosts(&mut self, who: &Identity) -> Result<Option<String>, SourceError> {
        for own in resource::shared(who).iter().take(TRIES) {
            let up = self.instant(&format!("group by (instance) (up{{{own}}})")).await?;
            let instances: Vec<&str> = up.iter().map(|s| s.labels.value("instance")).collect();
            if let Some(hosts) = resource::hosts(&instances) {
                return Ok(Some(hosts));
            }
        }
        Ok(None)
    }
}
