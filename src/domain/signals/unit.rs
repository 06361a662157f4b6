//! What a value is measured in, and how it is written in a few columns. Refuses to guess a unit from a name.

/// What a value is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    PerSecond,
    /// A part of a whole: 1 is all of it.
    Share,
    Bytes,
    Number,
}

/// How a configuration writes a unit: the word, what it is, and what a value is multiplied with.
pub const WORDS: [(&str, Unit, f64); 9] = [
    ("s", Unit::Seconds, 1.0),
    ("ms", Unit::Seconds, 1e-3),
    ("us", Unit::Seconds, 1e-6),
    ("/s", Unit::PerSecond, 1.0),
    ("/min", Unit::PerSecond, 1.0 / 60.0),
    ("ratio", Unit::Share, 1.0),
    ("percent", Unit::Share, 1e-2),
    ("bytes", Unit::Bytes, 1.0),
    ("number", Unit::Number, 1.0),
];

const KILO: [&str; 5] = ["", "k", "M", "G", "T"];
const KIBI: [&str; 6] = [" B", " KiB", " MiB", " GiB", " TiB", " PiB"];

impl Unit {
    /// The unit of a word, and its factor.
    pub fn read(word: &str) -> Option<(Self, f64)> {
        WORDS.iter().find(|(w, _, _)| *w == word).map(|(_, unit, scale)| (*unit, *scale))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::PerSecond => "/s",
            Self::Share => "ratio",
            Self::Bytes => "bytes",
            Self::Number => "number",
        }
    }

    /// `412 ms`, `8.4 s`, `1.2k/s`, `31 %`, `4.0 GiB`; three digits at most say it all.
    pub fn write(self, value: f64) -> String {
        if !value.is_finite() {
            return "--".into();
        }
        match self {
            Self::Seconds => seconds(value),
            Self::PerSecond => format!("{}/s", scaled(value, 1e3, &KILO)),
            Self::Share => format!("{} %", digits(value * 100.0)),
            Self::Bytes => scaled(value, 1024.0, &KIBI),
            Self::Number => scaled(value, 1e3, &KILO),
        }
    }
}

fn seconds(value: f64) -> String {
    match value.abs() {
        0.0 => "0 s".into(),
        v if v < 0.999_5e-3 => format!("{} us", digits(value * 1e6)),
        v if v < 0.999_5 => format!("{} ms", digits(value * 1e3)),
        v if v < 600.0 => format!("{} s", digits(value)),
        _ => format!("{} min", digits(value / 60.0)),
    }
}

fn scaled(value: f64, base: f64, names: &[&str]) -> String {
    let mut left = value;
    let mut name = 0;
    while left.abs() >= base * 0.999_5 && name + 1 < names.len() {
        left /= base;
        name += 1;
    }
    format!("{}{}", digits(left), names[name])
}

fn digits(value: f64) -> String {
    match value.abs() {
        v if v < 1e-9 => "0".into(),
        v if v < 0.095 => format!("{value:.2}"),
        v if v < 9.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_short_and_says_what_it_is() {
        let cases = [
            (Unit::Seconds, 0.412, "412 ms"),
            (Unit::Seconds, 8.4, "8.4 s"),
            (Unit::Seconds, 0.999_9, "1.0 s"),
            (Unit::Seconds, 42e-6, "42 us"),
            (Unit::PerSecond, 182.4, "182/s"),
            (Unit::PerSecond, 12_300.0, "12k/s"),
            (Unit::PerSecond, 0.02, "0.02/s"),
            (Unit::Share, 0.31, "31 %"),
            (Unit::Share, 0.0, "0 %"),
            (Unit::Bytes, 4.0 * 1024.0 * 1024.0 * 1024.0, "4.0 GiB"),
            (Unit::Number, 1e30, "1000000000000000000T"),
            (Unit::Number, f64::NAN, "--"),
        ];
        for (unit, value, text) in cases {
            assert_eq!(unit.write(value), text, "{value}");
        }
    }

    #[test]
    fn a_word_brings_its_factor() {
        assert_eq!(Unit::read("ms"), Some((Unit::Seconds, 1e-3)));
        assert_eq!(Unit::read("percent"), Some((Unit::Share, 1e-2)));
        assert_eq!(Unit::read("furlong"), None);
    }
}
