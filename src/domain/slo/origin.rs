//! Where a definition was found, and which of several stands.

use serde::{Deserialize, Serialize};

use crate::domain::text::SafeText;

/// Where a definition stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub kind: OriginKind,
    /// `slo/checkout.yaml`, the name of a rule group, the name of a source.
    pub place: SafeText,
}

/// In the order of precedence: where several describe one objective, the first stands and the others fill in what it
/// leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OriginKind {
    /// A file of the user's, whatever its format.
    OpenSlo,
    Sloth,
    Pyrra,
    /// Recovered from the expressions of a backend's rules.
    Rules,
    /// Known by the series that a generator of rules records.
    Metrics,
    /// The built-in demonstration.
    #[default]
    Sim,
}

impl OriginKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenSlo => "openslo",
            Self::Sloth => "sloth",
            Self::Pyrra => "pyrra",
            Self::Rules => "rules",
            Self::Metrics => "metrics",
            Self::Sim => "sim",
        }
    }

    /// 0 stands before 1, and that before 2: user's file, rules, metrics.
    pub fn rank(self) -> u8 {
        match self {
            Self::OpenSlo | Self::Sloth | Self::Pyrra => 0,
            Self::Rules => 1,
            Self::Metrics | Self::Sim => 2,
        }
    }
}

impl Origin {
    pub fn new(kind: OriginKind, place: &str) -> Self {
        Self { kind, place: SafeText::new(place) }
    }
}

impl std::fmt::Display for Origin {
    /// `slo/checkout.yaml (sloth)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.place.raw().is_empty() {
            return f.write_str(self.kind.as_str());
        }
        write!(f, "{} ({})", self.place.line(), self.kind.as_str())
    }
}
