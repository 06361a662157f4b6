//! Budgets: those of Application Signals, which AWS counts itself and tells as a whole, and those that are counted by
//! CloudWatch's PromQL, which the client of Prometheus does.
//!
//! A budget that AWS tells has no buckets here: its graph stays empty, and says so, rather than being made up.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::Duration;
use serde::Deserialize;
use serde_json::json;

use super::{
    Cloudwatch,
    api::{Action, Page},
    wire::moment,
};
use crate::{
    domain::{
        Time,
        slo::{
            BucketSpan, Declared, Indicator, Objective, Origin, OriginKind, Slo, SloId, Tally, Window,
            calendar::{Calendar, Step},
            drill,
            explain::Queries,
            row::{Allowed, Recorded, Trouble},
        },
        source::SourceError,
        text::SafeText,
    },
    sources::{Counts, prometheus::Prometheus},
};

/// How often budgets are asked for: those older than three minutes are not believed.
const EVERY: Duration = Duration::minutes(2);
/// Most objectives in one question.
const REPORTS_MAX: usize = 50;
/// The label that says that AWS counts it.
const ARN: &str = "aws_slo_arn";

/// Reports as they were last read.
#[derive(Debug, Default)]
pub(super) struct Reports(Mutex<Option<(Time, Vec<Report>)>>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    slo_summaries: Vec<Summary>,
    next_token: Option<String>,
}

impl Page for Listed {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    arn: String,
    key_attributes: Option<std::collections::BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    reports: Vec<Report>,
    errors: Option<Vec<Refused>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refused {
    name: String,
    error_message: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    arn: String,
    name: String,
    budget_status: String,
    total_budget_seconds: Option<f64>,
    budget_seconds_remaining: Option<f64>,
    total_budget_requests: Option<f64>,
    budget_requests_remaining: Option<f64>,
    goal: Option<Goal>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Goal {
    interval: Option<Interval>,
    attainment_goal: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Interval {
    rolling_interval: Option<Length>,
    calendar_interval: Option<Length>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Length {
    #[serde(default, deserialize_with = "moment")]
    start_time: Option<Time>,
    duration_unit: String,
    duration: u32,
}

impl Report {
    /// What is left of the budget, where AWS knows.
    fn remaining(&self) -> Option<f64> {
        let seconds = self.total_budget_seconds.zip(self.budget_seconds_remaining);
        let requests = self.total_budget_requests.zip(self.budget_requests_remaining);
        let (total, left) = seconds.or(requests).filter(|(total, _)| *total > 0.0)?;
        let share = left / total;
        (share.is_finite() && self.budget_status != "INSUFFICIENT_DATA").then(|| share.clamp(-1e6, 1.0))
    }

    /// The parts of which that is made, as AWS tells them.
    fn spent(&self) -> Option<Allowed> {
        let seconds = self.total_budget_seconds.zip(self.budget_seconds_remaining).map(|of| (of, "seconds"));
        let requests = self.total_budget_requests.zip(self.budget_requests_remaining).map(|of| (of, "requests"));
        let ((allowed, left), unit) = seconds.or(requests)?;
        let bad = (allowed - left).max(0.0);
        (bad.is_finite() && allowed.is_finite() && allowed > 0.0).then_some(Allowed { bad, allowed, unit })
    }

    fn recorded(&self, at: Time) -> Recorded {
        let remaining = self.remaining();
        Recorded { at, remaining, spent: remaining.and_then(|_| self.spent()), ..Recorded::default() }
    }
}

impl Interval {
    fn window(&self) -> Option<Window> {
        if let Some(rolling) = &self.rolling_interval {
            let unit = match rolling.duration_unit.as_str() {
                "MINUTE" => 60,
                "HOUR" => 3_600,
                "DAY" => 86_400,
                "MONTH" => 30 * 86_400,
                _ => return None,
            };
            return (rolling.duration > 0).then(|| Window::rolling(unit * i64::from(rolling.duration)));
        }
        let calendar = self.calendar_interval.as_ref().filter(|c| (1..=10_000).contains(&c.duration))?;
        let step = match calendar.duration_unit.as_str() {
            "MINUTE" => Step::Minutes(calendar.duration),
            "HOUR" => Step::Minutes(60 * calendar.duration),
            "DAY" => Step::Days(calendar.duration),
            "MONTH" => Step::Months(calendar.duration),
            _ => return None,
        };
        let anchor = calendar.start_time?.naive_utc();
        Some(Window::Calendar(Calendar { anchor, zone: chrono_tz::UTC, step }))
    }
}

fn is_aws(slo: &Slo) -> bool {
    slo.labels.get(ARN).is_some()
}

impl Cloudwatch {
    /// # Errors
    /// What is missing of a report, as a sentence.
    fn slo(&self, report: &Report, summary: Option<&Summary>) -> Result<Slo, String> {
        let name = &report.name;
        let unsaid = |what: &str| format!("{name}: AWS tells no {what} that is known here; its budget is not shown");
        let goal = report.goal.as_ref().ok_or_else(|| unsaid("goal"))?;
        let percent = goal.attainment_goal.unwrap_or(99.0);
        let objective = Objective::nearest(percent / 100.0).ok_or_else(|| unsaid("attainment goal"))?;
        let window = goal.interval.as_ref().and_then(Interval::window).ok_or_else(|| unsaid("interval"))?;
        let source = &self.description.name;
        let mut slo = Slo::new(&format!("{source}/{name}"), objective, window, Indicator::of(source.clone()));
        let service = summary.and_then(|s| s.key_attributes.as_ref()).and_then(|k| k.get("Name"));
        (slo.name, slo.title) = (SafeText::new(name), SafeText::new(name));
        slo.service = SafeText::new(service.unwrap_or(name));
        slo.labels = [(SafeText::new(ARN), SafeText::new(&report.arn))].into_iter().collect();
        slo.origin = Origin::new(OriginKind::Metrics, "Application Signals");
        Ok(slo)
    }

    async fn aws_slos(&self, now: Time) -> Result<Declared, SourceError> {
        let body = json!({ "MaxResults": 50 });
        let all = self.api.pages::<Listed>(Action::ListServiceLevelObjectives, body, now).await?;
        let mut notes: Vec<SafeText> = all.cut.map(SafeText::new).into_iter().collect();
        let summaries: Vec<Summary> = all.pages.into_iter().flat_map(|p| p.slo_summaries).collect();
        let arns: Vec<String> = summaries.iter().map(|s| s.arn.clone()).collect();
        let (reports, refused) = self.report(&arns, now).await?;
        notes.extend(refused);
        let of = |r: &Report| self.slo(r, summaries.iter().find(|s| s.arn == r.arn));
        let (good, bad): (Vec<_>, Vec<_>) = reports.iter().map(of).partition(Result::is_ok);
        notes.extend(bad.into_iter().filter_map(Result::err).map(|why| SafeText::new(&why)));
        Ok(Declared { slos: good.into_iter().flatten().collect(), notes })
    }

    async fn report(&self, arns: &[String], now: Time) -> Result<(Vec<Report>, Vec<SafeText>), SourceError> {
        let (mut reports, mut notes) = (Vec::new(), Vec::new());
        for some in arns.chunks(REPORTS_MAX) {
            let body = json!({ "Timestamp": now.timestamp(), "SloIds": some });
            let answer: Answer = self.api.ask(Action::BatchGetServiceLevelObjectiveBudgetReport, &body, now).await?;
            reports.extend(answer.reports);
            let refused = answer.errors.unwrap_or_default().into_iter();
            notes.extend(refused.map(|e| SafeText::new(&format!("{}: {}", e.name, e.error_message))));
        }
        *self.reports.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, reports.clone()));
        Ok((reports, notes))
    }

    fn by_query(&self) -> Result<&Prometheus, SourceError> {
        let why = "this source counts no queries: set promql = true under [source.cloudwatch], or name another source";
        self.promql.as_ref().ok_or_else(|| SourceError::rejected(why))
    }

    /// What AWS counts, and what is counted by queries.
    fn apart(wanted: &[Slo]) -> (Vec<Slo>, Vec<Slo>) {
        wanted.iter().cloned().partition(is_aws)
    }
}

#[async_trait]
impl Counts for Cloudwatch {
    async fn declared(&self, now: Time) -> Result<Declared, SourceError> {
        if self.options.slos { self.aws_slos(now).await } else { Ok(Declared::default()) }
    }

    async fn groups(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        match &self.promql {
            Some(promql) => promql.groups(&Self::apart(of).1, now).await,
            None => Ok(Declared::default()),
        }
    }

    async fn count(&self, wanted: &[Slo], span: BucketSpan, now: Time) -> Result<Tally, SourceError> {
        let (whole, queried) = Self::apart(wanted);
        let mut tally = match &self.promql {
            Some(promql) if !queried.is_empty() => promql.count(&queried, span, now).await?,
            _ => Tally::default(),
        };
        let refuse = |slo: Slo, what: &str| (slo.id, Trouble { what: SafeText::new(what), rule: None });
        if self.promql.is_none() {
            let why = "this source counts no queries: set promql = true under [source.cloudwatch]";
            tally.refused.extend(queried.into_iter().map(|slo| refuse(slo, why)));
        }
        let why = "Application Signals tells this budget as a whole; there are no counts to draw";
        tally.refused.extend(whole.into_iter().map(|slo| refuse(slo, why)));
        Ok(tally)
    }

    fn identity(&self, slo: &Slo) -> Option<String> {
        self.promql.as_ref().filter(|_| !is_aws(slo))?.identity(slo)
    }

    async fn recorded(&self, wanted: &[Slo], now: Time) -> Result<Vec<(SloId, Recorded)>, SourceError> {
        let (whole, queried) = Self::apart(wanted);
        let mut all = match &self.promql {
            Some(promql) if !queried.is_empty() => promql.recorded(&queried, now).await?,
            _ => Vec::new(),
        };
        if whole.is_empty() {
            return Ok(all);
        }
        let held = self.reports.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (at, reports) = match held.filter(|(at, _)| now - *at < EVERY) {
            Some(held) => held,
            None => {
                let arns: Vec<String> = whole.iter().map(|s| s.labels.value(ARN).to_owned()).collect();
                (now, self.report(&arns, now).await?.0)
            }
        };
        let of = |slo: &Slo| reports.iter().find(|r| r.arn == slo.labels.value(ARN)).map(|r| r.recorded(at));
        all.extend(whole.iter().filter_map(|slo| Some((slo.id.clone(), of(slo)?))));
        Ok(all)
    }

    fn queries(&self, slo: &Slo, step: i64) -> Option<Queries> {
        self.promql.as_ref().filter(|_| !is_aws(slo))?.queries(slo, step)
    }

    async fn drill(
        &self,
        slo: &Slo,
        by: Option<&str>,
        span: (i64, i64),
        now: Time,
    ) -> Result<Vec<drill::Counted>, SourceError> {
        if is_aws(slo) {
            return Err(SourceError::rejected(
                "Application Signals tells this budget as a whole: it has no parts here",
            ));
        }
        self.by_query()?.drill(slo, by, span, now).await
    }

    async fn scrape_s(&self, slo: &Slo, now: Time) -> Option<f64> {
        self.promql.as_ref().filter(|_| !is_aws(slo))?.scrape_s(slo, now).await
    }
}
