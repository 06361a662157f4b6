//! A host or service that is not well, as an alert; a downtime, as a silence.
//!
//! A soft state is one that Icinga has not made up its mind about: it is pending. What Icinga tells nobody of is suppressed:
//! a downtime, a service on a host that is down, what cannot be reached.

use std::{collections::HashMap, sync::Arc};

use chrono::Duration;
use serde_json::Value;

use super::{
    Settings,
    name::{self, parts},
    wire::{Checkable, Comment, Downtime, JoinedHost, More, Object, time},
};
use crate::domain::{
    Time,
    alert::{Alert, AlertState},
    few::Few,
    held::{Held, HeldAck},
    label::Labels,
    matcher::Matcher,
    silence::{Silence, SilenceState},
    source::{Problem, Snapshot},
    text::SafeText,
};

/// The name of an alert about a host; one about a service has the service's.
pub(super) const OF_A_HOST: &str = "HostDown";

/// What is needed to see an object as an alert.
pub(super) struct Sight<'a> {
    pub(super) settings: &'a Settings,
    pub(super) acks: HashMap<String, Comment>,
    pub(super) downtimes: HashMap<String, Vec<Object<Downtime>>>,
    pub(super) now: Time,
}

impl Sight<'_> {
    /// Adds the alerts, in the order of their identities.
    pub(super) fn see(&self, services: Vec<Object<Checkable>>, hosts: Vec<Object<Checkable>>, into: &mut Snapshot) {
        for object in services.into_iter().chain(hosts) {
            let name = object.name.clone();
            match self.alert(object) {
                Ok(alert) => into.alerts.push(Arc::new(alert)),
                Err(why) => {
                    into.complete = false;
                    into.problems.push(Problem { at: name.as_str().into(), why: why.into() });
                }
            }
        }
        into.alerts.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        into.alerts.dedup_by(|b, a| a.fingerprint == b.fingerprint);
    }

    fn alert(&self, object: Object<Checkable>) -> Result<Alert, &'static str> {
        let Object { name: object, attrs, joins } = object;
        let host = joins.host.unwrap_or_default();
        let more = &attrs.more;
        let starts_at = attrs.since().ok_or("it does not say since when")?;
        let standing = Standing::of(&object, &attrs, &host);
        Ok(Alert {
            fingerprint: name::identity(&object),
            labels: self.labels(&object, &standing, more, &host),
            annotations: annotations(&object, more, &host),
            state: standing.state,
            starts_at,
            fires_at: standing.fires_at,
            silenced_by: self.downtimes_of(&object),
            inhibited_by: standing.by_host.then(|| name::identity(parts(&object).0)).into_iter().collect(),
            receivers: Few::default(),
            source_url: name::page(self.settings.web.as_deref(), &object),
            held: Some(Arc::new(Held {
                word: standing.word(more),
                ack: more.is_acked().then(|| self.ack(&object, more, starts_at)),
                ..Held::default()
            })),
        })
    }

    fn downtimes_of(&self, object: &str) -> Few<SafeText> {
        let on = self.downtimes.get(object).into_iter().flatten().filter(|d| d.attrs.is_in_effect(self.now));
        on.map(|d| SafeText::new(&d.name)).collect()
    }

    fn ack(&self, object: &str, more: &More, began: Time) -> HeldAck {
        let comment = self.acks.get(object);
        let at = more.acknowledgement_last_change.or(comment.map(|c| c.entry_time)).and_then(time);
        HeldAck {
            by: comment.map(|c| c.author.clone()).unwrap_or_default(),
            reason: comment.map(|c| c.text.clone()).unwrap_or_default(),
            at: at.unwrap_or(began),
            until: more.acknowledgement_expiry.and_then(time),
        }
    }

    fn labels(&self, object: &str, standing: &Standing, more: &More, host: &JoinedHost) -> Labels {
        let (on, service) = parts(object);
        let mut labels: Vec<(SafeText, SafeText)> = Vec::new();
        for name in &self.settings.vars {
            let value = [&more.vars, &host.vars].into_iter().flatten().find_map(|vars| text(vars.get(name)?));
            labels.extend(value.map(|value| (SafeText::new(name), value)));
        }
        let mut put = |name: &str, value: SafeText| {
            if !value.is_empty() {
                labels.push((name.into(), value));
            }
        };
        let of_host = if service.is_some() { host.groups.as_deref() } else { more.groups.as_deref() };
        put("hostgroup", joined(of_host));
        put("servicegroup", joined(more.groups.as_deref().filter(|_| service.is_some())));
        put("zone", more.zone.clone().unwrap_or_default());
        put("host", on.into());
        put("instance", on.into());
        put("alertname", service.unwrap_or(OF_A_HOST).into());
        put("severity", self.severity(standing.native).into());
        Labels::from(labels)
    }

    fn severity(&self, native: &str) -> &str {
        let own = self.settings.severities.iter().find(|(word, _)| word.eq_ignore_ascii_case(native));
        own.map_or_else(|| usual(native), |(_, severity)| severity)
    }
}

fn usual(native: &str) -> &'static str {
    match native {
        "CRITICAL" | "DOWN" | "UNREACHABLE" => "critical",
        "WARNING" => "warning",
        _ => "unknown",
    }
}

/// How an object stands.
struct Standing {
    native: &'static str,
    state: AlertState,
    /// Whether it is because of its host that nobody is told.
    by_host: bool,
    fires_at: Option<Time>,
}

impl Standing {
    fn of(object: &str, attrs: &Checkable, host: &JoinedHost) -> Self {
        let more = &attrs.more;
        let is_service = parts(object).1.is_some();
        let is_unreachable = more.last_reachable == Some(false);
        let by_host = is_service && host.state.is_some_and(|s| s > 0.0) && more.handled == Some(true);
        let is_soft = more.state_type.is_some_and(|t| t < 0.5);
        let state = match () {
            () if more.is_in_downtime() || by_host || is_unreachable => AlertState::Suppressed,
            () if is_soft => AlertState::Pending,
            () => AlertState::Firing,
        };
        let fires_at = if state == AlertState::Pending { more.hard_at() } else { None };
        Self { native: native(is_service, attrs.state, is_unreachable), state, by_host, fires_at }
    }

    fn word(&self, more: &More) -> SafeText {
        let attempts = more.check_attempt.zip(more.max_check_attempts);
        match (more.state_type, attempts) {
            (Some(soft), Some((attempt, most))) if soft < 0.5 => {
                format!("SOFT {} ({attempt:.0}/{most:.0})", self.native).into()
            }
            (Some(soft), None) if soft < 0.5 => format!("SOFT {}", self.native).into(),
            _ => format!("HARD {}", self.native).into(),
        }
    }
}

impl More {
    /// When a soft state becomes a hard one, if every check until then fails.
    fn hard_at(&self) -> Option<Time> {
        let next = time(self.next_check?).filter(|_| self.enable_active_checks == Some(true))?;
        let left = (self.max_check_attempts? - self.check_attempt? - 1.0).clamp(0.0, 100.0);
        let seconds = (left * self.retry_interval?.clamp(0.0, 86_400.0)).round();
        next.checked_add_signed(Duration::try_seconds(seconds as i64)?)
    }
}

fn native(is_service: bool, state: f64, is_unreachable: bool) -> &'static str {
    let of_service = |word, number: f64| (is_service && (state - number).abs() < 0.5).then_some(word);
    let known = [("WARNING", 1.0), ("CRITICAL", 2.0), ("UNKNOWN", 3.0)];
    let service = known.into_iter().find_map(|(word, number)| of_service(word, number));
    match service {
        Some(word) => word,
        None if is_service => "in a state that is not known",
        None if is_unreachable => "UNREACHABLE",
        None => "DOWN",
    }
}

fn joined(groups: Option<&[SafeText]>) -> SafeText {
    let names: Vec<&str> = groups.unwrap_or_default().iter().map(SafeText::raw).collect();
    names.join(",").into()
}

/// Texts, numbers and truths become labels; lists and tables do not.
fn text(value: &Value) -> Option<SafeText> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(n) => Some(n.to_string().into()),
        Value::Bool(b) => Some(b.to_string().into()),
        _ => None,
    }
}

fn annotations(object: &str, more: &More, host: &JoinedHost) -> Labels {
    let (on, service) = parts(object);
    let output = more.last_check_result.as_ref().and_then(|r| r.output.as_deref()).unwrap_or_default().trim();
    let (first, rest) = output.split_once('\n').unwrap_or((output, ""));
    let is_link = |t: &&SafeText| t.raw().starts_with("http://") || t.raw().starts_with("https://");
    let given = |text: &Option<SafeText>| text.clone().unwrap_or_default();
    let all = [
        ("summary", SafeText::new(first.trim())),
        ("description", SafeText::new(rest.trim())),
        ("runbook_url", more.notes_url.as_ref().filter(is_link).cloned().unwrap_or_default()),
        ("action_url", more.action_url.as_ref().filter(is_link).cloned().unwrap_or_default()),
        ("notes", given(&more.notes)),
        ("address", if service.is_some() { given(&host.address) } else { given(&more.address) }),
        (
            "display_name",
            more.display_name.as_ref().filter(|d| d.raw() != service.unwrap_or(on)).cloned().unwrap_or_default(),
        ),
    ];
    all.into_iter().filter(|(_, v)| !v.is_empty()).collect()
}

/// A downtime, as a silence of the one object it is on; none where it does not say from when to when.
pub(super) fn silence(id: &str, downtime: &Downtime, now: Time) -> Option<Silence> {
    let (starts_at, ends_at) = time(downtime.start_time).zip(time(downtime.end_time))?;
    let name = if downtime.service_name.is_empty() { OF_A_HOST } else { &downtime.service_name };
    let state = match () {
        () if downtime.is_in_effect(now) => SilenceState::Active,
        () if ends_at <= now => SilenceState::Expired,
        () => SilenceState::Pending,
    };
    Some(Silence {
        id: id.into(),
        matchers: vec![Matcher::equal("alertname", name), Matcher::equal("host", &downtime.host_name)],
        starts_at,
        ends_at,
        created_by: downtime.author.clone(),
        comment: downtime.comment.clone(),
        annotations: Labels::default(),
        state,
    })
}
