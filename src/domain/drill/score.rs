//! How well a drill went: when each step was done from the first page on, what was missed, what was wrong.
//!
//! A pure function of the experiment, the alerts and what the journal holds.

use std::fmt;

use chrono::Duration;
use serde::Serialize;

use super::{
    Cast, Experiment, Injected, Limits, Part, Times,
    wrong::{Wrong, wrongs},
};
use crate::domain::{
    Time,
    alert::AlertId,
    entry::{Entry, Kind},
    incident::{Change, Part as Said},
    matcher::all_match,
    op::Intent,
    text::SafeText,
};

/// What a score is told from.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub experiment: &'a Experiment,
    pub cast: &'a [Cast],
    /// When the scenario began.
    pub epoch: Time,
    /// From when to when it was watched.
    pub span: (Time, Time),
    /// In any order.
    pub entries: &'a [Entry],
    /// What was sent to sources.
    pub sent: &'a [Intent],
    /// Not so where what was done is only known up to a moment: a recording that was cut off.
    pub whole: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    pub opened_at: Time,
    pub ended_at: Time,
    /// False where what was done is only known in part.
    pub complete: bool,
    /// The first page that asks for a person; none where nothing did.
    pub page: Option<Page>,
    pub steps: Vec<Step>,
    pub wrong: Vec<Wrong>,
    pub missed: Vec<SafeText>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    pub alert: SafeText,
    pub at: Time,
}

/// One thing that is to be done, and how soon it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    pub what: What,
    /// From the first page on.
    pub after_s: Option<i64>,
    pub within_s: Option<i64>,
    pub verdict: Verdict,
    /// What did it: the alert that was owned, the action that was run.
    pub by: Option<SafeText>,
    /// How soon it was done when it happened, where that was recorded.
    pub then: Option<Done>,
}

/// What people did when it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// None: it never was.
    pub after_s: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Own,
    Note,
    Declare,
    Mitigate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    InTime,
    Late,
    /// Done; there is no limit.
    Done,
    Never,
    /// The fault ended, and nobody here ended it.
    ByItself,
    NotAsked,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Own => "time to own",
            Self::Note => "time to note",
            Self::Declare => "time to declare",
            Self::Mitigate => "time to mitigate",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::InTime => "in time",
            Self::Late => "late",
            Self::Done => "done",
            Self::Never => "never",
            Self::ByItself => "by itself",
            Self::NotAsked => "not asked",
        })
    }
}

/// The end of what was broken.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mitigated {
    pub(super) at: Time,
    /// The action that did it; none where it ended by itself.
    pub(super) by: Option<SafeText>,
}

/// When something was first done, and to what.
type First = Option<(Time, Option<SafeText>)>;

impl<'a> Given<'a> {
    /// What was done while it was watched.
    pub(super) fn done(&self) -> impl Iterator<Item = &'a Entry> {
        let (from, to) = self.span;
        self.entries.iter().filter(move |e| e.at >= from && e.at <= to)
    }

    pub(super) fn cast(&self, id: &AlertId) -> Option<&'a Cast> {
        self.cast.iter().find(|c| c.id == *id)
    }

    /// The first page of each thing that is to be owned, as far as any came while it was watched.
    fn page(&self, duty: Option<usize>) -> Option<Page> {
        let (from, to) = self.span;
        let asks = |c: &&Cast| matches!(c.part, Part::Own(of) if duty.is_none_or(|d| d == of));
        let there =
            self.cast.iter().filter(asks).filter(|c| c.fires_at <= to && c.ends_at.is_none_or(|end| end > from));
        let pages = there.map(|c| Page { alert: c.title.clone(), at: c.fires_at.max(from) });
        pages.min_by(|a, b| (a.at, &a.alert).cmp(&(b.at, &b.alert)))
    }

    fn owned(&self, duty: Option<usize>) -> First {
        let part = |e: &Entry| e.subject.as_alert().and_then(|id| self.cast(&id));
        let asks = |c: &&Cast| matches!(c.part, Part::Own(of) if duty.is_none_or(|d| d == of));
        let acks = self.done().filter(|e| e.kind == Kind::AckConfirmed);
        let owned = acks.filter_map(|e| Some((e.at, Some(part(e).filter(asks)?.title.clone()))));
        owned.min()
    }

    fn first(&self, kind: &Kind) -> First {
        self.done().filter(|e| e.kind == *kind).map(|e| (e.at, None)).min()
    }

    /// When all that is broken is over; none where some of it never is.
    pub(super) fn mitigated(&self) -> Option<Mitigated> {
        let ends: Option<Vec<Mitigated>> = self.experiment.faults.iter().map(|f| self.end_of(f)).collect();
        ends?.into_iter().max_by_key(|m| m.at)
    }

    fn end_of(&self, fault: &Injected) -> Option<Mitigated> {
        let runs = self.done().filter(|e| e.kind == Kind::ActionStarted && self.undoes(e, fault));
        let run = runs.map(|e| e.at).filter(|at| *at >= self.epoch + fault.at).min();
        let itself = fault.until.map(|until| self.epoch + until);
        match (run, itself) {
            (Some(run), until) if until.is_none_or(|until| run < until) => {
                Some(Mitigated { at: run, by: fault.action.clone() })
            }
            (_, until) => until.map(|at| Mitigated { at, by: None }),
        }
    }

    fn undoes(&self, entry: &Entry, fault: &Injected) -> bool {
        let name = entry.body.more.get("action").and_then(serde_json::Value::as_str);
        let named = fault.action.as_ref().is_some_and(|action| name.is_some_and(|name| action == name));
        let on = entry.subject.as_alert().and_then(|id| self.cast(&id));
        named && (fault.on.is_empty() || on.is_some_and(|c| all_match(&fault.on, &c.labels)))
    }
}

impl Score {
    pub fn of(given: &Given<'_>) -> Self {
        let page = given.page(None);
        let mitigated = given.mitigated();
        let steps = page.as_ref().map(|page| steps(given, page, mitigated.as_ref())).unwrap_or_default();
        Self {
            opened_at: given.span.0,
            ended_at: given.span.1,
            complete: given.whole,
            missed: missed(given, &steps),
            wrong: wrongs(given, mitigated.as_ref()),
            page,
            steps,
        }
    }

    /// How soon each step was done.
    pub fn times(&self) -> Times {
        let of = |what| self.steps.iter().find(|s| s.what == what).and_then(|s| s.after_s);
        Times {
            own_s: of(What::Own),
            note_s: of(What::Note),
            declare_s: of(What::Declare),
            mitigate_s: of(What::Mitigate),
        }
    }
}

fn steps(given: &Given<'_>, page: &Page, mitigated: Option<&Mitigated>) -> Vec<Step> {
    let Limits { own, note, declare, mitigate } = given.experiment.within;
    let then = given.experiment.then;
    let step = |what, first: First, within: Option<Duration>, then: Option<Option<i64>>| {
        let after = first.as_ref().map(|(at, _)| (*at - page.at).max(Duration::zero()));
        Step {
            what,
            after_s: after.map(|a| a.num_seconds()),
            within_s: within.map(|w| w.num_seconds()),
            verdict: verdict(after, within),
            by: first.and_then(|(_, by)| by),
            then: then.map(|after_s| Done { after_s }),
        }
    };
    let mut all = vec![
        step(What::Own, given.owned(None), own, then.map(|t| t.own_s)),
        step(What::Note, given.first(&Kind::NoteAdded), note, then.map(|t| t.note_s)),
    ];
    let asks = !given.experiment.own.is_empty() || !given.experiment.faults.is_empty();
    let never = all.iter_mut().filter(|step| step.after_s.is_none());
    never.filter(|_| !asks).for_each(|step| step.verdict = Verdict::NotAsked);
    let declared = given.first(&Kind::Incident(Said::Declared));
    let mut third = step(What::Declare, declared, declare, then.map(|t| t.declare_s));
    if !given.experiment.incident && third.after_s.is_none() {
        third.verdict = Verdict::NotAsked;
    }
    all.push(third);
    if !given.experiment.faults.is_empty() {
        let over = mitigated.filter(|m| m.at <= given.span.1);
        let first = over.map(|m| (m.at, m.by.clone()));
        let last = step(What::Mitigate, first, mitigate, then.map(|t| t.mitigate_s));
        let itself = over.is_some_and(|m| m.by.is_none());
        all.push(Step { verdict: if itself { Verdict::ByItself } else { last.verdict }, ..last });
    }
    all
}

fn verdict(after: Option<Duration>, within: Option<Duration>) -> Verdict {
    match (after, within) {
        (None, _) => Verdict::Never,
        (Some(_), None) => Verdict::Done,
        (Some(after), Some(within)) if after <= within => Verdict::InTime,
        (Some(_), Some(_)) => Verdict::Late,
    }
}

fn missed(given: &Given<'_>, steps: &[Step]) -> Vec<SafeText> {
    let duties = (0..given.experiment.own.len()).filter(|d| given.owned(Some(*d)).is_none());
    let unowned = duties.filter_map(|d| Some(format!("nobody owned {}", given.page(Some(d))?.alert.line())));
    let never = steps.iter().filter_map(|step| match (step.what, step.verdict) {
        (What::Note, Verdict::Never) => Some("nobody wrote a note".to_owned()),
        (What::Declare, Verdict::Never) => Some("nobody declared an incident".to_owned()),
        (What::Mitigate, Verdict::Never) => Some("what is broken was not undone".to_owned()),
        (What::Mitigate, Verdict::ByItself) => {
            let action = given.experiment.faults.iter().find_map(|f| f.action.as_ref())?;
            Some(format!("nobody ran `{}`: it ended without you", action.line()))
        }
        _ => None,
    });
    let mut all: Vec<String> = unowned.chain(never).collect();
    let calm = given.done().any(|e| matches!(Change::read(e), Some(Change::Status(told)) if told.status.is_calm()));
    let declared = steps.iter().any(|s| s.what == What::Declare && s.after_s.is_some());
    if given.experiment.incident && declared && !calm {
        all.push("nobody said that the incident is mitigated".to_owned());
    }
    all.into_iter().map(SafeText::from).collect()
}
