//! Actions: what can be run on a thing, what runs, and what came of it. Intent is written down before anything is started.

mod sets;

use std::collections::{BTreeMap, VecDeque};

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::ActionMsg,
    },
    domain::{
        Time,
        action::{
            Action, Command, Ended, How, Order, Output, Target, Variable, command::Unfilled, ended, lost::Holder,
        },
        alert::AlertId,
        entry::{Body, Entry, Kind, NewEntry},
        op::OpId,
        text::SafeText,
    },
};

pub use self::sets::{Count, InSet, Set};
use super::{World, acts::Told, board::Row};

/// Runs that are remembered; the journal has the rest.
const KEPT: usize = 20;

#[derive(Debug, Default)]
pub struct Actions {
    pub configured: Vec<Action>,
    /// What no command inherits.
    pub secret_env: Vec<String>,
    /// Who runs them.
    pub holder: Holder,
    /// The newest last.
    pub runs: VecDeque<Run>,
    /// Runs that were confirmed together, the newest last.
    pub sets: sets::Sets,
}

/// One command, from its confirmation on.
#[derive(Clone, Debug)]
pub struct Run {
    pub order: Order,
    pub asked_at: Time,
    pub phase: RunPhase,
    /// Those it was confirmed with.
    pub set: Option<InSet>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RunPhase {
    /// Others of its set come first.
    Waiting,
    /// The journal is writing that it is going to be started.
    Recording,
    Running {
        output: Output,
        /// A person asked it to end.
        stopping: bool,
    },
    Ended(Ended),
}

impl Run {
    pub fn is_over(&self) -> bool {
        matches!(self.phase, RunPhase::Ended(_))
    }

    pub fn output(&self) -> Option<&Output> {
        match &self.phase {
            RunPhase::Waiting | RunPhase::Recording => None,
            RunPhase::Running { output, .. } => Some(output),
            RunPhase::Ended(ended) => Some(&ended.output),
        }
    }

    /// `pods on HighErrorRate`.
    pub fn name(&self) -> String {
        let on = self.order.title.as_ref().map(|t| format!(" on {}", t.line())).unwrap_or_default();
        format!("{}{on}", self.order.name.line())
    }
}

impl Actions {
    pub fn run(&self, op: &OpId) -> Option<&Run> {
        self.runs.iter().find(|r| r.order.op == *op)
    }

    pub fn running(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|r| !r.is_over())
    }

    fn run_mut(&mut self, op: &OpId) -> Option<&mut Run> {
        self.runs.iter_mut().find(|r| r.order.op == *op)
    }
}

impl World {
    /// An alert as a target, as it is now.
    pub fn target_of(&self, id: &AlertId) -> Option<Target> {
        let row = self.board.get(id)?;
        let incident = self.incidents.incident_of(id).map(|i| i.as_str().to_owned());
        Some(Target { incident, ..Target::of_alert(id, &row.alert, &self.user) })
    }

    /// The actions that are for this, in the order of the configuration.
    pub fn actions_on(&self, target: &Target, now: Time) -> Vec<usize> {
        let all = self.actions.configured.iter().enumerate();
        all.filter(|(_, a)| self.suits(a, target, now)).map(|(i, _)| i).collect()
    }

    /// Whether an action is for this, and its scope lets this in. A scope speaks of alerts: an incident is in it with one of
    /// its alerts, and what has no alert is not asked.
    pub fn suits(&self, action: &Action, target: &Target, now: Time) -> bool {
        let Some(filter) = action.scope.as_ref().filter(|_| action.is_for(target)) else {
            return action.is_for(target);
        };
        let passes = |row: &Row| filter.matches(&self.facts(row, now));
        match (&target.alert, &target.incident) {
            (Some(alert), _) => self.board.get(&alert.id).is_some_and(passes),
            (None, Some(id)) => self
                .incidents
                .all
                .find(id)
                .is_ok_and(|incident| incident.alerts.keys().filter_map(|id| self.board.get(id)).any(passes)),
            (None, None) => true,
        }
    }

    /// A command with what every command of ours has.
    ///
    /// # Errors
    /// Why it cannot be made, in words that say what to do.
    pub fn command_of_action(
        &self,
        action: &Action,
        target: &Target,
        inputs: &BTreeMap<String, String>,
    ) -> Result<Command, String> {
        let command = action.fill(target, inputs).map_err(|why| self.why_unfilled(&why))?;
        Ok(self.guarded(command))
    }

    pub(crate) fn guarded(&self, command: Command) -> Command {
        Command { hidden_env: self.actions.secret_env.clone(), ..command }
    }

    /// What is missing, and which alerts have it.
    pub(crate) fn why_unfilled(&self, why: &Unfilled) -> String {
        let Unfilled::Missing(variable) = why else { return why.to_string() };
        let has = |row: &&Row| match variable {
            Variable::Label(name) => row.alert.labels.get(name).is_some_and(|v| !v.is_empty()),
            Variable::Annotation(name) => row.alert.annotations.get(name).is_some_and(|v| !v.is_empty()),
            _ => false,
        };
        if !matches!(variable, Variable::Label(_) | Variable::Annotation(_)) {
            return why.to_string();
        }
        let mut names: Vec<String> = self.board.iter().filter(has).map(|r| r.name().line().into_owned()).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        let such = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        match count {
            0 => format!("{why}, and no alert on the board has it"),
            n => format!("{why}; {n} alert{} it, such as {such}", if n == 1 { " has" } else { "s have" }),
        }
    }

    /// A confirmed command: written down first.
    pub(crate) fn start_action(
        &mut self,
        now: Time,
        name: SafeText,
        target: &Target,
        command: Command,
    ) -> (OpId, Effects) {
        let op = self.ops.next(&self.session);
        let (subject, title) = (target.subject.clone(), target.title.clone());
        let order = Order { op: op.clone(), name, subject, title, command };
        let run = Run { order, asked_at: now, phase: RunPhase::Recording, set: None };
        let entry = self.started_entry(now, &run);
        self.actions.runs.push_back(run);
        self.forget_runs();
        (op.clone(), vec![Effect::Record { op, entries: vec![entry], clear_draft: None }])
    }

    /// The entry that says that a command is going to be started.
    fn started_entry(&self, now: Time, run: &Run) -> NewEntry {
        let order = &run.order;
        let mut more = ended::started(&order.name, &order.command);
        more.extend(self.actions.holder.fields());
        if let Some(InSet { id, nth, of }) = &run.set {
            more.extend([("set", id.0.clone().into()), ("nth", (*nth).into()), ("of", (*of).into())].map(named));
        }
        let text = Some(SafeText::new(&order.command.line()));
        let body = Body { title: order.title.clone(), text, op: Some(order.op.clone()), more, ..Body::default() };
        self.entry(now, Kind::ActionStarted, order.subject.clone(), body)
    }

    fn forget_runs(&mut self) {
        while self.actions.runs.len() > KEPT {
            let is_told = |r: &Run| r.set.as_ref().is_some_and(|s| self.actions.set(&s.id).is_some());
            let Some(oldest) = self.actions.runs.iter().position(|r| r.is_over() && !is_told(r)) else { break };
            self.actions.runs.remove(oldest);
        }
    }

    /// The journal has it: now it may be started. None where this is no action.
    pub(crate) fn action_recorded(&mut self, op: &OpId) -> Option<Effects> {
        let now = self.actions.run(op)?.asked_at;
        if let Run { phase: RunPhase::Ended(ended), order, .. } = self.actions.run(op)? {
            let mut effects = vec![Effect::Observe(vec![self.ended_entry(now, order, ended)])];
            effects.extend(self.set_goes_on(now, op).0);
            return Some(effects);
        }
        let run = self.actions.run_mut(op)?;
        run.phase = RunPhase::Running { output: Output::default(), stopping: false };
        Some(vec![Effect::RunAction(Box::new(run.order.clone()))])
    }

    /// The journal could not keep it: it is not started. None where this is no action.
    pub(crate) fn action_dropped(&mut self, op: &OpId, why: &SafeText) -> Option<Told> {
        let run = self.actions.run_mut(op)?;
        let how = How::NotStarted(SafeText::new(&format!("the journal cannot keep it: {}", why.line())));
        let told = format!("{} was NOT run, the journal cannot keep it: {}", run.order.name.line(), why.line());
        run.phase = RunPhase::Ended(nothing(how.clone()));
        self.drop_set(op, &how);
        Some(Told::Bad(told))
    }

    /// What became of a command that was started.
    pub(crate) fn action_told(&mut self, now: Time, op: &OpId, msg: ActionMsg) -> (Effects, Option<Told>) {
        let Some(run) = self.actions.run_mut(op) else { return (Vec::new(), None) };
        match (msg, &mut run.phase) {
            (ActionMsg::Said(said), RunPhase::Running { output, .. }) => {
                *output = said;
                (Vec::new(), None)
            }
            (ActionMsg::Ended(ended), RunPhase::Running { .. }) => {
                let told = format!("{}: {}", run.name(), ended.line());
                let told = if ended.how.is_good() { Told::Good(told) } else { Told::Bad(told) };
                run.phase = RunPhase::Ended((*ended).clone());
                let (order, alone) = (run.order.clone(), run.set.is_none());
                let mut effects = vec![Effect::Observe(vec![self.ended_entry(now, &order, &ended)])];
                let (more, of_all) = self.set_goes_on(now, op);
                effects.extend(more);
                (effects, of_all.or(Some(told).filter(|_| alone)))
            }
            _ => (Vec::new(), None),
        }
    }

    /// The entry that says how a command ended.
    pub fn ended_entry(&self, now: Time, order: &Order, ended: &Ended) -> NewEntry {
        let mut more = ended::started(&order.name, &order.command);
        more.extend(ended.fields());
        let text = Some(SafeText::new(&ended.line()));
        let body = Body { title: order.title.clone(), text, op: Some(order.op.clone()), more, ..Body::default() };
        self.entry(now, Kind::ActionEnded, order.subject.clone(), body)
    }

    /// What was confirmed and never started, as nobody is left to start it.
    pub(crate) fn never_started(&mut self, now: Time) -> Vec<NewEntry> {
        let waits = |r: &&mut Run| matches!(r.phase, RunPhase::Waiting | RunPhase::Recording);
        let ended = nothing(How::NotStarted(SafeText::new("watchfire was left before")));
        let end = |run: &mut Run| {
            run.phase = RunPhase::Ended(ended.clone());
            run.order.clone()
        };
        let orders: Vec<Order> = self.actions.runs.iter_mut().filter(waits).map(end).collect();
        orders.iter().map(|order| self.ended_entry(now, order, &ended)).collect()
    }

    /// Asks a command to end; one that was not started yet never is.
    pub(crate) fn stop_action(&mut self, op: &OpId) -> Effects {
        match self.actions.run_mut(op).map(|r| &mut r.phase) {
            Some(phase @ RunPhase::Recording) => {
                *phase = RunPhase::Ended(nothing(How::NotStarted(SafeText::new("it was stopped before it began"))));
                Vec::new()
            }
            Some(RunPhase::Running { stopping, .. }) => {
                *stopping = true;
                vec![Effect::StopAction(op.clone())]
            }
            _ => Vec::new(),
        }
    }

    /// The first action among these that was lost just now, as a sentence.
    pub(crate) fn lost_actions(&self, entries: &[Entry]) -> Option<String> {
        let is_new = |e: &&Entry| e.kind == Kind::ActionUnknown && e.recorded_at >= self.started_at();
        let mut lost = entries.iter().filter(is_new);
        let first = lost.next()?;
        let name = first.body.more.get("action").and_then(serde_json::Value::as_str).unwrap_or("an action");
        let on = first.body.title.as_ref().map(|t| format!(" on {}", t.line())).unwrap_or_default();
        let whole = |name: &str| first.body.more.get(name).and_then(serde_json::Value::as_u64);
        let after = match (whole("nth"), whole("of")) {
            (Some(nth), Some(of)) if nth < of => format!(", the {} after it were not started", of - nth),
            _ => String::new(),
        };
        let more = match lost.count() {
            0 => String::new(),
            n => format!(" (and {n} more: see the timeline)"),
        };
        let name = SafeText::new(name);
        Some(format!("{}{on} was started and nobody saw its end: it may have gone on{after}{more}", name.line()))
    }
}

fn named<V>((name, value): (&str, V)) -> (String, V) {
    (name.to_owned(), value)
}

fn nothing(how: How) -> Ended {
    let output = Output::default();
    Ended { how, took: chrono::Duration::zero(), output, lingers: false, asked: false }
}
