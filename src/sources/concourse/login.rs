//! The login of the fly CLI: read from its file, never written to it.
//!
//! A token there goes to the server it was given for, and to no other.

use std::path::PathBuf;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    domain::source::{Problem, SourceError},
    sources::{
        secret::refused,
        uaa::{Login, Logins},
    },
};

/// Largest file that is read, in bytes.
const FILE_MAX: usize = 1 << 20;

/// Which login of which file.
pub(super) struct Flyrc {
    pub(super) path: PathBuf,
    pub(super) target: Option<String>,
    /// Without its trailing slash.
    pub(super) url: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    targets: std::collections::BTreeMap<String, Target>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    api: String,
    token: Option<Token>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    value: String,
}

/// The targets of a file that have a token, with their addresses. None where there is no such file.
pub(super) async fn targets(path: &std::path::Path) -> Vec<(String, String)> {
    let text = tokio::fs::read_to_string(path).await.ok().filter(|t| t.len() <= FILE_MAX);
    let wire: Option<Wire> = text.and_then(|text| serde_saphyr::from_str(&text).ok());
    let targets = wire.map(|w| w.targets).unwrap_or_default();
    let has_token = |t: &Target| t.token.as_ref().is_some_and(|t| !t.value.is_empty()) && !t.api.is_empty();
    let known = targets.into_iter().filter(|(_, t)| has_token(t));
    known.map(|(name, t)| (name, t.api.trim_end_matches('/').to_owned())).collect()
}

impl Flyrc {
    fn of(&self, text: &str) -> Result<Login, SourceError> {
        let file = self.path.display();
        // The parser's words may quote a line with a token in it.
        let wire: Wire = serde_saphyr::from_str(text).map_err(|_| refused(&format!("{file} is no file of fly's")))?;
        let is_here = |target: &Target| target.api.trim_end_matches('/') == self.url;
        let found = match &self.target {
            Some(name) => {
                let target = wire.targets.get(name);
                let target =
                    target.ok_or_else(|| refused(&format!("{file} has no target `{name}`: {}", self.advice())))?;
                if !is_here(target) {
                    return Err(refused(&format!("fly's target `{name}` is another server than {}", self.url)));
                }
                target
            }
            None => wire
                .targets
                .values()
                .find(|t| is_here(t))
                .ok_or_else(|| refused(&format!("{file} has no target with this url: {}", self.advice())))?,
        };
        let token = found.token.as_ref().map(|t| t.value.as_str()).filter(|v| !v.is_empty());
        let token = token.ok_or_else(|| refused(&format!("fly is not logged in: {}", self.advice())))?;
        Ok(Login { access: Some(SecretString::from(token)), refresh: None })
    }
}

#[async_trait]
impl Logins for Flyrc {
    async fn read(&self) -> Result<Login, SourceError> {
        let file = self.path.display();
        let bytes = tokio::fs::read(&self.path).await.map_err(|e| {
            refused(&format!("no credentials are configured, and fly's login cannot be read from {file}: {e}"))
        })?;
        let text = String::from_utf8(bytes).ok().filter(|t| t.len() <= FILE_MAX);
        self.of(&text.ok_or_else(|| refused(&format!("{file} is no file of fly's")))?)
    }

    fn advice(&self) -> String {
        match &self.target {
            Some(target) => format!("run `fly -t {target} login`"),
            None => format!("run `fly -t NAME login -c {}`", self.url),
        }
    }

    async fn rotated(&self, _: &SecretString, _: &SecretString) -> Problem {
        Problem { at: "login".into(), why: "fly keeps no refresh token".into() }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const FILE: &str = "targets:\n  ci:\n    api: https://ci.example/\n    team: main\n    token:\n      type: bearer\n      value: tok-ci\n  other:\n    api: https://other.example\n    team: main\n    token: {type: bearer, value: tok-other}\n";

    fn login(target: Option<&str>, url: &str) -> Result<String, String> {
        let flyrc = Flyrc { path: "/home/ana/.flyrc".into(), target: target.map(str::to_owned), url: url.to_owned() };
        let login = flyrc.of(FILE).map_err(|e| e.to_string())?;
        Ok(login.access.unwrap().expose_secret().to_owned())
    }

    #[test]
    fn the_target_with_this_address_is_taken_where_none_is_named() {
        assert_eq!(login(None, "https://ci.example").unwrap(), "tok-ci");
        assert_eq!(login(Some("other"), "https://other.example").unwrap(), "tok-other");
    }

    #[test]
    fn a_token_never_goes_to_another_server_than_it_was_given_for() {
        let why = login(Some("other"), "https://ci.example").unwrap_err();
        assert!(why.contains("another server") && !why.contains("tok-"), "{why}");
        assert!(login(None, "https://ci.example.evil").unwrap_err().contains("fly -t NAME login"));
        assert!(login(Some("prod"), "https://ci.example").unwrap_err().contains("no target `prod`"));
    }
}
