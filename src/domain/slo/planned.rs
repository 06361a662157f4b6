//! Maintenance as it is planned: whose budgets it leaves out, and when: once, or every week by the wall clock of a zone.
//! Knows no file and no counts.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;

use super::{
    Slo,
    exclusion::{Adjusted, Exclusion, adjusted},
    history::History,
};
use crate::domain::{Time, text::SafeText};

/// One plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub name: SafeText,
    /// Ids of objectives, `*` for any part of one; none = every objective.
    pub slo: Option<String>,
    /// Services, in the same way.
    pub service: Option<String>,
    pub when: When,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// `(from, to]` in Unix seconds.
    Once {
        from: i64,
        to: i64,
    },
    Weekly(Weekly),
}

/// On some days of every week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weekly {
    /// From Monday on.
    pub days: [bool; 7],
    /// Wall time.
    pub at: NaiveTime,
    /// Seconds, above 0.
    pub lasts_s: i64,
    pub zone: Tz,
    /// The first moment at which one may begin and the first at which none may, Unix seconds.
    pub within: (i64, i64),
}

/// Both numbers of an objective, where a plan touches its window.
pub fn adjust(planned: &[Planned], slo: &Slo, history: &History, now: Time) -> Option<Adjusted> {
    let mut its = planned.iter().filter(|p| p.is_about(slo)).peekable();
    its.peek()?;
    let end = history.head(now.timestamp());
    let begin = super::judge::period_at(slo.window, end).begin;
    let exclusions: Vec<Exclusion> = its.flat_map(|p| p.between(begin, end)).collect();
    adjusted(slo, history, &exclusions, now)
}

impl Planned {
    pub fn is_about(&self, slo: &Slo) -> bool {
        let fits = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|p| matches(p, text));
        // A row that was split off is its parent's, too.
        let id = fits(&self.slo, slo.id.as_str()) || fits(&self.slo, slo.parent_id());
        id && fits(&self.service, slo.service.raw())
    }

    /// Its spans that touch `(begin, end]`, Unix seconds.
    pub fn between(&self, begin: i64, end: i64) -> Vec<Exclusion> {
        let spans = match &self.when {
            When::Once { from, to } => vec![(*from, *to)],
            When::Weekly(weekly) => weekly.between(begin, end),
        };
        let touching = spans.into_iter().filter(|(from, to)| *to > begin && *from < end);
        touching.map(|(from, to)| Exclusion { from, to, reason: self.name.clone() }).collect()
    }
}

impl Weekly {
    fn between(&self, begin: i64, end: i64) -> Vec<(i64, i64)> {
        let day = |s: i64| Time::from_timestamp(s, 0).map(|t| t.with_timezone(&self.zone).date_naive());
        let (Some(first), Some(last)) = (day(begin - self.lasts_s), day(end)) else { return Vec::new() };
        let days = first.iter_days().take_while(|d| *d <= last);
        let its = days.filter(|d| self.days[d.weekday().num_days_from_monday() as usize]);
        let begins = its.filter_map(|d| self.begins(d)).filter(|at| (self.within.0..self.within.1).contains(at));
        begins.map(|from| (from, from + self.lasts_s)).collect()
    }

    /// A wall time that a day does not have is that much after the gap; of two it is the first.
    fn begins(&self, day: NaiveDate) -> Option<i64> {
        let wall = day.and_time(self.at);
        let at = |hours| self.zone.from_local_datetime(&(wall + chrono::Duration::hours(hours))).earliest();
        (0..=3).find_map(at).map(|t| t.timestamp())
    }
}

/// `*` stands for any part of a text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Days and a wall time: `Sun 02:00`, `Mon-Fri 22:30`, `Sat,Sun 04:00`, `daily 03:00`.
///
/// # Errors
/// In words.
pub fn weekly(text: &str) -> Result<([bool; 7], NaiveTime), String> {
    let bad = || format!("`{text}` is no day and time; write it like `Sun 02:00`, `Mon-Fri 22:30` or `daily 03:00`");
    let (days, at) = text.trim().rsplit_once(' ').ok_or_else(bad)?;
    let at = NaiveTime::parse_from_str(at, "%H:%M").map_err(|_| bad())?;
    let mut on = [false; 7];
    for word in days.split(',').map(str::trim) {
        let (from, to) = match word.split_once('-') {
            _ if word.eq_ignore_ascii_case("daily") => (0, 6),
            Some((from, to)) => (day(from).ok_or_else(bad)?, day(to).ok_or_else(bad)?),
            None => (day(word).ok_or_else(bad)?, day(word).ok_or_else(bad)?),
        };
        let length = (to + 7 - from) % 7;
        (from..=from + length).for_each(|d| on[d % 7] = true);
    }
    Ok((on, at))
}

fn day(word: &str) -> Option<usize> {
    word.trim().parse::<Weekday>().ok().map(|d| d.num_days_from_monday() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Counted, Indicator, Objective, Window};

    const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);

    fn slo(id: &str, service: &str) -> Slo {
        let indicator = Indicator::events(Counted::Bad("bad".into()), "all", true);
        let slo = Slo::new(id, Objective::percent("99").unwrap(), Window::rolling(86_400), indicator);
        Slo { service: SafeText::new(service), ..slo }
    }

    fn at(text: &str) -> i64 {
        text.parse::<Time>().unwrap().timestamp()
    }

    fn plan(slo: Option<&str>, service: Option<&str>, when: When) -> Planned {
        Planned { name: "upgrade".into(), slo: slo.map(str::to_owned), service: service.map(str::to_owned), when }
    }

    #[test]
    fn a_plan_is_about_what_its_patterns_fit() {
        let once = When::Once { from: 0, to: 1 };
        let pay = slo("shop/pay-availability", "shop");
        for (id, service, fits) in [
            (None, None, true),
            (Some("shop/*"), None, true),
            (Some("*pay*"), Some("shop"), true),
            (Some("*-a*lity"), None, true),
            (Some("shop/pay-availability"), None, true),
            (Some("pay*"), None, false),
            (Some("shop/pay"), None, false),
            (Some("*"), Some("search"), false),
            (None, Some("sh*"), true),
        ] {
            assert_eq!(plan(id, service, once.clone()).is_about(&pay), fits, "{id:?} {service:?}");
        }
        let group = pay.split([("region", "eu")].into_iter().collect());
        assert!(plan(Some("shop/pay-availability"), None, once).is_about(&group));
    }

    #[test]
    fn every_week_is_by_the_wall_clock_whatever_the_zone_does() {
        let (days, at_time) = weekly("Sun 02:30").unwrap();
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let when = When::Weekly(Weekly { days, at: at_time, lasts_s: 3_600, zone, within: ALWAYS });
        let found = plan(None, None, when).between(at("2026-03-16T00:00:00Z"), at("2026-04-06T00:00:00Z"));
        let begins: Vec<i64> = found.iter().map(|e| e.from).collect();
        // On the 29th there is no half past two.
        let wanted = ["2026-03-22T01:30:00Z", "2026-03-29T01:30:00Z", "2026-04-05T00:30:00Z"];
        assert_eq!(begins, wanted.map(at));
        assert!(found.iter().all(|e| e.to - e.from == 3_600 && e.reason.raw() == "upgrade"));
    }

    #[test]
    fn one_that_began_before_and_one_that_ends_after_still_touch() {
        let day = |n: &str| weekly(&format!("{n} 23:00")).unwrap();
        let (days, at_time) = day("daily");
        let weekly = Weekly { days, at: at_time, lasts_s: 2 * 3_600, zone: Tz::UTC, within: ALWAYS };
        let found = plan(None, None, When::Weekly(weekly.clone()))
            .between(at("2026-11-20T00:30:00Z"), at("2026-11-20T23:30:00Z"));
        assert_eq!(found.len(), 2);
        let late = Weekly { within: (at("2026-11-20T00:00:00Z"), i64::MAX), ..weekly };
        let found =
            plan(None, None, When::Weekly(late)).between(at("2026-11-20T00:30:00Z"), at("2026-11-20T23:30:00Z"));
        assert_eq!(found.len(), 1, "not before the first");
    }

    #[test]
    fn days_are_named_listed_and_ranged() {
        let on = |text: &str| weekly(text).unwrap().0.map(u8::from);
        assert_eq!(on("Mon-Fri 22:30"), [1, 1, 1, 1, 1, 0, 0]);
        assert_eq!(on("sat, sun 04:00"), [0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(on("Fri-Mon 04:00"), [1, 0, 0, 0, 1, 1, 1]);
        assert_eq!(on("daily 00:00"), [1; 7]);
        for wrong in ["", "Sun", "02:00", "Sunny 02:00", "Sun 25:00", "Mon- 02:00"] {
            assert!(weekly(wrong).unwrap_err().contains("Sun 02:00"), "{wrong}");
        }
    }
}
