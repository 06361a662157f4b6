//! Which service an objective is about, as its own queries select it. Refuses to guess where they name none: then the
//! service's name must do.

use crate::{
    domain::{
        label::Labels,
        matcher::{is_classic, quote},
        slo::{Measure, Slo},
    },
    sources::prometheus::promql::{self, Piece},
};

/// Labels that say which service it is, the surest first.
const STRONG: [&str; 9] =
    ["job", "service", "service_name", "app", "app_kubernetes_io_name", "container", "deployment", "instance", "host"];
/// Labels that only narrow it down.
const WEAK: [&str; 9] =
    ["namespace", "service_namespace", "cluster", "env", "environment", "region", "zone", "stage", "tenant"];
/// Where the queries name no service, these labels may hold its name.
const BY_NAME: [&str; 4] = ["job", "service", "service_name", "app"];

/// Who is looked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Identity {
    /// Any one of these makes a series the service's.
    pub(super) strong: Vec<(String, String)>,
    /// No series may have another value of these.
    pub(super) weak: Vec<(String, String)>,
    /// The metrics of the objective's own queries.
    pub(super) metrics: Vec<String>,
    /// The service's name.
    pub(super) service: String,
}

impl Identity {
    pub(super) fn of(slo: &Slo) -> Self {
        let service = slo.service.raw().to_owned();
        let mut identity = Self { strong: Vec::new(), weak: Vec::new(), metrics: Vec::new(), service };
        for selector in queries(slo).iter().flat_map(|q| promql::selectors(q).unwrap_or_default()) {
            identity.learn(&selector);
        }
        for (label, value) in slo.group.iter() {
            identity.add(label.raw(), value.raw());
        }
        if identity.strong.is_empty() {
            let service = identity.service.clone();
            BY_NAME.iter().for_each(|label| identity.add(label, &service));
        }
        identity.strong.sort_by_key(|(n, _)| STRONG.iter().position(|s| s == n));
        identity
    }

    fn learn(&mut self, selector: &str) {
        let (name, inside) = selector.trim_end().trim_end_matches('}').split_once('{').unwrap_or((selector, ""));
        let name = name.trim();
        if is_classic(name) && !name.contains(':') && !self.metrics.iter().any(|m| m == name) {
            self.metrics.push(name.to_owned());
        }
        equalities(inside).iter().for_each(|(label, value)| self.add(label, value));
    }

    /// The first value of a label counts.
    fn add(&mut self, label: &str, value: &str) {
        let into = match label {
            l if STRONG.contains(&l) => &mut self.strong,
            l if WEAK.contains(&l) => &mut self.weak,
            _ => return,
        };
        if !value.is_empty() && !into.iter().any(|(n, _)| n == label) {
            into.push((label.to_owned(), value.to_owned()));
        }
    }

    /// The matchers of what has these labels: all that agree. None where it is somebody else's.
    pub(super) fn selects(&self, labels: &Labels) -> Option<String> {
        let there = |(name, _): &&(String, String)| labels.get(name).is_some();
        let agrees = |(name, value): &&(String, String)| labels.value(name) == value;
        let named = self.strong.iter().filter(agrees).count();
        let others = self.weak.iter().filter(there).any(|p| !agrees(&p));
        if named == 0 || others {
            return None;
        }
        let all = self.strong.iter().filter(agrees).chain(self.weak.iter().filter(agrees));
        Some(all.map(|(n, v)| format!("{n}={}", quote(v))).collect::<Vec<_>>().join(","))
    }

    pub(super) fn weak(&self, name: &str) -> Option<&str> {
        self.weak.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The labels that are asked for, so that [`Self::selects`] can judge.
    pub(super) fn labels(&self) -> Vec<&str> {
        self.strong.iter().chain(&self.weak).map(|(n, _)| n.as_str()).collect()
    }

    pub(super) fn words(&self) -> String {
        let all: Vec<String> = self.strong.iter().map(|(n, v)| format!("{n}={}", quote(v))).collect();
        all.join(" or ")
    }
}

fn queries(slo: &Slo) -> Vec<String> {
    match &slo.indicator.measure {
        Measure::Events { counted, total, .. } => vec![total.clone(), counted.query().to_owned()],
        Measure::Ratio(counted) => vec![counted.query().to_owned()],
        Measure::Threshold { query, .. } => vec![query.clone()],
        Measure::Parts => Vec::new(),
    }
}

/// `name="value"` among the matchers of a selector.
fn equalities(inside: &str) -> Vec<(String, String)> {
    let pieces: Vec<Piece> = promql::scan(inside).unwrap_or_default();
    let pieces: Vec<Piece> = pieces.into_iter().filter(|p| !matches!(p, Piece::Gap(_))).collect();
    let found = pieces.windows(3).filter_map(|three| match three {
        [Piece::Word(name), Piece::Sign("="), Piece::Literal(text)] => Some(((*name).to_owned(), unquoted(text))),
        _ => None,
    });
    found.collect()
}

/// What a string literal says.
fn unquoted(literal: &str) -> String {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if literal.starts_with('`') {
        return inner.to_owned();
    }
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => out.push('\n'),
            (_, Some('t')) => out.push('\t'),
            (_, Some(escaped)) => out.push(escaped),
            (c, None) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        slo::{Counted, Indicator, Objective, Window},
        text::SafeText,
    };

    fn identity(total: &str) -> Identity {
        let indicator = Indicator::events(Counted::Bad(String::new()), total, true);
        let slo = Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator);
        Identity::of(&Slo { service: SafeText::new("shop"), ..slo })
    }

    #[test]
    fn the_queries_say_who_it_is() {
        let found = identity(r#"sum(rate(http_requests_total{job='api',namespace="a\"b",code=~"5..",path="/"}[5m]))"#);
        assert_eq!(found.strong, [("job".to_owned(), "api".to_owned())]);
        assert_eq!(
            (found.weak("namespace"), found.metrics.as_slice()),
            (Some("a\"b"), ["http_requests_total".to_owned()].as_slice())
        );
    }

    #[test]
    fn where_they_name_nobody_the_service_must_do() {
        let found = identity("up");
        assert_eq!(found.words(), r#"job="shop" or service="shop" or service_name="shop" or app="shop""#);
    }

    #[test]
    fn what_is_somebody_elses_is_left_alone() {
        let who = identity(r#"x{job="api",namespace="shop"}"#);
        let selects = |pairs: &[(&str, &str)]| who.selects(&pairs.iter().copied().collect());
        assert_eq!(selects(&[("job", "api"), ("namespace", "shop")]).unwrap(), r#"job="api",namespace="shop""#);
        assert_eq!(selects(&[("job", "api")]).unwrap(), r#"job="api""#);
        assert_eq!(selects(&[("job", "api"), ("namespace", "other")]), None);
        assert_eq!(selects(&[("namespace", "shop")]), None);
    }
}
