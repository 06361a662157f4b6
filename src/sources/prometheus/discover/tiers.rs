//! The burn-rate tiers of an alert's expression, and which of the three families they are.

use super::{
    expression::{Comparison, comparisons},
    rules::Rule,
};
use crate::domain::slo::burn::{Alerting, Severity, Tier, scaled_tiers, standard_tiers};

/// How near two factors are one: generators round the text.
const SAME: f64 = 1e-3;
/// Labels that say how loud an alert is.
const SEVERITIES: [&str; 3] = ["sloth_severity", "grafana_slo_severity", "severity"];
const PAGES: [&str; 2] = ["page", "critical"];

/// Every two comparisons of an alert are one tier: the windows of a pair.
pub(super) fn of(rule: &Rule, budget: f64) -> Vec<Tier> {
    let page = SEVERITIES.iter().any(|s| PAGES.contains(&rule.labels.value(s)));
    let severity = if page { Severity::Page } else { Severity::Ticket };
    let found = comparisons(&rule.expression);
    let tier = |pair: &[Comparison]| {
        let first = pair.first()?;
        let windows = || pair.iter().map(|c| c.window_s);
        Some(Tier {
            severity,
            long_s: windows().max()?,
            short_s: windows().min()?,
            factor: match first.budget {
                Some(_) => first.factor,
                // The limit is an error ratio by itself.
                None if budget > 0.0 => first.factor / budget,
                None => return None,
            },
            for_s: rule.for_s,
            min_bad: 0.0,
        })
    };
    found.chunks(2).filter_map(tier).collect()
}

/// Which family the tiers of one objective are, whose window is that many seconds.
pub(super) fn family(tiers: Vec<Tier>, window_s: i64) -> Alerting {
    if tiers.is_empty() {
        Alerting::Off
    } else if are_same(&tiers, &standard_tiers(window_s)) {
        Alerting::Recomputed
    } else if are_same(&tiers, &scaled_tiers(window_s)) {
        Alerting::Scaled
    } else {
        Alerting::Fixed(tiers)
    }
}

fn are_same(some: &[Tier], others: &[Tier]) -> bool {
    let same = |a: &Tier, b: &Tier| {
        let windows = |t: &Tier| (t.severity, t.long_s, t.short_s, t.for_s);
        windows(a) == windows(b) && (a.factor - b.factor).abs() <= SAME * b.factor
    };
    some.len() == others.len() && others.iter().all(|o| some.iter().any(|s| same(s, o)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn rule(severity: &str, expression: &str, for_s: i64) -> Rule {
        let labels = [("severity", severity)].into_iter().collect();
        Rule { expression: expression.into(), labels, for_s, alerts: true, ..Rule::default() }
    }

    fn pair(short: &str, long: &str, limit: &str) -> String {
        format!("(a:burnrate{short} > ({limit}) and a:burnrate{long} > ({limit}))")
    }

    #[test]
    fn fixed_windows_with_factors_by_the_period_are_recomputed() {
        let page = format!("{} or {}", pair("5m", "1h", "13.44 * 0.001"), pair("30m", "6h", "5.6 * 0.001"));
        let ticket = format!("{} or {}", pair("2h", "1d", "2.8 * 0.001"), pair("6h", "3d", "0.9333333333 * 0.001"));
        let tiers = || [of(&rule("page", &page, 0), 0.001), of(&rule("ticket", &ticket, 0), 0.001)].concat();
        assert_eq!(family(tiers(), 28 * DAY), Alerting::Recomputed);
        assert!(matches!(family(tiers(), 30 * DAY), Alerting::Fixed(tiers) if tiers.len() == 4));
    }

    #[test]
    fn fixed_factors_with_windows_by_the_period_are_scaled() {
        let all = [("critical", "5m", "1h4m", 14, 120), ("critical", "32m", "6h26m", 7, 960)];
        let more = [("warning", "2h9m", "1d1h43m", 2, 3_840), ("warning", "6h26m", "4d6h51m", 1, 11_580)];
        let tier = |(severity, short, long, factor, wait): (&str, &str, &str, i32, i64)| {
            of(&rule(severity, &pair(short, long, &format!("{factor} * (1 - 0.99)")), wait), 0.01)
        };
        let tiers: Vec<Tier> = all.into_iter().chain(more).flat_map(tier).collect();
        assert_eq!(family(tiers, 30 * DAY), Alerting::Scaled);
    }

    #[test]
    fn a_tier_of_one_window_and_a_limit_in_plain_numbers_are_kept_as_written() {
        let tiers = of(&rule("page", "a:burnrate1h > 0.02", 60), 0.001);
        assert_eq!((tiers.len(), tiers[0].long_s, tiers[0].short_s, tiers[0].for_s), (1, 3_600, 3_600, 60));
        assert!((tiers[0].factor - 20.0).abs() < 1e-9);
        assert!(of(&rule("page", "a:burnrate1h > 0.02", 60), 0.0).is_empty());
        assert_eq!(family(Vec::new(), DAY), Alerting::Off);
    }
}
