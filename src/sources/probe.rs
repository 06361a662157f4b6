//! One look at a source that is about to be configured: what it is, how much it tells, what its credentials may do, and
//! which servers it names beside itself.
//!
//! Changes nothing on any server. Knows neither the person who is asked nor the file that is written.

use serde::{Deserialize, de::IgnoredAny};
use url::Url;

use crate::{
    config::{SourceConfig, SourceKind},
    domain::{
        Time,
        source::{Snapshot, SourceError},
        text::SafeText,
    },
};

use super::{
    connect,
    http::{Call, Http},
};

/// Servers that are named beside it; more are left out.
const NEIGHBOURS: usize = 8;

/// What a source turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    pub version: Option<SafeText>,
    pub alerts: usize,
    pub silences: usize,
    /// Rules that a Prometheus evaluates; none where it does not say.
    pub rules: Option<usize>,
    /// What is wrong with its clock, where something is.
    pub clock: Option<SafeText>,
    /// What else could not be read, in sentences.
    pub problems: Vec<String>,
    /// Whether silences may be written, or why not; none where it has none.
    pub may_silence: Option<Result<(), SafeText>>,
    pub neighbours: Vec<Neighbour>,
}

/// A server that another one names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neighbour {
    pub kind: SourceKind,
    pub url: String,
}

/// Asks it once.
///
/// # Errors
/// Why it cannot be read.
pub async fn probe(config: &SourceConfig, now: Time) -> Result<Probed, SourceError> {
    let snapshot = connect(config).await?.look(now).await?;
    let https = Http::for_source(config).await?;
    let mut probed = told(&snapshot);
    let Some(http) = https.first() else { return Ok(probed) };
    match config.kind {
        SourceKind::Prometheus => {
            probed.rules = rules(http, now).await;
            probed.neighbours = alertmanagers(http, now).await;
        }
        SourceKind::Alertmanager => {
            probed.may_silence = Some(may_silence(http, now).await);
            probed.neighbours = prometheuses(&snapshot);
        }
        _ => {}
    }
    Ok(probed)
}

fn told(snapshot: &Snapshot) -> Probed {
    let (clock, others): (Vec<_>, Vec<_>) = snapshot.problems.iter().partition(|p| p.at.raw().ends_with("clock"));
    let missing = snapshot.missing_members.iter().map(|(member, error)| format!("member {member}: {error}"));
    Probed {
        version: snapshot.version.clone(),
        alerts: snapshot.alerts.len(),
        silences: snapshot.silences.len(),
        rules: None,
        clock: clock.first().map(|p| p.why.clone()),
        problems: others.iter().map(|p| format!("{}: {}", p.at, p.why)).chain(missing).collect(),
        may_silence: None,
        neighbours: Vec::new(),
    }
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<IgnoredAny>,
}

async fn rules(http: &Http, now: Time) -> Option<usize> {
    let answer = http.call(Call::get("api/v1/rules"), now).await.ok()?;
    let told: Data<Groups> = http.json(&answer).ok()?;
    Some(told.data.groups.iter().map(|g| g.rules.len()).sum())
}

#[derive(Deserialize)]
struct Active {
    #[serde(rename = "activeAlertmanagers")]
    active: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    url: String,
}

/// Where this Prometheus sends its alerts.
async fn alertmanagers(http: &Http, now: Time) -> Vec<Neighbour> {
    let Ok(answer) = http.call(Call::get("api/v1/alertmanagers"), now).await else { return Vec::new() };
    let Ok(told) = http.json::<Data<Active>>(&answer) else { return Vec::new() };
    let before = |url: &str| {
        ["/api/v2/alerts", "/api/v1/alerts"].iter().find_map(|end| url.strip_suffix(end).map(str::to_owned))
    };
    let urls = told.data.active.iter().filter_map(|place| before(&place.url));
    distinct(SourceKind::Alertmanager, urls)
}

/// Who made the alerts, by the pages that they link to.
fn prometheuses(snapshot: &Snapshot) -> Vec<Neighbour> {
    let pages = snapshot.alerts.iter().filter_map(|a| a.source_url.as_ref());
    let urls = pages.filter_map(|page| Some(page.raw().split_once("/graph?")?.0.to_owned()));
    distinct(SourceKind::Prometheus, urls)
}

fn distinct(kind: SourceKind, urls: impl Iterator<Item = String>) -> Vec<Neighbour> {
    let mut all: Vec<Neighbour> = Vec::new();
    for url in urls.filter(|url| is_plain(url)) {
        let url = url.trim_end_matches('/').to_owned();
        if all.len() < NEIGHBOURS && all.iter().all(|n| n.url != url) {
            all.push(Neighbour { kind, url });
        }
    }
    all
}

/// An address that may be shown and written down.
fn is_plain(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    matches!(url.scheme(), "http" | "https") && url.has_host() && bare && !text.contains(char::is_control)
}

/// Offers a silence without matchers, which no Alertmanager takes: who may not write is told so, who may is told that it
/// is none.
async fn may_silence(http: &Http, now: Time) -> Result<(), SafeText> {
    match http.call(Call::post_json("api/v2/silences", "{}"), now).await {
        Ok(_) => Ok(()),
        Err(failure) => match failure.status {
            Some(400 | 422) => Ok(()),
            _ => Err(SafeText::new(&failure.error.to_string())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbour_is_named_once_and_never_with_a_password() {
        let urls = ["http://a:9090", "http://a:9090/", "http://ana:pw@b", "ftp://c", "http://d\n", "https://e/prom"];
        let found = distinct(SourceKind::Prometheus, urls.iter().map(|u| (*u).to_owned()));
        let urls: Vec<&str> = found.iter().map(|n| n.url.as_str()).collect();
        assert_eq!(urls, ["http://a:9090", "https://e/prom"]);
    }
}
