//! Since when a check says what it says. Kept in a file, so that an alert does not begin anew with each start.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Time, source::Problem},
    sources::kept::Kept,
};

/// What a check says, by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Ok,
    Warning,
    Critical,
    Unknown,
}

impl State {
    /// # Errors
    /// Any other end than the four says nothing of what is checked.
    pub(super) fn of(exit: Option<i32>) -> Result<Self, String> {
        match exit {
            Some(0) => Ok(Self::Ok),
            Some(1) => Ok(Self::Warning),
            Some(2) => Ok(Self::Critical),
            Some(3) => Ok(Self::Unknown),
            Some(other) => Err(format!("ended with {other}, which is none of 0 ok, 1 warning, 2 critical, 3 unknown")),
            None => Err("a signal ended it".to_owned()),
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    pub(super) fn severity(self) -> &'static str {
        match self {
            Self::Ok => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Unknown => "unknown",
        }
    }
}

/// How one check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Standing {
    state: State,
    /// When it was first bad; a change from one bad state to another is the same trouble.
    since: Time,
    /// How often in a row it was bad, at most as often as it takes.
    times: u32,
}

/// How all checks of a source stand.
#[derive(Debug)]
pub(super) struct Standings {
    kept: Kept,
    attempts: u32,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    checks: BTreeMap<String, Standing>,
    is_read: bool,
    fault: Option<String>,
}

impl Standings {
    /// In a file of this directory, where there is one.
    pub(super) fn kept(dir: Option<&Path>, attempts: u32) -> Self {
        Self { kept: Kept::in_dir(dir, "checks.json"), attempts: attempts.max(1), known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the checks say; answers since when each is bad that is an alert.
    pub(super) async fn take<'a>(
        &self,
        states: impl Iterator<Item = (&'a str, State)>,
        now: Time,
    ) -> BTreeMap<String, Time> {
        if !self.known().is_read {
            let read = self.kept.read().await;
            let mut known = self.known();
            (known.checks, known.is_read) = (read, true);
        }
        let (begun, checks) = {
            let mut known = self.known();
            let before = known.checks.clone();
            let begun = states.filter_map(|(name, state)| self.step(&mut known.checks, name, state, now)).collect();
            (begun, (before != known.checks).then(|| known.checks.clone()))
        };
        if let Some(checks) = checks {
            let fault = self.kept.write(&checks).await.err();
            self.known().fault = fault;
        }
        begun
    }

    fn step(
        &self,
        checks: &mut BTreeMap<String, Standing>,
        name: &str,
        state: State,
        now: Time,
    ) -> Option<(String, Time)> {
        if state == State::Ok {
            checks.remove(name);
            return None;
        }
        let new = Standing { state, since: now, times: 0 };
        let standing = checks.entry(name.to_owned()).or_insert(new);
        standing.state = state;
        standing.times = (standing.times + 1).min(self.attempts);
        (standing.times >= self.attempts).then(|| (name.to_owned(), standing.since))
    }

    /// What is wrong with keeping it, where something is.
    pub(super) fn problem(&self) -> Option<Problem> {
        let why = self.known().fault.clone()?;
        Some(Problem { at: "since when".into(), why: why.into() })
    }
}
