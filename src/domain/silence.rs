//! Silences: muted on purpose, with an end; and the field's convention that one may carry an ack.

pub mod beyond;
pub mod check;
pub mod end;
pub mod find;
pub mod rules;

use serde::{Deserialize, Serialize};

use super::{
    Time,
    label::Labels,
    matcher::{Matcher, all_match},
    text::SafeText,
};

/// The prefix that makes a silence an ack: karma's and kthxbye's convention.
pub const ACK_PREFIX: &str = "ACK!";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SilenceState {
    Pending,
    Active,
    Expired,
}

/// A silence as a source holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    pub id: SafeText,
    pub matchers: Vec<Matcher>,
    pub starts_at: Time,
    pub ends_at: Time,
    pub created_by: SafeText,
    pub comment: SafeText,
    /// What a program noted on it; Alertmanager keeps these since 0.32 and drops them in silence before.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub annotations: Labels,
    pub state: SilenceState,
}

impl Silence {
    /// Whether this silence carries an ack, ours or another tool's.
    pub fn is_ack(&self) -> bool {
        self.comment.raw().starts_with(ACK_PREFIX)
    }

    /// The comment without the prefix.
    pub fn reason(&self) -> SafeText {
        SafeText::new(self.comment.raw().strip_prefix(ACK_PREFIX).unwrap_or(self.comment.raw()).trim())
    }

    pub fn is_active(&self, now: Time) -> bool {
        self.state != SilenceState::Expired && self.starts_at <= now && now < self.ends_at
    }

    pub fn matches(&self, labels: &Labels) -> bool {
        !self.matchers.is_empty() && all_match(&self.matchers, labels)
    }
}

/// A silence to be made (`id` none) or changed in place (`id`, same matchers, same start).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceDraft {
    pub id: Option<SafeText>,
    pub matchers: Vec<Matcher>,
    pub starts_at: Time,
    pub ends_at: Time,
    pub created_by: String,
    pub comment: String,
    /// Not every server keeps them: see [`SilenceDraft::is_noted_on`].
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub annotations: Labels,
}

impl SilenceDraft {
    /// An ack on exactly one alert's labels: `ACK! reason`.
    pub fn ack(labels: &Labels, by: &str, reason: &str, now: Time, until: Time) -> Self {
        let comment = if reason.is_empty() { ACK_PREFIX.to_owned() } else { format!("{ACK_PREFIX} {reason}") };
        let matchers = exact_matchers(labels);
        let created_by = by.to_owned();
        Self { id: None, matchers, starts_at: now, ends_at: until, created_by, comment, annotations: Labels::default() }
    }

    /// The same silence with another end; the id stays.
    pub fn extend(silence: &Silence, until: Time) -> Self {
        Self {
            id: Some(silence.id.clone()),
            matchers: silence.matchers.clone(),
            starts_at: silence.starts_at,
            ends_at: until,
            created_by: silence.created_by.raw().to_owned(),
            comment: silence.comment.raw().to_owned(),
            annotations: silence.annotations.clone(),
        }
    }

    /// Whether a silence found on the server is this one: the natural key, as no server keeps ours. Annotations do not
    /// count, as an older server drops them.
    pub fn is_carried_by(&self, silence: &Silence) -> bool {
        silence.matchers.len() == self.matchers.len()
            && self.matchers.iter().all(|m| silence.matchers.contains(m))
            && silence.comment.raw() == self.comment
            && silence.created_by.raw() == self.created_by
            && (silence.ends_at - self.ends_at).abs() < chrono::Duration::seconds(2)
    }

    /// Whether the silence read back has all annotations that were sent: only then does the server keep them.
    pub fn is_noted_on(&self, silence: &Silence) -> bool {
        self.annotations.is_subset_of(&silence.annotations)
    }
}

/// One `=` matcher a label: this label set, and only supersets of it.
pub fn exact_matchers(labels: &Labels) -> Vec<Matcher> {
    labels.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| Matcher::equal(n.raw(), v.raw())).collect()
}
