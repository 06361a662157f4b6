//! What may break an ack, as text and in words. Refuses to know whether it has happened.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One condition under which an ack ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreakOn {
    /// The alert gets worse than it was.
    Severity,
    /// A new alert joins its group.
    Member,
    /// It resolves and fires again.
    Refire,
    /// The budget of an objective that concerns it burns faster than this.
    Burn(Rate),
}

/// A burn rate, exact to a thousandth: 1 spends the budget in just its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u32);

impl Rate {
    /// Reads `2`, `14.4`.
    ///
    /// # Errors
    /// Where the text is no decimal number in [0.001, 1000000] with at most three decimals.
    pub fn read(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no burn rate; write it like burn>2 or burn>14.4");
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 7 || fraction.len() > 3 {
            return Err(bad());
        }
        let thousandths: u32 = format!("{whole}{fraction:0<3}").parse().map_err(|_| bad())?;
        if (1..=1_000_000_000).contains(&thousandths) { Ok(Self(thousandths)) } else { Err(bad()) }
    }

    pub fn value(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:03}", self.0 / 1_000, self.0 % 1_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl BreakOn {
    /// Reads `severity`, `member`, `refire` or `burn>N`.
    ///
    /// # Errors
    /// A sentence that says what is known.
    pub fn read(text: &str) -> Result<Self, String> {
        let word = text.trim();
        match word {
            "severity" => Ok(Self::Severity),
            "member" => Ok(Self::Member),
            "refire" => Ok(Self::Refire),
            _ => match word.strip_prefix("burn").map(str::trim_start).and_then(|rest| rest.strip_prefix('>')) {
                Some(rate) => Rate::read(rate.trim()).map(Self::Burn),
                None => Err(format!("`{word}` breaks no ack; there is severity, member, refire and burn>N")),
            },
        }
    }

    /// Reads a list with commas; nothing at all, or `none`, is none.
    ///
    /// # Errors
    /// As [`BreakOn::read`].
    pub fn read_all(text: &str) -> Result<Vec<Self>, String> {
        if matches!(text.trim(), "" | "none") {
            return Ok(Vec::new());
        }
        let words = text.split(',').filter(|w| !w.trim().is_empty());
        Ok(sorted(words.map(Self::read).collect::<Result<_, _>>()?))
    }

    fn words(self) -> String {
        match self {
            Self::Severity => "its severity rises".into(),
            Self::Member => "a new alert joins its group".into(),
            Self::Refire => "it resolves and fires again".into(),
            Self::Burn(rate) => format!("an error budget burns faster than {rate}x"),
        }
    }
}

/// Each once, in the order of the text form.
pub fn sorted(mut conditions: Vec<BreakOn>) -> Vec<BreakOn> {
    conditions.sort_unstable();
    conditions.dedup();
    conditions
}

/// `severity,refire,burn>2`.
pub fn text(conditions: &[BreakOn]) -> String {
    conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// "breaks when its severity rises, or when it resolves and fires again".
pub fn in_words(conditions: &[BreakOn]) -> String {
    if conditions.is_empty() {
        return "nothing breaks it before its end".into();
    }
    let all: Vec<String> = conditions.iter().map(|c| format!("when {}", c.words())).collect();
    format!("breaks {}", all.join(", or "))
}

impl fmt::Display for BreakOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Severity => f.write_str("severity"),
            Self::Member => f.write_str("member"),
            Self::Refire => f.write_str("refire"),
            Self::Burn(rate) => write!(f, "burn>{rate}"),
        }
    }
}

impl Serialize for BreakOn {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BreakOn {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::read(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_survive_their_text_form_and_say_what_is_wrong() {
        for (given, kept) in [
            ("severity, refire", "severity,refire"),
            ("burn > 2.50,member,severity,member", "severity,member,burn>2.5"),
            ("burn>14.4", "burn>14.4"),
            ("none", ""),
            (" , ", ""),
        ] {
            let read = BreakOn::read_all(given).unwrap();
            assert_eq!(text(&read), kept, "{given}");
            assert_eq!(BreakOn::read_all(kept).unwrap(), read);
        }
        for wrong in ["burn", "burn>", "burn>0", "burn>-1", "burn>1e3", "burn>1.2345", "burn>NaN", "sevrity", "burn>."]
        {
            assert!(BreakOn::read_all(wrong).is_err(), "{wrong}");
        }
        assert!(BreakOn::read("sevrity").unwrap_err().contains("severity, member, refire and burn>N"));
    }

    #[test]
    fn conditions_are_told_in_words() {
        let all = BreakOn::read_all("severity,burn>2").unwrap();
        assert_eq!(in_words(&all), "breaks when its severity rises, or when an error budget burns faster than 2x");
        assert_eq!(in_words(&[]), "nothing breaks it before its end");
    }
}
