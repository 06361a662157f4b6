//! Objectives and counts of a plugin to what watchfire knows: every number finite and within its bounds, every bucket on the
//! grid that was asked for.

use crate::{
    domain::{
        Time,
        signals::{Ask, Signal, Unit},
        slo::{
            Bucket, BucketSpan, CountSeries, Counted, Indicator, Objective, Origin, OriginKind, Slo, SloId, Window,
            assess::BURN_WINDOWS,
            burn::Alerting,
            calendar::Step,
            drill,
            row::{Allowed, Recorded, Trouble},
        },
        source::SourceName,
        text::SafeText,
    },
    sources::plugin::wire::{Query, WireAsk, WireCount, WireParts, WirePortion, WireRecorded, WireSlo, WireSpent},
};

/// Buckets of one question.
pub(in crate::sources::plugin) const BUCKETS_MAX: i64 = 100_000;
/// Questions about the signals of one service.
pub(super) const ASKS_MAX: usize = 32;
/// Seconds of a window where nothing is said.
const WINDOW_S: i64 = 30 * 86_400;
/// A minute, and a little more than a year.
const WINDOWS: std::ops::RangeInclusive<i64> = 60..=400 * 86_400;
/// Labels of one objective, and what it may be made of.
const PARTS_MAX: usize = 256;

/// The first and the last end of a bucket that lies in the past; Unix seconds.
pub(super) fn ends(span: BucketSpan, now: Time) -> (i64, i64) {
    let to = span.to.min(now.timestamp()).max(0);
    ((span.from.max(0) / span.step).saturating_add(1).saturating_mul(span.step), to / span.step * span.step)
}

/// An objective that a plugin declares: its own id stands behind the name of the source.
///
/// # Errors
/// What of it is missing or out of bounds.
pub fn slo(wire: WireSlo, source: &SourceName) -> Result<Slo, String> {
    if wire.id.is_empty() {
        return Err("`id` is empty".into());
    }
    match &wire.whole {
        Some(whole) => {
            let slo: Slo = serde_json::from_str(whole.get()).map_err(|e| format!("`whole`: {e}"))?;
            checked(slo).map(|slo| ours(slo, source))
        }
        None => declared(wire, source),
    }
}

/// One that is counted where it was declared is counted by whoever tells it here.
fn ours(mut slo: Slo, source: &SourceName) -> Slo {
    slo.indicator.source = slo.indicator.source.map(|_| source.clone());
    slo
}

fn declared(wire: WireSlo, source: &SourceName) -> Result<Slo, String> {
    let WireSlo { id, service, title, objective, window_s, labels, query, .. } = wire;
    let objective = Objective::percent(&objective)?;
    let window = Window::rolling(window_s.unwrap_or(WINDOW_S));
    let indicator = match query {
        Some(query) => Indicator { source: Some(source.clone()), ..events(query)? },
        None => Indicator::of(source.clone()),
    };
    let slo = Slo::new(&format!("{source}/{id}"), objective, window, indicator);
    let name = SafeText::new(&id);
    checked(Slo {
        service: service.unwrap_or_else(|| name.clone()),
        title: title.unwrap_or_else(|| name.clone()),
        name,
        labels,
        origin: Origin::new(OriginKind::Metrics, source.as_str()),
        ..slo
    })
}

fn events(query: Query) -> Result<Indicator, String> {
    let Query { good, bad, total } = query;
    let counted = match (good, bad) {
        (Some(good), None) => Counted::Good(good),
        (None, Some(bad)) => Counted::Bad(bad),
        _ => return Err("`query` needs `total` and one of `good` and `bad`".into()),
    };
    if total.trim().is_empty() {
        return Err("`query.total` is empty".into());
    }
    Ok(Indicator::events(counted, &total, true))
}

/// A definition that can be reckoned with, whoever wrote it.
fn checked(slo: Slo) -> Result<Slo, String> {
    let step = match slo.window {
        Window::Rolling { .. } => 1,
        Window::Calendar(calendar) => match calendar.step {
            Step::Minutes(n) | Step::Days(n) | Step::Months(n) => n,
        },
    };
    if step == 0 || !WINDOWS.contains(&slo.window.seconds()) {
        return Err("its window is shorter than a minute or longer than 400 days".into());
    }
    if slo.method.slice_s().is_some_and(|s| !(1..=86_400).contains(&s)) {
        return Err("a slice lasts from one second to a day".into());
    }
    if let Alerting::Fixed(tiers) = &slo.alerting
        && tiers.iter().any(|t| t.short_s < 1 || t.long_s < t.short_s || t.for_s < 0 || !t.factor.is_finite())
    {
        return Err("an alert of it has windows that are none".into());
    }
    if slo.labels.len().max(slo.grouping.len()).max(slo.parts.len()) > PARTS_MAX {
        return Err(format!("more than {PARTS_MAX} labels or parts"));
    }
    Ok(slo)
}

/// # Errors
/// Why there are no counts.
pub fn buckets(count: &WireCount, id: &SloId, span: BucketSpan, now: Time) -> Result<CountSeries, Trouble> {
    let trouble = |what: SafeText, rule| Trouble { what, rule };
    if let Some(why) = &count.why {
        return Err(trouble(why.clone(), count.rule.clone()));
    }
    if count.t0.rem_euclid(span.step) != 0 {
        let (at, step) = (count.t0, span.step);
        return Err(trouble(SafeText::new(&format!("a bucket ends at {at}, no multiple of {step}")), None));
    }
    let (first, last) = ends(span, now);
    let many = count.bad.len().max(count.total.len());
    let ends = (count.t0..).step_by(usize::try_from(span.step).unwrap_or(1)).take(many).enumerate();
    let value = |all: &[Option<f64>], at: usize| all.get(at).copied().flatten().map(|n| n.max(0.0));
    let buckets = ends.filter(|(_, end)| (first..=last).contains(end)).map(|(at, end)| Bucket {
        end,
        bad: value(&count.bad, at),
        total: value(&count.total, at),
    });
    Ok(CountSeries { slo: id.clone(), buckets: buckets.collect() })
}

/// What lies ahead of now is as of now.
pub(super) fn recorded(wire: &WireRecorded, now: Time) -> Recorded {
    let finite = |n: Option<f64>| n.filter(|n| n.is_finite());
    let burn = BURN_WINDOWS.map(|(window, _)| finite(wire.burn.get(window).copied()).map(|b| b.clamp(0.0, 1e9)));
    Recorded {
        at: wire.at.min(now),
        remaining: finite(wire.remaining).map(|r| r.clamp(-1e6, 1.0)),
        burn,
        stale_s: wire.stale_s.map(|s| s.max(0)),
        took_s: finite(wire.took_s).map(|s| s.max(0.0)),
        every_s: finite(wire.every_s).map(|s| s.max(0.0)),
        spent: wire.spent.as_ref().and_then(spent),
    }
}

fn spent(wire: &WireSpent) -> Option<Allowed> {
    let unit = if wire.unit == "seconds" { "seconds" } else { "requests" };
    let sane = wire.bad.is_finite() && wire.bad >= 0.0 && wire.allowed.is_finite() && wire.allowed > 0.0;
    sane.then_some(Allowed { bad: wire.bad, allowed: wire.allowed, unit })
}

/// # Errors
/// Where a number is none.
pub(super) fn parts(wire: WireParts) -> Result<drill::Counted, String> {
    let sane = |n: f64| (n.is_finite() && n >= 0.0).then_some(n).ok_or_else(|| format!("{n} events"));
    let portion = |p: WirePortion| {
        let total = p.total.map(sane).transpose()?;
        Ok::<_, String>(drill::Portion { value: p.value, bad: sane(p.bad)?, total })
    };
    Ok(drill::Counted {
        label: wire.label,
        portions: wire.portions.into_iter().map(portion).collect::<Result<_, _>>()?,
        bad: sane(wire.bad)?,
        total: sane(wire.total)?,
    })
}

/// A signal or a unit that nobody knows here is left out.
pub(super) fn ask(wire: WireAsk) -> Option<Ask> {
    let signal = Signal::ALL.into_iter().find(|s| s.as_str() == wire.signal)?;
    let (unit, factor) = if wire.unit.is_empty() { (Unit::Number, 1.0) } else { Unit::read(&wire.unit)? };
    let finite = |n: f64| n.is_finite().then_some(n);
    let ask = Ask::recognised(signal, wire.name.raw(), wire.query, unit, wire.basis.raw());
    let scale = wire.scale.and_then(finite).unwrap_or(1.0) * factor;
    Some(Ask { scale, full_at: wire.full_at.and_then(finite).or(ask.full_at), ..ask })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Slo, String> {
        slo(serde_json::from_str(json).unwrap(), &SourceName::new("acme"))
    }

    #[test]
    fn the_least_that_an_objective_needs_is_an_id_and_a_percentage() {
        let slo = read(r#"{"id":"checkout","objective":99.9}"#).unwrap();
        assert_eq!((slo.id.as_str(), slo.service.raw(), slo.window.seconds()), ("acme/checkout", "checkout", WINDOW_S));
        assert_eq!(slo.indicator.source, Some(SourceName::new("acme")));
        assert_eq!(slo.objective.as_percent(), "99.9");
    }

    #[test]
    fn what_is_no_objective_says_why() {
        for (json, why) in [
            (r#"{"id":"","objective":"99"}"#, "`id`"),
            (r#"{"id":"a","objective":"much"}"#, "percentage"),
            (r#"{"id":"a"}"#, "percentage"),
            (r#"{"id":"a","objective":"99","window_s":5}"#, "window"),
            (r#"{"id":"a","objective":"99","query":{"total":"all"}}"#, "one of"),
            (r#"{"id":"a","objective":"99","query":{"bad":"b","total":" "}}"#, "total"),
            (r#"{"id":"a","whole":{}}"#, "whole"),
        ] {
            assert!(read(json).unwrap_err().contains(why), "{json}");
        }
    }

    #[test]
    fn a_bucket_off_the_grid_is_none_and_one_ahead_of_now_is_left_out() {
        let span = BucketSpan { from: 0, to: 1_200, step: 300 };
        let now = Time::from_timestamp(900, 0).unwrap();
        let count = |json: &str| buckets(&serde_json::from_str(json).unwrap(), &SloId::new("a"), span, now);
        let told = count(r#"{"id":"a","t0":0,"bad":[9,1,"+Inf",-3,4],"total":[9,10,null]}"#).unwrap();
        let bucket = |end, bad, total| Bucket { end, bad, total };
        let wanted = [bucket(300, Some(1.0), Some(10.0)), bucket(600, None, None), bucket(900, Some(0.0), None)];
        assert_eq!(told.buckets, wanted);
        assert!(count(r#"{"id":"a","t0":7,"bad":[1]}"#).unwrap_err().what.raw().contains("no multiple"));
        assert_eq!(count(r#"{"id":"a","why":"no such service"}"#).unwrap_err().what.raw(), "no such service");
    }
}
