//! One source: what it last said, how old that is, and what became of what it no longer says.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::Duration;
use foldhash::fast::RandomState;

use crate::domain::{
    Time,
    alert::{Alert, AlertId, AlertState},
    delta::{Delta, LastWord},
    entry::{Body, Kind, NewEntry, Subject, turn_once},
    label::Fingerprint,
    members::Members,
    silence::{Silence, SilenceState},
    slo::concerns,
    source::{Change, Description, Problem, Snapshot, SourceError, SourceState, Unread},
    text::SafeText,
};

use super::untold::{Turn, Untold};

/// How long a resolved row stays to be seen.
pub const RESOLVED_STAYS: Duration = Duration::minutes(5);

/// An alert as it is known from one source.
#[derive(Clone, Debug)]
pub struct Known {
    pub alert: Arc<Alert>,
    /// When its source last told it, where a later answer left it out without saying that it is over.
    pub left_out: Option<Time>,
    /// When it was found gone from a complete answer.
    pub resolved_at: Option<Time>,
}

/// A configured source and all that it said.
#[derive(Debug)]
pub struct SourceStatus {
    pub about: Description,
    pub state: Standing,
    /// How often it is asked now, where that is less often than it says.
    pub(super) pace: Duration,
    pub asked_at: Option<Time>,
    /// When the last good answer arrived.
    pub good_at: Option<Time>,
    /// Why the last try failed.
    pub error: Option<SourceError>,
    pub known: HashMap<Fingerprint, Known, RandomState>,
    /// When the latest answer was asked for: the time of every alert that stands in it.
    pub told_at: Option<Time>,
    pub silences: Vec<Silence>,
    pub problems: Vec<Problem>,
    /// Why its changes cannot be read, and until when they are known.
    pub changes_unread: Option<Unread>,
    pub missing_members: Vec<(SafeText, SourceError)>,
    /// What its members tell differently.
    pub members: Arc<Members>,
    pub version: Option<SafeText>,
    /// Those that resolved, the oldest first.
    resolved: VecDeque<(Time, Fingerprint)>,
    /// What the journal has not heard of yet.
    pub(super) untold: Untold,
    /// What the board has not heard of yet.
    pub(super) news: News,
    /// Whether anybody writes down what fires; a question leaves no trace.
    pub(super) is_recorded: bool,
    /// Whether what resolved while nobody watched was looked for.
    pub(super) is_made_up: bool,
}

/// Alerts of one source that became others since the board last looked.
#[derive(Debug, Default)]
pub(super) struct News {
    /// So that none of its rows is as it was.
    pub(super) all: bool,
    pub(super) alerts: Vec<Fingerprint>,
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
            pace: Duration::zero(),
            asked_at: None,
            good_at: None,
            error: None,
            known: HashMap::default(),
            told_at: None,
            silences: Vec::new(),
            problems: Vec::new(),
            changes_unread: None,
            missing_members: Vec::new(),
            members: Arc::default(),
            version: None,
            resolved: VecDeque::new(),
            untold: Untold::default(),
            news: News::default(),
            is_recorded: true,
            is_made_up: false,
        }
    }

    /// All that it told leaves the board; none of it has resolved.
    pub(super) fn let_go(&mut self) {
        self.news.alerts.extend(self.known.drain().map(|(fingerprint, _)| fingerprint));
        (self.silences, self.untold) = (Vec::new(), Untold::default());
    }

    /// How long a good answer counts: two intervals and a little for the way.
    pub fn fresh_for(&self) -> Duration {
        self.pace.max(self.about.interval) * 2 + Duration::seconds(2)
    }

    /// Whether its rows can be believed now.
    pub fn is_blind(&self) -> bool {
        !self.state.is_live()
    }

    pub fn alert_id(&self, fingerprint: &Fingerprint) -> AlertId {
        AlertId { source: self.about.name.clone(), fingerprint: fingerprint.clone() }
    }

    /// When its source last told an alert.
    pub fn seen_at(&self, known: &Known) -> Option<Time> {
        known.left_out.or(self.told_at)
    }

    /// What a whole answer changes of what is known. One that was asked for no later than the last proves no absence.
    pub(crate) fn changes(&self, answer: Snapshot) -> Delta {
        if self.known.is_empty() {
            return Delta::first(answer, &self.silences);
        }
        let late = self.told_at.is_some_and(|at| answer.requested_at <= at);
        let standing = self.known.values().filter(|k| k.resolved_at.is_none());
        let (out, present): (Vec<_>, Vec<_>) = standing.partition(|k| k.left_out.is_some());
        let present = present.into_iter().map(|k| k.alert.clone()).collect();
        let left_out = out.into_iter().map(|k| k.alert.fingerprint.clone()).collect();
        let mut delta = LastWord::of(present, left_out, self.silences.clone()).take(answer);
        if late {
            delta.gone.clear();
        }
        delta
    }

    /// Takes an answer in; absence is resolution only where the answer was complete. Answers what the journal should
    /// keep, and whether anything that is shown changed, beyond when it was asked.
    pub(crate) fn answered(&mut self, now: Time, delta: Delta) -> (Vec<NewEntry>, bool) {
        let mut entries = Vec::new();
        // Whatever was said to be lost is said to be back, though it had never been there before.
        if self.is_blind() && self.state != Standing::Connecting {
            entries.push(self.entry(now, Kind::SourceBack, None));
        }
        let mut changed = self.error.take().is_some() | self.stand(SourceState::Live);
        self.good_at = Some(now);
        changed |= !delta.told.is_empty() || !delta.gone.is_empty() || delta.silences.is_some();
        if self.known.is_empty() {
            self.known.reserve(delta.told.len());
            self.news.alerts.reserve_exact(delta.told.len());
        }
        for alert in delta.told {
            self.take(alert);
        }
        for gone in delta.gone {
            if delta.complete { self.resolve(now, gone) } else { self.leave_out(gone) }
        }
        self.told_at = self.told_at.max(Some(delta.requested_at));
        changed |= self.forget_resolved(now);
        if let Some(silences) = delta.silences {
            entries.extend(self.silence_entries(now, &silences));
            self.silences = silences;
        }
        changed |= replace(&mut self.problems, delta.problems);
        changed |= replace(&mut self.missing_members, delta.missing_members);
        changed |= replace(&mut self.members, delta.members);
        changed |= delta.version.is_some() && replace(&mut self.version, delta.version);
        (entries, changed)
    }

    fn take(&mut self, alert: Arc<Alert>) {
        let before = self.known.get(&alert.fingerprint);
        let is_burning = |a: &Alert| a.state != AlertState::Pending;
        let was = before
            .filter(|k| k.resolved_at.is_none() && k.alert.starts_at == alert.starts_at)
            .map(|k| is_burning(&k.alert));
        if self.is_recorded && is_burning(&alert) && was != Some(true) {
            self.untold.push(alert.clone(), None);
        }
        self.news.alerts.push(alert.fingerprint.clone());
        self.known.insert(alert.fingerprint.clone(), Known { alert, left_out: None, resolved_at: None });
    }

    fn resolve(&mut self, now: Time, gone: Fingerprint) {
        let Some(known) = self.known.get_mut(&gone).filter(|k| k.resolved_at.is_none()) else { return };
        known.left_out = known.left_out.or(self.told_at);
        known.resolved_at = Some(now);
        let alert = known.alert.clone();
        self.news.alerts.push(gone.clone());
        self.resolved.push_back((now, gone));
        if alert.state != AlertState::Pending {
            self.untold.push(alert, Some(now));
        }
    }

    fn leave_out(&mut self, gone: Fingerprint) {
        if let Some(known) = self.known.get_mut(&gone) {
            known.left_out = known.left_out.or(self.told_at);
            self.news.alerts.push(gone);
        }
    }

    /// Lets go of what has been resolved long enough; answers whether there was such.
    fn forget_resolved(&mut self, now: Time) -> bool {
        let mut forgot = false;
        while let Some((at, gone)) = self.resolved.pop_front_if(|(at, _)| now - *at >= RESOLVED_STAYS) {
            if self.known.get(&gone).is_some_and(|k| k.resolved_at == Some(at)) {
                self.known.remove(&gone);
                self.news.alerts.push(gone);
                forgot = true;
            }
        }
        forgot
    }

    /// Answers whether it stood otherwise.
    fn stand(&mut self, state: SourceState) -> bool {
        let before = self.is_blind();
        let changed = self.state != Standing::Is(state);
        self.state = Standing::Is(state);
        // Where nothing is known there is no row that could be another.
        self.news.all |= before != self.is_blind() && !self.known.is_empty();
        changed
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
        self.stand(state);
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
                    self.stand(SourceState::Stale);
                    entries.push(self.entry(now, Kind::SourceLost, Some("no answer within two intervals".into())));
                }
            }
        }
        let forgot = self.forget_resolved(now);
        forgot || before != self.state
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

    pub(crate) fn change_entries(&self, changes: Vec<Change>) -> Vec<NewEntry> {
        changes.into_iter().map(|change| change.entry(Some(&self.about.name))).collect()
    }

    /// Its changes cannot be read, or can be again; something that is shown changed.
    pub(super) fn lacks_changes(&mut self, unread: Option<Box<Unread>>) -> bool {
        self.changes_unread = unread.map(|u| *u);
        true
    }

    /// Until it answers for the first time it counts since when it was asked first.
    pub(super) fn asked(&mut self, now: Time) {
        if self.state != Standing::Connecting || self.asked_at.is_none() {
            self.asked_at = Some(now);
        }
    }

    /// It is connected, and says what it can; answers whether that is other than was thought.
    pub(super) fn met(&mut self, about: Description) -> bool {
        let changed = self.about != about;
        self.about = about;
        changed
    }

    pub(super) fn turn_entry(&self, Turn { alert, resolved_at }: &Turn) -> NewEntry {
        let kind = if resolved_at.is_some() { Kind::AlertResolved } else { Kind::AlertFired };
        let at = resolved_at.unwrap_or(alert.starts_at);
        let id = self.alert_id(&alert.fingerprint);
        let subject = Subject::alert(&id);
        let once = turn_once(&kind, &subject, alert.starts_at);
        NewEntry {
            at,
            actor: SafeText::new(self.about.name.as_str()),
            kind,
            subject,
            source: Some(id.source),
            body: Body {
                title: Some(alert.name().clone()),
                text: alert.summary().cloned(),
                severity: Some(alert.severity()),
                starts_at: Some(alert.starts_at),
                more: naming(alert),
                ..Body::default()
            },
            once: Some(once),
        }
    }
}

/// What tells whose budget it may have spent, once it has left the board.
fn naming(alert: &Alert) -> serde_json::Map<String, serde_json::Value> {
    let service = alert.service().map(|s| ("service", s.raw()));
    let named = service.into_iter().chain(concerns::naming(&alert.labels));
    named.map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// Answers whether it was another.
fn replace<T: PartialEq>(place: &mut T, value: T) -> bool {
    let changed = *place != value;
    *place = value;
    changed
}
