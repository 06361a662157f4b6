//! From a plan to a batch: what is still true is written down whole, and sent when it is on disk.

use std::collections::HashSet;

use crate::{
    app::{
        effect::{Effect, Effects},
        world::{World, ops::Activity, telling::intent_entries},
    },
    domain::{
        Time,
        alert::AlertId,
        contract::{AckTerms, Contract},
        cover::together,
        deed::BATCH,
        entry::{Body, Kind, NewEntry, Subject},
        held::Request,
        label::Labels,
        matcher::all_match,
        op::{Act, BatchId, Covered, Intent, OpId, Purpose},
        silence::{SilenceDraft, exact_matchers},
        source::AckVia,
        text::SafeText,
    },
};

use super::{Batch, BulkPlan, Doing, Draft, End, Item, Make, Part, Piece};

impl World {
    /// Carries a plan out that was shown. An alert that has gone, resolved or got an owner meanwhile is left out by name.
    ///
    /// # Errors
    /// The plan as it is now, where it would reach somebody who was not shown.
    pub fn send_plan(&mut self, now: Time, shown: &BulkPlan, reason: &str) -> Result<Effects, Box<BulkPlan>> {
        let (parts, gone) = self.still_true(shown);
        if shown.doing == Doing::Ack && self.reaches_further(shown, &parts) {
            let terms = AckTerms { lasts: shown.lasts, breaks_on: shown.breaks_on.clone() };
            let chosen: Vec<Covered> = shown.parts.iter().flat_map(|p| p.alerts.clone()).collect();
            if let Ok(fresh) = self.plan_ack_all(&chosen, now, &terms) {
                return Err(Box::new(fresh));
            }
        }
        let drafts = parts.iter().map(|part| self.draft(now, shown, part, reason)).collect();
        let left_out = shown.left_out.iter().map(|l| (l.alert.clone(), l.why.clone()));
        let gone: Vec<Item> = gone.into_iter().chain(left_out).map(|(alert, why)| gone_item(&alert, &why)).collect();
        Ok(self.begin_batch(now, shown.doing, shown.lasts, drafts, gone))
    }

    /// The parts without those that cannot be acted on any more; never wider than they were.
    fn still_true(&self, shown: &BulkPlan) -> (Vec<Part>, Vec<(Covered, String)>) {
        let (mut parts, mut gone) = (Vec::new(), Vec::new());
        for part in &shown.parts {
            let mut part = part.clone();
            let before = part.alerts.len();
            let same = |p: &Part| p.request.as_ref().map_or(Ok(()), |r| self.still_stands(r));
            let stands = same(&part);
            part.alerts.retain(|one| match stands.clone().and_then(|()| self.still_wanted(shown.doing, one)) {
                Ok(()) => true,
                Err(why) => {
                    gone.push((one.clone(), why));
                    false
                }
            });
            if part.alerts.len() < before && !part.matchers.is_empty() {
                part.matchers = self.narrowed(&part);
            }
            if !part.alerts.is_empty() {
                parts.push(part);
            }
        }
        (parts, gone)
    }

    fn still_wanted(&self, doing: Doing, one: &Covered) -> Result<(), String> {
        match doing {
            Doing::Ack => self.ackable(&one.alert).map(drop),
            Doing::Unack => self.plan_unack(&one.alert).map(drop),
            // What they are about is no alert of the board.
            Doing::Undo | Doing::Extend | Doing::Expire => Ok(()),
        }
    }

    fn narrowed(&self, part: &Part) -> Vec<crate::domain::matcher::Matcher> {
        let rows = part.alerts.iter().filter_map(|c| self.board.get(&c.alert));
        let labels: Vec<&Labels> = rows.map(|r| &r.alert.labels).collect();
        match &labels[..] {
            [one] => exact_matchers(one),
            several => together(several),
        }
    }

    /// Whether somebody came onto the board whom the plan did not name.
    fn reaches_further(&self, shown: &BulkPlan, parts: &[Part]) -> bool {
        let named: HashSet<&AlertId> =
            shown.parts.iter().flat_map(|p| p.also.iter().chain(&p.alerts)).map(|c| &c.alert).collect();
        let left_out: HashSet<&AlertId> = shown.left_out.iter().map(|l| &l.alert.alert).collect();
        let strangers = self
            .board
            .iter()
            .filter(|r| r.resolved_at.is_none() && !named.contains(&r.id) && !left_out.contains(&r.id));
        let reached = |labels: &Labels, source: &_| {
            parts.iter().any(|p| !p.matchers.is_empty() && &p.source == source && all_match(&p.matchers, labels))
        };
        strangers.into_iter().any(|r| reached(&r.alert.labels, &r.id.source))
    }

    fn draft(&self, now: Time, plan: &BulkPlan, part: &Part, reason: &str) -> Draft {
        let items = part.alerts.iter().map(Item::of).collect();
        if let Some(request) = &part.request {
            return Draft { make: self.asked(now, plan, (part, request), reason), items };
        }
        if part.via != AckVia::Silence {
            let one = &part.alerts[0];
            return Draft { make: Make::Entry(Box::new(self.kept_entry(now, plan, one, reason))), items };
        }
        let (purpose, act) = match &part.silence {
            Some(id) => (Purpose::Unack, Act::ExpireSilence { source: part.source.clone(), id: id.clone() }),
            None => (Purpose::Ack, self.put(now, plan, part, reason)),
        };
        Draft { make: Make::Act(Box::new(self.intent(now, purpose, act, &part.alerts, reason))), items }
    }

    fn asked(&self, now: Time, plan: &BulkPlan, (part, request): (&Part, &Request), reason: &str) -> Make {
        let purpose = if plan.doing == Doing::Ack { Purpose::Ack } else { Purpose::Unack };
        let act = Act::Ask { source: part.source.clone(), request: self.worded(request.clone(), reason) };
        Make::Act(Box::new(self.intent(now, purpose, act, &part.alerts, reason)))
    }

    fn put(&self, now: Time, plan: &BulkPlan, part: &Part, reason: &str) -> Act {
        let none = Labels::default();
        let mut draft = SilenceDraft::ack(&none, &self.user, reason, now, now + plan.lasts);
        draft.matchers.clone_from(&part.matchers);
        if let Some(contract) = self.agreed(plan, &part.alerts, now) {
            draft.annotations = contract.annotations(&self.user, reason);
        }
        Act::PutSilence { source: part.source.clone(), draft }
    }

    /// What an ack is made on. One silence for several alerts ends with the last of them, and nothing breaks it before: it
    /// cannot be broken for one and stand for the others.
    fn agreed(&self, plan: &BulkPlan, alerts: &[Covered], now: Time) -> Option<Contract> {
        let row = self.board.get(&alerts.first()?.alert)?;
        let breaks_on = if alerts.len() == 1 { &plan.breaks_on[..] } else { &[] };
        Some(self.contract(row, breaks_on, now))
    }

    /// An intent for these alerts; its ids come with the batch.
    pub fn intent(&self, now: Time, purpose: Purpose, act: Act, alerts: &[Covered], reason: &str) -> Intent {
        let title = match alerts {
            [] => SafeText::default(),
            [one] => one.title.clone(),
            [first, rest @ ..] => SafeText::new(&format!("{} and {} more", first.title.raw(), rest.len())),
        };
        Intent {
            op: OpId(String::new()),
            at: now,
            actor: self.user.clone(),
            purpose,
            alert: if let [one] = alerts { Some(one.alert.clone()) } else { None },
            title,
            reason: reason.to_owned(),
            before: self.before(&act),
            act,
            batch: None,
            undoes: None,
            covers: if alerts.len() > 1 { alerts.to_vec() } else { Vec::new() },
        }
    }

    fn kept_entry(&self, now: Time, plan: &BulkPlan, one: &Covered, reason: &str) -> NewEntry {
        let acked = plan.doing == Doing::Ack;
        let body = Body {
            title: Some(one.title.clone()),
            text: (acked && !reason.is_empty()).then(|| SafeText::new(reason)),
            until: acked.then(|| now + plan.lasts),
            via: Some(AckVia::Journal),
            contract: if acked { self.agreed(plan, std::slice::from_ref(one), now) } else { None },
            ..Body::default()
        };
        let kind = if acked { Kind::AckConfirmed } else { Kind::UnackConfirmed };
        let actor = SafeText::new(&self.user);
        NewEntry { at: now, actor, kind, subject: Subject::alert(&one.alert), source: None, body, once: None }
    }

    /// Everything that is to be done, written whole before the first of it is sent.
    pub(crate) fn begin_batch(
        &mut self,
        now: Time,
        doing: Doing,
        lasts: chrono::Duration,
        drafts: Vec<Draft>,
        gone: Vec<Item>,
    ) -> Effects {
        let id = BatchId(self.ops.next(&self.session).0);
        let mut batch = Batch { id: id.clone(), doing, began: now, items: Vec::new(), pieces: Vec::new(), lasts };
        for draft in drafts {
            let at = batch.items.len();
            let items = (at..at + draft.items.len()).collect();
            batch.items.extend(draft.items);
            let op = self.ops.next(&self.session);
            batch.pieces.push(Piece { make: stamped(draft.make, &op, &id), op, items });
        }
        let all: Vec<usize> = (0..batch.pieces.len()).collect();
        batch.items.extend(gone);
        self.bulk.keep(batch);
        self.write_down(now, &id, &all)
    }

    /// Writes these pieces of a batch down.
    pub(super) fn write_down(&mut self, now: Time, id: &BatchId, pieces: &[usize]) -> Effects {
        let Some(batch) = self.bulk.batches.iter().find(|b| &b.id == id) else { return Vec::new() };
        let (mut acts, mut entries) = (Vec::new(), Vec::new());
        for piece in pieces.iter().filter_map(|i| batch.pieces.get(*i)) {
            match &piece.make {
                Make::Entry(entry) => entries.push((**entry).clone()),
                Make::Act(intent) => {
                    if let Some(kind) = intended_kind(intent.purpose) {
                        entries.extend(intent_entries(intent, now, &kind, None));
                    }
                    acts.push((**intent).clone());
                }
            }
        }
        let activity = match batch.doing {
            Doing::Ack => Some(Activity::Acking),
            Doing::Unack | Doing::Undo => Some(Activity::Unacking),
            Doing::Extend | Doing::Expire => None,
        };
        let waiting = batch.items.iter().filter(|i| i.end == End::Waiting).filter_map(|i| i.alert.clone());
        let shown: Vec<(AlertId, Activity)> = waiting.filter_map(|a| Some((a, activity?))).collect();
        self.ops.many.extend(shown);
        self.refresh(now);
        if acts.is_empty() && entries.is_empty() {
            return Vec::new();
        }
        vec![Effect::IntendAll { batch: id.clone(), acts, entries }]
    }

    /// Sends anew what was refused, as far as it still makes sense; what nobody knows of is left alone.
    pub fn retry_refused(&mut self, now: Time, id: &BatchId) -> Effects {
        let Some(place) = self.bulk.batches.iter().position(|b| &b.id == id) else { return Vec::new() };
        let mut batch = self.bulk.batches[place].clone();
        let mut again = Vec::new();
        for i in 0..batch.pieces.len() {
            let refused = batch.pieces[i].items.iter().any(|n| matches!(batch.items[*n].end, End::Refused(_)));
            if refused && self.renew(now, &mut batch, i) {
                again.push(i);
            }
        }
        self.bulk.batches[place] = batch;
        self.write_down(now, id, &again)
    }

    /// The same act once more, under a new id and from now on; false where none of its alerts wants it any more.
    fn renew(&mut self, now: Time, batch: &mut Batch, piece: usize) -> bool {
        let items = batch.pieces[piece].items.clone();
        let mut wanted = false;
        for n in items {
            let item = &mut batch.items[n];
            let alert = item.alert.clone().map(|alert| Covered { alert, title: item.title.clone() });
            item.end = match alert.map_or(Ok(()), |one| self.still_wanted(batch.doing, &one)) {
                Ok(()) => End::Waiting,
                Err(why) => End::Gone(SafeText::new(&why)),
            };
            wanted |= item.end == End::Waiting;
        }
        let op = self.ops.next(&self.session);
        let piece = &mut batch.pieces[piece];
        let lasts = batch.lasts;
        piece.make = stamped(moved(piece.make.clone(), now, lasts), &op, &batch.id);
        piece.op = op;
        wanted
    }
}

fn stamped(make: Make, op: &OpId, batch: &BatchId) -> Make {
    match make {
        Make::Act(mut intent) => {
            intent.op = op.clone();
            intent.batch = Some(batch.clone());
            Make::Act(intent)
        }
        Make::Entry(mut entry) => {
            entry.body.op = Some(op.clone());
            entry.body.more.insert(BATCH.into(), batch.0.clone().into());
            Make::Entry(entry)
        }
    }
}

fn gone_item(one: &Covered, why: &str) -> Item {
    Item { end: End::Gone(SafeText::new(why)), ..Item::of(one) }
}

fn intended_kind(purpose: Purpose) -> Option<Kind> {
    match purpose {
        Purpose::Ack => Some(Kind::AckIntended),
        Purpose::Unack => Some(Kind::UnackIntended),
        Purpose::Extend | Purpose::Release => None,
        Purpose::Silence | Purpose::Amend | Purpose::Expire => Some(Kind::SilenceIntended),
        Purpose::Ask => Some(Kind::RequestIntended),
    }
}

/// The same from now on: an old start and an end that has come nearer are not what a person wants who tries again.
fn moved(mut make: Make, now: Time, lasts: chrono::Duration) -> Make {
    match &mut make {
        Make::Entry(entry) => entry.at = now,
        Make::Act(intent) => {
            intent.at = now;
            if let (Purpose::Ack, None, Act::PutSilence { draft, .. }) =
                (intent.purpose, &intent.undoes, &mut intent.act)
            {
                (draft.starts_at, draft.ends_at) = (now, now + lasts);
            }
        }
    }
    make
}
