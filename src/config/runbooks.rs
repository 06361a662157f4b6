//! `[runbooks]`: where runbooks are. Looks for the directory and its files, so that a mistake is known at the start.

use super::{document::Node, fault::Report, layers::Layers, place::Place, types::RunbooksConfig};
use crate::domain::runbook::place::is_below;

/// None only where a default is missing.
pub(super) fn read(layers: Layers<'_>, place: &Place<'_>, report: &mut Report) -> Option<RunbooksConfig> {
    let dir = layers.get(&["runbooks", "dir"]).and_then(|(node, _)| Some((node.at, place.path(node.text()?))));
    if let Some((at, dir)) = dir.as_ref().filter(|(_, dir)| !dir.is_dir()) {
        report.add(*at, format!("there is no directory {}", dir.display()));
    }
    let table = layers.get(&["runbooks", "by_alert"]).and_then(|(node, _)| Some((node.at, node.table()?)));
    if let (Some((at, _)), None) = (table, &dir) {
        report.hint(at, "`by_alert` names files, and no `dir` says where they are", "dir = \"runbooks\"");
    }
    let mut by_alert = Vec::new();
    for entry in table.map(|(_, t)| &t.0[..]).unwrap_or_default() {
        let Some(path) = entry.node.text().map(std::path::PathBuf::from) else { continue };
        let file = dir.as_ref().map(|(_, dir)| dir.join(&path));
        if !is_below(&path) {
            report.hint(
                entry.node.at,
                format!("`{}` is not below `dir`", path.display()),
                "a relative path, without ..",
            );
        } else if file.is_some_and(|f| !f.is_file()) && dir.as_ref().is_some_and(|(_, dir)| dir.is_dir()) {
            report.add(entry.node.at, format!("there is no file `{}` in `dir`", path.display()));
        }
        by_alert.push((entry.key.clone(), path));
    }
    Some(RunbooksConfig {
        dir: dir.map(|(_, dir)| dir),
        by_alert,
        fetch: layers.read(&["runbooks", "fetch"], Node::bool)?,
        built_in: Vec::new(),
    })
}

/// The runbooks of the demonstration, by the addresses that its alerts name.
pub(super) fn demo() -> Vec<(&'static str, &'static str)> {
    vec![
        ("https://runbooks.example/payments/checkout-errors", include_str!("../../assets/runbooks/checkout-errors.md")),
        (
            "https://runbooks.example/payments/checkout-latency",
            include_str!("../../assets/runbooks/checkout-errors.md"),
        ),
        ("https://runbooks.example/data/disk-fills", include_str!("../../assets/runbooks/disk-fills.md")),
    ]
}
