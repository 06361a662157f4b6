//! Silences in answers: one of the list, a preview, an act.

use serde::Serialize;

use crate::{
    app::world::{
        beyond::Beyonds,
        silence_rows::SilenceRow,
        silences::{Preview, title},
    },
    cli::answer::act::{Other, Word},
    domain::{
        Time,
        alert::AlertId,
        label::Labels,
        matcher::Matcher,
        silence::{SilenceDraft, beyond::Sets},
        source::{SourceError, SourceName},
        text::SafeText,
    },
};

#[derive(Serialize)]
pub struct SilenceAnswer<'a> {
    id: &'a SafeText,
    source: &'a SourceName,
    /// active, pending, expired or unknown.
    state: String,
    starts_at: Time,
    ends_at: Time,
    /// Seconds; below zero for one that is over.
    ends_in_s: i64,
    created_by: &'a SafeText,
    comment: &'a SafeText,
    /// As Alertmanager writes them.
    matchers: Vec<String>,
    /// How many alerts it mutes now.
    mutes: usize,
    ends_soon: bool,
    matches_nothing: bool,
    ack: bool,
}

impl<'a> SilenceAnswer<'a> {
    pub fn of(row: &'a SilenceRow, now: Time) -> Self {
        let silence = &row.silence;
        Self {
            id: &silence.id,
            source: &row.source,
            state: row.state.as_str().to_lowercase(),
            starts_at: silence.starts_at,
            ends_at: silence.ends_at,
            ends_in_s: (silence.ends_at - now).num_seconds(),
            created_by: &silence.created_by,
            comment: &silence.comment,
            matchers: texts(&silence.matchers),
            mutes: row.mutes,
            ends_soon: row.ends_soon,
            matches_nothing: row.matches_nothing(),
            ack: silence.is_ack(),
        }
    }
}

pub fn texts(matchers: &[Matcher]) -> Vec<String> {
    matchers.iter().map(ToString::to_string).collect()
}

/// What matchers mute on one source.
#[derive(Serialize)]
pub struct PreviewAnswer {
    pub source: SourceName,
    pub matchers: Vec<String>,
    pub mutes: usize,
    pub of: usize,
    pub alerts: Vec<Other>,
    /// Why it is broad; then the number of alerts must be said.
    pub broad: Vec<String>,
    /// What fires not now, by source of metrics.
    pub beyond: Vec<BeyondAnswer>,
}

impl PreviewAnswer {
    pub fn of(source: &SourceName, matchers: &[Matcher], preview: &Preview, beyond: Option<&Beyonds>) -> Self {
        let told = beyond.and_then(|b| b.told.as_deref()).unwrap_or_default();
        Self {
            source: source.clone(),
            matchers: texts(matchers),
            mutes: preview.mutes.len(),
            of: preview.of,
            alerts: others(&preview.mutes),
            broad: preview.objections.clone(),
            beyond: told.iter().map(|(name, b)| BeyondAnswer::of(name, &b.fired, &b.series)).collect(),
        }
    }
}

pub fn others(alerts: &[(AlertId, SafeText)]) -> Vec<Other> {
    alerts.iter().map(|(id, name)| Other::of((id, name))).collect()
}

#[derive(Serialize)]
pub struct BeyondAnswer {
    source: SourceName,
    fired: SetsAnswer,
    series: SetsAnswer,
}

impl BeyondAnswer {
    fn of(source: &SourceName, fired: &Result<Sets, SourceError>, series: &Result<Sets, SourceError>) -> Self {
        Self { source: source.clone(), fired: SetsAnswer::of(fired), series: SetsAnswer::of(series) }
    }
}

#[derive(Serialize)]
struct SetsAnswer {
    /// None where it could not be told.
    count: Option<usize>,
    /// There are more, which were not read.
    at_least: bool,
    sets: Vec<Labels>,
    left_out: Vec<SafeText>,
    not_asked: Option<&'static str>,
    error: Option<String>,
}

impl SetsAnswer {
    fn of(sets: &Result<Sets, SourceError>) -> Self {
        let (known, error) = match sets {
            Ok(sets) => (sets.clone(), None),
            Err(error) => (Sets::default(), Some(error.to_string())),
        };
        Self {
            count: (error.is_none() && known.not_asked.is_none()).then_some(known.known.len()),
            at_least: known.at_least,
            sets: known.known,
            left_out: known.left_out,
            not_asked: known.not_asked,
            error,
        }
    }
}

/// An act on a silence, planned or done.
#[derive(Clone, Debug, Serialize)]
pub struct SilenceAct {
    pub source: SourceName,
    /// None before a new one has an id.
    pub silence: Option<SafeText>,
    pub outcome: Word,
    pub why: Option<SafeText>,
    pub matchers: Vec<String>,
    pub until: Option<Time>,
    pub comment: String,
    /// Alerts that it mutes now, or that page again.
    pub alerts: Vec<Other>,
    /// The line that would do the same by hand, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    #[serde(skip)]
    pub title: SafeText,
}

impl SilenceAct {
    pub fn planned(source: &SourceName, draft: &SilenceDraft) -> Self {
        Self {
            source: source.clone(),
            silence: draft.id.clone(),
            outcome: Word::Planned,
            why: None,
            matchers: texts(&draft.matchers),
            until: Some(draft.ends_at),
            comment: draft.comment.clone(),
            alerts: Vec::new(),
            command: None,
            title: title(&draft.matchers),
        }
    }

    /// One that cannot be done.
    pub fn refused(source: &SourceName, title: &SafeText, why: &str) -> Self {
        Self {
            source: source.clone(),
            silence: None,
            outcome: Word::Refused,
            why: Some(SafeText::new(why)),
            matchers: Vec::new(),
            until: None,
            comment: String::new(),
            alerts: Vec::new(),
            command: None,
            title: title.clone(),
        }
    }
}
