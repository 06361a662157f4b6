//! What the members of one cluster tell differently: nothing is kept of an alert on which they agree.

use super::{alert::AlertState, label::Fingerprint, text::SafeText};

/// Members whose words are told apart; of a larger cluster the first.
pub const MOST: usize = 64;

/// The members of one source, and where they do not agree. Sets of members are bits, the first member's the lowest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// All that are configured, by address; empty where there is only one.
    pub names: Vec<SafeText>,
    /// Those that do not answer.
    pub away: u64,
    /// In the order of the fingerprints.
    pub dissent: Vec<Dissent>,
}

/// One alert on which they do not agree; of who is away what it said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissent {
    pub fingerprint: Fingerprint,
    /// Those that tell it at all.
    pub told: u64,
    /// Those that say it is muted.
    pub muted: u64,
}

/// What one member says of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Says(AlertState),
    Lacks,
    /// It does not answer.
    Away,
}

/// The bit of a member.
pub fn bit(member: usize) -> u64 {
    if member < MOST { 1 << member } else { 0 }
}

impl Members {
    pub fn dissent(&self, fingerprint: &Fingerprint) -> Option<&Dissent> {
        let at = self.dissent.binary_search_by(|d| d.fingerprint.cmp(fingerprint)).ok()?;
        self.dissent.get(at)
    }

    /// Each member's word on an alert whose state is known; nothing where all answer and agree.
    pub fn words(&self, fingerprint: &Fingerprint, state: AlertState) -> Vec<(&SafeText, Word)> {
        let dissent = self.dissent(fingerprint);
        if dissent.is_none() && self.away == 0 {
            return Vec::new();
        }
        let word = |bit: u64| match dissent {
            _ if self.away & bit != 0 => Word::Away,
            Some(d) if d.told & bit == 0 => Word::Lacks,
            Some(d) if d.muted & bit != 0 => Word::Says(AlertState::Suppressed),
            Some(_) => Word::Says(AlertState::Firing),
            None => Word::Says(state),
        };
        self.names.iter().take(MOST).enumerate().map(|(at, name)| (name, word(bit(at)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_agrees_is_not_kept_and_who_is_away_says_nothing() {
        let one = |name: &str, told, muted| Dissent { fingerprint: Fingerprint::new(name), told, muted };
        let names = vec!["a".into(), "b".into(), "c".into()];
        let members = Members { names, away: 0b100, dissent: vec![one("x", 0b001, 0b001), one("y", 0b011, 0b010)] };
        let words = |name: &str| -> Vec<Word> {
            members.words(&Fingerprint::new(name), AlertState::Firing).into_iter().map(|(_, word)| word).collect()
        };
        let (burns, muted) = (Word::Says(AlertState::Firing), Word::Says(AlertState::Suppressed));
        assert_eq!(words("x"), [muted, Word::Lacks, Word::Away]);
        assert_eq!(words("y"), [burns, muted, Word::Away]);
        assert_eq!(words("z"), [burns, burns, Word::Away]);
        assert!(Members { away: 0, ..members }.words(&Fingerprint::new("z"), AlertState::Firing).is_empty());
    }
}
