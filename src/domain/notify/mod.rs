//! How a person is told of what happened while they look elsewhere: by which ways, when not, and in which words.
//!
//! Knows neither a terminal nor a desktop, and nothing of who carries a notice there.

mod notice;
mod quiet;

pub use self::{
    notice::{About, Notice, NoticeKind},
    quiet::Quiet,
};

use chrono::Duration;

use super::alert::Severity;

/// One way to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The terminal's bell: it passes SSH, tmux, screen and mosh.
    Bell,
    /// A notification that the terminal shows (OSC 9, 99 or 777).
    Terminal,
    /// A notification of the desktop that this runs on.
    Desktop,
    /// A program of one's own.
    Command,
}

impl Way {
    pub const ALL: [Self; 4] = [Self::Bell, Self::Terminal, Self::Desktop, Self::Command];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bell => "bell",
            Self::Terminal => "terminal",
            Self::Desktop => "desktop",
            Self::Command => "command",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == name)
    }
}

/// A set of ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways(u8);

impl Ways {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self(0b1111);

    pub fn has(self, way: Way) -> bool {
        self.0 & (1 << way as u8) != 0
    }

    #[must_use]
    pub fn with(self, way: Way) -> Self {
        Self(self.0 | 1 << way as u8)
    }

    #[must_use]
    pub fn without(self, way: Way) -> Self {
        Self(self.0 & !(1 << way as u8))
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What is told by which way, and when it waits.
#[derive(Clone, Debug)]
pub struct Rules {
    /// By severity, in the order of [`Severity::ALL`].
    pub routes: [Ways; Severity::ALL.len()],
    pub quiet: Option<Quiet>,
    /// Severities that are told in quiet hours all the same.
    pub except: Vec<Severity>,
    /// How long "I am awake" lifts quiet hours.
    pub awake: Duration,
    /// Whether a notice says more than names and counts: it may be read on a lock screen.
    pub detail: bool,
}

impl Default for Rules {
    /// Criticals and errors by every way, nothing else, at every hour.
    fn default() -> Self {
        Self {
            routes: [Ways::ALL, Ways::ALL, Ways::NONE, Ways::NONE, Ways::NONE],
            quiet: None,
            except: vec![Severity::Critical],
            awake: Duration::hours(2),
            detail: false,
        }
    }
}

impl Rules {
    pub fn ways(&self, severity: Severity) -> Ways {
        self.routes[severity as usize]
    }

    /// Whether a severity is not told at this moment.
    pub fn hushes(&self, severity: Severity, at: super::Time) -> bool {
        self.quiet.as_ref().is_some_and(|q| q.is_on(at)) && !self.except.contains(&severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_a_set() {
        let ways = Ways::NONE.with(Way::Bell).with(Way::Command);
        let named: Vec<&str> = Way::ALL.into_iter().filter(|w| ways.has(*w)).map(Way::as_str).collect();
        assert_eq!(named, ["bell", "command"]);
        assert!(ways.without(Way::Bell).without(Way::Command).is_empty());
        assert!(Way::ALL.into_iter().all(|w| Ways::ALL.has(w) && Way::from_name(w.as_str()) == Some(w)));
    }
}
