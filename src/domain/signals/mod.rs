//! The four golden signals of the service behind an objective: how slow, how much, how wrong, how full. Knows neither
//! who answers the queries nor how they are drawn.

pub mod columns;
pub mod line;
pub mod outlook;
pub mod recipe;
pub mod tale;
pub mod template;
pub mod trend;
pub mod unit;

pub use line::{Golden, Line};
pub use outlook::Outlook;
pub use recipe::Recipe;
pub use unit::Unit;

use super::{
    slo::{BucketSpan, Slo},
    source::SourceName,
    text::SafeText,
};

/// One of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    Latency,
    Traffic,
    Errors,
    Saturation,
}

impl Signal {
    pub const ALL: [Self; 4] = [Self::Latency, Self::Traffic, Self::Errors, Self::Saturation];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Traffic => "traffic",
            Self::Errors => "errors",
            Self::Saturation => "saturation",
        }
    }

    /// Which goes first where there is no room for all: traffic stands in the strip above already.
    pub fn importance(self) -> u8 {
        match self {
            Self::Latency => 0,
            Self::Errors => 1,
            Self::Saturation => 2,
            Self::Traffic => 3,
        }
    }
}

/// What stands in a query where the length of a look back goes.
pub const WINDOW: &str = "$window";

/// One question about one signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub signal: Signal,
    /// What its row is called, in a few letters: `p99`, `disk`.
    pub name: SafeText,
    /// In the source's language, with [`WINDOW`] for the length of a look back.
    pub query: String,
    pub unit: Unit,
    /// What an answer is multiplied with to be of that unit.
    pub scale: f64,
    /// The value at which what saturates is full, in that unit.
    pub full_at: Option<f64>,
    /// Why it is asked, and what of: `[[signals]] of line 12`, `node_filesystem_avail_bytes by instance`.
    pub basis: SafeText,
    /// Whether somebody wrote it down; else it was recognised.
    pub is_configured: bool,
    /// None = the source that counts the objective.
    pub source: Option<SourceName>,
    /// What keeps it from being asked at all.
    pub fault: Option<SafeText>,
}

impl Ask {
    /// One that was recognised.
    pub fn recognised(signal: Signal, name: &str, query: String, unit: Unit, basis: &str) -> Self {
        Self {
            signal,
            name: SafeText::new(name),
            query,
            unit,
            scale: 1.0,
            full_at: (signal == Signal::Saturation).then_some(1.0),
            basis: SafeText::new(basis),
            is_configured: false,
            source: None,
            fault: None,
        }
    }

    /// The query that looks back so many seconds.
    pub fn over(&self, window: i64) -> String {
        self.query.replace(WINDOW, &format!("{window}s"))
    }

    /// Whether the value is told as it is at a moment, so that how often it is asked costs no look back.
    pub fn is_gauge(&self) -> bool {
        !self.query.contains(WINDOW)
    }
}

/// What somebody looks at: the objective that is open, and the moments of its axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub slo: Slo,
    /// What is written down for it.
    pub configured: Vec<Ask>,
    pub span: BucketSpan,
}

/// What a source knows of the signals of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognised {
    pub asks: Vec<Ask>,
    /// By what it looked, in words: `job="shop"`.
    pub looked_for: SafeText,
    /// Samples that were read for it, where the source says.
    pub samples: Option<u64>,
}

/// The values of one question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Unix seconds and value, oldest first; a moment without one is not among them.
    pub points: Vec<(i64, f64)>,
    /// Samples that were read for it, where the source says.
    pub samples: Option<u64>,
}
