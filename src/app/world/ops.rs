//! Acts in flight: from the key to the entry that says how it ended. An answer nobody waits for is dropped.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{
    Time,
    alert::AlertId,
    contract::{AckTerms, Contract},
    entry::{Body, Kind, Subject},
    incident::{CORRECTS, INCIDENT, IncidentId, TAG, Tag},
    op::{Act, Intent, OpId, Purpose},
    text::SafeText,
};

use super::parting::{Did, Done};

/// What the board says of a row that is being acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    Acking,
    Unacking,
    /// Its source is asked to do something with it.
    Asking,
    /// Accepted and read back; the next snapshot will tell.
    Settling,
}

/// Where an act is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The journal is writing the intent.
    Recording,
    /// The intent is on disk, the request is out.
    Sending,
}

#[derive(Clone, Debug)]
pub enum Op {
    /// An act at a backend.
    Act { intent: Box<Intent>, phase: Phase },
    /// An act that lives in the journal alone.
    Record { what: Recording },
}

/// What is being recorded, for the sentence that follows.
#[derive(Clone, Debug)]
pub enum Recording {
    Note(Note),
    Ack(AckAsked),
    Unack(AlertId),
    /// Something was said of an incident.
    Incident {
        words: String,
    },
    /// An alert is called not actionable, or no longer.
    Noise {
        name: SafeText,
        marks: bool,
    },
    /// A step of a runbook is done, or no longer.
    Step {
        done: bool,
    },
}

/// An ack as a person asked for it, to be given back where the journal does not take it.
#[derive(Clone, Debug, PartialEq)]
pub struct AckAsked {
    pub alert: AlertId,
    pub reason: String,
    pub terms: AckTerms,
}

/// A note as it was sent to the journal, to be given back where the journal does not take it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub subject: Subject,
    pub title: Option<SafeText>,
    pub text: String,
    pub tag: Option<Tag>,
    /// When it was so, where that is not now.
    pub at: Option<Time>,
    /// The incident it belongs to, where its subject is another.
    pub incident: Option<IncidentId>,
    /// The note whose text it takes the place of.
    pub corrects: Option<String>,
}

impl Note {
    /// A plain one, of now.
    pub fn new(subject: Subject, title: Option<SafeText>, text: &str) -> Self {
        Self { subject, title, text: text.to_owned(), tag: None, at: None, incident: None, corrects: None }
    }

    /// As it was typed: the tag and the time before the text.
    pub(crate) fn written(&self) -> String {
        let tag = self.tag.map(|t| format!("#{t} ")).unwrap_or_default();
        let at = self.at.map(|at| format!("@{} ", at.format("%Y-%m-%dT%H:%M:%SZ"))).unwrap_or_default();
        format!("{tag}{at}{}", self.text)
    }

    /// The body of its entry.
    pub(crate) fn body(&self) -> Body {
        let mut body = Body { title: self.title.clone(), text: Some(SafeText::new(&self.text)), ..Body::default() };
        let said = [
            (TAG, self.tag.map(|t| t.as_str().to_owned())),
            (INCIDENT, self.incident.as_ref().map(|id| id.as_str().to_owned())),
            (CORRECTS, self.corrects.clone()),
        ];
        body.more.extend(said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
        body
    }

    pub(crate) fn kind(&self) -> Kind {
        if self.corrects.is_some() { Kind::NoteCorrected } else { Kind::NoteAdded }
    }
}

#[derive(Debug, Default)]
pub struct Ops {
    pub flying: BTreeMap<OpId, Op>,
    /// What was done and confirmed, one at a time.
    pub(crate) done: Done,
    /// Alerts that a batch is about; its acts are not among those that fly alone.
    pub(crate) many: HashMap<AlertId, Activity>,
    /// Alerts that another cockpit is acting on.
    pub(crate) others: HashMap<AlertId, Activity>,
    count: u64,
}

impl Ops {
    pub(crate) fn did(&mut self, did: Option<Did>) {
        if let Some(did) = did {
            *self.done.entry(did).or_default() += 1;
        }
    }

    /// How many ids were given.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// A new id, unique over sessions.
    pub(crate) fn next(&mut self, session: &str) -> OpId {
        self.count += 1;
        OpId(format!("{session}-{}", self.count))
    }

    /// What is in flight, by the alert it is about; of several acts on one alert, the first.
    pub(crate) fn activities(&self) -> HashMap<AlertId, Activity> {
        let all = self.flying.values().rev();
        let many = self.others.iter().chain(&self.many).map(|(alert, activity)| (alert.clone(), *activity));
        many.chain(all.filter_map(|op| match op {
            Op::Act { intent, .. } => Some((intent.alert.clone()?, activity_of(intent.purpose)?)),
            Op::Record { what: Recording::Ack(asked) } => Some((asked.alert.clone(), Activity::Acking)),
            Op::Record { what: Recording::Unack(alert) } => Some((alert.clone(), Activity::Unacking)),
            Op::Record { what: Recording::Note(_) | Recording::Incident { .. } } => None,
            Op::Record { what: Recording::Noise { .. } | Recording::Step { .. } } => None,
        }))
        .collect()
    }

    /// The note that is on its way to the journal under this id.
    pub(crate) fn note(&self, op: &OpId) -> Option<&Note> {
        match self.flying.get(op) {
            Some(Op::Record { what: Recording::Note(note) }) => Some(note),
            _ => None,
        }
    }

    /// The ack that is on its way to the journal under this id; one of many is not given back alone.
    pub(crate) fn ack(&self, op: &OpId) -> Option<AckAsked> {
        match self.flying.get(op)? {
            Op::Record { what: Recording::Ack(asked) } => Some(asked.clone()),
            Op::Act { intent, .. } if intent.purpose == Purpose::Ack && intent.batch.is_none() => asked(intent),
            _ => None,
        }
    }

    /// Whether something is being done to this silence, or about this alert.
    pub(crate) fn touches(&self, silence: &SafeText, alert: &AlertId) -> bool {
        let touched = |act: &Act| match act {
            Act::PutSilence { draft, .. } => draft.id.as_ref() == Some(silence),
            Act::ExpireSilence { id, .. } => id == silence,
            Act::Ask { .. } => false,
        };
        self.flying.values().any(
            |op| matches!(op, Op::Act { intent, .. } if touched(&intent.act) || intent.alert.as_ref() == Some(alert)),
        )
    }
}

fn asked(intent: &Intent) -> Option<AckAsked> {
    if let Act::Ask { request, .. } = &intent.act {
        let lasts = request.until.map_or_else(|| chrono::Duration::hours(1), |until| until - intent.at);
        let terms = AckTerms { lasts, breaks_on: Vec::new() };
        return Some(AckAsked { alert: request.alert.clone(), reason: intent.reason.clone(), terms });
    }
    let Act::PutSilence { draft, .. } = &intent.act else { return None };
    let breaks_on = Contract::noted_on(draft).map(|c| c.breaks_on).unwrap_or_default();
    let terms = AckTerms { lasts: draft.ends_at - intent.at, breaks_on };
    Some(AckAsked { alert: intent.alert.clone()?, reason: intent.reason.clone(), terms })
}

fn activity_of(purpose: Purpose) -> Option<Activity> {
    match purpose {
        Purpose::Ack => Some(Activity::Acking),
        Purpose::Unack => Some(Activity::Unacking),
        Purpose::Ask => Some(Activity::Asking),
        Purpose::Extend | Purpose::Release | Purpose::Silence | Purpose::Amend | Purpose::Expire => None,
    }
}
