//! The SLI of an SLO, inline or by reference: queries that count events, a ratio somebody computed, or a value.

use super::{
    super::{
        notes::{Map, Notes, nearest},
        yaml::Node,
    },
    Library, Sli, Sources, Version,
    metric::{self, Query},
};
use crate::domain::slo::{Counted, Indicator, Measure};

const SPEC: &[&str] = &["description", "ratioMetric", "thresholdMetric"];
const RATIO: &[&str] = &["counter", "good", "bad", "total", "raw", "rawType"];
const INLINE: &[&str] = &["metadata", "spec"];
const GIVE: &str = "give it a ratioMetric with total and good or bad";

/// The SLI that a spec or an objective gives.
pub(super) fn of(map: &Map<'_>, version: Version, library: &Library, notes: &mut Notes) -> Option<Sli> {
    let [inline, reference] = version.sli_keys();
    match (map.get(inline), map.get(reference)) {
        (Some(_), Some(both)) => notes.wrong(both.line, format!("{inline} and {reference} are both given"), "keep one"),
        (Some(node), None) => {
            let spec = match node.get("spec") {
                Some(spec) => {
                    notes.map(node, "the SLI", INLINE)?;
                    spec
                }
                None => node,
            };
            sli(spec, &library.sources, notes)
        }
        (None, Some(node)) => {
            let name = notes.text(node, reference)?;
            library.slis.find(name, node.line, notes).cloned()
        }
        (None, None) => missing(map, [inline, reference], notes),
    }
}

fn missing(map: &Map<'_>, [inline, reference]: [&str; 2], notes: &mut Notes) -> Option<Sli> {
    let meant = map.node.keys().find(|key| nearest(key, &[inline, reference]).is_some());
    let hint = match meant {
        Some(key) => format!("did you mean `{inline}` or `{reference}` by `{key}`?"),
        None => format!("say what is counted: `{reference}: name` of an SLI"),
    };
    notes.wrong(map.line(), format!("neither {inline} nor {reference}"), hint)
}

/// The spec of an SLI.
pub(super) fn sli(node: &Node, sources: &Sources, notes: &mut Notes) -> Option<Sli> {
    let spec = notes.map(node, "the SLI", SPEC)?;
    match (spec.get("thresholdMetric"), spec.get("ratioMetric")) {
        (Some(_), Some(both)) => notes.wrong(both.line, "thresholdMetric and ratioMetric are both given", "keep one"),
        (Some(threshold), None) => {
            let query = metric::query(threshold, "the thresholdMetric", sources, notes)?;
            Some(Sli::Threshold { query: query.text, source: query.source })
        }
        (None, _) => {
            let metric = notes.need(&spec, "ratioMetric", GIVE)?;
            let metric = notes.map(metric, "the ratioMetric", RATIO)?;
            ratio(&metric, sources, notes).map(Sli::Measured)
        }
    }
}

fn ratio(metric: &Map<'_>, sources: &Sources, notes: &mut Notes) -> Option<Indicator> {
    if let Some(node) = metric.get("raw") {
        return raw(metric, node, sources, notes);
    }
    let total = notes.need(metric, "total", GIVE).and_then(|n| metric::query(n, "the total", sources, notes));
    let counted = match (metric.get("good"), metric.get("bad")) {
        (Some(_), Some(bad)) => return notes.wrong(bad.line, "the ratio has both good and bad", "keep one of them"),
        (Some(good), None) => metric::query(good, "the good half", sources, notes).map(|q| (q, true)),
        (None, Some(bad)) => metric::query(bad, "the bad half", sources, notes).map(|q| (q, false)),
        (None, None) => return notes.wrong(metric.line(), "the ratio has neither good nor bad", GIVE),
    };
    let counter = notes.truth(metric, "counter");
    let (total, (counted, is_good)) = (total?, counted?);
    events(total, counted, is_good, counter, notes)
}

/// Two queries of one source.
pub(super) fn events(
    total: Query,
    counted: Query,
    is_good: bool,
    counter: bool,
    notes: &mut Notes,
) -> Option<Indicator> {
    if let (Some(a), Some(b)) = (&total.source, &counted.source)
        && a != b
    {
        let what = format!("total comes from `{a}` and the counted half from `{b}`");
        return notes.wrong(counted.line, what, "both halves must come from one source");
    }
    let half = if is_good { Counted::Good(counted.text) } else { Counted::Bad(counted.text) };
    let source = total.source.or(counted.source);
    Some(Indicator { source, ..Indicator::events(half, &total.text, counter) })
}

/// A ratio that is stored already, of successes or of failures.
fn raw(metric: &Map<'_>, node: &Node, sources: &Sources, notes: &mut Notes) -> Option<Indicator> {
    if let Some(both) = ["good", "bad", "total"].iter().find_map(|key| metric.get(key)) {
        return notes.wrong(both.line, "a raw ratio has neither total nor good nor bad", "keep raw or the others");
    }
    let query = metric::query(node, "the raw ratio", sources, notes);
    let kind = notes.need(metric, "rawType", "`success` (good/total) or `failure` (bad/total)")?;
    let query = query?;
    let ratio = match kind.text().unwrap_or("") {
        "success" => Counted::Good(query.text),
        "failure" => Counted::Bad(query.text),
        other => return notes.wrong(kind.line, format!("rawType `{other}` is none"), "`success` or `failure`"),
    };
    Some(Indicator { source: query.source, measure: Measure::Ratio(ratio), estimate: false })
}
