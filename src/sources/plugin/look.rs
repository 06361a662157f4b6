//! One look at a plugin: everything it lists, or what changed since, as a snapshot.
//!
//! Knows nothing of pipes, and keeps nothing but what a subscription needs.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::json;

use super::{
    ask::List,
    read,
    running::Running,
    wire::{CanAlerts, Delta, Subscribed, WireAlert, WireMembers},
};
use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        label::Fingerprint,
        members::{Dissent, Members},
        silence::Silence,
        source::{Problem, Snapshot, SourceError},
        text::SafeText,
    },
    sources::{http::clock_problem, items},
};

/// What is known between two looks of what a plugin tells by itself.
#[derive(Default)]
pub(super) struct Board {
    /// The run that told it: another one knows nothing of what was subscribed to.
    run: Weak<Running>,
    /// The subscription; none where all is to be listed anew.
    sub: Option<String>,
    /// The one before it, of which something may still come.
    former: Option<String>,
    told: BTreeMap<Fingerprint, Arc<Alert>>,
    complete: bool,
}

impl Board {
    pub(super) fn clear(&mut self) {
        self.former = self.sub.take().or(self.former.take());
    }

    pub(super) fn of(&mut self, running: &Arc<Running>) {
        let run = Arc::downgrade(running);
        if !self.run.ptr_eq(&run) {
            *self = Self { run, ..Self::default() };
        }
    }
}

/// Who is asked, and until when.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) running: &'a Running,
    pub(super) within: Duration,
    pub(super) now: Time,
}

impl Look<'_> {
    /// Every alert that it lists; it need keep nothing for who asks only once.
    pub(super) async fn alerts(self, once: bool) -> Result<(Snapshot, Option<String>), SourceError> {
        self.listed("alerts/list", json!({"filter": {}, "once": once})).await
    }

    /// Whether its backend is there, of one that lists no alerts.
    pub(super) async fn reach(self) -> Result<Snapshot, SourceError> {
        Ok(Snapshot { alerts: Vec::new(), ..self.listed("backend/reach", json!({})).await?.0 })
    }

    async fn listed(self, method: &str, params: serde_json::Value) -> Result<(Snapshot, Option<String>), SourceError> {
        let listed = self.running.list(method, params, self.within).await;
        let list = match listed {
            Ok(list) => list,
            Err(fault) => return Err(self.running.error(fault, self.now).await),
        };
        let cursor = list.cursor.clone();
        Ok((snapshot(list, self.now), cursor))
    }

    /// The same for a plugin that tells changes by itself: listed once, and anew after a gap.
    pub(super) async fn news(self, board: &mut Board) -> Result<Snapshot, SourceError> {
        let mut problems = Vec::new();
        if board.sub.is_some() {
            // What it told before it answers this is told.
            let _: serde_json::Value = self.running.ask("ping", &json!({}), self.within, self.now).await?;
            problems = self.take_news(board);
        }
        if board.sub.is_none() {
            let (snapshot, cursor) = self.alerts(false).await?;
            board.told = snapshot.alerts.iter().map(|a| (a.fingerprint.clone(), a.clone())).collect();
            board.complete = snapshot.complete;
            let wanted = json!({"filter": {}, "cursor": cursor});
            let subscribed: Subscribed = self.running.ask("alerts/subscribe", &wanted, self.within, self.now).await?;
            board.sub = Some(subscribed.sub);
            problems.splice(0..0, self.take_news(board));
            problems.extend(snapshot.problems);
        }
        let alerts = board.told.values().cloned().collect();
        Ok(Snapshot { alerts, problems, complete: board.complete, ..Snapshot::empty(self.now) })
    }

    fn take_news(self, board: &mut Board) -> Vec<Problem> {
        let (news, lost) = self.running.link.desk().take_deltas();
        let mut problems = Vec::new();
        if lost {
            board.clear();
            problems.push(problem("alerts/delta", "more changes than can be held: all is listed anew"));
        }
        for raw in news {
            match items::read::<Delta>(raw.get().as_bytes()) {
                Ok(delta) if board.sub.as_ref() == Some(&delta.sub) => self.take_delta(delta, board, &mut problems),
                Ok(delta) if board.former.as_ref() == Some(&delta.sub) => {}
                Ok(delta) => problems.push(problem("alerts/delta", format!("nobody subscribed to `{}`", delta.sub))),
                Err(why) => {
                    board.clear();
                    problems.push(problem("alerts/delta", why));
                }
            }
        }
        problems
    }

    fn take_delta(self, delta: Delta, board: &mut Board, problems: &mut Vec<Problem>) {
        let (alerts, wrong) = alerts(&delta.upsert, "upsert", self.now);
        // What could not be read may have been a resolution.
        if delta.gap || !wrong.is_empty() {
            board.clear();
        }
        problems.extend(wrong);
        for alert in alerts {
            match alert.state {
                AlertState::Resolved => board.told.remove(&alert.fingerprint),
                _ => board.told.insert(alert.fingerprint.clone(), Arc::new(alert)),
            };
        }
        for removed in delta.remove {
            if board.told.remove(&Fingerprint::from(removed.key.clone())).is_none() {
                problems.push(problem("alerts/delta", format!("`{}` was removed and never there", removed.key)));
            }
        }
    }

    /// The silences, all that are not long gone; `fresh` where those of the last list of alerts will not do.
    pub(super) async fn silences(self, fresh: bool) -> Result<(Vec<Silence>, Vec<Problem>, bool), SourceError> {
        match self.running.list("suppress/list", json!({"fresh": fresh}), self.within).await {
            Ok(list) => {
                let (silences, mut wrong) = read::each(&list.items, "silences", Ok::<Silence, String>);
                wrong.splice(0..0, list.problems);
                Ok((silences, wrong, list.complete))
            }
            Err(fault) => Err(self.running.error(fault, self.now).await),
        }
    }
}

pub(super) fn problem(at: &str, why: impl AsRef<str>) -> Problem {
    Problem { at: at.into(), why: why.as_ref().into() }
}

/// Those that could be read; one that says it is over is not among the others.
fn alerts(raw: &[Box<serde_json::value::RawValue>], at: &str, now: Time) -> (Vec<Alert>, Vec<Problem>) {
    let (read, mut problems) = read::each(raw, at, |wire: WireAlert| read::alert(wire, now));
    let told = |(alert, wrong): (Alert, Option<String>)| {
        problems.extend(wrong.map(|why| problem(alert.fingerprint.as_str(), why)));
        alert
    };
    (read.into_iter().map(told).collect(), problems)
}

fn snapshot(list: List, now: Time) -> Snapshot {
    let (read, mut wrong) = alerts(&list.items, "alerts", now);
    let mut seen = std::collections::HashSet::new();
    let mut kept = Vec::with_capacity(read.len());
    for alert in read.into_iter().filter(|a| a.state != AlertState::Resolved) {
        if seen.insert(alert.fingerprint.clone()) {
            kept.push(Arc::new(alert));
        } else {
            wrong.push(problem("alerts", format!("`{}` stands in the list twice", alert.fingerprint)));
        }
    }
    let mut problems = list.problems;
    problems.extend(wrong);
    problems.extend(clock_problem(list.observed_at, now));
    Snapshot {
        complete: list.complete,
        alerts: kept,
        problems,
        missing_members: list.missing.into_iter().map(|m| (m.member, m.error.read(now))).collect(),
        members: Arc::new(list.members.map(members).unwrap_or_default()),
        version: list.version,
        ..Snapshot::empty(now)
    }
}

fn members(wire: WireMembers) -> Members {
    let dissent = wire.dissent.into_iter();
    let mut dissent: Vec<Dissent> =
        dissent.map(|d| Dissent { fingerprint: Fingerprint::from(d.key), told: d.told, muted: d.muted }).collect();
    dissent.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    let names: Vec<SafeText> = wire.names.into_iter().take(crate::domain::members::MOST).collect();
    Members { names, away: wire.away, dissent }
}

/// How a plugin tells its alerts.
pub(super) fn is_pushing(can: &CanAlerts) -> bool {
    can.watch.mode == "push"
}
