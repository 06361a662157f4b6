//! One SLO document to one row for each of its objectives, and one more where they make a composite.
//!
//! Refuses to guess: what cannot be counted exactly is a problem, never an approximation.

use super::{
    super::{
        notes::{Map, Notes},
        yaml::{Node, Value},
    },
    Kind, Library, Version, alerts, alpha, composite, indicator,
    objective::{self, Budgeting},
    window,
};
use crate::domain::{
    label::Labels,
    slo::{Indicator, Method, Objective, Slo, Window, burn::Alerting},
    text::SafeText,
};

const V1: &[&str] = &[
    "description",
    "service",
    "indicator",
    "indicatorRef",
    "timeWindow",
    "budgetingMethod",
    "objectives",
    "alertPolicies",
];
const V1ALPHA: &[&str] = &["description", "service", "indicator", "timeWindows", "budgetingMethod", "objectives"];
const V2ALPHA: &[&str] = &[
    "description",
    "service",
    "serviceRef",
    "sli",
    "sliRef",
    "timeWindow",
    "budgetingMethod",
    "objectives",
    "alertPolicies",
];
const OBJECTIVE_V1: &[&str] = &[
    "displayName",
    "op",
    "value",
    "target",
    "targetPercent",
    "timeSliceTarget",
    "timeSliceWindow",
    "indicator",
    "indicatorRef",
    "compositeWeight",
];
const OBJECTIVE_V1ALPHA: &[&str] = &["displayName", "op", "value", "target", "timeSliceTarget", "ratioMetrics"];
const OBJECTIVE_V2ALPHA: &[&str] = &[
    "displayName",
    "op",
    "value",
    "target",
    "targetPercent",
    "timeSliceTarget",
    "timeSliceWindow",
    "sli",
    "sliRef",
    "compositeWeight",
];

const TARGET: &str = "give it `- target: 0.999`";

/// What all objectives of a document share.
struct Shared {
    name: String,
    title: SafeText,
    service: SafeText,
    window: Window,
    alerting: Alerting,
    labels: Labels,
}

/// One objective, read.
pub(super) struct Goal {
    pub line: u32,
    /// What tells it from the others where there are several.
    suffix: Option<String>,
    pub objective: Objective,
    pub method: Method,
    indicator: Indicator,
    /// In a composite; above 0.
    pub weight: f64,
}

/// The rows of one SLO document, each with its line.
pub(in crate::config::slo) fn rows(
    node: &Node,
    version: Version,
    library: &Library,
    notes: &mut Notes,
) -> Vec<(u32, Slo)> {
    let Some(name) = super::name(node, Kind::Slo, notes) else { return Vec::new() };
    let keys = match version {
        Version::V1 => V1,
        Version::V1Alpha => V1ALPHA,
        Version::V2Alpha => V2ALPHA,
    };
    let spec = super::spec(node, notes).and_then(|spec| notes.map(spec, "the spec", keys));
    let Some(spec) = spec else { return Vec::new() };
    let shared = shared(name, node, &spec, version, library, notes);
    let reader = Reader { spec, version, library };
    let goals = reader.goals(notes);
    let Some(shared) = shared else { return Vec::new() };
    let mut rows: Vec<(u32, Slo)> = goals.iter().flatten().map(|g| (g.line, shared.row(g))).collect();
    if reader.is_composite() && goals.len() > 1 {
        match goals.iter().map(Option::as_ref).collect::<Option<Vec<&Goal>>>() {
            Some(all) => rows.insert(0, (node.line, composite::row(shared.bare(all[0]), &all, &rows))),
            None => {
                let hint = "the parts that can be read are counted by themselves";
                notes.wrong::<()>(node.line, "a composite needs every part", hint);
            }
        }
    }
    rows
}

fn shared(
    name: &str,
    node: &Node,
    spec: &Map<'_>,
    version: Version,
    library: &Library,
    notes: &mut Notes,
) -> Option<Shared> {
    let service = service(spec, library, notes);
    let window = window::window(spec, version, notes);
    let alerting = alerts::of_slo(spec, library, notes);
    let service = service?;
    let own = node.path(&["metadata", "displayName"]).and_then(Node::text);
    let title = match (own, library.services.get(service).and_then(Option::as_deref)) {
        (Some(title), _) => title.to_owned(),
        (None, Some(of_service)) => format!("{of_service}: {name}"),
        (None, None) => name.to_owned(),
    };
    Some(Shared {
        name: name.to_owned(),
        title: SafeText::new(&title),
        service: SafeText::new(service),
        window: window?,
        alerting,
        labels: labels(node),
    })
}

fn service<'a>(spec: &Map<'a>, library: &Library, notes: &mut Notes) -> Option<&'a str> {
    let node = spec
        .get("serviceRef")
        .or_else(|| notes.need(spec, "service", "budgets are grouped by service: give it one"))?;
    let service = notes.text(node, "service")?;
    if !library.services.is_empty() && !library.services.knows(service) {
        notes.warn(node.line, format!("no Service is called `{service}`"), library.services.meant(service));
    }
    Some(service)
}

/// A label's value is a text or a list of them.
fn labels(node: &Node) -> Labels {
    let Some(Value::Map(fields)) = node.path(&["metadata", "labels"]).map(|n| &n.value) else {
        return Labels::default();
    };
    let value = |node: &Node| node.items().iter().filter_map(Node::text).collect::<Vec<_>>().join(",");
    fields.iter().map(|f| (f.key.as_str(), value(&f.node))).filter(|(_, v)| !v.is_empty()).map(owned).collect()
}

fn owned((name, value): (&str, String)) -> (SafeText, SafeText) {
    (SafeText::new(name), SafeText::new(&value))
}

impl Shared {
    fn row(&self, goal: &Goal) -> Slo {
        let with = |text: &str, open: &str, close: &str| match &goal.suffix {
            Some(suffix) => format!("{text}{open}{suffix}{close}"),
            None => text.to_owned(),
        };
        Slo { title: SafeText::new(&with(self.title.raw(), " (", ")")), ..self.slo(&with(&self.name, "-", ""), goal) }
    }

    /// The row of the whole document.
    fn bare(&self, goal: &Goal) -> Slo {
        Slo { title: self.title.clone(), ..self.slo(&self.name, goal) }
    }

    fn slo(&self, id: &str, goal: &Goal) -> Slo {
        Slo {
            service: self.service.clone(),
            // Alerts name the document, not one of its objectives.
            name: SafeText::new(&self.name),
            method: goal.method.clone(),
            alerting: self.alerting.clone(),
            labels: self.labels.clone(),
            ..Slo::new(id, goal.objective.clone(), self.window, goal.indicator.clone())
        }
    }
}

struct Reader<'a> {
    spec: Map<'a>,
    version: Version,
    library: &'a Library,
}

impl<'a> Reader<'a> {
    fn items(&self) -> &'a [Node] {
        self.spec.get("objectives").map(Node::items).unwrap_or_default()
    }

    fn is_composite(&self) -> bool {
        let keys = self.version.sli_keys();
        self.version != Version::V1Alpha && self.items().iter().any(|i| keys.iter().any(|k| i.get(k).is_some()))
    }

    /// Every objective; none in the place of one that cannot be read.
    fn goals(&self, notes: &mut Notes) -> Vec<Option<Goal>> {
        let budgeting = objective::budgeting(&self.spec, notes);
        let [inline, reference] = self.version.sli_keys();
        if let (true, Some(both)) = (self.is_composite(), self.spec.get(inline).or(self.spec.get(reference))) {
            let what = format!("{inline} stands both here and in the objectives");
            notes.wrong::<()>(both.line, what, "a composite has it in every objective, everything else has it here");
            return Vec::new();
        }
        // An SLI that all share is read once, so that its mistakes are told once.
        let shared = match (self.version, self.is_composite()) {
            (Version::V1Alpha, _) | (_, true) => None,
            _ => Some(indicator::of(&self.spec, self.version, self.library, notes)),
        };
        let items = self.items();
        if items.is_empty() && notes.need(&self.spec, "objectives", TARGET).is_some() {
            notes.wrong::<()>(self.spec.line(), "it has no spec.objectives", TARGET);
        }
        let several = items.len() > 1;
        let goal = |(index, item): (usize, &'a Node)| {
            let map = notes.map(item, "the objective", self.objective_keys())?;
            let sli = match &shared {
                Some(shared) => shared.clone(),
                None if self.version == Version::V1Alpha => alpha::sli(&self.spec, &map, self.library, notes),
                None => indicator::of(&map, self.version, self.library, notes),
            };
            self.goal(&map, several.then(|| suffix(item, index)), sli, budgeting, notes)
        };
        items.iter().enumerate().map(goal).collect()
    }

    fn objective_keys(&self) -> &'static [&'static str] {
        match self.version {
            Version::V1 => OBJECTIVE_V1,
            Version::V1Alpha => OBJECTIVE_V1ALPHA,
            Version::V2Alpha => OBJECTIVE_V2ALPHA,
        }
    }

    fn goal(
        &self,
        map: &Map<'_>,
        suffix: Option<String>,
        sli: Option<super::Sli>,
        budgeting: Option<Budgeting>,
        notes: &mut Notes,
    ) -> Option<Goal> {
        let objective = objective::target(map, notes);
        let weight = composite::weight(map, notes);
        let compares = matches!(sli, Some(super::Sli::Threshold { .. }));
        let method = objective::method(budgeting?, map, self.version, compares, notes);
        let indicator = objective::indicator(sli?, map, budgeting?, self.version, notes);
        Some(Goal {
            line: map.line(),
            suffix,
            objective: objective?,
            method: method?,
            indicator: indicator?,
            weight: weight?,
        })
    }
}

/// The objective's own name, or its place from 1.
fn suffix(objective: &Node, index: usize) -> String {
    let name = objective.get("displayName").and_then(Node::text);
    name.map_or_else(|| (index + 1).to_string(), |n| n.split_whitespace().collect::<Vec<_>>().join("-"))
}
