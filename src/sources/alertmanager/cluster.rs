//! The members of one cluster made one answer: silences gossip between them, alerts do not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{member::Reading, memory::Memory, wire::Dated};
use crate::domain::{
    Time,
    alert::Alert,
    few::Few,
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
pub(super) fn unite(told: Vec<Told<Reading>>, memory: &Memory, now: Time) -> Result<Snapshot, SourceError> {
    let several = told.len() > 1;
    let (read, missing) = apart(told)?;
    let mut snapshot = Snapshot { complete: missing.is_empty(), missing_members: missing, ..Snapshot::empty(now) };
    let (mut alerts, mut silences) = (Vec::new(), Vec::new());
    for (address, reading) in read {
        snapshot.complete &= reading.complete;
        snapshot.version = snapshot.version.or(reading.version);
        snapshot.problems.extend(reading.problems.into_iter().map(|p| if several { placed(&address, p) } else { p }));
        if alerts.is_empty() {
            alerts = reading.alerts;
        } else {
            alerts.extend(reading.alerts);
        }
        silences.extend(reading.silences);
    }
    snapshot.alerts = unite_alerts(alerts, memory);
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

/// In order of the fingerprint: the newest word on an alert counts, and everything that mutes it anywhere is kept.
fn unite_alerts(mut alerts: Vec<Dated<Arc<Alert>>>, memory: &Memory) -> Vec<Arc<Alert>> {
    if alerts.is_sorted_by(|a, b| a.1.fingerprint < b.1.fingerprint) {
        memory.told().unite(&mut [], &[]);
        let mut all: Vec<Arc<Alert>> = alerts.into_iter().map(|(_, alert)| alert).collect();
        all.shrink_to_fit();
        return all;
    }
    if !alerts.is_sorted_by(|a, b| a.1.fingerprint <= b.1.fingerprint) {
        alerts.sort_by(|a, b| a.1.fingerprint.cmp(&b.1.fingerprint));
    }
    let mut all: Vec<Arc<Alert>> = Vec::with_capacity(alerts.len());
    let mut gathered = Vec::new();
    for same in alerts.chunk_by(|a, b| a.1.fingerprint == b.1.fingerprint) {
        let (alert, is_new) = merge(same);
        if is_new {
            gathered.push(all.len());
        }
        all.push(alert);
    }
    memory.told().unite(&mut all, &gathered);
    all
}

/// One alert as several told it: as one of them did, or else, which is answered too, as nobody did.
fn merge(same: &[Dated<Arc<Alert>>]) -> (Arc<Alert>, bool) {
    let mut newest = &same[0];
    for told in &same[1..] {
        if told.0 > newest.0 {
            newest = told;
        }
    }
    let newest = &newest.1;
    let adds_nothing = |other: &Arc<Alert>| {
        Arc::ptr_eq(other, newest)
            || other.silenced_by.iter().all(|id| newest.silenced_by.contains(id))
                && other.inhibited_by.iter().all(|f| newest.inhibited_by.contains(f))
    };
    if same.iter().all(|(_, other)| adds_nothing(other)) {
        return (newest.clone(), false);
    }
    let mut alert = Alert::clone(newest);
    for (_, other) in same {
        add(&mut alert.silenced_by, &other.silenced_by);
        add(&mut alert.inhibited_by, &other.inhibited_by);
    }
    (Arc::new(alert), true)
}

fn add<T: Ord + Clone>(to: &mut Few<T>, from: &[T]) {
    let all: BTreeSet<T> = to.iter().chain(from).cloned().collect();
    *to = all.into_iter().collect();
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
