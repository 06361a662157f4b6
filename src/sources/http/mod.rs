//! The one way this program speaks HTTP: deadlines, caps, no redirects, no secrets in any text.
//!
//! Knows no vendor. What an answer means beyond its status is said by the backends.

mod allowance;
mod answer;
mod build;
mod lines;
mod list;
mod reach;
mod stream;
mod token;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use reqwest::{
    Method, Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName},
};
use serde::Deserialize;

use allowance::Allowance;
pub(in crate::sources) use answer::map_text;
pub(crate) use answer::{Answer, Failure};
use build::Settings;
pub(crate) use lines::Lines;
pub(crate) use list::Listed;
pub(crate) use reach::Reach;
pub(crate) use token::Token;

use crate::{
    config::SourceConfig,
    domain::{
        Time,
        checkup::Allowed,
        source::{Problem, SourceError},
        text::SafeText,
    },
};

const JSON: &str = "application/json";
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
    /// One that changes while the client lives, and whether it is sent.
    token: Token,
    sends_token: bool,
    timeout: Duration,
    allowance: Allowance,
    signer: Option<Arc<dyn Signer>>,
}

/// Who signs each request with keys that may change while it is asked.
#[async_trait]
pub(crate) trait Signer: Send + Sync {
    /// Everything but its own headers is in place.
    async fn sign(&self, request: &mut reqwest::Request, now: Time) -> Result<(), SourceError>;
    /// What of its keys must never be seen in a text.
    fn secrets(&self) -> Vec<String>;
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
    /// Of this one request, in the place of those of the same name.
    headers: &'a [(&'static str, &'a str)],
    /// Whether it is a question that looks like an order.
    reads: bool,
    body: Body<'a>,
}

#[derive(Clone, Copy)]
enum Body<'a> {
    None,
    Json(&'a str),
    MergePatch(&'a str),
    Form(&'a [(&'a str, String)]),
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: &Method::GET, path, item: None, query: &[], headers: &[], reads: false, body: Body::None }
    }

    /// An order without a body.
    pub(crate) fn put(path: &'a str) -> Self {
        Self { method: &Method::PUT, ..Self::get(path) }
    }

    pub(crate) fn delete(path: &'a str) -> Self {
        Self { method: &Method::DELETE, ..Self::get(path) }
    }

    pub(crate) fn post_json(path: &'a str, json: &'a str) -> Self {
        Self { method: &Method::POST, body: Body::Json(json), ..Self::get(path) }
    }

    /// RFC 7396: what is named is changed, the rest stays.
    pub(crate) fn merge_patch(path: &'a str, json: &'a str) -> Self {
        Self { method: &Method::PATCH, body: Body::MergePatch(json), ..Self::get(path) }
    }

    pub(crate) fn put_json(path: &'a str, json: &'a str) -> Self {
        Self { method: &Method::PUT, ..Self::post_json(path, json) }
    }

    pub(crate) fn patch_json(path: &'a str, json: &'a str) -> Self {
        Self { method: &Method::PATCH, ..Self::post_json(path, json) }
    }

    pub(crate) fn post_form(path: &'a str, form: &'a [(&'a str, String)]) -> Self {
        Self { method: &Method::POST, body: Body::Form(form), ..Self::get(path) }
    }

    pub(crate) fn item(self, item: &'a str) -> Self {
        Self { item: Some(item), ..self }
    }

    /// In the place of those of the same name.
    pub(crate) fn headers(self, headers: &'a [(&'static str, &'a str)]) -> Self {
        Self { headers, ..self }
    }

    /// It changes nothing, however it is asked.
    pub(crate) fn reads(self) -> Self {
        Self { reads: true, ..self }
    }

    /// Whether a person asked for it: a query may be posted too, as a form.
    fn is_write(&self) -> bool {
        !self.reads && *self.method != Method::GET && !matches!(self.body, Body::Form(_))
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
        Self::trusting(config, None).await
    }

    /// The same where another authority (PEM) is believed beside those of the configuration.
    ///
    /// # Errors
    /// As [`Http::for_source`]; `Auth` where it is none.
    pub(crate) async fn trusting(config: &SourceConfig, authority: Option<&[u8]>) -> Result<Vec<Self>, SourceError> {
        let mut settings = Settings::read(config).await?;
        settings.roots.extend(reach::roots(authority)?);
        config.urls.iter().map(|url| Self::new(&settings, url)).collect()
    }

    fn new(settings: &Settings, url: &str) -> Result<Self, SourceError> {
        let base = build::base(url)?;
        let client = build::client(settings, &base)?;
        let headers = build::headers(settings, &client, &base)?;
        let secrets = build::secrets(settings, &headers, &base);
        let (token, timeout) = (Token::default(), settings.timeout);
        let allowance = Allowance::new(settings.requests_per_minute);
        Ok(Self { client, base, headers, secrets, token, sends_token: false, timeout, allowance, signer: None })
    }

    /// The same with every request signed.
    pub(crate) fn signed(self, signer: Arc<dyn Signer>) -> Self {
        Self { signer: Some(signer), ..self }
    }

    /// The same client with a header (its name in lower case) in the place of any of that name; what of it is secret is
    /// known as such already.
    ///
    /// # Errors
    /// `Auth` where HTTP does not allow the value.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Result<Self, SourceError> {
        let mut value = build::plain_value(name, value)?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// The same client with a token that changes: sent where it is meant for this server, never shown anywhere.
    pub(crate) fn with_token(self, token: &Token, sends_token: bool) -> Self {
        Self { token: token.clone(), sends_token, ..self }
    }

    /// Where it speaks to, for pages of the same server.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// Host and port, without a path and without a user.
    pub(crate) fn address(&self) -> SafeText {
        SafeText::new(&answer::host_of(&self.base))
    }

    /// How much may still be asked, where the server says so.
    pub(crate) fn allowed(&self, now: Time) -> Option<Allowed> {
        self.allowance.allowed(now)
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
        let token = self.token.header().filter(|_| self.sends_token);
        let request = token.into_iter().fold(request, |r, t| r.header(AUTHORIZATION, t));
        let request = match call.body {
            Body::None => request,
            // Who sends JSON wants JSON: Icinga takes nothing else for a question.
            Body::Json(text) if !self.headers.contains_key(ACCEPT) => {
                request.header(CONTENT_TYPE, JSON).header(ACCEPT, JSON).body(text.to_owned())
            }
            Body::Json(text) => request.header(CONTENT_TYPE, JSON).body(text.to_owned()),
            Body::MergePatch(text) => {
                request.header(CONTENT_TYPE, "application/merge-patch+json").body(text.to_owned())
            }
            Body::Form(fields) => request.form(fields),
        };
        let mut request = request.build().map_err(Failure::from_reqwest)?;
        for (name, value) in call.headers {
            request.headers_mut().insert(*name, build::plain_value(name, value).map_err(Failure::unsent)?);
        }
        if let Some(signer) = &self.signer {
            signer.sign(&mut request, now).await.map_err(Failure::unsent)?;
        }
        let response = self.client.execute(request).await.map_err(Failure::from_reqwest)?;
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
            // A plus is a space to forms alone; some servers read it as a plus.
            let spaced = url.query().map(|query| query.replace('+', "%20"));
            url.set_query(spaced.as_deref());
        }
        url
    }

    fn scrub(&self, text: &str) -> String {
        let signers = self.signer.as_ref().map(|s| s.secrets()).unwrap_or_default();
        let secrets = self.secrets.iter().chain(&signers);
        self.token.scrub(secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "***")))
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
