//! The members of one cluster made one answer: silences gossip between them, alerts do not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{member::Reading, memory::Memory, wire::Dated};
use crate::domain::{
    Time,
    alert::{Alert, AlertState},
    few::Few,
    members::{Dissent, Members, bit},
    silence::Silence,
    source::{Problem, Snapshot, SourceError},
    text::SafeText,
};

/// One member's address and what it said.
pub(super) type Told<T> = (SafeText, Result<T, SourceError>);

/// Those that answered, and those that did not with the reason.
type Apart<T> = (Vec<(SafeText, T)>, Vec<(SafeText, SourceError)>);

/// One member's word on one alert.
struct Said {
    updated: Time,
    member: u8,
    alert: Arc<Alert>,
}

/// # Errors
/// Where no member answered: the error that helps most.
pub(super) fn unite(told: Vec<Told<Reading>>, memory: &Memory, now: Time) -> Result<Snapshot, SourceError> {
    let names: Vec<SafeText> = told.iter().map(|(address, _)| address.clone()).collect();
    let several = names.len() > 1;
    let (read, missing) = apart(told)?;
    let mut snapshot = Snapshot { complete: missing.is_empty(), missing_members: missing, ..Snapshot::empty(now) };
    let (mut alerts, mut silences, mut answered) = (Vec::new(), Vec::new(), 0);
    for (address, reading) in read {
        let member = names.iter().position(|name| *name == address).unwrap_or(usize::MAX);
        answered |= bit(member);
        snapshot.complete &= reading.complete;
        snapshot.version = snapshot.version.or(reading.version);
        snapshot.problems.extend(reading.problems.into_iter().map(|p| if several { placed(&address, p) } else { p }));
        let member = u8::try_from(member).unwrap_or(u8::MAX);
        let told = reading.alerts.into_iter().map(|(updated, alert)| Said { updated, member, alert });
        if alerts.is_empty() {
            alerts = told.collect();
        } else {
            alerts.extend(told);
        }
        silences.extend(reading.silences);
    }
    let before = memory.told().members.clone();
    let council = several.then_some(Council { answered, away: everybody(names.len()) & !answered, before: &before });
    let (alerts, dissent) = unite_alerts(alerts, council.as_ref(), memory);
    (snapshot.alerts, snapshot.silences) = (alerts, unite_silences(silences));
    if let Some(Council { away, .. }) = council {
        snapshot.members = Arc::new(Members { names, away, dissent });
        memory.told().members = snapshot.members.clone();
    }
    Ok(snapshot)
}

fn everybody(members: usize) -> u64 {
    (0..members).fold(0, |all, member| all | bit(member))
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

/// In order of the fingerprint: the newest word on an alert counts, and everything that mutes it anywhere is kept. With
/// them comes what the members tell differently.
fn unite_alerts(
    mut said: Vec<Said>,
    council: Option<&Council<'_>>,
    memory: &Memory,
) -> (Vec<Arc<Alert>>, Vec<Dissent>) {
    if council.is_none() && said.is_sorted_by(|a, b| a.alert.fingerprint < b.alert.fingerprint) {
        memory.told().unite(&mut [], &[]);
        let mut all: Vec<Arc<Alert>> = said.into_iter().map(|s| s.alert).collect();
        all.shrink_to_fit();
        return (all, Vec::new());
    }
    if !said.is_sorted_by(|a, b| a.alert.fingerprint <= b.alert.fingerprint) {
        said.sort_by(|a, b| a.alert.fingerprint.cmp(&b.alert.fingerprint));
    }
    let mut all: Vec<Arc<Alert>> = Vec::with_capacity(said.len());
    let (mut gathered, mut dissent) = (Vec::new(), Vec::new());
    for same in said.chunk_by(|a, b| a.alert.fingerprint == b.alert.fingerprint) {
        let words = council.and_then(|council| council.dissent(same));
        let burns = words.as_ref().is_some_and(|words| words.told & !words.muted != 0);
        let (alert, is_new) = merge(same, burns);
        if is_new {
            gathered.push(all.len());
        }
        all.push(alert);
        dissent.extend(words);
    }
    memory.told().unite(&mut all, &gathered);
    (all, dissent)
}

/// Who was asked, who answered, and where they did not agree before.
struct Council<'a> {
    answered: u64,
    away: u64,
    before: &'a Members,
}

impl Council<'_> {
    /// What was said of one alert, where that is not the same everywhere. Who is away is taken at its last word: that it went
    /// away makes nothing calmer.
    fn dissent(&self, same: &[Said]) -> Option<Dissent> {
        let set = |of: &dyn Fn(&Said) -> bool| {
            same.iter().filter(|said| of(said)).fold(0, |all, said| all | bit(usize::from(said.member)))
        };
        let told = set(&|_| true);
        let muted = set(&|said| said.alert.state == AlertState::Suppressed);
        let fingerprint = &same[0].alert.fingerprint;
        let last = self.before.dissent(fingerprint);
        let counted = self.answered | last.map_or(0, |_| self.away);
        let told = told | last.map_or(0, |last| last.told & self.away);
        let muted = muted | last.map_or(0, |last| last.muted & self.away);
        let agree = told == counted && (muted == 0 || muted == counted);
        (!agree).then(|| Dissent { fingerprint: fingerprint.clone(), told, muted })
    }
}

/// One alert as several told it: as one of them did, or else, which is answered too, as nobody did. One that burns
/// somewhere burns.
fn merge(same: &[Said], burns: bool) -> (Arc<Alert>, bool) {
    let mut newest = &same[0];
    for told in &same[1..] {
        if told.updated > newest.updated {
            newest = told;
        }
    }
    let newest = &newest.alert;
    let adds_nothing = |other: &Arc<Alert>| {
        Arc::ptr_eq(other, newest)
            || other.silenced_by.iter().all(|id| newest.silenced_by.contains(id))
                && other.inhibited_by.iter().all(|f| newest.inhibited_by.contains(f))
    };
    let as_told = !burns || newest.state != AlertState::Suppressed;
    if as_told && same.iter().all(|said| adds_nothing(&said.alert)) {
        return (newest.clone(), false);
    }
    let mut alert = Alert::clone(newest);
    if !as_told {
        alert.state = AlertState::Firing;
    }
    for said in same {
        add(&mut alert.silenced_by, &said.alert.silenced_by);
        add(&mut alert.inhibited_by, &said.alert.inhibited_by);
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
