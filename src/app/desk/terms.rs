//! What a person writes about an ack, of one alert or of many: the reason, how long, what breaks it.

use chrono::Duration;

use crate::domain::{
    Time,
    contract::{AckTerms, BreakOn, condition},
    duration,
    silence::end::{self, Zone},
};

use super::text::TextBuffer;

/// The field that has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    #[default]
    Reason,
    Lasts,
    BreaksOn,
}

/// The three fields.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    pub reason: TextBuffer,
    /// A length, or an end.
    pub lasts: TextBuffer,
    pub breaks_on: TextBuffer,
    pub field: Field,
    /// Where its source keeps the ack itself: whether its end can be said. What breaks it is the source's to say.
    pub keeps: Option<bool>,
    /// Why it cannot be sent as it is written.
    pub error: Option<String>,
}

impl Terms {
    pub fn new(terms: &AckTerms) -> Self {
        Self {
            lasts: TextBuffer::new(&duration::prometheus(terms.lasts.num_seconds())),
            breaks_on: TextBuffer::new(&condition::text(&terms.breaks_on)),
            ..Self::default()
        }
    }

    /// Those that can be written.
    pub fn fields(&self) -> &'static [Field] {
        match self.keeps {
            None => &[Field::Reason, Field::Lasts, Field::BreaksOn],
            Some(true) => &[Field::Reason, Field::Lasts],
            Some(false) => &[Field::Reason],
        }
    }

    /// The field that has the keys.
    pub(crate) fn text(&mut self) -> &mut TextBuffer {
        match self.field {
            Field::Reason => &mut self.reason,
            Field::Lasts => &mut self.lasts,
            Field::BreaksOn => &mut self.breaks_on,
        }
    }

    pub(crate) fn step(&mut self, on: bool) {
        let fields = self.fields();
        let at = fields.iter().position(|f| *f == self.field).unwrap_or(0);
        self.field = fields[(at + if on { 1 } else { fields.len() - 1 }) % fields.len()];
    }

    /// What is meant, with the reason why not where it is not clear.
    pub(crate) fn read(&mut self, now: Time, zone: &Zone) -> Option<AckTerms> {
        let lasts = lasts_or_end(self.lasts.as_str(), now, zone);
        let terms =
            lasts.and_then(|lasts| Ok(AckTerms { lasts, breaks_on: BreakOn::read_all(self.breaks_on.as_str())? }));
        self.error = terms.as_ref().err().cloned();
        terms.ok()
    }

    pub(crate) fn reason(&self) -> &str {
        self.reason.as_str().trim()
    }
}

/// How long an ack lasts, as a person writes it.
///
/// # Errors
/// Where it is no duration from a minute to a year.
pub fn lasts(text: &str) -> Result<Duration, String> {
    bounded(text, duration::parse(text.trim())?)
}

/// The same, or the time of its end: `2h`, `08:00`, `2026-11-22T08:00`.
fn lasts_or_end(text: &str, now: Time, zone: &Zone) -> Result<Duration, String> {
    bounded(text, end::parse(text, now, zone)? - now)
}

fn bounded(text: &str, lasts: Duration) -> Result<Duration, String> {
    if lasts <= Duration::zero() {
        return Err(format!("`{text}` is over already; an ack lasts 1m to 365d"));
    }
    let within = (Duration::minutes(1)..=Duration::days(365)).contains(&lasts);
    if within { Ok(lasts) } else { Err(format!("`{text}` is too short or too long; an ack lasts 1m to 365d")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn an_ack_lasts_for_a_length_or_until_an_end_and_never_until_a_moment_that_is_over() {
        let read = |text: &str| lasts_or_end(text, at("2026-11-21T06:30:00Z"), &Zone::UTC);
        assert_eq!(read("2h"), Ok(Duration::hours(2)));
        assert_eq!(read("08:00"), Ok(Duration::minutes(90)));
        assert_eq!(read("2026-11-22T06:30"), Ok(Duration::days(1)));
        assert!(read("2026-11-21T06:00").unwrap_err().contains("is over already"));
        assert!(read("30s").unwrap_err().contains("1m to 365d"));
        assert!(read("soon").is_err() && read("").is_err());
    }
}
