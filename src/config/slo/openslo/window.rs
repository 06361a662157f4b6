//! The compliance period of an SLO: rolling, or a calendar's with its anchor and zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::{
    super::{
        notes::{Map, Notes},
        yaml::Node,
    },
    Version,
    length::Length,
};
use crate::domain::slo::{Window, calendar::Calendar};

const HOUR: i64 = 3_600;
/// Longest window in seconds: more hours than this are no longer worth fetching.
const LONGEST: i64 = 400 * 24 * HOUR;
const EXAMPLE: &str = "write `timeWindow: [{duration: 30d, isRolling: true}]`";
const WINDOW: &[&str] = &["duration", "isRolling", "calendar"];
const ALPHA: &[&str] = &["unit", "count", "isRolling", "calendar"];
const CALENDAR: &[&str] = &["startTime", "timeZone"];

pub(super) fn window(spec: &Map<'_>, version: Version, notes: &mut Notes) -> Option<Window> {
    let (key, keys) = match version {
        Version::V1Alpha => ("timeWindows", ALPHA),
        Version::V1 | Version::V2Alpha => ("timeWindow", WINDOW),
    };
    let list = notes.need(spec, key, EXAMPLE)?;
    let [window] = list.items() else {
        return notes.wrong(list.line, format!("{key} must have exactly one entry"), EXAMPLE);
    };
    let window = notes.map(window, "the time window", keys)?;
    let length = length(&window, version, notes);
    let rolling = rolling(&window, notes)?;
    let (length, node) = length?;
    match (rolling, window.get("calendar")) {
        (true, calendar) => {
            if let Some(calendar) = calendar {
                notes.warn(calendar.line, "the calendar of a rolling window is ignored", "isRolling: false follows it");
            }
            within(length, node, notes).map(Window::rolling)
        }
        (false, Some(calendar)) => {
            within(length, node, notes)?;
            self::calendar(calendar, length, notes).map(Window::Calendar)
        }
        (false, None) => {
            let hint =
                "give it `calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}`, or isRolling: true";
            notes.wrong(window.line(), "a window that is not rolling needs a calendar", hint)
        }
    }
}

/// Rolling where it says so, or says nothing of a calendar either.
fn rolling(window: &Map<'_>, notes: &mut Notes) -> Option<bool> {
    match window.get("isRolling") {
        None => Some(window.get("calendar").is_none()),
        Some(node) => node.truth().or_else(|| notes.wrong(node.line, "`isRolling` is neither true nor false", "")),
    }
}

fn length<'a>(window: &Map<'a>, version: Version, notes: &mut Notes) -> Option<(Length, &'a Node)> {
    let (node, read) = if version == Version::V1Alpha {
        let unit = notes.need_text(window, "unit", "write `unit: Day, count: 30`");
        let count = notes.need(window, "count", "write `unit: Day, count: 30`")?;
        (count, Length::of_unit(count.text().unwrap_or(""), unit?))
    } else {
        let node = notes.need(window, "duration", EXAMPLE)?;
        (node, Length::read(node.text().unwrap_or("")))
    };
    match read {
        Ok(length) => Some((length, node)),
        Err(what) => notes.wrong(node.line, what, ""),
    }
}

fn within(length: Length, node: &Node, notes: &mut Notes) -> Option<i64> {
    let seconds = length.seconds();
    if (HOUR..=LONGEST).contains(&seconds) {
        return Some(seconds);
    }
    let what = format!("a window of {} is not between one hour and 400 days", node.text().unwrap_or(""));
    let hint = length.month_meant().unwrap_or_else(|| "`m` is a minute and `M` a month".into());
    notes.wrong(node.line, what, hint)
}

fn calendar(node: &Node, length: Length, notes: &mut Notes) -> Option<Calendar> {
    let map = notes.map(node, "the calendar", CALENDAR)?;
    let zone = notes.need(&map, "timeZone", "such as Europe/Berlin or UTC").and_then(|n| zone(n, notes));
    let start = notes.need(&map, "startTime", "such as 2026-01-01 00:00:00")?;
    let zone = zone?;
    let text = start.text().unwrap_or("");
    let Some(anchor) = moment(text, zone) else {
        return notes.wrong(start.line, format!("startTime `{text}` is no time"), "write it like 2026-01-01 00:00:00");
    };
    let Some(step) = length.step() else {
        return notes.wrong(node.line, "a period of the calendar has no length", "");
    };
    Some(Calendar { anchor, zone, step })
}

fn zone(node: &Node, notes: &mut Notes) -> Option<Tz> {
    let text = node.text().unwrap_or("");
    text.parse().ok().or_else(|| {
        let what = format!("timeZone `{text}` is none");
        notes.wrong(node.line, what, "a name of the IANA database, such as Europe/Berlin or UTC")
    })
}

/// A wall time in the zone; one with an offset is brought there. Only years in which every edge can be counted.
fn moment(text: &str, zone: Tz) -> Option<NaiveDateTime> {
    use chrono::Datelike;
    const WALL: [&str; 4] = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    let wall = WALL.iter().find_map(|f| NaiveDateTime::parse_from_str(text, f).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|d| d.and_hms_opt(0, 0, 0));
    let fixed = || {
        let read = DateTime::parse_from_rfc3339(text).ok();
        read.or_else(|| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z").ok())
            .map(|t| t.with_timezone(&zone).naive_local())
    };
    wall.or_else(day).or_else(fixed).filter(|t| (1970..=2200).contains(&t.year()))
}
