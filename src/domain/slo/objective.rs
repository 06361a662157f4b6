//! The objective as decimal text, so that `1 - objective` is exact. Knows nothing that is counted.

use serde::{Deserialize, Serialize};

/// `1 - objective`, exact from decimal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Objective {
    /// The percentage as it was written, in the shortest form: `99.9`.
    text: String,
    /// Percent times `scale`.
    scaled: u64,
    scale: u64,
}

impl TryFrom<String> for Objective {
    type Error = String;

    fn try_from(percent: String) -> Result<Self, String> {
        Self::percent(&percent)
    }
}

impl From<Objective> for String {
    fn from(objective: Objective) -> Self {
        objective.text
    }
}

impl Objective {
    /// Reads a percentage: `99.9`, `99.95`, `100`.
    ///
    /// # Errors
    /// Where the text is no decimal number in (0, 100], or has more than nine decimals.
    pub fn percent(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_end_matches('%').trim();
        let bad = || format!("objective `{text}` is no percentage above 0 and up to 100, such as 99.9");
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || fraction.len() > 9 || !digits(whole) || !digits(fraction) {
            return Err(bad());
        }
        let scale = 10_u64.pow(u32::try_from(fraction.len()).unwrap_or(0));
        let scaled: u64 = format!("{whole}{fraction}").parse().map_err(|_| bad())?;
        if scaled == 0 || scaled > 100 * scale {
            return Err(bad());
        }
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let text = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
        Ok(Self { text, scaled, scale })
    }

    /// A target ratio as text: `0.999` is 99.9 %. Shifts the decimal point, so that nothing is rounded.
    ///
    /// # Errors
    /// As [`Objective::percent`].
    pub fn ratio(text: &str) -> Result<Self, String> {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let padded = format!("{fraction:0<2}");
        let bad = || format!("target `{text}` is no ratio above 0 and up to 1, such as 0.999");
        if !padded.is_char_boundary(2) {
            return Err(bad());
        }
        Self::percent(&format!("{whole}{}.{}", &padded[..2], &padded[2..])).map_err(|_| bad())
    }

    /// The objective that a number stands for after it went through binary arithmetic: 0.9990000000000001 is 99.9 %, the
    /// shortest decimal within 1e-12. None outside of (0, 1].
    pub fn nearest(ratio: f64) -> Option<Self> {
        const WITHIN: f64 = 1e-12;
        let texts = (0..=11).map(|decimals| format!("{ratio:.decimals$}"));
        let near = |text: &String| text.parse::<f64>().is_ok_and(|t| (t - ratio).abs() <= WITHIN);
        Self::ratio(&texts.into_iter().find(near)?).ok()
    }

    /// Decimal text of the percentage.
    pub fn as_percent(&self) -> &str {
        &self.text
    }

    /// β, the share that may go wrong: in [0, 1), exact to the last bit of the division.
    #[allow(clippy::cast_precision_loss, reason = "both are below 2^53")]
    pub fn budget_ratio(&self) -> f64 {
        (100 * self.scale - self.scaled) as f64 / (100 * self.scale) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_rounded_back_to_the_decimal_it_was() {
        let text = |ratio| Objective::nearest(ratio).map(|o| o.as_percent().to_owned());
        assert_eq!(text(0.999_000_000_000_000_1), Some("99.9".into()));
        assert_eq!(text(1.0 - 0.000_5), Some("99.95".into()));
        assert_eq!(text(0.999_999), Some("99.9999".into()));
        assert_eq!((text(1.0), text(0.99)), (Some("100".into()), Some("99".into())));
        for wrong in [0.0, -0.5, 1.5, 99.9, f64::NAN, f64::INFINITY, 1e-15] {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_budget_of_a_decimal_objective_is_exact() {
        let beta = |t: &str| Objective::percent(t).unwrap().budget_ratio();
        assert_eq!(beta("99.9").to_bits(), 0.001_f64.to_bits());
        assert_eq!(beta("99.95").to_bits(), 0.0005_f64.to_bits());
        assert_eq!(beta("100").to_bits(), 0.0_f64.to_bits());
        assert_eq!(Objective::ratio("0.9990").unwrap(), Objective::percent("99.9").unwrap());
        assert_eq!(Objective::ratio("1").unwrap().as_percent(), "100");
        for wrong in ["", "0", "101", "99,9", "-1", "abc", "99.12345678901"] {
            assert!(Objective::percent(wrong).is_err(), "{wrong}");
        }
    }
}
