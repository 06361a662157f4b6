//! When a pending alert fires: its rule says how long it waits, the list of alerts does not.
//!
//! Rules are asked only while something is pending, and seldom; where they cannot be read, an alert waits without a date.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::Duration;
use serde::Deserialize;

use super::{
    Prometheus,
    rules::{RULES, Rules, WireGroup, whole},
};
use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        label::Labels,
        source::SourceError,
        text::SafeText,
    },
    sources::{http::Call, items},
};

/// How long what a rule said holds: rules change when somebody loads them anew.
const HOLDS: Duration = Duration::minutes(5);
/// Bytes of rule names that are asked for by name; with more, all rules are. Longer addresses are refused on the way.
const NAMES_MAX: usize = 2_000;

/// What was heard of rules, by their name.
#[derive(Default)]
pub(super) struct Waits(Mutex<HashMap<SafeText, Heard>>);

struct Heard {
    at: Time,
    /// Empty where no rule of this name was told.
    waits: Arc<[Wait]>,
}

/// One rule.
#[derive(Debug)]
struct Wait {
    labels: Labels,
    lasts: Duration,
}

#[derive(Deserialize)]
struct WireWait {
    name: SafeText,
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Seconds.
    duration: Option<f64>,
    labels: Option<Labels>,
}

impl Prometheus {
    /// Says of each pending alert when it fires, where its rule tells.
    pub(super) async fn date(&self, alerts: &mut [Arc<Alert>], now: Time) {
        let is_pending = |a: &&mut Arc<Alert>| a.state == AlertState::Pending;
        let names: BTreeSet<SafeText> =
            alerts.iter_mut().filter(is_pending).filter_map(|a| a.labels.get("alertname").cloned()).collect();
        let unheard = self.waits.unheard(&names, now);
        if !unheard.is_empty() {
            match self.ask_waits(&unheard, now).await {
                Ok(rules) => self.waits.hear(unheard, rules, now),
                Err(error) => {
                    tracing::debug!(source = %self.description.name, "when alerts fire is not known: {error}")
                }
            }
        }
        for alert in alerts.iter_mut().filter(is_pending) {
            let wait = self.waits.of(alert);
            Arc::make_mut(alert).fires_at = wait.and_then(|lasts| alert.starts_at.checked_add_signed(lasts));
        }
    }

    async fn ask_waits(&self, names: &BTreeSet<SafeText>, now: Time) -> Result<Vec<(SafeText, Wait)>, SourceError> {
        // Servers that do not know these words answer all rules, each with its alerts.
        let mut query = vec![("type", "alert".to_owned()), ("exclude_alerts", "true".to_owned())];
        if names.iter().map(|n| n.raw().len()).sum::<usize>() <= NAMES_MAX {
            query.extend(names.iter().map(|n| ("rule_name[]", n.raw().to_owned())));
        }
        let reply = self.ask_rules(Call::get(RULES).query(&query), now).await?;
        let (rules, _) = reply.open::<Rules>()?;
        let (groups, _) = items::each(&rules.groups.unwrap_or_default(), "groups", Ok::<WireGroup, String>);
        let read = groups.iter().flat_map(WireGroup::rules).filter_map(|raw| WireWait::read(raw.get()));
        Ok(read.filter(|(name, _)| names.contains(name)).collect())
    }
}

impl WireWait {
    fn read(json: &str) -> Option<(SafeText, Wait)> {
        let rule: Self = serde_json::from_str(json).ok()?;
        let lasts = Duration::seconds(whole(rule.duration?));
        let wait = Wait { labels: rule.labels.unwrap_or_default(), lasts };
        (rule.kind.as_deref() != Some("recording")).then_some((rule.name, wait))
    }
}

impl Waits {
    /// Names of which nothing was heard of late.
    fn unheard(&self, names: &BTreeSet<SafeText>, now: Time) -> BTreeSet<SafeText> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, heard| now.signed_duration_since(heard.at) < HOLDS);
        names.iter().filter(|n| !known.contains_key(*n)).cloned().collect()
    }

    fn hear(&self, names: BTreeSet<SafeText>, rules: Vec<(SafeText, Wait)>, now: Time) {
        let mut by_name: HashMap<SafeText, Vec<Wait>> = names.into_iter().map(|n| (n, Vec::new())).collect();
        for (name, wait) in rules {
            by_name.entry(name).or_default().push(wait);
        }
        let heard = by_name.into_iter().map(|(name, waits)| (name, Heard { at: now, waits: waits.into() }));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(heard);
    }

    /// How long an alert waits: as its rule says. Where several of its name may have raised it, the one whose labels it has
    /// most of; none where these do not agree.
    fn of(&self, alert: &Alert) -> Option<Duration> {
        let waits = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(alert.name())?.waits.clone();
        let has = |w: &&Wait| w.labels.iter().all(|(n, v)| is_template(v) || alert.labels.value(n.raw()) == v.raw());
        let sure = |w: &Wait| w.labels.iter().filter(|(_, v)| !is_template(v)).count();
        let closest = waits.iter().filter(has).map(sure).max()?;
        let mut lasts = waits.iter().filter(has).filter(|w| sure(w) == closest).map(|w| w.lasts);
        let first = lasts.next()?;
        lasts.all(|other| other == first).then_some(first)
    }
}

/// A value that the rule works out for each alert.
fn is_template(value: &SafeText) -> bool {
    value.raw().contains("{{")
}
