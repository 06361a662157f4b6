//! Pyrra's ServiceLevelObjective: one a document, with one of four indicators over bare selectors.

mod indicator;
mod selector;

use super::{
    notes::{Map, Notes},
    yaml::{Node, Value},
};
use crate::domain::{
    duration,
    label::Labels,
    slo::{Objective, Slo, Window, burn::Alerting},
    text::SafeText,
};

const DOCUMENT: &[&str] = &["apiVersion", "kind", "metadata", "spec", "status"];
const SPEC: &[&str] = &[
    "target",
    "window",
    "description",
    "indicator",
    "alerting",
    "performanceOverAccuracy",
    "ruleOutput",
    "partial_response_strategy",
];
const ALERTING: &[&str] = &["disabled", "burnrates", "absent", "name", "absentName", "severities"];
/// Labels that begin so are put on everything Pyrra records, without it.
const PREFIX: &str = "pyrra.dev/";
const HOUR: i64 = 3_600;
const LONGEST: i64 = 400 * 24 * HOUR;

/// The row of one document with its line.
pub(super) fn rows(node: &Node, notes: &mut Notes) -> Vec<(u32, Slo)> {
    read(node, notes).map(|slo| (node.line, slo)).into_iter().collect()
}

fn read(node: &Node, notes: &mut Notes) -> Option<Slo> {
    let document = notes.map(node, "the document", DOCUMENT)?;
    let name = node.path(&["metadata", "name"]).and_then(Node::text);
    match name {
        Some(name) => notes.call(format!("SLO `{name}`")),
        None => notes.call("a ServiceLevelObjective".into()),
    }
    if name.is_none() {
        let line = node.get("metadata").map_or(node.line, |m| m.line);
        notes.wrong::<()>(line, "it has no metadata.name", "names are unique over all files");
    }
    let spec = notes.need(&document, "spec", "it holds target, window and indicator")?;
    let spec = notes.map(spec, "the spec", SPEC)?;
    let target = notes.need(&spec, "target", "a percentage, like \"99.9\"").and_then(|n| target(n, notes));
    let window = notes.need(&spec, "window", "like 4w").and_then(|n| window(n, notes));
    let measured = notes.need(&spec, "indicator", indicator::ONE).and_then(|n| indicator::read(n, notes));
    let alerting = alerting(&spec, notes);
    let labels = propagated(node);
    let (name, measured) = (name?, measured?);
    let service = Some(labels.value("service")).filter(|s| !s.is_empty()).map(str::to_owned);
    let service = service.or_else(|| measured.job.clone()).unwrap_or_else(|| name.to_owned());
    Some(Slo {
        service: SafeText::new(&service),
        alerting,
        grouping: measured.grouping,
        labels,
        ..Slo::new(name, target?, Window::rolling(window?), measured.indicator)
    })
}

fn target(node: &Node, notes: &mut Notes) -> Option<Objective> {
    let text = node.text().unwrap_or("");
    match Objective::percent(text) {
        Ok(objective) => {
            if objective.budget_ratio() > 0.99 {
                let hint = format!("Pyrra's targets are percentages; {text} is {text} %, not a ratio");
                notes.warn(node.line, "less than 1 % need be good", hint);
            }
            Some(objective)
        }
        Err(what) => notes.wrong(node.line, what, "Pyrra's targets are percentages"),
    }
}

/// Seconds.
fn window(node: &Node, notes: &mut Notes) -> Option<i64> {
    let text = node.text().unwrap_or("");
    match duration::parse(text).map(|d| d.num_seconds()) {
        Ok(seconds) if (HOUR..=LONGEST).contains(&seconds) => Some(seconds),
        Ok(_) => notes.wrong(
            node.line,
            format!("a window of {text} is not between one hour and 400 days"),
            "`m` is a minute",
        ),
        Err(what) => notes.wrong(node.line, what, ""),
    }
}

/// Pyrra's scaled windows, unless burn rates alert nobody.
fn alerting(spec: &Map<'_>, notes: &mut Notes) -> Alerting {
    let Some(map) = spec.get("alerting").and_then(|n| notes.map(n, "alerting", ALERTING)) else {
        return Alerting::Scaled;
    };
    let disabled = notes.truth(&map, "disabled");
    let burnrates = map.get("burnrates").is_none() || notes.truth(&map, "burnrates");
    if disabled || !burnrates { Alerting::Off } else { Alerting::Scaled }
}

fn propagated(node: &Node) -> Labels {
    let Some(Value::Map(fields)) = node.path(&["metadata", "labels"]).map(|n| &n.value) else {
        return Labels::default();
    };
    fields.iter().filter_map(|f| Some((f.key.strip_prefix(PREFIX)?, f.node.text()?))).collect()
}
