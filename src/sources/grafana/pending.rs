//! Alerts that are about to fire: only the rules tell of them, for Grafana sends its Alertmanager what fires.
//!
//! Rules are asked for those that wait, and no more often than somebody could act on it; a Grafana that answers with all its
//! rules is asked seldom. What could be read before stays while it cannot be read now.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::Duration;

use super::{
    Grafana, urls,
    wire::{Group, Instance, Rule, Rules},
    words,
};
use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        few::Few,
        label::Fingerprint,
        source::{Problem, Snapshot, SourceError},
        text::SafeText,
    },
    sources::{http::Call, items},
};

/// How often rules are asked for what waits.
const EVERY: Duration = Duration::seconds(30);
/// The same of a Grafana that does not know the filter, and sends every rule there is.
const SELDOM: Duration = Duration::minutes(5);
/// Alerts of one rule, groups of one page, pages.
const ALERTS: usize = 100;
const GROUPS: usize = 200;
const PAGES: usize = 10;

/// What was heard last.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Heard>);

#[derive(Clone, Default)]
struct Heard {
    /// When it was asked for, and when it is to be again.
    at: Option<(Time, Time)>,
    alerts: Vec<Arc<Alert>>,
    problems: Vec<Problem>,
    /// Whether the last question was answered.
    is_whole: bool,
}

/// One answer, page by page.
#[derive(Default)]
struct Read {
    alerts: Vec<Arc<Alert>>,
    problems: Vec<Problem>,
    /// Whether rules came that nobody asked for.
    ignores_filter: bool,
}

impl Grafana {
    /// Adds what waits to what fires.
    pub(super) async fn with_pending(&self, snapshot: &mut Snapshot, now: Time) {
        // What rules a data source has is not known here.
        if self.of.is_some() {
            return;
        }
        let held = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let heard = match held.at {
            Some((at, next)) if at <= now && now < next => held,
            _ => self.hear(held, now).await,
        };
        let fires: BTreeSet<&Fingerprint> = snapshot.alerts.iter().map(|a| &a.fingerprint).collect();
        let waits: Vec<Arc<Alert>> = heard.alerts.iter().filter(|a| !fires.contains(&a.fingerprint)).cloned().collect();
        snapshot.alerts.extend(waits);
        // One that was told and cannot be read any more has not ended.
        snapshot.complete &= heard.is_whole || heard.alerts.is_empty();
        snapshot.problems.extend(heard.problems);
    }

    async fn hear(&self, held: Heard, now: Time) -> Heard {
        let heard = match self.read_pending(now).await {
            Ok(read) => {
                let wait = if read.ignores_filter { SELDOM } else { EVERY };
                let Read { alerts, problems, .. } = read;
                Heard { at: Some((now, now + wait)), is_whole: problems.is_empty(), alerts, problems }
            }
            Err(error) => {
                let why = format!("what is about to fire is not known: {error}");
                let problems = vec![Problem { at: "rules".into(), why: SafeText::new(&why) }];
                Heard { at: Some((now, now + EVERY)), is_whole: false, problems, ..held }
            }
        };
        *self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner) = heard.clone();
        heard
    }

    async fn read_pending(&self, now: Time) -> Result<Read, SourceError> {
        let (mut token, mut seen, mut read) = (None::<String>, BTreeSet::new(), Read::default());
        for _ in 0..PAGES {
            let mut query = vec![
                ("state", "pending".to_owned()),
                ("limit_alerts", ALERTS.to_string()),
                ("group_limit", GROUPS.to_string()),
                ("includeInternalLabels", "true".to_owned()),
            ];
            query.extend(token.clone().map(|t| ("group_next_token", t)));
            let answer = self.http.call(Call::get(urls::RULES).query(&query), now).await?;
            let page: Rules<'_> = self.http.json(&answer)?;
            let data = page.data.ok_or_else(|| SourceError::malformed("an answer without data"))?;
            let (groups, unread) = items::each(&data.groups, "groups", Ok::<Group, String>);
            read.problems.extend(unread);
            groups.iter().flat_map(|g| &g.rules).for_each(|rule| read.take(rule, self.http.base(), now));
            match data.group_next_token.filter(|t| !t.is_empty()) {
                Some(next) if seen.insert(next.clone()) => token = Some(next),
                Some(_) => {
                    read.problem("the next page is one that was read".to_owned());
                    return Ok(read);
                }
                None => return Ok(read),
            }
        }
        read.problem(format!("there are more than {PAGES} pages; what waits beyond is not known"));
        Ok(read)
    }
}

impl Read {
    fn problem(&mut self, why: String) {
        self.problems.push(Problem { at: "rules".into(), why: SafeText::new(&why) });
    }

    fn take(&mut self, rule: &Rule, base: &reqwest::Url, now: Time) {
        let told: Vec<_> = rule.alerts.iter().flatten().map(|raw| &**raw).collect();
        let (instances, unread) = items::each(&told, rule.name.raw(), Ok::<Instance, String>);
        let waiting: Vec<&Instance> = instances.iter().filter(|i| i.is_pending()).collect();
        self.ignores_filter |= waiting.is_empty() && unread.is_empty();
        let total = |state: &str| rule.totals.as_ref().and_then(|t| t.get(&SafeText::new(state)).copied());
        let beyond = total("pending").unwrap_or(0).saturating_sub((waiting.len() + unread.len()) as u64);
        self.problems.extend(unread);
        if beyond > 0 && told.len() >= ALERTS {
            self.problem(format!("{beyond} more alerts of {} are about to fire", rule.name.line()));
        }
        let page = rule.uid.as_ref().map(|uid| page(base, uid.raw()));
        self.alerts.extend(waiting.into_iter().map(|instance| alert(instance, rule, page.as_deref(), now)));
    }
}

/// As the Alertmanager will tell it once it fires, so that it is the same row.
fn alert(instance: &Instance, rule: &Rule, page: Option<&str>, now: Time) -> Arc<Alert> {
    let waits = rule.duration.filter(|s| s.is_finite() && *s >= 0.0).and_then(|s| Duration::try_seconds(s as i64));
    let starts_at = instance.active_at.filter(|at| *at > Time::UNIX_EPOCH).unwrap_or(now);
    let mut alert = Arc::new(Alert {
        fingerprint: instance.labels.fingerprint(),
        labels: instance.labels.clone(),
        annotations: instance.annotations.clone().unwrap_or_default(),
        state: AlertState::Pending,
        starts_at,
        fires_at: waits.and_then(|lasts| starts_at.checked_add_signed(lasts)),
        silenced_by: Few::default(),
        inhibited_by: Few::default(),
        receivers: Few::default(),
        source_url: page.map(SafeText::new),
        held: None,
    });
    words::shown(&mut alert);
    alert
}

/// Where the rule is shown.
fn page(base: &reqwest::Url, uid: &str) -> String {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(["alerting", "grafana", uid, "view"]);
    }
    // Whoever is named in the address is not to be shown.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.to_string()
}
