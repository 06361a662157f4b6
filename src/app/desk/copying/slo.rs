//! A budget in the forms in which people pass it on: its queries, the rule that would help, all of it as Markdown.

use std::fmt::Write;

use crate::{
    app::{App, desk::picking::Item},
    domain::{
        Time,
        entry::{Entry, Kind, Subject},
        slo::{BudgetRow, indicator::Measure, tale},
    },
};

/// Seconds that a copied rate looks back, where nothing was asked yet.
const LOOK_BACK: i64 = 300;

pub(super) fn texts(app: &App, row: &BudgetRow, now: Time) -> Vec<Item> {
    let slo = &row.slo;
    let mut items: Vec<Item> = Vec::new();
    // What would help comes first.
    items.extend(row.trouble.as_ref().and_then(|t| t.rule.as_ref()).map(|r| Item::new('r', "recording rule", r.raw())));
    items.push(Item::new('n', "name", slo.title.raw()));
    items.push(Item::new('i', "id", slo.id.as_str()));
    let queries = queries(&slo.indicator.measure).into_iter().filter(|(_, _, query)| !query.is_empty());
    items.extend(queries.map(|(key, label, query)| Item::new(key, label, query)));
    let golden = app.world.signals.of(&slo.id);
    let lines = golden.iter().flat_map(|g| &g.lines).filter(|l| !l.ask.query.is_empty());
    items.extend(('1'..='9').zip(lines).map(|(key, line)| {
        let label = format!("{} ({})", line.ask.signal.as_str(), line.ask.name.line());
        Item::new(key, &label, line.ask.over(if line.window > 0 { line.window } else { LOOK_BACK }))
    }));
    items.push(Item::new('m', "all of it as Markdown", markdown(app, row, now)));
    items
}

fn queries(measure: &Measure) -> Vec<(char, &'static str, String)> {
    use crate::domain::slo::indicator::Counted;
    let counted = |c: &Counted| match c {
        Counted::Good(query) => ('g', "query of the good events", query.clone()),
        Counted::Bad(query) => ('b', "query of the bad events", query.clone()),
    };
    match measure {
        Measure::Events { counted: c, total, .. } => vec![counted(c), ('q', "query of all events", total.clone())],
        Measure::Ratio(c) => {
            let (key, _, query) = counted(c);
            vec![(key, "query of the ratio", query)]
        }
        Measure::Threshold { query, op, value } => vec![('q', "query", format!("{query} {} {value}", op.as_str()))],
        Measure::Parts => Vec::new(),
    }
}

fn markdown(app: &App, row: &BudgetRow, now: Time) -> String {
    let slo = &row.slo;
    let mut text = format!("## {}\n\n", slo.title.line());
    let mut say = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- **{name}**: {value}");
    };
    say("id", slo.id.as_str());
    say("service", &slo.service.line());
    say("objective", &format!("{} % over {}", slo.objective.as_percent(), slo.window.words()));
    match row.numbers() {
        None => say("budget left", "UNKNOWN (it was not counted)"),
        Some(_) if app.world.budgets.is_blind(now) => say("budget left", "UNKNOWN (its source cannot be read)"),
        Some(n) => {
            say("budget left", &n.remaining.map_or_else(|| "UNKNOWN".into(), tale::percent));
            let burn = n.burn.iter().map(|(window, rate)| format!("{window} {}", tale::rate(*rate)));
            say("burn", &burn.collect::<Vec<_>>().join(", "));
            say("as of", &format!("{} UTC", n.as_of.format("%Y-%m-%d %H:%M")));
            if let Some(at) = n.exhausts_at {
                say("runs out", &format!("{} UTC at this pace", at.format("%Y-%m-%d %H:%M")));
            }
        }
    }
    for (_, label, query) in queries(&slo.indicator.measure).into_iter().filter(|(_, _, q)| !q.is_empty()) {
        let _ = write!(text, "\n{label}:\n\n```promql\n{query}\n```\n");
    }
    let notes: Vec<String> = app.world.timeline.of(&Subject::slo(slo.id.as_str())).filter_map(note).collect();
    if !notes.is_empty() {
        let _ = write!(text, "\n### Notes\n\n{}", notes.concat());
    }
    text
}

/// A note as a line of Markdown.
pub(super) fn note(entry: &Entry) -> Option<String> {
    let text = entry.body.text.as_ref().filter(|_| entry.kind == Kind::NoteAdded)?;
    Some(format!("- {} UTC {}: {}\n", entry.at.format("%Y-%m-%d %H:%M"), entry.actor.line(), text.line()))
}
