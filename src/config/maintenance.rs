//! `[[maintenance]]` tables: when events do not count, and for which objectives.
//!
//! Shapes were checked beside the schema before; a value of a wrong shape is passed over here.

use super::{
    document::{Node, Table},
    fault::Report,
};
use crate::domain::{
    Time,
    slo::exclusion::{Exclusion, Maintenance},
    text::SafeText,
};

const EXAMPLE: &str = "from = \"2026-02-20T20:00:00Z\", until = \"2026-02-20T22:00:00Z\"";

/// Every `[[maintenance]]`; less than all of them only where something was reported.
pub(super) fn maintenance(root: &Table, report: &mut Report) -> Vec<Maintenance> {
    let items = root.get("maintenance").and_then(|e| e.node.list()).unwrap_or_default();
    items.iter().filter_map(|item| one(item, item.table()?, report)).collect()
}

fn one(item: &Node, table: &Table, report: &mut Report) -> Option<Maintenance> {
    let from = moment(table, "from", report)?;
    let until = moment(table, "until", report)?;
    if from >= until {
        report.hint(item.at, "this [[maintenance]] ends before it begins", EXAMPLE);
        return None;
    }
    let text = |key: &str| table.get(key).and_then(|e| e.node.text()).map(SafeText::new);
    let list = table.get("slos").map(|e| e.node.texts()).unwrap_or_default();
    Some(Maintenance {
        span: Exclusion {
            from: from.timestamp(),
            to: until.timestamp(),
            reason: text("reason").unwrap_or_else(|| SafeText::new("maintenance")),
        },
        slos: list.into_iter().map(|(_, name)| SafeText::new(name)).collect(),
    })
}

fn moment(table: &Table, key: &str, report: &mut Report) -> Option<Time> {
    let node = &table.get(key)?.node;
    let text = node.text()?;
    let read = text.parse::<Time>().ok();
    if read.is_none() {
        report.hint(node.at, format!("`{}` is no moment of RFC 3339", SafeText::new(text).line()), EXAMPLE);
    }
    read
}
