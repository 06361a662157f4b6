//! The SLI of an SLO, inline or by reference, as the two queries that count its events.
//!
//! Refuses metrics that are no ratio of counts. Never reads a DataSource's connection: a name is all it takes over.

use crate::domain::{
    slo::{Counted, Indicator},
    source::SourceName,
};

use super::{Problem, wire::Node};

/// Where a query may stand: the format leaves the name of the key free.
const QUERY_KEYS: [&str; 3] = ["query", "promql", "expr"];
/// Types of data source whose query languages no source here speaks, lower case and without marks.
const FOREIGN: [&str; 15] = [
    "appdynamics",
    "azuremonitor",
    "bigquery",
    "cloudwatch",
    "datadog",
    "dynatrace",
    "elasticsearch",
    "graphite",
    "influxdb",
    "lightstep",
    "newrelic",
    "opentsdb",
    "redshift",
    "splunk",
    "sumologic",
];

/// The indicator of an SLO's spec; `lookup` finds an SLI by name or says which there are.
pub(super) fn of<'a>(
    slo: &str,
    spec: &'a Node,
    lookup: impl Fn(&str) -> Result<&'a Node, String>,
) -> Result<Indicator, Problem> {
    let at = |node: &Node, what: &str| Problem::new(node.line, format!("SLO `{slo}`: {what}"));
    let sli = match (spec.get("indicator"), spec.get("indicatorRef")) {
        (Some(_), Some(both)) => return Err(at(both, "indicator and indicatorRef are both given").hint("keep one")),
        (Some(inline), None) => inline,
        (None, Some(reference)) => {
            let name = reference.text().unwrap_or("");
            lookup(name).map_err(|known| at(reference, &format!("no SLI is called `{name}`")).hint(known))?
        }
        (None, None) => {
            let problem = at(spec, "neither indicator nor indicatorRef");
            return Err(problem.hint("say what is counted: `indicatorRef: name` of an SLI"));
        }
    };
    ratio(sli.get("spec").unwrap_or(sli))
        .map_err(|(line, what, hint)| Problem::new(line, format!("SLO `{slo}`: {what}")).hint(hint))
}

type Fault = (u32, String, &'static str);

fn ratio(spec: &Node) -> Result<Indicator, Fault> {
    const RATIO: &str = "give it a ratioMetric with total and good or bad";
    if let Some(threshold) = spec.get("thresholdMetric") {
        return Err((threshold.line, "threshold metrics are not supported yet".into(), RATIO));
    }
    let metric = spec.get("ratioMetric").ok_or_else(|| (spec.line, "the SLI has no ratioMetric".into(), RATIO))?;
    if let Some(raw) = metric.get("raw") {
        return Err((raw.line, "a ratio that is computed already (raw) is not supported yet".into(), RATIO));
    }
    let total = metric.get("total").ok_or_else(|| (metric.line, "the ratio has no total".into(), RATIO))?;
    let (total, source) = query(total)?;
    let (counted, counted_source, line) = match (metric.get("good"), metric.get("bad")) {
        (Some(node), None) => query(node).map(|(q, s)| (Counted::Good(q), s, node.line))?,
        (None, Some(node)) => query(node).map(|(q, s)| (Counted::Bad(q), s, node.line))?,
        (Some(_), Some(bad)) => return Err((bad.line, "the ratio has both good and bad".into(), "keep one of them")),
        (None, None) => return Err((metric.line, "the ratio has neither good nor bad".into(), RATIO)),
    };
    if let (Some(a), Some(b)) = (&source, &counted_source)
        && a != b
    {
        let what = format!("total comes from `{a}` and the counted half from `{b}`");
        return Err((line, what, "both halves must come from one source"));
    }
    let counter = metric.get("counter").and_then(Node::truth) == Some(true);
    Ok(Indicator { source: source.or(counted_source), ..Indicator::events(counted, &total, counter) })
}

/// The query of one half, and the name of the source to ask.
fn query(half: &Node) -> Result<(String, Option<SourceName>), Fault> {
    const WHERE: &str = "write it as metricSource: {spec: {query: ..}}";
    let metric = half.get("metricSource").ok_or_else(|| (half.line, "a half has no metricSource".into(), WHERE))?;
    if let Some(kind) = metric.get("type").and_then(Node::text).filter(|k| is_foreign(k)) {
        let what = format!("metricSource type `{kind}` is not supported");
        return Err((metric.line, what, "Prometheus and whatever speaks its queries are"));
    }
    let spec = metric.get("spec").ok_or_else(|| (metric.line, "a metricSource has no spec".into(), WHERE))?;
    let text = spec.text().or_else(|| QUERY_KEYS.iter().find_map(|key| spec.get(key)?.text()));
    let text = text.ok_or_else(|| (spec.line, format!("no query under {}", QUERY_KEYS.join(", ")), WHERE))?;
    let source = metric.get("metricSourceRef").and_then(Node::text).map(SourceName::new);
    Ok((text.to_owned(), source))
}

fn is_foreign(kind: &str) -> bool {
    let plain: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
    FOREIGN.contains(&plain.to_ascii_lowercase().as_str())
}
