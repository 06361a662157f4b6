//! The golden signals of a simulated service: traffic and errors are those of its events, latency and saturation straight
//! lines between moments that the scenario names. Knows no randomness: a ripple is a function of time.

use std::f64::consts::TAU;

use async_trait::async_trait;

use crate::{
    domain::{
        Time,
        signals::{Ask, Recognised, Signal, Unit, Values, WINDOW},
        slo::{BucketSpan, Slo},
        source::SourceError,
        text::SafeText,
    },
    sources::Signals,
};

use super::{
    budget::Budget,
    scenario::Mistake,
    source::SimSource,
    wire::{SignalTable, SignalWord},
};

/// Most moments in one answer.
const MOMENTS_MAX: i64 = 100_000;
/// Faster and slower ripples on a latency: period in seconds and share.
const RIPPLES: [(f64, f64); 2] = [(1_740.0, 0.06), (410.0, 0.04)];

/// A gauge of a simulated service.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    signal: Signal,
    name: String,
    query: String,
    /// Seconds since the scenario began and the value there; at least one.
    line: Vec<(f64, f64)>,
}

/// # Errors
/// A line without moments, or one that goes back in time.
pub(super) fn read(table: &SignalTable) -> Result<Gauge, Mistake> {
    let line: Vec<(f64, f64)> = table.line.iter().map(|(at, value)| (at.0.as_seconds_f64(), *value)).collect();
    if line.is_empty() || !line.is_sorted_by(|a, b| a.0 < b.0) || line.iter().any(|(_, v)| !v.is_finite()) {
        return Err(Mistake::at(&table.signal, "`line` needs moments in the order of time, each with a number"));
    }
    let signal = match table.signal.get_ref() {
        SignalWord::Latency => Signal::Latency,
        SignalWord::Saturation => Signal::Saturation,
    };
    Ok(Gauge { signal, name: table.name.clone(), query: table.query.clone(), line })
}

impl Gauge {
    /// At so many seconds since the scenario began; before the first moment and after the last as there.
    fn at(&self, seconds: f64) -> f64 {
        let after = self.line.partition_point(|(at, _)| *at <= seconds);
        let value = match (after.checked_sub(1).and_then(|i| self.line.get(i)), self.line.get(after)) {
            (Some((t0, v0)), Some((t1, v1))) => v0 + (v1 - v0) * (seconds - t0) / (t1 - t0),
            (Some((_, v)), None) | (None, Some((_, v))) => *v,
            (None, None) => 0.0,
        };
        match self.signal {
            Signal::Latency => {
                let ripple = RIPPLES.iter().map(|(period, share)| share * (seconds / period * TAU).sin());
                value * (1.0 + ripple.sum::<f64>())
            }
            _ => value,
        }
    }

    /// What is slow for a hundredth of a look back is the 99th percentile of all of it; a level is that of its moment.
    fn over(&self, seconds: f64, window: f64) -> f64 {
        if self.signal != Signal::Latency {
            return self.at(seconds);
        }
        let inside = self.line.iter().map(|(at, _)| *at).filter(|at| (seconds - window..seconds).contains(at));
        inside.map(|at| self.at(at)).fold(self.at(seconds), f64::max)
    }

    fn ask(&self) -> Ask {
        let unit = if self.signal == Signal::Latency { Unit::Seconds } else { Unit::Share };
        let metric = self.query.split(['{', '(']).rfind(|word| word.contains('_')).unwrap_or("a metric");
        let metric = metric.rsplit([' ', '(']).next().unwrap_or(metric);
        Ask::recognised(self.signal, &self.name, self.query.clone(), unit, metric)
    }
}

/// The questions about what is counted anyway.
fn counted(slo: &Slo) -> [Ask; 2] {
    let job = crate::domain::matcher::quote(slo.service.raw());
    let rate = |more: &str| format!("sum(rate(http_requests_total{{job={job}{more}}}[{WINDOW}]))");
    let basis = format!("http_requests_total{{job={job}}}");
    let errors = format!("{} / {}", rate(",code=~\"5..\""), rate(""));
    [
        Ask::recognised(Signal::Traffic, "calls", rate(""), Unit::PerSecond, &basis),
        Ask::recognised(Signal::Errors, "errors", errors, Unit::Share, &basis),
    ]
}

impl SimSource {
    fn budgets(&self) -> impl Iterator<Item = &Budget> {
        self.shared.scenario.budgets.iter().filter(|b| b.source == self.index)
    }

    /// What a question answers at a moment.
    #[allow(clippy::cast_precision_loss, reason = "counts of events: below 2^53")]
    fn value(&self, ask: &Ask, at: i64, window: i64) -> Option<f64> {
        let epoch = self.shared.epoch;
        let gauge = self.budgets().flat_map(|b| &b.gauges).find(|g| g.query == ask.query);
        if let Some(gauge) = gauge {
            return Some(gauge.over((at - epoch.timestamp()) as f64, window as f64));
        }
        let budget = self.budgets().find(|b| counted(&b.slo).iter().any(|a| a.query == ask.query))?;
        let (before, after) = (budget.cumulative(at - window, epoch), budget.cumulative(at, epoch));
        let (bad, total) = ((after.0 - before.0) as f64, (after.1 - before.1) as f64);
        match ask.signal {
            Signal::Traffic => Some(total / window.max(1) as f64),
            _ => (total > 0.0).then(|| bad / total),
        }
    }
}

#[async_trait]
impl Signals for SimSource {
    async fn recognise(&self, slo: &Slo, wanted: &[Signal], now: Time) -> Result<Recognised, SourceError> {
        self.reach(now).await?;
        let looked_for = SafeText::new(&format!("job={}", crate::domain::matcher::quote(slo.service.raw())));
        let Some(budget) = self.budgets().find(|b| b.slo.id == slo.id) else {
            return Ok(Recognised { looked_for, ..Recognised::default() });
        };
        let mut asks: Vec<Ask> = budget.gauges.iter().map(Gauge::ask).chain(counted(&budget.slo)).collect();
        asks.retain(|a| wanted.contains(&a.signal));
        asks.iter_mut().for_each(|a| a.source = Some(crate::sources::Source::describe(self).name.clone()));
        Ok(Recognised { asks, looked_for, samples: None })
    }

    async fn values(&self, ask: &Ask, span: BucketSpan, window: i64, now: Time) -> Result<Values, SourceError> {
        self.reach(now).await?;
        let step = span.step.max(1);
        if span.to.saturating_sub(span.from) / step > MOMENTS_MAX {
            return Err(SourceError::rejected(format!("a step of {step} s makes too many moments")));
        }
        let first = (span.from.div_euclid(step) + 1) * step;
        let moments = (0..).map(|i| first + i * step).take_while(|at| *at <= span.to.min(now.timestamp()));
        let points = moments.filter_map(|at| Some((at, self.value(ask, at, window)?))).collect();
        Ok(Values { points, samples: Some(0) })
    }
}
