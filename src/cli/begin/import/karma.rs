//! karma: the Alertmanagers of its dashboard.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::Value;

use crate::config::{Request, SourceKind};

use super::{
    super::draft::{AuthDraft, Keep, SecretDraft, SourceDraft},
    Found, said, usable, yaml,
};

pub(super) fn places(request: &Request) -> Vec<PathBuf> {
    let named = request.env.get("CONFIG_FILE").filter(|f| f.contains("karma")).map(PathBuf::from);
    let home = request.dirs.home.iter().map(|d| d.join(".config/karma/karma.yaml"));
    let system = request.dirs.system.iter().flat_map(|d| [d.join("karma.yaml"), d.join("karma/karma.yaml")]);
    named.into_iter().chain([PathBuf::from("karma.yaml")]).chain(home).chain(system).collect()
}

pub(super) fn read(path: &Path, text: &str, keep: Keep) -> Found {
    let mut found = Found::new("karma", path);
    let Some(values) = yaml(text) else { return found };
    let servers = values.get("alertmanager").and_then(|a| a.get("servers")).and_then(Value::as_array);
    for server in servers.into_iter().flatten() {
        let Some(uri) = said(server.get("uri")) else { continue };
        let name = said(server.get("name")).unwrap_or_else(|| "alertmanager".to_owned());
        let mut source = SourceDraft::new(name, SourceKind::Alertmanager, uri);
        source.read_only = server.get("readonly") == Some(&Value::Bool(true));
        source.proxy = said(server.get("proxy_url"));
        let tls = |key: &str| said(server.get("tls").and_then(|t| t.get(key))).map(PathBuf::from);
        source.ca_file = tls("ca");
        source.client_cert = tls("cert").zip(tls("key"));
        headers(&mut found, &mut source, server, keep);
        if usable(&mut found, &mut source, keep) {
            found.sources.push(source);
        }
    }
    found
}

fn headers(found: &mut Found, source: &mut SourceDraft, server: &Value, keep: Keep) {
    let headers = server.get("headers").and_then(Value::as_object);
    for (name, value) in headers.into_iter().flatten() {
        let token = value
            .as_str()
            .and_then(|v| v.strip_prefix("Bearer "))
            .filter(|_| name.eq_ignore_ascii_case("authorization"));
        match token {
            Some(token) => source.auth = AuthDraft::Token(SecretDraft::Here(SecretString::from(token.trim()), keep)),
            None => found
                .notes
                .push(format!("{}: the header {name} is not taken over; write it under headers.", source.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_becomes_a_source() {
        let text = "alertmanager:\n  servers:\n    - name: eu\n      uri: https://am.eu.example\n      readonly: true\n      \
                    headers: {Authorization: Bearer t0ken, X-Scope: a}\n    - name: us\n      uri: ftp://no\n";
        let found = read(Path::new("karma.yaml"), text, Keep::File);
        let [eu] = &found.sources[..] else { panic!("{found:?}") };
        assert!(eu.read_only && eu.name == "eu" && matches!(eu.auth, AuthDraft::Token(_)));
        assert_eq!(found.notes.len(), 2, "{:?}", found.notes);
        assert!(!found.says().contains("t0ken"));
    }
}
