//! Sloth: raw files and Kubernetes resources say the same in two spellings.
//!
//! Their files have no period: the configuration says it. What a plugin measures only Sloth knows; it is left empty and
//! comes from the rules of the server.

mod sli;
mod windows;

use super::{
    Desk, Document,
    format::Format,
    notes::{Map, Notes},
    yaml::{Node, Value},
};
use crate::domain::{
    slo::{
        Objective, Slo, Window,
        burn::{Alerting, Severity, Tier, standard_tiers},
    },
    text::SafeText,
};
pub(super) use windows::Windows;

/// How the keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `error_query`
    Raw,
    /// `errorQuery`
    Resource,
}

/// The keys that differ.
struct Keys {
    slo: &'static [&'static str],
    alerting: &'static [&'static str],
    page: &'static str,
    ticket: &'static str,
    sli: &'static sli::Keys,
}

const RAW_DOCUMENT: &[&str] = &["version", "service", "labels", "slo_plugins", "slos"];
const DOCUMENT: &[&str] = &["apiVersion", "kind", "metadata", "spec", "status"];
const SPEC: &[&str] = &["service", "labels", "sloPlugins", "slos"];
const SLO: &[&str] = &["name", "description", "objective", "labels", "sli", "alerting", "plugins"];
const ALERT: &[&str] = &["disable", "labels", "annotations"];

const RAW: Keys = Keys {
    slo: SLO,
    alerting: &["name", "labels", "annotations", "page_alert", "ticket_alert"],
    page: "page_alert",
    ticket: "ticket_alert",
    sli: &sli::RAW,
};
const RESOURCE: Keys = Keys {
    slo: SLO,
    alerting: &["name", "labels", "annotations", "pageAlert", "ticketAlert"],
    page: "pageAlert",
    ticket: "ticketAlert",
    sli: &sli::RESOURCE,
};

/// The catalogue of alert windows that stands, and the period.
pub(super) fn windows(documents: &[Document], desk: &mut Desk<'_>) -> Windows {
    let mut windows = Windows::new(desk.around.sloth_period_s);
    for document in documents.iter().filter(|d| d.format == Format::SlothWindows) {
        let mut notes = Notes::default();
        notes.call("AlertWindows".into());
        windows.take(&document.node, &document.place(), &mut notes);
        desk.report(&document.file, notes);
    }
    windows
}

/// The rows of one document, each with its line.
pub(super) fn rows(node: &Node, style: Style, windows: &Windows, notes: &mut Notes) -> Vec<(u32, Slo)> {
    read(node, style, windows, notes).unwrap_or_default()
}

fn read(node: &Node, style: Style, windows: &Windows, notes: &mut Notes) -> Option<Vec<(u32, Slo)>> {
    let (keys, spec) = match style {
        Style::Raw => (RAW, notes.map(node, "the document", RAW_DOCUMENT)?),
        Style::Resource => {
            let document = notes.map(node, "the document", DOCUMENT)?;
            let spec = notes.need(&document, "spec", "it holds the service and its slos")?;
            (RESOURCE, notes.map(spec, "the spec", SPEC)?)
        }
    };
    let service = notes.need_text(&spec, "service", "budgets are grouped by service: give it one");
    let slos = notes.need(&spec, "slos", "a list with at least one SLO")?;
    if slos.items().is_empty() {
        return notes.wrong(slos.line, "`slos` is empty", "a list with at least one SLO");
    }
    let reader = Reader { service: service?, labels: labels(spec.get("labels")), keys, windows };
    let rows = slos.items().iter().filter_map(|slo| Some((slo.line, reader.slo(slo, notes)?)));
    let rows = rows.collect();
    notes.call(String::new());
    Some(rows)
}

struct Reader<'a> {
    service: &'a str,
    labels: Vec<(SafeText, SafeText)>,
    keys: Keys,
    windows: &'a Windows,
}

impl Reader<'_> {
    fn slo(&self, node: &Node, notes: &mut Notes) -> Option<Slo> {
        let id = |name: &str| format!("{}-{name}", self.service);
        notes.call(match node.get("name").and_then(Node::text) {
            Some(name) => format!("SLO `{}`", id(name)),
            None => format!("an SLO of `{}`", self.service),
        });
        let map = notes.map(node, "the SLO", self.keys.slo)?;
        let name = notes.need_text(&map, "name", "its id is service-name");
        let objective = notes.need(&map, "objective", "a percentage, like 99.9").and_then(|n| objective(n, notes));
        let indicator =
            notes.need(&map, "sli", "events, raw or plugin").and_then(|n| sli::read(n, self.keys.sli, notes));
        let alerting = self.alerting(&map, notes);
        let own = labels(map.get("labels"));
        let name = name?;
        Some(Slo {
            service: SafeText::new(self.service),
            name: SafeText::new(name),
            alerting,
            labels: self.labels.iter().cloned().chain(own).collect::<Vec<_>>().into(),
            ..Slo::new(&id(name), objective?, Window::rolling(self.windows.period_s), indicator?)
        })
    }

    /// The standard tiers or those of the catalogue, without the severities that are switched off.
    fn alerting(&self, slo: &Map<'_>, notes: &mut Notes) -> Alerting {
        let map = slo.get("alerting").and_then(|node| notes.map(node, "alerting", self.keys.alerting));
        let mut off = |key: &'static str| {
            let node = map.as_ref().and_then(|m| m.get(key))?;
            let alert = notes.map(node, key, ALERT)?;
            Some(notes.truth(&alert, "disable"))
        };
        let (page_off, ticket_off) = (off(self.keys.page) == Some(true), off(self.keys.ticket) == Some(true));
        let keeps = |tier: &Tier| if tier.severity == Severity::Page { !page_off } else { !ticket_off };
        match (page_off, ticket_off, &self.windows.tiers) {
            (true, true, _) => Alerting::Off,
            (false, false, None) => Alerting::Recomputed,
            (_, _, tiers) => {
                let tiers = tiers.clone().unwrap_or_else(|| standard_tiers(self.windows.period_s));
                Alerting::Fixed(tiers.into_iter().filter(keeps).collect())
            }
        }
    }
}

/// Per cent, above 0 and up to 100.
fn objective(node: &Node, notes: &mut Notes) -> Option<Objective> {
    let text = node.text().unwrap_or("");
    match Objective::percent(text) {
        Ok(objective) => {
            if objective.budget_ratio() > 0.99 {
                let hint = format!("Sloth's objectives are percentages; {text} is {text} %, not a ratio");
                notes.warn(node.line, "less than 1 % need be good", hint);
            }
            Some(objective)
        }
        Err(what) => notes.wrong(node.line, what, "Sloth's objectives are percentages"),
    }
}

fn labels(node: Option<&Node>) -> Vec<(SafeText, SafeText)> {
    let Some(Value::Map(fields)) = node.map(|n| &n.value) else { return Vec::new() };
    let pair = |f: &super::yaml::Field| Some((SafeText::new(&f.key), SafeText::new(f.node.text()?)));
    fields.iter().filter_map(pair).collect()
}
