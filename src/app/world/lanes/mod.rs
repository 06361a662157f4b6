//! What stands on the one axis of an alert, an objective or an incident: when its alerts burned, and what happened beside.
//!
//! Worked out once, and anew when the board, the journal, an answer or ten seconds have moved on. Knows no screen: a lane
//! is spans of time, a mark is a moment or a stretch of it.

mod marks;
mod members;
mod recall;
mod spans;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use chrono::Duration;

use crate::domain::{
    Time,
    alert::{AlertId, Severity},
    entry::Entry,
    incident::IncidentId,
    past::{Past, Was},
    slo::{BudgetRow, SloId},
    source::{SourceError, SourceName},
    text::SafeText,
};

pub use self::recall::Recalled;
use super::{World, marks::MarkKind, study::LOOKED_BACK};

/// Seconds for which what lasts until now may be told with the same length.
const FRESH: i64 = 10;
/// More alerts than this are one lane for each of their names.
const APART: usize = 12;
/// Most lanes.
const LANES: usize = 60;
/// What led to an incident is seen with it.
const LEAD: Duration = Duration::hours(1);
const TAIL: Duration = Duration::minutes(15);

/// Whose axis it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    Alert(AlertId),
    Slo(SloId),
    Incident(IncidentId),
}

/// One row: an alert, or all of one name.
#[derive(Clone, Debug)]
pub struct Lane {
    pub name: SafeText,
    /// What tells it from others of its name; empty where nothing does.
    pub place: SafeText,
    pub severity: Severity,
    /// Alerts in it.
    pub count: usize,
    /// It is an alert on the objective of the axis, and not only about its service.
    pub names: bool,
    /// What each moment was; where no span is, it is known to have been calm.
    pub past: Past,
    /// Sources that were asked when it burned before and have not answered.
    pub waiting: Vec<SourceName>,
    pub failed: Vec<(SourceName, SourceError)>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Mark {
    pub kind: MarkKind,
    pub from: Time,
    /// The end of what lasted, which may be still to come.
    pub to: Option<Time>,
    /// It goes on, and nobody knows until when.
    pub lasts: bool,
    /// What was said, whole: as it was corrected, where it was.
    pub text: SafeText,
    /// The line of the journal that tells of it, where one does.
    pub entry: Option<Entry>,
}

/// Everything on one axis.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// The objective that it is about, as far as that is known.
    pub slo: Option<SloId>,
    /// The alert that is open first, else the worst first.
    pub rows: Vec<Lane>,
    /// Lanes that are left out.
    pub more: usize,
    /// In the order of time.
    pub marks: Vec<Mark>,
    /// The axis. Its end is the moment at which this was worked out, or the end of what is over.
    pub whole: (Time, Time),
}

impl Mark {
    /// Until when it is drawn; its beginning where it is a moment.
    pub fn end(&self, head: Time) -> Time {
        let end = if self.lasts { head } else { self.to.unwrap_or(self.from) };
        end.max(self.from)
    }

    /// Whether it touches `[from, to)`.
    pub fn touches(&self, (from, to): (Time, Time), head: Time) -> bool {
        self.from < to && (self.from >= from || self.end(head) > from)
    }
}

impl Lane {
    /// What it is called beside the others.
    pub fn label(&self) -> String {
        match self.place.is_empty() {
            true => self.name.line().into_owned(),
            false => format!("{} {}", self.place.line(), self.name.line()),
        }
    }

    /// What it was at a moment, and the whole span of it; none where it was calm.
    pub fn at(&self, at: Time) -> Option<crate::domain::past::Span> {
        // The last moment belongs to what goes on.
        let at = at.min(self.past.until - Duration::milliseconds(1));
        self.past.spans.iter().copied().find(|s| s.from <= at && at < s.to)
    }

    /// How long it burned between two moments, and how much of that time nobody knows.
    pub fn within(&self, from: Time, to: Time) -> (Duration, Duration) {
        let sum = |was: Was| {
            let cut = self.past.spans.iter().filter(move |s| s.was == was).map(|s| s.to.min(to) - s.from.max(from));
            cut.filter(|length| *length > Duration::zero()).sum()
        };
        (sum(Was::Firing), sum(Was::Unknown))
    }
}

impl Lanes {
    /// Where something began or ended on the axis, in no order.
    pub fn edges(&self) -> impl Iterator<Item = Time> {
        let spans = self.rows.iter().flat_map(|l| &l.past.spans);
        let edges = spans.filter(|s| s.was == Was::Firing).flat_map(|s| [s.from, s.to]);
        let ends = self.marks.iter().filter_map(|m| m.to);
        let (first, last) = self.whole;
        edges.chain(self.marks.iter().map(|m| m.from)).chain(ends).filter(move |t| (first..last).contains(t))
    }

    /// The same in the order of time, each once.
    pub fn moments(&self) -> Vec<Time> {
        let mut all: Vec<Time> = self.edges().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// On what they stand: what is equal was told from the same.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    of: Of,
    board: u64,
    /// How many entries, the oldest and the newest, and how many of the one that is open.
    journal: (usize, Option<i64>, Option<i64>, usize),
    heard: u64,
    counted: Option<Time>,
    now: i64,
}

/// Axes that are kept: an alert's is drawn with that of its objective.
const TOLD: usize = 3;

/// The last ones that were told.
#[derive(Debug, Default)]
pub struct Memo(Mutex<VecDeque<(Key, Arc<Lanes>)>>);

impl World {
    /// What stands on the axis now.
    pub fn lanes(&self, of: &Of, now: Time) -> Arc<Lanes> {
        let key = self.lanes_key(of, now);
        let Ok(mut kept) = self.lanes.0.lock() else { return Arc::new(self.lanes_anew(of, now)) };
        if let Some((_, told)) = kept.iter().find(|(known, _)| *known == key) {
            return told.clone();
        }
        let told = Arc::new(self.lanes_anew(of, now));
        kept.retain(|(known, _)| known.of != key.of);
        kept.truncate(TOLD - 1);
        kept.push_front((key, told.clone()));
        told
    }

    fn lanes_key(&self, of: &Of, now: Time) -> Key {
        let entries = &self.timeline.entries;
        let history = self.timeline.history.as_ref().map_or(0, |(_, entries)| entries.len());
        Key {
            of: of.clone(),
            board: self.board.version,
            journal: (entries.len(), entries.front().map(|e| e.seq), entries.back().map(|e| e.seq), history),
            heard: self.recalled.heard,
            counted: self.budgets.counted_at,
            now: now.timestamp().div_euclid(FRESH),
        }
    }

    fn lanes_anew(&self, of: &Of, now: Time) -> Lanes {
        let mut members = self.members(of);
        let slo = self.slo_of(of, &members);
        let budget = slo.as_ref().and_then(|id| self.budgets.get(id));
        for member in &mut members {
            member.names =
                budget.is_some_and(|row| row.slo.is_named_by(&member.labels) && row.slo.concerns(&member.labels));
        }
        let whole = self.reach(of, now);
        let mut rows = self.burned(&members, whole, now);
        if !matches!(of, Of::Alert(_)) {
            rows.sort_by_key(|lane| lane.weight());
        }
        let more = rows.len().saturating_sub(LANES);
        rows.truncate(LANES);
        Lanes { slo, rows, more, marks: self.marks_of(of, &members, whole, now), whole }
    }

    /// From when to when there may be something to see.
    fn reach(&self, of: &Of, now: Time) -> (Time, Time) {
        let week = (now - LOOKED_BACK, now);
        match of {
            Of::Alert(_) => week,
            Of::Slo(id) => self.budgets.axis(id).map_or(week, |(from, _)| (from.min(now - LEAD), now)),
            Of::Incident(id) => match self.incidents.all.get(id) {
                Some(incident) => {
                    let (from, to) = incident.span(&self.clues(incident));
                    let from = from.min(incident.declared_at().unwrap_or(from)).min(now);
                    (from - LEAD, to.map_or(now, |to| (to + TAIL).min(now)).max(from))
                }
                None => week,
            },
        }
    }

    /// The objective of what is open: the one that is named before the one whose service it is.
    fn slo_of(&self, of: &Of, members: &[members::Member]) -> Option<SloId> {
        let known = |id: &SloId| self.budgets.get(id).is_some();
        match of {
            Of::Slo(id) => return Some(id.clone()),
            Of::Incident(id) => {
                let linked = self.incidents.all.get(id).into_iter().flat_map(|i| &i.slos);
                if let Some(id) = linked.map(|slo| SloId::new(slo.raw())).find(known) {
                    return Some(id);
                }
            }
            Of::Alert(_) => {}
        }
        let own = if matches!(of, Of::Alert(_)) { &members[..members.len().min(1)] } else { members };
        let rows = &self.budgets.rows;
        let find = |is: &dyn Fn(&BudgetRow, &members::Member) -> bool| {
            rows.iter().find(|row| own.iter().any(|m| is(row, m))).map(|row| row.slo.id.clone())
        };
        find(&|row, m| row.slo.is_named_by(&m.labels) && row.slo.concerns(&m.labels))
            .or_else(|| find(&|row, m| row.slo.concerns(&m.labels)))
    }
}

impl Lane {
    /// What burns now before what did, the severe first, then what burned longest.
    fn weight(&self) -> (u8, Severity, Duration, SafeText, SafeText) {
        let now = match self.past.spans.last().filter(|s| s.to >= self.past.until).map(|s| s.was) {
            Some(Was::Firing) => 0,
            Some(Was::Pending) => 1,
            Some(Was::Unknown) => 2,
            None => 3,
        };
        (now, self.severity, -self.past.tally().total, self.name.clone(), self.place.clone())
    }
}
