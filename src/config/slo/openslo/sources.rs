//! Which configured source a definition means by the name of its DataSource.
//!
//! A definition only names a source: an address or a password in it is never used to connect anywhere.

use super::super::{
    Backend,
    notes::{Notes, nearest},
    shelf::Shelf,
    yaml::Node,
};
use crate::domain::source::SourceName;

/// Types of data source whose query languages no source here speaks, lower case and without marks.
const FOREIGN: [&str; 15] = [
    "appdynamics",
    "azuremonitor",
    "bigquery",
    "cloudwatch",
    "datadog",
    "dynatrace",
    "elasticsearch",
    "graphite",
    "influxdb",
    "lightstep",
    "newrelic",
    "opentsdb",
    "redshift",
    "splunk",
    "sumologic",
];
const SPEC: &[&str] = &["description", "type", "connectionDetails"];

/// What a DataSource document says.
pub(in crate::config::slo) struct DataSource {
    /// Of a language nobody here speaks.
    foreign: Option<String>,
    /// Only to find which configured source stands there.
    url: Option<String>,
}

pub(super) fn data_source(node: &Node, notes: &mut Notes) -> Option<DataSource> {
    let spec = super::spec(node, notes)?;
    let spec = notes.map(spec, "the spec", SPEC)?;
    let kind = notes.may_text(&spec, "type");
    let details = spec.get("connectionDetails");
    let url = ["url", "address", "endpoint"].iter().find_map(|key| details?.get(key)?.text());
    Some(DataSource { foreign: kind.filter(|k| is_foreign(k)).map(str::to_owned), url: url.map(str::to_owned) })
}

pub(in crate::config::slo) struct Sources {
    data: Shelf<DataSource>,
    backends: Vec<Backend>,
}

impl Sources {
    pub fn new(data: Shelf<DataSource>, backends: Vec<Backend>) -> Self {
        Self { data, backends }
    }

    /// The configured source of this name.
    pub fn configured(&self, name: &str) -> Option<SourceName> {
        let found = self.backends.iter().find(|b| b.name.as_str() == name);
        found.map(|b| b.name.clone())
    }

    /// The source that a reference means: that of its name, else that at the address of the DataSource so called, else
    /// the only one there is. Without a configuration a name is taken as it is.
    pub fn named(&self, name: &str, line: u32, notes: &mut Notes) -> Option<Option<SourceName>> {
        let data = self.data.get(name);
        if let Some(kind) = data.and_then(|d| d.foreign.as_deref()) {
            return notes.wrong(line, format!("the DataSource `{name}` is of type `{kind}`"), SPOKEN);
        }
        if self.backends.is_empty() {
            return Some(Some(SourceName::new(name)));
        }
        let at = |url: &str| self.backends.iter().find(|b| b.urls.iter().any(|u| same(u, url)));
        let there = || data.and_then(|d| at(d.url.as_deref()?)).map(|b| b.name.clone());
        if let Some(found) = self.configured(name).or_else(there) {
            return Some(Some(found));
        }
        if let [only] = &self.backends[..] {
            let what =
                format!("no configured source is called `{name}`; `{}` is asked, the only one that counts", only.name);
            notes.warn(line, what, format!("call a [[source]] `{name}` to be sure"));
            return Some(None);
        }
        let names: Vec<&str> = self.backends.iter().map(|b| b.name.as_str()).collect();
        let hint = match nearest(name, &names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("call one of {} so, or name it here", names.join(", ")),
        };
        notes.wrong(line, format!("no configured source is called `{name}`"), hint)
    }

    /// Whether a type is one whose language is spoken here.
    pub fn speaks(&self, kind: &Node, notes: &mut Notes) -> Option<()> {
        match kind.text().filter(|k| is_foreign(k)) {
            Some(kind_name) => {
                notes.wrong(kind.line, format!("metricSource type `{kind_name}` is not supported"), SPOKEN)
            }
            None => Some(()),
        }
    }
}

const SPOKEN: &str = "Prometheus and whatever speaks its queries are";

fn same(a: &str, b: &str) -> bool {
    a.trim_end_matches('/').eq_ignore_ascii_case(b.trim_end_matches('/'))
}

fn is_foreign(kind: &str) -> bool {
    let plain: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
    FOREIGN.contains(&plain.to_ascii_lowercase().as_str())
}
