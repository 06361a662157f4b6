//! `[[signals]]` tables: queries for the golden signals of services. A hole that cannot be filled is known at the start;
//! what PromQL thinks of a query only its server says.
//!
//! Shapes were checked beside the schema before; a value of a wrong shape is passed over here.

use super::{
    document::{Node, Table},
    fault::{At, Report, nearest},
    types::{SourceConfig, SourceKind},
};
use crate::domain::{
    matcher::Matcher,
    signals::{
        Recipe, Signal, Unit,
        recipe::Wanted,
        template::{KNOWN, Mistake, Template},
    },
    silence::check,
    source::SourceName,
    text::SafeText,
};

/// Every `[[signals]]`; less than all of them only where something was reported.
pub(super) fn recipes(root: &Table, sources: &[SourceConfig], report: &mut Report) -> Vec<Recipe> {
    let items = root.get("signals").and_then(|e| e.node.list()).unwrap_or_default();
    items.iter().filter_map(|item| recipe(item, item.table()?, sources, report)).collect()
}

fn recipe(item: &Node, table: &Table, sources: &[SourceConfig], report: &mut Report) -> Option<Recipe> {
    let wanted: Vec<Wanted> = Signal::ALL.into_iter().filter_map(|signal| wanted(table, signal, report)).collect();
    if Signal::ALL.iter().all(|s| table.get(s.as_str()).is_none()) {
        report.hint(item.at, "this [[signals]] has no query", "give it latency, traffic, errors or saturation");
    }
    for key in ["latency_unit", "traffic_unit", "errors_unit", "saturation_unit", "saturation_name", "full_at"] {
        let of = if key == "full_at" { "saturation" } else { key.split('_').next().unwrap_or(key) };
        if let Some(entry) = table.get(key).filter(|_| table.get(of).is_none()) {
            report.hint(entry.at, format!("`{key}` without `{of}`"), format!("add the query `{of}`, or leave it out"));
        }
    }
    Some(Recipe {
        service: text(table, "service").map(|(_, t)| SafeText::new(t)),
        matchers: matchers(table, report)?,
        wanted,
        source: source(table, sources, report),
        line: item.at.line,
    })
}

fn wanted(table: &Table, signal: Signal, report: &mut Report) -> Option<Wanted> {
    let (at, written) = text(table, signal.as_str())?;
    let query = Template::parse(written).map_err(|mistake| say(at, signal, written, &mistake, report)).ok();
    let unit = text(table, &format!("{}_unit", signal.as_str())).and_then(|(_, word)| Unit::read(word));
    let (unit, scale) = unit.unwrap_or((usual(signal), 1.0));
    let full_at = table.get("full_at").filter(|_| signal == Signal::Saturation).and_then(|e| e.node.amount());
    let name = text(table, "saturation_name").filter(|_| signal == Signal::Saturation);
    Some(Wanted { signal, name: name.map(|(_, t)| SafeText::new(t)), query: query?, unit, scale, full_at })
}

fn usual(signal: Signal) -> Unit {
    match signal {
        Signal::Latency => Unit::Seconds,
        Signal::Traffic => Unit::PerSecond,
        Signal::Errors | Signal::Saturation => Unit::Share,
    }
}

fn matchers(table: &Table, report: &mut Report) -> Option<Vec<Matcher>> {
    let Some((at, written)) = text(table, "matchers") else { return Some(Vec::new()) };
    check::read(written)
        .map_err(|why| report.add(at, format!("`matchers`: {}", why.lines().last().unwrap_or_default().trim())))
        .ok()
}

fn source(table: &Table, sources: &[SourceConfig], report: &mut Report) -> Option<SourceName> {
    let (at, name) = text(table, "source")?;
    match sources.iter().find(|s| s.name.as_str() == name) {
        Some(s) if s.kind == SourceKind::Prometheus => {}
        Some(_) => report.hint(at, format!("`{name}` answers no queries"), "name a source of kind prometheus"),
        None => {
            let known: Vec<&str> = sources.iter().map(|s| s.name.as_str()).collect();
            report.unknown(at, &format!("no source is called `{name}`"), name, &known);
        }
    }
    Some(SourceName::new(name))
}

/// The query is shown with a mark below what is wrong in it.
fn say(at: At, signal: Signal, written: &str, mistake: &Mistake, report: &mut Report) {
    let what = format!("`{}`: {}", signal.as_str(), mistake.what);
    let meant = mistake.word.as_ref().map(|word| match nearest(word, &KNOWN) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known: {}; [$window] outside of quotes", KNOWN.join(", ")),
    });
    let hint = meant.or_else(|| mistake.hint.map(str::to_owned));
    let before = written.get(..mistake.at).unwrap_or_default();
    let line = written.lines().nth(before.matches('\n').count()).unwrap_or_default();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    report.marked(at, &what, hint.as_deref(), (line, &format!("{}^", " ".repeat(column))));
}

fn text<'a>(table: &'a Table, key: &str) -> Option<(At, &'a str)> {
    let node = &table.get(key)?.node;
    Some((node.at, node.text()?))
}
