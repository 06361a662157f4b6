//! What was read of the signals of one objective: moments that are over are never read again. Knows what is missing, and
//! asks nobody.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;

use crate::domain::{
    Time,
    signals::{Ask, Golden, Line, Look, Outlook, Signal, Values, columns},
    slo::BucketSpan,
    source::SourceError,
    text::SafeText,
};

/// Moments of one question.
const CHUNK: i64 = 100;
const DAY: i64 = 86_400;
/// A moment without a value may still get one for so long, in seconds.
const SETTLES: i64 = 300;
/// What a server refused is not asked for again within this.
const RESTS: Duration = Duration::minutes(10);
/// Between two looks for what there is to be asked.
const RECOGNISED: Duration = Duration::minutes(30);
/// Most moments of one length that are kept.
const KEPT_MAX: usize = 5_000;
/// The past that a forecast stands on: a near one and a far one; length and step in seconds.
pub(super) const PASTS: [(i64, i64); 2] = [(3 * 3_600, 60), (48 * 3_600, 900)];

/// One objective's.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) asks: Vec<Arc<Ask>>,
    kept: BTreeMap<String, Kept>,
    pub(super) looked_for: SafeText,
    recognised_at: Option<Time>,
    pub(super) problem: Option<SafeText>,
}

#[derive(Default)]
struct Kept {
    /// By step, then by moment.
    steps: BTreeMap<i64, BTreeMap<i64, Option<f64>>>,
    now: Option<(Time, Option<f64>)>,
    trouble: Option<SafeText>,
    refused_at: Option<Time>,
    /// Samples that a second of a look back costs, where the source says.
    cost: Option<f64>,
}

fn key(ask: &Ask) -> String {
    format!("{}\n{}\n{}", ask.source.as_ref().map_or("", |s| s.as_str()), ask.signal.as_str(), ask.query)
}

impl Shelf {
    pub(super) fn is_known(&self, now: Time) -> bool {
        self.recognised_at.is_some_and(|at| now - at < RECOGNISED)
    }

    /// These are asked from now on; what was read of them before stays.
    pub(super) fn asked(&mut self, asks: Vec<Ask>, now: Time) {
        self.asks = asks.into_iter().map(Arc::new).collect();
        self.asks.sort_by_key(|a| a.signal);
        self.recognised_at = Some(now);
        self.problem = None;
        let keys: Vec<String> = self.asks.iter().map(|a| key(a)).collect();
        self.kept.retain(|k, _| keys.contains(k));
    }

    /// Whether the value of now is older than it may be.
    pub(super) fn wants_now(&self, ask: &Ask, now: Time, every: Duration) -> bool {
        let read = self.kept.get(&key(ask)).and_then(|k| k.now);
        // What was refused without ever having had a value will not be answered in a minute.
        let hopeless = read.is_none() && self.rests(ask, now);
        !hopeless && ask.fault.is_none() && read.is_none_or(|(at, _)| now - at >= every)
    }

    pub(super) fn rests(&self, ask: &Ask, now: Time) -> bool {
        ask.fault.is_some() || self.kept.get(&key(ask)).and_then(|k| k.refused_at).is_some_and(|at| now - at < RESTS)
    }

    /// How far each moment of a span looks back, in seconds.
    pub(super) fn window(&self, ask: &Ask, span: BucketSpan, allowed: u64) -> i64 {
        columns::look_back(span, self.kept.get(&key(ask)).and_then(|k| k.cost), allowed)
    }

    /// What is missing of a span, the newest first, a chunk each: no more at once than a day of looking back.
    pub(super) fn missing(&self, ask: &Ask, span: BucketSpan) -> Vec<BucketSpan> {
        let step = span.step.max(1);
        let there = self.kept.get(&key(ask)).and_then(|k| k.steps.get(&step));
        let is_there = |at: &i64| there.is_some_and(|m| m.contains_key(at));
        let last = span.to.div_euclid(step) * step;
        let first = (span.from.div_euclid(step) + 1) * step;
        let most = if ask.is_gauge() { CHUNK * step } else { (CHUNK * step).min(DAY.max(step)) };
        let mut chunks: Vec<BucketSpan> = Vec::new();
        let moments = (0..).map(|i| last - i * step).take_while(|at| *at >= first);
        for at in moments.filter(|at| !is_there(at)) {
            match chunks.last_mut() {
                Some(chunk) if chunk.from == at && chunk.to - chunk.from < most => chunk.from = at - step,
                _ => chunks.push(BucketSpan { from: at - step, to: at, step }),
            }
        }
        chunks
    }

    /// What was answered to a chunk.
    pub(super) fn answered(&mut self, ask: &Ask, span: BucketSpan, values: &Values, now: Time) {
        let kept = self.kept.entry(key(ask)).or_default();
        (kept.trouble, kept.refused_at) = (None, None);
        let moments = kept.steps.entry(span.step).or_default();
        let mut at = span.from + span.step;
        while at <= span.to {
            if at <= now.timestamp() - SETTLES {
                moments.entry(at).or_insert(None);
            }
            at += span.step;
        }
        for (at, value) in &values.points {
            moments.insert(*at, Some(*value).filter(|v| v.is_finite()));
        }
        while moments.len() > KEPT_MAX {
            moments.pop_first();
        }
    }

    pub(super) fn answered_now(&mut self, ask: &Ask, values: &Values, now: Time) {
        let kept = self.kept.entry(key(ask)).or_default();
        let value = values.points.last().map(|(_, v)| *v).filter(|v| v.is_finite());
        kept.now = Some((now, value));
        kept.cost = values.samples.map(cost).or(kept.cost);
        if kept.refused_at.is_none() {
            kept.trouble = None;
        }
    }

    pub(super) fn failed(&mut self, ask: &Ask, error: &SourceError, now: Time) {
        let kept = self.kept.entry(key(ask)).or_default();
        kept.trouble = Some(SafeText::new(&error.to_string()));
        if matches!(error, SourceError::Rejected { .. }) {
            kept.refused_at = Some(now);
        }
    }

    /// Everything as it is known, for the moments that are looked at.
    pub(super) fn golden(&self, look: &Look, allowed: u64) -> Golden {
        Golden {
            lines: self.asks.iter().map(|ask| self.line(ask, look.span, allowed)).collect(),
            problem: self.problem.clone(),
            looked_for: self.looked_for.clone(),
            is_known: self.recognised_at.is_some(),
            ..Golden::new(look.slo.id.clone())
        }
    }

    fn line(&self, ask: &Arc<Ask>, span: BucketSpan, allowed: u64) -> Line {
        let mut line = Line::new(ask.clone());
        (line.step, line.window) = (span.step, self.window(ask, span, allowed));
        let Some(kept) = self.kept.get(&key(ask)) else { return line };
        let moments = kept.steps.get(&span.step);
        line.points =
            moments.into_iter().flat_map(|m| m.range(span.from + 1..=span.to)).map(|(t, v)| (*t, *v)).collect();
        line.now = kept.now;
        line.trouble = line.trouble.or_else(|| kept.trouble.clone());
        line.outlook = outlook(ask, kept);
        line
    }
}

/// Of the look back that the value of now takes.
#[allow(clippy::cast_precision_loss, reason = "samples of one query: below 2^53")]
fn cost(samples: u64) -> f64 {
    samples as f64 / columns::LOOK_BACK_MIN as f64
}

fn outlook(ask: &Ask, kept: &Kept) -> Option<Outlook> {
    let full = ask.full_at.filter(|_| ask.signal == Signal::Saturation)?;
    let points = |(length, step): (i64, i64)| -> Vec<(i64, f64)> {
        let Some(moments) = kept.steps.get(&step) else { return Vec::new() };
        let last = moments.last_key_value().map_or(0, |(at, _)| *at);
        moments.range(last - length..).filter_map(|(at, v)| Some((*at, (*v)?))).collect()
    };
    let (short, long) = (points(PASTS[0]), points(PASTS[1]));
    (!short.is_empty() || !long.is_empty()).then(|| Outlook::of(&short, &long, full))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::signals::Unit;

    fn ask() -> Ask {
        Ask::recognised(Signal::Latency, "p99", "q[$window]".into(), Unit::Seconds, "q")
    }

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(seconds, 0).unwrap()
    }

    fn span(from: i64, to: i64) -> BucketSpan {
        BucketSpan { from, to, step: 60 }
    }

    #[test]
    fn what_was_read_is_never_asked_for_again_and_the_newest_comes_first() {
        let mut shelf = Shelf::default();
        let all = shelf.missing(&ask(), span(0, 60 * 250));
        assert_eq!(all, [span(9_000, 15_000), span(3_000, 9_000), span(0, 3_000)]);
        let values = Values { points: vec![(60 * 250, 1.0)], samples: None };
        shelf.answered(&ask(), all[0], &values, at(60 * 400));
        assert_eq!(shelf.missing(&ask(), span(0, 60 * 250)), all[1..]);
        assert_eq!(shelf.missing(&ask(), span(0, 60 * 251))[0], span(60 * 250, 60 * 251), "a minute later one moment");
    }

    #[test]
    fn the_newest_moments_may_come_late() {
        let mut shelf = Shelf::default();
        shelf.answered(&ask(), span(0, 600), &Values::default(), at(600));
        assert_eq!(shelf.missing(&ask(), span(0, 600)), [span(300, 600)]);
    }

    #[test]
    fn what_is_refused_rests_and_what_was_read_stays() {
        let mut shelf = Shelf::default();
        shelf.asked(vec![ask()], at(0));
        shelf.answered(&ask(), span(0, 60), &Values { points: vec![(60, 2.0)], samples: None }, at(60));
        shelf.failed(&ask(), &SourceError::rejected("HTTP 422: too many samples"), at(61));
        assert!(shelf.rests(&ask(), at(62)) && !shelf.rests(&ask(), at(700)));
        let slo = crate::domain::slo::Slo::new(
            "x",
            crate::domain::slo::Objective::percent("99").unwrap(),
            crate::domain::slo::Window::rolling(86_400),
            crate::domain::slo::Indicator::of(crate::domain::source::SourceName::new("p")),
        );
        let golden = shelf.golden(&Look { slo, configured: Vec::new(), span: span(0, 600) }, 0);
        assert_eq!(golden.lines[0].points, [(60, Some(2.0))]);
        assert!(golden.lines[0].trouble.as_ref().unwrap().line().contains("422"));
    }
}
