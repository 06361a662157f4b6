//! `time_intervals` as a configuration writes them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::wire::Text;
use crate::domain::{
    routing::interval::{Interval, Zone},
    text::SafeText,
};

const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

#[derive(Deserialize)]
pub(super) struct WireIntervals {
    name: Text,
    time_intervals: Option<Vec<WireInterval>>,
}

#[derive(Deserialize)]
struct WireInterval {
    times: Option<Vec<WireTimes>>,
    weekdays: Option<Vec<Text>>,
    days_of_month: Option<Vec<Text>>,
    months: Option<Vec<Text>>,
    years: Option<Vec<Text>>,
    location: Option<Text>,
}

#[derive(Deserialize)]
struct WireTimes {
    start_time: Text,
    end_time: Text,
}

/// By name. One that cannot be read is left out, so that a route that leans on it says that nobody knows.
pub(super) fn intervals(
    lists: [Option<Vec<WireIntervals>>; 2],
    problems: &mut Vec<String>,
) -> BTreeMap<SafeText, Vec<Interval>> {
    let mut all = BTreeMap::new();
    for wire in lists.into_iter().flatten().flatten() {
        let parts: Result<Vec<_>, String> =
            wire.time_intervals.unwrap_or_default().into_iter().map(WireInterval::read).collect();
        match parts {
            Ok(parts) => drop(all.insert(wire.name.into(), parts)),
            Err(why) => problems.push(format!("the time interval `{}` is left out: {why}", wire.name.0)),
        }
    }
    all
}

impl WireInterval {
    fn read(self) -> Result<Interval, String> {
        Ok(Interval {
            times: self.times.map(|l| l.iter().map(WireTimes::read).collect()).transpose()?,
            weekdays: ranges(self.weekdays, |w| named(w, &WEEKDAYS))?,
            days_of_month: ranges(self.days_of_month, number)?,
            months: ranges(self.months, |m| named(m, &MONTHS).map(|n| n + 1).or_else(|_| number(m)))?,
            years: ranges(self.years, number)?,
            zone: self.location.map_or(Zone::Utc, |l| zone(&l.0)),
        })
    }
}

impl WireTimes {
    fn read(&self) -> Result<(u32, u32), String> {
        Ok((minutes(&self.start_time.0)?, minutes(&self.end_time.0)?))
    }
}

fn minutes(text: &str) -> Result<u32, String> {
    let bad = || format!("`{text}` is no time of the day");
    let (hours, minutes) = text.split_once(':').ok_or_else(bad)?;
    let part = |s: &str, max: u32| s.parse::<u32>().ok().filter(|n| *n <= max).ok_or_else(bad);
    Ok(part(hours, 24)? * 60 + part(minutes, 59)?)
}

fn ranges(
    list: Option<Vec<Text>>,
    end: impl Fn(&str) -> Result<i32, String>,
) -> Result<Option<Vec<(i32, i32)>>, String> {
    let one = |text: Text| match text.0.split_once(':') {
        Some((from, to)) => Ok::<_, String>((end(from.trim())?, end(to.trim())?)),
        None => end(text.0.trim()).map(|n| (n, n)),
    };
    list.map(|l| l.into_iter().map(one).collect()).transpose()
}

fn number(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

fn named(text: &str, names: &[&str]) -> Result<i32, String> {
    let place = names.iter().position(|n| n.eq_ignore_ascii_case(text));
    place.and_then(|n| i32::try_from(n).ok()).ok_or_else(|| format!("`{text}` is no name of the calendar"))
}

/// `Local` is wherever the server is, which it does not say.
fn zone(name: &str) -> Zone {
    match name {
        "" | "UTC" => Zone::Utc,
        name => name.parse().map_or_else(|_| Zone::Unknown(name.into()), Zone::Named),
    }
}
