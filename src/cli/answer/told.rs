//! What acts in answers have in common, whatever they are about: how they ended, and how they are told.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    cli::paper::Paper,
    domain::{Time, op::Outcome, text::SafeText},
};

use super::act::Word;

/// An act, planned or ended.
pub trait Told: Clone + Serialize {
    fn outcome(&self) -> Word;

    /// Why it was not done, or may not have been.
    fn why(&self) -> Cow<'_, str>;

    /// What a person calls it: `ack of DiskFull`.
    fn called(&self, noun: &str) -> String;

    /// As it is shown before it is sent.
    fn in_words(&self) -> String;

    fn table(answers: &[Self], paper: &Paper) -> String;

    /// How it ended otherwise than well.
    fn failed(&mut self, outcome: Word, why: SafeText);

    /// It was done; what reading it back showed.
    fn confirmed(&mut self, silence: Option<SafeText>, until: Option<Time>);

    /// It was done, but not as it was asked for.
    fn otherwise(&mut self, why: SafeText) {
        self.failed(Word::Confirmed, why);
    }

    /// The line that would do the same by hand.
    fn by_hand(&mut self, command: String);

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

/// A text that may not be there, on one line.
pub fn line(text: Option<&SafeText>) -> Cow<'_, str> {
    text.map(|t| t.line()).unwrap_or_default()
}
