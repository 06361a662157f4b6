//! The error budget policy: when releases stop, when somebody is warned, which incidents need a postmortem.

use super::assess::Assessment;
use crate::domain::Time;

/// Limits as shares of the budget. The Workbook's example policy is the default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Releases stop while this much or less is left.
    pub freeze_at: f64,
    /// A warning while this much or less is left.
    pub warn_at: f64,
    /// An incident that took more than this needs a postmortem.
    pub postmortem_over: f64,
    /// Whether planned maintenance is left out of what is judged.
    pub adjusted: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { freeze_at: 0.0, warn_at: 0.25, postmortem_over: 0.2, adjusted: false }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    Ok,
    Warn,
    Freeze,
    /// Nothing is known: neither a reason to stop nor one to go on.
    Unknown,
}

impl Stance {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Freeze => "FREEZE",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// Where an SLO stands with its policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    pub stance: Stance,
    /// When the events that are still in the window had spent down to the limit.
    pub since: Option<Time>,
    /// When a freeze is expected to end.
    pub until: Option<Time>,
}

impl Policy {
    /// `freeze ⇔ R <= freeze_at`; `warn ⇔ freeze_at < R <= warn_at`.
    pub fn stance(&self, remaining: Option<f64>) -> Stance {
        match remaining {
            None => Stance::Unknown,
            Some(left) if left <= self.freeze_at => Stance::Freeze,
            Some(left) if left <= self.warn_at => Stance::Warn,
            Some(_) => Stance::Ok,
        }
    }

    /// The names of those that took more than `postmortem_over`, sorted; exactly as much is not more.
    pub fn postmortems<'a>(&self, incidents: impl IntoIterator<Item = (&'a str, f64)>) -> Vec<&'a str> {
        let over = incidents.into_iter().filter(|(_, share)| *share > self.postmortem_over);
        let mut names: Vec<&str> = over.map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    pub fn standing(&self, numbers: &Assessment) -> Standing {
        let stance = self.stance(numbers.remaining);
        let limit = match stance {
            Stance::Freeze => self.freeze_at,
            Stance::Warn => self.warn_at,
            Stance::Ok | Stance::Unknown => return Standing { stance, since: None, until: None },
        };
        let below = numbers.burn_down.iter().find(|(_, left)| left.is_some_and(|l| l <= limit));
        let until = if stance == Stance::Freeze { numbers.recovers_at } else { None };
        Standing { stance, since: below.map(|(at, _)| *at), until }
    }
}
