//! What a document does not know, and why: a section of its own, so that nothing reads as well that nobody has seen.

use serde::Serialize;

use crate::domain::text::SafeText;

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blind {
    /// `source prod-eu`, `budget checkout`, `the journal`.
    pub what: SafeText,
    pub why: SafeText,
    /// Seconds since it was last read; none where it never was.
    pub age_s: Option<i64>,
}

impl Blind {
    pub fn new(what: &str, why: &str, age_s: Option<i64>) -> Self {
        Self { what: SafeText::new(what), why: SafeText::new(why), age_s }
    }
}
