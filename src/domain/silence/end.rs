//! When a silence ends, as a person writes it: a length, a moment, or a time of day; and the zone that is meant.

use chrono::{DateTime, Duration, FixedOffset, NaiveDateTime, NaiveTime, Offset, Utc};

use crate::domain::{Time, duration};

/// What the clock on this person's wall shows. Two functions, as its offset changes with the season.
#[derive(Clone, Copy)]
pub struct Zone {
    /// None where that moment does not exist there.
    to_utc: fn(NaiveDateTime) -> Option<Time>,
    offset: fn(Time) -> FixedOffset,
}

impl Zone {
    pub const UTC: Self = Self { to_utc: |local| Some(local.and_utc()), offset: |_| Utc.fix() };

    pub const fn new(to_utc: fn(NaiveDateTime) -> Option<Time>, offset: fn(Time) -> FixedOffset) -> Self {
        Self { to_utc, offset }
    }

    pub(in crate::domain) fn utc(&self, local: NaiveDateTime) -> Option<Time> {
        (self.to_utc)(local)
    }

    /// The last moment up to now at which its clocks showed this, else the first after; none where they skipped it.
    pub(in crate::domain) fn latest(&self, local: NaiveDateTime, now: Time) -> Option<Time> {
        let first = self.utc(local)?;
        // Clocks go back by half an hour, an hour or two.
        let again = [120, 60, 30].map(|minutes| first + Duration::minutes(minutes));
        let shown = |at: &Time| *at <= now && self.local(*at).naive_local() == local;
        Some(again.into_iter().find(shown).unwrap_or(first))
    }

    pub(in crate::domain) fn local(&self, at: Time) -> DateTime<FixedOffset> {
        at.with_timezone(&(self.offset)(at))
    }

    /// `Sun 22 Nov 08:00 +01:00`, or `UTC` where that is the zone.
    pub fn show(&self, at: Time) -> String {
        let local = self.local(at);
        format!("{} {}", local.format("%a %d %b %H:%M"), self.name(at))
    }
}

impl Zone {
    /// As [`Self::show`], and the same moment in UTC where that differs: `Sun 22 Nov 08:00 +01:00 (07:00 UTC)`.
    pub fn show_both(&self, at: Time) -> String {
        let local = self.local(at);
        let utc = match (local.offset().local_minus_utc(), local.date_naive() == at.date_naive()) {
            (0, _) => String::new(),
            (_, true) => format!(" ({} UTC)", at.format("%H:%M")),
            (_, false) => format!(" ({} UTC)", at.format("%a %H:%M")),
        };
        format!("{}{utc}", self.show(at))
    }

    /// What is added to UTC at a moment: `+01:00`, or `UTC`.
    pub fn name(&self, at: Time) -> String {
        let offset = *self.local(at).offset();
        if offset.local_minus_utc() == 0 { "UTC".to_owned() } else { offset.to_string() }
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl std::fmt::Debug for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Zone")
    }
}

/// Longest silence that is taken for one: more is a slip of the finger.
pub const LONGEST: Duration = Duration::days(366 * 5);

/// Reads `2h`, `2026-11-22T08:00` (with `Z` or an offset where given, else in the zone) or `08:00`, the next one.
///
/// # Errors
/// Names what was expected.
pub fn parse(text: &str, now: Time, zone: &Zone) -> Result<Time, String> {
    let text = text.trim();
    let bad = || format!("`{text}` is no length and no end; write 2h, 1d12h, 08:00 or 2026-11-22T08:00");
    let end = if text.contains(':') || text.matches('-').count() == 2 {
        moment(text, now, zone).ok_or_else(bad)?
    } else {
        let length = duration::parse(text).map_err(|why| if text.is_empty() { bad() } else { why })?;
        now.checked_add_signed(length).ok_or_else(bad)?
    };
    if end - now > LONGEST { Err(format!("`{text}` is more than five years away")) } else { Ok(end) }
}

fn moment(text: &str, now: Time, zone: &Zone) -> Option<Time> {
    if let Ok(at) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(at.with_timezone(&Utc));
    }
    let short = text.replacen(' ', "T", 1);
    let whole =
        ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|f| NaiveDateTime::parse_from_str(&short, f).ok());
    if let Some(local) = whole {
        return (zone.to_utc)(local);
    }
    if let Ok(utc) = NaiveDateTime::parse_from_str(&short, "%Y-%m-%dT%H:%MZ") {
        return Some(utc.and_utc());
    }
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    let today = zone.local(now).date_naive();
    // The next one; the day after too, as a clock may skip that time tonight.
    (0..=2).filter_map(|days| (zone.to_utc)((today + Duration::days(days)).and_time(time))).find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: Zone = Zone::new(
        |local| Some((local - Duration::hours(1)).and_utc()),
        |_| FixedOffset::east_opt(3600).expect("an hour east"),
    );

    fn end(text: &str, zone: &Zone) -> String {
        let now = "2026-11-21T20:00:00Z".parse().unwrap();
        parse(text, now, zone).map_or_else(|why| why, |at| at.format("%d %H:%M").to_string())
    }

    #[test]
    fn an_end_is_a_length_a_moment_or_the_next_time_of_day() {
        for (text, wanted) in [
            ("2h", "21 22:00"),
            ("1d12h", "23 08:00"),
            ("2026-11-22T08:00", "22 07:00"),
            ("2026-11-22 08:00:30", "22 07:00"),
            ("2026-11-22T08:00Z", "22 08:00"),
            ("2026-11-22T08:00:00-05:00", "22 13:00"),
            ("08:00", "22 07:00"),
            ("21:30", "21 20:30"),
            ("21:00", "22 20:00"),
        ] {
            assert_eq!(end(text, &BERLIN), wanted, "{text}");
        }
        assert_eq!(end("08:00", &Zone::UTC), "22 08:00");
    }

    #[test]
    fn what_is_no_end_says_what_one_looks_like() {
        for text in ["", "soon", "25:00", "2026-13-01T00:00", "5", "-2h", "2h30"] {
            assert!(end(text, &Zone::UTC).contains("write"), "{text}: {}", end(text, &Zone::UTC));
        }
        assert!(end("0m", &Zone::UTC).contains("no time at all"));
        assert!(end("99y", &Zone::UTC).contains("five years"));
    }

    #[test]
    fn the_zone_is_shown_with_the_end() {
        let at = "2026-11-22T07:00:00Z".parse().unwrap();
        assert_eq!(
            (BERLIN.show(at), Zone::UTC.show(at)),
            ("Sun 22 Nov 08:00 +01:00".into(), "Sun 22 Nov 07:00 UTC".into())
        );
    }
}
