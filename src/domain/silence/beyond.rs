//! What a silence would mute beyond the alerts that fire now: what fired lately, and what carries its labels.

use crate::domain::{label::Labels, source::SourceError, text::SafeText};

/// What one source of metrics says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Beyond {
    /// Alerts that fired within [`Beyond::DAYS`] days.
    pub fired: Result<Sets, SourceError>,
    /// Series of the last hour with the labels that the silence asks for.
    pub series: Result<Sets, SourceError>,
}

impl Beyond {
    pub const DAYS: i64 = 7;
}

/// Label sets, up to a limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sets {
    pub known: Vec<Labels>,
    /// There are more; they were not read.
    pub at_least: bool,
    /// Labels that the question had to leave out, as nothing there carries them.
    pub left_out: Vec<SafeText>,
    /// Why nothing was asked, where nothing was left to ask.
    pub not_asked: Option<&'static str>,
}

impl Sets {
    pub fn of(mut sets: Vec<Labels>, most: usize) -> Self {
        let at_least = sets.len() > most;
        sets.truncate(most);
        Self { known: sets, at_least, ..Self::default() }
    }

    /// `12`, or `1000 or more`.
    pub fn count(&self) -> String {
        let n = self.known.len();
        if self.at_least { format!("{n} or more") } else { n.to_string() }
    }
}
