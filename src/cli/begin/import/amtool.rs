//! amtool: one Alertmanager, the author, and the HTTP configuration it names.

use std::path::{Path, PathBuf};

use crate::config::{Request, SourceKind, amtool_files};

use super::{
    super::draft::{Keep, SourceDraft},
    Found, http_config, said, text, usable, yaml,
};

pub(super) fn places(request: &Request) -> Vec<PathBuf> {
    amtool_files(request)
}

pub(super) fn read(path: &Path, file: &str, keep: Keep) -> Found {
    let mut found = Found::new("amtool", path);
    let Some(values) = yaml(file) else {
        found.notes.push("It is no YAML that amtool would read.".to_owned());
        return found;
    };
    found.user = said(values.get("author"));
    let Some(url) = said(values.get("alertmanager.url")) else { return found };
    let mut source = SourceDraft::new("alertmanager", SourceKind::Alertmanager, url);
    if let Some(named) = said(values.get("http.config.file")) {
        let named = path.parent().unwrap_or(Path::new("")).join(named);
        match text(&named) {
            Ok(text) => found.notes.extend(http_config::apply(&mut source, &named, &text, keep)),
            Err(e) => found.notes.push(format!("{}: {e}", named.display())),
        }
    }
    if usable(&mut found, &mut source, keep) {
        found.sources.push(source);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::begin::draft::AuthDraft;

    #[test]
    fn the_http_configuration_beside_it_is_read_too() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("http.yml"), "basic_auth: {username: ana, password: x}").unwrap();
        let text = "alertmanager.url: https://am.example/\nauthor: ana@example\nhttp.config.file: http.yml\n";
        let found = read(&dir.path().join("config.yml"), text, Keep::File);
        assert_eq!(found.user.as_deref(), Some("ana@example"));
        assert_eq!(found.sources[0].url, "https://am.example");
        assert!(matches!(found.sources[0].auth, AuthDraft::Basic { .. }) && found.notes.is_empty());
        let broken = read(&dir.path().join("config.yml"), "alertmanager.url: am:9093\n", Keep::File);
        assert!(broken.is_empty() && broken.notes.len() == 1, "{broken:?}");
    }
}
