//! What is no mistake and looks like one: a server that is asked twice, a view that shows what another shows, a file of
//! SLOs that no pattern names.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::types::Config;

/// Every such thing, in a sentence each.
pub fn advice(config: &Config) -> Vec<String> {
    let mut out = twice(config);
    out.extend(views(config));
    out.extend(silent_rings(config));
    out.extend(unnamed(config));
    out
}

fn twice(config: &Config) -> Vec<String> {
    let mut out = Vec::new();
    for (at, source) in config.sources.iter().enumerate() {
        let what = |s: &super::SourceConfig| (s.kind, s.urls.clone(), s.own.clone());
        let same = |other: &&super::SourceConfig| what(other) == what(source);
        if let Some(first) = config.sources[..at].iter().find(same) {
            out.push(format!(
                "the source `{}` asks the same server as `{}`: every alert is told twice",
                source.name, first.name
            ));
        }
    }
    out
}

fn views(config: &Config) -> Vec<String> {
    let mut out = Vec::new();
    for (at, view) in config.views.iter().enumerate() {
        let name = view.name.line();
        let same = config.views[..at].iter().find(|v| v.filter.to_string() == view.filter.to_string());
        if let Some(first) = same {
            out.push(format!("the view `{name}` shows the alerts that `{}` shows", first.name.line()));
        }
        if let Some(source) = unknown_source(config, &view.filter.to_string()) {
            out.push(format!("the view `{name}` shows nothing: no source is called `{source}`"));
        }
    }
    out
}

fn silent_rings(config: &Config) -> Option<String> {
    let source = unknown_source(config, &config.notify.filter.to_string())?;
    Some(format!("[notify] rings for nothing: no source is called `{source}`"))
}

/// A source that a filter wants to the exclusion of all else, and that there is not.
fn unknown_source(config: &Config, filter: &str) -> Option<String> {
    if config.sim.is_some() || filter.contains(" or ") {
        return None;
    }
    let (_, rest) = filter.split_once("@source=\"")?;
    let name = rest.split('"').next()?;
    let known = config.sources.iter().any(|s| s.name.as_str() == name);
    let plain = !name.contains('\\') && !filter.contains("not ");
    (!known && plain).then(|| name.to_owned())
}

/// Files beside those that a pattern names, with the ending of one of them.
fn unnamed(config: &Config) -> Vec<String> {
    let named: BTreeSet<&PathBuf> = config.slo.files.iter().collect();
    let ends: BTreeSet<_> = config.slo.files.iter().filter_map(|f| f.extension()).collect();
    let dirs: BTreeSet<&Path> = config.slo.files.iter().filter_map(|f| f.parent()).collect();
    let mut found: Vec<PathBuf> = dirs
        .iter()
        .filter_map(|dir| std::fs::read_dir(dir).ok())
        .flat_map(|entries| entries.filter_map(Result::ok).map(|e| e.path()))
        .filter(|path| path.is_file() && path.extension().is_some_and(|e| ends.contains(e)) && !named.contains(path))
        .filter(|path| config.path.as_ref() != Some(path))
        .collect();
    found.sort();
    found.iter().map(|path| format!("{} is named by no pattern of [slo] files", path.display())).collect()
}
