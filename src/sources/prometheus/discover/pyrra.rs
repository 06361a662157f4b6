//! What Pyrra generates: the label `slo` names the objective, whose target without generic rules only the alerts know.

use std::collections::BTreeMap;

use super::{
    Facts,
    draft::Draft,
    expression::{comparisons, constant, ratio_window},
    rates,
    rules::Rule,
};
use crate::domain::{duration, label::Labels, matcher::Matcher};

/// Series that tell what there is; they exist with generic rules alone.
pub(super) const SERIES: [&str; 3] = ["pyrra_objective", "pyrra_window", "pyrra_requests:rate5m"];
/// What stands before the whole window in the name of a recorded count.
const COUNTS: [&str; 3] = [":increase", ":count", ":sum"];
const ID: &str = "slo";

pub(super) fn read(facts: &Facts) -> BTreeMap<String, Draft> {
    let mut drafts = BTreeMap::new();
    facts.rules.iter().for_each(|rule| take_rule(rule, &mut drafts));
    facts.series.iter().for_each(|(name, labels, value)| take_series(name, labels, *value, &mut drafts));
    drafts
}

fn take_rule(rule: &Rule, drafts: &mut BTreeMap<String, Draft>) {
    if rule.alerts {
        return take_alert(rule, drafts);
    }
    let window = COUNTS.iter().find_map(|c| Some(rule.name.split_once(c)?.1));
    let window = window.and_then(|w| Some(duration::parse(w).ok()?.num_seconds()));
    let is_ratio = rule.name.contains(":burnrate") && ratio_window(&rule.name).is_some();
    let Some(id) = rule.label(ID) else { return };
    if !(is_ratio || window.is_some() || SERIES.contains(&rule.name.as_str())) {
        return;
    }
    let draft = drafts.entry(id.to_owned()).or_default();
    match (rule.name.as_str(), window) {
        ("pyrra_objective", _) => constant(&rule.expression).into_iter().for_each(|o| draft.take_objective(o)),
        ("pyrra_window", _) => constant(&rule.expression).into_iter().for_each(|w| draft.take_window(w)),
        (_, Some(window)) => draft.take_named_window(window),
        _ if is_ratio => {
            draft.take_ratio(rule);
            take_labels(draft, &rule.labels);
        }
        _ => {}
    }
}

fn take_alert(rule: &Rule, drafts: &mut BTreeMap<String, Draft>) {
    let compared = comparisons(&rule.expression);
    let Some(first) = compared.first().filter(|c| c.selector.contains(":burnrate")) else { return };
    let Some(id) = rule.label_or_matcher(ID) else { return };
    let draft = drafts.entry(id).or_default();
    first.budget.into_iter().for_each(|budget| draft.take_objective(1.0 - budget));
    draft.alerts.push(rule.clone());
}

fn take_series(name: &str, labels: &Labels, value: f64, drafts: &mut BTreeMap<String, Draft>) {
    let id = labels.value(ID);
    if id.is_empty() || !SERIES.contains(&name) {
        return;
    }
    let draft = drafts.entry(id.to_owned()).or_default();
    match name {
        "pyrra_objective" => draft.take_objective(value),
        "pyrra_window" => draft.take_window(value),
        _ => {
            let matcher = Matcher::equal(ID, id).to_string();
            let series = |name: &str| format!("{name}{{{matcher}}}");
            draft.fallback = Some(rates::bad(&series("pyrra_errors:rate5m"), &series("pyrra_requests:rate5m")));
        }
    }
    take_labels(draft, labels);
}

/// Who owns it: its service, else the job that is scraped.
fn take_labels(draft: &mut Draft, labels: &Labels) {
    let said = |name: &str| labels.get(name).map(|v| v.raw().to_owned()).filter(|v| !v.is_empty());
    draft.service = draft.service.take().or_else(|| said("service")).or_else(|| said("job"));
    if draft.labels.is_empty() {
        let own = |name: &str| [ID, "__name__"].contains(&name);
        draft.labels = labels.iter().filter(|(n, _)| !own(n.raw())).map(|(n, v)| (n.clone(), v.clone())).collect();
    }
}
