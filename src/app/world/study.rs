//! What is known around the one alert that is open: why it paged or not, when it burned before, what burns beside it.
//!
//! Kept for the last alert alone. What costs a look at the whole board is worked out when something about it changed.

use std::sync::Arc;

use chrono::Duration;

use crate::{
    app::{effect::Effects, msg::Finding},
    domain::{
        Time,
        alert::{Alert, AlertId, AlertState},
        entry::{Entry, Subject},
        past::{Past, Span, Was, journalled},
        source::{SourceError, SourceName},
    },
};

use super::{World, board::Row, links::Link, related::Related, why::Why};

/// How far back an alert's past is asked for.
pub const LOOKED_BACK: Duration = Duration::days(7);

/// The open alert, and all that was found around it.
#[derive(Clone, Debug)]
pub struct Study {
    pub id: AlertId,
    /// None until it is known who is asked.
    pub found: Option<Vec<Finding>>,
    pub why: Vec<Why>,
    pub related: Vec<Related>,
    /// Other sources' tales of the same alert.
    pub links: Vec<Link>,
    /// As it was when this was worked out.
    seen: Option<(Arc<Alert>, AlertState)>,
}

impl World {
    /// Forgets the alert before and begins with this one.
    pub(crate) fn study(&mut self, now: Time, id: &AlertId) {
        let related = super::related::of(&self.board, id);
        let mut study = Study { id: id.clone(), found: None, why: Vec::new(), related, links: Vec::new(), seen: None };
        study.work_out(self, now);
        self.studied = Some(study);
    }

    /// Takes what is found so far; what is about an alert that was left meanwhile is nobody's.
    pub(crate) fn studied(&mut self, now: Time, id: &AlertId, found: Vec<Finding>) -> Effects {
        if let Some(mut study) = self.studied.take_if(|s| &s.id == id) {
            self.recalled.heard();
            study.found = Some(found);
            study.work_out(self, now);
            self.studied = Some(study);
        }
        Vec::new()
    }

    /// Sources have answered: what was worked out holds unless the alert is told differently now.
    pub(crate) fn restudy(&mut self, now: Time) {
        let Some(mut study) = self.studied.take() else { return };
        let row = self.board.get(&study.id);
        if !study.is_current(row) {
            study.work_out(self, now);
        } else if let Some(row) = row {
            // The others may tell it otherwise though this one does not.
            study.links = self.links(row);
        }
        self.studied = Some(study);
    }

    /// When the alert burned before: what sources remember, what the journal holds, and that it burns now.
    pub fn past(&self, id: &AlertId, now: Time) -> Memory {
        let found = self.studied.as_ref().filter(|s| &s.id == id).and_then(|s| s.found.as_deref());
        let subject = Subject::alert(id);
        let entries: Vec<Entry> = self.timeline.of(&subject).cloned().collect();
        let row = self.board.get(id).map(|row| (row, self.seen_at(row)));
        remembered(found.unwrap_or_default(), &entries, row, now)
    }
}

impl Study {
    fn is_current(&self, row: Option<&Row>) -> bool {
        match (&self.seen, row) {
            (Some((alert, state)), Some(row)) => Arc::ptr_eq(alert, &row.alert) && *state == row.state,
            (None, None) => true,
            _ => false,
        }
    }

    fn work_out(&mut self, world: &World, now: Time) {
        let row = world.board.get(&self.id);
        self.seen = row.map(|r| (r.alert.clone(), r.state));
        self.links = row.map(|r| world.links(r)).unwrap_or_default();
        self.why = row.map(|r| world.why(r, self.found.as_deref(), now)).unwrap_or_default();
    }
}

/// The past of an alert, and how much of it can be believed.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// None where nobody remembers and the journal holds nothing.
    pub past: Option<Past>,
    pub asked: usize,
    /// Sources that were asked and have not answered yet.
    pub waiting: Vec<SourceName>,
    pub failed: Vec<(SourceName, SourceError)>,
}

/// One past out of all that is known; a span that two tell is one. With the row comes when its source last told it.
pub fn remembered(found: &[Finding], entries: &[Entry], row: Option<(&Row, Time)>, now: Time) -> Memory {
    let mut memory = Memory { past: None, asked: 0, waiting: Vec::new(), failed: Vec::new() };
    let mut known: Option<Past> = None;
    for finding in found {
        let Finding::Past(source, answer) = finding else { continue };
        memory.asked += 1;
        match answer {
            None => memory.waiting.push(source.clone()),
            Some(Err(error)) => memory.failed.push((source.clone(), error.clone())),
            Some(Ok(past)) => known = Some(both(known, past)),
        }
    }
    let mut own = journalled(entries);
    own.extend(row.and_then(|(row, seen_at)| burning(row, seen_at, now)));
    memory.past = match (known, own.is_empty()) {
        (Some(past), _) => Some(Past { until: now, ..past }.with(own)),
        (None, true) => None,
        (None, false) => Some(alone(own, now)),
    };
    memory
}

/// What one did not watch another may have: unknown is what is unknown to both.
fn both(known: Option<Past>, past: &Past) -> Past {
    let Some(known) = known else { return past.clone() };
    let unknown = |p: &Past| -> Vec<Span> { p.spans.iter().copied().filter(|s| s.was == Was::Unknown).collect() };
    let (mine, theirs) = (unknown(&known), unknown(past));
    let shared = mine
        .iter()
        .flat_map(|a| theirs.iter().map(move |b| Span { from: a.from.max(b.from), to: a.to.min(b.to), ..*a }));
    let seen = known.spans.iter().chain(&past.spans).copied().filter(|s| s.was != Was::Unknown);
    Past::new(known.since.max(past.since), known.until.max(past.until), seen.chain(shared))
}

/// The journal alone knows when it fired, and not that it was calm in between.
fn alone(own: Vec<Span>, now: Time) -> Past {
    let since = now - LOOKED_BACK;
    Past::new(since, now, own.into_iter().chain([Span { from: since, to: now, was: Was::Unknown }]))
}

pub(super) fn burning(row: &Row, seen_at: Time, now: Time) -> Option<Span> {
    let was = if row.told == AlertState::Pending { Was::Pending } else { Was::Firing };
    let to = row.resolved_at.unwrap_or(if row.state == AlertState::Unknown { seen_at } else { now });
    // A source whose clock is ahead says that it begins later: what is told to burn does burn.
    let latest = if row.resolved_at.is_none() { seen_at.min(to - Duration::seconds(1)) } else { to };
    let from = row.alert.starts_at.min(latest);
    (from < to).then_some(Span { from, to, was })
}
