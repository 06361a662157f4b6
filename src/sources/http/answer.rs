//! What an answer, a refusal or a broken connection means for a person.

use reqwest::{
    StatusCode, Url,
    header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER},
};
use serde::Deserialize;

use crate::domain::{
    Time,
    source::SourceError,
    text::{SafeText, sanitise},
};

/// Longest wait a server can impose, in seconds.
const WAIT_MAX: i64 = 15 * 60;
/// Wait after a 429 that does not say how long, in seconds.
const WAIT_DEFAULT: i64 = 30;
/// Longest quotation of a server's own words, in characters.
const WORDS_MAX: usize = 300;
/// Longest quotation of an answer that is none, in characters.
const HEAD_MAX: usize = 80;
/// How many bytes hold such a quotation in any script.
pub(super) const HEAD_BYTES: usize = 4 * HEAD_MAX;
/// How far into a page the words of a login form are looked for, in bytes.
pub(super) const PAGE_MAX: usize = 32 * 1024;

/// A 2xx answer.
pub(crate) struct Answer {
    date: Option<Time>,
    html: bool,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(super) fn new(headers: &HeaderMap, body: Vec<u8>) -> Self {
        let html = says_html(headers) || body.trim_ascii_start().starts_with(b"<");
        Self { date: date_of(headers), html, headers: headers.clone(), body }
    }

    /// When the server thinks it answered.
    pub(crate) fn date(&self) -> Option<Time> {
        self.date
    }

    /// A header by its name, in lower case.
    pub(crate) fn header(&self, name: &'static str) -> Option<&str> {
        text_of(&self.headers, &HeaderName::from_static(name))
    }

    /// No API here speaks HTML: behind it is a login proxy, or the wrong server.
    pub(super) fn page_instead_of_json(&self) -> Option<SourceError> {
        if !self.html {
            return None;
        }
        let page = lossy(&self.body, PAGE_MAX);
        let lower = page.to_ascii_lowercase();
        let asks = ["login", "log in", "sign in", "signin", "password", "single sign", "oauth"]
            .iter()
            .any(|w| lower.contains(w));
        Some(if asks {
            SourceError::Auth { why: SafeText::new(&format!("a login page where JSON was due: {}", page_title(&page))) }
        } else {
            SourceError::malformed(format!("a web page where JSON was due: {}", page_title(&page)))
        })
    }

    pub(super) fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, SourceError> {
        serde_json::from_slice(&self.body).map_err(|e| {
            if self.body.trim_ascii().is_empty() {
                return SourceError::malformed("an empty answer where JSON was due");
            }
            no_json(&e, &self.body)
        })
    }
}

pub(super) fn says_html(headers: &HeaderMap) -> bool {
    text_of(headers, &CONTENT_TYPE).unwrap_or("").to_ascii_lowercase().contains("html")
}

/// What is wrong with a text that is not the JSON that was due, and how it begins.
pub(super) fn no_json(why: &dyn std::fmt::Display, body: &[u8]) -> SourceError {
    SourceError::malformed(format!("{why}; it begins with: {}", head(&lossy(body, HEAD_BYTES))))
}

/// A call that brought no answer to read.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) error: SourceError,
    /// The status, where the server answered at all.
    pub(crate) status: Option<u16>,
    /// The server's own words, scrubbed; for telling its refusals apart.
    pub(crate) words: String,
    /// What the server calls it, where it has a name for it: AWS' `__type`.
    pub(crate) name: String,
    /// The server's own number for its refusal, where it tells one beside its words.
    pub(crate) code: Option<i64>,
    /// Whether the server may have acted on the request.
    pub(crate) sent: bool,
    /// Whether there was a connection, and no full answer in time.
    pub(crate) late: bool,
    /// Where a redirect points, as it stands there. It is never followed by itself.
    pub(crate) location: Option<String>,
}

impl From<Failure> for SourceError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl Failure {
    pub(super) fn transport(error: SourceError) -> Self {
        Self {
            error,
            status: None,
            words: String::new(),
            name: String::new(),
            code: None,
            sent: true,
            late: false,
            location: None,
        }
    }

    /// One of a request that was never sent.
    pub(crate) fn unsent(error: SourceError) -> Self {
        Self { sent: false, ..Self::transport(error) }
    }

    pub(super) fn late(within: std::time::Duration) -> Self {
        let words = format!("no full answer within {within:?}");
        Self { late: true, words: words.clone(), ..Self::transport(SourceError::unreachable(words)) }
    }

    /// Nothing was sent: the server is to be left alone until then.
    pub(super) fn held_back(until: Time) -> Self {
        Self { sent: false, ..Self::transport(SourceError::RateLimited { until }) }
    }

    pub(crate) fn answered(status: u16, error: SourceError, words: String) -> Self {
        Self { status: Some(status), words, ..Self::transport(error) }
    }

    pub(super) fn from_reqwest(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let why = cause(&error);
        if error.is_builder() {
            return Self::unsent(SourceError::rejected(format!("the request cannot be made: {why}")));
        }
        if error.is_connect() {
            let hint = if why.contains("UnknownIssuer") { "; set ca_file to the CA that signed it" } else { "" };
            return Self::unsent(SourceError::unreachable(format!("cannot connect: {why}{hint}")));
        }
        // A body that broke off on its way also counts as undecodable; the outer words tell it from a wrong encoding.
        let broke_off = chain(&error).any(|e| e.to_string().contains("from connection"));
        if error.is_decode() && !broke_off || why.starts_with("invalid HTTP") || why.contains("head is too large") {
            return Self::transport(SourceError::malformed(format!("no proper HTTP answer: {why}")));
        }
        Self::transport(SourceError::unreachable(format!("the connection broke: {why}")))
    }

    pub(super) fn scrubbed(self, scrub: &dyn Fn(&str) -> String) -> Self {
        Self { error: map_text(self.error, scrub), words: scrub(&self.words), ..self }
    }
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &dyn std::error::Error> {
    std::iter::successors(Some(error as &dyn std::error::Error), |e| e.source())
}

/// The innermost reason, which is the one that helps; the outer ones say "error sending request".
pub(super) fn cause(error: &reqwest::Error) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

pub(in crate::sources) fn map_text(error: SourceError, change: &dyn Fn(&str) -> String) -> SourceError {
    let new = |t: SafeText| SafeText::new(&change(t.raw()));
    match error {
        SourceError::Auth { why } => SourceError::Auth { why: new(why) },
        SourceError::Unreachable { why } => SourceError::Unreachable { why: new(why) },
        SourceError::Rejected { why } => SourceError::Rejected { why: new(why) },
        SourceError::Malformed { why } => SourceError::Malformed { why: new(why) },
        SourceError::Redirected { to } => SourceError::Redirected { to: new(to) },
        SourceError::Crashed { why } => SourceError::Crashed { why: new(why) },
        error @ SourceError::RateLimited { .. } => error,
    }
}

/// What a status that is not 2xx means.
pub(super) fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8], base: &Url, now: Time) -> Failure {
    let words = words(body);
    let why = SafeText::new(&match words.as_str() {
        "" => status.to_string(),
        words => format!("{words} ({})", status.as_u16()),
    });
    let error = match status.as_u16() {
        401 | 403 => SourceError::Auth { why },
        407 => SourceError::Auth { why: "the proxy wants a user and password (407)".into() },
        429 => SourceError::RateLimited { until: wait_until(headers, now) },
        300..=399 => SourceError::Redirected { to: SafeText::new(&target(headers, base)) },
        400..=499 => SourceError::Rejected { why },
        _ => SourceError::Unreachable { why },
    };
    let location = text_of(headers, &LOCATION).map(str::to_owned);
    Failure { name: name(body), code: code(body), location, ..Failure::answered(status.as_u16(), error, words) }
}

/// The short name in the answer, without what it is qualified by.
fn name(body: &[u8]) -> String {
    let fields: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let full = fields.get("__type").and_then(serde_json::Value::as_str).unwrap_or_default();
    full.rsplit('#').next().unwrap_or_default().to_owned()
}

/// Of `{"error":{"code":2016}}`.
fn code(body: &[u8]) -> Option<i64> {
    serde_json::from_slice::<serde_json::Value>(body).ok()?.get("error")?.get("code")?.as_i64()
}

fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

pub(super) fn date_of(headers: &HeaderMap) -> Option<Time> {
    http_date(text_of(headers, &DATE)?)
}

fn http_date(text: &str) -> Option<Time> {
    chrono::DateTime::parse_from_rfc2822(text).ok().map(|d| d.to_utc())
}

/// Until when a refusal asks to be left alone: too many requests, or a server that is away and says for how long.
pub(super) fn wait_asked_for(status: StatusCode, headers: &HeaderMap, now: Time) -> Option<Time> {
    let asks = status.as_u16() == 429 || status.as_u16() == 503 && headers.contains_key(RETRY_AFTER);
    asks.then(|| wait_until(headers, now))
}

/// `Retry-After` as seconds or a date by the server's own clock, else `RateLimit-Reset`, else
/// `X-RateLimit-Reset` as Unix seconds; nonsense counts as unsaid.
fn wait_until(headers: &HeaderMap, now: Time) -> Time {
    let reset = HeaderName::from_static("ratelimit-reset");
    let said = text_of(headers, &RETRY_AFTER).or_else(|| text_of(headers, &reset)).unwrap_or("");
    let epoch = text_of(headers, &HeaderName::from_static("x-ratelimit-reset")).and_then(|t| t.parse::<i64>().ok());
    let seconds = match (said.parse::<f64>(), http_date(said)) {
        (Ok(n), _) if n >= 0.0 => n.min(WAIT_MAX as f64).ceil() as i64,
        (_, Some(date)) => (date - date_of(headers).unwrap_or(now)).num_seconds(),
        _ if epoch.is_some() => epoch.unwrap_or(0).saturating_sub(date_of(headers).unwrap_or(now).timestamp()),
        _ => WAIT_DEFAULT,
    };
    now + chrono::Duration::seconds(seconds.clamp(1, WAIT_MAX))
}

fn target(headers: &HeaderMap, base: &Url) -> String {
    let to = text_of(headers, &LOCATION).and_then(|l| base.join(l).ok());
    to.map_or_else(|| "an address it does not name".to_owned(), |url| host_of(&url))
}

/// `host:port`; the port only where it is not the scheme's own.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The server's own words in any of the shapes in use: a JSON string, `{code, message}`, `{errorType, error}`,
/// `{error: {message, errors}}`, `{error, status}`, plain text, nothing. A page gives its title.
fn words(body: &[u8]) -> String {
    let text = match serde_json::from_slice(body) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Object(fields)) => {
            let said = |of: &serde_json::Map<String, serde_json::Value>| {
                let keys = ["message", "Message", "error_description", "description", "error", "detail"];
                keys.iter().find_map(|k| Some(of.get(*k)?.as_str()?.to_owned()))
            };
            let first = || said(fields.get("errors")?.as_array()?.first()?.as_object()?);
            let within = || fields.get("error").map(nested).filter(|words| !words.is_empty());
            let of_icinga = || status_in(&fields).map(str::to_owned);
            said(&fields).or_else(first).or_else(within).or_else(of_icinga).unwrap_or_default()
        }
        Ok(_) => String::new(),
        Err(_) => match lossy(body, PAGE_MAX) {
            page if page.trim_start().starts_with('<') => page_title(&page),
            text => text,
        },
    };
    cut(text.trim(), WORDS_MAX)
}

/// `{message, errors: ["…"]}`: what went wrong, and with what.
fn nested(error: &serde_json::Value) -> String {
    let message = error.get("message").and_then(|m| m.as_str());
    let errors = error.get("errors").and_then(|e| e.as_array());
    let all = message.into_iter().chain(errors.into_iter().flatten().filter_map(|e| e.as_str()));
    all.collect::<Vec<_>>().join(": ")
}

/// `{error: 404, status: "No objects found."}`, and the same of the first of several results. A single word is no sentence.
fn status_in(fields: &serde_json::Map<String, serde_json::Value>) -> Option<&str> {
    let first = || fields.get("results")?.get(0)?.get("status")?.as_str();
    let own = fields.get("status").and_then(|s| s.as_str()).filter(|s| s.contains(' '));
    own.or_else(first)
}

fn lossy(bytes: &[u8], max: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(max)]).into_owned()
}

fn page_title(page: &str) -> String {
    let after = |tag: &str| page.to_ascii_lowercase().find(tag).map(|i| i + tag.len());
    let title = match (after("<title>"), after("</title>")) {
        (Some(start), Some(end)) if start + 8 <= end => page.get(start..end - 8).unwrap_or(""),
        _ => page,
    };
    head(title)
}

/// The first harmless characters, on one line.
fn head(text: &str) -> String {
    cut(sanitise(text).split_whitespace().collect::<Vec<_>>().join(" ").as_str(), HEAD_MAX)
}

fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuse(status: u16, headers: &[(&'static str, &str)], body: &str) -> SourceError {
        let headers = headers.iter().map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap())).collect();
        let base = Url::parse("https://am.example/alertmanager").unwrap();
        refusal(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes(), &base, Time::default()).error
    }

    fn waits(retry_after: &str) -> i64 {
        match refuse(429, &[("retry-after", retry_after)], "") {
            SourceError::RateLimited { until } => (until - Time::default()).num_seconds(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_rate_limit_is_waited_for_but_never_for_ever() {
        assert_eq!(waits("42"), 42);
        assert_eq!(waits("0"), 1);
        assert_eq!(waits("1000000000"), WAIT_MAX);
        assert_eq!(waits("1e400"), WAIT_MAX);
        assert_eq!(waits("-7"), WAIT_DEFAULT);
        assert_eq!(waits("NaN"), WAIT_DEFAULT);
        assert_eq!(waits("soon"), WAIT_DEFAULT);
        assert_eq!(waits("Thu, 01 Jan 1970 00:01:10 GMT"), 70);
        assert_eq!(waits("Fri, 31 Dec 1999 23:59:59 GMT"), WAIT_MAX);
    }

    #[test]
    fn a_date_to_wait_for_is_read_by_the_servers_own_clock() {
        let skewed = [("retry-after", "Fri, 31 Dec 1999 12:01:00 GMT"), ("date", "Fri, 31 Dec 1999 12:00:00 GMT")];
        let until = Time::default() + chrono::Duration::seconds(60);
        assert_eq!(refuse(429, &skewed, ""), SourceError::RateLimited { until });
        let until = Time::default() + chrono::Duration::seconds(9);
        assert_eq!(refuse(429, &[("ratelimit-reset", "9")], ""), SourceError::RateLimited { until });
    }

    #[test]
    fn the_servers_own_words_are_found_in_every_shape() {
        let why = |body: &str| match refuse(400, &[], body) {
            SourceError::Rejected { why } => why.raw().to_owned(),
            other => panic!("{other}"),
        };
        assert_eq!(why("\"bad matcher format: bad{\"\n"), "bad matcher format: bad{ (400)");
        assert_eq!(why(r#"{"code":415,"message":"unsupported"}"#), "unsupported (400)");
        assert_eq!(why(r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#), "parse error (400)");
        assert_eq!(why("no org id\n"), "no org id (400)");
        let nested = r#"{"error":{"message":"Invalid Input","code":2001,"errors":["Already Resolved"]}}"#;
        assert_eq!(why(nested), "Invalid Input: Already Resolved (400)");
        assert_eq!((code(nested.as_bytes()), code(b"{\"error\":\"x\"}"), code(b"no")), (Some(2001), None, None));
        assert_eq!(why(r#"{"error":404,"status":"No objects found."}"#), "No objects found. (400)");
        assert_eq!(why(r#"{"results":[{"code":409,"status":"It is so already."}]}"#), "It is so already. (400)");
        assert_eq!(why(r#"{"status":"error","results":[]}"#), "400 Bad Request");
        assert_eq!(why(""), "400 Bad Request");
        assert_eq!(why("[1]"), "400 Bad Request");
        assert_eq!(why("<html><TITLE>502 Bad\nGateway</TITLE></html>"), "502 Bad Gateway (400)");
        assert!(why(&"x".repeat(100_000)).chars().count() < 320);
    }

    #[test]
    fn a_status_says_what_a_person_can_do() {
        assert!(matches!(refuse(401, &[], "Unauthorized"), SourceError::Auth { .. }));
        assert!(matches!(refuse(403, &[], ""), SourceError::Auth { .. }));
        assert!(matches!(refuse(407, &[], ""), SourceError::Auth { .. }));
        assert!(matches!(refuse(404, &[], ""), SourceError::Rejected { .. }));
        assert!(matches!(refuse(503, &[], ""), SourceError::Unreachable { .. }));
    }

    #[test]
    fn a_redirect_names_the_host_and_nothing_else() {
        let to = |l: &str| match refuse(302, &[("location", l)], "") {
            SourceError::Redirected { to } => to.raw().to_owned(),
            other => panic!("{other}"),
        };
        assert_eq!(to("https://user:pw@login.example:8443/?token=abc"), "login.example:8443");
        assert_eq!(to("/login"), "am.example");
        assert_eq!(to("http://["), "an address it does not name");
    }
}
