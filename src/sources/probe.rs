//! One look at a source: what it is, how much it tells, what its credentials may do, and which servers it names beside
//! itself. For one that is about to be configured, and for one that is doubted.
//!
//! Changes nothing on any server. Knows neither the person who is asked nor the file that is written.

use chrono::Duration;
use futures_util::future::{OptionFuture, join3};
use serde::{Deserialize, de::IgnoredAny};
use url::Url;

use crate::{
    config::{SourceConfig, SourceKind},
    domain::{
        Time,
        checkup::Checkup,
        source::{Snapshot, SourceError},
        text::SafeText,
    },
};

use super::{
    Source, connect,
    http::{Call, Http},
};

/// Servers that are named beside it; more are left out.
const NEIGHBOURS: usize = 8;
/// How far back changes are asked for.
const LATELY: Duration = Duration::days(1);

/// What a source turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    pub version: Option<SafeText>,
    pub alerts: usize,
    /// None where it has none.
    pub silences: Option<usize>,
    /// Rules that a Prometheus evaluates; none where it does not say.
    pub rules: Option<usize>,
    /// What is wrong with its clock, where something is.
    pub clock: Option<SafeText>,
    /// What else could not be read, in sentences.
    pub problems: Vec<String>,
    pub beside: Beside,
    pub neighbours: Vec<Neighbour>,
}

/// What a source answers beside its alerts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    pub checkup: Checkup,
    /// Changes of the last day; none where it tells of none.
    pub changes: Option<Result<usize, SourceError>>,
    /// Who is on call now, by duties; none where it does not tell.
    pub on_call: Option<Result<usize, SourceError>>,
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
    let source = connect(config).await?;
    let snapshot = match source.look(now).await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            source.leave().await;
            return Err(error);
        }
    };
    let mut probed = told(&snapshot, source.as_ref());
    probed.beside = beside(source.as_ref(), now).await;
    source.leave().await;
    match config.kind {
        SourceKind::Prometheus => {
            let Some(http) = Http::for_source(config).await?.into_iter().next() else { return Ok(probed) };
            probed.rules = rules(&http, now).await;
            probed.neighbours = alertmanagers(&http, now).await;
        }
        SourceKind::Alertmanager => probed.neighbours = prometheuses(&snapshot),
        _ => {}
    }
    Ok(probed)
}

/// Asks one that answered for everything but its alerts.
pub async fn beside(source: &dyn Source, now: Time) -> Beside {
    let changes: OptionFuture<_> = source.changes().map(|c| c.changes(now - LATELY, now)).into();
    let on_call: OptionFuture<_> = source.on_call().map(|o| o.duties(now, now, now)).into();
    let (checkup, changes, on_call) = join3(source.checkup(now), changes, on_call).await;
    Beside { checkup, changes: changes.map(|c| c.map(|c| c.len())), on_call: on_call.map(|o| o.map(|o| o.len())) }
}

fn told(snapshot: &Snapshot, source: &dyn Source) -> Probed {
    let (clock, others): (Vec<_>, Vec<_>) = snapshot.problems.iter().partition(|p| p.at.raw().ends_with("clock"));
    let missing = snapshot.missing_members.iter().map(|(member, error)| format!("member {member}: {error}"));
    let has_silences = source.describe().can.silences || !snapshot.silences.is_empty();
    Probed {
        version: snapshot.version.clone(),
        alerts: snapshot.alerts.len(),
        silences: has_silences.then_some(snapshot.silences.len()),
        rules: None,
        clock: clock.first().map(|p| p.why.clone()),
        problems: others.iter().map(|p| format!("{}: {}", p.at, p.why)).chain(missing).collect(),
        beside: Beside::default(),
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
