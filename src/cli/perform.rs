//! Does what the world asks for when there is no screen: the journal first, then the source, then the journal again.
//! The acts themselves are the world's; this only carries them out and tells it what came back.

use std::collections::VecDeque;

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::OpMsg,
        world::World,
        world::acts::Told,
    },
    domain::{
        entry::{Entry, NewEntry},
        op::{Intent, OpId, Outcome},
        text::SafeText,
    },
    journal::{Journal, JournalError},
    runtime::{Sources, clock::Clock, execute},
};

use super::exit;

/// What an act needs.
pub struct Hands<'a> {
    pub world: &'a mut World,
    pub sources: &'a Sources,
    pub journal: &'a Journal,
    pub clock: Clock,
}

/// How an act ended, and what the journal kept of it where it lives there alone.
pub struct Ended {
    pub outcome: Outcome,
    pub entries: Vec<Entry>,
}

impl Hands<'_> {
    /// Carries one act out, up to its end. None where the world asked for nothing.
    pub async fn perform(&mut self, effects: Effects) -> Option<Ended> {
        let mut ended = None;
        let mut due = VecDeque::from(effects);
        while let Some(effect) = due.pop_front() {
            due.extend(match effect {
                Effect::Intend(intent, entries) => self.intend(&intent, &entries, &mut ended).await,
                Effect::Send(intent) => self.send(&intent, &mut ended).await,
                Effect::Record { op, entries, clear_draft: _ } => self.record(&op, &entries, &mut ended).await,
                Effect::Settle(op, entries) => self.settle(&op, &entries).await,
                // A command has no screen, keeps no drafts, and asks nobody a second time.
                _ => Vec::new(),
            });
        }
        ended
    }

    /// Nothing is sent that the journal does not have.
    async fn intend(&mut self, intent: &Intent, entries: &[NewEntry], ended: &mut Option<Ended>) -> Effects {
        match self.journal.intend(intent, entries, self.clock.now()).await {
            Ok(_) => self.world.intended(&intent.op),
            Err(error) => self.dropped(&intent.op, &error, ended),
        }
    }

    async fn send(&mut self, intent: &Intent, ended: &mut Option<Ended>) -> Effects {
        let done = execute::execute(self.sources, intent, self.clock).await;
        *ended = Some(Ended { outcome: done.outcome.clone(), entries: Vec::new() });
        let msg = OpMsg::Ended { outcome: done.outcome, silence: done.silence.map(Box::new) };
        self.world.op_ended(self.clock.now(), &intent.op, msg).0
    }

    async fn record(&mut self, op: &OpId, new: &[NewEntry], ended: &mut Option<Ended>) -> Effects {
        match self.journal.append(new, self.clock.now()).await {
            Ok(entries) => {
                let ends_at = entries.first().and_then(|e| e.body.until);
                *ended = Some(Ended { outcome: Outcome::Confirmed { silence: None, ends_at }, entries });
                self.world.recorded(self.clock.now(), op);
                Vec::new()
            }
            Err(error) => self.dropped(op, &error, ended),
        }
    }

    /// The act stays in the outbox where its end cannot be written: the next cockpit finds out what became of it.
    async fn settle(&mut self, op: &OpId, entries: &[NewEntry]) -> Effects {
        if let Err(error) = self.journal.settle(op, entries, self.clock.now()).await {
            exit::tell(format_args!("watchfire: how it ended could not be written down: {error}; {}", error.advice()));
        }
        Vec::new()
    }

    fn dropped(&mut self, op: &OpId, error: &JournalError, ended: &mut Option<Ended>) -> Effects {
        let why = SafeText::new(&format!("{error}; {}", error.advice()));
        let told = self.world.dropped(self.clock.now(), op, &why);
        let why = match told {
            Some(Told::Bad(words) | Told::Good(words) | Told::Warned(words)) => SafeText::new(&words),
            None => why,
        };
        *ended = Some(Ended { outcome: Outcome::Refused { why }, entries: Vec::new() });
        Vec::new()
    }
}
