//! One query of an SLI and the source that answers it. The format leaves free under which key the query stands.

use super::{
    super::{
        notes::{Map, Notes},
        yaml::Node,
    },
    Sources,
};
use crate::domain::source::SourceName;

/// Where a query may stand.
const QUERY_KEYS: [&str; 3] = ["query", "promql", "expr"];
const WHERE: &str = "write it as metricSource: {spec: {query: ..}}";
const HALF: &[&str] = &["metricSource", "dataSourceRef", "dataSourceSpec", "spec"];
const METRIC_SOURCE: &[&str] = &["metricSourceRef", "type", "spec"];
const ALPHA: &[&str] = &["source", "queryType", "query", "metadata"];

pub(super) struct Query {
    pub text: String,
    /// None = the first that counts.
    pub source: Option<SourceName>,
    pub line: u32,
}

/// A query of v1 (in a metricSource) or of v2alpha (with a dataSourceRef).
pub(super) fn query(node: &Node, name: &'static str, sources: &Sources, notes: &mut Notes) -> Option<Query> {
    let half = notes.map(node, name, HALF)?;
    let (metric, reference) = match half.get("metricSource") {
        Some(inner) => (notes.map(inner, "the metricSource", METRIC_SOURCE)?, "metricSourceRef"),
        None if half.get("spec").is_some() => (half, "dataSourceRef"),
        None => return notes.need(&half, "metricSource", WHERE).and(None),
    };
    let kind = metric.get("type").or_else(|| half.node.path(&["dataSourceSpec", "type"]));
    if let Some(kind) = kind {
        sources.speaks(kind, notes)?;
    }
    let text = text(&metric, notes);
    let source = match metric.get(reference) {
        Some(node) => sources.named(notes.text(node, reference)?, node.line, notes)?,
        None => None,
    };
    Some(Query { text: text?, source, line: node.line })
}

fn text(metric: &Map<'_>, notes: &mut Notes) -> Option<String> {
    let spec = notes.need(metric, "spec", WHERE)?;
    let text = spec.text().or_else(|| QUERY_KEYS.iter().find_map(|key| spec.get(key)?.text()));
    match text {
        Some(text) => Some(text.to_owned()),
        None => notes.wrong(spec.line, format!("no query under {}", QUERY_KEYS.join(", ")), WHERE),
    }
}

/// A query of v1alpha. Its `source` is the kind of a source as often as the name of one.
pub(super) fn alpha(node: &Node, name: &'static str, sources: &Sources, notes: &mut Notes) -> Option<Query> {
    let map = notes.map(node, name, ALPHA)?;
    for key in ["source", "queryType"] {
        if let Some(kind) = map.get(key) {
            sources.speaks(kind, notes)?;
        }
    }
    let text = notes.need_text(&map, "query", "write it in PromQL")?.to_owned();
    let source = map.get("source").and_then(Node::text).and_then(|name| sources.configured(name));
    Some(Query { text, source, line: node.line })
}
