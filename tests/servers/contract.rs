//! What holds for every source that speaks HTTP, whatever it reads: the bad answers of the world.
//!
//! Knows no vendor. Whoever is held to it brings a configuration and the answers that come before the one that is bad.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::Duration;
use watchfire::{
    config::{Auth, Secret, SourceConfig},
    domain::{
        Time,
        source::{Snapshot, SourceError},
    },
};

use super::sources;

use crate::support::server::{Reply, Request, Server};

/// The token that every request of the suite may carry, and no text may show.
pub const TOKEN: &str = "tok-a1b2c3d4";

/// When the suite asks.
fn now() -> Time {
    "2026-11-21T03:00:00Z".parse().unwrap()
}

/// One source that is held to the suite.
pub struct Held {
    /// From the address of a server to a source; the token is set by the suite where it says nothing else.
    pub config: fn(String) -> SourceConfig,
    /// What comes before the answer that is bad, as a login; none for everything else. The text is the server's own
    /// address.
    pub before: fn(&Request, &str) -> Option<Reply>,
    /// What a server that is well and has nothing to tell answers.
    pub good: fn(&Request, &str) -> Reply,
    /// Whether 404 says that a thing is not there rather than that the address is wrong, and the rest is told.
    pub goes_on_at_404: bool,
}

/// Nothing comes before.
pub fn nothing_before(_: &Request, _: &str) -> Option<Reply> {
    None
}

impl Held {
    async fn polled(&self, url: String) -> Result<Snapshot, SourceError> {
        let mut config = (self.config)(url);
        config.timeout = Duration::seconds(2);
        if matches!(config.auth, Auth::None) {
            config.auth = Auth::Bearer(Secret::Inline(TOKEN.into()));
        }
        let told = match sources::connect(&config).await {
            Err(error) => Err(error),
            Ok(source) => source.poll(now()).await,
        };
        let text = format!("{told:?}");
        assert!(!text.contains(TOKEN), "the token is in a text: {text}");
        if let Err(error) = &told {
            let shown = error.to_string();
            assert!(!shown.chars().any(char::is_control) && shown.chars().count() < 400, "{shown:?}");
        }
        told
    }

    async fn server(&self, bad: Reply) -> Server {
        let (before, address) = (self.before, Arc::new(std::sync::OnceLock::<String>::new()));
        let own = address.clone();
        let server =
            Server::start(move |r| before(r, own.get().map_or("", String::as_str)).unwrap_or_else(|| bad.clone()))
                .await;
        address.set(server.url()).unwrap();
        server
    }

    async fn faced_with(&self, bad: Reply) -> Result<Snapshot, SourceError> {
        let server = self.server(bad).await;
        self.polled(server.url()).await
    }

    async fn error(&self, cell: &str, bad: Reply) -> SourceError {
        match self.faced_with(bad).await {
            Err(error) => error,
            Ok(told) => panic!("{cell} is taken for an answer: {told:?}"),
        }
    }

    /// Every cell, one after the other.
    pub async fn keeps_its_word(&self) {
        self.who_is_refused_is_told_so().await;
        self.a_rate_limit_says_until_when().await;
        self.a_server_that_fails_is_unreachable().await;
        self.what_is_no_answer_is_never_an_empty_one().await;
        self.an_answer_without_end_is_cut_off().await;
        self.a_redirect_is_not_followed().await;
        self.a_server_that_says_nothing_is_given_up().await;
        self.a_clock_that_is_off_is_told().await;
        self.a_server_that_is_well_has_nothing_wrong().await;
    }

    async fn who_is_refused_is_told_so(&self) {
        for status in [401, 403] {
            let error = self.error("a refusal", Reply::status(status, "no")).await;
            assert!(matches!(error, SourceError::Auth { .. }), "{status}: {error}");
        }
        match self.faced_with(Reply::status(404, "no such page")).await {
            Ok(told) => assert!(self.goes_on_at_404 && is_not_green(&told), "404: {told:?}"),
            Err(error) => assert!(matches!(error, SourceError::Rejected { .. }), "404: {error}"),
        }
    }

    async fn a_rate_limit_says_until_when(&self) {
        let error = self.error("429", Reply::with(429, "Retry-After: 42\r\n", "slow down")).await;
        assert_eq!(error, SourceError::RateLimited { until: now() + Duration::seconds(42) });
        let error = self.error("429", Reply::status(429, "slow down")).await;
        assert!(matches!(error, SourceError::RateLimited { until } if until > now()), "{error}");
    }

    async fn a_server_that_fails_is_unreachable(&self) {
        for status in [500, 502, 503] {
            let error = self.error("5xx", Reply::status(status, "<html><title>oh no</title></html>")).await;
            assert!(matches!(error, SourceError::Unreachable { .. }), "{status}: {error}");
        }
    }

    async fn what_is_no_answer_is_never_an_empty_one(&self) {
        let login = Reply::page("<html><title>Sign in</title><input type=password></html>");
        let error = self.error("a login page", login).await;
        assert!(matches!(error, SourceError::Auth { .. } | SourceError::Malformed { .. }), "{error}");
        let error = self.error("a page", Reply::page("<html><title>Welcome to nginx!</title></html>")).await;
        assert!(matches!(error, SourceError::Malformed { .. }), "{error}");
        let bodies = ["", "null", "7", "{\"a\":", "[{\"a\":\"b\"", "hello \u{1b}[2J", "{\"error\":{}}", "[NaN]"];
        for body in bodies {
            match self.faced_with(Reply::json(body)).await {
                Ok(told) => assert!(is_not_green(&told), "{body:?} is taken for calm: {told:?}"),
                Err(error) => assert!(
                    matches!(
                        error,
                        SourceError::Malformed { .. } | SourceError::Rejected { .. } | SourceError::Auth { .. }
                    ),
                    "{body:?}: {error}"
                ),
            }
        }
    }

    async fn an_answer_without_end_is_cut_off(&self) {
        let error = self.error("an endless answer", Reply::flood()).await;
        assert!(matches!(error, SourceError::Malformed { .. } | SourceError::Unreachable { .. }), "{error}");
    }

    async fn a_redirect_is_not_followed(&self) {
        let reached = Arc::new(AtomicUsize::new(0));
        let count = reached.clone();
        let target = Server::start(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Reply::json("[]")
        })
        .await;
        let error = self.error("a redirect", Reply::redirect(302, &format!("{}/login", target.url()))).await;
        assert!(matches!(error, SourceError::Redirected { .. }), "{error}");
        assert_eq!(reached.load(Ordering::SeqCst), 0, "another host was asked");
    }

    async fn a_server_that_says_nothing_is_given_up(&self) {
        let error = self.error("silence", Reply::silence()).await;
        assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    }

    async fn a_clock_that_is_off_is_told(&self) {
        let told = self.well("Sat, 21 Nov 2026 02:00:00 GMT").await.expect("an hour off is no failure");
        assert!(told.problems.iter().any(|p| p.at.raw().ends_with("clock")), "{:?}", told.problems);
    }

    async fn a_server_that_is_well_has_nothing_wrong(&self) {
        let told = self.well("Sat, 21 Nov 2026 03:00:00 GMT").await.expect("it is well");
        assert!(told.complete && told.problems.is_empty(), "{told:?}");
        assert_eq!(told.requested_at, now());
    }

    /// Polls a server that is well, whose clock shows this.
    async fn well(&self, date: &'static str) -> Result<Snapshot, SourceError> {
        let (before, good, address) = (self.before, self.good, Arc::new(std::sync::OnceLock::<String>::new()));
        let own = address.clone();
        let server = Server::start(move |r| {
            let own = own.get().map_or("", String::as_str);
            before(r, own).unwrap_or_else(|| good(r, own)).dated(date)
        })
        .await;
        address.set(server.url()).unwrap();
        self.polled(server.url()).await
    }
}

/// Whether a snapshot says that something of it could not be read.
fn is_not_green(told: &Snapshot) -> bool {
    !told.complete && !told.problems.is_empty()
}

mod tests {
    use watchfire::config::SourceKind;

    use super::*;
    use crate::support::config;

    fn alertmanager(r: &Request, _: &str) -> Reply {
        Reply::json(match r.path.as_str() {
            "/api/v2/status" => {
                r#"{"cluster":{"status":"disabled","peers":[]},"versionInfo":{"version":"0.25.0"},"config":{"original":""},"uptime":"2026-11-20T00:00:00Z"}"#
            }
            _ => "[]",
        })
    }

    fn prometheus(r: &Request, _: &str) -> Reply {
        Reply::json(match r.path.as_str() {
            "/api/v1/alerts" => r#"{"status":"success","data":{"alerts":[]}}"#,
            "/api/v1/rules" => r#"{"status":"success","data":{"groups":[]}}"#,
            _ => r#"{"status":"success","data":{"version":"2.42.0","resultType":"vector","result":[]}}"#,
        })
    }

    #[tokio::test]
    async fn an_alertmanager_keeps_its_word() {
        let config = |url| config(SourceKind::Alertmanager, &[url]);
        Held { config, before: nothing_before, good: alertmanager, goes_on_at_404: false }.keeps_its_word().await;
    }

    #[tokio::test]
    async fn a_prometheus_keeps_its_word() {
        let config = |url| config(SourceKind::Prometheus, &[url]);
        Held { config, before: nothing_before, good: prometheus, goes_on_at_404: false }.keeps_its_word().await;
    }
}
