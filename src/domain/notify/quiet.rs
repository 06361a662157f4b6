//! Quiet hours: a part of every day, by the wall clock of one zone.

use chrono::{Duration, NaiveTime};

use crate::domain::{Time, shift::Wall};

/// From one time of day to another; a night where `to` is the earlier.
#[derive(Clone, Copy, Debug)]
pub struct Quiet {
    pub from: NaiveTime,
    pub to: NaiveTime,
    pub wall: Wall,
}

impl Quiet {
    pub fn is_on(&self, at: Time) -> bool {
        let time = self.wall.local(at).time();
        if self.from <= self.to { (self.from..self.to).contains(&time) } else { time >= self.from || time < self.to }
    }

    /// The first end after a moment.
    pub fn ends(&self, at: Time) -> Time {
        let today = self.wall.local(at).date();
        let days = today.iter_days().take(3);
        let ends = days.map(|day| self.wall.utc(day.and_time(self.to)));
        ends.into_iter().find(|end| *end > at).unwrap_or(at + Duration::days(1))
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn time(text: &str) -> NaiveTime {
        NaiveTime::parse_from_str(text, "%H:%M").unwrap()
    }

    fn quiet(from: &str, to: &str) -> Quiet {
        Quiet { from: time(from), to: time(to), wall: Wall::Named(Tz::Europe__Berlin) }
    }

    #[test]
    fn a_night_goes_over_midnight_by_the_clock_of_its_zone() {
        let night = quiet("22:00", "07:00");
        let told = |at: &str| night.is_on(at.parse().unwrap());
        assert_eq!(
            ["2026-11-21T20:59:00Z", "2026-11-21T21:00:00Z", "2026-11-22T05:59:00Z", "2026-11-22T06:00:00Z"].map(told),
            [false, true, true, false]
        );
        let end: Time = "2026-11-22T06:00:00Z".parse().unwrap();
        assert_eq!(night.ends("2026-11-21T21:30:00Z".parse().unwrap()), end);
        assert_eq!(night.ends("2026-11-22T02:00:00Z".parse().unwrap()), end);
    }

    #[test]
    fn the_night_on_which_the_clocks_change_ends_by_the_new_time() {
        let end: Time = "2026-10-25T06:00:00Z".parse().unwrap();
        assert_eq!(quiet("22:00", "07:00").ends("2026-10-24T21:00:00Z".parse().unwrap()), end);
    }

    #[test]
    fn a_lunch_is_of_one_day() {
        let lunch = quiet("12:00", "13:00");
        let told = |at: &str| lunch.is_on(at.parse().unwrap());
        assert_eq!(["2026-11-21T11:30:00Z", "2026-11-21T12:30:00Z"].map(told), [true, false]);
    }
}
