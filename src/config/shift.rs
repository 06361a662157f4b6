//! `[shift]`: when shifts begin, in which zone, and when people work.

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;

use super::{
    document::Node,
    fault::{At, Report, nearest},
    layers::Layers,
    schema::{Key, Kind, given, may},
};
use crate::domain::{
    shift::{Rota, Wall, Working},
    silence::end::Zone,
};

/// The keys of `[shift]`.
pub(super) const KEYS: &[Key] = &[
    given("starts", Kind::List, "When shifts begin, in the zone below."),
    may("zone", Kind::Text, "The zone of shifts and working hours by its name; left out, that of the machine."),
    given("working_hours", Kind::Text, "When people are at work; what pages at any other time is out of hours."),
    given("working_days", Kind::List, "The days on which they are."),
    may("handoff_template", Kind::Path, "The template of the handoff, in place of the one that is built in."),
];

/// None where anything in it is a mistake, which is told.
pub(super) fn rota(layers: Layers<'_>, report: &mut Report) -> Option<Rota> {
    let starts = times(layers, report);
    let wall = wall(layers, &["shift", "zone"], report);
    let days = days(layers, report);
    let hours = hours(layers, report);
    let (from, to) = hours?;
    Some(Rota::new(starts?, wall?, Working { days: days?, from, to }))
}

fn times(layers: Layers<'_>, report: &mut Report) -> Option<Vec<NaiveTime>> {
    let (node, _) = layers.get(&["shift", "starts"])?;
    let all: Vec<Option<NaiveTime>> = node.texts().into_iter().map(|(at, text)| time(at, text, report)).collect();
    if all.is_empty() {
        report.add(node.at, "at least one shift must begin at some time, such as \"08:00\"");
        return None;
    }
    all.into_iter().collect()
}

fn time(at: At, text: &str, report: &mut Report) -> Option<NaiveTime> {
    let read = NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    if read.is_none() {
        report.add(at, format!("`{text}` is no time of day; write 08:00"));
    }
    read
}

/// The clock of a zone by its name; the machine's where none is named.
pub(super) fn wall(layers: Layers<'_>, path: &[&str], report: &mut Report) -> Option<Wall> {
    let Some((node, _)) = layers.get(path) else { return Some(Wall::Here(Zone::default())) };
    let text = node.text().unwrap_or_default().trim();
    if text.is_empty() {
        return Some(Wall::Here(Zone::default()));
    }
    let found = text.parse::<Tz>().ok();
    if found.is_none() {
        let zones: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()).collect();
        let near = nearest(text, &zones);
        let hint = near.map_or_else(|| "such as Europe/Berlin or UTC".into(), |n| format!("did you mean `{n}`?"));
        report.hint(node.at, format!("no time zone is called `{text}`"), hint);
    }
    found.map(Wall::Named)
}

fn days(layers: Layers<'_>, report: &mut Report) -> Option<Vec<Weekday>> {
    let (node, _) = layers.get(&["shift", "working_days"])?;
    let mut days = Vec::new();
    for (at, text) in node.texts() {
        match text.trim().parse::<Weekday>() {
            Ok(day) if days.contains(&day) => {}
            Ok(day) => days.push(day),
            Err(_) => report.add(at, format!("`{text}` is no day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun")),
        }
    }
    days.sort_by_key(Weekday::num_days_from_monday);
    Some(days)
}

fn hours(layers: Layers<'_>, report: &mut Report) -> Option<(NaiveTime, NaiveTime)> {
    let (node, _) = layers.get(&["shift", "working_hours"])?;
    let read = |node: &Node| {
        let (from, to) = node.text()?.split_once('-')?;
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        Some((time(from)?, time(to)?)).filter(|(from, to)| from != to)
    };
    let hours = read(node);
    if hours.is_none() {
        let text = node.text().unwrap_or_default();
        report.add(node.at, format!("`{text}` are no hours of a day; write 09:00-17:00, or 22:00-06:00 for a night"));
    }
    hours
}
