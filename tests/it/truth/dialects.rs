//! One objective for each service, said in three ways: as a file of OpenSLO, as Sloth's rules, as Pyrra's.

use std::fmt::Write;

use super::{
    DAY, MINUTE,
    services::{Service, begin},
};
use crate::discover::shapes::{HEAD, Pyrra, Sloth};

pub const OBJECTIVE: &str = "99.9";
pub const WINDOW: i64 = 28 * DAY;

fn selector(service: &str, more: &str) -> String {
    format!("requests_total{{service=\"{service}\"{more}}}")
}

const FAILED: &str = ",code=~\"5..\"";

pub fn openslo(services: &[Service]) -> String {
    let one = |service: &Service| {
        let query = |more| format!("{{metricSource: {{spec: {{query: '{}'}}}}}}", selector(service.name, more));
        format!(
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: file-{}}}\nspec:\n  service: shop\n  indicator:\n    \
             metadata: {{name: answered}}\n    spec:\n      ratioMetric:\n        counter: true\n        bad: {}\n        \
             total: {}\n  timeWindow: [{{duration: 4w, isRolling: true}}]\n  budgetingMethod: Occurrences\n  \
             objectives: [{{targetPercent: {OBJECTIVE}}}]\n",
            service.name,
            query(FAILED),
            query("")
        )
    };
    services.iter().map(one).collect::<Vec<_>>().join("---\n")
}

pub fn rules(services: &[Service]) -> String {
    let groups = services.iter().map(|s| sloth(s.name) + &pyrra(s.name));
    HEAD.to_owned() + &groups.collect::<String>()
}

fn sloth(service: &str) -> String {
    let half = |more| format!("(sum(rate({}[WINDOW])))", selector(service, more));
    let ratio = format!("{}\n/\n{}", half(FAILED), half(""));
    Sloth { service: "sloth", name: service, objective: OBJECTIVE, days: 28, ratio, alerts: true, labels: &[] }.groups()
}

fn pyrra(service: &str) -> String {
    let half = |more| format!("sum(rate({}[WINDOW]))", selector(service, more));
    let increase = format!("sum by (code) (increase({}[4w]))", selector(service, ""));
    Pyrra {
        name: &format!("pyrra-{service}"),
        target: "0.999",
        base: "requests",
        ratio: &format!("{} / {}", half(FAILED), half("")),
        increase: ("increase4w", &increase),
        labels: &[("service", service)],
        generic: false,
    }
    .groups()
}

/// What Sloth's rule for five minutes recorded all the time: a ratio, nothing where there are no errors, and no number
/// where there is no traffic.
#[allow(clippy::cast_precision_loss, reason = "counts of requests")]
pub fn recorded_by_sloth(services: &[Service], until: i64) -> String {
    let mut out = String::from("# TYPE slo:sli_error:ratio_rate5m gauge\n");
    for service in services {
        let name = service.name;
        let labels = format!("sloth_id=\"sloth-{name}\",sloth_service=\"sloth\",sloth_slo=\"{name}\"");
        for at in (begin(until) / 300 + 2..=until / 300).map(|k| k * 300) {
            let of = |count: Option<u64>| count.map(|n| n as f64);
            let counted = (of(service.bad_in(at - 5 * MINUTE, at)), of(service.total_in(at - 5 * MINUTE, at)));
            if let (Some(bad), Some(total)) = counted {
                let _ =
                    writeln!(out, "slo:sli_error:ratio_rate5m{{{labels},sloth_window=\"5m\"}} {} {at}", bad / total);
            }
        }
    }
    out
}
