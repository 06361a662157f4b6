//! The members of one cluster made one answer: silences gossip between them, alerts do not.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use super::{member::Reading, wire::Dated};
use crate::domain::{
    Time,
    alert::Alert,
    label::Fingerprint,
    silence::Silence,
    source::{Problem, Snapshot, SourceError},
    text::SafeText,
};

/// One member's address and what it said.
pub(super) type Told<T> = (SafeText, Result<T, SourceError>);

/// Those that answered, and those that did not with the reason.
type Apart<T> = (Vec<(SafeText, T)>, Vec<(SafeText, SourceError)>);

/// # Errors
/// Where no member answered: the error that helps most.
pub(super) fn unite(told: Vec<Told<Reading>>, now: Time) -> Result<Snapshot, SourceError> {
    let several = told.len() > 1;
    let (read, missing) = apart(told)?;
    let mut snapshot = Snapshot { complete: missing.is_empty(), missing_members: missing, ..Snapshot::empty(now) };
    let (mut alerts, mut silences) = (Vec::new(), Vec::new());
    for (address, reading) in read {
        snapshot.complete &= reading.complete;
        snapshot.version = snapshot.version.or(reading.version);
        snapshot.problems.extend(reading.problems.into_iter().map(|p| if several { placed(&address, p) } else { p }));
        alerts.extend(reading.alerts);
        silences.extend(reading.silences);
    }
    snapshot.alerts = unite_alerts(alerts);
    snapshot.silences = unite_silences(silences);
    Ok(snapshot)
}

/// Those that answered and those that did not.
///
/// # Errors
/// As [`unite`].
pub(super) fn apart<T>(told: Vec<Told<T>>) -> Result<Apart<T>, SourceError> {
    let (mut read, mut missing) = (Vec::new(), Vec::new());
    for (address, result) in told {
        match result {
            Ok(reading) => read.push((address, reading)),
            Err(error) => missing.push((address, error)),
        }
    }
    if read.is_empty() {
        let errors = missing.into_iter().map(|(_, e)| e);
        return Err(errors.min_by_key(rank).unwrap_or_else(|| SourceError::rejected("this source has no address")));
    }
    Ok((read, missing))
}

/// What a person can act on comes first.
fn rank(error: &SourceError) -> u8 {
    match error {
        SourceError::Auth { .. } => 0,
        SourceError::RateLimited { .. } => 1,
        SourceError::Redirected { .. } => 2,
        SourceError::Rejected { .. } => 3,
        SourceError::Malformed { .. } => 4,
        SourceError::Unreachable { .. } => 5,
        SourceError::Crashed { .. } => 6,
    }
}

fn placed(address: &SafeText, problem: Problem) -> Problem {
    Problem { at: format!("{address} {}", problem.at).into(), ..problem }
}

/// By fingerprint: the newest word on an alert counts, and everything that mutes it anywhere is kept.
fn unite_alerts(alerts: Vec<Dated<Alert>>) -> Vec<Arc<Alert>> {
    let mut by_id: BTreeMap<Fingerprint, Dated<Alert>> = BTreeMap::new();
    for (updated, alert) in alerts {
        match by_id.entry(alert.fingerprint.clone()) {
            Entry::Vacant(free) => {
                free.insert((updated, alert));
            }
            Entry::Occupied(mut known) => merge(known.get_mut(), updated, alert),
        }
    }
    by_id.into_values().map(|(_, alert)| Arc::new(alert)).collect()
}

fn merge(known: &mut Dated<Alert>, updated: Time, mut alert: Alert) {
    if updated > known.0 {
        std::mem::swap(&mut known.1, &mut alert);
        known.0 = updated;
    }
    add(&mut known.1.silenced_by, alert.silenced_by);
    add(&mut known.1.inhibited_by, alert.inhibited_by);
}

fn add<T: Ord>(to: &mut Vec<T>, from: Vec<T>) {
    to.extend(from);
    to.sort();
    to.dedup();
}

/// By id, the newest word; in order of id.
pub(super) fn unite_silences(silences: Vec<Dated<Silence>>) -> Vec<Silence> {
    let mut by_id: BTreeMap<SafeText, Dated<Silence>> = BTreeMap::new();
    for (updated, silence) in silences {
        match by_id.get(&silence.id) {
            Some((known, _)) if *known >= updated => {}
            _ => {
                by_id.insert(silence.id.clone(), (updated, silence));
            }
        }
    }
    by_id.into_values().map(|(_, silence)| silence).collect()
}
