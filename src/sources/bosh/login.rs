//! Whose login is used: what is configured, what the bosh CLI's environment variables say, or what it keeps in its file.
//!
//! Only where they are for this director. The file is never written to.

use std::path::PathBuf;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::{
    config::{Auth, Secret, request::Env},
    domain::source::{Problem, SourceError},
    sources::{
        secret::refused,
        uaa::{Login, Logins},
    },
};

/// Largest file that is read, in bytes.
const FILE_MAX: usize = 4 << 20;
/// Where a director answers, where its address does not say.
const PORT: u16 = 25_555;

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    environments: Vec<Environment>,
}

#[derive(Deserialize)]
struct Environment {
    #[serde(default)]
    url: String,
    alias: Option<String>,
    username: Option<String>,
    password: Option<String>,
    refresh_token: Option<String>,
}

/// The file of the bosh CLI, and the director of which a login is wanted.
#[derive(Clone)]
pub(super) struct BoshFile {
    pub(super) path: PathBuf,
    pub(super) director: Url,
}

/// What the bosh CLI's variables say for this director: `BOSH_ENVIRONMENT`, `BOSH_CLIENT`, `BOSH_CLIENT_SECRET`.
pub(super) fn of_environment(env: &Env, director: &Url) -> Option<Auth> {
    let (user, _) = env.get("BOSH_CLIENT").zip(env.get("BOSH_CLIENT_SECRET"))?;
    let here = env.get("BOSH_ENVIRONMENT").is_some_and(|text| is_here(&text, director));
    here.then(|| Auth::Basic { user, password: Secret::Env("BOSH_CLIENT_SECRET".to_owned()) })
}

/// The director that the CLI's variables are about, where they hold a login.
pub(super) fn environment(env: &Env) -> Option<String> {
    let url = env.get("BOSH_ENVIRONMENT").filter(|_| env.get("BOSH_CLIENT").is_some());
    url.map(|text| whole(&text)).filter(|url| Url::parse(url).is_ok_and(|u| u.host_str().is_some()))
}

/// The directors that a file of the CLI's has a login for, by name and address. None where there is no such file.
pub(super) async fn directors(path: &std::path::Path) -> Vec<(String, String)> {
    let text = tokio::fs::read_to_string(path).await.ok().filter(|t| t.len() <= FILE_MAX);
    let wire: Option<Wire> = text.and_then(|t| serde_saphyr::from_str(&t).ok());
    let has_login = |e: &Environment| e.refresh_token.is_some() || e.password.is_some();
    let all = wire.map(|w| w.environments).unwrap_or_default().into_iter().filter(has_login);
    all.map(|e| (e.alias.unwrap_or_else(|| e.url.clone()), whole(&e.url))).collect()
}

/// An address of the CLI's as one of ours: with its scheme, and with the port that the CLI takes where none is named.
fn whole(text: &str) -> String {
    let text = text.trim_end_matches('/');
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let has_port = url.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok());
    if has_port { url } else { format!("{url}:{PORT}") }
}

/// Whether an address, with or without a scheme, is that of the director.
fn is_here(text: &str, director: &Url) -> bool {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    Url::parse(&whole).is_ok_and(|url| url.host_str() == director.host_str())
}

impl BoshFile {
    async fn environment(&self) -> Result<Environment, SourceError> {
        let file = self.path.display();
        let bytes = tokio::fs::read(&self.path).await.map_err(|e| {
            refused(&format!("no credentials are configured, and the bosh CLI's login cannot be read from {file}: {e}"))
        })?;
        let text = String::from_utf8(bytes).ok().filter(|t| t.len() <= FILE_MAX);
        // The parser's words may quote a line with a token in it.
        let wire: Option<Wire> = text.and_then(|t| serde_saphyr::from_str(&t).ok());
        let wire = wire.ok_or_else(|| refused(&format!("{file} is no file of the bosh CLI's")))?;
        let found = wire.environments.into_iter().find(|e| is_here(&e.url, &self.director));
        found.ok_or_else(|| refused(&format!("{file} has no environment with this url: {}", self.advice())))
    }

    /// A user and a password, where the file keeps those.
    ///
    /// # Errors
    /// `Auth` where there is no login for this director.
    pub(super) async fn basic(&self) -> Result<Option<Auth>, SourceError> {
        let found = self.environment().await?;
        let some = |text: Option<String>| text.filter(|t| !t.is_empty());
        let pair = some(found.username).zip(some(found.password));
        Ok(pair.map(|(user, password)| Auth::Basic { user, password: Secret::Inline(password.into()) }))
    }
}

#[async_trait]
impl Logins for BoshFile {
    async fn read(&self) -> Result<Login, SourceError> {
        let found = self.environment().await?;
        let refresh = found.refresh_token.filter(|t| !t.is_empty()).map(SecretString::from);
        if refresh.is_none() {
            let alias = found.alias.map_or(String::new(), |a| format!(" `{a}`"));
            return Err(refused(&format!("the bosh CLI is not logged in to{alias} this director: {}", self.advice())));
        }
        Ok(Login { access: None, refresh })
    }

    fn advice(&self) -> String {
        format!("run `bosh -e {} log-in`", self.director.host_str().unwrap_or("DIRECTOR"))
    }

    async fn rotated(&self, _: &SecretString, _: &SecretString) -> Problem {
        let why = format!(
            "UAA changed the refresh token, and {} is never written to: {} before you use bosh, and give this source a client of its own",
            self.path.display(),
            self.advice()
        );
        Problem { at: "login".into(), why: why.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(environment: &str) -> Env {
        Env::of(&[("BOSH_ENVIRONMENT", environment), ("BOSH_CLIENT", "admin"), ("BOSH_CLIENT_SECRET", "s")])
    }

    #[test]
    fn the_variables_of_the_cli_count_only_for_the_director_they_name() {
        let director = Url::parse("https://10.0.0.6:25555").unwrap();
        for here in ["10.0.0.6", "https://10.0.0.6:25555", "10.0.0.6:25555"] {
            assert!(of_environment(&env(here), &director).is_some(), "{here}");
        }
        for other in ["10.0.0.7", "https://evil.example", "prod"] {
            assert!(of_environment(&env(other), &director).is_none(), "{other}");
        }
        assert!(of_environment(&Env::of(&[("BOSH_ENVIRONMENT", "10.0.0.6")]), &director).is_none());
    }
}
