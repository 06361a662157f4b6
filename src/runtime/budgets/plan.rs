//! Which spans to ask of which source for which SLOs, and how badly: a pure function of what is known and the time.

use chrono::Duration;

use super::known::Known;
use crate::domain::{
    Time,
    slo::{
        BucketSpan, SloId,
        history::{FINE, HOURLY},
    },
    source::SourceName,
};

/// SLOs in one question.
pub(super) const TOGETHER: usize = 20;
/// Between two readings of what is looked at.
const SEEN: Duration = Duration::seconds(60);
/// Between two readings of what nobody sees.
const UNSEEN: Duration = Duration::minutes(5);
/// Between two readings of hours that are closed and may still change.
const HOURS: Duration = Duration::minutes(30);
/// Closed hours that may still change, and the one that closed just now.
const SETTLING: i64 = 3;
/// Most fine buckets of a tail.
const TAIL: i64 = 6;

/// How badly a question is wanted, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// The newest buckets, without which there is no number.
    Tail,
    /// The past of what is seen, or is known by nothing else.
    Cold,
    /// Closed hours, once more.
    Settling,
    /// What nobody sees and rules record.
    Unseen,
}

impl Class {
    /// Whether it takes one of the few places a minute.
    pub(super) fn is_behind(self) -> bool {
        self >= Self::Settling
    }
}

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ask {
    pub(super) class: Class,
    pub(super) span: BucketSpan,
    pub(super) source: Option<SourceName>,
    /// Among what is known.
    pub(super) places: Vec<usize>,
    /// Whether it holds the newest fine bucket.
    pub(super) is_head: bool,
}

impl Ask {
    /// Whether it is for the newest buckets and no more.
    pub(super) fn is_short(&self) -> bool {
        self.is_head && self.span.to - self.span.from <= TAIL * self.span.step
    }

    pub(super) fn place_of(&self, rows: &[Known], id: &SloId) -> Option<usize> {
        self.places.iter().copied().find(|i| rows[*i].slo.id == *id)
    }
}

/// A length of time as far as a clock that runs a little early has it.
pub(super) fn soon(length: Duration) -> Duration {
    length * 9 / 10
}

/// Everything that is due, worst first, then the newest first. `eyes` are the SLOs that somebody looks at; none = all.
pub(super) fn plan(rows: &[Known], eyes: Option<&[SloId]>, now: Time) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    for (place, known) in rows.iter().enumerate().filter(|(_, k)| !k.slo.is_composite()) {
        let is_seen = eyes.is_none_or(|e| e.contains(&known.slo.id));
        for span in spans(known, now) {
            let is_head = span.step == FINE && span.to == known.history.fine.closed(now.timestamp());
            let span = if is_head { bearable(known, span, now) } else { span };
            let Some(class) = class(known, span, (is_head, is_seen), now) else { continue };
            let ask = Ask { class, span, source: known.slo.indicator.source.clone(), places: vec![place], is_head };
            match asks.iter_mut().rev().find(|a| fits(a, &ask)) {
                Some(with) => {
                    with.span.from = with.span.from.min(span.from);
                    with.places.push(place);
                }
                None => asks.push(ask),
            }
        }
    }
    asks.sort_by_key(|ask| (ask.class, std::cmp::Reverse(ask.span.to), ask.span.step));
    asks
}

/// What is missing; the few newest buckets are one question even at midnight.
fn spans(known: &Known, now: Time) -> Vec<BucketSpan> {
    let mut spans: Vec<BucketSpan> = Vec::new();
    for span in known.history.wanted(known.slo.window, now.timestamp()) {
        match spans.last_mut() {
            Some(newer)
                if newer.step == span.step && newer.from == span.to && newer.to - span.from <= TAIL * span.step =>
            {
                newer.from = span.from;
            }
            _ => spans.push(span),
        }
    }
    spans
}

/// How many questions about the past are open.
pub(super) fn cold(asks: &[Ask]) -> usize {
    asks.iter().filter(|a| a.class == Class::Cold).count()
}

/// Where the past is too expensive, the newest buckets alone.
fn bearable(known: &Known, span: BucketSpan, now: Time) -> BucketSpan {
    let is_long = span.to - span.from > TAIL * span.step;
    let from = if is_long && known.rests(false, now) { span.to - 2 * span.step } else { span.from };
    BucketSpan { from, ..span }
}

/// None while it is not due.
fn class(known: &Known, span: BucketSpan, (is_head, is_seen): (bool, bool), now: Time) -> Option<Class> {
    let length = (span.to - span.from) / span.step;
    let is_recorded = known.is_recorded();
    let since = |at: Option<Time>, every: Duration| at.is_none_or(|at| now - at >= soon(every));
    if span.step == HOURLY && length <= SETTLING && !known.history.hourly.is_empty() {
        // The newest events are counted by the tail: an hour that closed waits for a place like any other.
        let is_due = length == SETTLING || since(known.settled_at, HOURS);
        return (is_due && !known.rests(false, now)).then_some(Class::Settling);
    }
    let is_tail = is_head && (is_seen || length <= TAIL);
    if known.rests(is_tail, now) {
        return None;
    }
    let due = !is_head || since(known.counted_at, if is_seen { SEEN } else { UNSEEN });
    let class = match (is_seen || !is_recorded, is_tail) {
        (true, true) => Class::Tail,
        (true, false) => Class::Cold,
        (false, _) => Class::Unseen,
    };
    due.then_some(class)
}

/// Spans that end together and are about as long are asked together: it costs at most twice the samples.
fn fits(a: &Ask, b: &Ask) -> bool {
    let size =
        |ask: &Ask| u64::try_from((ask.span.to - ask.span.from) / ask.span.step).unwrap_or(1).next_power_of_two();
    let key = |ask: &Ask| (ask.class, ask.span.to, ask.span.step, ask.is_head, size(ask));
    a.places.len() < TOGETHER && a.source == b.source && key(a) == key(b)
}
