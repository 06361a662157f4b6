//! A moment that is over, as a person writes it: a length ago, a time of day, a date. Knows no clock: now is an argument.

use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime, Utc};

use super::{Time, duration, silence::end::Zone, text::SafeText};

/// Two clocks may differ by as much without a word.
const SLACK: Duration = Duration::seconds(5);

/// Reads `now`, `15m` (ago), `10:15` (the last one), `2026-11-21T10:15` (with `Z` or an offset where given, else in the
/// zone).
///
/// # Errors
/// Names what was expected; a moment that is still to come is none.
pub fn parse(text: &str, now: Time, zone: &Zone) -> Result<Time, String> {
    let text = text.trim();
    let shown = || SafeText::new(text).line().into_owned();
    let bad = || format!("`{}` is no moment; write 15m (ago), 10:15 or 2026-11-21T10:15", shown());
    let at = if text == "now" {
        now
    } else if text.contains(':') || text.matches('-').count() >= 2 {
        let skipped =
            || format!("`{}` was skipped there: the clocks went forward; add an offset, or write 15m", shown());
        read(text, now, zone).ok_or_else(bad)?.ok_or_else(skipped)?
    } else {
        let length = text.trim_start_matches('-').trim_end_matches("ago").trim();
        now.checked_sub_signed(duration::parse(length).map_err(|_| bad())?).ok_or_else(bad)?
    };
    if at > now + SLACK { Err(format!("`{}` is still to come", shown())) } else { Ok(at) }
}

/// None where it is no moment at all, or one that the clocks of the zone skipped. One that they showed twice is the later,
/// unless that is still to come.
fn read(text: &str, now: Time, zone: &Zone) -> Option<Option<Time>> {
    let whole = text.replacen(' ', "T", 1);
    let offset =
        DateTime::parse_from_rfc3339(&whole).or_else(|_| DateTime::parse_from_str(&whole, "%Y-%m-%dT%H:%M%:z"));
    if let Ok(at) = offset {
        return Some(Some(at.with_timezone(&Utc)));
    }
    if let Some(local) = naive(whole.strip_suffix('Z').unwrap_or(&whole)) {
        return Some(if whole.ends_with('Z') { Some(local.and_utc()) } else { zone.latest(local, now) });
    }
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|f| NaiveTime::parse_from_str(text, f).ok())?;
    let here = zone.local(now).naive_local();
    let days = (0..=2).map(|days| (here.date() - Duration::days(days)).and_time(time));
    // Today's, where the clocks skipped it, is not yesterday's.
    let over = |local: &NaiveDateTime| zone.latest(*local, now).map_or(*local <= here, |at| at <= now);
    Some(days.into_iter().find(over).and_then(|local| zone.latest(local, now)))
}

fn naive(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
}

#[cfg(test)]
mod tests {
    use chrono::{Offset, TimeZone};
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn read_at(text: &str) -> String {
        let now = "2026-11-21T20:00:00Z".parse().unwrap();
        parse(text, now, &Zone::UTC).map_or_else(|why| why, |at| at.format("%d %H:%M").to_string())
    }

    #[test]
    fn a_moment_is_a_length_ago_the_last_time_of_day_or_a_date() {
        for (text, wanted) in [
            ("15m", "21 19:45"),
            ("-2h", "21 18:00"),
            ("90m ago", "21 18:30"),
            ("now", "21 20:00"),
            ("19:30", "21 19:30"),
            ("20:30", "20 20:30"),
            ("2026-11-20T08:15", "20 08:15"),
            ("2026-11-20 08:15:30", "20 08:15"),
            ("2026-11-20T08:15Z", "20 08:15"),
            ("2026-11-20T08:15:00+02:00", "20 06:15"),
        ] {
            assert_eq!(read_at(text), wanted, "{text}");
        }
    }

    /// Berlin in 2026: an hour on at 01:00 UTC of the 29th of March, and back at 01:00 UTC of the 25th of October.
    const BERLIN: Zone = Zone::new(
        |local| Berlin.from_local_datetime(&local).earliest().map(|at| at.to_utc()),
        |at| Berlin.offset_from_utc_datetime(&at.naive_utc()).fix(),
    );

    fn in_berlin(text: &str, now: &str) -> String {
        parse(text, now.parse().unwrap(), &BERLIN).map_or_else(|why| why, |at| at.format("%d %H:%M").to_string())
    }

    #[test]
    fn a_time_is_that_of_the_zone_on_both_sides_of_a_change_of_clocks() {
        for (text, now, wanted) in [
            ("10:15", "2026-03-28T12:00:00Z", "28 09:15"),
            ("10:15", "2026-03-29T12:00:00Z", "29 08:15"),
            ("23:30", "2026-03-29T06:00:00Z", "28 22:30"),
            ("2026-10-24T10:15", "2026-10-26T12:00:00Z", "24 08:15"),
            ("2026-10-26T10:15", "2026-10-26T12:00:00Z", "26 09:15"),
        ] {
            assert_eq!(in_berlin(text, now), wanted, "{text} at {now}");
        }
    }

    #[test]
    fn of_an_hour_that_comes_twice_the_last_one_that_is_over_is_meant() {
        for (text, now, wanted) in [
            // It is 02:50 for the first time, then for the second.
            ("02:30", "2026-10-25T00:50:00Z", "25 00:30"),
            ("02:30", "2026-10-25T01:50:00Z", "25 01:30"),
            // 02:10 for the second time: the only 02:50 of today was the first.
            ("02:50", "2026-10-25T01:10:00Z", "25 00:50"),
            ("2026-10-25T02:30", "2026-10-25T12:00:00Z", "25 01:30"),
            ("2026-10-25T02:30+02:00", "2026-10-25T12:00:00Z", "25 00:30"),
        ] {
            assert_eq!(in_berlin(text, now), wanted, "{text} at {now}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_skipped_says_so_and_is_not_yesterdays() {
        for text in ["02:30", "2026-03-29T02:30", "2026-03-29 02:30:00"] {
            let said = in_berlin(text, "2026-03-29T01:10:00Z");
            assert!(said.contains("the clocks went forward"), "{text}: {said}");
        }
        // Before the gap nobody can mean the one in it.
        assert_eq!(in_berlin("02:30", "2026-03-29T00:10:00Z"), "28 01:30");
    }

    #[test]
    fn what_is_no_moment_or_is_still_to_come_says_so() {
        for text in ["", "soon", "25:00", "5", "2026-13-01T00:00", "\u{1b}[2J"] {
            assert!(read_at(text).contains("write 15m"), "{text}: {}", read_at(text));
        }
        assert!(read_at("2026-11-22T08:00").ends_with("is still to come"));
    }
}
