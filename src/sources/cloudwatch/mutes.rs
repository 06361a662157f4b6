//! Mute rules that are in force: which alarms tell nobody now.
//!
//! The list names rules only; each is read once, and again when it was changed. Those that are yet to begin are known,
//! and mute nobody.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use chrono::Duration;
use serde_json::json;

use super::{
    api::{Action, Api, is_unknown},
    place::Arn,
    wire::{Rule, RuleSummary, Rules},
};
use crate::domain::{
    Time,
    source::{Problem, SourceError},
    text::SafeText,
};

/// Most rules that are read in one poll; the others in the next.
const READS_MAX: usize = 20;
/// How long is waited where the list is not allowed.
const REFUSED_FOR: Duration = Duration::minutes(10);

/// The rules that are known.
#[derive(Debug, Default)]
pub(super) struct Mutes(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// By ARN: what the list says of it, and what it says itself.
    rules: BTreeMap<String, (RuleSummary, Rule)>,
    /// What stands for AWS does not know them.
    absent: bool,
    refused: Option<(Time, SourceError)>,
}

/// The names of rules by the names of the alarms that they mute.
pub(super) type ByAlarm = BTreeMap<String, Vec<String>>;

impl Mutes {
    /// What is muted, as far as it is known, and what is not.
    pub(super) async fn read(&self, api: &Api, now: Time) -> (ByAlarm, Vec<Problem>) {
        let refused = self.with(|m| m.refused.clone().filter(|(at, _)| now - *at < REFUSED_FOR));
        let answer = match refused {
            _ if self.with(|m| m.absent) => Ok(()),
            Some((_, error)) => Err(error),
            None => self.renew(api, now).await,
        };
        let problem = answer.err().map(|error| {
            if matches!(error, SourceError::Auth { .. }) {
                self.with(|m| m.refused = Some(m.refused.clone().unwrap_or((now, error.clone()))));
            }
            Problem { at: "mute rules".into(), why: SafeText::new(&error.to_string()) }
        });
        (self.by_alarm(), problem.into_iter().collect())
    }

    async fn renew(&self, api: &Api, now: Time) -> Result<(), SourceError> {
        self.with(|m| m.refused = None);
        let body = json!({ "Statuses": ["ACTIVE", "SCHEDULED"], "MaxRecords": 100 });
        let all = match api.pages::<Rules>(Action::ListAlarmMuteRules, body, now).await {
            Err(error) if is_unknown(&error) => {
                self.with(|m| m.absent = true);
                return Ok(());
            }
            answer => answer?,
        };
        let listed: Vec<RuleSummary> =
            all.pages.into_iter().flat_map(|p| p.alarm_mute_rule_summaries.unwrap_or_default()).collect();
        self.with(|m| m.rules.retain(|arn, _| listed.iter().any(|s| s.alarm_mute_rule_arn == *arn)));
        let new: Vec<&RuleSummary> = listed.iter().filter(|s| !self.knows(s)).take(READS_MAX).collect();
        for summary in new {
            let name = rule_name(&summary.alarm_mute_rule_arn);
            if let Some(rule) = get(api, &name, now).await? {
                self.with(|m| m.rules.insert(summary.alarm_mute_rule_arn.clone(), (summary.clone(), rule)));
            }
        }
        Ok(())
    }

    /// Whether a rule is as it was read; whether it is in force may have changed all the same.
    fn knows(&self, listed: &RuleSummary) -> bool {
        self.with(|m| {
            let known = m.rules.get_mut(&listed.alarm_mute_rule_arn).map(|(summary, _)| summary);
            let known = known.filter(|k| k.last_updated_timestamp == listed.last_updated_timestamp);
            known.map(|k| *k = listed.clone()).is_some()
        })
    }

    fn by_alarm(&self) -> ByAlarm {
        let mut all = ByAlarm::new();
        self.with(|m| {
            for (_, rule) in m.rules.values().filter(|(s, _)| s.status.as_deref() != Some("SCHEDULED")) {
                for alarm in rule.mute_targets.iter().flat_map(|t| &t.alarm_names) {
                    all.entry(alarm.clone()).or_default().push(rule.name.clone());
                }
            }
        });
        all
    }

    /// The rules that mute an alarm or are about to, as they were last read.
    pub(super) fn of(&self, alarm: &str) -> Vec<Rule> {
        let mutes = |rule: &Rule| rule.mute_targets.iter().any(|t| t.alarm_names.iter().any(|n| n == alarm));
        self.with(|m| m.rules.values().map(|(_, rule)| rule.clone()).filter(mutes).collect())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One rule; none where there is no such.
///
/// # Errors
/// As every read.
pub(super) async fn get(api: &Api, name: &str, now: Time) -> Result<Option<Rule>, SourceError> {
    match api.ask(Action::GetAlarmMuteRule, &json!({ "AlarmMuteRuleName": name }), now).await {
        Ok(rule) => Ok(Some(rule)),
        Err(SourceError::Rejected { why }) if is_not_there(why.raw()) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_not_there(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["not found", "does not exist", "resourcenotfound", "(404)"].iter().any(|w| words.contains(w))
}

/// `alarm-mute-rule:NAME`
fn rule_name(arn: &str) -> String {
    let resource = Arn::read(arn).map_or(arn, |a| a.resource);
    resource.split_once([':', '/']).map_or(resource, |(_, name)| name).to_owned()
}
