//! When what fills up is full: only where the past supports it, with the basis it stands on. Where it does not, why.

use chrono::{Duration, DurationRound};

use super::trend::{self, Trend};
use crate::domain::{Time, duration};

/// Most cleanings in a past that is still told on: what is cleaned again and again does not fill up.
const CLEANED_MAX: usize = 2;
/// How much of its rise a line may wobble by.
const NOISE_MAX: f64 = 0.15;
/// How far the slopes of both halves may be apart.
const HALVES_MAX: f64 = 3.0;
/// How many times as far as it has looked back it looks ahead.
const AHEAD: i64 = 4;
/// A rise below this share of full over the whole past is none.
const RISE_MIN: f64 = 0.005;

/// What a past says of the time to come.
#[derive(Clone, Debug, PartialEq)]
pub enum Outlook {
    IsFull,
    /// At the pace of the past.
    Full {
        at: Time,
        /// Of an interval of 90 %; no latest where the slowest pace never fills it.
        earliest: Time,
        latest: Option<Time>,
        basis: Basis,
    },
    /// It rises, and so slowly that no date can be told from so short a past.
    Far(Basis),
    Steady(Basis),
    Falls(Basis),
    /// It cannot be told, for this reason.
    Unclear(Unclear),
}

/// What a forecast stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    pub points: usize,
    /// Seconds from the first to the last.
    pub length: i64,
    /// Since it was cleaned last, and not all that was asked for.
    pub is_cleaned: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    TooShort {
        points: usize,
    },
    Cleaned {
        times: usize,
    },
    /// The points lie on no line.
    NoLine,
    /// It rises faster or slower than before.
    Bends,
}

/// What the points say about `full`; Unix seconds and values, oldest first.
pub fn outlook(points: &[(i64, f64)], full: f64) -> Outlook {
    let points: Vec<(i64, f64)> = points.iter().filter(|(_, v)| v.is_finite()).copied().collect();
    if points.last().is_some_and(|(_, v)| *v >= full) {
        return Outlook::IsFull;
    }
    let (after, cleaned) = trend::since_cleaned(&points, full);
    if cleaned > CLEANED_MAX {
        return Outlook::Unclear(Unclear::Cleaned { times: cleaned });
    }
    match trend::trend(after) {
        None => Outlook::Unclear(Unclear::TooShort { points: after.len() }),
        Some(trend) => judge(&trend, full, cleaned > 0),
    }
}

fn judge(trend: &Trend, full: f64, is_cleaned: bool) -> Outlook {
    let basis = Basis { points: trend.points, length: trend.to - trend.from, is_cleaned };
    let rise = trend.slope * float(basis.length);
    let least = RISE_MIN * full.abs();
    if rise.abs() <= least && trend.noise <= 2.0 * least.max(rise.abs()) {
        return Outlook::Steady(basis);
    }
    if trend.noise > NOISE_MAX * rise.abs() || (trend.low < 0.0) != (trend.high < 0.0) {
        return Outlook::Unclear(Unclear::NoLine);
    }
    if trend.slope < 0.0 {
        return Outlook::Falls(basis);
    }
    let (early, late) = trend.halves;
    if early <= 0.0 || late <= 0.0 || early > late * HALVES_MAX || late > early * HALVES_MAX {
        return Outlook::Unclear(Unclear::Bends);
    }
    crossing(trend, full, basis).unwrap_or(Outlook::Far(basis))
}

/// None where it lies further ahead than can be told.
fn crossing(trend: &Trend, full: f64, basis: Basis) -> Option<Outlook> {
    let left = (full - trend.level).max(0.0);
    let after = |slope: f64| moment(trend.to, left / slope, basis.length * AHEAD);
    let (at, earliest) = (after(trend.slope)?, after(trend.high)?);
    Some(Outlook::Full { at, earliest, latest: after(trend.low), basis })
}

#[allow(clippy::cast_possible_truncation, reason = "within the bound")]
fn moment(from: i64, seconds: f64, most: i64) -> Option<Time> {
    let near = (0.0..=float(most)).contains(&seconds);
    if near { Time::from_timestamp(from + seconds as i64, 0) } else { None }
}

#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn float(n: i64) -> f64 {
    n as f64
}

impl Outlook {
    /// Of a short past and a long one: the short one where it tells of a near end, else what the long one says.
    pub fn of(short: &[(i64, f64)], long: &[(i64, f64)], full: f64) -> Self {
        match outlook(short, full) {
            near @ (Self::IsFull | Self::Full { .. }) => near,
            other => match outlook(long, full) {
                Self::Unclear(Unclear::TooShort { .. }) if !matches!(other, Self::Unclear(_)) => other,
                far => far,
            },
        }
    }

    /// In a sentence, with what it stands on.
    pub fn words(&self, now: Time) -> String {
        let by = |basis: &Basis| format!("by {}", basis.words());
        match self {
            Self::IsFull => "full now".into(),
            Self::Full { earliest, latest, basis, .. } => {
                let latest = latest.map_or_else(|| "or much later".into(), |l| format!("to {}", when(l, now)));
                format!("{} ({} {latest}), {}", self.short(now).unwrap_or_default(), when(*earliest, now), by(basis))
            }
            Self::Far(basis) => {
                let ahead = duration::short(Duration::seconds(basis.length * AHEAD));
                format!("rises, not full within {ahead}, {}", by(basis))
            }
            Self::Steady(basis) => format!("steady, {}", by(basis)),
            Self::Falls(basis) => format!("falls, {}", by(basis)),
            Self::Unclear(why) => format!("no forecast: {}", why.words()),
        }
    }

    /// `full Thu 05.03. 14:00`, `full in ~3 h`; none where nothing is to be feared or told.
    pub fn short(&self, now: Time) -> Option<String> {
        match self {
            Self::IsFull => Some("full now".into()),
            Self::Full { at, .. } => Some(format!("full {}", when(*at, now))),
            _ => None,
        }
    }

    /// When it is full, where that can be told.
    pub fn full_at(&self) -> Option<Time> {
        if let Self::Full { at, .. } = self { Some(*at) } else { None }
    }

    pub fn as_str(&self) -> &'static str {
        match self {
            Self::IsFull => "full",
            Self::Full { .. } => "fills",
            Self::Far(_) => "rises",
            Self::Steady(_) => "steady",
            Self::Falls(_) => "falls",
            Self::Unclear(_) => "unclear",
        }
    }
}

/// Within this a weekday says which day.
const WEEK: Duration = Duration::days(6);

/// `in ~3 h`, else the day and the full hour: no line knows the minute of another day.
fn when(at: Time, now: Time) -> String {
    let ahead = at - now;
    let hour = (at + Duration::minutes(30)).duration_trunc(Duration::hours(1)).unwrap_or(at);
    match ahead.num_minutes() {
        ..=0 => "now".into(),
        m @ 1..=119 => format!("in ~{m} min"),
        m @ 120..=1_440 => format!("in ~{} h", (m + 30) / 60),
        _ if ahead < WEEK => hour.format("%A %H:%M").to_string(),
        _ => hour.format("%a %d.%m. %H:%M").to_string(),
    }
}

impl Basis {
    fn words(self) -> String {
        let since = if self.is_cleaned { " since it was cleaned" } else { "" };
        format!("{} points over {}{since}", self.points, duration::short(Duration::seconds(self.length)))
    }
}

impl Unclear {
    fn words(self) -> String {
        match self {
            Self::TooShort { points } => format!("{points} points are too few"),
            Self::Cleaned { times } => format!("it was cleaned {times} times"),
            Self::NoLine => "its values lie on no line".into(),
            Self::Bends => "its pace changes too much".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUARTER: i64 = 900;

    fn line(n: i64, at: impl Fn(i64) -> f64) -> Vec<(i64, f64)> {
        (0..n).map(|i| (i * QUARTER, at(i))).collect()
    }

    fn wobble(i: i64) -> f64 {
        ((i * 7_919) % 13 - 6) as f64 * 0.001
    }

    #[test]
    fn a_disk_that_fills_evenly_is_full_where_the_line_says() {
        let told = outlook(&line(192, |i| 0.4 + i as f64 * 0.002 + wobble(i)), 1.0);
        let Outlook::Full { at, earliest, latest, basis } = told.clone() else { panic!("{told:?}") };
        let expected = (0.6 / 0.002 * QUARTER as f64) as i64;
        assert!((at.timestamp() - expected).abs() < 4 * QUARTER, "{at} {expected}");
        assert!(earliest <= at && latest.is_some_and(|l| at <= l));
        assert_eq!((basis.points, basis.is_cleaned), (192, false));
        let now = Time::from_timestamp(191 * QUARTER, 0).unwrap();
        assert!(told.words(now).starts_with("full Sunday 03:00 ("), "{}", told.words(now));
    }

    #[test]
    fn what_does_not_rise_is_never_full() {
        assert!(matches!(outlook(&line(192, |_| 0.8), 1.0), Outlook::Steady(_)));
        assert!(matches!(outlook(&line(192, |i| 0.8 - i as f64 * 0.001), 1.0), Outlook::Falls(_)));
        assert_eq!(outlook(&line(192, |_| 1.0), 1.0), Outlook::IsFull);
    }

    #[test]
    fn where_the_fit_is_poor_it_refuses_to_guess() {
        let noise = outlook(&line(192, |i| 0.5 + ((i * 7_919) % 97) as f64 * 0.004), 1.0);
        assert_eq!(noise, Outlook::Unclear(Unclear::NoLine));
        let few = outlook(&line(5, |i| 0.5 + i as f64 * 0.05), 1.0);
        assert_eq!(few, Outlook::Unclear(Unclear::TooShort { points: 5 }));
        assert!(matches!(outlook(&[], 1.0), Outlook::Unclear(_)));
        let bends = outlook(&line(192, |i| 0.2 + (i as f64 / 192.0).powi(6) * 0.5), 1.0);
        assert!(matches!(bends, Outlook::Unclear(_)), "{bends:?}");
    }

    #[test]
    fn a_cleaning_begins_anew_and_many_of_them_tell_nothing() {
        let once = outlook(&line(192, |i| if i < 100 { 0.9 } else { 0.3 + (i - 100) as f64 * 0.002 }), 1.0);
        assert!(matches!(once, Outlook::Full { basis: Basis { is_cleaned: true, .. }, .. }), "{once:?}");
        let often = outlook(&line(192, |i| 0.3 + (i % 30) as f64 * 0.01), 1.0);
        assert_eq!(often, Outlook::Unclear(Unclear::Cleaned { times: 6 }));
    }

    #[test]
    fn gaps_and_what_is_no_number_are_passed_over() {
        let points = line(192, |i| if i % 3 == 0 { f64::NAN } else { 0.4 + i as f64 * 0.002 });
        assert!(matches!(outlook(&points, 1.0), Outlook::Full { .. }));
    }

    #[test]
    fn a_leak_of_this_hour_is_told_though_two_days_were_calm() {
        let long = line(192, |i| if i < 185 { 0.5 } else { 0.5 + (i - 185) as f64 * 0.03 });
        let end = 191 * QUARTER;
        let short: Vec<(i64, f64)> = (0..100).map(|i| (end - (99 - i) * 60, 0.53 + i as f64 * 0.002)).collect();
        let told = Outlook::of(&short, &long, 1.0);
        let now = Time::from_timestamp(end, 0).unwrap();
        assert_eq!(told.short(now).unwrap(), "full in ~2 h");
        assert!(matches!(Outlook::of(&[], &line(192, |_| 0.5), 1.0), Outlook::Steady(_)));
    }

    #[test]
    fn what_rises_too_slowly_for_its_past_gets_no_date() {
        let told = outlook(&line(192, |i| 0.1 + i as f64 * 0.0001), 1.0);
        assert!(matches!(told, Outlook::Far(_)), "{told:?}");
    }
}
