//! What may be believed: the one word over everything, and the counts it stands on.

use crate::domain::{alert::Severity, source::SourceState};

use super::{
    World,
    sources::{SourceStatus, Standing},
};

/// The worst thing that is true now; `Unknown` outranks calm, and burning outranks not knowing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every source is live and nothing burns.
    Calm,
    /// Something burns, and somebody is on each of it; every source is live.
    Owned,
    /// Only warnings or lesser burn, and every source is live.
    Warning,
    /// Something could not be read.
    Unknown,
    /// A critical alert or an error burns without an owner.
    Critical,
}

impl World {
    /// The verdict on all that is known now.
    pub fn verdict(&self) -> Verdict {
        let unowned = |worst: &[Severity]| worst.iter().any(|s| self.board.burning(*s) > 0);
        if unowned(&[Severity::Critical, Severity::Error]) {
            Verdict::Critical
        } else if self.is_blind() {
            Verdict::Unknown
        } else if unowned(&Severity::ALL) {
            Verdict::Warning
        } else if self.board.acked() > 0 {
            Verdict::Owned
        } else {
            Verdict::Calm
        }
    }

    /// Whether anything that was configured cannot be read now.
    pub fn is_blind(&self) -> bool {
        self.sources.is_empty() || self.sources.iter().any(|s| s.is_blind() || !s.missing_members.is_empty())
    }

    /// The state of a source as JSON answers name it; one that never answered is unreachable so far.
    pub fn state_of(standing: Standing) -> SourceState {
        match standing {
            Standing::Connecting => SourceState::Unreachable,
            Standing::Is(state) => state,
        }
    }
}

impl SourceStatus {
    /// What keeps a source from having told everything.
    pub fn trouble(&self) -> Option<String> {
        if let Some(error) = &self.error {
            return Some(error.to_string());
        }
        if let Some((member, error)) = self.missing_members.first() {
            let others = self.missing_members.len() - 1;
            let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
            return Some(format!("member {}{more} {error}", member.line()));
        }
        // A clock that is wrong hides nothing, nor does a silence nobody can read: the alert stands without it.
        let hides = |at: &str| at.contains("alerts[") || at == "answer";
        let hidden = self.problems.iter().find(|p| hides(p.at.raw()))?;
        Some(format!("not everything could be read: {}: {}", hidden.at.line(), hidden.why.line()))
    }
}
