//! What v1alpha does in its own way: queries stand in the objectives, or in an indicator that is always a value.

use super::{
    super::notes::{Map, Notes},
    Library, Sli, indicator, metric,
};

const RATIO: &[&str] = &["good", "bad", "total", "incremental", "counter"];
const INDICATOR: &[&str] = &["thresholdMetric"];

/// The SLI of one objective: its own ratio, else the value of the whole SLO.
pub(super) fn sli(spec: &Map<'_>, objective: &Map<'_>, library: &Library, notes: &mut Notes) -> Option<Sli> {
    match (objective.get("ratioMetrics"), spec.get("indicator")) {
        (Some(_), Some(both)) => {
            notes.wrong(both.line, "indicator and ratioMetrics are both given", "keep one of them")
        }
        (Some(ratio), None) => ratio_of(notes.map(ratio, "ratioMetrics", RATIO)?, library, notes),
        (None, Some(node)) => {
            let inner = notes.map(node, "the indicator", INDICATOR)?;
            let threshold = notes.need(&inner, "thresholdMetric", "v1alpha writes ratios in the objectives")?;
            let query = metric::alpha(threshold, "the thresholdMetric", &library.sources, notes)?;
            Some(Sli::Threshold { query: query.text, source: query.source })
        }
        (None, None) => notes.need(objective, "ratioMetrics", "or give the SLO an indicator").and(None),
    }
}

fn ratio_of(ratio: Map<'_>, library: &Library, notes: &mut Notes) -> Option<Sli> {
    let hint = "ratioMetrics have total and good";
    let sources = &library.sources;
    let total = notes.need(&ratio, "total", hint).and_then(|n| metric::alpha(n, "the total", sources, notes));
    let (counted, is_good) = match (ratio.get("good"), ratio.get("bad")) {
        (Some(_), Some(bad)) => return notes.wrong(bad.line, "the ratio has both good and bad", "keep one of them"),
        (None, Some(bad)) => (metric::alpha(bad, "the bad half", sources, notes), false),
        (good, None) => {
            let good = good.or_else(|| notes.need(&ratio, "good", hint))?;
            (metric::alpha(good, "the good half", sources, notes), true)
        }
    };
    let counter = notes.truth(&ratio, "incremental") || notes.truth(&ratio, "counter");
    indicator::events(total?, counted?, is_good, counter, notes).map(Sli::Measured)
}
