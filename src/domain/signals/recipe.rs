//! Queries that somebody wrote down for the signals of some services: one `[[signals]]` of the configuration.

use super::{Ask, Signal, Unit, template::Template};
use crate::domain::{
    label::Labels,
    matcher::{Matcher, all_match},
    slo::Slo,
    source::SourceName,
    text::SafeText,
};

/// Resources of one service whose saturation is told.
pub const RESOURCES_MAX: usize = 3;

/// Queries for the objectives of some services.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Only objectives of this service; none = of every one.
    pub service: Option<SafeText>,
    /// And only those with these labels.
    pub matchers: Vec<Matcher>,
    pub wanted: Vec<Wanted>,
    pub source: Option<SourceName>,
    /// Where in the file it stands.
    pub line: u32,
}

/// One query of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub signal: Signal,
    /// For its row; none = by its signal.
    pub name: Option<SafeText>,
    pub query: Template,
    pub unit: Unit,
    pub scale: f64,
    /// In what the query answers.
    pub full_at: Option<f64>,
}

impl Recipe {
    fn is_about(&self, slo: &Slo, labels: &Labels) -> bool {
        self.service.as_ref().is_none_or(|s| s.raw() == slo.service.raw()) && all_match(&self.matchers, labels)
    }
}

/// What is configured for an objective: of the first that has it, but for saturation, of which there may be several.
pub fn asks(recipes: &[Recipe], slo: &Slo) -> Vec<Ask> {
    let labels = labels(slo);
    let mut asks: Vec<Ask> = Vec::new();
    for recipe in recipes.iter().filter(|r| r.is_about(slo, &labels)) {
        for wanted in &recipe.wanted {
            let there = asks.iter().filter(|a| a.signal == wanted.signal).count();
            let most = if wanted.signal == Signal::Saturation { RESOURCES_MAX } else { 1 };
            if there < most {
                asks.push(ask(recipe, wanted, slo));
            }
        }
    }
    asks
}

fn ask(recipe: &Recipe, wanted: &Wanted, slo: &Slo) -> Ask {
    let filled = wanted.query.fill(slo);
    let default = if wanted.unit == Unit::Share { Some(1.0) } else { None };
    let full_at = wanted.full_at.map(|at| at * wanted.scale).or(default);
    Ask {
        signal: wanted.signal,
        name: wanted.name.clone().unwrap_or_else(|| SafeText::new(short(wanted.signal))),
        fault: filled.as_ref().err().map(|why| SafeText::new(why)),
        query: filled.unwrap_or_default(),
        unit: wanted.unit,
        scale: wanted.scale,
        full_at: full_at.filter(|_| wanted.signal == Signal::Saturation),
        basis: SafeText::new(&format!("[[signals]] on line {}", recipe.line)),
        is_configured: true,
        source: recipe.source.clone(),
    }
}

fn short(signal: Signal) -> &'static str {
    match signal {
        Signal::Latency => "slow",
        Signal::Traffic => "calls",
        Signal::Errors => "errors",
        Signal::Saturation => "full",
    }
}

/// What matchers look at: the labels of the definition and of its row, and what it is called.
fn labels(slo: &Slo) -> Labels {
    let named = [("service", slo.service.raw()), ("slo", slo.id.as_str()), ("name", slo.name.raw())];
    let given = slo.labels.iter().chain(slo.group.iter()).map(|(n, v)| (n.raw(), v.raw()));
    let mut all: std::collections::BTreeMap<&str, &str> = named.into_iter().collect();
    all.extend(given);
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Counted, Indicator, Objective, Window};

    fn slo() -> Slo {
        let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
        Slo {
            service: SafeText::new("shop"),
            labels: [("env", "prod")].into_iter().collect(),
            ..Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator)
        }
    }

    fn recipe(service: Option<&str>, matcher: Option<Matcher>, signal: Signal, query: &str) -> Recipe {
        let query = Template::parse(query).unwrap();
        let wanted = Wanted { signal, name: None, query, unit: Unit::Share, scale: 1e-2, full_at: Some(90.0) };
        let service = service.map(SafeText::new);
        Recipe { service, matchers: matcher.into_iter().collect(), wanted: vec![wanted], source: None, line: 7 }
    }

    #[test]
    fn the_first_that_is_about_it_wins_and_saturation_may_be_several() {
        let other = Some(Matcher::equal("env", "test"));
        let recipes = [
            recipe(Some("search"), None, Signal::Errors, "a"),
            recipe(None, other, Signal::Errors, "b"),
            recipe(Some("shop"), Some(Matcher::equal("env", "prod")), Signal::Errors, "c"),
            recipe(None, None, Signal::Errors, "d"),
            recipe(None, None, Signal::Saturation, "e"),
            recipe(None, None, Signal::Saturation, "f{a=\"$labels.none\"}"),
        ];
        let asks = asks(&recipes, &slo());
        assert_eq!(asks.iter().map(|a| a.query.as_str()).collect::<Vec<_>>(), ["c", "e", ""]);
        assert_eq!((asks[0].full_at, asks[1].full_at), (None, Some(0.9)));
        assert!(asks[2].fault.as_ref().unwrap().line().contains("no label `none`"));
    }
}
