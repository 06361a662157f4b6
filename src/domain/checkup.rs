//! What the login of a source turned out to be: as whom it asks, what it may do and what not, how much it may still ask.
//!
//! Knows no vendor and no wire.

use super::{Time, text::SafeText};

/// The right on which acks by silences stand.
pub const SILENCES: &str = "write silences";

/// All that a source can tell of its own connection; what it cannot is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// As whom, in words.
    pub login: Option<SafeText>,
    /// In the order in which they are to be read.
    pub rights: Vec<Right>,
    pub allowance: Option<Allowed>,
}

/// One thing that a login may do, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// As a sentence goes on: `write silences`.
    pub to: SafeText,
    pub lack: Option<Lack>,
}

/// Why it may not, and what somebody does about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    pub why: SafeText,
    pub advice: SafeText,
}

/// What a server still allows, by its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    pub left: u64,
    pub of: Option<u64>,
    /// When all of it is there again.
    pub full_at: Time,
}

impl Right {
    pub fn held(to: impl AsRef<str>) -> Self {
        Self { to: SafeText::new(to.as_ref()), lack: None }
    }

    pub fn lacking(to: impl AsRef<str>, why: impl AsRef<str>, advice: impl AsRef<str>) -> Self {
        let lack = Lack { why: SafeText::new(why.as_ref()), advice: SafeText::new(advice.as_ref()) };
        Self { to: SafeText::new(to.as_ref()), lack: Some(lack) }
    }

    /// Held or not.
    pub fn of(to: &str, is_held: bool, why: &str, advice: &str) -> Self {
        if is_held { Self::held(to) } else { Self::lacking(to, why, advice) }
    }
}

impl Checkup {
    /// As whom, and nothing else.
    pub fn by(login: impl AsRef<str>) -> Self {
        let login = Some(SafeText::new(login.as_ref())).filter(|l| !l.raw().trim().is_empty());
        Self { login, ..Self::default() }
    }

    pub fn with(mut self, right: Right) -> Self {
        self.rights.push(right);
        self
    }

    pub fn allowed(self, allowance: Option<Allowed>) -> Self {
        Self { allowance, ..self }
    }
}

impl std::fmt::Display for Allowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} requests left", self.left)?;
        if let Some(of) = self.of {
            write!(f, " of {of}")?;
        }
        write!(f, " until {} UTC", self.full_at.format("%H:%M:%S"))
    }
}

impl Allowed {
    /// Whether it is so little that reading will soon have to wait: a tenth is kept for what people do.
    pub fn is_little(&self) -> bool {
        self.of.is_some_and(|of| self.left.saturating_mul(5) < of)
    }
}
