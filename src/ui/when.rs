//! Moments as this person wants them told: by their age, by a clock in UTC, or by the clock on their wall.

use chrono::{Duration, NaiveDateTime};

use crate::{
    app::{App, desk::times::Times},
    domain::{Time, duration, shift::Wall},
};

/// How moments are told now.
#[derive(Clone, Copy, Debug)]
pub struct When<'a> {
    times: Times,
    wall: &'a Wall,
    now: Time,
}

impl<'a> When<'a> {
    pub fn of(app: &'a App) -> Self {
        Self { times: app.desk.times, wall: &app.world.on_call.wall, now: app.now }
    }

    /// What the clock that is meant shows.
    fn local(self, at: Time) -> NaiveDateTime {
        if self.is_here() { self.wall.local(at) } else { at.naive_utc() }
    }

    /// Whether it is the clock on the wall, and not that of all others.
    pub fn is_here(self) -> bool {
        self.times == Times::Here
    }

    /// The name of its zone: `UTC`, `CET`, `+01:00`.
    pub fn zone(self, at: Time) -> String {
        if self.is_here() { self.wall.zone(at) } else { "UTC".to_owned() }
    }

    /// A moment by the clock, as chrono's format says.
    pub fn write(self, at: Time, format: &str) -> String {
        self.local(at).format(format).to_string()
    }

    /// The same with the zone behind it.
    pub fn zoned(self, at: Time, format: &str) -> String {
        format!("{} {}", self.write(at, format), self.zone(at))
    }

    /// A moment that has passed: by the clock, or how long ago it was where everything is told so.
    pub fn past(self, at: Time, format: &str) -> String {
        match self.times {
            Times::Ages => format!("{} ago", duration::age(at, self.now)),
            Times::AsFits | Times::Utc | Times::Here => self.write(at, format),
        }
    }

    /// Whether two moments are of one day of that clock.
    pub fn is_same_day(self, a: Time, b: Time) -> bool {
        self.local(a).date() == self.local(b).date()
    }

    /// Since when something is, in a narrow column: `3m`; else `20:13`, and `02.03.` of another day.
    pub fn since(self, at: Time) -> String {
        match self.times {
            Times::AsFits | Times::Ages => duration::age(at, self.now),
            Times::Utc | Times::Here => self.short(at),
        }
    }

    /// Whether what began is told by a clock.
    pub fn is_clock(self) -> bool {
        matches!(self.times, Times::Utc | Times::Here)
    }

    /// Until when something holds: how long yet, or by the clock.
    pub fn until(self, at: Time, left: Duration) -> String {
        match self.times {
            Times::AsFits | Times::Ages => duration::short(left),
            Times::Utc | Times::Here => self.short(at),
        }
    }

    fn short(self, at: Time) -> String {
        self.write(at, if self.is_same_day(at, self.now) { "%H:%M" } else { "%d.%m." })
    }

    /// Columns of [`Self::since`].
    pub fn columns(self) -> usize {
        match self.times {
            Times::AsFits | Times::Ages => 4,
            Times::Utc | Times::Here => 6,
        }
    }

    /// When an entry of the timeline was made, in a narrow column: `20:13`, or `3m`.
    pub fn entry(self, at: Time, names_day: bool) -> String {
        match self.times {
            Times::Ages => duration::age(at, self.now),
            Times::AsFits | Times::Utc | Times::Here => self.write(at, if names_day { "%d.%m" } else { "%H:%M" }),
        }
    }

    /// A moment whole, and how long ago that was.
    pub fn whole(self, at: Time) -> String {
        let ago = format!("{} ago", duration::long(self.now - at));
        match self.times {
            Times::Ages => ago,
            Times::AsFits | Times::Utc | Times::Here => format!("{} ({ago})", self.zoned(at, "%Y-%m-%d %H:%M:%S")),
        }
    }
}
