//! The contract of an ack: what breaks it, measured against how things were when it was made.
//!
//! Pure: refuses to know where it is kept, and who must be told that it broke.

pub mod condition;
mod noted;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{
    Time,
    alert::{Alert, AlertState, Severity},
    label::{Fingerprint, Labels},
    text::SafeText,
};

pub use condition::BreakOn;

/// The label that grows when an alert gets worse: without it, both are the same alert.
const SEVERITY: &str = "severity";
/// Most members that a contract names. In a larger group a newcomer is known by when it began.
pub const MEMBERS_MAX: usize = 50;

/// How acks behave where nobody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AckRules {
    /// One minute to a year.
    pub lasts: Duration,
    pub breaks_on: Vec<BreakOn>,
    /// The labels whose values make alerts of one source a group; none: as the source routes them.
    pub group_by: Option<Vec<String>>,
    /// How long an alert must be gone before its ack ends.
    pub grace: Duration,
}

impl AckRules {
    /// Acks that last so long and that nothing breaks; they end a minute after their alert.
    pub fn lasting(lasts: Duration) -> Self {
        Self { lasts, breaks_on: Vec::new(), group_by: Some(vec!["alertname".into()]), grace: Duration::minutes(1) }
    }

    /// What an ack is made on where nobody says otherwise.
    pub fn terms(&self) -> AckTerms {
        AckTerms { lasts: self.lasts, breaks_on: self.breaks_on.clone() }
    }
}

/// What a person decides about one ack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AckTerms {
    pub lasts: Duration,
    pub breaks_on: Vec<BreakOn>,
}

/// The group that an alert is in, and which others are.
pub struct Group<'a> {
    /// The route that makes it, by its key; none where labels alone do.
    pub route: Option<SafeText>,
    pub labels: Labels,
    /// Whether one that agrees in the labels is in it.
    pub holds: Box<dyn Fn(&Alert) -> bool + 'a>,
}

impl Group<'_> {
    /// All that agree in these labels.
    pub fn by(labels: &Labels, names: &[impl AsRef<str>]) -> Self {
        let value = |name: &str| (SafeText::new(name), SafeText::new(labels.value(name)));
        let labels = names.iter().map(|n| value(n.as_ref())).collect();
        Self { route: None, labels, holds: Box::new(|_| true) }
    }
}

/// Break conditions and the state of things that they are measured against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    #[serde(default)]
    pub breaks_on: Vec<BreakOn>,
    /// When it was made.
    pub at: Time,
    /// The alert it was made for.
    pub alert: Fingerprint,
    pub labels: Labels,
    /// The worst of the alert and its siblings that differ in severity alone.
    pub severity: Severity,
    /// Since when the alert fired.
    pub starts_at: Time,
    /// The route that makes its group, by its key; none where the labels alone do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<SafeText>,
    /// The labels and values that its group has in common.
    pub group: Labels,
    /// The alerts of the group, itself among them: at most [`MEMBERS_MAX`], else none.
    pub members: Vec<Fingerprint>,
}

/// A contract that is broken, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub on: BreakOn,
    /// A sentence.
    pub why: String,
    /// Another alert that did it.
    pub by: Option<Fingerprint>,
}

impl Contract {
    /// On an alert as it is now; `others` are the other alerts of its source.
    pub fn new<'a>(
        alert: &Alert,
        others: impl Iterator<Item = &'a Alert>,
        rules: (&[BreakOn], &Group<'_>),
        at: Time,
    ) -> Self {
        let (breaks_on, group) = rules;
        let mut contract = Self {
            breaks_on: breaks_on.to_vec(),
            at,
            alert: alert.fingerprint.clone(),
            labels: alert.labels.clone(),
            severity: alert.severity(),
            starts_at: alert.starts_at,
            route: group.route.clone(),
            group: group.labels.clone(),
            members: vec![alert.fingerprint.clone()],
        };
        for other in others.filter(|o| o.state != AlertState::Pending && o.fingerprint != alert.fingerprint) {
            if contract.is_sibling(other) {
                contract.severity = contract.severity.min(other.severity());
            }
            if contract.is_in_group(other) && (group.holds)(other) {
                contract.members.push(other.fingerprint.clone());
            }
        }
        contract.members.sort_unstable();
        if contract.members.len() > MEMBERS_MAX {
            contract.members.clear();
        }
        contract
    }

    /// Of an ack of which only this is known: nothing breaks it.
    pub fn bare(at: Time) -> Self {
        Self {
            breaks_on: Vec::new(),
            at,
            alert: Fingerprint::new(""),
            labels: Labels::default(),
            severity: Severity::Unknown,
            starts_at: at,
            route: None,
            group: Labels::default(),
            members: Vec::new(),
        }
    }

    /// What the alert is called.
    pub fn title(&self) -> SafeText {
        self.labels.get("alertname").cloned().unwrap_or_else(|| SafeText::new("(no alertname)"))
    }

    /// Whether an alert of the same source breaks it. `carrier` is the silence that carries the ack: what that one mutes
    /// still counts, what others mute does not.
    pub fn breach(&self, alert: &Alert, carrier: Option<&SafeText>) -> Option<Breach> {
        if alert.state == AlertState::Pending {
            return None;
        }
        if alert.fingerprint == self.alert {
            return self.breach_by_itself(alert);
        }
        if !is_heard(alert, carrier) {
            return None;
        }
        self.breach_by_sibling(alert).or_else(|| self.breach_by_member(alert))
    }

    fn breach_by_itself(&self, alert: &Alert) -> Option<Breach> {
        let now = alert.severity();
        if self.has(BreakOn::Severity) && is_worse(self.severity, now) {
            return Some(Breach { on: BreakOn::Severity, why: rose(self.severity, now), by: None });
        }
        // A source that repeats an older start, as two members may, tells of no new episode.
        let again = alert.starts_at > self.starts_at && alert.starts_at > self.at;
        (self.has(BreakOn::Refire) && again).then(|| Breach {
            on: BreakOn::Refire,
            why: format!("it resolved and fires again since {} UTC", alert.starts_at.format("%H:%M:%S")),
            by: None,
        })
    }

    fn breach_by_sibling(&self, alert: &Alert) -> Option<Breach> {
        let now = alert.severity();
        let rises = self.has(BreakOn::Severity) && is_worse(self.severity, now) && self.is_sibling(alert);
        rises.then(|| Breach {
            on: BreakOn::Severity,
            why: rose(self.severity, now),
            by: Some(alert.fingerprint.clone()),
        })
    }

    fn breach_by_member(&self, alert: &Alert) -> Option<Breach> {
        let known = match self.members.is_empty() {
            true => alert.starts_at <= self.at,
            false => self.members.contains(&alert.fingerprint),
        };
        let joins = self.has(BreakOn::Member) && !known && self.is_in_group(alert);
        joins.then(|| Breach {
            on: BreakOn::Member,
            why: format!("{} joined its group: {}", alert.name().line(), self.telling(alert)),
            by: Some(alert.fingerprint.clone()),
        })
    }

    fn has(&self, condition: BreakOn) -> bool {
        self.breaks_on.contains(&condition)
    }

    /// The same alert at another severity.
    fn is_sibling(&self, other: &Alert) -> bool {
        let rest = |labels: &'_ Labels| labels.len() - usize::from(labels.get(SEVERITY).is_some());
        rest(&self.labels) == rest(&other.labels)
            && self.labels.iter().all(|(n, v)| n.raw() == SEVERITY || other.labels.value(n.raw()) == v.raw())
    }

    fn is_in_group(&self, other: &Alert) -> bool {
        (self.route.is_some() || !self.group.is_empty())
            && self.group.iter().all(|(n, v)| other.labels.value(n.raw()) == v.raw())
    }

    /// The labels that tell an alert from the one that was acked.
    fn telling(&self, alert: &Alert) -> String {
        let differs = |(n, v): &(&SafeText, &SafeText)| self.labels.value(n.raw()) != v.raw();
        let all: Vec<String> =
            alert.labels.iter().filter(differs).take(3).map(|(n, v)| format!("{}={}", n.line(), v.line())).collect();
        all.join(" ")
    }
}

/// Whether it pages, or would if nobody had acked.
fn is_heard(alert: &Alert, carrier: Option<&SafeText>) -> bool {
    let mutes_alone = || alert.silenced_by.iter().all(|id| Some(id) == carrier) && !alert.silenced_by.is_empty();
    alert.inhibited_by.is_empty() && (alert.state == AlertState::Firing || mutes_alone())
}

/// Worst is least. From no known severity only one that asks for somebody is a rise.
fn is_worse(before: Severity, now: Severity) -> bool {
    now < before && (before != Severity::Unknown || now <= Severity::Warning)
}

fn rose(before: Severity, now: Severity) -> String {
    format!("its severity rose from {} to {}", before.as_str(), now.as_str())
}

#[cfg(test)]
mod tests;
