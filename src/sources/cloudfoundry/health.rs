//! How the instances of apps fare: asked a process at a time, so only for what crashed lately, a few at once, and seldom.
//!
//! What was answered last stands until it is asked again; a crash asks at once.

use std::collections::BTreeMap;

use chrono::Duration;

use super::{
    api::Api,
    wire::{Event, Stats},
};
use crate::domain::{
    Time,
    source::{Problem, SourceError},
};

/// An app stays in sight for so long after its last crash.
const SIGHT: Duration = Duration::hours(1);
/// One process is asked no more often than this, unless it crashed since.
const EVERY: Duration = Duration::seconds(60);
/// Processes that are asked for at one poll, and that are kept in sight.
const AT_ONCE: usize = 10;
const MOST: usize = 60;

/// An app and the type of one of its processes.
pub(super) type Key = (String, String);

/// One process as of its last answer.
#[derive(Clone)]
pub(super) struct Process {
    asked: Option<Time>,
    pub(super) crashed_at: Time,
    pub(super) instances: usize,
    /// Indices and states of those that do not run.
    pub(super) down: Vec<(i64, String)>,
    /// Since when some are.
    pub(super) since: Option<Time>,
    pub(super) why: String,
}

#[derive(Default)]
pub(super) struct Health {
    pub(super) processes: BTreeMap<Key, Process>,
}

impl Health {
    /// Asks for what crashed lately. Answers what could not be read.
    pub(super) async fn renew(
        &mut self,
        crashes: &[&Event],
        api: &Api,
        now: Time,
    ) -> Result<Vec<Problem>, SourceError> {
        for crash in crashes.iter().filter(|c| now - c.created_at < SIGHT) {
            let key = (crash.target.guid.clone(), crash.process().to_owned());
            let new = || Process {
                asked: None,
                crashed_at: crash.created_at,
                instances: 0,
                down: Vec::new(),
                since: None,
                why: String::new(),
            };
            let process = self.processes.entry(key).or_insert_with(new);
            process.crashed_at = process.crashed_at.max(crash.created_at);
        }
        self.processes.retain(|_, p| !p.down.is_empty() || now - p.crashed_at < SIGHT);
        while self.processes.len() > MOST {
            let oldest = self.processes.iter().min_by_key(|(_, p)| (!p.down.is_empty(), p.crashed_at));
            let Some(oldest) = oldest.map(|(k, _)| k.clone()) else { break };
            self.processes.remove(&oldest);
        }
        if api.is_short() {
            return Ok(Vec::new());
        }
        self.ask(api, now).await
    }

    async fn ask(&mut self, api: &Api, now: Time) -> Result<Vec<Problem>, SourceError> {
        let due = |p: &Process| p.asked.is_none_or(|at| p.crashed_at > at || now - at >= EVERY);
        let mut due: Vec<(Option<Time>, Key)> =
            self.processes.iter().filter(|(_, p)| due(p)).map(|(k, p)| (p.asked, k.clone())).collect();
        due.sort();
        let mut problems = Vec::new();
        for (_, key) in due.into_iter().take(AT_ONCE) {
            let path = format!("v3/apps/{}/processes/{}/stats", key.0, key.1);
            match api.get::<Stats>(&path, now).await {
                Ok(stats) => {
                    if let Some(process) = self.processes.get_mut(&key) {
                        process.learn(stats, now);
                    }
                }
                // Gone, or not to be seen any more.
                Err(failure) if failure.status == Some(404) => drop(self.processes.remove(&key)),
                Err(failure) if matches!(failure.error, SourceError::RateLimited { .. }) => return Err(failure.error),
                Err(failure) => {
                    problems.push(Problem { at: path.as_str().into(), why: failure.error.to_string().into() })
                }
            }
        }
        Ok(problems)
    }
}

impl Process {
    fn learn(&mut self, stats: Stats, now: Time) {
        self.asked = Some(now);
        self.instances = stats.resources.len();
        let is_down = |state: &str| matches!(state, "CRASHED" | "DOWN");
        self.why = stats.resources.iter().find_map(|i| i.details.clone()).unwrap_or_default();
        let state = |i: super::wire::Instance| (i.index, i.state.unwrap_or_default());
        self.down = stats.resources.into_iter().map(state).filter(|(_, state)| is_down(state)).collect();
        self.since = match (self.down.is_empty(), self.since) {
            (true, _) => None,
            (false, None) => Some(self.crashed_at.min(now)),
            (false, known) => known,
        };
    }
}
