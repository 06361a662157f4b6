//! Which of the servers with this API it turned out to be, and what is different there: samples that are hidden for a while,
//! rules that nobody evaluates, an answer that lacks a tenant.
//!
//! VictoriaMetrics answers a question for alerts with an empty success though it evaluates no rule: that is never calm.

use std::sync::{Mutex, PoisonError};

use chrono::Duration;

use super::{
    Prometheus,
    rules::{RULES, Rules},
    wire::{self, BuildInfo},
};
use crate::{
    config::SourceConfig,
    domain::{
        Time, duration,
        source::{Problem, Snapshot, SourceError},
        text::SafeText,
    },
    sources::http::{Call, Failure, Http, clock_problem},
};

const BUILD: &str = "api/v1/status/buildinfo";
/// What VictoriaMetrics says of itself where it says a version at all, for the sake of Grafana.
const PRETENDED: &str = "2.24.0";
/// How long VictoriaMetrics hides samples where nobody told it otherwise.
const TAIL: Duration = Duration::seconds(30);
/// How long it is believed what a server is.
const HOLDS: Duration = Duration::minutes(5);
/// Where nobody evaluates rules.
const NONE: &str = "none";

/// What is known of the server.
#[derive(Default)]
pub(super) struct Relative {
    /// What the configuration says.
    tail: Option<Duration>,
    known: Mutex<Option<(Time, Server)>>,
}

/// What it turned out to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Server {
    /// For people: its name and version.
    pub(super) name: Option<SafeText>,
    /// How long it hides the newest samples.
    tail: Duration,
    /// False where it answers for rules and evaluates none.
    evaluates: bool,
}

impl Relative {
    pub(super) fn of(config: &SourceConfig) -> Self {
        Self { tail: config.own.duration("hidden_tail"), known: Mutex::default() }
    }

    fn fresh(&self, now: Time) -> Option<Server> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(at, _)| now - *at < HOLDS && *at <= now).map(|(_, server)| server.clone())
    }

    fn learn(&self, server: Server, now: Time) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, server));
    }

    /// As configured, else as it was last known to be.
    fn tail(&self) -> Duration {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, s)| s.tail);
        self.tail.or_else(known).unwrap_or_default()
    }
}

/// Whether it is configured that nobody evaluates rules.
pub(super) fn has_no_rules(config: &SourceConfig) -> bool {
    config.own.text("rules_url") == Some(NONE)
}

/// Those that evaluate rules, where these are others.
///
/// # Errors
/// As every connection.
pub(super) async fn evaluators(config: &SourceConfig) -> Result<Vec<Http>, SourceError> {
    match config.own.text("rules_url") {
        Some(url) if url != NONE => {
            Http::for_source(&SourceConfig { urls: vec![url.to_owned()], ..config.clone() }).await
        }
        _ => Ok(Vec::new()),
    }
}

/// A server of many tenants does not say where a tenant is to be named.
pub(super) fn explained(failure: Failure) -> Failure {
    match &failure.error {
        SourceError::Auth { why } if failure.words.contains("no org id") => {
            let why = format!("{why}: name the tenant, headers = {{ X-Scope-OrgID = \"..\" }}");
            Failure { error: SourceError::Auth { why: why.into() }, ..failure }
        }
        _ => failure,
    }
}

impl Prometheus {
    /// What the server is; none where that cannot be had now.
    pub(super) async fn server(&self, now: Time) -> Option<Server> {
        if let Some(server) = self.relative.fresh(now) {
            return Some(server);
        }
        let server = self.recognise_server(now).await?;
        self.relative.learn(server.clone(), now);
        Some(server)
    }

    /// Until when the server shows what it has: its clock may be behind, and it may hide what is new.
    pub(super) fn shown_until(&self, now: Time) -> Time {
        self.behind.apply(now) - self.relative.tail()
    }

    async fn recognise_server(&self, now: Time) -> Option<Server> {
        let build = match self.ask(Call::get(BUILD), now).await {
            Ok(reply) => reply.open::<BuildInfo>().ok()?.0,
            // A relative without a build page.
            Err(failure) if failure.status == Some(404) => {
                return Some(Server { evaluates: true, ..Server::default() });
            }
            Err(_) => return None,
        };
        let named = |name: &str, version: &SafeText| Some(SafeText::new(&format!("{name} {version}")));
        let name = match (&build.application, &build.version) {
            (Some(application), Some(version)) if application.raw() != "Prometheus" => {
                named(application.raw(), version)
            }
            (_, Some(version)) if version.raw().starts_with("0.") => named("Thanos", version),
            (_, version)
                if version.as_ref().is_none_or(|v| v.raw() == PRETENDED) && self.speaks_metricsql(now).await =>
            {
                return Some(self.victoria(now).await);
            }
            (_, version) => version.clone(),
        };
        Some(Server { name, tail: Duration::zero(), evaluates: true })
    }

    /// The language of VictoriaMetrics has a function that no other has.
    async fn speaks_metricsql(&self, now: Time) -> bool {
        self.query("api/v1/query", &[("query", "now()".to_owned())], now).await.is_ok_and(|found| !found.is_empty())
    }

    /// A single server shows its flags; of a cluster, what can be seen.
    async fn victoria(&self, now: Time) -> Server {
        let metrics = self.ask(Call::get("metrics"), now).await.ok();
        let text = metrics.map(|r| String::from_utf8_lossy(&r.answer.body).into_owned()).unwrap_or_default();
        let tail = flag(&text, "search.latencyOffset").and_then(|t| duration::parse(t).ok()).unwrap_or(TAIL);
        let evaluates = match flag(&text, "vmalert.proxyURL") {
            Some(proxy) => !proxy.is_empty(),
            None => self.tells_rules(now).await,
        };
        let shown = self.relative.tail.unwrap_or(tail);
        let version = value(&text, "vm_app_version{", "short_version").filter(|v| !v.is_empty());
        let version = version.map(|v| format!(" {v}")).unwrap_or_default();
        let hides =
            if shown.is_zero() { String::new() } else { format!(" (hides the newest {})", duration::short(shown)) };
        Server { name: Some(format!("VictoriaMetrics{version}{hides}").into()), tail, evaluates }
    }

    async fn tells_rules(&self, now: Time) -> bool {
        let Ok(reply) = self.ask(Call::get(RULES), now).await else { return true };
        reply.open::<Rules<'_>>().map_or(true, |(rules, _)| rules.groups.is_some_and(|g| !g.is_empty()))
    }

    /// A source whose rules nobody evaluates has no alerts to tell; whether it answers, it tells.
    pub(super) async fn is_there(&self, now: Time) -> Result<Snapshot, SourceError> {
        let reply = self.ask(Call::post_form("api/v1/query", &[("query", "1".to_owned())]), now).await?;
        let (_, warnings) = reply.open::<wire::QueryData<'_>>()?;
        let mut snapshot = Snapshot { missing_members: reply.missing.clone(), ..Snapshot::empty(now) };
        snapshot.problems.extend(warnings.into_iter().map(|why| Problem { at: "answer".into(), why }));
        snapshot.problems.extend(clock_problem(reply.answer.date(), now));
        Ok(Snapshot { version: self.server(now).await.and_then(|s| s.name), ..snapshot })
    }

    /// With what the server is. One that evaluates no rules has nothing to be calm about.
    pub(super) fn as_of(&self, mut snapshot: Snapshot, server: Option<Server>) -> Snapshot {
        let Some(server) = server else { return snapshot };
        if !server.evaluates && self.evaluators.is_empty() {
            snapshot.complete = false;
            let why = "this server evaluates no rules, so it knows no alerts: put the address of vmalert into rules_url \
                       of [source.prometheus], or \"none\"";
            snapshot.problems.push(Problem { at: "rules".into(), why: why.into() });
        }
        Snapshot { version: server.name, ..snapshot }
    }
}

/// The value of a flag among a server's own metrics.
fn flag<'a>(metrics: &'a str, name: &str) -> Option<&'a str> {
    value(metrics, &format!("flag{{name=\"{name}\""), "value")
}

/// The value of a label in the first line that begins so.
fn value<'a>(metrics: &'a str, begins: &str, label: &str) -> Option<&'a str> {
    let line = metrics.lines().find(|l| l.starts_with(begins))?;
    let begin = [format!(" {label}=\""), format!(",{label}=\""), format!("{{{label}=\"")];
    let (_, rest) = begin.iter().find_map(|b| line.split_once(b.as_str()))?;
    rest.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_from_a_servers_own_metrics() {
        let metrics = "flag{name=\"search.latencyOffset\", value=\"5s\", is_set=\"true\"} 1\n\
                       flag{name=\"vmalert.proxyURL\", value=\"\", is_set=\"false\"} 1\n\
                       vm_app_version{version=\"x-y\", short_version=\"v1.112.0\"} 1\n";
        assert_eq!(flag(metrics, "search.latencyOffset"), Some("5s"));
        assert_eq!(flag(metrics, "vmalert.proxyURL"), Some(""));
        assert_eq!(flag(metrics, "search.other"), None);
        assert_eq!(value(metrics, "vm_app_version{", "short_version"), Some("v1.112.0"));
    }
}
