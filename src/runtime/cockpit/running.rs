//! Commands that a person runs from the cockpit, and runbooks: each a task that answers with messages.

use std::{collections::BTreeMap, time::Duration};

use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::{
    app::{
        App,
        effect::Effect,
        msg::{ActionMsg, Msg},
    },
    domain::{
        Time,
        action::{Ended, Order},
        op::OpId,
        runbook::Place,
    },
    runtime::{
        action::{self, Stop, Stopper},
        journal::Keeper,
        runbook,
        terminal::Screen,
    },
};

use super::Turning;

/// What still runs may hold up the end for this long.
const LAST_RUNS: Duration = Duration::from_millis(900);

/// What runs; each ends when its stopper goes.
#[derive(Default)]
pub(super) struct Runs {
    stoppers: BTreeMap<OpId, Stopper>,
    tasks: JoinSet<(OpId, Ended)>,
}

impl<S: Screen> Turning<'_, S> {
    pub(super) fn run_action(&mut self, order: Order) -> Option<Msg> {
        self.runs.stoppers.retain(|_, stopper| !stopper.is_closed());
        let (stopper, stop) = watch::channel(None);
        self.runs.stoppers.insert(order.op.clone(), stopper);
        let (inbox, op) = (self.inbox.clone(), order.op.clone());
        let said = {
            let (inbox, op) = (inbox.clone(), op.clone());
            // Where the inbox is full the next telling has it all.
            move |output| drop(inbox.try_send(Msg::Action(op.clone(), ActionMsg::Said(output))))
        };
        self.runs.tasks.spawn(async move {
            let ended = action::run(order.command, stop, said).await;
            // A loop that has gone takes the end from the task itself.
            let _ = inbox.send(Msg::Action(op.clone(), ActionMsg::Ended(Box::new(ended.clone())))).await;
            (op, ended)
        });
        while self.runs.tasks.try_join_next().is_some() {}
        None
    }

    pub(super) fn stop_action(&mut self, op: &OpId) -> Option<Msg> {
        if let Some(stopper) = self.runs.stoppers.get(op) {
            stopper.send_replace(Some(Stop::Asked));
        }
        None
    }

    pub(super) fn read_runbook(&mut self, places: Vec<Place>) -> Option<Msg> {
        let inbox = self.inbox.clone();
        self.begin(async move {
            let told = runbook::read(&places).await;
            let _ = inbox.send(Msg::RunbookRead { places, told }).await;
        });
        None
    }
}

impl Runs {
    /// Ends all that runs, and writes down how it ended.
    pub(super) async fn end(mut self, app: &mut App, keeper: &Keeper, now: Time) {
        let never = app.world.never_started(now);
        if !never.is_empty() {
            keeper.writes(never).await;
        }
        for stopper in self.stoppers.values() {
            stopper.send_replace(Some(Stop::Leaving));
        }
        let ends = async {
            while let Some(done) = self.tasks.join_next().await {
                let Ok((op, ended)) = done else { continue };
                for effect in app.update(now, Msg::Action(op, ActionMsg::Ended(Box::new(ended)))) {
                    if let Effect::Observe(entries) = effect {
                        keeper.writes(entries).await;
                    }
                }
            }
        };
        // What takes longer is told of at the next start.
        let _ = timeout(LAST_RUNS, ends).await;
    }
}
