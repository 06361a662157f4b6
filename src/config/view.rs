//! `[[view]]` tables, and filters wherever a configuration holds one: read by the engine that will use them.
//!
//! Shapes were checked beside the schema before; a value of a wrong shape is passed over here.

use super::{
    alerts,
    document::{Node, Table},
    fault::{At, Report},
    types::ViewConfig,
};
use crate::domain::{filter::Filter, text::SafeText};

/// The tab that is always there.
pub const ALL: &str = "all";

/// Every `[[view]]`; less than all of them only where something was reported.
pub(super) fn views(root: &Table, report: &mut Report) -> Vec<ViewConfig> {
    let items = root.get("view").and_then(|e| e.node.list()).unwrap_or_default();
    let mut found: Vec<(At, ViewConfig)> = Vec::new();
    for item in items {
        if let Some((at, view)) = item.table().and_then(|table| view(item.at, table, report)) {
            unique(at, &view, &found, report);
            found.push((at, view));
        }
    }
    found.into_iter().map(|(_, view)| view).collect()
}

fn view(at: At, table: &Table, report: &mut Report) -> Option<(At, ViewConfig)> {
    for key in ["name", "filter"].iter().filter(|k| table.get(k).is_none()) {
        report.add(at, format!("this [[view]] has no `{key}`"));
    }
    let filter = table.get("filter").and_then(|e| filter(&e.node, report));
    let name = &table.get("name")?.node;
    let node = |key: &str| table.get(key).map(|e| &e.node);
    alerts::words(node("columns"), node("sort"), report);
    let list = |key: &str| {
        let texts = table.get(key).map(|e| e.node.texts()).unwrap_or_default();
        texts.into_iter().map(|(_, t)| t.to_owned()).collect()
    };
    let view = ViewConfig {
        name: SafeText::new(&name.text()?.split_whitespace().collect::<Vec<_>>().join(" ")),
        filter: filter?,
        group_by: list("group_by"),
        sort: table.get("sort").and_then(|e| e.node.text()).map(str::to_owned),
        columns: list("columns"),
    };
    Some((name.at, view))
}

fn unique(at: At, view: &ViewConfig, found: &[(At, ViewConfig)], report: &mut Report) {
    if view.name == *ALL {
        report.hint(at, format!("`{ALL}` is the tab of every alert, which is always there"), "give it another name");
    }
    if let Some((first, _)) = found.iter().find(|(_, v)| v.name == view.name) {
        report.add(at, format!("a view named `{}` is already on line {}", view.name, first.line));
    }
}

/// Reads a filter; a mistake in it is placed in the filter's own text.
pub(super) fn filter(node: &Node, report: &mut Report) -> Option<Filter> {
    let text = node.text()?;
    Filter::parse(text)
        .map_err(|error| {
            let (shown, marks) = error.within(text, 70);
            let at = inside(node.at, text, error.at);
            report.marked(at, &error.what, error.hint.as_deref(), (&shown, &marks));
        })
        .ok()
}

/// Where in the file a byte of a text stands, where the text is written as it is: on one line, nothing escaped.
pub(super) fn inside(start: At, text: &str, byte: usize) -> At {
    if text.contains(['\\', '"', '\n']) {
        return start;
    }
    let before = text.get(..byte).map_or(0, |t| t.chars().count());
    At { col: start.col + 1 + u32::try_from(before).unwrap_or(0), ..start }
}
