//! Several descriptions of one objective made into one: the user's file stands before rules, and those before series.
//!
//! The better one's word counts wherever it says something; what it leaves open is filled in from the other.

use std::mem;

use super::{Counted, Indicator, Measure, OriginKind, Slo, burn::Alerting};
use crate::domain::text::SafeText;

/// Adds one to those that are known; where its id is known already, the two become one.
pub fn add(slos: &mut Vec<Slo>, slo: Slo) {
    match slos.iter_mut().find(|known| known.id == slo.id) {
        Some(known) => {
            let first = mem::replace(known, slo.clone());
            *known = merged(first, slo);
        }
        None => slos.push(slo),
    }
}

/// Of two of one rank the first is the better.
pub fn merged(first: Slo, second: Slo) -> Slo {
    if second.origin.kind.rank() < first.origin.kind.rank() { filled(second, first) } else { filled(first, second) }
}

fn filled(mut better: Slo, other: Slo) -> Slo {
    let id = better.id.0.clone();
    let unsaid = |text: &SafeText| text.is_empty() || *text == id;
    if unsaid(&better.service) {
        better.service = other.service;
    }
    if unsaid(&better.name) {
        better.name = other.name;
    }
    if unsaid(&better.title) || better.title == better.name && !unsaid(&other.title) {
        better.title = other.title;
    }
    // A Sloth file has no period: it is told to the generator, and stands in what that generates.
    if better.origin.kind == OriginKind::Sloth {
        better.window = other.window;
    }
    if is_open(&better.indicator) && !is_open(&other.indicator) {
        better.indicator = Indicator { source: better.indicator.source.or(other.indicator.source), ..other.indicator };
    } else if better.indicator.source.is_none() {
        better.indicator.source = other.indicator.source;
    }
    if better.alerting == Alerting::default() {
        better.alerting = other.alerting;
    }
    if better.grouping.is_empty() {
        better.grouping = other.grouping;
    }
    let more = other.labels.iter().filter(|(name, _)| better.labels.get(name.raw()).is_none());
    let more: Vec<_> = more.map(|(n, v)| (n.clone(), v.clone())).collect();
    if !more.is_empty() {
        better.labels = better.labels.iter().map(|(n, v)| (n.clone(), v.clone())).chain(more).collect();
    }
    better
}

/// Whether a definition leaves open what is counted: a plugin of a generator's, known only by the rules it made.
fn is_open(indicator: &Indicator) -> bool {
    match &indicator.measure {
        Measure::Events { counted, total, .. } => is_blank(counted.query()) && is_blank(total),
        Measure::Ratio(Counted::Good(query) | Counted::Bad(query)) => is_blank(query),
        Measure::Threshold { .. } | Measure::Parts => false,
    }
}

fn is_blank(query: &str) -> bool {
    query.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        label::Labels,
        slo::{Objective, Origin, Window},
        source::SourceName,
    };

    fn slo(kind: OriginKind, bad: &str) -> Slo {
        let indicator = Indicator::events(Counted::Bad(bad.into()), if bad.is_empty() { "" } else { "all" }, true);
        let objective = Objective::percent("99.9").unwrap();
        Slo { origin: Origin::new(kind, "here"), ..Slo::new("shop-pay", objective, Window::rolling(86_400), indicator) }
    }

    #[test]
    fn a_file_stands_before_rules_and_rules_before_series_in_whatever_order_they_come() {
        let all = [OriginKind::Metrics, OriginKind::Rules, OriginKind::OpenSlo];
        for [a, b, c] in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut known = Vec::new();
            [a, b, c].into_iter().for_each(|i| add(&mut known, slo(all[i], all[i].as_str())));
            assert_eq!(known.len(), 1);
            assert_eq!(known[0].origin.kind, OriginKind::OpenSlo);
            assert!(
                matches!(&known[0].indicator.measure, Measure::Events { counted, .. } if counted.query() == "openslo")
            );
        }
    }

    #[test]
    fn the_queries_of_a_plugin_come_from_the_rules_and_the_title_from_the_file() {
        let file = Slo { title: "Payments".into(), service: "shop".into(), ..slo(OriginKind::Sloth, "") };
        let rules =
            Slo { title: "pay".into(), window: Window::rolling(28 * 86_400), ..slo(OriginKind::Rules, "errors") };
        let one = merged(file, rules);
        assert_eq!((one.title.raw(), one.service.raw()), ("Payments", "shop"));
        assert!(matches!(&one.indicator.measure, Measure::Events { counted, .. } if counted.query() == "errors"));
        assert_eq!(one.window, Window::rolling(28 * 86_400), "a Sloth file has no period of its own");
    }

    #[test]
    fn what_the_file_says_is_never_overwritten() {
        let labels = |pairs: [(&str, &str); 1]| pairs.into_iter().collect::<Labels>();
        let file = Slo { alerting: Alerting::Off, labels: labels([("team", "a")]), ..slo(OriginKind::OpenSlo, "mine") };
        let rules = Slo {
            objective: Objective::percent("95").unwrap(),
            window: Window::rolling(7 * 86_400),
            alerting: Alerting::Scaled,
            labels: [("team", "b"), ("tier", "1")].into_iter().collect(),
            grouping: vec!["handler".into()],
            ..slo(OriginKind::Rules, "theirs")
        };
        let one = merged(rules, file.clone());
        assert_eq!((&one.objective, one.window, &one.alerting), (&file.objective, file.window, &Alerting::Off));
        assert_eq!((one.labels.value("team"), one.labels.value("tier")), ("a", "1"));
        assert_eq!(one.grouping, ["handler"]);
        assert!(matches!(&one.indicator.measure, Measure::Events { counted, .. } if counted.query() == "mine"));
    }

    #[test]
    fn a_file_without_a_source_is_counted_where_it_was_found() {
        let rules = slo(OriginKind::Rules, "errors");
        let found = Indicator { source: Some(SourceName::new("eu")), ..rules.indicator.clone() };
        let one = merged(slo(OriginKind::OpenSlo, "mine"), Slo { indicator: found, ..rules });
        assert_eq!(one.indicator.source, Some(SourceName::new("eu")));
    }
}
