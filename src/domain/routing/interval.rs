//! Intervals of the clock and the calendar, as `time_intervals` describe them; without a zone they are UTC's.

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::domain::{Time, text::SafeText};

/// One part of a named interval: every list that is there must hold the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Minutes of the day, the end not included.
    pub times: Option<Vec<(u32, u32)>>,
    /// 0 is Sunday; both ends included, as in all that follow.
    pub weekdays: Option<Vec<(i32, i32)>>,
    /// 1 to 31, or from the month's end: -1 is its last day.
    pub days_of_month: Option<Vec<(i32, i32)>>,
    /// 1 is January.
    pub months: Option<Vec<(i32, i32)>>,
    pub years: Option<Vec<(i32, i32)>>,
    pub zone: Zone,
}

/// Where the clock hangs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    #[default]
    Utc,
    Named(Tz),
    /// A name that is not known here, or the server's own zone: nobody can say what time it is there.
    Unknown(SafeText),
}

impl Interval {
    /// Whether it holds the moment; none where its zone is not known.
    pub fn contains(&self, at: Time) -> Option<bool> {
        match &self.zone {
            Zone::Utc => Some(self.holds(&at)),
            Zone::Named(zone) => Some(self.holds(&at.with_timezone(zone))),
            Zone::Unknown(_) => None,
        }
    }

    fn holds<Z: TimeZone>(&self, at: &DateTime<Z>) -> bool {
        let minute = at.hour() * 60 + at.minute();
        let within = |value: i32| move |(from, to): &(i32, i32)| (*from..=*to).contains(&value);
        any(self.times.as_deref(), |(from, to)| (*from..*to).contains(&minute))
            && any(self.days_of_month.as_deref(), |range| is_day(range, at.day(), days_in_month(at)))
            && any(self.months.as_deref(), within(at.month().cast_signed()))
            && any(self.weekdays.as_deref(), within(at.weekday().num_days_from_sunday().cast_signed()))
            && any(self.years.as_deref(), within(at.year()))
    }
}

/// A list that is not there holds everything.
fn any<T>(list: Option<&[T]>, holds: impl Fn(&T) -> bool) -> bool {
    list.is_none_or(|l| l.iter().any(holds))
}

/// Days from the end count back from the month's length; what lies beyond it is cut off, or is no day of it at all.
fn is_day(&(from, to): &(i32, i32), day: u32, length: u32) -> bool {
    let (day, length) = (day.cast_signed(), length.cast_signed());
    let counted = |n: i32| if n < 0 { length + n + 1 } else { n };
    let (from, to) = (counted(from), counted(to));
    from <= length && (from.max(-length)..=to.min(length)).contains(&day)
}

fn days_in_month<Z: TimeZone>(at: &DateTime<Z>) -> u32 {
    let (year, month) = if at.month() == 12 { (at.year() + 1, 1) } else { (at.year(), at.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).and_then(|d| d.pred_opt()).map_or(31, |d| d.day())
}

/// Longest that a change is looked for: intervals of the week come round within it.
const LOOKED_AHEAD: Duration = Duration::days(8);

/// The first whole minute after `from` at which `holds` answers something else; none within eight days.
pub fn next_change(from: Time, holds: impl Fn(Time) -> bool) -> Option<Time> {
    let now = holds(from);
    let first = from.timestamp().div_euclid(60) + 1;
    let minutes = (first..).take(usize::try_from(LOOKED_AHEAD.num_minutes()).unwrap_or(0));
    minutes.filter_map(|m| Time::from_timestamp(m.checked_mul(60)?, 0)).find(|at| holds(*at) != now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn holds(interval: &Interval, text: &str) -> bool {
        interval.contains(at(text)).unwrap()
    }

    #[test]
    fn the_end_of_a_time_is_not_in_it_and_the_last_weekday_is() {
        let office = Interval { times: Some(vec![(540, 1020)]), weekdays: Some(vec![(1, 5)]), ..Interval::default() };
        // 2026-11-20 is a Friday.
        assert!(holds(&office, "2026-11-20T09:00:00Z") && holds(&office, "2026-11-20T16:59:59Z"));
        assert!(!holds(&office, "2026-11-20T17:00:00Z") && !holds(&office, "2026-11-20T08:59:59Z"));
        assert!(!holds(&office, "2026-11-21T12:00:00Z") && !holds(&office, "2026-11-22T12:00:00Z"));
    }

    #[test]
    fn days_count_from_the_months_end_and_stay_within_it() {
        let last = |from, to| Interval { days_of_month: Some(vec![(from, to)]), ..Interval::default() };
        assert!(holds(&last(-1, -1), "2024-02-29T12:00:00Z") && !holds(&last(-1, -1), "2024-02-28T12:00:00Z"));
        assert!(holds(&last(-3, -1), "2026-02-26T00:00:00Z") && !holds(&last(-3, -1), "2026-02-25T00:00:00Z"));
        assert!(holds(&last(28, 31), "2026-02-28T00:00:00Z"), "the end is cut to the month");
        assert!(!holds(&last(30, 31), "2026-02-28T00:00:00Z"), "the beginning is beyond it");
        assert!(holds(&last(1, -1), "2026-04-30T00:00:00Z") && holds(&last(-31, -1), "2026-02-01T00:00:00Z"));
    }

    #[test]
    fn months_and_years_hold_both_their_ends() {
        let winter =
            Interval { months: Some(vec![(11, 12), (1, 2)]), years: Some(vec![(2026, 2027)]), ..Interval::default() };
        assert!(holds(&winter, "2026-11-01T00:00:00Z") && holds(&winter, "2027-02-28T23:59:00Z"));
        assert!(!holds(&winter, "2026-10-31T23:59:59Z") && !holds(&winter, "2028-01-01T00:00:00Z"));
    }

    #[test]
    fn a_zone_moves_the_clock_and_knows_summer() {
        let zone = Zone::Named("Europe/Berlin".parse().unwrap());
        let night = Interval { times: Some(vec![(0, 360)]), zone, ..Interval::default() };
        assert!(holds(&night, "2026-11-20T23:30:00Z"), "00:30 in Berlin");
        assert!(holds(&night, "2026-11-21T04:59:00Z") && !holds(&night, "2026-11-21T05:00:00Z"));
        assert!(holds(&night, "2026-07-20T22:00:00Z") && !holds(&night, "2026-07-20T04:00:00Z"), "summer is +2");
        let nowhere = Interval { zone: Zone::Unknown("Local".into()), ..Interval::default() };
        assert_eq!(nowhere.contains(at("2026-11-20T12:00:00Z")), None);
    }

    #[test]
    fn the_next_change_is_a_whole_minute() {
        let office = Interval { times: Some(vec![(540, 1020)]), ..Interval::default() };
        let change = next_change(at("2026-11-20T12:00:31Z"), |t| office.contains(t) == Some(true));
        assert_eq!(change, Some(at("2026-11-20T17:00:00Z")));
        assert_eq!(next_change(at("2026-11-20T12:00:31Z"), |_| true), None);
    }
}
