//! Grafana's own names, as people read them, and the way back: both ways lose nothing.
//!
//! Labels whose names begin with two underscores are Grafana's own. One of them decides what a silence may mute, the rule's
//! UID; so it stays under a name of ours. An alert about a data source that says nothing is named after its rule.

use std::sync::Arc;

use crate::domain::{
    alert::Alert,
    label::Labels,
    matcher::{MatchOp, Matcher},
    text::SafeText,
};

/// Grafana's label, and ours.
const UID: (&str, &str) = ("__alert_rule_uid__", "grafana_rule_uid");
/// Our label that says why an alert is named after its rule.
const REASON: &str = "grafana_reason";
/// Grafana's names, and the reason that each is.
const SYNTHETIC: [(&str, &str); 2] = [("DatasourceNoData", "NoData"), ("DatasourceError", "Error")];
/// Grafana's label with the real name of the rule.
const RULE: &str = "rulename";

/// The UID of the rule that raised an alert; none where it does not say.
pub(super) fn rule_uid(labels: &Labels) -> Option<&SafeText> {
    labels.get(UID.1).filter(|uid| !uid.is_empty())
}

/// An alert as people read it.
pub(super) fn shown(alert: &mut Arc<Alert>) {
    let is_own = |labels: &Labels| labels.iter().any(|(n, _)| n.raw().starts_with("__"));
    if !is_own(&alert.labels) && !is_own(&alert.annotations) && reason(alert.labels.value("alertname")).is_none() {
        return;
    }
    let alert = Arc::make_mut(alert);
    alert.labels = labels(&alert.labels);
    let kept = alert.annotations.iter().filter(|(n, _)| !n.raw().starts_with("__"));
    alert.annotations = kept.map(|(n, v)| (n.clone(), v.clone())).collect();
}

fn labels(of: &Labels) -> Labels {
    let kept = of.iter().filter(|(n, _)| !n.raw().starts_with("__") && !is_ours(n.raw()));
    let mut all: Vec<(SafeText, SafeText)> = kept.map(|(n, v)| (n.clone(), v.clone())).collect();
    all.extend(of.get(UID.0).map(|uid| (UID.1.into(), uid.clone())));
    if let (Some(reason), Some(rule)) = (reason(of.value("alertname")), of.get(RULE)) {
        all.retain(|(n, _)| n.raw() != "alertname");
        all.extend([("alertname".into(), rule.clone()), (REASON.into(), reason.into())]);
    }
    all.into()
}

fn is_ours(name: &str) -> bool {
    name == UID.1 || name == REASON
}

fn reason(alertname: &str) -> Option<&'static str> {
    SYNTHETIC.iter().find(|(name, _)| *name == alertname).map(|(_, reason)| *reason)
}

/// Matchers as people read them.
pub(super) fn matchers_shown(matchers: &mut Vec<Matcher>) {
    for matcher in matchers.iter_mut().filter(|m| m.name == UID.0) {
        matcher.name = UID.1.to_owned();
    }
    let rule = equal(matchers, RULE);
    let reason = equal(matchers, "alertname").and_then(|name| reason(&name));
    if let (Some(rule), Some(reason)) = (rule, reason) {
        set(matchers, "alertname", &rule);
        matchers.push(Matcher::equal(REASON, reason));
    }
}

/// Matchers as Grafana knows them.
pub(super) fn matchers_sent(matchers: &mut Vec<Matcher>) {
    for matcher in matchers.iter_mut().filter(|m| m.name == UID.1) {
        matcher.name = UID.0.to_owned();
    }
    let reason = equal(matchers, REASON);
    let name = SYNTHETIC.iter().find(|(_, r)| Some(*r) == reason.as_deref());
    if let Some((name, _)) = name {
        matchers.retain(|m| m.name != REASON);
        set(matchers, "alertname", name);
    }
}

fn equal(matchers: &[Matcher], name: &str) -> Option<String> {
    matchers.iter().find(|m| m.name == name && m.op == MatchOp::Equal).map(|m| m.value.clone())
}

fn set(matchers: &mut [Matcher], name: &str, value: &str) {
    for matcher in matchers.iter_mut().filter(|m| m.name == name && m.op == MatchOp::Equal) {
        *matcher = Matcher::equal(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Vec<Matcher> {
        pairs.iter().map(|(n, v)| Matcher::equal(*n, *v)).collect()
    }

    fn texts(matchers: &[Matcher]) -> Vec<String> {
        let mut texts: Vec<String> = matchers.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    }

    #[test]
    fn a_data_source_that_says_nothing_is_named_after_its_rule() {
        let told: Labels = [
            ("alertname", "DatasourceNoData"),
            ("rulename", "Checkout slow"),
            ("__alert_rule_uid__", "u1"),
            ("__grafana_receiver__", "x"),
            ("grafana_folder", "shop"),
        ]
        .into_iter()
        .collect();
        let shown = labels(&told);
        assert_eq!(shown.value("alertname"), "Checkout slow");
        assert_eq!((shown.value("grafana_reason"), rule_uid(&shown).unwrap().raw()), ("NoData", "u1"));
        assert!(shown.iter().all(|(n, _)| !n.raw().starts_with("__")), "{shown:?}");
    }

    #[test]
    fn what_is_sent_is_what_was_read() {
        for pairs in [
            &[("alertname", "DatasourceError"), ("rulename", "R"), ("__alert_rule_uid__", "u1")][..],
            &[("__alert_rule_uid__", "u1")],
            &[("alertname", "A"), ("rulename", "R")],
            &[("alertname", "DatasourceNoData")],
        ] {
            let mut matchers = of(pairs);
            matchers_shown(&mut matchers);
            assert!(matchers.iter().all(|m| !m.name.starts_with("__")), "{matchers:?}");
            matchers_sent(&mut matchers);
            assert_eq!(texts(&matchers), texts(&of(pairs)));
        }
    }
}
