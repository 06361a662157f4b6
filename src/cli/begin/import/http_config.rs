//! The HTTP client's configuration that amtool and promtool share: who asks, and which certificates are trusted.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::Value;

use super::{
    super::draft::{AuthDraft, Keep, SecretDraft, SourceDraft},
    said, yaml,
};

/// What it says is taken over into a source; what cannot be is answered in sentences.
pub(super) fn apply(source: &mut SourceDraft, path: &Path, text: &str, keep: Keep) -> Vec<String> {
    let Some(values) = yaml(text) else { return vec![format!("{}: this is no YAML", path.display())] };
    let dir = path.parent().unwrap_or(Path::new(""));
    let mut notes = Vec::new();
    let at = |outer: &str, key: &str| said(values.get(outer).and_then(|v| v.get(key)));
    if let Some(auth) = auth(&values, dir, keep) {
        source.auth = auth;
    }
    source.ca_file = at("tls_config", "ca_file").map(|p| dir.join(p)).or(source.ca_file.take());
    let pair = at("tls_config", "cert_file").zip(at("tls_config", "key_file"));
    source.client_cert = pair.map(|(c, k)| (dir.join(c), dir.join(k))).or(source.client_cert.take());
    source.proxy = said(values.get("proxy_url")).or(source.proxy.take());
    if values.get("tls_config").and_then(|t| t.get("insecure_skip_verify")) == Some(&Value::Bool(true)) {
        notes.push("insecure_skip_verify is not taken over: name the authority in ca_file.".to_owned());
    }
    if values.contains_key("oauth2") {
        notes.push("oauth2 is not taken over: use token_command with a program that prints a token.".to_owned());
    }
    notes
}

fn auth(values: &std::collections::BTreeMap<String, Value>, dir: &Path, keep: Keep) -> Option<AuthDraft> {
    let at = |outer: &str, key: &str| said(values.get(outer).and_then(|v| v.get(key)));
    let secret = |text: Option<String>, file: Option<String>| -> Option<SecretDraft> {
        let file = file.map(|f| SecretDraft::File(absolute(dir, &f)));
        text.map(|t| SecretDraft::Here(SecretString::from(t), keep)).or(file)
    };
    if let Some(user) = at("basic_auth", "username") {
        let password = secret(at("basic_auth", "password"), at("basic_auth", "password_file"))?;
        return Some(AuthDraft::Basic { user, password });
    }
    let bearer = at("authorization", "type").is_none_or(|t| t.eq_ignore_ascii_case("bearer"));
    let modern = secret(at("authorization", "credentials"), at("authorization", "credentials_file"));
    let older = || secret(said(values.get("bearer_token")), said(values.get("bearer_token_file")));
    modern.filter(|_| bearer).or_else(older).map(AuthDraft::Token)
}

fn absolute(dir: &Path, file: &str) -> PathBuf {
    let path = dir.join(file);
    std::path::absolute(&path).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::config::SourceKind;

    fn source(text: &str) -> (SourceDraft, Vec<String>) {
        let mut source = SourceDraft::new("am", SourceKind::Alertmanager, "https://am");
        let notes = apply(&mut source, Path::new("/etc/amtool/http.yml"), text, Keep::File);
        (source, notes)
    }

    #[test]
    fn basic_authentication_and_certificates_are_taken_over() {
        let (source, notes) = source(
            "basic_auth: {username: ana, password: hunter2}\n\
             tls_config: {ca_file: ca.pem, cert_file: /c.pem, key_file: k.pem}\n",
        );
        let AuthDraft::Basic { user, password: SecretDraft::Here(password, _) } = &source.auth else { panic!() };
        assert_eq!((user.as_str(), password.expose_secret()), ("ana", "hunter2"));
        assert_eq!(source.ca_file, Some("/etc/amtool/ca.pem".into()));
        assert_eq!(source.client_cert, Some(("/c.pem".into(), "/etc/amtool/k.pem".into())));
        assert!(notes.is_empty());
    }

    #[test]
    fn a_token_in_a_file_stays_there_and_what_is_left_out_is_said() {
        let (with, notes) = source(
            "authorization: {credentials_file: token}\ntls_config: {insecure_skip_verify: true}\noauth2: {client_id: x}\n",
        );
        assert!(
            matches!(&with.auth, AuthDraft::Token(SecretDraft::File(p)) if p == Path::new("/etc/amtool/token")),
            "{with:?}"
        );
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(matches!(source("bearer_token: x\n").0.auth, AuthDraft::Token(SecretDraft::Here(..))));
        assert_eq!(source("a: [\n").1.len(), 1);
    }
}
