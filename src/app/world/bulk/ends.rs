//! How a batch goes on: written down, sent, ended one by one, and the sentence when the last has ended.

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::OpMsg,
        world::{
            World,
            acts::{Told, ended_entries},
        },
    },
    domain::{
        Time,
        op::{BatchId, Intent, OpId, Outcome},
        silence::Silence,
        text::SafeText,
    },
};

use super::{Batch, End, Make};

impl World {
    /// All of it is on disk: what lives in the journal is done, the rest is sent now.
    pub fn all_intended(&mut self, now: Time, id: &BatchId) -> (Effects, Option<Told>) {
        let Some(batch) = self.bulk.batches.iter_mut().find(|b| &b.id == id) else { return (Vec::new(), None) };
        let mut acts: Vec<Intent> = Vec::new();
        for i in 0..batch.pieces.len() {
            let waits = batch.pieces[i].items.iter().any(|n| batch.items[*n].end == End::Waiting);
            match batch.pieces[i].make.clone() {
                Make::Act(intent) if waits => acts.push(*intent),
                Make::Entry(_) if waits => end(batch, i, &End::Done),
                _ => {}
            }
        }
        let mut effects = Vec::new();
        if !acts.is_empty() {
            effects.push(Effect::SendAll(acts));
        }
        let (more, told) = self.go_on(now, id);
        effects.extend(more);
        (effects, told)
    }

    /// The journal took none of it, so none of it is sent.
    pub(crate) fn none_intended(&mut self, now: Time, id: &BatchId, why: &SafeText) -> Option<Told> {
        let batch = self.bulk.batches.iter_mut().find(|b| &b.id == id)?;
        let why = SafeText::new(&format!("the journal cannot keep it: {}", why.line()));
        for item in batch.items.iter_mut().filter(|i| i.end == End::Waiting) {
            item.end = End::Refused(why.clone());
        }
        let told = format!("nothing was sent: {}", why.line());
        self.go_on(now, id);
        Some(Told::Bad(told))
    }

    /// One act of a batch has ended.
    pub(crate) fn batch_act_ended(&mut self, now: Time, op: &OpId, msg: OpMsg) -> (Effects, Option<Told>) {
        let OpMsg::Ended { outcome, silence } = msg;
        let Some((id, intent)) = self.ended_piece(op, &outcome) else { return (Vec::new(), None) };
        if let (Outcome::Confirmed { .. }, Some(silence)) = (&outcome, silence) {
            let silence: Silence = *silence;
            self.believe(now, &intent, &silence);
            intent.covers.iter().for_each(|c| self.acks.unmark(&c.alert));
            self.acks.accept(intent.act.source(), now, silence);
        }
        self.silence_told(&intent, &outcome);
        self.believe_asked(now, &intent, &outcome);
        let mut effects = vec![Effect::Settle(op.clone(), ended_entries(&intent, now, &outcome))];
        let (more, told) = self.go_on(now, &id);
        effects.extend(more);
        (effects, told)
    }

    fn ended_piece(&mut self, op: &OpId, outcome: &Outcome) -> Option<(BatchId, Intent)> {
        let holds = |b: &&mut Batch| b.pieces.iter().any(|p| &p.op == op);
        let batch = self.bulk.batches.iter_mut().find(holds)?;
        let place = batch.pieces.iter().position(|p| &p.op == op)?;
        let Make::Act(intent) = batch.pieces[place].make.clone() else { return None };
        let how = match outcome {
            Outcome::Confirmed { .. } => End::Done,
            Outcome::Otherwise { why } => End::Otherwise(why.clone()),
            Outcome::Refused { why } => End::Refused(why.clone()),
            Outcome::Unknown { why } => End::Unknown(why.clone()),
        };
        end(batch, place, &how);
        Some((batch.id.clone(), *intent))
    }

    /// The board follows at the next tick, or at once where this was the last.
    fn go_on(&mut self, now: Time, id: &BatchId) -> (Effects, Option<Told>) {
        let Some(batch) = self.bulk.batches.iter().find(|b| &b.id == id) else { return (Vec::new(), None) };
        self.bulk.is_behind = true;
        let over = batch.items.iter().filter(|i| i.end != End::Waiting).filter_map(|i| i.alert.as_ref());
        for alert in over {
            self.ops.many.remove(alert);
        }
        if !batch.is_over() {
            return (Vec::new(), None);
        }
        let count = batch.count();
        let told = match count.done == batch.items.len() {
            true => Told::Good(batch.summary()),
            false => Told::Bad(format!("{} (B shows them)", batch.summary())),
        };
        let mut sources: Vec<_> = batch.items.iter().filter_map(|i| i.source.clone()).collect();
        sources.sort();
        sources.dedup();
        self.bulk.is_behind = false;
        self.refresh(now);
        (sources.into_iter().map(|s| Effect::Refresh(Some(s))).collect(), Some(told))
    }
}

fn end(batch: &mut Batch, piece: usize, how: &End) {
    let items = batch.pieces[piece].items.clone();
    for n in items {
        let item = &mut batch.items[n];
        if item.end == End::Waiting {
            item.end = how.clone();
        }
    }
}
