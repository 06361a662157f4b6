//! One action on several alerts: confirmed once, run one after the other, with an end for each.
//!
//! Each start is written down right before it; what waits for its turn and never gets one is written down as well.

use std::collections::{BTreeMap, VecDeque};

use super::{Actions, Run, RunPhase, nothing};
use crate::{
    app::{
        effect::{Effect, Effects},
        world::{World, acts::Told},
    },
    domain::{
        Time,
        action::{Action, Command, How, Order, Target},
        op::{BatchId, OpId},
        text::SafeText,
    },
};

/// Sets that can be looked at; one that is on its way is never forgotten.
const KEPT: usize = 3;

/// Runs that were confirmed together.
#[derive(Clone, Debug)]
pub struct Set {
    pub id: BatchId,
    pub action: Action,
    pub inputs: BTreeMap<String, String>,
    pub began: Time,
    /// In the order of the plan.
    pub runs: Vec<OpId>,
    /// Who was left out of the plan, and why.
    pub left_out: Vec<(SafeText, SafeText)>,
}

/// How many of a set are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub waiting: usize,
    pub running: usize,
    pub done: usize,
    pub failed: usize,
    pub not_run: usize,
}

/// The place of a run among those that were confirmed with it, for its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InSet {
    pub id: BatchId,
    /// From 1.
    pub nth: usize,
    pub of: usize,
}

impl Set {
    pub fn count(&self, actions: &Actions) -> Count {
        let mut count = Count::default();
        for run in self.runs.iter().filter_map(|op| actions.run(op)) {
            match &run.phase {
                RunPhase::Waiting => count.waiting += 1,
                RunPhase::Recording | RunPhase::Running { .. } => count.running += 1,
                RunPhase::Ended(ended) if ended.how.is_good() => count.done += 1,
                RunPhase::Ended(ended) if matches!(ended.how, How::NotStarted(_)) => count.not_run += 1,
                RunPhase::Ended(_) => count.failed += 1,
            }
        }
        count
    }

    pub fn is_over(&self, actions: &Actions) -> bool {
        let Count { waiting, running, .. } = self.count(actions);
        waiting + running == 0
    }

    /// `restart on 5 alerts`.
    pub fn name(&self) -> String {
        format!("{} on {} alerts", self.action.name.line(), self.runs.len())
    }

    /// `3 of 5 done, 1 failed, 1 not run`.
    pub fn summary(&self, actions: &Actions) -> String {
        let n = self.count(actions);
        let mut out = format!("{} of {} done", n.done, self.runs.len());
        let rest = [
            (n.failed, "failed"),
            (n.not_run, "not run"),
            (self.left_out.len(), "left out"),
            (n.running + n.waiting, "to go"),
        ];
        rest.into_iter().filter(|(n, _)| *n > 0).for_each(|(n, word)| out.push_str(&format!(", {n} {word}")));
        out
    }
}

impl Actions {
    pub fn set(&self, id: &BatchId) -> Option<&Set> {
        self.sets.iter().find(|s| s.id == *id)
    }

    /// The newest that is still on its way.
    pub fn running_set(&self) -> Option<&Set> {
        self.sets.iter().rev().find(|s| !s.is_over(self))
    }

    fn forget_sets(&mut self) {
        while self.sets.len() > KEPT {
            let Some(oldest) = self.sets.iter().position(|s| s.is_over(self)) else { break };
            self.sets.remove(oldest);
        }
    }
}

impl World {
    /// Starts the first of several commands; each of the others follows on the end of the one before it.
    pub(crate) fn start_set(
        &mut self,
        now: Time,
        (action, inputs): (Action, BTreeMap<String, String>),
        ready: Vec<(Target, Command)>,
        left_out: Vec<(SafeText, SafeText)>,
    ) -> (BatchId, Effects) {
        let id = BatchId(self.ops.next(&self.session).0);
        let of = ready.len();
        let mut runs = Vec::with_capacity(of);
        for (nth, (target, command)) in ready.into_iter().enumerate() {
            let op = self.ops.next(&self.session);
            runs.push(op.clone());
            let order = Order {
                op,
                name: action.name.clone(),
                subject: target.subject.clone(),
                title: target.title.clone(),
                command,
            };
            let set = Some(InSet { id: id.clone(), nth: nth + 1, of });
            self.actions.runs.push_back(Run { order, asked_at: now, phase: RunPhase::Waiting, set });
        }
        self.actions.sets.push_back(Set { id: id.clone(), action, inputs, began: now, runs, left_out });
        self.actions.forget_sets();
        self.forget_runs();
        let effects = self.next_run(now, &id);
        (id, effects)
    }

    /// Writes down and starts the next that waits. One whose alert has gone meanwhile is left out, and that is written down.
    fn next_run(&mut self, now: Time, id: &BatchId) -> Effects {
        let mut effects = Vec::new();
        while let Some(op) = self.first_waiting(id) {
            let gone = self.gone_meanwhile(&op);
            let Some(run) = self.actions.run_mut(&op) else { break };
            run.asked_at = now;
            match gone {
                Some(why) => effects.extend(self.never_run(now, &op, why)),
                None => {
                    run.phase = RunPhase::Recording;
                    let run = run.clone();
                    let entry = self.started_entry(now, &run);
                    effects.push(Effect::Record { op, entries: vec![entry], clear_draft: None });
                    break;
                }
            }
        }
        effects
    }

    fn first_waiting(&self, id: &BatchId) -> Option<OpId> {
        let runs = &self.actions.set(id)?.runs;
        let waits = |op: &&OpId| self.actions.run(op).is_some_and(|r| r.phase == RunPhase::Waiting);
        runs.iter().find(waits).cloned()
    }

    fn gone_meanwhile(&self, op: &OpId) -> Option<&'static str> {
        let alert = self.actions.run(op)?.order.subject.as_alert()?;
        match self.board.get(&alert) {
            None => Some("the alert has gone before its turn"),
            Some(row) if row.resolved_at.is_some() => Some("the alert resolved before its turn"),
            Some(_) => None,
        }
    }

    fn never_run(&mut self, now: Time, op: &OpId, why: &str) -> Effects {
        let Some(run) = self.actions.run_mut(op) else { return Vec::new() };
        let ended = nothing(How::NotStarted(SafeText::new(why)));
        run.phase = RunPhase::Ended(ended.clone());
        let order = run.order.clone();
        vec![Effect::Observe(vec![self.ended_entry(now, &order, &ended)])]
    }

    /// A run has ended: the next of its set follows; where it was the last, one sentence tells of them all.
    pub(super) fn set_goes_on(&mut self, now: Time, op: &OpId) -> (Effects, Option<Told>) {
        let Some(id) = self.actions.run(op).and_then(|r| r.set.as_ref()).map(|s| s.id.clone()) else {
            return (Vec::new(), None);
        };
        let effects = self.next_run(now, &id);
        let over = self.actions.set(&id).filter(|set| set.is_over(&self.actions));
        let told = over.map(|set| {
            let words = format!("{}: {}", set.name(), set.summary(&self.actions));
            if set.count(&self.actions).done == set.runs.len() { Told::Good(words) } else { Told::Bad(words) }
        });
        (effects, told)
    }

    /// Stops what runs of a set, and starts none of the others.
    pub(crate) fn stop_set(&mut self, now: Time, id: &BatchId) -> Effects {
        let Some(set) = self.actions.set(id) else { return Vec::new() };
        let runs = set.runs.clone();
        let waits = |world: &Self, op: &OpId| world.actions.run(op).is_some_and(|r| r.phase == RunPhase::Waiting);
        let mut effects = Vec::new();
        for op in &runs {
            if waits(self, op) {
                effects.extend(self.never_run(now, op, "it was stopped before its turn"));
            } else {
                effects.extend(self.stop_action(op));
            }
        }
        effects
    }

    /// The journal keeps nothing, so none of those that wait is started.
    pub(super) fn drop_set(&mut self, op: &OpId, how: &How) {
        let Some(id) = self.actions.run(op).and_then(|r| r.set.as_ref()).map(|s| s.id.clone()) else { return };
        while let Some(op) = self.first_waiting(&id) {
            let Some(run) = self.actions.run_mut(&op) else { break };
            run.phase = RunPhase::Ended(nothing(how.clone()));
        }
    }

    /// The alerts of a set for which it was not done, to be tried again; those that have gone are not among them.
    pub(crate) fn not_done(&self, set: &Set) -> Vec<Target> {
        let bad = |run: &&Run| matches!(&run.phase, RunPhase::Ended(ended) if !ended.how.is_good());
        let runs = set.runs.iter().filter_map(|op| self.actions.run(op)).filter(bad);
        runs.filter_map(|run| self.target_of(&run.order.subject.as_alert()?)).collect()
    }
}

/// All sets of this run, the newest last.
pub(super) type Sets = VecDeque<Set>;
