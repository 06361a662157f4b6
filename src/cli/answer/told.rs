//! What acts in answers have in common, whatever they are about: how they ended, and how they are told.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    cli::paper::Paper,
    domain::{Time, op::Outcome, text::SafeText},
};

use super::act::{Other, Word};

/// What an answer keeps of how its act ended.
pub struct Fate<'a> {
    pub outcome: &'a mut Word,
    pub why: &'a mut Option<SafeText>,
    /// The silence that it made or ended, where an answer tells of one.
    pub silence: Option<&'a mut Option<SafeText>>,
    pub until: Option<&'a mut Option<Time>>,
    pub command: &'a mut Option<String>,
}

/// An act, planned or ended.
pub trait Told: Clone + Serialize {
    fn outcome(&self) -> Word;

    /// Why it was not done, or may not have been.
    fn because(&self) -> Option<&SafeText>;

    fn fate(&mut self) -> Fate<'_>;

    /// What a person calls it: `ack of DiskFull`.
    fn called(&self, noun: &str) -> String;

    /// As it is shown before it is sent.
    fn in_words(&self) -> String;

    fn table(answers: &[Self], paper: &Paper) -> String;

    fn why(&self) -> Cow<'_, str> {
        line(self.because())
    }

    /// How it ended otherwise than well.
    fn failed(&mut self, outcome: Word, why: SafeText) {
        let fate = self.fate();
        (*fate.outcome, *fate.why) = (outcome, Some(why));
    }

    /// It was done; what reading it back showed.
    fn confirmed(&mut self, silence: Option<SafeText>, until: Option<Time>) {
        let fate = self.fate();
        *fate.outcome = Word::Confirmed;
        if let (Some(kept), Some(silence)) = (fate.silence, silence) {
            *kept = Some(silence);
        }
        if let Some(kept) = fate.until {
            *kept = until;
        }
    }

    /// It was done, but not as it was asked for.
    fn otherwise(&mut self, why: SafeText) {
        self.failed(Word::Confirmed, why);
    }

    /// The line that would do the same by hand.
    fn by_hand(&mut self, command: String) {
        *self.fate().command = Some(command);
    }

    fn ended(mut self, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Confirmed { silence, ends_at } => self.confirmed(silence, ends_at),
            Outcome::Otherwise { why } => {
                self.confirmed(None, None);
                self.otherwise(why);
            }
            Outcome::Refused { why } => self.failed(Word::Refused, why),
            Outcome::Unknown { why } => self.failed(Word::Unknown, why),
        }
        self
    }
}

/// The line below a plan that says how to do it without Watchfire.
pub fn put_by_hand(out: &mut String, command: Option<&String>) {
    if let Some(command) = command {
        out.push_str(&format!("\n  by hand: {}", SafeText::new(command).line()));
    }
}

/// `DiskFull (am/1f3a), Other (am/9c)`.
pub fn names(others: &[Other]) -> String {
    others.iter().map(|o| format!("{} ({})", o.name.line(), o.alert)).collect::<Vec<_>>().join(", ")
}

/// A text that may not be there, on one line.
pub fn line(text: Option<&SafeText>) -> Cow<'_, str> {
    text.map(|t| t.line()).unwrap_or_default()
}
