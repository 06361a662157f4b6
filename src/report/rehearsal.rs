//! A day out of a journal as a scenario: what fired and resolved, what was deployed and which sources were out of sight,
//! written as the file that the simulation reads. What people did is not played again; how soon they did it is kept, to
//! be compared.
//!
//! A journal keeps few labels of an alert: its name, its severity, what names its service and its objective; of one that
//! was linked to an incident it keeps all. Two alerts that would look alike are told apart by `recorded_as`.

mod past;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use toml::{Table, Value};

use crate::domain::{
    Time,
    change::Word,
    drill::{Cast, Experiment, Injected, Part, Score, Times},
    entry::{Entry, Kind},
    incident::{Clues, Incident, Moment},
    source::SourceName,
    text::SafeText,
};

use past::{Firing, Past};

/// What a rehearsal is made of.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// In any order; those from before the span tell what still fired when it began.
    pub entries: &'a [Entry],
    pub span: (Time, Time),
    /// Whose alerts ask for an owner; without one, every page does.
    pub incident: Option<&'a Incident>,
}

/// The text of the scenario.
///
/// # Errors
/// Where nothing fired in that time: there is nothing to play.
pub fn scenario(given: &Given<'_>) -> Result<String, String> {
    let past = Past::of(given);
    let own = past.own(given.incident);
    if own.is_empty() {
        let (from, to) = given.span;
        let clock = |at: Time| at.format("%Y-%m-%d %H:%M");
        return Err(format!("the journal has no alert that fired between {} and {} UTC", clock(from), clock(to)));
    }
    let file = file(given, &past, &own);
    toml::to_string(&file).map_err(|e| format!("the scenario cannot be written: {e}"))
}

/// A moment or a length, as a scenario writes it.
fn length(length: Duration) -> Value {
    let ms = length.num_milliseconds();
    let sign = if ms < 0 { "-" } else { "" };
    Value::String(format!("{sign}{}ms", ms.unsigned_abs()))
}

fn text(text: &SafeText) -> Value {
    Value::String(text.raw().to_owned())
}

fn file(given: &Given<'_>, past: &Past, own: &[&Firing]) -> Table {
    let (from, to) = given.span;
    let stamp = from.format("%Y-%m-%d %H:%M");
    let title = match given.incident {
        Some(incident) => format!("{}: {}", incident.id, incident.title.line()),
        None => format!("What fired from {stamp} UTC on"),
    };
    let story = format!(
        "Out of a journal: {} to {} UTC.\n{} firings, {} of them of what asks for a person.",
        stamp,
        to.format("%H:%M"),
        past.firings.len(),
        own.len()
    );
    let name = given.incident.map_or_else(|| from.format("recorded-%m%d-%H%M").to_string(), |i| i.id.to_string());
    let mut file = Table::new();
    let mut put = |name: &str, value: Value| drop(file.insert(name.to_owned(), value));
    put("name", name.into());
    put("title", title.into());
    put("story", story.into());
    put("start", from.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into());
    put("opens_at", "0s".into());
    put("source", tables(sources(given, past)));
    put("alert", tables(past.firings.iter().map(|f| alert(f, from))));
    put("event", tables(events(given, past)));
    put("fault", tables(past.blind(given).map(|span| fault(&span, given.span))));
    put("experiment", Value::Table(experiment(given, past, own)));
    file
}

fn tables(all: impl IntoIterator<Item = Table>) -> Value {
    Value::Array(all.into_iter().map(Value::Table).collect())
}

fn table<const N: usize>(pairs: [(&str, Value); N]) -> Table {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Each source as an Alertmanager; its acks are where they were.
fn sources(given: &Given<'_>, past: &Past) -> Vec<Table> {
    let names: BTreeSet<&SourceName> = past.firings.iter().map(|f| &f.id.source).collect();
    let ack = |name: &SourceName| if past::acks_in_journal(given.entries, name) { "journal" } else { "silence" };
    names.into_iter().map(|n| table([("name", n.as_str().into()), ("ack", ack(n).into())])).collect()
}

fn alert(firing: &Firing, start: Time) -> Table {
    let labels: Table = firing.labels.iter().map(|(n, v)| (n.raw().to_owned(), text(v))).collect();
    let mut out = table([
        ("at", length(firing.from - start)),
        ("source", firing.id.source.as_str().into()),
        ("labels", Value::Table(labels)),
    ]);
    if let Some(to) = firing.to {
        out.insert("until".into(), length(to - start));
    }
    if let Some(summary) = &firing.summary {
        out.insert("annotations".into(), Value::Table(table([("summary", text(summary))])));
    }
    out
}

fn events(given: &Given<'_>, past: &Past) -> Vec<Table> {
    let (from, to) = given.span;
    let deploys = given.entries.iter().filter(|e| e.kind.change().is_some() && e.at <= to);
    let event = |e: &Entry| {
        let body = &e.body;
        let mut out = table([
            ("at", length(e.at - from)),
            ("kind", e.kind.change().map_or("deploy", Word::as_str).into()),
            ("title", text(&body.title.clone().unwrap_or_default())),
            ("by", text(&e.actor)),
            ("text", text(&body.text.clone().unwrap_or_default())),
        ]);
        if let Some(service) = e.subject.as_str().strip_prefix("service:") {
            out.insert("service".into(), service.into());
        }
        // A source that told nothing else is not played: the first one tells it.
        if let Some(source) = e.source.as_ref().filter(|s| past.firings.iter().any(|f| f.id.source == **s)) {
            out.insert("source".into(), source.as_str().into());
        }
        out
    };
    deploys.map(event).collect()
}

fn fault((source, lost, back): &(SourceName, Time, Option<Time>), (from, to): (Time, Time)) -> Table {
    let until = back.unwrap_or(to).max(*lost + past::LEAST);
    table([
        ("source", source.as_str().into()),
        ("at", length(*lost - from)),
        ("until", length(until - from)),
        ("kind", "unreachable".into()),
    ])
}

fn experiment(given: &Given<'_>, past: &Past, own: &[&Firing]) -> Table {
    let (from, to) = given.span;
    let names: BTreeSet<String> = own.iter().map(|f| f.title.line().into_owned()).collect();
    let names: Vec<String> = names.into_iter().collect();
    let mut out = table([
        ("steady_state", "As it was before the first of these alerts fired.".into()),
        ("hypothesis", format!("This time it is owned sooner: {}.", names.join(", ")).into()),
        ("incident", was_declared(given).into()),
        ("ends_at", length((to - from).max(past::LEAST))),
        ("own", Value::Array(matchers(own))),
    ]);
    let broken = broken(given, own);
    if let Some((at, until)) = broken {
        let fault = table([
            ("what", format!("what made {} fire", names.join(", ")).into()),
            ("at", length(at - from)),
            ("until", length(until.max(at + past::LEAST) - from)),
            ("rollback", "as it was done then: it ends when it ended".into()),
        ]);
        out.insert("fault".into(), tables([fault]));
    }
    out.insert("then".into(), Value::Table(then(given, past, own, broken)));
    out
}

/// One duty for each name and service among them.
fn matchers(own: &[&Firing]) -> Vec<Value> {
    let quoted = |name: &str, value: &str| Value::String(format!("{name}=\"{value}\""));
    let of = |f: &&Firing| {
        let named = ["alertname", "service"].map(|n| (n, f.labels.value(n).to_owned()));
        named.into_iter().filter(|(_, v)| !v.is_empty()).collect::<Vec<_>>()
    };
    let duties: BTreeSet<Vec<(&str, String)>> = own.iter().map(of).collect();
    duties.iter().map(|duty| Value::Array(duty.iter().map(|(n, v)| quoted(n, v)).collect())).collect()
}

fn was_declared(given: &Given<'_>) -> bool {
    let (from, to) = given.span;
    let declared = |e: &Entry| e.kind == Kind::Incident(crate::domain::incident::Part::Declared);
    given.incident.is_some() || given.entries.iter().any(|e| declared(e) && e.at >= from && e.at <= to)
}

/// From the first of them to when it was mitigated, or all of them were over.
fn broken(given: &Given<'_>, own: &[&Firing]) -> Option<(Time, Time)> {
    let at = own.iter().map(|f| f.from).min()?;
    let said = given.incident.and_then(|i| i.time(Moment::Mitigated, &Clues::of(i, given.entries))).map(|t| t.at);
    let ends: Option<Vec<Time>> = own.iter().map(|f| f.to).collect();
    Some((at, said.or_else(|| ends?.into_iter().max())?))
}

/// How soon it was done, by the same arithmetic that scores the drill.
fn then(given: &Given<'_>, past: &Past, own: &[&Firing], broken: Option<(Time, Time)>) -> Table {
    let from = given.span.0;
    let fault = |(at, until): (Time, Time)| Injected {
        what: SafeText::default(),
        at: at - from,
        until: Some(until - from),
        rollback: SafeText::default(),
        action: None,
        on: Vec::new(),
    };
    let experiment = Experiment { faults: broken.into_iter().map(fault).collect(), ..Experiment::default() };
    let cast: Vec<Cast> = past.firings.iter().map(|f| cast(f, own)).collect();
    let Times { own_s, note_s, declare_s, mitigate_s } = Score::of(&crate::domain::drill::Given {
        experiment: &experiment,
        cast: &cast,
        epoch: from,
        span: given.span,
        entries: given.entries,
        sent: &[],
        whole: true,
    })
    .times();
    let all = BTreeMap::from([("own", own_s), ("note", note_s), ("declare", declare_s), ("mitigate", mitigate_s)]);
    let known = all.into_iter().filter_map(|(name, s)| Some((name.to_owned(), length(Duration::seconds(s?)))));
    known.collect()
}

fn cast(firing: &Firing, own: &[&Firing]) -> Cast {
    let asks = own.iter().any(|f| f.id == firing.id);
    Cast {
        id: firing.id.clone(),
        title: firing.title.clone(),
        labels: firing.labels.clone(),
        part: if asks { Part::Own(0) } else { Part::Other },
        fires_at: firing.from,
        ends_at: firing.to,
    }
}
