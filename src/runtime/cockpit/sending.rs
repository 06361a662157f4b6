//! Acts leave the cockpit: one alone, or many through the queue; each end comes back as a message.

use tokio::sync::mpsc;

use crate::{
    app::msg::{Msg, OpMsg},
    domain::op::Intent,
    runtime::{
        execute,
        queue::{self, Begin},
        terminal::Screen,
    },
};

use super::Turning;

impl<S: Screen> Turning<'_, S> {
    pub(super) fn send(&mut self, intent: Intent) -> Option<Msg> {
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        self.begin(async move {
            let done = execute::execute(&sources, &intent, clock).await;
            let msg = OpMsg::Ended { outcome: done.outcome, silence: done.silence.map(Box::new) };
            // A loop that has gone finds the act in the outbox when it starts again.
            let _ = inbox.send(Msg::Op(intent.op, msg)).await;
        });
        None
    }

    pub(super) fn send_all(&mut self, acts: Vec<Intent>) -> Option<Msg> {
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        let (told, mut ends) = mpsc::channel(64);
        self.begin(async move { queue::send(&sources, acts, clock, Begin::Sending, told).await });
        self.begin(async move {
            while let Some((intent, done)) = ends.recv().await {
                let msg = OpMsg::Ended { outcome: done.outcome, silence: done.silence.map(Box::new) };
                let _ = inbox.send(Msg::Op(intent.op, msg)).await;
            }
        });
        None
    }
}
