//! All silences of all sources as one list: those that end first stand first, those that are over last.

use chrono::Duration;

use crate::domain::{
    Time,
    silence::{Silence, SilenceState},
    source::SourceName,
    text::SafeText,
};

use super::{World, silences::SilenceId, sources::SourceStatus};

/// A silence that began less than this ago may mute more than its server says yet.
const SERVER_LAGS: Duration = Duration::minutes(10);

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct SilenceRow {
    pub source: SourceName,
    pub silence: Silence,
    pub state: Standing,
    /// Alerts that it mutes now, or would mute once it begins.
    pub mutes: usize,
    pub ends_soon: bool,
    /// An act on it is on its way, or accepted and not yet seen.
    pub settling: bool,
}

/// How a silence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Active,
    Pending,
    Expired,
    /// Its source cannot be read; how old the last word is.
    Unknown {
        age: Duration,
    },
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::Unknown { .. } => "UNKNOWN",
        }
    }
}

impl SilenceRow {
    pub fn id(&self) -> SilenceId {
        (self.source.clone(), self.silence.id.clone())
    }

    pub fn is_over(&self) -> bool {
        self.state == Standing::Expired
    }

    /// It stands and mutes nobody: a silence that waits for nothing, or that is wrong.
    pub fn matches_nothing(&self) -> bool {
        self.state == Standing::Active && self.mutes == 0
    }
}

impl World {
    /// Every silence, those that end first before the others, then those that are over, the latest first.
    pub fn silence_rows(&self, now: Time) -> Vec<SilenceRow> {
        let mut rows: Vec<SilenceRow> = self.sources.iter().flat_map(|s| self.rows_of(s, now)).collect();
        let over =
            |r: &SilenceRow| if r.is_over() { -r.silence.ends_at.timestamp() } else { r.silence.ends_at.timestamp() };
        rows.sort_by_cached_key(|r| (r.is_over(), over(r), r.id()));
        rows
    }

    pub fn silence_row(&self, id: &SilenceId, now: Time) -> Option<SilenceRow> {
        let source = self.source(&id.0)?;
        self.rows_of(source, now).into_iter().find(|r| r.silence.id == id.1)
    }

    fn rows_of(&self, source: &SourceStatus, now: Time) -> Vec<SilenceRow> {
        let counts = self.muted_by_word(source);
        let row = |silence: &Silence| {
            let state = standing(source, silence, now);
            let settling = self.acks.is_settling(&silence.id);
            let fresh = settling || state == Standing::Pending || now - silence.starts_at < SERVER_LAGS;
            let mutes = match counts.get(&silence.id) {
                _ if state == Standing::Expired => 0,
                Some(n) if !settling => *n,
                _ if fresh => self.muted_by(&source.about.name, silence),
                _ => 0,
            };
            SilenceRow {
                source: source.about.name.clone(),
                silence: silence.clone(),
                state,
                mutes,
                ends_soon: state != Standing::Expired && silence.ends_at - now <= self.silencing.rules.ends_soon,
                settling,
            }
        };
        self.acks.known(source).into_iter().map(row).collect()
    }

    fn muted_by(&self, source: &SourceName, silence: &Silence) -> usize {
        let rows = self.board.iter().filter(|r| r.id.source == *source && r.resolved_at.is_none());
        rows.filter(|r| silence.matches(&r.alert.labels)).count()
    }

    /// Silences that could not be read, by source: each a line of its own, never a missing one.
    pub fn silence_problems(&self) -> Vec<(SourceName, SafeText)> {
        let problems = self.sources.iter().flat_map(|s| s.problems.iter().map(move |p| (&s.about.name, p)));
        let of_silence = problems.filter(|(_, p)| p.at.raw().contains("silence"));
        of_silence.map(|(name, p)| (name.clone(), SafeText::new(&format!("{}: {}", p.at.raw(), p.why.raw())))).collect()
    }
}

fn standing(source: &SourceStatus, silence: &Silence, now: Time) -> Standing {
    let over = silence.state == SilenceState::Expired || silence.ends_at <= now;
    match source.good_at {
        _ if over => Standing::Expired,
        Some(at) if source.is_blind() => Standing::Unknown { age: now - at },
        _ if silence.starts_at > now => Standing::Pending,
        _ => Standing::Active,
    }
}
