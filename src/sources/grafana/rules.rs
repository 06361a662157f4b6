//! The rule behind an alert: looked for page by page, and never with the alerts of all rules.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::Duration;

use super::{
    Grafana, urls,
    wire::{Group, Rule, Rules},
    words,
};
use crate::{
    domain::{
        Time,
        alert::Alert,
        duration,
        source::{Detail, Problem, SourceError},
    },
    sources::{Details, http::Call, items},
};

/// Alerts that are told with each rule: the counts by state come all the same.
const ALERTS: usize = 1;
/// Groups of one page.
const GROUPS: usize = 200;
/// Most pages that are gone through.
const PAGES: usize = 50;

#[async_trait]
impl Details for Grafana {
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        // Grafana may send its own to a data source's Alertmanager, too; they name the rule.
        if self.of.is_some() && words::rule_uid(&alert.labels).is_none() {
            return Ok(vec![Detail::new(
                "rule",
                "not known: it is not Grafana's own, and the Alertmanager tells none",
            )]);
        }
        let (mut token, mut seen, mut problems) = (None::<String>, BTreeSet::new(), Vec::new());
        for _ in 0..PAGES {
            let mut query = vec![("limit_alerts", ALERTS.to_string()), ("group_limit", GROUPS.to_string())];
            query.extend(token.clone().map(|t| ("group_next_token", t)));
            let answer = self.http.call(Call::get(urls::RULES).query(&query), now).await?;
            let page: Rules<'_> = self.http.json(&answer)?;
            let data = page.data.ok_or_else(|| SourceError::malformed("an answer without data"))?;
            let (groups, unread) = items::each(&data.groups, "groups", Ok::<Group, String>);
            problems.extend(unread);
            let of = groups.iter().flat_map(|g| g.rules.iter().map(move |r| (g, r)));
            if let Some((group, rule)) = of.into_iter().find(|(g, r)| raised(g, r, alert)) {
                return Ok(told(group, rule));
            }
            match data.group_next_token.filter(|t| !t.is_empty()) {
                None => return Ok(Detail::unread(&problems).into_iter().collect()),
                Some(next) if !seen.insert(next.clone()) => {
                    problems.push(Problem { at: "rules".into(), why: "the next page is one that was read".into() });
                    return Ok(Detail::unread(&problems).into_iter().collect());
                }
                next => token = next,
            }
        }
        problems.push(Problem { at: "rules".into(), why: format!("not found on {PAGES} pages").into() });
        Ok(Detail::unread(&problems).into_iter().collect())
    }
}

/// By its UID; before 10, which does not tell it, by its name and folder.
fn raised(group: &Group, rule: &Rule, alert: &Alert) -> bool {
    match (&rule.uid, words::rule_uid(&alert.labels)) {
        (Some(uid), Some(of)) => uid == of,
        _ => {
            let folder = alert.labels.value("grafana_folder");
            rule.name == *alert.name() && (folder.is_empty() || folder == group.file.raw())
        }
    }
}

fn told(group: &Group, rule: &Rule) -> Vec<Detail> {
    let mut details = vec![
        Detail::new("rule", rule.name.clone()),
        Detail::new("group", format!("{} in {}", group.name.raw(), group.file.raw())),
    ];
    details.extend(rule.query.clone().filter(|q| !q.is_empty()).map(|q| Detail::new("expression", q)));
    let waits = rule.duration.filter(|s| s.is_finite() && *s > 0.0).and_then(|s| Duration::try_seconds(s as i64));
    details.extend(waits.map(|w| Detail::new("for", duration::short(w))));
    let totals = rule.totals.iter().flatten().filter(|(_, n)| **n > 0).map(|(state, n)| format!("{n} {}", state.raw()));
    let totals: Vec<String> = totals.collect();
    if !totals.is_empty() {
        details.push(Detail::new("alerts", totals.join(", ")));
    }
    let is_ill = rule.health.as_ref().filter(|h| h.raw() != "ok");
    let why = rule.last_error.as_ref().map_or("", |e| e.raw());
    details.extend(is_ill.map(|h| Detail::new("health", format!("{} {why}", h.raw()).trim_end().to_owned())));
    details
}
