//! Nagstamon: its servers that are an Alertmanager or a Prometheus. Its passwords are obfuscated, and not taken over.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::config::{Request, SourceKind};

use super::{
    super::draft::{Keep, SourceDraft},
    Found, usable,
};

pub(super) fn places(request: &Request) -> Vec<PathBuf> {
    let dirs = request.dirs.home.iter().flat_map(|home| [home.join(".nagstamon"), home.join(".config/nagstamon")]);
    let servers = dirs.flat_map(|dir| std::fs::read_dir(dir.join("servers")).into_iter().flatten());
    let files = servers.filter_map(Result::ok).map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "conf")).collect();
    files.sort();
    files
}

pub(super) fn read(path: &Path, text: &str, keep: Keep) -> Found {
    let mut found = Found::new("nagstamon", path);
    for section in sections(text) {
        let kind = match section.get("type").map(String::as_str) {
            Some("Alertmanager") => SourceKind::Alertmanager,
            Some("Prometheus") => SourceKind::Prometheus,
            _ => continue,
        };
        let get = |key: &str| section.get(key).filter(|v| !v.is_empty()).cloned();
        let Some(url) = get("monitor_url") else { continue };
        let mut source = SourceDraft::new(get("name").unwrap_or_else(|| kind.as_str().to_owned()), kind, url);
        source.ca_file = get("custom_cert_ca_file").map(PathBuf::from);
        if let Some(user) = get("username") {
            found.notes.push(format!("{}: the password of {user} is not taken over; add it afterwards.", source.name));
        }
        if usable(&mut found, &mut source, keep) {
            found.sources.push(source);
        }
    }
    found
}

/// The sections of such a file: `[Server_x]`, then `key = value`.
fn sections(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut all: Vec<BTreeMap<String, String>> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("[Server_") {
            all.push(BTreeMap::new());
        } else if let (Some(section), Some((key, value))) = (all.last_mut(), line.split_once('=')) {
            section.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_alertmanagers_are_taken_over_without_their_passwords() {
        let text = "[Server_prod]\ntype = Alertmanager\nname = prod\nmonitor_url = https://am.example\n\
                    username = ana\npassword = bm90\n[Server_old]\ntype = Nagios\nmonitor_url = http://n\n";
        let found = read(Path::new("server_prod.conf"), text, Keep::File);
        assert_eq!((found.sources.len(), found.sources[0].name.as_str()), (1, "prod"));
        assert!(found.notes[0].contains("ana") && !found.notes[0].contains("bm90"));
    }
}
