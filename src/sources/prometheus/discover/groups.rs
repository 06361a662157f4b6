//! The groups of an objective that its labels split, found by what was counted lately.

use std::collections::BTreeMap;

use super::super::{Prometheus, Series, measure, promql, timeout};
use crate::domain::{
    Time,
    label::Labels,
    matcher::{Matcher, is_classic},
    slo::{Counted, Declared, Measure, Slo, group::GROUPS_MAX},
    source::SourceError,
    text::SafeText,
};

/// Seconds within which a group must have been counted to be one.
const LATELY: i64 = 6 * 3_600;
/// The label that tells the halves apart.
const KEY: &str = "wf";

impl Prometheus {
    /// One question for each SLO; one that is refused leaves the others their groups.
    pub(in super::super) async fn split_all(&self, of: &[Slo], now: Time) -> Result<Declared, SourceError> {
        let mut all = Declared::default();
        for slo in of.iter().filter(|s| !s.grouping.is_empty()) {
            match self.split(slo, now).await {
                Ok(groups) => {
                    all.slos.extend(groups.slos);
                    all.notes.extend(groups.notes);
                }
                Err(SourceError::Rejected { why }) => {
                    all.notes.push(SafeText::new(&format!("{}: its groups are not known: {why}", slo.id)));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn split(&self, slo: &Slo, now: Time) -> Result<Declared, SourceError> {
        let query = question(slo).map_err(SourceError::rejected)?;
        let answer = self.query("api/v1/query", &[("query", query), timeout()], now).await?;
        let mut groups = worst_first(&answer, &slo.grouping);
        let left_out = groups.len().saturating_sub(GROUPS_MAX);
        groups.truncate(GROUPS_MAX);
        let rows: Result<Vec<Slo>, String> = groups.into_iter().map(|group| row(slo, group)).collect();
        let mut split = Declared::from(rows.map_err(SourceError::rejected)?);
        if left_out > 0 {
            let what = format!("{}: the {GROUPS_MAX} worst groups are shown, {left_out} more are left out", slo.id);
            split.notes.push(SafeText::new(&what));
        }
        Ok(split)
    }
}

/// What each group had lately: errors or good ones, and all.
fn question(slo: &Slo) -> Result<String, String> {
    if let Some(strange) = slo.grouping.iter().find(|label| !is_classic(label)) {
        return Err(format!("`{}` is no label to group by", SafeText::new(strange).line()));
    }
    let halves = measure::halves(slo, LATELY)?;
    let by = slo.grouping.join(", ");
    let half = |query: &str, key| format!(r#"label_replace(sum by ({by}) ({query}), "{KEY}", "{key}", "", "")"#);
    let counted = if halves.is_good { "good" } else { "bad" };
    Ok(format!("{} or {}", half(&halves.counted, counted), half(&halves.total, "total")))
}

/// By errors, then by traffic. A series without any of the labels is no group.
fn worst_first(answer: &[Series], grouping: &[String]) -> Vec<Labels> {
    let mut counts: BTreeMap<Vec<&str>, [f64; 3]> = BTreeMap::new();
    for series in answer {
        let group: Vec<&str> = grouping.iter().map(|label| series.labels.value(label)).collect();
        let place = ["total", "bad", "good"].iter().position(|k| *k == series.labels.value(KEY));
        let (Some(place), Some((_, value))) = (place, series.points.last()) else { continue };
        if group.iter().any(|value| !value.is_empty()) {
            counts.entry(group).or_insert([0.0, f64::NAN, f64::NAN])[place] = *value;
        }
    }
    let errors = |[total, bad, good]: [f64; 3]| match (bad.is_nan(), good.is_nan()) {
        (false, _) => bad,
        (true, false) => total - good,
        (true, true) => 0.0,
    };
    let mut groups: Vec<(Vec<&str>, f64, f64)> = counts.into_iter().map(|(g, c)| (g, errors(c), c[0])).collect();
    groups.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.total_cmp(&a.2)));
    let labels = |values: Vec<&str>| grouping.iter().map(String::as_str).zip(values).collect();
    groups.into_iter().map(|(group, _, _)| labels(group)).collect()
}

/// The row of one group: its matchers stand in every selector of the queries.
fn row(parent: &Slo, group: Labels) -> Result<Slo, String> {
    let matchers: Vec<String> = group.iter().map(|(n, v)| Matcher::equal(n.raw(), v.raw()).to_string()).collect();
    let matchers = matchers.join(",");
    let narrowed = |query: &str| promql::narrowed(query, &matchers);
    let half = |counted: &Counted| {
        Ok::<_, String>(match counted {
            Counted::Good(query) => Counted::Good(narrowed(query)?),
            Counted::Bad(query) => Counted::Bad(narrowed(query)?),
        })
    };
    let measure = match &parent.indicator.measure {
        Measure::Events { counted, total, counter } => {
            Measure::Events { counted: half(counted)?, total: narrowed(total)?, counter: *counter }
        }
        Measure::Ratio(ratio) => Measure::Ratio(half(ratio)?),
        Measure::Threshold { query, op, value } => {
            Measure::Threshold { query: narrowed(query)?, op: *op, value: *value }
        }
        Measure::Parts => return Err("a composite has no groups".into()),
    };
    let mut row = parent.split(group);
    row.indicator.measure = measure;
    Ok(row)
}
