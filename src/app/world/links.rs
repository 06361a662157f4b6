//! The same alert as other sources tell it: found by configured labels, told beside each other, never made one.
//!
//! Each source keeps its own tale, so that two that disagree are seen to, and one that is blind says so.

use crate::domain::{
    Time,
    alert::{Alert, AlertId, AlertState},
    label::Labels,
    source::SourceName,
    text::SafeText,
};

use super::{World, board::Row};

/// Most tales of one alert; a correlation that joins more joins too much.
const MOST: usize = 20;

/// Why two tales are of one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The rule engine's own word on an alert that another source delivers.
    Echo,
    /// Another source's alert that the configuration says is the same.
    Twin,
}

impl LinkKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Twin => "twin",
        }
    }
}

/// One more tale of the same alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub kind: LinkKind,
    pub id: AlertId,
    /// `Unknown` while its source cannot be read.
    pub state: AlertState,
    /// As it was last told.
    pub told: AlertState,
    pub starts_at: Time,
    pub acked_by: Option<SafeText>,
    /// Labels in which it is told otherwise: `cluster=us (here eu)`.
    pub differs: Vec<String>,
}

impl World {
    /// Twins on the board, in its order.
    pub fn twins<'a>(&'a self, row: &'a Row) -> Vec<&'a Row> {
        let mut twins: Vec<&Row> = Vec::new();
        for correlation in self.correlations.iter().filter(|c| c.joins(&row.id.source)) {
            let Some(key) = correlation.key(&row.alert.labels) else { continue };
            for source in correlation.sources.iter().filter(|s| **s != row.id.source) {
                let found = self
                    .board
                    .matching(source, &key)
                    .filter(|o| correlation.is_same(&row.alert.labels, &o.alert.labels));
                // The rows belong to the board, not to the question.
                twins.extend(found.filter_map(|o| self.board.get(&o.id)).take(MOST));
            }
        }
        let mut seen = std::collections::HashSet::new();
        twins.retain(|t| seen.insert(t.id.clone()));
        twins.truncate(MOST);
        twins
    }

    /// How many other sources tell the same alert.
    pub fn told_also(&self, row: &Row) -> usize {
        let twins = if self.correlations.is_empty() { 0 } else { self.twins(row).len() };
        row.also.len() + twins
    }

    /// Every other tale of the alert.
    pub fn links(&self, row: &Row) -> Vec<Link> {
        let echoes = row.also.iter().filter_map(|source| self.echo(row, source));
        echoes.chain(self.twins(row).into_iter().map(|twin| of_row(row, twin))).collect()
    }

    /// The rule engine's alert whose labels are among the row's: of several the closest.
    fn echo(&self, row: &Row, source: &SourceName) -> Option<Link> {
        let status = self.source(source)?;
        let same = status.known.values().filter(|k| is_echo(&k.alert, &row.alert.labels));
        let known = same.max_by_key(|k| k.alert.labels.len())?;
        let told = if known.resolved_at.is_some() { AlertState::Resolved } else { known.alert.state };
        Some(Link {
            kind: LinkKind::Echo,
            id: AlertId { source: source.clone(), fingerprint: known.alert.fingerprint.clone() },
            state: if status.is_blind() { AlertState::Unknown } else { told },
            told,
            starts_at: known.alert.starts_at,
            acked_by: None,
            differs: differences(&row.alert.labels, &known.alert.labels),
        })
    }
}

fn is_echo(alert: &Alert, labels: &Labels) -> bool {
    alert.labels.value("alertname") == labels.value("alertname") && alert.labels.is_subset_of(labels)
}

fn of_row(row: &Row, twin: &Row) -> Link {
    Link {
        kind: LinkKind::Twin,
        id: twin.id.clone(),
        state: twin.state,
        told: twin.told,
        starts_at: twin.alert.starts_at,
        acked_by: twin.ack.as_ref().map(|a| a.by.clone()),
        differs: differences(&row.alert.labels, &twin.alert.labels),
    }
}

fn differences(here: &Labels, there: &Labels) -> Vec<String> {
    let line = |l: &Labels, name: &str| l.get(name).map_or_else(|| "absent".to_owned(), |v| v.line().into_owned());
    let mut names: Vec<&SafeText> = here.iter().chain(there.iter()).map(|(n, _)| n).collect();
    names.sort();
    names.dedup();
    let differ = names.into_iter().filter(|n| here.get(n.raw()) != there.get(n.raw()));
    differ.map(|n| format!("{}={} (here {})", n.line(), line(there, n.raw()), line(here, n.raw()))).collect()
}

/// What to say where the tales of one alert do not agree: the worst counts.
pub fn disagreement(row: &Row, links: &[Link]) -> Option<String> {
    let mut told: Vec<(AlertState, &SourceName)> = links.iter().map(|l| (l.state, &l.id.source)).collect();
    told.push((row.state, &row.id.source));
    told.sort_by_key(|(state, _)| badness(*state));
    let (worst, _) = *told.first()?;
    if told.iter().all(|(state, _)| *state == worst) {
        return None;
    }
    let each: Vec<String> = told.iter().map(|(state, source)| format!("{source} says {}", word(*state))).collect();
    Some(format!("the sources do not agree: {}; the worst counts: {}", each.join(", "), word(worst)))
}

/// What is seen to burn comes before what nobody can see, and that before what is calm.
fn badness(state: AlertState) -> u8 {
    match state {
        AlertState::Firing => 0,
        AlertState::Unknown => 1,
        AlertState::Pending => 2,
        AlertState::Suppressed => 3,
        AlertState::Resolved => 4,
    }
}

pub fn word(state: AlertState) -> &'static str {
    match state {
        AlertState::Unknown => "UNKNOWN",
        AlertState::Suppressed => "muted",
        other => other.as_str(),
    }
}
