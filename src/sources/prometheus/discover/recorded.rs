//! The numbers that generators' rules record: three questions, however many SLOs there are.
//!
//! Recorded ratios are never summed: of duplicates the worst one counts.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join3;

use super::{
    super::{Prometheus, Series, promql, timeout},
    expression::ratio_window,
    rules::seconds,
};
use crate::{
    domain::{
        Time,
        label::Labels,
        slo::{Measure, Slo, SloId, assess::BURN_WINDOWS, row::Recorded},
        source::SourceError,
    },
    sources::http::Failure,
};

const REMAINING: &str = "slo:period_error_budget_remaining:ratio";
const AVAILABILITY: &str = "pyrra_availability";
/// Recorded as long as the rules run, whatever they find.
const ALIVE: &str = r#"{__name__=~"slo:error_budget:ratio|pyrra_objective"}"#;
/// Most names that are asked for one by one, in bytes.
const NAMES_MAX: usize = 8 * 1024;

impl Prometheus {
    pub(in super::super) async fn read_recorded(
        &self,
        wanted: &[Slo],
        now: Time,
    ) -> Result<Vec<(SloId, Recorded)>, SourceError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let by = kept(wanted);
        let left = format!(r#"min by (__name__, {by}) ({{__name__=~"{REMAINING}|{AVAILABILITY}"}})"#);
        let burn = format!("max by (__name__, {by}) ({{__name__=~\"{}\"}})", burning(wanted));
        let age = format!("min by (sloth_id, slo) (time() - timestamp({ALIVE}))");
        let ask = |query| self.newest(query, now);
        let (left, burn, age) = try_join3(ask(left), ask(burn), ask(age)).await?;
        let found = Found { left: by_id(&left), burn: by_id(&burn), age: by_id(&age) };
        Ok(wanted.iter().filter_map(|slo| Some((slo.id.clone(), self.of(slo, &found, now)?))).collect())
    }

    async fn newest(&self, query: String, now: Time) -> Result<Vec<Series>, Failure> {
        self.query("api/v1/query", &[("query", query), timeout()], now).await
    }

    /// None where no rule records anything of this one. One whose rules run and find nothing has an age and no numbers.
    fn of(&self, slo: &Slo, found: &Found<'_>, now: Time) -> Option<Recorded> {
        let id = slo.parent_id();
        let ages = found.age.get(id).into_iter().flatten();
        let stale = ages.map(|(_, _, age)| *age).reduce(f64::min);
        let evaluation = self.evaluations.of(id);
        let mut recorded = Recorded {
            at: now,
            stale_s: stale.map(seconds),
            took_s: evaluation.took_s,
            every_s: evaluation.every_s,
            ..Recorded::default()
        };
        // A folded parent is recorded nowhere: its groups are.
        if slo.grouping.is_empty() {
            recorded.remaining = remaining(slo, found);
            recorded.burn = BURN_WINDOWS.map(|(_, window_s)| burn(slo, found, window_s));
        }
        let nothing = recorded.remaining.is_none() && recorded.burn.iter().all(Option::is_none);
        (stale.is_some() || !nothing).then_some(recorded)
    }
}

/// Name, labels and newest value, by the id in the labels.
type ById<'a> = BTreeMap<&'a str, Vec<(&'a str, &'a Labels, f64)>>;

struct Found<'a> {
    left: ById<'a>,
    burn: ById<'a>,
    age: ById<'a>,
}

fn by_id(answer: &[Series]) -> ById<'_> {
    let mut found: ById<'_> = BTreeMap::new();
    for series in answer {
        let labels = &series.labels;
        let id = if labels.value("sloth_id").is_empty() { labels.value("slo") } else { labels.value("sloth_id") };
        if let Some((_, value)) = series.points.last().filter(|_| !id.is_empty()) {
            found.entry(id).or_default().push((labels.value("__name__"), labels, *value));
        }
    }
    found
}

fn is_its(slo: &Slo, labels: &Labels) -> bool {
    slo.group.iter().all(|(name, value)| labels.value(name.raw()) == value.raw())
}

fn remaining(slo: &Slo, found: &Found) -> Option<f64> {
    let beta = slo.objective.budget_ratio();
    let its = found.left.get(slo.parent_id())?.iter().filter(|(_, labels, _)| is_its(slo, labels));
    let left = its.filter_map(|(name, _, value)| match *name {
        REMAINING => Some(*value),
        AVAILABILITY if beta > 0.0 => Some(1.0 - (1.0 - value) / beta),
        _ => None,
    });
    left.filter(|v| v.is_finite()).reduce(f64::min).map(|v| v.min(1.0))
}

/// What is recorded is an error ratio, whatever its name says.
fn burn(slo: &Slo, found: &Found, window_s: i64) -> Option<f64> {
    let beta = slo.objective.budget_ratio();
    let its = found.burn.get(slo.parent_id())?.iter().filter(|(_, labels, _)| is_its(slo, labels));
    let ratios = its.filter(|(name, _, _)| ratio_window(name) == Some(window_s)).map(|(_, _, ratio)| *ratio);
    ratios.reduce(f64::max).filter(|_| beta > 0.0).map(|ratio| (ratio / beta).max(0.0))
}

/// Labels that tell the recorded series of these SLOs apart.
fn kept(wanted: &[Slo]) -> String {
    let classic = |name: &&str| crate::domain::matcher::is_classic(name);
    let groups: BTreeSet<&str> = wanted.iter().flat_map(|s| s.group.iter().map(|(n, _)| n.raw())).collect();
    let groups = groups.into_iter().filter(classic).filter(|g| !["sloth_id", "slo"].contains(g));
    ["sloth_id", "slo"].into_iter().chain(groups).collect::<Vec<_>>().join(", ")
}

/// Sloth's names are always the same; Pyrra's are those of the metrics that its objectives stand on.
fn burning(wanted: &[Slo]) -> String {
    let windows = BURN_WINDOWS.map(|(name, _)| name).join("|");
    let bases: BTreeSet<String> = wanted.iter().filter_map(base).collect();
    let names = bases.into_iter().map(|b| regex::escape(&b)).collect::<Vec<_>>().join("|");
    let sloth = format!("slo:sli_error:ratio_rate({windows})");
    match names.len() {
        0 => sloth,
        1..=NAMES_MAX => format!("{sloth}|({}):burnrate({windows})", names.replace('\\', "\\\\")),
        _ => format!("{sloth}|.+:burnrate({windows})"),
    }
}

/// The metric of the total, as Pyrra shortens it in the names of its recordings.
fn base(slo: &Slo) -> Option<String> {
    let query = match &slo.indicator.measure {
        Measure::Events { total, .. } => total,
        Measure::Ratio(ratio) => ratio.query(),
        Measure::Threshold { .. } | Measure::Parts => return None,
    };
    let selector = promql::selectors(query).ok()?.into_iter().next()?;
    let name = selector.split(['{', ' ']).next()?;
    let name = name.split_once(":burnrate").map_or(name, |(base, _)| base);
    let ending = ["_total", "_count", "_bucket"].into_iter().find_map(|e| name.strip_suffix(e));
    Some(ending.unwrap_or(name).to_owned()).filter(|n| !n.is_empty() && !n.starts_with("slo:"))
}
