//! Acts: plan, intend, send, settle. Every step is data; what a person confirmed is on disk before it leaves.

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::OpMsg,
    },
    domain::{
        Time,
        acks::Carrier,
        alert::AlertId,
        contract::{AckTerms, Contract},
        deed::BATCH,
        entry::{Body, Kind, NewEntry, Subject},
        op::{Act, BatchId, Intent, OpId, Outcome, Purpose},
        silence::{Silence, SilenceDraft},
        source::AckVia,
        text::SafeText,
    },
};

use super::{
    World,
    ops::{AckAsked, Note, Op, Phase, Recording},
    parting::Did,
    plan::{AckPlan, UnackPlan},
    telling::{told, verb},
};

pub use super::telling::{Told, ended_entries, intent_entry};

/// What somebody wants done.
#[derive(Clone, Debug)]
pub(crate) struct Wish<'a> {
    pub purpose: Purpose,
    /// The one alert it is about, where there is one.
    pub alert: Option<&'a AlertId>,
    /// What a person calls the thing.
    pub title: &'a SafeText,
    pub reason: &'a str,
    pub batch: Option<BatchId>,
    pub undoes: Option<OpId>,
}

impl<'a> Wish<'a> {
    /// One act that a person or a contract asks for, about one alert.
    pub(crate) fn about(purpose: Purpose, alert: &'a AlertId, title: &'a SafeText) -> Self {
        Self { purpose, alert: Some(alert), title, reason: "", batch: None, undoes: None }
    }

    /// One act about a silence.
    pub(crate) fn on_silence(purpose: Purpose, title: &'a SafeText) -> Self {
        Self { purpose, alert: None, title, reason: "", batch: None, undoes: None }
    }

    pub(crate) fn because(self, reason: &'a str) -> Self {
        Self { reason, ..self }
    }
}

impl World {
    /// A confirmed ack: intent first where a server is involved, one entry where it lives here alone.
    pub(crate) fn ack(&mut self, now: Time, plan: &AckPlan, reason: &str) -> Effects {
        if let Some(request) = &plan.request {
            return self.ask_source(now, Purpose::Ack, (request.clone(), &plan.name), reason);
        }
        if plan.via == AckVia::Journal {
            return self.record_ack(now, plan, reason);
        }
        let Some(row) = self.board.get(&plan.alert) else { return Vec::new() };
        let mut draft = SilenceDraft::ack(&row.alert.labels, &self.user, reason, now, plan.until);
        draft.annotations = plan.contract.annotations(&self.user, reason);
        if let Some(amended) = &plan.amends {
            draft.id = Some(amended.silence.clone());
            draft.starts_at = amended.starts_at;
        }
        let act = Act::PutSilence { source: plan.alert.source.clone(), draft };
        let wish = Wish::about(Purpose::Ack, &plan.alert, &plan.name).because(reason);
        self.intend(now, wish, act)
    }

    pub(crate) fn unack(&mut self, now: Time, plan: &UnackPlan) -> Effects {
        if let Some(request) = &plan.request {
            return self.ask_source(now, Purpose::Unack, (request.clone(), &plan.name), "");
        }
        match &plan.silence {
            Some(id) => {
                let act = Act::ExpireSilence { source: plan.alert.source.clone(), id: id.clone() };
                let wish = Wish::about(Purpose::Unack, &plan.alert, &plan.name);
                self.intend(now, wish, act)
            }
            None => {
                let body = Body { title: Some(plan.name.clone()), via: Some(AckVia::Journal), ..Body::default() };
                let entry = self.entry(now, Kind::UnackConfirmed, Subject::alert(&plan.alert), body);
                self.record(now, Recording::Unack(plan.alert.clone()), entry, None)
            }
        }
    }

    fn record_ack(&mut self, now: Time, plan: &AckPlan, reason: &str) -> Effects {
        let body = Body {
            title: Some(plan.name.clone()),
            text: (!reason.is_empty()).then(|| SafeText::new(reason)),
            until: Some(plan.until),
            via: Some(AckVia::Journal),
            contract: Some(plan.contract.clone()),
            ..Body::default()
        };
        let entry = self.entry(now, Kind::AckConfirmed, Subject::alert(&plan.alert), body);
        let terms = AckTerms { lasts: plan.until - now, breaks_on: plan.contract.breaks_on.clone() };
        let asked = AckAsked { alert: plan.alert.clone(), reason: reason.to_owned(), terms };
        self.record(now, Recording::Ack(asked), entry, None)
    }

    /// A note on a subject; its draft goes in the same transaction.
    /// A note, and the same one on the other tales of its alert: one act, that is taken back whole.
    pub(crate) fn note(&mut self, now: Time, note: Note, also: &[Subject], draft: Option<String>) -> Effects {
        let batch = (!also.is_empty()).then(|| self.ops.next(&self.session).0);
        let mut draft = draft;
        let mut effects = Effects::new();
        for subject in std::iter::once(note.subject.clone()).chain(also.iter().cloned()) {
            let mut body = note.body();
            body.more.extend(batch.iter().map(|batch| (BATCH.to_owned(), batch.clone().into())));
            let entry = self.entry(note.at.unwrap_or(now), note.kind(), subject.clone(), body);
            let note = Note { subject, ..note.clone() };
            effects.extend(self.record(now, Recording::Note(note), entry, draft.take()));
        }
        effects
    }

    /// An entry of this user's.
    pub(super) fn entry(&self, at: Time, kind: Kind, subject: Subject, body: Body) -> NewEntry {
        NewEntry { at, actor: SafeText::new(&self.user), kind, subject, source: None, body, once: None }
    }

    pub(super) fn record(
        &mut self,
        now: Time,
        what: Recording,
        mut entry: NewEntry,
        clear_draft: Option<String>,
    ) -> Effects {
        let op = self.ops.next(&self.session);
        entry.body.op = Some(op.clone());
        if let Recording::Ack(AckAsked { alert, .. }) | Recording::Unack(alert) = &what {
            self.keep_place(alert);
        }
        self.ops.flying.insert(op.clone(), Op::Record { what });
        self.refresh(now);
        vec![Effect::Record { op, entries: vec![entry], clear_draft }]
    }

    /// Something to be done at a source: written down first, sent when that is on disk.
    pub(crate) fn intend(&mut self, now: Time, wish: Wish<'_>, act: Act) -> Effects {
        let Wish { purpose, alert, title, reason, batch, undoes } = wish;
        let op = self.ops.next(&self.session);
        let intent = Intent {
            op: op.clone(),
            at: now,
            actor: self.user.clone(),
            purpose,
            alert: alert.cloned(),
            title: title.clone(),
            reason: reason.to_owned(),
            before: self.before(&act),
            act,
            batch,
            undoes,
            covers: Vec::new(),
        };
        let entries = match purpose {
            Purpose::Ack => vec![intent_entry(&intent, now, Kind::AckIntended, None)],
            Purpose::Unack => vec![intent_entry(&intent, now, Kind::UnackIntended, None)],
            // Said once it has happened; an intent every few minutes would drown the timeline.
            Purpose::Extend | Purpose::Release => Vec::new(),
            Purpose::Silence | Purpose::Amend | Purpose::Expire => {
                vec![intent_entry(&intent, now, Kind::SilenceIntended, None)]
            }
            Purpose::Ask => vec![intent_entry(&intent, now, Kind::RequestIntended, None)],
        };
        if let Some(alert) =
            alert.filter(|_| intent.batch.is_none() && matches!(purpose, Purpose::Ack | Purpose::Unack))
        {
            self.keep_place(alert);
        }
        self.ops.flying.insert(op, Op::Act { intent: Box::new(intent.clone()), phase: Phase::Recording });
        self.refresh(now);
        vec![Effect::Intend(Box::new(intent), entries)]
    }

    /// The intent is on disk: now it may be sent.
    pub(crate) fn intended(&mut self, op: &OpId) -> Effects {
        match self.ops.flying.get_mut(op) {
            Some(Op::Act { intent, phase }) if *phase == Phase::Recording => {
                *phase = Phase::Sending;
                vec![Effect::Send(intent.clone())]
            }
            _ => Vec::new(),
        }
    }

    /// The journal could not keep it: it is not sent, and that is said.
    pub(crate) fn dropped(&mut self, now: Time, op: &OpId, why: &SafeText) -> Option<Told> {
        let op = self.ops.flying.remove(op)?;
        self.refresh(now);
        let what = match op {
            Op::Act { intent, .. } => format!("{} of {}", verb(&intent), intent.title.line()),
            Op::Record { what: Recording::Note(_) } => "the note".into(),
            Op::Record { what: Recording::Step { .. } } => "the tick".into(),
            Op::Record { what: Recording::Incident { words } } => words,
            Op::Record { .. } => "the ack".into(),
        };
        Some(Told::Bad(format!("{what} was NOT done, the journal cannot keep it: {}", why.line())))
    }

    /// The journal has it: for what lives here alone this is the end.
    pub(crate) fn recorded(&mut self, now: Time, op: &OpId) -> Option<Told> {
        let Some(Op::Record { what }) = self.ops.flying.remove(op) else { return None };
        self.ops.did(Did::kept(&what));
        self.refresh(now);
        Some(Told::Good(match what {
            Recording::Note(_) => "note kept in the journal".into(),
            Recording::Ack(asked) => {
                self.acks.unmark(&asked.alert);
                "acked in the journal; nobody is muted".into()
            }
            Recording::Unack(_) => "ack taken back".into(),
            Recording::Step { done: true } => "step done; kept in the journal".into(),
            Recording::Step { done: false } => "the step is open again".into(),
            Recording::Incident { words } => words,
            Recording::Noise { name, marks: true } => format!("{} is marked as not actionable", name.line()),
            Recording::Noise { name, marks: false } => format!("{} is no longer marked as noise", name.line()),
        }))
    }

    /// How a sent act ended: the outbox is settled, the board follows, a sentence is said.
    pub fn op_ended(&mut self, now: Time, op: &OpId, msg: OpMsg) -> (Effects, Option<Told>) {
        let Some(Op::Act { intent, .. }) = self.ops.flying.remove(op) else {
            return self.batch_act_ended(now, op, msg);
        };
        let OpMsg::Ended { outcome, silence } = msg;
        let told = told(&intent, &outcome, silence.as_deref());
        if let (Outcome::Confirmed { .. }, Some(silence)) = (&outcome, silence) {
            self.believe(now, &intent, &silence);
            self.acks.accept(intent.act.source(), now, *silence);
        }
        if matches!(outcome, Outcome::Confirmed { .. }) {
            self.ops.did(Did::by(intent.purpose));
        }
        self.silence_told(&intent, &outcome);
        self.believe_asked(now, &intent, &outcome);
        self.refresh(now);
        let entries = ended_entries(&intent, now, &outcome);
        let refresh = Effect::Refresh(Some(intent.act.source().clone()));
        (vec![Effect::Settle(op.clone(), entries), refresh], told)
    }

    /// The silence that an act changes or ends, as it is now.
    pub(crate) fn before(&self, act: &Act) -> Option<Silence> {
        let (source, id) = match act {
            Act::PutSilence { source, draft } => (source, draft.id.as_ref()?),
            Act::ExpireSilence { source, id } => (source, id),
            Act::Ask { .. } => return None,
        };
        let told = || self.source(source)?.silences.iter().find(|s| &s.id == id);
        self.acks.latest(id).or_else(told).cloned()
    }

    /// What reading a silence back says of the ack that it carries.
    pub(super) fn believe(&mut self, now: Time, intent: &Intent, silence: &Silence) {
        let carrier = Carrier::Silence(silence.id.clone());
        if let (Purpose::Ack, Act::PutSilence { draft, .. }) = (intent.purpose, &intent.act) {
            let contract = Contract::noted_on(draft).unwrap_or_else(|| Contract::bare(draft.starts_at));
            self.acks.agree(carrier, contract, silence.ends_at);
            intent.alert.iter().for_each(|alert| self.acks.unmark(alert));
        } else if let Act::PutSilence { .. } = &intent.act {
            self.acks.extended(&silence.id, silence.ends_at);
        } else {
            self.acks.end(carrier, now);
        }
    }
}
