//! Acts: plan, intend, send, settle. Every step is data; what a person confirmed is on disk before it leaves.

use chrono::Duration;

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::OpMsg,
    },
    domain::{
        Time,
        alert::{AlertId, AlertState},
        entry::{Body, Kind, NewEntry, Subject},
        op::{Act, Covered, Intent, OpId, Outcome, Purpose},
        silence::{Silence, SilenceDraft, exact_matchers},
        source::{AckVia, SourceName},
        text::SafeText,
    },
};

use super::{
    World,
    board::Row,
    ops::{Note, Op, Phase, Recording},
    plan::{AckPlan, UnackPlan},
};

/// What somebody wants done to an alert.
struct Wish<'a> {
    purpose: Purpose,
    alert: &'a AlertId,
    name: &'a SafeText,
    reason: &'a str,
}

/// How an act ended, for the line at the foot of the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Good(String),
    Bad(String),
}

impl World {
    /// A confirmed ack: intent first where a server is involved, one entry where it lives here alone.
    pub(crate) fn ack(&mut self, now: Time, plan: &AckPlan, reason: &str) -> Effects {
        if plan.via == AckVia::Journal {
            return self.record_ack(now, plan, reason);
        }
        let Some(row) = self.board.get(&plan.alert) else { return Vec::new() };
        let draft = SilenceDraft::ack(&row.alert.labels, &self.user, reason, now, plan.until);
        let act = Act::PutSilence { source: plan.alert.source.clone(), draft };
        let wish = Wish { purpose: Purpose::Ack, alert: &plan.alert, name: &plan.name, reason };
        self.intend(now, wish, act)
    }

    pub(crate) fn unack(&mut self, now: Time, plan: &UnackPlan) -> Effects {
        match &plan.silence {
            Some(id) => {
                let act = Act::ExpireSilence { source: plan.alert.source.clone(), id: id.clone() };
                let wish = Wish { purpose: Purpose::Unack, alert: &plan.alert, name: &plan.name, reason: "" };
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
            ..Body::default()
        };
        let entry = self.entry(now, Kind::AckConfirmed, Subject::alert(&plan.alert), body);
        self.record(now, Recording::Ack(plan.alert.clone()), entry, None)
    }

    /// A note on a subject; its draft goes in the same transaction.
    pub(crate) fn note(&mut self, now: Time, note: Note, draft: Option<String>) -> Effects {
        let body = Body { title: note.title.clone(), text: Some(SafeText::new(&note.text)), ..Body::default() };
        let entry = self.entry(now, Kind::NoteAdded, note.subject.clone(), body);
        self.record(now, Recording::Note(note), entry, draft)
    }

    /// An entry of this user's.
    fn entry(&self, at: Time, kind: Kind, subject: Subject, body: Body) -> NewEntry {
        NewEntry { at, actor: SafeText::new(&self.user), kind, subject, source: None, body, once: None }
    }

    fn record(&mut self, now: Time, what: Recording, mut entry: NewEntry, clear_draft: Option<String>) -> Effects {
        let op = self.ops.next(&self.session);
        entry.body.op = Some(op.clone());
        self.ops.flying.insert(op.clone(), Op::Record { what });
        self.rebuild(now);
        vec![Effect::Record { op, entries: vec![entry], clear_draft }]
    }

    fn intend(&mut self, now: Time, wish: Wish<'_>, act: Act) -> Effects {
        let Wish { purpose, alert, name, reason } = wish;
        let op = self.ops.next(&self.session);
        let intent = Intent {
            op: op.clone(),
            at: now,
            actor: self.user.clone(),
            purpose,
            alert: Some(alert.clone()),
            title: name.clone(),
            reason: reason.to_owned(),
            before: self.before(&act),
            act,
            batch: None,
            undoes: None,
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
        };
        self.ops.flying.insert(op, Op::Act { intent: Box::new(intent.clone()), phase: Phase::Recording });
        self.rebuild(now);
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
        self.rebuild(now);
        let what = match op {
            Op::Act { intent, .. } => format!("{} of {}", verb(intent.purpose), intent.title.line()),
            Op::Record { what: Recording::Note(_) } => "the note".into(),
            Op::Record { .. } => "the ack".into(),
        };
        Some(Told::Bad(format!("{what} was NOT done, the journal cannot keep it: {}", why.line())))
    }

    /// The journal has it: for what lives here alone this is the end.
    pub(crate) fn recorded(&mut self, now: Time, op: &OpId) -> Option<Told> {
        let Some(Op::Record { what }) = self.ops.flying.remove(op) else { return None };
        self.rebuild(now);
        Some(Told::Good(match what {
            Recording::Note(_) => "note kept in the journal".into(),
            Recording::Ack(_) => "acked in the journal; nobody is muted".into(),
            Recording::Unack(_) => "ack taken back".into(),
        }))
    }

    /// How a sent act ended: the outbox is settled, the board follows, a sentence is said.
    pub(crate) fn op_ended(&mut self, now: Time, op: &OpId, msg: OpMsg) -> (Effects, Option<Told>) {
        let Some(Op::Act { intent, .. }) = self.ops.flying.remove(op) else {
            return self.batch_act_ended(now, op, msg);
        };
        let OpMsg::Ended { outcome, silence } = msg;
        if let (Outcome::Confirmed { .. }, Some(silence)) = (&outcome, silence) {
            self.believe(now, &intent.act, *silence);
        }
        self.rebuild(now);
        let entries = ended_entries(&intent, now, &outcome);
        let told = told(&intent, &outcome);
        let refresh = Effect::Refresh(Some(intent.act.source().clone()));
        (vec![Effect::Settle(op.clone(), entries), refresh], told)
    }

    /// The silence that an act changes or ends, as it is now.
    pub(crate) fn before(&self, act: &Act) -> Option<Silence> {
        let (source, id) = match act {
            Act::PutSilence { source, draft } => (source, draft.id.as_ref()?),
            Act::ExpireSilence { source, id } => (source, id),
        };
        let told = || self.source(source)?.silences.iter().find(|s| &s.id == id);
        self.acks.latest(id).or_else(told).cloned()
    }

    pub(super) fn believe(&mut self, now: Time, act: &Act, silence: Silence) {
        match act {
            Act::PutSilence { source, .. } => self.acks.accept(source, now, silence),
            Act::ExpireSilence { source, .. } => self.acks.ended(source, now, silence),
        }
    }

    /// Our acks whose silence is about to end while the alert still fires are extended.
    pub(crate) fn keep_acks_alive(&mut self, now: Time, source: &SourceName) -> Effects {
        if self.may_write().is_err() {
            return Vec::new();
        }
        let pause = (self.margin() / 4).max(Duration::seconds(5));
        let mut due = self.due_extensions(now, source);
        // A refusal makes its source be asked again: without a pause that would never end.
        due.retain(|(_, _, silence)| self.acks.try_to_extend(&silence.id, now, pause));
        due.into_iter()
            .flat_map(|(alert, name, silence)| {
                let draft = SilenceDraft::extend(&silence, now + self.ack_lasts);
                let act = Act::PutSilence { source: source.clone(), draft };
                let wish = Wish { purpose: Purpose::Extend, alert: &alert, name: &name, reason: "" };
                self.intend(now, wish, act)
            })
            .collect()
    }

    /// How long before its end a silence is extended.
    fn margin(&self) -> Duration {
        (self.ack_lasts / 4).min(Duration::minutes(5))
    }

    fn due_extensions(&self, now: Time, name: &SourceName) -> Vec<(AlertId, SafeText, Silence)> {
        let Some(source) =
            self.source(name).filter(|s| s.about.can.silences && s.about.can.ack == Some(AckVia::Silence))
        else {
            return Vec::new();
        };
        let margin = self.margin();
        let mine = |s: &&Silence| s.created_by == self.user.as_str() && s.ends_at - now <= margin;
        self.acks
            .carriers(source, now)
            .into_iter()
            .filter(mine)
            .filter_map(|silence| {
                let fires = |r: &&Row| r.id.source == *name && r.resolved_at.is_none() && r.told != AlertState::Pending;
                let exact = |r: &&Row| {
                    silence.matchers.len() == exact_matchers(&r.alert.labels).len() && silence.matches(&r.alert.labels)
                };
                let row = self.board.rows.iter().filter(fires).find(exact)?;
                (!self.ops.is_busy(&row.id)).then(|| (row.id.clone(), row.name().clone(), silence.clone()))
            })
            .collect()
    }
}

fn verb(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ack => "the ack",
        Purpose::Unack => "the unack",
        Purpose::Extend => "the extension",
        Purpose::Release => "the end",
        Purpose::Silence => "the silence",
        Purpose::Amend => "the change",
        Purpose::Expire => "the expiry",
    }
}

/// An entry about an intent.
pub fn intent_entry(intent: &Intent, at: Time, kind: Kind, more: Option<&Outcome>) -> NewEntry {
    let (silence, until, why) = match more {
        Some(Outcome::Confirmed { silence, ends_at }) => (silence.clone(), *ends_at, None),
        Some(Outcome::Refused { why } | Outcome::Unknown { why }) => (None, None, Some(why.clone())),
        None => match &intent.act {
            Act::PutSilence { draft, .. } => (None, Some(draft.ends_at), None),
            Act::ExpireSilence { id, .. } => (Some(id.clone()), None, None),
        },
    };
    let reason = (!intent.reason.is_empty()).then(|| SafeText::new(&intent.reason));
    NewEntry {
        at,
        actor: SafeText::new(&intent.actor),
        kind,
        subject: intent.subject(),
        source: Some(intent.act.source().clone()),
        body: Body {
            title: Some(intent.title.clone()),
            text: why.or(reason),
            until,
            via: Some(AckVia::Silence),
            silence,
            op: Some(intent.op.clone()),
            ..Body::default()
        },
        once: None,
    }
}

/// The entries that tell how an act ended.
pub fn ended_entries(intent: &Intent, at: Time, outcome: &Outcome) -> Vec<NewEntry> {
    let kind = match (intent.purpose, outcome) {
        (Purpose::Ack, Outcome::Confirmed { .. }) => Kind::AckConfirmed,
        (Purpose::Ack, Outcome::Refused { .. }) => Kind::AckRefused,
        (Purpose::Ack | Purpose::Extend | Purpose::Release, Outcome::Unknown { .. }) => Kind::AckUnknown,
        (Purpose::Unack, Outcome::Confirmed { .. }) => Kind::UnackConfirmed,
        (Purpose::Unack, Outcome::Refused { .. }) => Kind::UnackRefused,
        (Purpose::Unack, Outcome::Unknown { .. }) => Kind::UnackUnknown,
        (Purpose::Extend, Outcome::Confirmed { .. }) => Kind::AckExtended,
        (Purpose::Extend | Purpose::Release, Outcome::Refused { .. }) => Kind::AckRefused,
        (Purpose::Release, Outcome::Confirmed { .. }) => Kind::AckReleased,
        (Purpose::Silence | Purpose::Amend | Purpose::Expire, Outcome::Confirmed { .. }) => Kind::SilenceConfirmed,
        (Purpose::Silence | Purpose::Amend | Purpose::Expire, Outcome::Refused { .. }) => Kind::SilenceRefused,
        (Purpose::Silence | Purpose::Amend | Purpose::Expire, Outcome::Unknown { .. }) => Kind::SilenceUnknown,
    };
    intent_entries(intent, at, &kind, Some(outcome))
}

/// One entry about an intent for each alert that it is for.
pub fn intent_entries(intent: &Intent, at: Time, kind: &Kind, more: Option<&Outcome>) -> Vec<NewEntry> {
    let one = intent_entry(intent, at, kind.clone(), more);
    if intent.covers.is_empty() {
        return vec![one];
    }
    let of = |covered: &Covered| {
        let body = Body { title: Some(covered.title.clone()), ..one.body.clone() };
        NewEntry { subject: Subject::alert(&covered.alert), body, ..one.clone() }
    };
    intent.covers.iter().map(of).collect()
}

fn told(intent: &Intent, outcome: &Outcome) -> Option<Told> {
    let name = intent.title.line();
    let what = verb(intent.purpose);
    Some(match (intent.purpose, outcome) {
        (Purpose::Extend | Purpose::Release, Outcome::Confirmed { .. }) => return None,
        (Purpose::Ack, Outcome::Confirmed { ends_at: Some(until), .. }) => Told::Good(format!(
            "{name} acked until {} UTC, kept alive while it fires (A takes it back)",
            until.format("%H:%M")
        )),
        (Purpose::Ack, Outcome::Confirmed { .. }) => Told::Good(format!("{name} acked")),
        (Purpose::Silence, Outcome::Confirmed { .. }) => Told::Good(format!("{name} silenced")),
        (Purpose::Amend, Outcome::Confirmed { .. }) => Told::Good(format!("the silence on {name} was changed")),
        (Purpose::Expire, Outcome::Confirmed { .. }) => Told::Good(format!("the silence on {name} has ended")),
        (Purpose::Unack, Outcome::Confirmed { .. }) => Told::Good(format!("the ack of {name} was taken back")),
        (_, Outcome::Refused { why }) => Told::Bad(format!("{what} of {name} was refused: {}", why.line())),
        (_, Outcome::Unknown { why }) => {
            Told::Bad(format!("{what} of {name}: no word whether it happened: {}", why.line()))
        }
    })
}
