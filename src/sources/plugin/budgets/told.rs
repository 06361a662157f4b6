//! Objectives and counts as they are told to whoever asks through the protocol: the other way round than `read`.

use crate::{
    domain::{
        label::Labels,
        signals::{Ask, Recognised, Values},
        slo::{
            CountSeries, Counted, Measure, Slo, SloId, Tally,
            assess::BURN_WINDOWS,
            drill,
            row::{Recorded, Trouble},
        },
        source::SourceName,
    },
    sources::plugin::wire::{
        Query, Ranged, WireAsk, WireAsks, WireCount, WireParts, WirePortion, WireRecorded, WireSeries, WireSlo,
        WireSpent,
    },
};

/// As the plugin calls them: without the name of the source before the id.
pub fn slos(slos: &[Slo], source: &SourceName) -> Vec<WireSlo> {
    slos.iter().map(|s| slo(s, source)).collect()
}

pub(in crate::sources::plugin) fn slo(slo: &Slo, source: &SourceName) -> WireSlo {
    WireSlo {
        id: own_id(&slo.id, source).to_owned(),
        service: Some(slo.service.clone()),
        title: Some(slo.title.clone()),
        objective: slo.objective.as_percent().to_owned(),
        window_s: Some(slo.window.seconds()),
        labels: slo.labels.clone(),
        query: query(&slo.indicator.measure),
        whole: serde_json::value::to_raw_value(slo).ok(),
    }
}

pub(in crate::sources::plugin) fn own_id<'a>(id: &'a SloId, source: &SourceName) -> &'a str {
    id.as_str().strip_prefix(source.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id.as_str())
}

fn query(measure: &Measure) -> Option<Query> {
    let Measure::Events { counted, total, .. } = measure else { return None };
    if total.is_empty() {
        return None;
    }
    let (good, bad) = match counted {
        Counted::Good(good) => (Some(good.clone()), None),
        Counted::Bad(bad) => (None, Some(bad.clone())),
    };
    Some(Query { good, bad, total: total.clone() })
}

/// What was counted, by the ids of the question.
pub(in crate::sources::plugin) fn counts(tally: &Tally, step: i64, id: impl Fn(&SloId) -> String) -> Vec<WireCount> {
    let counted = tally.series.iter().map(|series| WireCount { id: id(&series.slo), ..count(series, step) });
    let refused = tally.refused.iter().map(|(slo, Trouble { what, rule })| WireCount {
        id: id(slo),
        why: Some(what.clone()),
        rule: rule.clone(),
        ..WireCount::default()
    });
    counted.chain(refused).collect()
}

/// From the first bucket to the last: one that is missing between them has no values.
fn count(series: &CountSeries, step: i64) -> WireCount {
    let mut out = WireCount { t0: series.buckets.first().map_or(0, |b| b.end), ..WireCount::default() };
    for bucket in &series.buckets {
        let place = usize::try_from((bucket.end - out.t0) / step.max(1)).unwrap_or(0);
        if place < out.bad.len() {
            continue;
        }
        out.bad.resize(place, None);
        out.total.resize(place, None);
        out.bad.push(bucket.bad);
        out.total.push(bucket.total);
    }
    out
}

pub(in crate::sources::plugin) fn recorded(id: String, recorded: &Recorded) -> WireRecorded {
    let burn = BURN_WINDOWS.iter().zip(recorded.burn).filter_map(|((window, _), b)| Some(((*window).to_owned(), b?)));
    let Recorded { at, remaining, stale_s, took_s, every_s, .. } = *recorded;
    let spent = recorded.spent.map(|s| WireSpent { bad: s.bad, allowed: s.allowed, unit: s.unit.to_owned() });
    WireRecorded { id, at, remaining, burn: burn.collect(), stale_s, took_s, every_s, spent }
}

pub(in crate::sources::plugin) fn parts(counted: &drill::Counted) -> WireParts {
    let portion = |p: &drill::Portion| WirePortion { value: p.value.clone(), bad: p.bad, total: p.total };
    WireParts {
        label: counted.label.clone(),
        portions: counted.portions.iter().map(portion).collect(),
        bad: counted.bad,
        total: counted.total,
    }
}

pub(in crate::sources::plugin) fn asks(recognised: Recognised) -> WireAsks {
    let ask = |ask: Ask| WireAsk {
        signal: ask.signal.as_str().to_owned(),
        name: ask.name,
        query: ask.query,
        unit: ask.unit.as_str().to_owned(),
        scale: Some(ask.scale),
        full_at: ask.full_at,
        basis: ask.basis,
    };
    let Recognised { asks, looked_for, samples } = recognised;
    WireAsks { asks: asks.into_iter().map(ask).collect(), looked_for, samples }
}

/// One line on its grid, which begins where the question does.
pub(in crate::sources::plugin) fn ranged(values: &Values, (start, end): (i64, i64), step: i64) -> Ranged {
    let many = usize::try_from((end - start) / step.max(1) + 1).unwrap_or(0);
    let mut v = vec![None; many];
    for (at, value) in &values.points {
        let place = usize::try_from((at - start) / step.max(1)).ok();
        if let Some(cell) = place.and_then(|p| v.get_mut(p)) {
            *cell = Some(*value);
        }
    }
    let line = WireSeries { labels: Labels::default(), t0: start, v };
    let series = if values.points.is_empty() { Vec::new() } else { vec![line] };
    Ranged { step_s: step, partial: false, series, samples: values.samples }
}
