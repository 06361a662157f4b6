//! The numbers by which things are named: given once, in the order of their first mention, and never to another thing.

use std::collections::BTreeMap;

use crate::{
    app::{desk::naming::Naming, world::silences::SilenceId},
    domain::{alert::AlertId, incident::IncidentId, slo::SloId},
};

/// Things of one kind.
#[derive(Debug)]
struct Shelf<T> {
    all: Vec<T>,
    place: BTreeMap<T, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { all: Vec::new(), place: BTreeMap::new() }
    }
}

impl<T: Clone + Ord> Shelf<T> {
    fn number(&mut self, thing: &T) -> usize {
        if let Some(place) = self.place.get(thing) {
            return place + 1;
        }
        self.place.insert(thing.clone(), self.all.len());
        self.all.push(thing.clone());
        self.all.len()
    }

    fn get(&self, number: usize) -> Option<&T> {
        self.all.get(number.checked_sub(1)?)
    }
}

/// All numbers that were told.
#[derive(Debug, Default)]
pub struct Numbers {
    alerts: Shelf<AlertId>,
    budgets: Shelf<SloId>,
    entries: Shelf<String>,
    silences: Shelf<SilenceId>,
    incidents: Shelf<IncidentId>,
}

impl Numbers {
    /// `3`
    pub fn alert(&mut self, id: &AlertId) -> String {
        self.alerts.number(id).to_string()
    }

    /// The number of an alert that has one.
    pub fn of_alert(&self, id: &AlertId) -> Option<usize> {
        self.alerts.place.get(id).map(|place| place + 1)
    }

    /// `b1`
    pub fn budget(&mut self, id: &SloId) -> String {
        format!("b{}", self.budgets.number(id))
    }

    /// `e7`
    pub fn entry(&mut self, id: &str) -> String {
        format!("e{}", self.entries.number(&id.to_owned()))
    }

    /// `s2`
    pub fn silence(&mut self, id: &SilenceId) -> String {
        format!("s{}", self.silences.number(id))
    }

    /// `i1`
    pub fn incident(&mut self, id: &IncidentId) -> String {
        format!("i{}", self.incidents.number(id))
    }

    /// What a word names, where it is a number at all.
    ///
    /// # Errors
    /// Where nothing has that number.
    pub fn named(&self, word: &str) -> Option<Result<Naming, String>> {
        let digits = word.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let number: usize = digits.parse().ok()?;
        let kind = &word[..word.len() - digits.len()];
        let pick = match kind {
            "" => self.alerts.get(number).map(|id| Naming::Alerts(vec![id.clone()])),
            "b" => self.budgets.get(number).map(|id| Naming::Budget(id.clone())),
            "e" => self.entries.get(number).map(|id| Naming::Entry(id.clone())),
            "s" => self.silences.get(number).map(|id| Naming::Silence(id.clone())),
            "i" => self.incidents.get(number).map(|id| Naming::Incident(id.clone())),
            _ => return None,
        };
        let (list, what) = match kind {
            "b" => ("budgets", "budget"),
            "e" => ("timeline", "entry"),
            "s" => ("silences", "silence"),
            "i" => ("incidents", "incident"),
            _ => ("alerts", "alert"),
        };
        Some(pick.ok_or_else(|| format!("no {what} has the number {word}; `{list}` tells the numbers")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_given_once_and_means_the_same_for_ever() {
        let mut numbers = Numbers::default();
        let (a, b) = (SloId::new("a"), SloId::new("b"));
        assert_eq!([numbers.budget(&a), numbers.budget(&b), numbers.budget(&a)], ["b1", "b2", "b1"]);
        assert_eq!(numbers.named("b2"), Some(Ok(Naming::Budget(b))));
        assert!(numbers.named("b3").unwrap().unwrap_err().contains("`budgets` tells the numbers"));
        assert_eq!(numbers.named("2h"), None);
        assert_eq!(numbers.named("team=web"), None);
        assert_eq!(numbers.named("x1"), None);
    }
}
