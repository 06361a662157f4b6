//! One objective as far as it is known: its definition, its counts, its numbers, and what kept it from being counted.

use std::sync::Arc;

use super::{Slo, assess::Assessment, history::History};
use crate::domain::{Time, text::SafeText};

#[derive(Clone, Debug)]
pub struct BudgetRow {
    pub slo: Arc<Slo>,
    /// None where it was never counted.
    pub numbers: Option<Arc<Assessment>>,
    /// The counts on which every number stands.
    pub history: Arc<History>,
    /// What a generator's rules say, where there are any.
    pub recorded: Option<Recorded>,
    /// Why this one cannot be counted, while others can.
    pub trouble: Option<Trouble>,
}

/// Numbers that a backend's rules recorded: cheap, and only as exact as the rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    pub at: Time,
    /// In (-inf, 1].
    pub remaining: Option<f64>,
    /// By [`super::assess::BURN_WINDOWS`].
    pub burn: [Option<f64>; 7],
    /// Seconds since the rules were last evaluated.
    pub stale_s: Option<i64>,
    /// Seconds that the last evaluation of their group took.
    pub took_s: Option<f64>,
    /// Seconds between two evaluations.
    pub every_s: Option<f64>,
}

/// What is wrong with one objective's counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub what: SafeText,
    /// A recording rule that would help, as YAML to paste.
    pub rule: Option<SafeText>,
}

impl BudgetRow {
    pub fn numbers(&self) -> Option<&Assessment> {
        self.numbers.as_deref()
    }

    pub fn new(slo: Slo, numbers: Option<Assessment>) -> Self {
        let numbers = numbers.map(Arc::new);
        Self { slo: Arc::new(slo), numbers, history: Arc::default(), recorded: None, trouble: None }
    }
}
