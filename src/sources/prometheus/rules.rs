//! Which rule raised an alert: its expression, how long it waits, where it stands and how it fares.
//!
//! Alertmanager adds external labels, so a rule's alert is the one asked for where its labels are among the asked ones.

use async_trait::async_trait;
use chrono::Duration;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Prometheus;
use crate::{
    domain::{
        Time,
        alert::Alert,
        duration,
        label::Labels,
        source::{Detail, Problem, SourceError},
        text::SafeText,
    },
    sources::{Details, http::Call, items},
};

pub(super) const RULES: &str = "api/v1/rules";
/// Longest name that is asked for, in bytes; servers before 2.47 do not look at it and answer all rules.
const NAME_MAX: usize = 512;

#[async_trait]
impl Details for Prometheus {
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        let Some(name) = alert.labels.get("alertname") else { return Ok(Vec::new()) };
        let mut query = vec![("type", "alert".to_owned())];
        if name.raw().len() <= NAME_MAX {
            query.push(("rule_name[]", name.raw().to_owned()));
        }
        let reply = self.ask_rules(Call::get(RULES).query(&query), now).await?;
        let (rules, warnings) = reply.open::<Rules>()?;
        let mut search = Search { name, labels: &alert.labels, found: Vec::new(), problems: Vec::new() };
        search.through(&rules.groups.unwrap_or_default());
        search.problems.extend(warnings.into_iter().map(|why| Problem { at: "answer".into(), why }));
        Ok(search.details(now))
    }
}

#[derive(Deserialize)]
pub(super) struct Rules<'a> {
    #[serde(borrow)]
    pub(super) groups: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
pub(super) struct WireGroup {
    #[serde(default)]
    name: SafeText,
    #[serde(default)]
    file: SafeText,
    rules: Option<Vec<Box<RawValue>>>,
}

impl WireGroup {
    pub(super) fn rules(&self) -> impl Iterator<Item = &RawValue> {
        self.rules.iter().flatten().map(|raw| &**raw)
    }
}

/// What of a rule is read before it is known to matter.
#[derive(Deserialize)]
struct WireName {
    name: SafeText,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRule {
    query: SafeText,
    /// Seconds, as the next two.
    duration: Option<f64>,
    #[serde(alias = "keep_firing_for")]
    keep_firing_for: Option<f64>,
    evaluation_time: Option<f64>,
    last_evaluation: Option<Time>,
    health: Option<SafeText>,
    last_error: Option<SafeText>,
    alerts: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireInstance {
    labels: Labels,
    state: Option<String>,
    active_at: Option<Time>,
}

/// A rule that has the alert, and the group it stands in.
struct Found {
    rule: WireRule,
    group: String,
    /// How many labels it knows of the alert's: of two rules the closer one raised it.
    known: usize,
    /// Since when it waits to fire, where it does.
    waiting: Option<Time>,
}

struct Search<'a> {
    name: &'a SafeText,
    labels: &'a Labels,
    found: Vec<Found>,
    problems: Vec<Problem>,
}

impl Search<'_> {
    fn through(&mut self, groups: &[&RawValue]) {
        let (groups, problems) = items::each(groups, "groups", Ok::<WireGroup, String>);
        self.problems.extend(problems);
        for group in groups {
            self.through_rules(&group);
        }
    }

    fn through_rules(&mut self, group: &WireGroup) {
        let place = place(group);
        for (index, raw) in group.rules().enumerate() {
            if !self.may_be(raw) {
                continue;
            }
            match serde_json::from_str::<WireRule>(raw.get()) {
                Ok(rule) => self.consider(rule, &place),
                Err(error) => {
                    let at = format!("rule {index} of {place}").into();
                    self.problems.push(Problem { at, why: items::without_place(&error.to_string()).into() });
                }
            }
        }
    }

    fn consider(&mut self, rule: WireRule, place: &str) {
        if let Some((known, waiting)) = rule.knows(self.name, self.labels) {
            self.found.push(Found { rule, group: place.to_owned(), known, waiting });
        }
    }

    /// A rule of another name is nobody's business here, readable or not; one without a readable name may be it.
    fn may_be(&self, rule: &RawValue) -> bool {
        let head = serde_json::from_str::<WireName>(rule.get());
        head.map_or(true, |h| h.name == *self.name && h.kind.as_deref() != Some("recording"))
    }

    fn details(mut self, now: Time) -> Vec<Detail> {
        let closest = self.found.iter().map(|f| f.known).max();
        self.found.retain(|f| Some(f.known) == closest);
        self.found.iter().flat_map(|f| f.details(now)).chain(Detail::unread(&self.problems)).collect()
    }
}

fn place(group: &WireGroup) -> String {
    match group.file.raw() {
        "" => group.name.raw().to_owned(),
        file => format!("{} in {file}", group.name.raw()),
    }
}

impl WireRule {
    /// How many labels of its closest alert are this alert's, and since when that one waits, if it does; none where no
    /// alert of it can be this one.
    fn knows(&self, name: &SafeText, labels: &Labels) -> Option<(usize, Option<Time>)> {
        let read = |raw: &RawValue| serde_json::from_str::<WireInstance>(raw.get()).ok();
        let instances = self.alerts.iter().flatten().filter_map(|raw| read(raw));
        let same = instances.filter(|i| i.labels.value("alertname") == name.raw() && i.labels.is_subset_of(labels));
        let closest = same.max_by_key(|i| i.labels.len())?;
        let waiting = closest.active_at.filter(|_| closest.state.as_deref() == Some("pending"));
        Some((closest.labels.len(), waiting))
    }

    /// When a waiting alert fires, if what it waits for stays true.
    fn fires(&self, since: Time, now: Time) -> Option<String> {
        let at = since.checked_add_signed(Duration::seconds(whole(self.duration?)))?;
        Some(match at - now {
            left if left > Duration::zero() => format!("in {}, if it stays true", duration::long(left)),
            _ => "with the next evaluation, if it is still true".to_owned(),
        })
    }
}

impl Found {
    fn details(&self, now: Time) -> Vec<Detail> {
        let rule = &self.rule;
        let fires = self.waiting.and_then(|since| rule.fires(since, now));
        let waits = rule.duration.map(|s| if s > 0.0 { length(s) } else { "0s: it fires at once".to_owned() });
        let keeps = rule.keep_firing_for.filter(|s| *s > 0.0).map(|s| format!("{} after it was last true", length(s)));
        let health = rule.health.clone().filter(|h| *h != "ok" && !h.is_empty());
        let error = rule.last_error.clone().filter(|e| !e.is_empty());
        let pairs: [(&str, Option<SafeText>); 8] = [
            ("expression", Some(rule.query.clone())),
            ("fires", fires.map(SafeText::from)),
            ("for", waits.map(SafeText::from)),
            ("keep firing", keeps.map(SafeText::from)),
            ("rule group", Some(self.group.clone().into())),
            ("rule health", health),
            ("last error", error),
            ("evaluated", evaluated(rule, now).map(SafeText::from)),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some(Detail::new(name, value?))).collect()
    }
}

/// `12s ago, took 0.4 ms`; a rule that never was has the year 1.
fn evaluated(rule: &WireRule, now: Time) -> Option<String> {
    let at = rule.last_evaluation?;
    if at.timestamp() <= 0 {
        return Some("not yet".to_owned());
    }
    let took = rule.evaluation_time.map_or_else(String::new, |s| format!(", took {}", brief(s)));
    let ago = duration::long(now.signed_duration_since(at));
    Some(format!("{} UTC ({ago} ago){took}", at.format("%Y-%m-%d %H:%M:%S")))
}

/// A length as Prometheus writes it.
fn length(seconds: f64) -> String {
    if seconds < 1.0 { brief(seconds) } else { duration::prometheus(whole(seconds)) }
}

/// A length that is short as a rule.
fn brief(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds.max(0.0) * 1e3) } else { format!("{:.1} s", seconds.min(1e9)) }
}

#[allow(clippy::cast_possible_truncation, reason = "saturates, and a rule that waits for centuries waits long")]
pub(super) fn whole(seconds: f64) -> i64 {
    (seconds as i64).clamp(0, Duration::days(36_500).num_seconds())
}
