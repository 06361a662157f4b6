//! What of the world an objective is about, as queries in the backend's language. Refuses to read them.

use serde::{Deserialize, Serialize};

use crate::domain::source::SourceName;

/// What a source can count. The texts are the backend's query language; empty for a source that needs none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// The source to ask; none = the first that counts.
    pub source: Option<SourceName>,
    pub measure: Measure,
    /// The counts are interpolated (`≈`): a native histogram, a threshold off a bucket's edge.
    pub estimate: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Measure {
    /// Events that are counted.
    Events {
        counted: Counted,
        total: String,
        /// Whether the queries are counters without a range, to be wrapped in `increase()`.
        counter: bool,
    },
    /// A ratio that somebody computed already: every moment weighs the same, whatever its traffic (`~`).
    Ratio(Counted),
    /// A value that is good while it compares so; time-based only.
    Threshold { query: String, op: Compare, value: f64 },
    /// A composite, which is counted through its parts.
    Parts,
}

/// Which half of the ratio the definition gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    Good(String),
    Bad(String),
}

/// How a good value compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compare {
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Compare {
    /// As PromQL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Indicator {
    pub fn events(counted: Counted, total: &str, counter: bool) -> Self {
        Self { source: None, measure: Measure::Events { counted, total: total.into(), counter }, estimate: false }
    }

    /// For a source that needs no query.
    pub fn of(source: SourceName) -> Self {
        Self { source: Some(source), ..Self::events(Counted::Bad(String::new()), "", false) }
    }

    /// Every moment weighs the same: the numbers differ from those of counted events where traffic varies.
    pub fn is_time_weighted(&self) -> bool {
        matches!(self.measure, Measure::Ratio(_) | Measure::Threshold { .. })
    }
}

impl Counted {
    pub fn query(&self) -> &str {
        match self {
            Self::Good(query) | Self::Bad(query) => query,
        }
    }
}
