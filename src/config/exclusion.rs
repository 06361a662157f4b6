//! `[[slo_exclusion]]`: maintenance that was planned, read here so that a mistake is known at the start.

use super::{
    document::{Node, Table},
    fault::{At, Report},
};
use crate::domain::{
    Time, duration,
    slo::planned::{Planned, Weekly, When, weekly},
    text::SafeText,
};

/// Every `[[slo_exclusion]]`; less than all of them only where something was reported.
pub(super) fn planned(root: &Table, report: &mut Report) -> Vec<Planned> {
    let items = root.get("slo_exclusion").and_then(|e| e.node.list()).unwrap_or_default();
    items.iter().filter_map(|item| one(item, item.table()?, report)).collect()
}

fn one(item: &Node, table: &Table, report: &mut Report) -> Option<Planned> {
    let written = |key: &str| text(table, key).map(|(_, t)| t.to_owned());
    let (name, when) = (written("name"), when(item, table, report));
    if name.is_none() {
        report.add(item.at, "this [[slo_exclusion]] has no `name`");
    }
    Some(Planned { name: SafeText::new(&name?), slo: written("slo"), service: written("service"), when: when? })
}

/// Once from here to there; or every week, within these where they are given.
fn when(item: &Node, table: &Table, report: &mut Report) -> Option<When> {
    let edge = |key: &str, report: &mut Report| match text(table, key) {
        Some(written) => moment(written, report).map(Some),
        None => Some(None),
    };
    let (from, to) = (edge("from", report)?, edge("to", report)?);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        report.add(item.at, "this [[slo_exclusion]] ends before it begins");
        return None;
    }
    match (from.zip(to), text(table, "every"), text(table, "for")) {
        (_, Some(every), Some(lasts)) => {
            let zone = zone(table, report)?;
            let (days, at) = told(weekly(every.1), every.0, report)?;
            let lasts_s = told(duration::parse(lasts.1), lasts.0, report)?.num_seconds().max(1);
            let within = (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX));
            Some(When::Weekly(Weekly { days, at, lasts_s, zone, within }))
        }
        (Some((from, to)), None, None) => Some(When::Once { from, to }),
        _ => {
            let hint = "from = \"2026-11-20T22:00:00Z\" and to, or every = \"Sun 02:00\" and for = \"2h\"";
            report.hint(item.at, "this [[slo_exclusion]] does not say when it is", hint);
            None
        }
    }
}

fn zone(table: &Table, report: &mut Report) -> Option<chrono_tz::Tz> {
    let Some((at, name)) = text(table, "zone") else { return Some(chrono_tz::Tz::UTC) };
    told(name.parse().map_err(|_| format!("`{name}` is no time zone; write it like Europe/Berlin")), at, report)
}

fn moment((at, text): (At, &str), report: &mut Report) -> Option<i64> {
    let read = chrono::DateTime::parse_from_rfc3339(text).map(|t| Time::from(t).timestamp());
    told(read.map_err(|_| format!("`{text}` is no moment; write it like 2026-11-20T22:00:00Z")), at, report)
}

fn told<T>(read: Result<T, String>, at: At, report: &mut Report) -> Option<T> {
    read.map_err(|why| report.add(at, why)).ok()
}

fn text<'a>(table: &'a Table, key: &str) -> Option<(At, &'a str)> {
    let node = &table.get(key)?.node;
    Some((node.at, node.text()?))
}
