//! What a Sloth SLO measures: events, a raw error ratio, or something only one of its plugins knows.

use super::super::{
    notes::{Map, Notes},
    yaml::Node,
};
use crate::domain::slo::{Counted, Indicator, Measure};

/// The spelling of the keys: raw files have underscores, resources do not.
pub(super) struct Keys {
    events: [&'static str; 2],
    raw: [&'static str; 1],
}

pub(super) const RAW: Keys = Keys { events: ["error_query", "total_query"], raw: ["error_ratio_query"] };
pub(super) const RESOURCE: Keys = Keys { events: ["errorQuery", "totalQuery"], raw: ["errorRatioQuery"] };

const SLI: &[&str] = &["events", "raw", "plugin"];
const PLUGIN: &[&str] = &["id", "options"];
const ONE: &str = "exactly one of events, raw and plugin";
const TEMPLATE: &str = "Sloth puts each window in its place: write [{{.window}}]";

pub(super) fn read(node: &Node, keys: &'static Keys, notes: &mut Notes) -> Option<Indicator> {
    let sli = notes.map(node, "sli", SLI)?;
    match (sli.get("events"), sli.get("raw"), sli.get("plugin")) {
        (Some(events), None, None) => self::events(&notes.map(events, "events", &keys.events)?, keys, notes),
        (None, Some(raw), None) => {
            let raw = notes.map(raw, "raw", &keys.raw)?;
            let ratio = query(&raw, keys.raw[0], notes)?;
            Some(Indicator { measure: Measure::Ratio(Counted::Bad(ratio)), ..empty() })
        }
        (None, None, Some(plugin)) => self::plugin(plugin, notes),
        (None, None, None) => notes.need(&sli, "events", ONE).and(None),
        _ => notes.wrong(sli.line(), "more than one kind of SLI", ONE),
    }
}

fn events(map: &Map<'_>, keys: &Keys, notes: &mut Notes) -> Option<Indicator> {
    let [error, total] = keys.events;
    let (error, total) = (query(map, error, notes), query(map, total, notes));
    Some(Indicator::events(Counted::Bad(error?), &total?, false))
}

/// A query over `{{.window}}`; a literal range can be counted as well, though Sloth would refuse it.
fn query(map: &Map<'_>, key: &str, notes: &mut Notes) -> Option<String> {
    let node = notes.need(map, key, "write it in PromQL, over [{{.window}}]")?;
    let text = notes.text(node, key)?;
    if !has_template(text) {
        if !text.contains('[') {
            return notes.wrong(node.line, format!("`{key}` reads no range of time"), TEMPLATE);
        }
        notes.warn(node.line, format!("`{key}` has no `{{{{.window}}}}`"), TEMPLATE);
    }
    Some(text.to_owned())
}

/// `{{ .window }}` with any spaces.
fn has_template(text: &str) -> bool {
    text.match_indices("{{").any(|(at, _)| {
        let inner = text[at + 2..].trim_start();
        inner.strip_prefix(".window").is_some_and(|rest| rest.trim_start().starts_with("}}"))
    })
}

/// The queries stay empty until the rules of the server say them.
fn plugin(node: &Node, notes: &mut Notes) -> Option<Indicator> {
    let map = notes.map(node, "plugin", PLUGIN)?;
    let id = notes.need_text(&map, "id", "such as sloth-common/kubernetes/apiserver/availability")?;
    let what = format!("what the plugin `{id}` measures only Sloth knows");
    notes.warn(node.line, what, "the query comes from the server's rules, once Sloth's are loaded there");
    Some(empty())
}

fn empty() -> Indicator {
    Indicator::events(Counted::Bad(String::new()), "", false)
}
