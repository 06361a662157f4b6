//! One source: what it last said, how old that is, and what became of what it no longer says.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;

use crate::domain::{
    Time,
    alert::{Alert, AlertId, AlertState},
    entry::{Body, Kind, NewEntry, Subject},
    label::Fingerprint,
    silence::{Silence, SilenceState},
    source::{Change, Description, Problem, Snapshot, SourceError, SourceState},
    text::SafeText,
};

/// How long a resolved row stays to be seen.
pub const RESOLVED_STAYS: Duration = Duration::minutes(5);

/// An alert as it is known from one source.
#[derive(Clone, Debug)]
pub struct Known {
    pub alert: Arc<Alert>,
    /// When its source last told it.
    pub seen_at: Time,
    /// When it was found gone from a complete answer.
    pub resolved_at: Option<Time>,
}

/// A configured source and all that it said.
#[derive(Debug)]
pub struct SourceStatus {
    pub about: Description,
    pub state: Standing,
    pub asked_at: Option<Time>,
    /// When the last good answer arrived.
    pub good_at: Option<Time>,
    /// Why the last try failed.
    pub error: Option<SourceError>,
    pub known: BTreeMap<Fingerprint, Known>,
    pub silences: Vec<Silence>,
    pub problems: Vec<Problem>,
    pub missing_members: Vec<(SafeText, SourceError)>,
    pub version: Option<SafeText>,
}

/// How a source stands; `Connecting` until its first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Connecting,
    Is(SourceState),
}

impl Standing {
    pub fn is_live(self) -> bool {
        self == Self::Is(SourceState::Live)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Is(state) => state.as_str(),
        }
    }
}

impl SourceStatus {
    pub fn new(about: Description) -> Self {
        Self {
            about,
            state: Standing::Connecting,
            asked_at: None,
            good_at: None,
            error: None,
            known: BTreeMap::new(),
            silences: Vec::new(),
            problems: Vec::new(),
            missing_members: Vec::new(),
            version: None,
        }
    }

    /// How long a good answer counts: two intervals and a little for the way.
    pub fn fresh_for(&self) -> Duration {
        self.about.interval * 2 + Duration::seconds(2)
    }

    /// Whether its rows can be believed now.
    pub fn is_blind(&self) -> bool {
        !self.state.is_live()
    }

    pub fn alert_id(&self, fingerprint: &Fingerprint) -> AlertId {
        AlertId { source: self.about.name.clone(), fingerprint: fingerprint.clone() }
    }

    /// Takes an answer in; absence is resolution only where the answer was complete.
    pub(crate) fn answered(&mut self, now: Time, snapshot: Snapshot) -> Vec<NewEntry> {
        let mut entries = Vec::new();
        // Whatever was said to be lost is said to be back, though it had never been there before.
        if self.is_blind() && self.state != Standing::Connecting {
            entries.push(self.entry(now, Kind::SourceBack, None));
        }
        self.state = Standing::Is(SourceState::Live);
        self.error = None;
        self.good_at = Some(now);
        let asked = snapshot.requested_at;
        for alert in snapshot.alerts {
            entries.extend(self.take(asked, alert));
        }
        if snapshot.complete {
            entries.extend(self.resolve_unseen(now, asked));
        }
        self.known.retain(|_, k| k.resolved_at.is_none_or(|at| now - at < RESOLVED_STAYS));
        entries.extend(self.silence_entries(now, &snapshot.silences));
        self.silences = snapshot.silences;
        self.problems = snapshot.problems;
        self.missing_members = snapshot.missing_members;
        self.version = snapshot.version.or(self.version.take());
        entries
    }

    fn take(&mut self, asked: Time, alert: Arc<Alert>) -> Option<NewEntry> {
        let before = self.known.get(&alert.fingerprint);
        let is_burning = |a: &Alert| a.state != AlertState::Pending;
        let was = before
            .filter(|k| k.resolved_at.is_none() && k.alert.starts_at == alert.starts_at)
            .map(|k| is_burning(&k.alert));
        let fired = (is_burning(&alert) && was != Some(true))
            .then(|| self.alert_entry(alert.starts_at, Kind::AlertFired, &alert));
        // An unchanged alert keeps its allocation: a poll that says nothing new costs little.
        let shared = match before {
            Some(k) if k.alert == alert => k.alert.clone(),
            _ => alert,
        };
        self.known.insert(shared.fingerprint.clone(), Known { alert: shared, seen_at: asked, resolved_at: None });
        fired
    }

    fn resolve_unseen(&mut self, now: Time, asked: Time) -> Vec<NewEntry> {
        let mut gone = Vec::new();
        for known in self.known.values_mut().filter(|k| k.resolved_at.is_none() && k.seen_at < asked) {
            known.resolved_at = Some(now);
            gone.push(known.alert.clone());
        }
        gone.iter()
            .filter(|a| a.state != AlertState::Pending)
            .map(|a| self.alert_entry(now, Kind::AlertResolved, a))
            .collect()
    }

    /// Silences that are new, and those that are over: whoever made them.
    fn silence_entries(&self, now: Time, told: &[Silence]) -> Vec<NewEntry> {
        let stands = |s: &Silence| s.state == SilenceState::Active;
        let stood = |id: &SafeText| self.silences.iter().any(|s| &s.id == id && stands(s));
        let begun = told.iter().filter(|s| stands(s) && !stood(&s.id));
        let ended = self.silences.iter().filter(|s| stands(s) && !told.iter().any(|t| t.id == s.id && stands(t)));
        let begun = begun.map(|s| self.silence_entry(s.starts_at, Kind::SilenceCreated, s));
        begun.chain(ended.map(|s| self.silence_entry(now.min(s.ends_at), Kind::SilenceExpired, s))).collect()
    }

    fn silence_entry(&self, at: Time, kind: Kind, silence: &Silence) -> NewEntry {
        let name = &self.about.name;
        let id = format!("{name}/{}", silence.id.raw());
        let matchers: Vec<String> = silence.matchers.iter().map(ToString::to_string).collect();
        NewEntry {
            at,
            actor: silence.created_by.clone(),
            subject: Subject::new(&format!("silence:{id}")),
            source: Some(name.clone()),
            body: Body {
                title: Some(SafeText::from(matchers.join(", "))),
                text: Some(silence.comment.clone()),
                until: Some(silence.ends_at),
                silence: Some(silence.id.clone()),
                ..Body::default()
            },
            once: Some(format!("{kind}:{id}")),
            kind,
        }
    }

    /// Takes a failed try in: the state changes, the rows stay.
    pub(crate) fn failed(&mut self, now: Time, error: SourceError) -> Vec<NewEntry> {
        let fresh = self.good_at.is_some_and(|at| now - at <= self.fresh_for());
        // One lost answer is not yet blindness where the last good one is still fresh; a refusal is.
        let transient = matches!(error, SourceError::Unreachable { .. } | SourceError::RateLimited { .. });
        let entries = if fresh && transient { Vec::new() } else { self.lose(now, error.state(), &error) };
        self.error = Some(error);
        entries
    }

    fn lose(&mut self, now: Time, state: SourceState, error: &SourceError) -> Vec<NewEntry> {
        let was_live = self.state.is_live() || self.state == Standing::Connecting;
        self.state = Standing::Is(state);
        if was_live { vec![self.entry(now, Kind::SourceLost, Some(error.to_string()))] } else { Vec::new() }
    }

    /// Grows older; answers whether anything that is shown changed.
    pub(crate) fn age(&mut self, now: Time, entries: &mut Vec<NewEntry>) -> bool {
        let before = self.state;
        let old = self.good_at.is_some_and(|at| now - at > self.fresh_for());
        if self.state.is_live() && old {
            match self.error.clone() {
                Some(error) => entries.extend(self.lose(now, error.state(), &error)),
                None => {
                    self.state = Standing::Is(SourceState::Stale);
                    entries.push(self.entry(now, Kind::SourceLost, Some("no answer within two intervals".into())));
                }
            }
        }
        let rows = self.known.len();
        self.known.retain(|_, k| k.resolved_at.is_none_or(|at| now - at < RESOLVED_STAYS));
        before != self.state || rows != self.known.len()
    }

    fn entry(&self, at: Time, kind: Kind, text: Option<String>) -> NewEntry {
        let name = &self.about.name;
        NewEntry {
            at,
            actor: SafeText::new("watchfire"),
            kind,
            subject: Subject::source(name),
            source: Some(name.clone()),
            body: Body { title: Some(SafeText::new(name.as_str())), text: text.map(SafeText::from), ..Body::default() },
            once: None,
        }
    }

    pub(crate) fn change_entry(&self, change: Change) -> NewEntry {
        let name = &self.about.name;
        let once = format!("change:{name}:{}:{}", change.at.timestamp_millis(), change.title.raw());
        let subject =
            change.service.as_ref().map_or_else(Subject::watch, |s| Subject::new(&format!("service:{}", s.raw())));
        NewEntry {
            at: change.at,
            actor: change.by,
            kind: Kind::Deploy,
            subject,
            source: Some(name.clone()),
            body: Body { title: Some(change.title), text: Some(change.text), ..Body::default() },
            once: Some(once),
        }
    }

    fn alert_entry(&self, at: Time, kind: Kind, alert: &Alert) -> NewEntry {
        let id = self.alert_id(&alert.fingerprint);
        let once = format!("{kind}:{id}:{}", alert.starts_at.timestamp_millis());
        NewEntry {
            at,
            actor: SafeText::new(self.about.name.as_str()),
            kind,
            subject: Subject::alert(&id),
            source: Some(id.source),
            body: Body {
                title: Some(alert.name().clone()),
                text: alert.summary().cloned(),
                severity: Some(alert.severity()),
                starts_at: Some(alert.starts_at),
                ..Body::default()
            },
            once: Some(once),
        }
    }
}
