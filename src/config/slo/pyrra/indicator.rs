//! The four indicators of Pyrra as the counts they stand for.
//!
//! The edge of a bucket that is a whole number is written `1` by older servers and `1.0` by newer ones; both are meant.

use super::{
    super::{
        notes::{Map, Notes, nearest},
        yaml::Node,
    },
    selector::Selector,
};
use crate::domain::{
    duration,
    slo::{Counted, Indicator},
};

const KINDS: &[&str] = &["ratio", "latency", "latencyNative", "bool_gauge"];
pub(super) const ONE: &str = "exactly one of ratio, latency, latencyNative and bool_gauge";
const RATIO: &[&str] = &["errors", "total", "grouping"];
const LATENCY: &[&str] = &["success", "total", "grouping"];
const NATIVE: &[&str] = &["latency", "total", "grouping"];
const GAUGE: &[&str] = &["metric", "grouping"];
const METRIC: &[&str] = &["metric"];

/// An indicator and what its selectors tell beside it.
pub(super) struct Measured {
    pub indicator: Indicator,
    pub grouping: Vec<String>,
    pub job: Option<String>,
}

pub(super) fn read(node: &Node, notes: &mut Notes) -> Option<Measured> {
    let map = notes.map(node, "the indicator", KINDS)?;
    let given: Vec<&str> = KINDS.iter().copied().filter(|k| map.get(k).is_some()).collect();
    let [kind] = given[..] else {
        return match given.len() {
            0 => nothing(&map, notes),
            _ => notes.wrong(map.line(), format!("{} are given together", given.join(" and ")), ONE),
        };
    };
    let inner = map.get(kind)?;
    match kind {
        "ratio" => ratio(&notes.map(inner, "the ratio", RATIO)?, notes),
        "latency" => latency(&notes.map(inner, "the latency", LATENCY)?, notes),
        "latencyNative" => native(&notes.map(inner, "the latencyNative", NATIVE)?, notes),
        _ => gauge(&notes.map(inner, "the bool_gauge", GAUGE)?, notes),
    }
}

/// No indicator that is known: the one that was probably meant.
fn nothing(map: &Map<'_>, notes: &mut Notes) -> Option<Measured> {
    let meant = map.node.keys().find_map(|key| nearest(key, KINDS));
    let hint = meant.map_or_else(|| ONE.to_owned(), |kind| format!("did you mean `{kind}`?"));
    notes.wrong(map.line(), "no indicator", hint)
}

fn ratio(map: &Map<'_>, notes: &mut Notes) -> Option<Measured> {
    let errors = metric(map, "errors", notes);
    let total = metric(map, "total", notes);
    let (errors, total) = (errors?, total?);
    let indicator = Indicator::events(Counted::Bad(errors.text.to_owned()), total.text, true);
    Some(measured(indicator, map, &total.selector, notes))
}

fn latency(map: &Map<'_>, notes: &mut Notes) -> Option<Measured> {
    let success = metric(map, "success", notes);
    let total = metric(map, "total", notes);
    let (success, total) = (success?, total?);
    if !success.selector.has("le") {
        return notes.wrong(success.line, "the success metric has no `le`", "name the bucket: `_bucket{le=\"0.2\"}`");
    }
    let good = match success.selector.equal("le").and_then(whole) {
        Some(edge) => success.selector.with("le", &format!(r#"le=~"{edge}(\\.0)?""#)),
        None => success.text.to_owned(),
    };
    let indicator = Indicator::events(Counted::Good(good), total.text, true);
    Some(measured(indicator, map, &total.selector, notes))
}

/// `1` and `1.0`, as `1`.
fn whole(edge: &str) -> Option<&str> {
    let digits = edge.strip_suffix(".0").unwrap_or(edge);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// Native histograms have no bucket to count: the share below the limit is interpolated.
fn native(map: &Map<'_>, notes: &mut Notes) -> Option<Measured> {
    let limit = notes.need(map, "latency", "the limit, like 200ms");
    let limit = limit.and_then(|node| match duration::parse_ms(node.text().unwrap_or("")) {
        Ok(0) => notes.wrong(node.line, "a latency of no time", "the limit, like 200ms"),
        Ok(ms) => Some(seconds(ms)),
        Err(what) => notes.wrong(node.line, what, ""),
    });
    let total = metric(map, "total", notes);
    let (limit, total) = (limit?, total?);
    let groups = self::grouping(map, notes);
    let by = if groups.is_empty() { String::new() } else { format!(" by ({})", groups.join(", ")) };
    let increase = format!("sum{by} (increase({}[{{{{.window}}}}]))", total.text);
    let all = format!("histogram_count({increase})");
    let good = format!("histogram_fraction(0, {limit}, {increase}) * {all}");
    let indicator = Indicator { estimate: true, ..Indicator::events(Counted::Good(good), &all, false) };
    Some(measured(indicator, map, &total.selector, notes))
}

/// Milliseconds as seconds in decimals.
fn seconds(ms: i64) -> String {
    let (whole, rest) = (ms / 1_000, ms % 1_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}

/// What is counted are scrapes: those that found 0 are bad.
fn gauge(map: &Map<'_>, notes: &mut Notes) -> Option<Measured> {
    let node = notes.need(map, "metric", "a gauge that is 0 or 1")?;
    let metric = selector(node, notes)?;
    let all = format!("count_over_time({}[{{{{.window}}}}])", metric.text);
    let bad = format!("{all} - sum_over_time({}[{{{{.window}}}}])", metric.text);
    let indicator = Indicator::events(Counted::Bad(bad), &all, false);
    Some(measured(indicator, map, &metric.selector, notes))
}

fn measured(indicator: Indicator, map: &Map<'_>, total: &Selector<'_>, notes: &mut Notes) -> Measured {
    Measured { indicator, grouping: grouping(map, notes), job: total.equal("job").map(str::to_owned) }
}

fn grouping(map: &Map<'_>, notes: &mut Notes) -> Vec<String> {
    let items = map.get("grouping").map(Node::items).unwrap_or_default();
    items.iter().filter_map(|n| notes.text(n, "grouping")).map(str::to_owned).collect()
}

/// A selector and where it stands.
struct Metric<'a> {
    text: &'a str,
    selector: Selector<'a>,
    line: u32,
}

/// `errors: {metric: ..}`
fn metric<'a>(map: &Map<'a>, key: &'static str, notes: &mut Notes) -> Option<Metric<'a>> {
    let half = notes.need(map, key, "write it as {metric: name{label=\"value\"}}")?;
    let half = notes.map(half, key, METRIC)?;
    selector(notes.need(&half, "metric", "a metric and its matchers")?, notes)
}

fn selector<'a>(node: &'a Node, notes: &mut Notes) -> Option<Metric<'a>> {
    let text = notes.text(node, "metric")?;
    match Selector::read(text) {
        Some(selector) => Some(Metric { text, selector, line: node.line }),
        None => {
            let hint = "without functions and ranges: name{label=\"value\"}";
            notes.wrong(node.line, format!("`{text}` is no bare selector"), hint)
        }
    }
}
