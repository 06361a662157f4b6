//! One objective of an SLO: its target, how its budget is counted, and which values are good where it compares.

use super::{
    super::{
        notes::{Map, Notes, nearest},
        yaml::Node,
    },
    Sli, Version,
    length::Length,
};
use crate::domain::slo::{EmptySlice, Indicator, Measure, Method, Objective, indicator::Compare};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
const METHODS: [&str; 3] = ["Occurrences", "Timeslices", "RatioTimeslices"];

/// `budgetingMethod`, before the objective's slices are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Budgeting {
    Occurrences,
    Timeslices,
    RatioTimeslices,
}

pub(super) fn budgeting(spec: &Map<'_>, notes: &mut Notes) -> Option<Budgeting> {
    let Some(node) = spec.get("budgetingMethod") else { return Some(Budgeting::Occurrences) };
    match node.text().unwrap_or("") {
        "Occurrences" => Some(Budgeting::Occurrences),
        "Timeslices" => Some(Budgeting::Timeslices),
        "RatioTimeslices" => Some(Budgeting::RatioTimeslices),
        other => {
            let hint = match nearest(other, &METHODS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("one of {}", METHODS.join(", ")),
            };
            notes.wrong(node.line, format!("budgetingMethod `{other}` is none"), hint)
        }
    }
}

/// The target, as a ratio or in per cent; both only where they agree.
pub(super) fn target(map: &Map<'_>, notes: &mut Notes) -> Option<Objective> {
    let read = |node: &Node, read: fn(&str) -> Result<Objective, String>, notes: &mut Notes| match read(
        node.text().unwrap_or(""),
    ) {
        Ok(objective) => Some(objective),
        Err(what) => notes.wrong(node.line, what, ""),
    };
    let (ratio, percent) = (map.get("target"), map.get("targetPercent"));
    let objective = match (ratio, percent) {
        (Some(ratio), None) => read(ratio, Objective::ratio, notes)?,
        (None, Some(percent)) => read(percent, Objective::percent, notes)?,
        (Some(ratio), Some(percent)) => {
            let target = read(ratio, Objective::ratio, notes)?;
            if read(percent, Objective::percent, notes)? != target {
                return notes.wrong(percent.line, "target and targetPercent differ", "keep one of them");
            }
            target
        }
        (None, None) => return notes.need(map, "target", "write `target: 0.999`").and(None),
    };
    if objective.budget_ratio() <= 0.0 {
        let line = ratio.or(percent).map_or(map.line(), |n| n.line);
        notes.warn(
            line,
            "an objective of 100 % leaves no budget: the first error spends it",
            "OpenSLO wants less than 1",
        );
    }
    Some(objective)
}

/// How the budget of this objective is counted.
pub(super) fn method(
    budgeting: Budgeting,
    map: &Map<'_>,
    version: Version,
    compares: bool,
    notes: &mut Notes,
) -> Option<Method> {
    match budgeting {
        Budgeting::Occurrences => Some(Method::Occurrences),
        Budgeting::Timeslices => {
            let slice = slice(map, version, notes);
            let target = slice_target(map, compares, notes)?;
            Some(Method::Timeslices { slice_s: slice?, target, empty: EmptySlice::default() })
        }
        Budgeting::RatioTimeslices => Some(Method::RatioTimeslices { slice_s: slice(map, version, notes)? }),
    }
}

/// The share of good events from which a slice is good. A value that is compared is good or not by itself.
fn slice_target(map: &Map<'_>, compares: bool, notes: &mut Notes) -> Option<Objective> {
    if compares && map.get("timeSliceTarget").is_none() {
        return Objective::percent("100").ok();
    }
    let node = notes.need(map, "timeSliceTarget", "Timeslices need it: write `timeSliceTarget: 0.95`")?;
    match Objective::ratio(node.text().unwrap_or("")) {
        Ok(target) => Some(target),
        Err(what) => notes.wrong(node.line, format!("timeSliceTarget: {what}"), ""),
    }
}

/// Seconds; a bare number is minutes. v1alpha has no such key, and its slices are minutes.
fn slice(map: &Map<'_>, version: Version, notes: &mut Notes) -> Option<i64> {
    if version == Version::V1Alpha {
        return Some(MINUTE);
    }
    let node = notes.need(map, "timeSliceWindow", "the length of a slice: write `timeSliceWindow: 1m`")?;
    let text = node.text().unwrap_or("");
    let seconds = match text.parse::<u32>() {
        Ok(minutes) => i64::from(minutes) * MINUTE,
        Err(_) => match Length::read(text) {
            Ok(length) => length.seconds(),
            Err(what) => return notes.wrong(node.line, format!("timeSliceWindow: {what}"), "a bare number is minutes"),
        },
    };
    if (MINUTE..=DAY).contains(&seconds) {
        return Some(seconds);
    }
    notes.wrong(
        node.line,
        format!("a slice of {text} is not between one minute and one day"),
        "a bare number is minutes",
    )
}

/// The SLI as this objective counts it.
pub(super) fn indicator(
    sli: Sli,
    map: &Map<'_>,
    budgeting: Budgeting,
    version: Version,
    notes: &mut Notes,
) -> Option<Indicator> {
    let (query, source) = match sli {
        Sli::Threshold { query, source } => (query, source),
        Sli::Measured(indicator) => {
            let given = ["op", "value"].iter().find_map(|key| map.get(key));
            if let Some(node) = given.filter(|_| version != Version::V1Alpha) {
                notes.warn(node.line, "op and value are ignored", "they belong to a thresholdMetric, this is a ratio");
            }
            return Some(indicator);
        }
    };
    if budgeting == Budgeting::Occurrences {
        let hint = "say so with `budgetingMethod: Timeslices` and `timeSliceWindow: 1m`";
        notes.warn(map.line(), "a value has no events: its minutes are counted", hint);
    }
    let op = notes.need(map, "op", "how a good value compares: lt, lte, gt or gte");
    let value = notes.need(map, "value", "what a good value is compared with").and_then(|n| number(n, notes));
    let op = op.and_then(|n| compare(n, notes))?;
    Some(Indicator { source, measure: Measure::Threshold { query, op, value: value? }, estimate: false })
}

fn number(node: &Node, notes: &mut Notes) -> Option<f64> {
    let text = node.text().unwrap_or("");
    let value = text.parse().ok().filter(|v: &f64| v.is_finite());
    value.or_else(|| notes.wrong(node.line, format!("value `{text}` is no number"), ""))
}

fn compare(node: &Node, notes: &mut Notes) -> Option<Compare> {
    match node.text().unwrap_or("") {
        "lt" => Some(Compare::Below),
        "lte" => Some(Compare::AtMost),
        "gt" => Some(Compare::Above),
        "gte" => Some(Compare::AtLeast),
        other => notes.wrong(node.line, format!("op `{other}` is none"), "lt, lte, gt or gte"),
    }
}
