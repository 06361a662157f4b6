//! The recording rule that makes an objective cheap: its own two queries, every five minutes, as text to paste.

use super::super::measure;
use crate::domain::slo::{Slo, history::FINE};

/// A rule group as YAML; none where nothing can be recorded. `sum_over_time` of what it records is counts again.
pub(super) fn of(slo: &Slo) -> Option<String> {
    let halves = measure::halves(slo, FINE).ok()?;
    let half = if halves.is_good { "good" } else { "bad" };
    let id = quoted(slo.id.as_str());
    let rule = |name: &str, query: &str| {
        let query = quoted(&format!("sum({query})"));
        format!("      - record: watchfire:{name}:increase5m\n        expr: {query}\n        labels: {{slo: {id}}}\n")
    };
    let group = quoted(&format!("watchfire-{}", slo.id.as_str()));
    let rules = rule(half, &halves.counted) + &rule("total", &halves.total);
    Some(format!("groups:\n  - name: {group}\n    interval: 5m\n    rules:\n{rules}"))
}

/// A JSON text is a YAML text.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Counted, Indicator, Objective, Window};

    #[test]
    fn the_rule_records_both_queries_of_its_objective() {
        let indicator = Indicator::events(Counted::Good("ok{a=\"b\"}".into()), "all", true);
        let slo = Slo::new("shop/pay", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator);
        let yaml = of(&slo).unwrap();
        assert!(yaml.contains(r#"expr: "sum(increase(ok{a=\"b\"}[5m]))""#), "{yaml}");
        assert!(yaml.contains("record: watchfire:good:increase5m"), "{yaml}");
        assert!(yaml.contains(r#"expr: "sum(increase(all[5m]))""#) && yaml.contains(r#"labels: {slo: "shop/pay"}"#));
    }
}
