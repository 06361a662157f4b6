//! Service level objectives: definitions, counts, and every number that follows from counts.

pub mod account;
pub mod aging;
pub mod assess;
pub mod attribution;
pub mod band;
pub mod budget;
pub mod burn;
pub mod calendar;
mod cells;
pub mod composite;
pub mod concerns;
pub mod curve;
pub mod distance;
pub mod drill;
pub mod exclusion;
pub mod explain;
pub mod forecast;
pub mod forecast_calendar;
mod future;
pub mod gate;
pub mod group;
pub mod history;
pub mod indicator;
mod judge;
pub mod merge;
pub mod meter;
pub mod method;
mod objective;
pub mod origin;
pub mod outline;
pub mod planned;
pub mod policy;
pub mod projection;
pub mod replay;
pub mod row;
pub mod sane;
pub mod series;
pub mod span;
pub mod supposed;
pub mod tale;
pub mod tally;
pub mod timeline;
pub mod whatif;
pub mod when;
pub mod whole;
pub mod window;

use serde::{Deserialize, Serialize};

pub use group::Declared;
pub use indicator::{Counted, Indicator, Measure};
pub use method::{EmptySlice, Method};
pub use objective::Objective;
pub use origin::{Origin, OriginKind};
pub use row::BudgetRow;
pub use tally::Tally;
pub use window::Window;

use super::{label::Labels, text::SafeText};
use burn::Alerting;

/// Unique over all origins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SloId(pub SafeText);

impl SloId {
    pub fn new(text: &str) -> Self {
        Self(SafeText::new(text))
    }

    pub fn as_str(&self) -> &str {
        self.0.raw()
    }
}

impl std::fmt::Display for SloId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One bucket `(end - step, end]` of counts. `None` = the series was absent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Unix seconds, a multiple of the step.
    pub end: i64,
    pub bad: Option<f64>,
    pub total: Option<f64>,
}

/// Counts of one SLO, oldest first, as a source answered them.
#[derive(Clone, Debug, PartialEq)]
pub struct CountSeries {
    pub slo: SloId,
    pub buckets: Vec<Bucket>,
}

/// Which buckets: every multiple of `step` in `(from, to]`, Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BucketSpan {
    pub from: i64,
    pub to: i64,
    /// Seconds.
    pub step: i64,
}

/// One objective of one SLO.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slo {
    pub id: SloId,
    pub service: SafeText,
    pub name: SafeText,
    /// What a person reads; the name where the definition has no other.
    pub title: SafeText,
    pub objective: Objective,
    pub window: Window,
    pub method: Method,
    pub indicator: Indicator,
    /// The burn-rate alerts that stand on it.
    pub alerting: Alerting,
    /// Labels by which the definition asks to be split into one row each; empty = one row.
    pub grouping: Vec<String>,
    /// The values of the grouping labels, in a row that was split off.
    pub group: Labels,
    /// Labels that the definition gives, to filter and to match alerts by.
    pub labels: Labels,
    /// What a composite is made of; empty for everything that is counted itself.
    pub parts: Vec<Part>,
    pub origin: Origin,
}

/// One component of a composite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub id: SloId,
    /// Above 0.
    pub weight: f64,
}

impl Slo {
    /// An objective with the Workbook's tiers that counts occurrences. Its title is its id until someone says otherwise.
    pub fn new(id: &str, objective: Objective, window: Window, indicator: Indicator) -> Self {
        let text = SafeText::new(id);
        Self {
            id: SloId(text.clone()),
            service: text.clone(),
            name: text.clone(),
            title: text,
            objective,
            window,
            method: Method::Occurrences,
            indicator,
            alerting: Alerting::default(),
            grouping: Vec::new(),
            group: Labels::default(),
            labels: Labels::default(),
            parts: Vec::new(),
            origin: Origin::default(),
        }
    }

    /// Whether it is counted through its parts.
    pub fn is_composite(&self) -> bool {
        self.indicator.measure == Measure::Parts
    }
}
