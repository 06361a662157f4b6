//! OpenSLO, in its three versions: what its documents are called and what they may refer to.
//!
//! Never reads a DataSource's credentials: it only finds which configured source is meant.

mod alerts;
mod alpha;
mod composite;
mod indicator;
mod length;
mod metric;
mod objective;
pub(super) mod slo;
mod sources;
mod window;

use super::{Desk, Document, notes::Notes, shelf::Shelf, yaml::Node};
use crate::domain::{
    slo::{Indicator, burn::Tier},
    source::SourceName,
};
pub(super) use sources::Sources;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V1Alpha,
    V2Alpha,
}

impl Version {
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "openslo/v1" => Some(Self::V1),
            "openslo/v1alpha" => Some(Self::V1Alpha),
            "openslo.com/v2alpha" | "openslo/v2alpha" => Some(Self::V2Alpha),
            _ => None,
        }
    }

    /// What the SLI is called where it stands in the SLO, and where it is a reference.
    fn sli_keys(self) -> [&'static str; 2] {
        match self {
            Self::V1 | Self::V1Alpha => ["indicator", "indicatorRef"],
            Self::V2Alpha => ["sli", "sliRef"],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Slo,
    Sli,
    Service,
    AlertPolicy,
    AlertCondition,
    AlertNotificationTarget,
    DataSource,
    BudgetAdjustment,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Slo,
        Self::Sli,
        Self::Service,
        Self::AlertPolicy,
        Self::AlertCondition,
        Self::AlertNotificationTarget,
        Self::DataSource,
        Self::BudgetAdjustment,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slo => "SLO",
            Self::Sli => "SLI",
            Self::Service => "Service",
            Self::AlertPolicy => "AlertPolicy",
            Self::AlertCondition => "AlertCondition",
            Self::AlertNotificationTarget => "AlertNotificationTarget",
            Self::DataSource => "DataSource",
            Self::BudgetAdjustment => "BudgetAdjustment",
        }
    }
}

const DOCUMENT: &[&str] = &["apiVersion", "kind", "metadata", "spec"];

/// The name of a document, and who its problems are about from here on.
pub(super) fn name<'a>(node: &'a Node, kind: Kind, notes: &mut Notes) -> Option<&'a str> {
    let kind = kind.as_str();
    notes.map(node, "the document", DOCUMENT)?;
    match node.path(&["metadata", "name"]).and_then(Node::text) {
        Some(name) => {
            notes.call(format!("{kind} `{name}`"));
            Some(name)
        }
        None => {
            let line = node.get("metadata").map_or(node.line, |m| m.line);
            notes.wrong(line, format!("this {kind} has no metadata.name"), "names are unique over all files")
        }
    }
}

/// An SLI as far as it is known without an objective.
#[derive(Clone, Debug)]
enum Sli {
    Measured(Indicator),
    /// The objective says which values are good.
    Threshold {
        query: String,
        source: Option<SourceName>,
    },
}

/// What other documents can be referred to by name.
pub(super) struct Library {
    slis: Shelf<Sli>,
    /// Their titles.
    services: Shelf<Option<String>>,
    conditions: Shelf<Tier>,
    policies: Shelf<Vec<Tier>>,
    sources: Sources,
}

impl Library {
    pub fn of(documents: &[Document], desk: &mut Desk<'_>) -> Self {
        let data = desk.shelf(documents, Kind::DataSource, |node, _, notes| sources::data_source(node, notes));
        let sources = Sources::new(data, desk.around.backends.clone());
        let slis = desk.shelf(documents, Kind::Sli, |node, _, notes| {
            let spec = spec(node, notes)?;
            indicator::sli(spec, &sources, notes)
        });
        let services = desk.shelf(documents, Kind::Service, |node, _, _| {
            Some(node.path(&["metadata", "displayName"]).and_then(Node::text).map(str::to_owned))
        });
        let conditions = desk.shelf(documents, Kind::AlertCondition, |node, _, notes| {
            let spec = spec(node, notes)?;
            alerts::condition(spec, notes)
        });
        desk.shelf(documents, Kind::BudgetAdjustment, |node, _, notes| {
            notes.warn(node.line, "adjustments of a budget are not read", "its times count as every other");
            Some(())
        });
        let policies = desk.shelf(documents, Kind::AlertPolicy, |node, _, notes| {
            let spec = spec(node, notes)?;
            alerts::policy(spec, &conditions, notes)
        });
        Self { slis, services, conditions, policies, sources }
    }
}

fn spec<'a>(node: &'a Node, notes: &mut Notes) -> Option<&'a Node> {
    node.get("spec").or_else(|| notes.wrong(node.line, "it has no spec", ""))
}
