//! Prometheus' HTTP API, and its relatives with the same API: the alerts of its rules, and queries.
//!
//! It knows pending alerts, which Alertmanager does not, and neither acks nor silences.

mod behind;
mod beyond;
mod counts;
mod discover;
mod drill;
mod history;
mod measure;
mod pending;
mod promql;
mod relative;
mod rules;
mod scrapes;
mod seams;
mod signals;
mod wire;

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use async_trait::async_trait;
use futures_util::future::join;
use serde::Deserialize;

pub use wire::Series;

use super::{
    Counts, Details, Metrics, Remembers, Signals, Source,
    http::{Answer, Call, Failure, Http, Signer, clock_problem},
    items,
};
use crate::{
    config::SourceConfig,
    domain::{
        Time,
        alert::{Alert, AlertState},
        checkup::Checkup,
        label::Fingerprint,
        slo::{Slo, explain::Queries},
        source::{AckVia, Capabilities, Description, Problem, Snapshot, SourceError},
        text::SafeText,
    },
};

/// How long the server may work on one query, in seconds.
const QUERY_SECONDS: i64 = 10;

/// One server, or several that scrape and judge the same: the first that can be reached answers.
pub struct Prometheus {
    description: Description,
    members: Vec<Http>,
    /// Whether it is asked for the SLOs that its rules record.
    discovers: bool,
    /// How a relative speaks that takes no form.
    manner: Option<Manner>,
    /// How the rules fare that record SLOs, as of the last discovery.
    evaluations: discover::Evaluations,
    waits: pending::Waits,
    scrapes: scrapes::Scrapes,
    behind: behind::Behind,
    relative: relative::Relative,
    /// Those that evaluate rules, where these are others.
    evaluators: Vec<Http>,
}

/// What the refusals of a server mean that only speaks the language. Its queries stand in the address.
pub(super) type Manner = fn(Failure) -> Failure;

/// The selectors of a query, without their ranges.
///
/// # Errors
/// Where the query cannot be read.
pub(super) fn selectors(query: &str) -> Result<Vec<String>, String> {
    promql::selectors(query)
}

/// An answer, who gave it, and who could not be reached before.
struct Reply<'a> {
    http: &'a Http,
    answer: Answer,
    missing: Vec<(SafeText, SourceError)>,
}

impl Prometheus {
    /// Fetches secrets and certificates; asks the server nothing yet.
    ///
    /// # Errors
    /// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
    pub async fn connect(config: &SourceConfig) -> Result<Self, SourceError> {
        Ok(Self {
            description: describe(config),
            members: Http::for_source(config).await?,
            discovers: config.discover,
            manner: None,
            evaluations: discover::Evaluations::default(),
            waits: pending::Waits::default(),
            scrapes: scrapes::Scrapes::default(),
            behind: behind::Behind::default(),
            relative: relative::Relative::of(config),
            evaluators: relative::evaluators(config).await?,
        })
    }

    /// The same with every request signed.
    pub(super) fn signed(mut self, signer: &Arc<impl Signer + 'static>) -> Self {
        self.members = self.members.into_iter().map(|http| http.signed(signer.clone())).collect();
        self
    }

    /// One behind a client that is there already: its queries stand in the address, and it records nothing.
    pub(super) fn behind(description: Description, http: Http, manner: Manner) -> Self {
        Self {
            description,
            members: vec![http],
            discovers: false,
            manner: Some(manner),
            evaluations: discover::Evaluations::default(),
            waits: pending::Waits::default(),
            scrapes: scrapes::Scrapes::default(),
            behind: behind::Behind::default(),
            relative: relative::Relative::default(),
            evaluators: Vec::new(),
        }
    }

    /// The values of `query` at one moment.
    ///
    /// # Errors
    /// As every read; `Rejected` has the server's words about the query.
    pub async fn instant(&self, query: &str, at: Time, now: Time) -> Result<Vec<Series>, SourceError> {
        let form = [("query", query.to_owned()), ("time", seconds(at.timestamp())), timeout()];
        Ok(self.query("api/v1/query", &form, now).await?)
    }

    /// The values of `query` at `start`, then every `step` up to `end`; all in (Unix) seconds.
    async fn range(&self, query: &str, span: (i64, i64), step: i64, now: Time) -> Result<Vec<Series>, Failure> {
        Ok(self.measured(query, span, step, now).await?.0)
    }

    /// The same, and how many samples the server read for it, where it says.
    async fn measured(
        &self,
        query: &str,
        span: (i64, i64),
        step: i64,
        now: Time,
    ) -> Result<(Vec<Series>, Option<u64>), Failure> {
        let form = [
            ("query", query.to_owned()),
            ("start", seconds(span.0)),
            ("end", seconds(span.1)),
            ("step", seconds(step)),
            timeout(),
            // Thanos would rather leave a store out than fail; a count with a hole is no count.
            ("partial_response", "false".to_owned()),
            ("stats", "all".to_owned()),
        ];
        self.priced("api/v1/query_range", &form, now).await
    }

    async fn query(&self, path: &str, form: &[(&str, String)], now: Time) -> Result<Vec<Series>, Failure> {
        Ok(self.priced(path, form, now).await?.0)
    }

    async fn priced(
        &self,
        path: &str,
        form: &[(&str, String)],
        now: Time,
    ) -> Result<(Vec<Series>, Option<u64>), Failure> {
        let reply = match self.manner {
            None => self.ask(Call::post_form(path, form), now).await?,
            Some(explained) => self.ask(Call::get(path).query(form), now).await.map_err(explained)?,
        };
        let (data, warnings) = reply.open::<wire::QueryData>()?;
        for warning in warnings {
            // What is summed over a part is no sum.
            if !wire::is_of_the_engine(&warning) {
                return Err(unread(SourceError::unreachable(format!("a part of the answer is missing: {warning}"))));
            }
            tracing::warn!(source = %self.description.name, "a query is answered with a warning: {}", warning.line());
        }
        let samples = data.samples();
        Ok((data.read().map_err(|why| unread(SourceError::malformed(why)))?, samples))
    }

    /// Nothing is changed by asking, so the next server may be asked whatever happened to the first.
    async fn ask(&self, call: Call<'_>, now: Time) -> Result<Reply<'_>, Failure> {
        self.ask_one_of(&self.members, call, now).await
    }

    /// The same of those that evaluate the rules.
    async fn ask_rules(&self, call: Call<'_>, now: Time) -> Result<Reply<'_>, Failure> {
        let of = if self.evaluators.is_empty() { &self.members } else { &self.evaluators };
        self.ask_one_of(of, call, now).await
    }

    async fn ask_one_of<'a>(&'a self, of: &'a [Http], call: Call<'_>, now: Time) -> Result<Reply<'a>, Failure> {
        let mut missing = Vec::new();
        let mut last = unread(SourceError::rejected("this source has no address"));
        for http in of {
            match http.call(call, now).await {
                Ok(answer) => {
                    self.behind.learn(answer.date(), now);
                    return Ok(Reply { http, answer, missing });
                }
                Err(failure) if matches!(failure.error, SourceError::Unreachable { .. }) => {
                    missing.push((http.address(), failure.error.clone()));
                    last = failure;
                }
                Err(failure) => return Err(relative::explained(failure)),
            }
        }
        Err(last)
    }
}

impl Reply<'_> {
    /// Unwraps the answer; gives its data and its warnings.
    fn open<'a, T: Deserialize<'a>>(&'a self) -> Result<(T, Vec<SafeText>), Failure> {
        let envelope: wire::Envelope = self.http.json(&self.answer).map_err(unread)?;
        if envelope.status != "success" {
            let why = envelope.error.unwrap_or_else(|| "an error that is not named".into());
            return Err(Failure::answered(200, SourceError::Rejected { why: why.clone() }, why.raw().to_owned()));
        }
        let data = envelope.data.map_or("null", |d| d.get());
        let data = serde_json::from_str(data).map_err(|e| unread(SourceError::malformed(e.to_string())))?;
        let missing = envelope.is_partial.unwrap_or(false).then(|| "the server says that it is partial".into());
        Ok((data, envelope.warnings.unwrap_or_default().into_iter().chain(missing).collect()))
    }

    fn alerts(self, now: Time) -> Result<Snapshot, SourceError> {
        let (data, warnings) = self.open::<wire::Alerts>()?;
        let (alerts, mut problems) = items::each(&data.alerts.unwrap_or_default(), "alerts", wire::WireAlert::read);
        let complete = warnings.is_empty();
        problems.extend(warnings.into_iter().map(|why| Problem { at: "answer".into(), why }));
        problems.extend(clock_problem(self.answer.date(), now));
        let alerts = one_each(alerts).into_iter().map(Arc::new).collect();
        Ok(Snapshot { complete, problems, alerts, missing_members: self.missing, ..Snapshot::empty(now) })
    }
}

fn unread(error: SourceError) -> Failure {
    Failure::answered(200, error, String::new())
}

fn seconds(n: i64) -> String {
    n.to_string()
}

fn timeout() -> (&'static str, String) {
    ("timeout", format!("{QUERY_SECONDS}s"))
}

/// The two queries of a bucket of `step` seconds, each of one series: for whoever asks another server that speaks PromQL.
///
/// # Errors
/// In words for the author of the query.
pub(super) fn queries(slo: &Slo, step: i64) -> Result<Queries, String> {
    let halves = measure::halves(slo, step)?;
    let sum = |query: &str| format!("sum({query})");
    Ok(Queries { counted: sum(&halves.counted), is_good: halves.is_good, total: sum(&halves.total) })
}

pub(super) fn describe(config: &SourceConfig) -> Description {
    Description {
        name: config.name.clone(),
        kind: config.kind.as_str(),
        can: Capabilities {
            alerts: !relative::has_no_rules(config),
            ack: Some(AckVia::Journal),
            silences: false,
            counts: true,
            evaluates: true,
            ..Capabilities::default()
        },
        interval: config.interval,
    }
}

/// Two rules may raise one label set: the one that fires, else the older, stands for both.
fn one_each(alerts: Vec<Alert>) -> Vec<Alert> {
    let order = |a: &Alert| (a.state == AlertState::Pending, a.starts_at);
    let mut by_id: BTreeMap<Fingerprint, Alert> = BTreeMap::new();
    for alert in alerts {
        match by_id.entry(alert.fingerprint.clone()) {
            Entry::Occupied(known) if order(known.get()) <= order(&alert) => {}
            Entry::Occupied(mut known) => {
                known.insert(alert);
            }
            Entry::Vacant(free) => {
                free.insert(alert);
            }
        }
    }
    by_id.into_values().collect()
}

#[async_trait]
impl Source for Prometheus {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        if !self.description.can.alerts {
            return self.is_there(now).await;
        }
        let (alerts, server) = join(self.ask_rules(Call::get("api/v1/alerts"), now), self.server(now)).await;
        let mut snapshot = alerts?.alerts(now)?;
        self.date(&mut snapshot.alerts, now).await;
        Ok(self.as_of(snapshot, server))
    }

    async fn checkup(&self, now: Time) -> Checkup {
        Checkup::default().allowed(self.members.iter().find_map(|http| http.allowed(now)))
    }

    fn counts(&self) -> Option<&dyn Counts> {
        Some(self)
    }

    fn details(&self) -> Option<&dyn Details> {
        Some(self)
    }

    fn past(&self) -> Option<&dyn Remembers> {
        Some(self)
    }

    fn metrics(&self) -> Option<&dyn Metrics> {
        Some(self)
    }

    fn signals(&self) -> Option<&dyn Signals> {
        Some(self)
    }
}
