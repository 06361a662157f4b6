//! What is asked of AWS: every action by its name, one way to ask, and what a refusal means.
//!
//! JSON 1.0 for CloudWatch and 1.1 for ECS: AWS declares it beside CBOR and XML, both emulators speak it, and it needs no
//! other reader. Knows nothing of what the answers are for.

use std::{collections::HashSet, sync::Arc};

use chrono::Duration;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    credentials::{ForService, Wallet},
    place::Region,
};
use crate::{
    config::{Auth, SourceConfig},
    domain::{Time, source::SourceError, text::SafeText},
    sources::http::{Answer, Call, Failure, Http},
};

/// Most pages of one list.
const PAGES_MAX: usize = 60;
/// How long is waited where AWS says that it was too much; it never says how long.
const THROTTLED: Duration = Duration::seconds(30);

/// Everything that is ever asked. The policy in the manual is held to this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    DescribeAlarms,
    DescribeAlarmHistory,
    ListAlarmMuteRules,
    GetAlarmMuteRule,
    PutAlarmMuteRule,
    DeleteAlarmMuteRule,
    ListClusters,
    ListServices,
    DescribeServices,
    ListTasks,
    DescribeTasks,
    ListServiceLevelObjectives,
    BatchGetServiceLevelObjectiveBudgetReport,
}

/// Who answers an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    CloudWatch,
    Ecs,
    ApplicationSignals,
}

impl Action {
    pub const ALL: [Self; 13] = [
        Self::DescribeAlarms,
        Self::DescribeAlarmHistory,
        Self::ListAlarmMuteRules,
        Self::GetAlarmMuteRule,
        Self::PutAlarmMuteRule,
        Self::DeleteAlarmMuteRule,
        Self::ListClusters,
        Self::ListServices,
        Self::DescribeServices,
        Self::ListTasks,
        Self::DescribeTasks,
        Self::ListServiceLevelObjectives,
        Self::BatchGetServiceLevelObjectiveBudgetReport,
    ];

    fn service(self) -> Service {
        match self {
            Self::DescribeAlarms
            | Self::DescribeAlarmHistory
            | Self::ListAlarmMuteRules
            | Self::GetAlarmMuteRule
            | Self::PutAlarmMuteRule
            | Self::DeleteAlarmMuteRule => Service::CloudWatch,
            Self::ListClusters
            | Self::ListServices
            | Self::DescribeServices
            | Self::ListTasks
            | Self::DescribeTasks => Service::Ecs,
            Self::ListServiceLevelObjectives | Self::BatchGetServiceLevelObjectiveBudgetReport => {
                Service::ApplicationSignals
            }
        }
    }

    /// The permission, as a policy writes it: `cloudwatch:DescribeAlarms`.
    pub fn permission(self) -> String {
        let service = match self.service() {
            Service::CloudWatch => "cloudwatch",
            Service::Ecs => "ecs",
            Service::ApplicationSignals => "application-signals",
        };
        format!("{service}:{self:?}")
    }

    /// Whether anything is other than before once it was asked.
    fn changes(self) -> bool {
        matches!(self, Self::PutAlarmMuteRule | Self::DeleteAlarmMuteRule)
    }

    /// The headers that say what is asked.
    fn headers(self) -> &'static [(&'static str, &'static str)] {
        macro_rules! target {
            ($version:literal, $target:literal) => {
                &[("content-type", concat!("application/x-amz-json-", $version)), ("x-amz-target", $target)]
            };
        }
        match self {
            Self::DescribeAlarms => target!("1.0", "GraniteServiceVersion20100801.DescribeAlarms"),
            Self::DescribeAlarmHistory => target!("1.0", "GraniteServiceVersion20100801.DescribeAlarmHistory"),
            Self::ListAlarmMuteRules => target!("1.0", "GraniteServiceVersion20100801.ListAlarmMuteRules"),
            Self::GetAlarmMuteRule => target!("1.0", "GraniteServiceVersion20100801.GetAlarmMuteRule"),
            Self::PutAlarmMuteRule => target!("1.0", "GraniteServiceVersion20100801.PutAlarmMuteRule"),
            Self::DeleteAlarmMuteRule => target!("1.0", "GraniteServiceVersion20100801.DeleteAlarmMuteRule"),
            Self::ListClusters => target!("1.1", "AmazonEC2ContainerServiceV20141113.ListClusters"),
            Self::ListServices => target!("1.1", "AmazonEC2ContainerServiceV20141113.ListServices"),
            Self::DescribeServices => target!("1.1", "AmazonEC2ContainerServiceV20141113.DescribeServices"),
            Self::ListTasks => target!("1.1", "AmazonEC2ContainerServiceV20141113.ListTasks"),
            Self::DescribeTasks => target!("1.1", "AmazonEC2ContainerServiceV20141113.DescribeTasks"),
            Self::ListServiceLevelObjectives | Self::BatchGetServiceLevelObjectiveBudgetReport => &[],
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::ListServiceLevelObjectives => "slos",
            Self::BatchGetServiceLevelObjectiveBudgetReport => "budget-report",
            _ => "",
        }
    }
}

/// Where one service answers, and by what name it is signed for.
pub(super) fn endpoint(config: &SourceConfig, region: &Region, service: &str) -> String {
    config.urls.first().cloned().unwrap_or_else(|| region.endpoint(service))
}

/// What a source asks through.
pub(super) struct Api {
    wallet: Arc<Wallet>,
    cloudwatch: Http,
    ecs: Http,
    signals: Http,
}

/// All pages of a list, and whether that is all of it.
pub(super) struct Pages<T> {
    pub(super) pages: Vec<T>,
    /// Why the rest was not asked for.
    pub(super) cut: Option<&'static str>,
    /// When AWS thinks it answered.
    pub(super) date: Option<Time>,
}

/// A part of a list that may have more.
pub(super) trait Page {
    /// What the next part is asked for by.
    fn next(&self) -> Option<&str>;
}

impl Api {
    /// # Errors
    /// `Auth` where a certificate cannot be had, `Rejected` where the address is none.
    pub(super) async fn new(config: &SourceConfig, region: &Region, wallet: Arc<Wallet>) -> Result<Self, SourceError> {
        let service = async |name| signed(config, region, &wallet, name).await;
        let (cloudwatch, ecs) = (service("monitoring").await?, service("ecs").await?);
        let signals = service("application-signals").await?;
        Ok(Self { wallet, cloudwatch, ecs, signals })
    }

    /// The answer as its shape.
    ///
    /// # Errors
    /// As every read; `RateLimited` for AWS' own word of it, `Auth` with the permission that is missing.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        action: Action,
        body: &Value,
        now: Time,
    ) -> Result<T, SourceError> {
        Ok(self.dated(action, body, now).await?.0)
    }

    /// The same, and when AWS thinks it answered.
    pub(super) async fn dated<T: DeserializeOwned>(
        &self,
        action: Action,
        body: &Value,
        now: Time,
    ) -> Result<(T, Option<Time>), SourceError> {
        let (http, answer) = self.send(action, body, now).await?;
        Ok((http.json(&answer)?, answer.date()))
    }

    /// Does something whose answer says nothing.
    pub(super) async fn tell(&self, action: Action, body: &Value, now: Time) -> Result<(), SourceError> {
        self.send(action, body, now).await.map(drop)
    }

    async fn send(&self, action: Action, body: &Value, now: Time) -> Result<(&Http, Answer), SourceError> {
        let http = match action.service() {
            Service::CloudWatch => &self.cloudwatch,
            Service::Ecs => &self.ecs,
            Service::ApplicationSignals => &self.signals,
        };
        // Application Signals takes the token of its next page from the address.
        let next = body.get("NextToken").and_then(Value::as_str).filter(|_| action.headers().is_empty());
        let query: Vec<(&str, String)> = next.map(|token| ("NextToken", token.to_owned())).into_iter().collect();
        let text = body.to_string();
        let call = Call::post_json(action.path(), &text).headers(action.headers()).query(&query);
        let call = if action.changes() { call } else { call.reads() };
        match http.call(call, now).await {
            Ok(answer) => Ok((http, answer)),
            Err(failure) => {
                if is_of_the_keys(&failure) {
                    self.wallet.forget().await;
                }
                Err(understood(action, failure, now))
            }
        }
    }

    /// Every page; one that was seen before ends it.
    ///
    /// # Errors
    /// As [`Api::ask`]: half a list is none.
    pub(super) async fn pages<T: DeserializeOwned + Page>(
        &self,
        action: Action,
        mut body: Value,
        now: Time,
    ) -> Result<Pages<T>, SourceError> {
        let key = if action.service() == Service::Ecs { "nextToken" } else { "NextToken" };
        let (mut pages, mut seen) = (Vec::new(), HashSet::new());
        loop {
            let (page, date): (T, _) = self.dated(action, &body, now).await?;
            let token = page.next().filter(|t| !t.is_empty()).map(str::to_owned);
            pages.push(page);
            let Some(token) = token else { return Ok(Pages { pages, cut: None, date }) };
            if pages.len() >= PAGES_MAX {
                let cut = Some("the list is longer than 60 pages; the rest was not asked for");
                return Ok(Pages { pages, cut, date });
            }
            body[key] = json!(token);
            if !seen.insert(token) {
                return Ok(Pages { pages, cut: Some("a page leads to one that was read before"), date });
            }
        }
    }

    /// Where it answers.
    pub(super) fn address(&self) -> SafeText {
        self.cloudwatch.address()
    }
}

async fn signed(
    config: &SourceConfig,
    region: &Region,
    wallet: &Arc<Wallet>,
    service: &'static str,
) -> Result<Http, SourceError> {
    let urls = vec![endpoint(config, region, service)];
    let plain = SourceConfig { urls, auth: Auth::None, ..config.clone() };
    let http = Http::for_source(&plain).await?.pop().ok_or_else(|| SourceError::rejected("no address"))?;
    Ok(http.signed(signer(wallet, region, service)))
}

/// Who signs for a service.
pub(super) fn signer(wallet: &Arc<Wallet>, region: &Region, service: &'static str) -> Arc<ForService> {
    Arc::new(ForService { wallet: wallet.clone(), region: region.clone(), service })
}

/// AWS says most of what it refuses with 400; the name in the answer is what counts.
fn understood(action: Action, failure: Failure, now: Time) -> SourceError {
    let words = &failure.words;
    if is_too_much(&failure) {
        return SourceError::RateLimited { until: now + THROTTLED };
    }
    if ["AccessDenied", "UnauthorizedOperation", "NotAuthorized"].iter().any(|n| failure.name.starts_with(n)) {
        let why = format!("{words}; allow {}", action.permission());
        return SourceError::Auth { why: SafeText::new(&why) };
    }
    if is_of_the_keys(&failure) && !matches!(failure.error, SourceError::Auth { .. }) {
        return SourceError::Auth { why: SafeText::new(&format!("{}: {words}", failure.name)) };
    }
    failure.error
}

fn is_too_much(failure: &Failure) -> bool {
    let names = ["Throttling", "RequestLimitExceeded", "TooManyRequests", "SlowDown"];
    failure.status == Some(400) && names.iter().any(|n| failure.name.starts_with(n))
}

fn is_of_the_keys(failure: &Failure) -> bool {
    let names = [
        "ExpiredToken",
        "UnrecognizedClient",
        "InvalidClientTokenId",
        "InvalidSignature",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "RequestExpired",
    ];
    names.iter().any(|n| failure.name.starts_with(n)) || failure.status == Some(401)
}

/// Whether AWS, or what stands for it, does not know an action at all.
pub(super) fn is_unknown(error: &SourceError) -> bool {
    let SourceError::Rejected { why } = error else { return false };
    let words = ["Unknown action", "UnknownOperation", "not supported", "not implemented", "NotImplemented"];
    words.iter().any(|w| why.raw().contains(w))
}
