//! What a simulated service counts: total and bad events as functions of time, without randomness.
//!
//! Counts are differences of cumulative whole numbers, so that the counts of two neighbouring buckets always sum to the
//! count of the bucket over both, and no bucket ever holds more bad events than events.

use std::f64::consts::TAU;

use chrono::{Duration, Timelike};
use toml::Spanned;

use crate::domain::{
    Time,
    slo::{Bucket, BucketSpan, CountSeries, Indicator, Slo, Window, drill::Counted},
    source::SourceName,
    text::SafeText,
};

use super::{
    scenario::{Imitates, Mistake, Names, each, span},
    signals::{self, Gauge},
    split::{self, Share, Whole},
    wire::{IncidentTable, SloTable},
};

const DAY: f64 = 86_400.0;
/// When a day's traffic is highest.
const PEAK: f64 = 15.0 * 3_600.0;
/// Slower and faster ripples on the traffic: period in seconds and share. A line as straight as a ruler looks dead.
const RIPPLES: [(f64, f64); 2] = [(6_420.0, 0.03), (780.0, 0.02)];
/// Ratios are held in parts of a billion: whole numbers do not drift.
const BILLION: i128 = 1_000_000_000;

/// One SLO and how its events arrive.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    pub(super) source: usize,
    pub(super) slo: Slo,
    traffic: Traffic,
    base: i128,
    incidents: Vec<Incident>,
    pub(super) gauges: Vec<Gauge>,
    shares: Vec<Share>,
}

#[derive(Clone, Debug)]
struct Traffic {
    rps: f64,
    daily: f64,
    /// Seconds from midnight to the start of the scenario.
    start: f64,
}

/// A stretch of events, by number, and how many of a billion of them are bad.
#[derive(Clone, Debug)]
struct Incident {
    first: i64,
    end: i64,
    ratio: i128,
}

impl Traffic {
    /// The number of the last event before `at` seconds since the start: the rate's integral, rounded down.
    #[allow(clippy::cast_possible_truncation, reason = "at most 1e6 a second over a few years: far below 2^53")]
    fn events_until(&self, at: f64) -> i64 {
        let x = at + self.start;
        let wave = |period: f64, share: f64, peak: f64| share * period / TAU * (TAU * (x - peak) / period).sin();
        let ripples: f64 = RIPPLES.iter().map(|(period, share)| wave(*period, *share, 0.0)).sum();
        (self.rps * (x + wave(DAY, self.daily, PEAK) + ripples)).floor() as i64
    }
}

impl Budget {
    /// How many of the first `n` events were bad.
    fn bad_until(&self, n: i64) -> i64 {
        let extra = |i: &Incident| (i.ratio - self.base) * i128::from((n - i.first).clamp(0, i.end - i.first));
        let sum = self.base * i128::from(n) + self.incidents.iter().map(extra).sum::<i128>();
        i64::try_from(sum.div_euclid(BILLION)).unwrap_or(0)
    }

    /// The buckets of a span that are over by `now`; the scenario began at `epoch`.
    pub(super) fn count(&self, span: BucketSpan, epoch: Time, now: Time) -> CountSeries {
        let last = span.to.min(now.timestamp());
        let first = (span.from.div_euclid(span.step) + 1) * span.step;
        let mut before = self.cumulative(first - span.step, epoch);
        let mut buckets = Vec::new();
        let mut end = first;
        while end <= last {
            let until = self.cumulative(end, epoch);
            buckets.push(Bucket { end, bad: whole(until.0 - before.0), total: whole(until.1 - before.1) });
            before = until;
            end += span.step;
        }
        CountSeries { slo: self.slo.id.clone(), buckets }
    }

    /// What the values of a label counted in `(from, to]`, Unix seconds.
    #[allow(clippy::cast_precision_loss, reason = "counts of events: below 2^53")]
    pub(super) fn drill(&self, by: Option<&str>, (from, to): (i64, i64), epoch: Time) -> Vec<Counted> {
        let (before, until) = (self.cumulative(from, epoch), self.cumulative(to, epoch));
        let (bad, total) = ((until.0 - before.0) as f64, (until.1 - before.1) as f64);
        let usual = (total * self.base as f64 / BILLION as f64).min(bad);
        split::drill(&self.shares, by, Whole { bad, total, usual })
    }

    /// Bad and total events up to a Unix second.
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of a few years: below 2^53")]
    pub(super) fn cumulative(&self, unix: i64, epoch: Time) -> (i64, i64) {
        let at = (unix * 1_000 - epoch.timestamp_millis()) as f64 / 1_000.0;
        let total = self.traffic.events_until(at);
        (self.bad_until(total), total)
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of events: below 2^53")]
fn whole(count: i64) -> Option<f64> {
    Some(count as f64)
}

/// Reads and checks every `[[slo]]`.
pub(super) fn read_all(tables: &[SloTable], names: &Names, start: Time) -> Result<Vec<Budget>, Mistake> {
    each(tables, |table| {
        if tables.iter().filter(|o| o.id.get_ref() == table.id.get_ref()).count() > 1 {
            return Err(Mistake::at(&table.id, format!("the id `{}` is used twice", table.id.get_ref())));
        }
        read(table, names, start)
    })
}

fn read(table: &SloTable, names: &Names, start: Time) -> Result<Budget, Mistake> {
    let source = names.index(table.source.as_ref(), |s| s.imitates == Imitates::Prometheus)?;
    if table.window.0 < Duration::hours(1) {
        return Err(Mistake::at(&table.id, "the window is shorter than an hour"));
    }
    let traffic = Traffic {
        rps: within(&table.rps, 0.0, 1e6)?,
        daily: table.daily.as_ref().map_or(Ok(0.0), |d| within(d, 0.0, 0.9))?,
        start: f64::from(start.num_seconds_from_midnight()),
    };
    let incidents = incidents(&table.incidents, &traffic)?;
    let base = billionths(&table.base_error_ratio)?;
    let gauges = each(&table.signals, signals::read)?;
    let shares = split::shares(&table.portions)?;
    Ok(Budget { source, slo: slo(table, names.name(source)), traffic, base, incidents, gauges, shares })
}

fn slo(table: &SloTable, source: &SourceName) -> Slo {
    let id = table.id.get_ref();
    let name = table.name.as_deref().unwrap_or_else(|| id.rsplit('/').next().unwrap_or(id));
    let window = Window::rolling(table.window.0.num_seconds());
    Slo {
        service: SafeText::new(&table.service),
        name: SafeText::new(name),
        title: SafeText::new(&table.title),
        ..Slo::new(id, table.objective.0.clone(), window, Indicator::of(source.clone()))
    }
}

/// Incidents in the order of time; they must not overlap, or a bucket could hold more bad events than events.
fn incidents(tables: &[IncidentTable], traffic: &Traffic) -> Result<Vec<Incident>, Mistake> {
    let mut sorted: Vec<&IncidentTable> = tables.iter().collect();
    sorted.sort_by_key(|t| t.from.get_ref().0);
    if let Some(pair) = sorted.windows(2).find(|pair| pair[1].from.get_ref().0 < pair[0].until.0) {
        return Err(Mistake::at(&pair[1].from, "this incident begins before the one before it is over"));
    }
    sorted.into_iter().map(|t| incident(t, traffic)).collect()
}

fn incident(table: &IncidentTable, traffic: &Traffic) -> Result<Incident, Mistake> {
    let (from, until) = span(&table.from, table.until)?;
    let event = |at: Duration| traffic.events_until(at.as_seconds_f64());
    Ok(Incident { first: event(from), end: event(until), ratio: billionths(&table.ratio)? })
}

fn within(number: &Spanned<f64>, low: f64, high: f64) -> Result<f64, Mistake> {
    match *number.get_ref() {
        n if (low..=high).contains(&n) => Ok(n),
        n => Err(Mistake::at(number, format!("{n} is not from {low} to {high}"))),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "from 0 to a billion")]
fn billionths(ratio: &Spanned<f64>) -> Result<i128, Mistake> {
    Ok((within(ratio, 0.0, 1.0)? * 1e9).round() as i128)
}
