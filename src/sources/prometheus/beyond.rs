//! What a silence would mute that does not fire now: alerts that fired lately, and series with the labels it asks for.
//!
//! A silence is about what Alertmanager receives; labels that only rules or `external_labels` add are on no series here,
//! so they are left out of the question, and that is said.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::Duration;
use futures_util::future::join3;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Prometheus, seconds, timeout, unread};
use crate::{
    domain::{
        Time,
        label::Labels,
        matcher::Matcher,
        silence::beyond::{Beyond, Sets},
        source::SourceError,
        text::SafeText,
    },
    sources::{
        Metrics,
        http::{Call, Failure},
        items,
    },
};

/// Most series that are asked for; a server that knows no limit answers them all, and what is beyond is only counted.
const MOST: usize = 1_000;
/// How far back series are looked for.
const LATELY: Duration = Duration::hours(1);
/// Added by Prometheus itself to the series of its alerts.
const OWN: [&str; 2] = ["__name__", "alertstate"];

#[async_trait]
impl Metrics for Prometheus {
    async fn beyond(&self, matchers: &[Matcher], now: Time) -> Beyond {
        let known = join3(self.names(None, now), self.names(Some(ALERTS), now), self.rule_labels(now)).await;
        match known {
            (Ok(all), Ok(of_alerts), Ok(of_rules)) => {
                let fired = self.fired(Split::of(matchers, |m| of_alerts.contains(&m.name)), &of_alerts, now);
                let carried =
                    |m: &Matcher| all.contains(&m.name) && !of_rules.contains(&m.name) && m.name != "alertname";
                let series = self.series(Split::of(matchers, carried), now);
                let (fired, series) = futures_util::future::join(fired, series).await;
                Beyond { fired: fired.map_err(SourceError::from), series: series.map_err(SourceError::from) }
            }
            (Err(failure), _, _) | (_, Err(failure), _) | (_, _, Err(failure)) => {
                let error = SourceError::from(failure);
                Beyond { fired: Err(error.clone()), series: Err(error) }
            }
        }
    }
}

/// Alerts that fired: Prometheus' own series of them.
const ALERTS: &str = r#"ALERTS{alertstate="firing"}"#;

/// What of the matchers can be asked, and the labels that cannot.
struct Split<'a> {
    asked: Vec<&'a Matcher>,
    left_out: Vec<SafeText>,
}

impl<'a> Split<'a> {
    /// A matcher that an absent label satisfies holds wherever nothing carries it, and is no loss.
    fn of(matchers: &'a [Matcher], carried: impl Fn(&Matcher) -> bool) -> Self {
        let (asked, out): (Vec<&Matcher>, Vec<&Matcher>) = matchers.iter().partition(|m| carried(m));
        let left_out = out.into_iter().filter(|m| !m.matches_value("")).map(|m| SafeText::new(&m.name)).collect();
        Self { asked, left_out }
    }

    /// The matchers inside of a selector, behind what stands there already.
    fn selector(&self) -> String {
        self.asked.iter().map(|m| format!(",{m}")).collect()
    }

    fn nothing(self, why: &'static str) -> Sets {
        Sets { left_out: self.left_out, not_asked: Some(why), ..Sets::default() }
    }
}

impl Prometheus {
    /// Label names, of everything or of what a selector finds within the days that are looked back.
    async fn names(&self, of: Option<&str>, now: Time) -> Result<BTreeSet<String>, Failure> {
        let since = if of.is_some() { Duration::days(Beyond::DAYS) } else { LATELY };
        let mut query = vec![("start", seconds((now - since).timestamp())), ("end", seconds(now.timestamp()))];
        query.extend(of.map(|selector| ("match[]", selector.to_owned())));
        let reply = self.ask(Call::get("api/v1/labels").query(&query), now).await?;
        Ok(reply.open::<Vec<String>>()?.0.into_iter().collect())
    }

    /// Labels that alerting rules add to what they find.
    async fn rule_labels(&self, now: Time) -> Result<BTreeSet<String>, Failure> {
        let query = [("type", "alert".to_owned())];
        let reply = self.ask_rules(Call::get("api/v1/rules").query(&query), now).await?;
        let (rules, _) = reply.open::<Rules>()?;
        let (groups, _) = items::each(&rules.groups.unwrap_or_default(), "groups", Ok::<Group, String>);
        let rules = groups.into_iter().flat_map(|g| g.rules.unwrap_or_default());
        let labels = rules.filter_map(|r| r.labels);
        Ok(labels.flat_map(|l| l.iter().map(|(n, _)| n.raw().to_owned()).collect::<Vec<_>>()).collect())
    }

    async fn fired(&self, split: Split<'_>, known: &BTreeSet<String>, now: Time) -> Result<Sets, Failure> {
        if known.is_empty() {
            return Ok(Sets::default());
        }
        if split.asked.iter().all(|m| m.matches_value("")) {
            return Ok(split.nothing(TOO_WIDE));
        }
        let selector = format!(r#"ALERTS{{alertstate="firing"{}}}"#, split.selector());
        let query = format!("max_over_time({selector}[{}d])", Beyond::DAYS);
        let form = [("query", query), ("time", seconds(now.timestamp())), timeout()];
        let found = self.query("api/v1/query", &form, now).await?;
        let sets = found.into_iter().map(|s| without_own(&s.labels)).collect();
        Ok(Sets { left_out: split.left_out, ..Sets::of(sets, MOST) })
    }

    async fn series(&self, split: Split<'_>, now: Time) -> Result<Sets, Failure> {
        if split.asked.iter().all(|m| m.matches_value("")) {
            return Ok(split.nothing(TOO_WIDE));
        }
        let query = [
            ("match[]", format!(r#"{{__name__!~"ALERTS|ALERTS_FOR_STATE"{}}}"#, split.selector())),
            ("start", seconds((now - LATELY).timestamp())),
            ("end", seconds(now.timestamp())),
            ("limit", (MOST + 1).to_string()),
        ];
        let reply = self.ask(Call::get("api/v1/series").query(&query), now).await?;
        let (found, _) = reply.open::<Vec<&RawValue>>()?;
        let total = found.len();
        let (sets, problems) =
            items::each(&found[..total.min(MOST + 1)], "series", |labels: Labels| Ok::<Labels, String>(labels));
        if let Some(problem) = problems.first() {
            return Err(unread(SourceError::malformed(format!("{}: {}", problem.at, problem.why))));
        }
        Ok(Sets { left_out: split.left_out, ..Sets::of(sets, MOST) })
    }
}

const TOO_WIDE: &str = "none of its matchers is about a label that is known here";

fn without_own(labels: &Labels) -> Labels {
    let own = |name: &str| OWN.contains(&name);
    labels.iter().filter(|(n, _)| !own(n.raw())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

#[derive(Deserialize)]
struct Rules<'a> {
    #[serde(borrow)]
    groups: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Group {
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
struct Rule {
    labels: Option<Labels>,
}
