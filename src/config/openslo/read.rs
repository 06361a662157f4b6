//! One SLO document to one row for each of its objectives.
//!
//! Refuses to guess: what it cannot count exactly is a problem, never an approximation. `op` and `value` on an
//! objective are ignored: they belong to threshold metrics, yet the format's own examples put them on ratios.

use crate::domain::{
    slo::{Indicator, Objective, Origin, OriginKind, Slo, Window},
    text::SafeText,
};

use super::{Problem, indicator, wire::Node};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// A rolling month, quarter and year have 30, 90 and 365 days, as in the format's own library.
const UNITS: [(&str, i64); 7] =
    [("m", 60), ("h", HOUR), ("d", DAY), ("w", 7 * DAY), ("M", 30 * DAY), ("Q", 90 * DAY), ("Y", 365 * DAY)];
/// Longest window in seconds: more hours than this are no longer worth fetching.
const LONGEST: i64 = 400 * DAY;

/// What all objectives of a document share.
struct Shared {
    name: String,
    title: String,
    service: SafeText,
    window: Window,
    indicator: Indicator,
    origin: SafeText,
}

/// The rows of one SLO document, or every mistake in it; `lookup` finds an SLI by name or says which there are.
pub(super) fn rows<'a>(
    node: &'a Node,
    origin: &SafeText,
    lookup: impl Fn(&str) -> Result<&'a Node, String>,
) -> (Vec<Slo>, Vec<Problem>) {
    let Some(name) = node.path(&["metadata", "name"]).and_then(Node::text) else {
        return (Vec::new(), vec![unnamed(node, "SLO")]);
    };
    let Some(spec) = node.get("spec") else {
        return (Vec::new(), vec![Problem::new(node.line, format!("SLO `{name}` has no spec"))]);
    };
    let title = node.path(&["metadata", "displayName"]).and_then(Node::text).unwrap_or(name);
    let (shared, mut problems) = split(shared([name, title], spec, origin, lookup));
    let mut slos = Vec::new();
    for objective in objectives(name, spec) {
        match (objective, &shared) {
            (Ok((objective, suffix)), Some(shared)) => slos.push(row(shared, objective, suffix.as_deref())),
            (Ok(_), None) => {}
            (Err(problem), _) => problems.push(problem),
        }
    }
    (slos, problems)
}

fn split<T>(result: Result<T, Vec<Problem>>) -> (Option<T>, Vec<Problem>) {
    match result {
        Ok(value) => (Some(value), Vec::new()),
        Err(problems) => (None, problems),
    }
}

pub(super) fn unnamed(node: &Node, kind: &str) -> Problem {
    Problem::new(node.line, format!("this {kind} has no metadata.name")).hint("names must be unique over all files")
}

fn shared<'a>(
    [name, title]: [&str; 2],
    spec: &'a Node,
    origin: &SafeText,
    lookup: impl Fn(&str) -> Result<&'a Node, String>,
) -> Result<Shared, Vec<Problem>> {
    let parts = (service(name, spec), occurrences(name, spec), window(name, spec), indicator::of(name, spec, lookup));
    match parts {
        (Ok(service), Ok(()), Ok(window), Ok(indicator)) => {
            let (name, title) = (name.to_owned(), title.to_owned());
            Ok(Shared { name, title, service, window, indicator, origin: origin.clone() })
        }
        (a, b, c, d) => Err([a.err(), b.err(), c.err(), d.err()].into_iter().flatten().collect()),
    }
}

fn service(name: &str, spec: &Node) -> Result<SafeText, Problem> {
    let missing = || Problem::new(spec.line, format!("SLO `{name}` has no spec.service"));
    let service = spec.get("service").and_then(Node::text);
    service.map(SafeText::new).ok_or_else(|| missing().hint("budgets are grouped by service: give it one"))
}

fn occurrences(name: &str, spec: &Node) -> Result<(), Problem> {
    match spec.get("budgetingMethod") {
        None => Ok(()),
        Some(method) if method.text() == Some("Occurrences") => Ok(()),
        Some(method) => {
            let written = method.text().unwrap_or("");
            let what = format!("SLO `{name}`: budgetingMethod `{written}` is not supported yet");
            Err(Problem::new(method.line, what).hint("Occurrences is: it counts events"))
        }
    }
}

fn window(name: &str, spec: &Node) -> Result<Window, Problem> {
    let at = |node: &Node, what: &str| Problem::new(node.line, format!("SLO `{name}`: {what}"));
    let example = "write `timeWindow: [{duration: 30d, isRolling: true}]`";
    let list = spec.get("timeWindow").ok_or_else(|| at(spec, "no timeWindow").hint(example))?;
    let [window] = list.items() else {
        return Err(at(list, "timeWindow must have exactly one entry").hint(example));
    };
    let rolling = window.get("isRolling").and_then(Node::truth);
    if rolling == Some(false) || (rolling.is_none() && window.get("calendar").is_some()) {
        let problem = at(window, "calendar windows are not supported yet");
        return Err(problem.hint("make it rolling with `isRolling: true` and no calendar"));
    }
    let duration = window.get("duration").ok_or_else(|| at(window, "timeWindow has no duration").hint(example))?;
    let seconds = seconds(duration.text().unwrap_or("")).map_err(|what| at(duration, &what))?;
    if !(HOUR..=LONGEST).contains(&seconds) {
        let what = format!("a window of {} is not between one hour and 400 days", duration.text().unwrap_or(""));
        return Err(at(duration, &what).hint("`m` is a minute and `M` a month"));
    }
    Ok(Window::rolling(seconds))
}

/// A length in the format's shorthand: a whole number and one unit, whose case matters.
fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("duration `{text}` is none; write it like 28d, 4w or 1M (units m h d w M Q Y)");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let number: i64 = text[..digits].parse().map_err(|_| wrong())?;
    let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == &text[digits..]).ok_or_else(wrong)?;
    number.checked_mul(*unit).ok_or_else(wrong)
}

type Named = (Objective, Option<String>);

/// The objectives, each with what tells it from the others where there are several.
fn objectives(name: &str, spec: &Node) -> Vec<Result<Named, Problem>> {
    let items = spec.get("objectives").map(Node::items).unwrap_or_default();
    if items.is_empty() {
        let what = format!("SLO `{name}` has no spec.objectives");
        return vec![Err(Problem::new(spec.line, what).hint("give it `- target: 0.999`"))];
    }
    let named = |(index, item)| {
        let suffix = (items.len() > 1).then(|| suffix(item, index));
        objective(name, item).map(|objective| (objective, suffix))
    };
    items.iter().enumerate().map(named).collect()
}

/// The objective's own name, or its place from 1.
fn suffix(objective: &Node, index: usize) -> String {
    let name = objective.get("displayName").and_then(Node::text);
    name.map_or_else(|| (index + 1).to_string(), |n| n.split_whitespace().collect::<Vec<_>>().join("-"))
}

fn row(shared: &Shared, objective: Objective, suffix: Option<&str>) -> Slo {
    let with = |text: &str, open: &str, close: &str| match suffix {
        Some(suffix) => format!("{text}{open}{suffix}{close}"),
        None => text.to_owned(),
    };
    let id = with(&shared.name, "-", "");
    Slo {
        service: shared.service.clone(),
        title: SafeText::new(&with(&shared.title, " (", ")")),
        origin: Origin { kind: OriginKind::OpenSlo, place: shared.origin.clone() },
        ..Slo::new(&id, objective, shared.window, shared.indicator.clone())
    }
}

fn objective(name: &str, node: &Node) -> Result<Objective, Problem> {
    let at = |line: u32, what: String| Problem::new(line, format!("SLO `{name}`: {what}"));
    if node.get("indicator").or(node.get("indicatorRef")).is_some() {
        return Err(at(node.line, "composite SLOs are not supported yet".into()).hint("write one SLO for each part"));
    }
    let ratio = node.get("target");
    let percent = node.get("targetPercent");
    let read = |node: &Node, read: fn(&str) -> Result<Objective, String>| {
        read(node.text().unwrap_or("")).map_err(|what| at(node.line, what))
    };
    match (ratio, percent) {
        (Some(ratio), None) => read(ratio, Objective::ratio),
        (None, Some(percent)) => read(percent, Objective::percent),
        (Some(ratio), Some(percent)) => {
            let target = read(ratio, Objective::ratio)?;
            let same = read(percent, Objective::percent)? == target;
            let differ = || at(percent.line, "target and targetPercent differ".into()).hint("keep one of them");
            same.then_some(target).ok_or_else(differ)
        }
        (None, None) => Err(at(node.line, "an objective has no target".into()).hint("write `target: 0.999`")),
    }
}
