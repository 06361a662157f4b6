//! What is known of one SLO: its counts, how old they are, what rules say, and what is in the way.

use std::sync::Arc;

use chrono::Duration;

use super::{cache::Kept, close::Closeness, composed::Made, plan::Ask};
use crate::domain::{
    Time,
    slo::{
        Bucket, BudgetRow, Slo,
        assess::{Assessment, assess},
        exclusion::Adjusted,
        history::{HOURLY, History},
        planned::{Planned, adjust},
        row::{Recorded, Trouble},
    },
};

/// A past that is too expensive is asked for again after this time.
const DEAR: Duration = Duration::hours(1);
/// The same for a tail that was refused.
const REFUSED: Duration = Duration::minutes(5);
/// Counts older than this give way to what rules recorded just now.
const OLD: Duration = Duration::minutes(6);

pub(super) struct Known {
    pub(super) slo: Arc<Slo>,
    pub(super) history: Arc<History>,
    /// When its newest buckets were read.
    pub(super) counted_at: Option<Time>,
    /// When its hours were read again.
    pub(super) settled_at: Option<Time>,
    pub(super) recorded: Option<Recorded>,
    /// What its counts are counts of; none where they are not kept.
    pub(super) key: Option<String>,
    pub(super) kept_at: Option<Time>,
    /// Since it was kept.
    pub(super) is_changed: bool,
    pub(super) trouble: Option<Trouble>,
    tail_rests: Option<Time>,
    past_rests: Option<Time>,
    /// Of the counts as they are.
    numbers: Option<Arc<Assessment>>,
    /// These without planned maintenance.
    adjusted: Option<Arc<Adjusted>>,
    /// None until it was looked at closely.
    pub(super) closeness: Option<Closeness>,
    /// Of a composite: what its numbers were made of.
    pub(super) made: Option<Made>,
}

impl Known {
    pub(super) fn new(slo: Slo, key: Option<String>, kept: Option<Kept>) -> Self {
        let (history, counted_at) = kept.map_or_else(Default::default, |k| (k.history, Some(k.counted_at)));
        Self {
            slo: Arc::new(slo),
            history: Arc::new(history),
            counted_at,
            settled_at: None,
            recorded: None,
            key,
            kept_at: counted_at,
            is_changed: false,
            trouble: None,
            tail_rests: None,
            past_rests: None,
            numbers: None,
            adjusted: None,
            closeness: None,
            made: None,
        }
    }

    /// The same counts under a definition that counts the same.
    pub(super) fn redefined(self, slo: Slo) -> Self {
        let is_same = *self.slo == slo;
        let (numbers, made) = (self.numbers.filter(|_| is_same), self.made.filter(|_| is_same));
        Self { slo: Arc::new(slo), numbers, made, ..self }
    }

    /// Whether rules say how it stands.
    pub(super) fn is_recorded(&self) -> bool {
        self.recorded.as_ref().is_some_and(Recorded::says)
    }

    /// Whether it was refused just now: its newest buckets, or its past.
    pub(super) fn rests(&self, tail: bool, now: Time) -> bool {
        let until = if tail { self.tail_rests } else { self.past_rests.max(self.tail_rests) };
        until.is_some_and(|until| now < until)
    }

    pub(super) fn answer(&mut self, ask: &Ask, buckets: Vec<Bucket>, now: Time) {
        Arc::make_mut(&mut self.history).answer(ask.span, buckets);
        (self.numbers, self.is_changed) = (None, true);
        if ask.is_head {
            (self.counted_at, self.tail_rests) = (Some(now), None);
        }
        if !ask.is_short() {
            self.past_rests = None;
        }
        if ask.span.step == HOURLY {
            self.settled_at = Some(now);
        }
        if self.tail_rests.is_none() && self.past_rests.is_none() {
            self.trouble = None;
        }
    }

    pub(super) fn refuse(&mut self, ask: &Ask, trouble: Trouble, now: Time) {
        self.trouble = Some(trouble);
        match ask.is_short() {
            true => self.tail_rests = Some(now + REFUSED),
            false => self.past_rests = Some(now + DEAR),
        }
    }

    /// Takes the row that was made of its parts.
    pub(super) fn become_whole(&mut self, row: BudgetRow, made: Made, planned: &[Planned]) {
        let BudgetRow { numbers, history, trouble, counted_at, .. } = row;
        let adjusted = counted_at.and_then(|at| adjust(planned, &self.slo, &history, at));
        self.adjusted = adjusted.map(Arc::new);
        (self.numbers, self.history, self.trouble, self.counted_at) = (numbers, history, trouble, counted_at);
        self.made = Some(made);
    }

    /// As it is told. Numbers that have grown old where nobody looked give way to what rules recorded.
    pub(super) fn row(&mut self, is_seen: bool, planned: &[Planned], now: Time) -> BudgetRow {
        let is_old = self.counted_at.is_none_or(|at| now - at > OLD);
        let gives_way = is_old && !is_seen && self.is_recorded();
        let numbers = self.numbers(planned, now).filter(|_| !gives_way);
        BudgetRow {
            slo: self.slo.clone(),
            numbers,
            history: self.history.clone(),
            adjusted: self.adjusted.clone().filter(|_| !gives_way),
            recorded: self.recorded.clone(),
            trouble: self.trouble.clone(),
            counted_at: self.counted_at,
        }
    }

    /// As of when it was counted, which may be long ago.
    fn numbers(&mut self, planned: &[Planned], now: Time) -> Option<Arc<Assessment>> {
        if self.slo.is_composite() {
            return self.numbers.clone();
        }
        if self.history.fine.is_empty() && self.history.hourly.is_empty() {
            return None;
        }
        if self.numbers.is_none() {
            let at = self.counted_at.unwrap_or(now).min(now);
            Arc::make_mut(&mut self.history).prune(self.slo.window, at.timestamp());
            self.numbers = Some(Arc::new(assess(&self.slo, &self.history, at)));
            self.adjusted = adjust(planned, &self.slo, &self.history, at).map(Arc::new);
        }
        self.numbers.clone()
    }
}
