//! What Sloth generates, and tools that name things as it does: every series has `sloth_id`.

use std::collections::BTreeMap;

use super::{
    Facts,
    draft::{Draft, ratio},
    expression::{constant, ratio_window},
    rules::Rule,
};
use crate::domain::{
    label::Labels,
    matcher::Matcher,
    slo::{Counted, Objective},
};

/// Series that tell what there is; all of them cheap.
pub(super) const SERIES: [&str; 4] =
    ["sloth_slo_info", "slo:objective:ratio", "slo:time_period:days", "slo:current_burn_rate:ratio"];
const ID: &str = "sloth_id";
const DAY: f64 = 86_400.0;
/// A recorded ratio over more than this is that of the period.
const LONGEST_TIER: i64 = 3 * 86_400;

pub(super) fn read(facts: &Facts) -> BTreeMap<String, Draft> {
    let mut drafts = BTreeMap::new();
    facts.rules.iter().for_each(|rule| take_rule(rule, &mut drafts));
    facts.series.iter().for_each(|(name, labels, value)| take_series(name, labels, *value, &mut drafts));
    take_groups(facts, &mut drafts);
    drafts
}

fn take_rule(rule: &Rule, drafts: &mut BTreeMap<String, Draft>) {
    if rule.alerts {
        if let Some(draft) = rule.label_or_matcher(ID).and_then(|id| drafts_entry(drafts, &id, &Labels::default())) {
            draft.alerts.push(rule.clone());
        }
        return;
    }
    let Some(draft) = rule.label(ID).and_then(|id| drafts_entry(drafts, id, &rule.labels)) else { return };
    match rule.name.as_str() {
        "sloth_slo_info" => take_info(draft, &rule.labels),
        "slo:objective:ratio" => constant(&rule.expression).into_iter().for_each(|o| draft.take_objective(o)),
        "slo:time_period:days" => constant(&rule.expression).into_iter().for_each(|d| draft.take_window(d * DAY)),
        name => {
            draft.take_ratio(rule);
            ratio_window(name).filter(|w| *w > LONGEST_TIER).into_iter().for_each(|w| draft.take_named_window(w));
        }
    }
}

fn take_series(name: &str, labels: &Labels, value: f64, drafts: &mut BTreeMap<String, Draft>) {
    let id = labels.value(ID).to_owned();
    let Some(draft) = drafts_entry(drafts, &id, labels).filter(|_| SERIES.contains(&name)) else { return };
    match name {
        "sloth_slo_info" => take_info(draft, labels),
        "slo:objective:ratio" => draft.take_objective(value),
        "slo:time_period:days" => draft.take_window(value * DAY),
        _ => {}
    }
}

fn drafts_entry<'a>(drafts: &'a mut BTreeMap<String, Draft>, id: &str, labels: &Labels) -> Option<&'a mut Draft> {
    if id.is_empty() {
        return None;
    }
    let draft = drafts.entry(id.to_owned()).or_default();
    let said = |name: &str| labels.get(name).map(|v| v.raw().to_owned()).filter(|v| !v.is_empty());
    draft.service = draft.service.take().or_else(|| said("sloth_service"));
    draft.name = draft.name.take().or_else(|| said("sloth_slo"));
    let matcher = Matcher::equal(ID, id);
    draft.fallback.get_or_insert_with(|| ratio(Counted::Bad(format!("slo:sli_error:ratio_rate5m{{{matcher}}}"))));
    Some(draft)
}

/// The label is what the author wrote; the series of the objective went through arithmetic.
fn take_info(draft: &mut Draft, labels: &Labels) {
    let text = labels.value("sloth_objective");
    let rounded = || Objective::nearest(text.parse::<f64>().ok()? / 100.0);
    draft.exact = draft.exact.take().or_else(|| Objective::percent(text).ok()).or_else(rounded);
    if draft.labels.is_empty() {
        draft.labels = of_the_user(labels);
    }
}

fn of_the_user(labels: &Labels) -> Labels {
    let own = |name: &str| name.starts_with("sloth_") || name == "__name__";
    labels.iter().filter(|(n, _)| !own(n.raw())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// What splits an objective: labels of its burn rate that it does not have itself.
fn take_groups(facts: &Facts, drafts: &mut BTreeMap<String, Draft>) {
    let named = |wanted: &'static str| facts.series.iter().filter(move |(name, _, _)| name == wanted);
    let infos: BTreeMap<&str, &Labels> = named("sloth_slo_info").map(|(_, l, _)| (l.value(ID), l)).collect();
    for (_, labels, _) in named("slo:current_burn_rate:ratio") {
        let id = labels.value(ID);
        let (Some(info), Some(draft)) = (infos.get(id), drafts.get_mut(id)) else { continue };
        for (label, _) in of_the_user(labels).iter().filter(|(n, _)| info.get(n.raw()).is_none()) {
            if !draft.grouping.iter().any(|g| g == label.raw()) {
                draft.grouping.push(label.raw().to_owned());
            }
        }
    }
}
