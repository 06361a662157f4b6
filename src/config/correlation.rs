//! `[[correlation]]` tables: which sources tell the same alerts, and by which labels that is known.
//!
//! Shapes were checked beside the schema before; a value of a wrong shape is passed over here.

use super::{
    document::{Node, Table},
    fault::Report,
    types::SourceConfig,
};
use crate::domain::{
    correlation::{By, Correlation, Link},
    source::SourceName,
};

/// Every `[[correlation]]`; less than all of them only where something was reported.
pub(super) fn correlations(root: &Table, sources: &[SourceConfig], report: &mut Report) -> Vec<Correlation> {
    let items = root.get("correlation").and_then(|e| e.node.list()).unwrap_or_default();
    items.iter().filter_map(|item| correlation(item, item.table()?, sources, report)).collect()
}

fn correlation(item: &Node, table: &Table, known: &[SourceConfig], report: &mut Report) -> Option<Correlation> {
    let texts = |key: &str| table.get(key).map(|e| e.node.texts()).unwrap_or_default();
    let names = texts("sources");
    let known: Vec<&str> = known.iter().map(|s| s.name.as_str()).collect();
    for (at, name) in names.iter().filter(|(_, n)| !known.contains(n)) {
        report.unknown(*at, &format!("no source is called `{name}`"), name, &known);
    }
    if names.len() < 2 {
        report.hint(item.at, "this [[correlation]] joins fewer than two sources", "sources = [\"am-eu\", \"am-us\"]");
    }
    let list = |key: &str| texts(key).into_iter().map(|(_, t)| t.to_owned()).collect::<Vec<_>>();
    let by = match (list("labels"), list("ignore")) {
        (labels, ignore) if labels.is_empty() == ignore.is_empty() => {
            let what = if ignore.is_empty() { "neither `labels` nor `ignore`" } else { "both `labels` and `ignore`" };
            let hint = "labels = the labels that both have, or ignore = those in which they may differ";
            report.hint(item.at, format!("this [[correlation]] has {what}"), hint);
            return None;
        }
        (labels, ignore) if ignore.is_empty() => By::Labels(labels),
        (_, ignore) => By::AllBut(ignore),
    };
    let page = table.get("link").and_then(|e| e.node.text()) == Some("page");
    let link = if page { Link::Page } else { Link::Same };
    Some(Correlation { link, sources: names.into_iter().map(|(_, n)| SourceName::new(n)).collect(), by })
}
