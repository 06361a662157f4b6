//! Where one alert is routed: its group, its receiver, and the intervals that mute it there.
//!
//! The answer is narrowed to the alert by a filter of its labels, and then to its group, for the group's size.

use async_trait::async_trait;
use futures_util::{StreamExt, stream::FuturesUnordered};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Alertmanager, cluster};
use crate::{
    domain::{
        Time,
        alert::Alert,
        label::{Fingerprint, Labels},
        matcher::Matcher,
        source::{Detail, Problem, SourceError},
        text::SafeText,
    },
    sources::{
        Details,
        http::{Call, Http},
        items,
    },
};

const GROUPS: &str = "api/v2/alerts/groups";

/// Longest value that is filtered by, in bytes: what is left out makes the answer longer, not wrong.
const VALUE_MAX: usize = 512;
/// Most matchers in one address, in bytes; servers on the way refuse at 8 KiB.
const FILTER_MAX: usize = 3 * 1024;

#[async_trait]
impl Details for Alertmanager {
    /// Members do not tell each other of alerts: the first that knows this one answers, and one that is away costs
    /// no time where another knows.
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        let ask = async |http: &Http| (http.address(), explain(http, alert, now).await);
        let mut asked: FuturesUnordered<_> = self.members.iter().map(ask).collect();
        let mut told = Vec::new();
        while let Some((address, answer)) = asked.next().await {
            match answer {
                Ok(details) if !details.is_empty() => return Ok(details),
                answer => told.push((address, answer)),
            }
        }
        cluster::apart(told).map(|_| Vec::new())
    }
}

async fn explain(http: &Http, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
    let (mut routes, problems) = read(http, &alert.labels, &alert.fingerprint, now).await?;
    let Some(labels) = shared(&routes) else {
        let unread = Detail::unread(&problems).map(|d| SourceError::malformed(d.value.raw()));
        return unread.map_or(Ok(Vec::new()), Err);
    };
    // The first answer holds this alert alone; without the second the group has no size, and that is all.
    match read(http, &labels, &alert.fingerprint, now).await {
        Ok((whole, _)) if !whole.is_empty() => routes = whole,
        _ => routes.iter_mut().for_each(|r| r.size = None),
    }
    Ok(routes.iter().flat_map(Route::details).chain(Detail::unread(&problems)).collect())
}

/// The groups that hold the alert, out of those that have these labels.
async fn read(
    http: &Http,
    labels: &Labels,
    alert: &Fingerprint,
    now: Time,
) -> Result<(Vec<Route>, Vec<Problem>), SourceError> {
    let query = query(labels);
    let answer = http.call(Call::get(GROUPS).query(&query), now).await?;
    let raw: Vec<&RawValue> = http.json(&answer)?;
    let (routes, problems) = items::each(&raw, "groups", |group: WireGroup| Ok(group.route_of(alert)));
    Ok((routes.into_iter().flatten().collect(), problems))
}

/// Names that 0.25 does not take in a filter, and values no filter needs, are left out: the fingerprint decides.
fn query(labels: &Labels) -> Vec<(&'static str, String)> {
    let mut query: Vec<(&str, String)> = ["active", "silenced", "inhibited"].map(|n| (n, "true".to_owned())).into();
    let (name, others): (Vec<_>, Vec<_>) = labels.iter().partition(|(n, _)| **n == "alertname");
    let mut size = 0;
    for (name, value) in name.into_iter().chain(others) {
        let fits = value.raw().len() <= VALUE_MAX && !value.raw().chars().any(char::is_control);
        if !is_classic(name.raw()) || !fits {
            continue;
        }
        let matcher = Matcher::equal(name.raw(), value.raw()).to_string();
        size += matcher.len();
        if size > FILTER_MAX {
            break;
        }
        query.push(("filter", matcher));
    }
    query
}

fn is_classic(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

/// The labels that all its groups have in common; none where there is no group.
fn shared(routes: &[Route]) -> Option<Labels> {
    let (first, others) = routes.split_first()?;
    let everywhere = |n: &SafeText, v: &SafeText| others.iter().all(|r| r.labels.get(n.raw()) == Some(v));
    Some(first.labels.iter().filter(|(n, v)| everywhere(n, v)).map(|(n, v)| (n.clone(), v.clone())).collect())
}

/// One group that holds the alert.
struct Route {
    receiver: SafeText,
    labels: Labels,
    muted_by: Vec<SafeText>,
    /// How many alerts are in the group, where that is known.
    size: Option<usize>,
}

impl Route {
    fn details(&self) -> Vec<Detail> {
        let mut details = vec![Detail::new("receiver", self.receiver.clone()), Detail::new("group", self.group())];
        details.extend(self.size.map(Detail::of_group));
        if !self.muted_by.is_empty() {
            let names: Vec<&str> = self.muted_by.iter().map(SafeText::raw).collect();
            details.push(Detail::new("muted by", format!("time interval {}", names.join(", "))));
        }
        details
    }

    fn group(&self) -> String {
        if self.labels.is_empty() {
            return "all alerts of the route".to_owned();
        }
        let pairs: Vec<String> =
            self.labels.iter().map(|(n, v)| Matcher::equal(n.raw(), v.raw()).to_string()).collect();
        format!("{{{}}}", pairs.join(", "))
    }
}

#[derive(Deserialize)]
struct WireGroup {
    labels: Option<Labels>,
    receiver: WireReceiver,
    alerts: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WireReceiver {
    name: SafeText,
}

#[derive(Deserialize)]
struct WireMember {
    labels: Option<Labels>,
    fingerprint: Option<Fingerprint>,
    status: Option<WireStanding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireStanding {
    /// Since 0.28.
    muted_by: Option<Vec<SafeText>>,
}

impl WireGroup {
    /// None where it does not hold the alert. Other alerts that cannot be read are counted all the same.
    fn route_of(self, alert: &Fingerprint) -> Option<Route> {
        let members = self.alerts.iter().filter_map(|raw| serde_json::from_str::<WireMember>(raw.get()).ok());
        let status = members.into_iter().find(|m| m.is(alert))?.status;
        Some(Route {
            receiver: self.receiver.name,
            labels: self.labels.unwrap_or_default(),
            muted_by: status.and_then(|s| s.muted_by).unwrap_or_default(),
            size: Some(self.alerts.len()),
        })
    }
}

impl WireMember {
    fn is(&self, alert: &Fingerprint) -> bool {
        match (&self.fingerprint, &self.labels) {
            (Some(told), _) => told == alert,
            (None, Some(labels)) => labels.fingerprint() == *alert,
            (None, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(labels: &Labels) -> Vec<String> {
        query(labels).into_iter().filter(|(n, _)| *n == "filter").map(|(_, v)| v).collect()
    }

    #[test]
    fn a_label_that_no_server_takes_in_a_filter_is_left_out() {
        let long = "x".repeat(VALUE_MAX + 1);
        let labels: Labels = [
            ("job", "a\"b\\c"),
            ("alertname", "Größe"),
            ("cloud.region", "eu"),
            ("größe", "1"),
            ("9lives", "1"),
            ("tab", "a\tb"),
            ("long", &long),
        ]
        .into_iter()
        .collect();
        assert_eq!(filters(&labels), [r#"alertname="Größe""#, r#"job="a\"b\\c""#]);
    }

    #[test]
    fn a_filter_stays_short_and_keeps_the_name() {
        let value = "v".repeat(VALUE_MAX);
        let many = (0..40).map(|i| (format!("a{i}"), value.clone())).chain([("alertname".into(), "A".into())]);
        let filters = filters(&many.collect());
        assert!(filters[0] == r#"alertname="A""# && filters.concat().len() <= FILTER_MAX, "{}", filters.len());
    }
}
