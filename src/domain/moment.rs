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
        read(text, now, zone).ok_or_else(bad)?
    } else {
        let length = text.trim_start_matches('-').trim_end_matches("ago").trim();
        now.checked_sub_signed(duration::parse(length).map_err(|_| bad())?).ok_or_else(bad)?
    };
    if at > now + SLACK { Err(format!("`{}` is still to come", shown())) } else { Ok(at) }
}

fn read(text: &str, now: Time, zone: &Zone) -> Option<Time> {
    let whole = text.replacen(' ', "T", 1);
    if let Ok(at) = DateTime::parse_from_rfc3339(&whole) {
        return Some(at.with_timezone(&Utc));
    }
    if let Some(local) = naive(whole.strip_suffix('Z').unwrap_or(&whole)) {
        return if whole.ends_with('Z') { Some(local.and_utc()) } else { zone.utc(local) };
    }
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|f| NaiveTime::parse_from_str(text, f).ok())?;
    let today = zone.local(now).date_naive();
    (0..=2).filter_map(|days| zone.utc((today - Duration::days(days)).and_time(time))).find(|at| *at <= now)
}

fn naive(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn what_is_no_moment_or_is_still_to_come_says_so() {
        for text in ["", "soon", "25:00", "5", "2026-13-01T00:00", "\u{1b}[2J"] {
            assert!(read_at(text).contains("write 15m"), "{text}: {}", read_at(text));
        }
        assert!(read_at("2026-11-22T08:00").ends_with("is still to come"));
    }
}
