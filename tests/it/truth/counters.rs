//! Counters as a scraper sees them, and what they truly counted.
//!
//! An event belongs to the moment at which a scrape first shows it: nobody who reads counters can know it better. What
//! is true of a stretch of time is then
//!
//! * the growth from scrape to scrape, of all its scrapes;
//! * after a reset, the new value: what the process counted between the last scrape and its end, nobody ever saw;
//! * nothing for the first scrape of a series: it has nothing to have grown from (an error series that is born with the
//!   first error lacks that error, which is what the lint tells);
//! * nothing for the first scrape after a gap: that growth happened at no known time. A gap shrinks what is counted, the
//!   good and the bad alike, and is told as coverage.

use std::fmt::Write;

use super::HOUR;

/// A series whose scrapes are further apart has a gap, in milliseconds.
const GAP: i64 = HOUR * 1_000;

/// The same numbers every time (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// In [0, 1).
    #[allow(clippy::cast_precision_loss, reason = "53 bits are taken")]
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Events where `mean` are expected: a third more or less, whole ones.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
    pub fn events(&mut self, mean: f64) -> u64 {
        let about = mean * (0.67 + 0.66 * self.roll());
        about.floor() as u64 + u64::from(self.roll() < about.fract())
    }
}

/// One series.
#[derive(Clone)]
pub struct Counter {
    /// Name and labels, as in an exposition.
    pub series: String,
    /// Milliseconds and value, oldest first.
    pub scrapes: Vec<(i64, u64)>,
}

impl Counter {
    pub fn new(series: String) -> Self {
        Self { series, scrapes: Vec::new() }
    }

    /// What is true of `(from, to]`, Unix seconds; none without a scrape that could tell.
    pub fn grew(&self, from: i64, to: i64) -> Option<u64> {
        let first = self.scrapes.partition_point(|(at, _)| *at <= from * 1_000).max(1);
        let last = self.scrapes.partition_point(|(at, _)| *at <= to * 1_000);
        let pairs = self.scrapes.get(first - 1..last)?.windows(2).filter(|pair| pair[1].0 - pair[0].0 < GAP);
        let growth = pairs.map(|pair| match (pair[0].1, pair[1].1) {
            (before, after) if after < before => after,
            (before, after) => after - before,
        });
        growth.fold(None, |sum, grown| Some(sum.unwrap_or(0) + grown))
    }

    pub fn write(&self, out: &mut String) {
        for (at, value) in &self.scrapes {
            let _ = writeln!(out, "{} {value} {}.{:03}", self.series, at / 1_000, at % 1_000);
        }
    }
}

/// The sum over some series; none where none of them can tell.
pub fn sum<'a>(counters: impl Iterator<Item = &'a Counter>, from: i64, to: i64) -> Option<u64> {
    counters.filter_map(|c| c.grew(from, to)).reduce(|a, b| a + b)
}
