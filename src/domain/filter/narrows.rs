//! Whether one filter lets pass only what another did: so that each letter typed is looked for in fewer rows.
//!
//! Answers no wherever it is not sure.

use super::{Filter, Node, term::Term};

impl Filter {
    /// Whether everything that passes `self` passes `older`, of the same board at the same time.
    pub fn narrows(&self, older: &Filter) -> bool {
        older.limit.is_none() && self.root.implies(&older.root)
    }
}

impl Node {
    fn implies(&self, older: &Node) -> bool {
        match (self, older) {
            (_, Self::All(old)) => old.iter().all(|o| self.implies(o)),
            (Self::Any(new), _) => new.iter().all(|n| n.implies(older)),
            (_, Self::Any(old)) if old.iter().any(|o| self.implies(o)) => true,
            (Self::All(new), _) => new.iter().any(|n| n.implies(older)),
            (Self::Is(new), Self::Is(old)) => new.implies(old),
            _ => false,
        }
    }
}

impl Term {
    /// An age grows while one types, so that what failed before may pass now.
    fn implies(&self, older: &Term) -> bool {
        match (self, older) {
            (_, Self::Age(..)) => false,
            (Self::Word(new), Self::Word(old)) => new.implies(old),
            _ => self == older,
        }
    }
}
