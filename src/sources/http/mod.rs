//! The one way this program speaks HTTP: deadlines, caps, no redirects, no secrets in any text.
//!
//! Knows no vendor. What an answer means beyond its status is said by the backends.

mod allowance;
mod answer;
mod build;
mod list;

use std::time::Duration;

use reqwest::{
    Method, Response, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName},
};
use serde::Deserialize;

use allowance::Allowance;
pub(crate) use answer::{Answer, Failure};
use build::Settings;
pub(crate) use list::Listed;

use crate::{
    config::SourceConfig,
    domain::{
        Time,
        source::{Problem, SourceError},
        text::SafeText,
    },
};

/// Largest answer after inflation, in bytes.
const BODY_MAX: usize = 64 * 1024 * 1024;
/// Most that is read of a refusal's text.
const REFUSAL_MAX: usize = 64 * 1024;
/// How long the text of a refusal is waited for; its status already says what matters.
const REFUSAL_WAIT: Duration = Duration::from_secs(1);
/// A server clock this far from ours is worth a word.
const CLOCK_SKEW: chrono::Duration = chrono::Duration::seconds(30);

/// A client for one base address.
pub(crate) struct Http {
    client: reqwest::Client,
    base: Url,
    headers: HeaderMap,
    /// What must never be seen in a text, longest first.
    secrets: Vec<String>,
    timeout: Duration,
    allowance: Allowance,
}

/// One request, as a value.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    method: &'a Method,
    path: &'a str,
    /// A last path segment from outside; encoded.
    item: Option<&'a str>,
    /// Names and values from anywhere; encoded.
    query: &'a [(&'a str, String)],
    body: Body<'a>,
}

#[derive(Clone, Copy)]
enum Body<'a> {
    None,
    Json(&'a str),
    Form(&'a [(&'a str, String)]),
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: &Method::GET, path, item: None, query: &[], body: Body::None }
    }

    pub(crate) fn delete(path: &'a str) -> Self {
        Self { method: &Method::DELETE, ..Self::get(path) }
    }

    pub(crate) fn post_json(path: &'a str, json: &'a str) -> Self {
        Self { method: &Method::POST, body: Body::Json(json), ..Self::get(path) }
    }

    pub(crate) fn post_form(path: &'a str, form: &'a [(&'a str, String)]) -> Self {
        Self { method: &Method::POST, body: Body::Form(form), ..Self::get(path) }
    }

    pub(crate) fn item(self, item: &'a str) -> Self {
        Self { item: Some(item), ..self }
    }

    /// Whether a person asked for it: a query may be posted too, as a form.
    fn is_write(&self) -> bool {
        *self.method != Method::GET && !matches!(self.body, Body::Form(_))
    }

    pub(crate) fn query(self, query: &'a [(&'a str, String)]) -> Self {
        Self { query, ..self }
    }
}

impl Http {
    /// One client for each address of a source; every secret is fetched once.
    ///
    /// # Errors
    /// `Auth` where a secret or certificate cannot be had, `Rejected` where an address is none.
    pub(crate) async fn for_source(config: &SourceConfig) -> Result<Vec<Self>, SourceError> {
        let settings = Settings::read(config).await?;
        config.urls.iter().map(|url| Self::new(&settings, url)).collect()
    }

    fn new(settings: &Settings, url: &str) -> Result<Self, SourceError> {
        let base = build::base(url)?;
        let client = build::client(settings, &base)?;
        let headers = build::headers(settings, &client, &base)?;
        let secrets = build::secrets(settings, &headers, &base);
        let allowance = Allowance::new(settings.requests_per_minute);
        Ok(Self { client, base, headers, secrets, timeout: settings.timeout, allowance })
    }

    /// Host and port, without a path and without a user.
    pub(crate) fn address(&self) -> SafeText {
        SafeText::new(&answer::host_of(&self.base))
    }

    /// What tells one server's data from another's: its address, and the headers of ours but who we are, as for a tenant.
    /// Never to be shown or kept as it is.
    pub(crate) fn identity(&self) -> String {
        let of_data = |name: &HeaderName| *name != AUTHORIZATION && *name != COOKIE;
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| of_data(name))
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        headers.sort_unstable();
        format!("{}{}\n{}", self.address().raw(), self.base.path(), headers.join("\n"))
    }

    pub(crate) async fn call(&self, call: Call<'_>, now: Time) -> Result<Answer, Failure> {
        self.in_time(async { self.accept(self.send(call, now).await?).await }).await
    }

    /// Keeps the deadline, and every secret out of what went wrong.
    async fn in_time<T>(&self, exchange: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let answer =
            tokio::time::timeout(self.timeout, exchange).await.unwrap_or_else(|_| Err(Failure::late(self.timeout)));
        answer.map_err(|f| f.scrubbed(&|text| self.scrub(text)))
    }

    /// Reads the answer's JSON.
    ///
    /// # Errors
    /// `Auth` for a login page, `Malformed` with the first safe characters for anything else that is not this JSON.
    pub(crate) fn json<'a, T: Deserialize<'a>>(&self, answer: &'a Answer) -> Result<T, SourceError> {
        answer.json().map_err(|e| answer::map_text(e, &|text| self.scrub(text)))
    }

    /// Sends it; a response is one of success.
    async fn send(&self, call: Call<'_>, now: Time) -> Result<Response, Failure> {
        self.allowance.take(call.is_write(), now).map_err(Failure::held_back)?;
        let request = self.client.request(call.method.clone(), self.url(call)).headers(self.headers.clone());
        let request = match call.body {
            Body::None => request,
            Body::Json(text) => request.header(CONTENT_TYPE, "application/json").body(text.to_owned()),
            Body::Form(fields) => request.form(fields),
        };
        let response = request.send().await.map_err(Failure::from_reqwest)?;
        self.allowance.learn(response.headers(), answer::date_of(response.headers()), now);
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(response, now).await) }
    }

    async fn accept(&self, response: Response) -> Result<Answer, Failure> {
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, whole) = read_body(response, BODY_MAX).await.map_err(Failure::from_reqwest)?;
        if !whole {
            let why = format!("the answer is larger than {} MiB", BODY_MAX >> 20);
            return Err(Failure::transport(SourceError::malformed(why)));
        }
        let answer = Answer::new(&headers, body);
        match answer.page_instead_of_json() {
            Some(error) => Err(Failure::answered(status.as_u16(), error, String::new())),
            None => Ok(answer),
        }
    }

    async fn refusal(&self, response: Response, now: Time) -> Failure {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match tokio::time::timeout(REFUSAL_WAIT, read_body(response, REFUSAL_MAX)).await {
            Ok(Ok((body, _))) if !status.is_redirection() => body,
            _ => Vec::new(),
        };
        let failure = answer::refusal(status, &headers, &body, &self.base, now);
        if let Some(until) = answer::wait_asked_for(status, &headers, now) {
            self.allowance.hold(until);
        }
        failure
    }

    fn url(&self, call: Call<'_>) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path.split('/')).extend(call.item);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        url
    }

    fn scrub(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}

/// Reads chunk by chunk, as a small compressed body may be a huge one. Answers whether all of it fitted.
async fn read_body(mut response: Response, cap: usize) -> reqwest::Result<(Vec<u8>, bool)> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > cap {
            return Ok((body, false));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, true))
}

/// A word about a server whose clock, as its answer was dated, is not ours: ages and expiries are wrong by as much.
pub(crate) fn clock_problem(date: Option<Time>, now: Time) -> Option<Problem> {
    let skew = date?.signed_duration_since(now);
    (skew.abs() > CLOCK_SKEW).then(|| {
        let side = if skew < chrono::Duration::zero() { "behind" } else { "ahead of" };
        let why = format!("its clock is {} {side} this machine's", crate::domain::duration::short(skew.abs()));
        Problem { at: "clock".into(), why: why.into() }
    })
}
