//! What was done to incidents and what was changed on purpose: the account's log and its change events.
//!
//! Both are asked from a little before the last time on, as what PagerDuty wrote a moment ago may not be visible yet; what
//! was told then is not told again.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::Duration;
use serde_json::Value;

use super::{
    Pagerduty, alert, entry,
    linked::text,
    oncall::stamp,
    pages::{self, Ask, Listed},
    wire::{ChangeEvent, LogEntry, Ref},
};
use crate::{
    domain::{
        Time,
        source::{Change, SourceError},
        text::SafeText,
    },
    sources::Changes,
};

/// How far back is looked when it is asked for the first time.
const FIRST: Duration = Duration::hours(24);
/// How long PagerDuty may take to show what it wrote.
const LATE: Duration = Duration::minutes(1);
/// How seldom change events are asked for.
const EVENTS: Duration = Duration::minutes(1);
const PAGES: usize = 10;
/// Details of a change event that are told.
const DETAILS: usize = 12;

#[async_trait]
impl Changes for Pagerduty {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let since = since.max(now - FIRST);
        let (told, until) = {
            let known = self.memory.known();
            (known.told.clone(), known.events_until)
        };
        let mut new = self.log(since, now).await?;
        // What was told before this connection was made is known to who asks.
        let events_since = until.unwrap_or(since).max(now - FIRST);
        let asks_events = until.is_none() || now - events_since >= EVENTS;
        if asks_events {
            match self.events(events_since, now).await {
                Ok(events) => new.extend(events),
                // A token or an account that has none of them has a log all the same.
                Err(SourceError::Auth { .. } | SourceError::Rejected { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let late = now - LATE * 2;
        let kept: HashSet<SafeText> = new.iter().filter(|c| c.at >= late).filter_map(|c| c.id.clone()).collect();
        let is_new = |c: &Change| until.is_some() && c.id.as_ref().is_none_or(|id| !told.contains(id));
        new.retain(|c| c.at <= now + LATE && (c.at > since || is_new(c)));
        // Of one second the last comes first.
        new.reverse();
        new.sort_by_key(|c| (c.at, c.kind != "gap"));
        let mut known = self.memory.known();
        known.told.retain(|id| id.raw().starts_with("event:") && !asks_events);
        known.told.extend(kept);
        if asks_events {
            known.events_until = Some(now);
        }
        Ok(new)
    }
}

impl Pagerduty {
    async fn log(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let mut query = span(since, now);
        query.extend(["incidents", "services", "channels"].map(|what| ("include[]", what.to_owned())));
        query.extend(self.options.teams.iter().map(|id| ("team_ids[]", id.clone())));
        let ask = Ask { path: "log_entries", list: "log_entries", query, pages: PAGES };
        let told = pages::read::<LogEntry>(&self.http, ask, now).await?;
        let services = &self.options.services;
        let ours = |e: &&LogEntry| services.is_empty() || services.iter().any(|s| s == e.service.id.raw());
        let mut known = self.memory.known();
        known.snoozed.retain(|_, at| *at > now - Duration::days(8));
        for entry in told.items.iter().filter(|e| e.kind.starts_with("snooze")) {
            let last = known.snoozed.entry(entry.incident.id.clone()).or_insert(entry.created_at);
            *last = entry.created_at.max(*last);
        }
        let changes = told.items.iter().filter(ours).map(entry::change).collect();
        Ok(with_gap(changes, &told, since))
    }

    async fn events(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let mut query = span(since, now);
        query.extend(self.options.teams.iter().map(|id| ("team_ids[]", id.clone())));
        let ask = Ask { path: "change_events", list: "change_events", query, pages: PAGES };
        let told = pages::read::<ChangeEvent>(&self.http, ask, now).await?;
        let services = &self.options.services;
        let ours = |e: &&ChangeEvent| {
            services.is_empty() || e.services.iter().any(|s| services.iter().any(|id| id == s.id.raw()))
        };
        let changes = told.items.iter().filter(ours).map(event).collect();
        Ok(with_gap(changes, &told, since))
    }
}

fn span(since: Time, now: Time) -> Vec<(&'static str, String)> {
    vec![("since", stamp(since - LATE)), ("until", stamp(now + LATE)), ("time_zone", "UTC".to_owned())]
}

/// Says on the timeline itself where some of it is missing: the newest come first, so the oldest are.
fn with_gap<T>(mut changes: Vec<Change>, told: &Listed<T>, since: Time) -> Vec<Change> {
    if let Some(problem) = told.problems.first().filter(|_| !told.complete) {
        let at = changes.iter().map(|c| c.at).min().unwrap_or(since).max(since + Duration::seconds(1));
        changes.push(Change {
            at,
            kind: "gap".into(),
            title: format!("PagerDuty's {} before this are not all here", problem.at.shown().replace('_', " ")).into(),
            by: SafeText::default(),
            text: problem.why.clone(),
            service: None,
            id: Some(format!("gap:{}:{}", problem.at, at.timestamp()).into()),
            url: None,
        });
    }
    changes
}

fn event(event: &ChangeEvent) -> Change {
    let title = event.summary.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| "a change".into());
    let link = event.links.iter().find_map(|l| l.href.as_ref());
    Change {
        at: event.timestamp,
        kind: kind(title.raw(), event.custom_details.as_ref()).into(),
        by: event.source.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| event.integration.called()),
        text: details(event),
        service: event.services.first().map(Ref::called).filter(|t| !t.is_empty()),
        id: Some(format!("event:{}", event.id.raw()).into()),
        url: alert::page(link),
        title,
    }
}

/// What kind of change it was, by the words of whoever sent it: PagerDuty itself knows none.
fn kind(title: &str, details: Option<&Value>) -> &'static str {
    let own = details.and_then(|d| d.get("kind").or_else(|| d.get("type"))).and_then(Value::as_str).unwrap_or("");
    let said = format!("{own} {title}").to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| said.contains(w));
    match () {
        () if has(&["rollback", "roll back", "rolled back", "revert"]) => "rollback",
        () if has(&["deploy", "release", "rollout", "roll out", "shipped"]) => "deploy",
        () if has(&["flag", "toggle"]) => "flag",
        () if has(&["build", "pipeline"]) => "build",
        () if has(&["config"]) => "config",
        () => "change",
    }
}

fn details(event: &ChangeEvent) -> SafeText {
    let fields = event.custom_details.as_ref().and_then(Value::as_object);
    let told = fields.into_iter().flatten().filter_map(|(name, value)| Some(format!("{name}: {}", text(value)?.raw())));
    let mut lines: Vec<String> = told.take(DETAILS).collect();
    let others: Vec<String> = event.services.iter().skip(1).map(|s| s.called().raw().to_owned()).collect();
    if !others.is_empty() {
        lines.push(format!("also: {}", others.join(", ")));
    }
    SafeText::new(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_named_by_the_words_of_who_sent_it() {
        assert_eq!(kind("Deployed checkout 1.4", None), "deploy");
        assert_eq!(kind("Rolled back checkout", None), "rollback");
        assert_eq!(kind("#812", Some(&serde_json::json!({"kind": "Feature flag"}))), "flag");
        assert_eq!(kind("moved a rack", None), "change");
    }
}
