//! Shifts and working hours: whose watch a moment falls into, and whether people are at their desks then.
//!
//! All of it is wall time of one zone: a shift that begins at 08:00 is an hour shorter or longer where the clocks change.
//! Knows nobody who is on call.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use super::{Time, silence::end::Zone};

/// So long after a shift has begun the one before it is still handed over; of a short one a quarter.
const LATE: Duration = Duration::hours(2);

/// The clock that shifts are told by.
#[derive(Clone, Copy, Debug)]
pub enum Wall {
    /// That of the machine.
    Here(Zone),
    Named(Tz),
}

/// When shifts begin, and when people work.
#[derive(Clone, Debug)]
pub struct Rota {
    /// In order, each once; at least one.
    starts: Vec<NaiveTime>,
    pub wall: Wall,
    working: Working,
}

/// When people are at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    pub days: Vec<Weekday>,
    pub from: NaiveTime,
    /// Before `from` where it is a night's work; the day is that of its beginning.
    pub to: NaiveTime,
}

/// One shift: `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    pub from: Time,
    pub to: Time,
}

impl Default for Wall {
    fn default() -> Self {
        Self::Here(Zone::UTC)
    }
}

impl Wall {
    /// What it shows at a moment.
    pub fn local(&self, at: Time) -> NaiveDateTime {
        match self {
            Self::Here(zone) => zone.local(at).naive_local(),
            Self::Named(zone) => at.with_timezone(zone).naive_local(),
        }
    }

    /// The name of its zone at a moment: `CET`, `+01:00`, `UTC`.
    pub fn zone(&self, at: Time) -> String {
        match self {
            Self::Here(zone) => zone.name(at),
            Self::Named(zone) => at.with_timezone(zone).format("%Z").to_string(),
        }
    }

    /// A wall time that does not exist is the first moment after the gap; one that exists twice is the first.
    pub(super) fn utc(&self, wall: NaiveDateTime) -> Time {
        let there = |wall: NaiveDateTime| match self {
            Self::Here(zone) => zone.utc(wall),
            Self::Named(zone) => zone.from_local_datetime(&wall).earliest().map(|t| t.with_timezone(&Utc)),
        };
        let after = || (1..=96).find_map(|n| there(wall + Duration::minutes(15 * n)));
        there(wall).or_else(after).unwrap_or_else(|| wall.and_utc())
    }

    pub fn words(&self) -> String {
        match self {
            Self::Here(_) => "this machine's time".into(),
            Self::Named(zone) => zone.name().to_owned(),
        }
    }

    /// A moment on this wall: `Sat 21.11. 20:00`.
    pub fn show(&self, at: Time) -> String {
        self.local(at).format("%a %d.%m. %H:%M").to_string()
    }

    /// The time of day there: `20:00`.
    pub fn clock(&self, at: Time) -> String {
        self.local(at).format("%H:%M").to_string()
    }
}

impl Rota {
    /// No start at all is one at midnight.
    pub fn new(mut starts: Vec<NaiveTime>, wall: Wall, working: Working) -> Self {
        starts.sort_unstable();
        starts.dedup();
        if starts.is_empty() {
            starts.push(NaiveTime::MIN);
        }
        Self { starts, wall, working }
    }

    /// The shift that a moment falls into.
    pub fn at(&self, at: Time) -> Shift {
        let today = self.wall.local(at).date();
        let edges = self.edges(today);
        let next = edges.partition_point(|edge| *edge <= at).clamp(1, edges.len() - 1);
        Shift { from: edges[next - 1], to: edges[next] }
    }

    /// What is handed over at a moment: from the beginning of the shift that ends to the end of the one that begins. Whoever
    /// hands over early in a shift means the one before it.
    pub fn handover(&self, now: Time) -> Shift {
        let own = self.at(now);
        let late = ((own.to - own.from) / 4).min(LATE);
        if now - own.from < late {
            let before = self.at(own.from - Duration::microseconds(1));
            return Shift { from: before.from, to: own.to };
        }
        Shift { from: own.from, to: self.at(own.to).to }
    }

    /// Every shift that shares time with `[from, to)`, in order; at most so many, the newest.
    pub fn between(&self, from: Time, to: Time, most: usize) -> Vec<Shift> {
        let mut shifts = Vec::new();
        let mut end = to;
        while end > from && shifts.len() < most {
            let shift = self.at(end - Duration::microseconds(1));
            end = shift.from;
            shifts.push(shift);
        }
        shifts.reverse();
        shifts
    }

    /// Whether it is working hours.
    pub fn is_working(&self, at: Time) -> bool {
        let local = self.wall.local(at);
        let (time, Working { days, from, to }) = (local.time(), &self.working);
        let on = |day: Option<NaiveDate>| day.is_some_and(|d| days.contains(&d.weekday()));
        let today = Some(local.date());
        if from <= to {
            return on(today) && (*from..*to).contains(&time);
        }
        (on(today) && time >= *from) || (on(local.date().pred_opt()) && time < *to)
    }

    pub fn starts(&self) -> &[NaiveTime] {
        &self.starts
    }

    pub fn working(&self) -> &Working {
        &self.working
    }

    /// The edges of two days before a day until two after it, each once.
    fn edges(&self, day: NaiveDate) -> Vec<Time> {
        let first = day.checked_sub_days(Days::new(2)).unwrap_or(day);
        let days = first.iter_days().take(5);
        let mut edges: Vec<Time> =
            days.flat_map(|d| self.starts.iter().map(move |s| self.wall.utc(d.and_time(*s)))).collect();
        edges.sort_unstable();
        edges.dedup();
        if edges.len() < 2 {
            edges.push(DateTime::<Utc>::MAX_UTC);
        }
        edges
    }
}

impl Working {
    /// `Mon-Fri 09:00-17:00 Europe/Berlin`.
    pub fn words(&self) -> String {
        let days: Vec<String> = self.days.iter().map(ToString::to_string).collect();
        format!("{} {}-{}", days.join(" "), self.from.format("%H:%M"), self.to.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> NaiveTime {
        NaiveTime::parse_from_str(text, "%H:%M").unwrap()
    }

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn rota(zone: Tz, starts: &[&str], working: (&str, &str)) -> Rota {
        let days = vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        let working = Working { days, from: time(working.0), to: time(working.1) };
        Rota::new(starts.iter().map(|s| time(s)).collect(), Wall::Named(zone), working)
    }

    #[test]
    fn a_moment_falls_into_the_shift_that_has_begun() {
        let rota = rota(Tz::Europe__Berlin, &["20:00", "08:00"], ("09:00", "17:00"));
        let shift = |from, to| Shift { from: at(from), to: at(to) };
        assert_eq!(rota.at(at("2026-11-21T06:59:59Z")), shift("2026-11-20T19:00:00Z", "2026-11-21T07:00:00Z"));
        assert_eq!(rota.at(at("2026-11-21T07:00:00Z")), shift("2026-11-21T07:00:00Z", "2026-11-21T19:00:00Z"));
    }

    #[test]
    fn a_handover_is_of_the_shift_that_ends_though_somebody_is_early_or_late() {
        let rota = rota(Tz::Europe__Berlin, &["08:00", "20:00"], ("09:00", "17:00"));
        let night = Shift { from: at("2026-11-20T19:00:00Z"), to: at("2026-11-21T19:00:00Z") };
        // A quarter to eight, on the minute, and an hour late.
        for now in ["2026-11-21T06:45:00Z", "2026-11-21T07:00:00Z", "2026-11-21T08:00:00Z"] {
            assert_eq!(rota.handover(at(now)), night, "{now}");
        }
        let day = Shift { from: at("2026-11-21T07:00:00Z"), to: at("2026-11-22T07:00:00Z") };
        assert_eq!(rota.handover(at("2026-11-21T09:00:00Z")), day);
    }

    #[test]
    fn the_night_on_which_the_clocks_change_is_longer_and_shorter() {
        let rota = rota(Tz::Europe__Berlin, &["08:00", "20:00"], ("09:00", "17:00"));
        let hours = |t| {
            let shift = rota.at(at(t));
            (shift.to - shift.from).num_hours()
        };
        assert_eq!((hours("2026-10-25T03:00:00Z"), hours("2026-03-29T03:00:00Z")), (13, 11));
    }

    #[test]
    fn a_start_that_does_not_exist_is_the_first_moment_after_the_gap() {
        let rota = rota(Tz::Europe__Berlin, &["02:30"], ("09:00", "17:00"));
        assert_eq!(rota.at(at("2026-03-29T12:00:00Z")).from, at("2026-03-29T01:00:00Z"));
    }

    #[test]
    fn working_hours_are_those_of_the_zone_and_a_night_belongs_to_the_day_it_began() {
        let day = rota(Tz::America__New_York, &["08:00"], ("09:00", "17:00"));
        let told = |r: &Rota, times: [&str; 3]| times.map(|t| r.is_working(at(t)));
        assert_eq!(
            told(&day, ["2026-11-20T14:00:00Z", "2026-11-20T13:59:00Z", "2026-11-21T15:00:00Z"]),
            [true, false, false]
        );
        let night = rota(Tz::UTC, &["08:00"], ("22:00", "06:00"));
        // Saturday morning is Friday's night; Monday morning is Sunday's, which nobody works.
        assert_eq!(
            told(&night, ["2026-11-21T05:00:00Z", "2026-11-21T23:00:00Z", "2026-11-23T05:00:00Z"]),
            [true, false, false]
        );
    }

    proptest! {
        #[test]
        fn shifts_meet_and_every_moment_is_in_its_own(
            starts in prop::collection::vec(0..1_440_u32, 1..5),
            seconds in 1_700_000_000..1_900_000_000_i64,
            zone in prop::sample::select(vec![Tz::Europe__Berlin, Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::UTC]),
        ) {
            let starts = starts.iter().filter_map(|m| NaiveTime::from_hms_opt(m / 60, m % 60, 0)).collect();
            let working = Working { days: Vec::new(), from: time("09:00"), to: time("17:00") };
            let rota = Rota::new(starts, Wall::Named(zone), working);
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            let shift = rota.at(now);
            prop_assert!(shift.from <= now && now < shift.to, "{shift:?}");
            prop_assert_eq!(rota.at(shift.to).from, shift.to);
            let week = rota.between(now - Duration::days(7), now, 1_000);
            prop_assert!(week.windows(2).all(|w| w[0].to == w[1].from));
            prop_assert!(week[0].from <= now - Duration::days(7) && week[week.len() - 1].to >= now);
        }
    }
}
