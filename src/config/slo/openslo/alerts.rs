//! Alert policies as tiers: one window a condition, as the format knows no second one.
//!
//! The format's own examples say `op: lte` and mean "exceeds": on a burn rate every operator does.

use super::{
    super::{
        notes::{Map, Notes},
        shelf::Shelf,
        yaml::Node,
    },
    Library,
    length::Length,
};
use crate::domain::slo::burn::{Alerting, Severity, Tier};

const CONDITION_SPEC: &[&str] = &["description", "severity", "condition"];
const CONDITION: &[&str] = &["kind", "op", "threshold", "lookbackWindow", "alertAfter"];
const POLICY: &[&str] =
    &["description", "alertWhenNoData", "alertWhenResolved", "alertWhenBreaching", "conditions", "notificationTargets"];
const INLINE: &[&str] = &["apiVersion", "kind", "metadata", "spec"];
/// Words for what wakes somebody; every other severity makes a ticket.
const PAGES: [&str; 8] = ["page", "pager", "critical", "crit", "urgent", "high", "sev1", "p1"];

/// The alerts of an SLO: those of its policies, else nobody says and the standard tiers stand.
pub(super) fn of_slo(spec: &Map<'_>, library: &Library, notes: &mut Notes) -> Alerting {
    let items = spec.get("alertPolicies").map(Node::items).unwrap_or_default();
    let mut tiers = Vec::new();
    for item in items {
        let inline = |spec: &Node, notes: &mut Notes| policy(spec, &library.conditions, notes);
        let of_policy = referred(item, "alertPolicyRef", &library.policies, notes, inline);
        tiers.extend(of_policy.unwrap_or_default());
    }
    if tiers.is_empty() { Alerting::default() } else { Alerting::Fixed(tiers) }
}

/// The tiers of a policy's spec.
pub(super) fn policy(spec: &Node, conditions: &Shelf<Tier>, notes: &mut Notes) -> Option<Vec<Tier>> {
    let map = notes.map(spec, "the AlertPolicy", POLICY)?;
    let items = notes.need(&map, "conditions", "write `conditions: [{conditionRef: name}]`")?.items();
    let mut tiers = Vec::new();
    for item in items {
        tiers.push(referred(item, "conditionRef", conditions, notes, condition)?);
    }
    Some(tiers)
}

/// What stands here, or what the reference names; a bare text is a reference too.
fn referred<T: Clone>(
    item: &Node,
    reference: &str,
    shelf: &Shelf<T>,
    notes: &mut Notes,
    inline: impl Fn(&Node, &mut Notes) -> Option<T>,
) -> Option<T> {
    if let Some(node) = item.get(reference).or_else(|| Some(item).filter(|i| i.text().is_some())) {
        let name = notes.text(node, reference)?;
        return shelf.find(name, node.line, notes).cloned();
    }
    match item.get("spec") {
        Some(spec) => {
            notes.map(item, "what stands here", INLINE)?;
            inline(spec, notes)
        }
        None => notes.wrong(item.line, format!("neither {reference} nor a spec"), "name it, or write it here"),
    }
}

/// The tier of a condition's spec.
pub(super) fn condition(spec: &Node, notes: &mut Notes) -> Option<Tier> {
    let map = notes.map(spec, "the AlertCondition", CONDITION_SPEC)?;
    let severity = severity(notes.may_text(&map, "severity"));
    let inner = notes.need(&map, "condition", "write `condition: {kind: burnrate, ..}`")?;
    let inner = notes.map(inner, "the condition", CONDITION)?;
    kind(&inner, notes)?;
    operator(&inner, notes);
    let factor = notes.need(&inner, "threshold", "the burn rate from which it fires").and_then(|n| number(n, notes));
    let window = notes.need(&inner, "lookbackWindow", "how far it looks back, like 1h").and_then(|n| length(n, notes));
    let for_s = match inner.get("alertAfter") {
        Some(node) => length(node, notes)?,
        None => 0,
    };
    let (factor, window) = (factor?, window?);
    if window <= 0 {
        return notes.wrong(inner.line(), "a lookbackWindow of no length", "write it like 1h");
    }
    Some(Tier { severity, long_s: window, short_s: window, factor, for_s, min_bad: 0.0 })
}

fn severity(word: Option<&str>) -> Severity {
    match word {
        Some(word) if PAGES.contains(&word.to_ascii_lowercase().as_str()) => Severity::Page,
        _ => Severity::Ticket,
    }
}

fn kind(condition: &Map<'_>, notes: &mut Notes) -> Option<()> {
    match condition.get("kind").and_then(|n| Some((n.text()?, n.line))) {
        None => Some(()),
        Some((kind, _)) if kind.eq_ignore_ascii_case("burnrate") => Some(()),
        Some((kind, line)) => notes.wrong(line, format!("a condition of kind `{kind}` is none"), "`burnrate` is"),
    }
}

fn operator(condition: &Map<'_>, notes: &mut Notes) {
    let Some(node) = condition.get("op") else { return };
    match node.text().unwrap_or("") {
        "gt" | "gte" => {}
        op @ ("lt" | "lte") => {
            let hint = format!("it is read as {}", if op == "lt" { "gt" } else { "gte" });
            notes.warn(node.line, format!("`op: {op}` would alert while all is well"), hint);
        }
        other => notes.warn(node.line, format!("op `{other}` is none, it is read as gte"), "gt or gte"),
    }
}

fn number(node: &Node, notes: &mut Notes) -> Option<f64> {
    let text = node.text().unwrap_or("");
    let read = text.parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
    read.or_else(|| notes.wrong(node.line, format!("threshold `{text}` is no number above 0"), ""))
}

/// Seconds; `0m` and a bare 0 are no time.
fn length(node: &Node, notes: &mut Notes) -> Option<i64> {
    let text = node.text().unwrap_or("");
    match Length::read(text) {
        Ok(length) => Some(length.seconds()),
        Err(_) if text == "0" => Some(0),
        Err(what) => notes.wrong(node.line, what, ""),
    }
}
