//! The board: all sources' alerts merged, worst first. A row vanishes only when it has been resolved and seen.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{
    Time,
    alert::{Ack, Alert, AlertId, AlertState, Severity},
    filter::Facts,
    source::SourceName,
    text::SafeText,
};

use super::{
    acks::Acks,
    ops::{Activity, Ops},
    sources::{Known, SourceStatus},
};

/// One alert on the board.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: AlertId,
    /// Other sources that tell the same alert.
    pub also: Vec<SourceName>,
    pub alert: Arc<Alert>,
    pub severity: Severity,
    /// `Unknown` while its source cannot be read.
    pub state: AlertState,
    /// As it was last told.
    pub told: AlertState,
    /// When its source last told it.
    pub seen_at: Time,
    pub resolved_at: Option<Time>,
    pub ack: Option<Ack>,
    /// What is being done about it right now.
    pub activity: Option<Activity>,
}

impl Row {
    pub fn name(&self) -> &SafeText {
        self.alert.name()
    }

    /// Muted on purpose by something that is no ack.
    pub fn is_suppressed(&self) -> bool {
        self.told == AlertState::Suppressed && self.ack.is_none()
    }

    /// The part of the board it belongs to; unowned fire first, ashes last.
    fn rank(&self) -> u8 {
        match (self.told, &self.ack) {
            (_, _) if self.resolved_at.is_some() => 4,
            (_, Some(_)) => 2,
            (AlertState::Suppressed, None) => 3,
            (AlertState::Pending, None) => 1,
            _ => 0,
        }
    }

    /// What the filter engine may ask of a row.
    pub fn facts<'a>(&'a self, authors: Vec<&'a str>, now: Time) -> Facts<'a> {
        Facts {
            labels: &self.alert.labels,
            annotations: &self.alert.annotations,
            state: self.state,
            severity: self.severity,
            source: &self.id.source,
            fingerprint: &self.id.fingerprint,
            starts_at: self.alert.starts_at,
            now,
            silenced_by: &self.alert.silenced_by,
            silence_authors: authors,
            inhibited_by: &self.alert.inhibited_by,
            ack: self.ack.as_ref(),
            stale: self.state == AlertState::Unknown,
            is_new: false,
            receivers: &self.alert.receivers,
        }
    }
}

/// All rows in the order of the pane.
#[derive(Debug, Default)]
pub struct Board {
    pub rows: Vec<Row>,
    index: HashMap<AlertId, usize>,
    /// How often it was merged: what is derived from rows is as old as this.
    pub version: u64,
}

impl Board {
    pub(crate) fn merge(sources: &[SourceStatus], acks: &Acks, ops: &Ops, now: Time) -> Self {
        let mut rows = Vec::with_capacity(sources.iter().map(|s| s.known.len()).sum());
        for source in sources.iter().filter(|s| !s.about.can.evaluates) {
            push_rows(&mut rows, source, acks, ops, now);
        }
        let delivered = by_name(&rows);
        let mut echoes: Vec<(usize, SourceName)> = Vec::new();
        for source in sources.iter().filter(|s| s.about.can.evaluates) {
            let mut own = Vec::new();
            push_rows(&mut own, source, acks, ops, now);
            for row in own {
                match find_delivered(&rows, &delivered, &row) {
                    Some(i) => echoes.push((i, row.id.source)),
                    None => rows.push(row),
                }
            }
        }
        for (i, name) in echoes {
            rows[i].also.push(name);
        }
        rows.sort_by(|a, b| order(a).cmp(&order(b)));
        let index = rows.iter().enumerate().map(|(i, r)| (r.id.clone(), i)).collect();
        Self { rows, index, version: 0 }
    }

    /// In the order of the pane.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Row> {
        self.rows.iter()
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn get(&self, id: &AlertId) -> Option<&Row> {
        self.index.get(id).map(|i| &self.rows[*i])
    }

    pub fn place(&self, id: &AlertId) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// How many rows of a severity burn with nobody on them.
    pub fn burning(&self, severity: Severity) -> usize {
        self.rows.iter().filter(|r| r.severity == severity && r.rank() == 0).count()
    }

    /// How many are early warnings yet.
    pub fn pending(&self) -> usize {
        self.rows.iter().filter(|r| r.rank() == 1).count()
    }

    /// How many somebody is on.
    pub fn acked(&self) -> usize {
        self.rows.iter().filter(|r| r.rank() == 2).count()
    }
}

/// Rank, severity, oldest last seen, then identity so that equal rows never trade places.
fn order(row: &Row) -> (u8, Severity, std::cmp::Reverse<Time>, &AlertId) {
    (row.rank(), row.severity, std::cmp::Reverse(row.alert.starts_at), &row.id)
}

fn push_rows(rows: &mut Vec<Row>, source: &SourceStatus, acks: &Acks, ops: &Ops, now: Time) {
    let carriers = acks.carriers(source, now);
    let blind = source.is_blind();
    rows.extend(source.known.values().map(|known| {
        let id = source.alert_id(&known.alert.fingerprint);
        let ack = acks.of(&carriers, &id, &known.alert.labels, now);
        let activity = ops.activity(&id).or_else(|| settling(acks, ack.as_ref()));
        row(id, known, blind, ack, activity)
    }));
}

fn settling(acks: &Acks, ack: Option<&Ack>) -> Option<Activity> {
    let silence = ack?.silence.as_ref()?;
    acks.is_settling(silence).then_some(Activity::Settling)
}

fn row(id: AlertId, known: &Known, blind: bool, ack: Option<Ack>, activity: Option<Activity>) -> Row {
    let state = match known.resolved_at {
        Some(_) => AlertState::Resolved,
        None if blind => AlertState::Unknown,
        None => known.alert.state,
    };
    Row {
        id,
        also: Vec::new(),
        severity: known.alert.severity(),
        alert: known.alert.clone(),
        state,
        told: known.alert.state,
        seen_at: known.seen_at,
        resolved_at: known.resolved_at,
        ack,
        activity,
    }
}

fn by_name(rows: &[Row]) -> HashMap<String, Vec<usize>> {
    let mut map: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        map.entry(row.name().raw().to_owned()).or_default().push(i);
    }
    map
}

/// Alertmanager adds external labels, so the evaluator's labels are a subset of the delivered alert's.
fn find_delivered(rows: &[Row], delivered: &HashMap<String, Vec<usize>>, row: &Row) -> Option<usize> {
    let same = delivered.get(row.name().raw())?;
    same.iter().copied().find(|i| row.alert.labels.is_subset_of(&rows[*i].alert.labels))
}
