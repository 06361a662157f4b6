//! Lengths of time in OpenSLO's shorthand: a whole number and one unit, whose case matters.

use crate::domain::slo::calendar::Step;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A rolling month, quarter and year have 30, 90 and 365 days, as in the format's own library.
const UNITS: [(&str, i64, &[&str]); 7] = [
    ("m", MINUTE, &["minute"]),
    ("h", HOUR, &["hour"]),
    ("d", DAY, &["day"]),
    ("w", 7 * DAY, &["week"]),
    ("M", 30 * DAY, &["month"]),
    ("Q", 90 * DAY, &["quarter"]),
    ("Y", 365 * DAY, &["year"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Length {
    number: u32,
    /// Index in [`UNITS`].
    unit: usize,
}

impl Length {
    /// # Errors
    /// Says what was expected.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("duration `{text}` is none; write it like 28d, 4w or 1M (units m h d w M Q Y)");
        let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number = text[..digits].parse().map_err(|_| wrong())?;
        let unit = UNITS.iter().position(|(unit, ..)| *unit == &text[digits..]).ok_or_else(wrong)?;
        Ok(Self { number, unit })
    }

    /// As v1alpha writes it: a count and the unit as a word. Seconds are whole minutes or nothing.
    ///
    /// # Errors
    /// Says which units there are.
    pub fn of_unit(count: &str, unit: &str) -> Result<Self, String> {
        let number: u32 = count.parse().map_err(|_| format!("count `{count}` is no whole number above 0"))?;
        let lower = unit.to_ascii_lowercase();
        let word = lower.strip_suffix('s').unwrap_or(&lower);
        if word == "second" {
            return match number % 60 {
                0 => Ok(Self { number: number / 60, unit: 0 }),
                _ => Err(format!("{number} seconds are no whole minutes")),
            };
        }
        let place = UNITS.iter().position(|(_, _, words)| words.contains(&word));
        let unit = place.ok_or_else(|| format!("unit `{unit}` is none of Second, Day, Week, Month, Quarter, Year"))?;
        Ok(Self { number, unit })
    }

    pub fn seconds(self) -> i64 {
        i64::from(self.number).saturating_mul(UNITS[self.unit].1)
    }

    /// The period of a calendar; none where it is no time at all.
    pub fn step(self) -> Option<Step> {
        let times = |n: u32| self.number.checked_mul(n).filter(|n| *n > 0);
        match UNITS[self.unit].0 {
            "m" => times(1).map(Step::Minutes),
            "h" => times(60).map(Step::Minutes),
            "d" => times(1).map(Step::Days),
            "w" => times(7).map(Step::Days),
            "M" => times(1).map(Step::Months),
            "Q" => times(3).map(Step::Months),
            _ => times(12).map(Step::Months),
        }
    }

    /// What was probably meant by a window that is far too short.
    pub fn month_meant(self) -> Option<String> {
        (UNITS[self.unit].0 == "m" && self.number <= 12).then(|| {
            let n = self.number;
            let s = if n == 1 { "" } else { "s" };
            format!("`{n}m` is {n} minute{s}; for {n} month{s} write `{n}M`")
        })
    }
}
