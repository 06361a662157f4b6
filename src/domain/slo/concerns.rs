//! Which objective an alert is about, by the labels that generators of burn-rate alerts put on it.

use super::Slo;
use crate::domain::label::Labels;

/// Labels that name an objective, by its id or its name.
const NAMES: [&str; 5] = ["slo", "slo_id", "slo_name", "sloth_id", "sloth_slo"];
/// Labels that name the service.
const SERVICES: [&str; 2] = ["service", "sloth_service"];

/// The labels of an alert by which an objective can be told from it once it has left the board.
pub fn naming(labels: &Labels) -> impl Iterator<Item = (&'static str, &str)> {
    let names = NAMES.iter().chain(&SERVICES).map(|n| (*n, labels.value(n)));
    names.filter(|(_, value)| !value.is_empty())
}

impl Slo {
    /// Labels, each with the value it has on an alert that is about this objective: every such alert has one of them.
    pub fn clues(&self) -> Vec<(&'static str, &str)> {
        let (id, name, service) = (self.id.as_str(), self.name.raw(), self.service.raw());
        let named = NAMES.iter().flat_map(|label| [(*label, id), (*label, name)]);
        named.chain(SERVICES.iter().map(|label| (*label, service))).filter(|(_, v)| !v.is_empty()).collect()
    }

    /// Whether these labels name this objective, and not only its service.
    pub fn is_named_by(&self, labels: &Labels) -> bool {
        NAMES.iter().map(|n| labels.value(n)).any(|v| !v.is_empty() && (v == self.id.as_str() || v == self.name.raw()))
    }

    /// Whether an alert with these labels is about this objective: it names it, or names only its service.
    pub fn concerns(&self, labels: &Labels) -> bool {
        let set = |names: &[&'static str]| -> Vec<&str> {
            names.iter().map(|n| labels.value(n)).filter(|v| !v.is_empty()).collect()
        };
        let (names, services) = (set(&NAMES), set(&SERVICES));
        let its_service = services.iter().any(|s| *s == self.service.raw());
        match names.is_empty() {
            true => its_service,
            false => names
                .iter()
                .any(|n| *n == self.id.as_str() || (*n == self.name.raw() && (its_service || services.is_empty()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        slo::{Counted, Indicator, Objective, Window},
        text::SafeText,
    };

    #[test]
    fn an_alert_is_about_the_objective_it_names_or_else_about_its_service() {
        let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
        let slo = Slo {
            service: SafeText::new("shop"),
            name: SafeText::new("checkout"),
            ..Slo::new("shop-checkout", Objective::percent("99.9").unwrap(), Window::rolling(86_400), indicator)
        };
        let about = |pairs: &[(&str, &str)]| slo.concerns(&pairs.iter().copied().collect());
        assert!(about(&[("sloth_id", "shop-checkout")]) && about(&[("slo", "checkout")]));
        assert!(about(&[("sloth_slo", "checkout"), ("sloth_service", "shop")]) && about(&[("service", "shop")]));
        assert!(
            !about(&[("slo", "checkout"), ("service", "other")]) && !about(&[("slo", "search"), ("service", "shop")])
        );
        assert!(!about(&[("alertname", "checkout")]) && !about(&[("service", "")]));
    }
}
