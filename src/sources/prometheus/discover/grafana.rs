//! What Grafana SLO generates: every series has `grafana_slo_uuid`, and successes and requests are recorded as rates.

use std::collections::BTreeMap;

use super::{
    super::promql,
    Facts,
    draft::{Draft, ratio},
    expression::{constant, ratio_window},
    rates,
    rules::Rule,
};
use crate::domain::{
    label::Labels,
    matcher::Matcher,
    slo::{Counted, Indicator},
};

/// Series that tell what there is.
pub(super) const SERIES: [&str; 5] =
    ["grafana_slo_info", "grafana_slo_objective", WINDOW, "grafana_slo_sli_5m", "grafana_slo_total_rate_5m"];
const WINDOW: &str = "grafana_slo_objective_window_seconds";
const ID: &str = "grafana_slo_uuid";

/// By name; two that share one are told apart by their uuid.
pub(super) fn read(facts: &Facts) -> BTreeMap<String, Draft> {
    let mut drafts = BTreeMap::new();
    let mut halves: BTreeMap<String, Halves> = BTreeMap::new();
    for rule in &facts.rules {
        take_rule(rule, &mut drafts, &mut halves);
    }
    facts.series.iter().for_each(|(name, labels, value)| take_series(name, labels, *value, &mut drafts));
    for (id, half) in halves {
        if let (Some(draft), Some(counted)) = (drafts.get_mut(&id), half.indicator()) {
            draft.counted = Some(counted);
        }
    }
    by_name(drafts)
}

/// The rules that record successes and requests.
#[derive(Default)]
struct Halves {
    good: Option<Rule>,
    total: Option<Rule>,
}

impl Halves {
    fn indicator(self) -> Option<(Indicator, Rule)> {
        let (good, total) = (self.good?, self.total?);
        let ranged = |rule: &Rule| promql::has_range(&rule.expression) == Ok(true);
        let counted = Counted::Good(good.expression.clone());
        let both = ranged(&good) && ranged(&total);
        both.then(|| (Indicator::events(counted, &total.expression, true), total))
    }
}

fn take_rule(rule: &Rule, drafts: &mut BTreeMap<String, Draft>, halves: &mut BTreeMap<String, Halves>) {
    let Some(id) = rule.label_or_matcher(ID) else { return };
    let draft = entry(drafts, &id, &rule.labels);
    match rule.name.as_str() {
        _ if rule.alerts => draft.alerts.push(rule.clone()),
        "grafana_slo_objective" => constant(&rule.expression).into_iter().for_each(|o| draft.take_objective(o)),
        WINDOW => constant(&rule.expression).into_iter().for_each(|w| draft.take_window(w)),
        "grafana_slo_success_rate_5m" => halves.entry(id).or_default().good = Some(rule.clone()),
        "grafana_slo_total_rate_5m" => halves.entry(id).or_default().total = Some(rule.clone()),
        name => ratio_window(name).into_iter().for_each(|w| draft.take_named_window(w)),
    }
}

fn take_series(name: &str, labels: &Labels, value: f64, drafts: &mut BTreeMap<String, Draft>) {
    let id = labels.value(ID).to_owned();
    if id.is_empty() || !SERIES.contains(&name) {
        return;
    }
    let draft = entry(drafts, &id, labels);
    let series = |name: &str| format!("{name}{{{}}}", Matcher::equal(ID, &id));
    match name {
        "grafana_slo_objective" => draft.take_objective(value),
        WINDOW => draft.take_window(value),
        "grafana_slo_total_rate_5m" => {
            let halves = ["grafana_slo_success_rate_5m", "grafana_slo_total_rate_5m"].map(series);
            draft.fallback = Some(rates::good(&halves[0], &halves[1]));
        }
        // The only thing there is of an objective that is no ratio of two rates.
        "grafana_slo_sli_5m" if draft.fallback.is_none() => {
            draft.fallback = Some(ratio(Counted::Good(series("grafana_slo_sli_5m"))));
        }
        _ => {}
    }
}

fn entry<'a>(drafts: &'a mut BTreeMap<String, Draft>, id: &str, labels: &Labels) -> &'a mut Draft {
    let draft = drafts.entry(id.to_owned()).or_default();
    let said = |name: &str| labels.get(name).map(|v| v.raw().to_owned()).filter(|v| !v.is_empty());
    draft.title = draft.title.take().or_else(|| said("grafana_slo_name"));
    draft.name.clone_from(&draft.title);
    draft.service = draft.service.take().or_else(|| said("grafana_slo_service")).or_else(|| said("service"));
    if draft.labels.is_empty() {
        let own = |name: &str| name.starts_with("grafana_slo_") || name == "__name__";
        draft.labels = labels.iter().filter(|(n, _)| !own(n.raw())).map(|(n, v)| (n.clone(), v.clone())).collect();
    }
    draft
}

fn by_name(drafts: BTreeMap<String, Draft>) -> BTreeMap<String, Draft> {
    let mut named = BTreeMap::new();
    for (id, draft) in drafts {
        let name = draft.title.clone().unwrap_or_else(|| id.clone());
        let name = if named.contains_key(&name) { format!("{name} ({id})") } else { name };
        named.insert(name, draft);
    }
    named
}
