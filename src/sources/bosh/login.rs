//! Which director and whose login: what is configured, what the bosh CLI's environment variables say, or what it keeps in
//! its file.
//!
//! A login only where it is for this director. The file is never written to.

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
        uaa::{self, Login, Logins},
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
    /// PEM.
    ca_cert: Option<String>,
}

/// What the bosh CLI would know here: its variables, and its file.
pub(super) struct Cli {
    env: Env,
    file: Option<PathBuf>,
}

/// The file of the bosh CLI, and the director of which a login is wanted.
#[derive(Clone)]
pub(super) struct BoshFile {
    pub(super) path: PathBuf,
    pub(super) director: Url,
}

impl Cli {
    pub(super) fn of(file: Option<PathBuf>, env: &Env) -> Self {
        Self { file: file.or_else(|| uaa::home(env, ".bosh/config")), env: env.clone() }
    }

    /// What stands in the file; nothing where it cannot be read, for it need not be there.
    async fn environments(&self) -> Vec<Environment> {
        let Some(path) = &self.file else { return Vec::new() };
        let bytes = tokio::fs::read(path).await.unwrap_or_default();
        read(bytes).map(|wire| wire.environments).unwrap_or_default()
    }

    /// The director that `BOSH_ENVIRONMENT` names: by an alias of the file, else by its address.
    ///
    /// # Errors
    /// `Rejected` where it names none.
    pub(super) async fn director(&self) -> Result<Url, SourceError> {
        let none = || {
            SourceError::rejected("this source has no `url`, and BOSH_ENVIRONMENT names no director: write its address")
        };
        let named = self.env.get("BOSH_ENVIRONMENT").ok_or_else(none)?;
        let known = self.environments().await.into_iter().find(|e| e.alias.as_ref() == Some(&named));
        address(known.as_ref().map_or(&named, |e| &e.url)).ok_or_else(none)
    }

    async fn is_meant(&self, director: &Url) -> bool {
        self.director().await.is_ok_and(|meant| meant.host_str() == director.host_str())
    }

    /// `BOSH_CLIENT` and `BOSH_CLIENT_SECRET`, where `BOSH_ENVIRONMENT` is this director.
    pub(super) async fn client(&self, director: &Url) -> Option<Auth> {
        let (user, secret) = self.env.get("BOSH_CLIENT").zip(self.env.get("BOSH_CLIENT_SECRET"))?;
        self.is_meant(director).await.then(|| Auth::Basic { user, password: Secret::Inline(secret.into()) })
    }

    /// `BOSH_CA_CERT`, a certificate or a file of it, where `BOSH_ENVIRONMENT` is this director; else that of the file.
    ///
    /// # Errors
    /// `Auth`, naming the file that cannot be read.
    pub(super) async fn authority(&self, director: &Url) -> Result<Option<Vec<u8>>, SourceError> {
        let given = self.env.get("BOSH_CA_CERT");
        if let Some(given) = given.filter(|g| !g.trim().is_empty())
            && self.is_meant(director).await
        {
            if given.trim_start().starts_with("-----BEGIN") {
                return Ok(Some(given.into_bytes()));
            }
            let wrong = |e| refused(&format!("cannot read {given}, which BOSH_CA_CERT names: {e}"));
            return tokio::fs::read(&given).await.map(Some).map_err(wrong);
        }
        let known = self.environments().await.into_iter().find(|e| is_here(&e.url, director));
        Ok(known.and_then(|e| e.ca_cert).filter(|pem| !pem.trim().is_empty()).map(String::into_bytes))
    }

    /// The login in the file.
    ///
    /// # Errors
    /// `Auth` where there is no place for it.
    pub(super) fn login(&self, director: Url) -> Result<BoshFile, SourceError> {
        let none = || refused("no credentials are configured, and there is no home to find bosh's login in");
        Ok(BoshFile { path: self.file.clone().ok_or_else(none)?, director })
    }
}

/// An address as the CLI reads it: with or without a scheme, and at 25555 where no port is named, whatever the scheme.
fn address(text: &str) -> Option<Url> {
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(&text).ok().filter(Url::has_host)?;
    if !names_port(&text) {
        url.set_port(Some(PORT)).ok()?;
    }
    Some(url)
}

/// A port that is the usual one of HTTPS is not to be seen in what was parsed.
fn names_port(url: &str) -> bool {
    let behind = url.split_once("://").map_or(url, |(_, rest)| rest);
    let place = behind.split(['/', '?', '#']).next().unwrap_or_default();
    place.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

/// The director that the CLI's variables are about, where they hold a login.
pub(super) fn environment(env: &Env) -> Option<String> {
    let url = env.get("BOSH_ENVIRONMENT").filter(|_| env.get("BOSH_CLIENT").is_some());
    url.and_then(|text| whole(&text))
}

/// The directors that a file of the CLI's has a login for, by name and address. None where there is no such file.
pub(super) async fn directors(path: &std::path::Path) -> Vec<(String, String)> {
    let text = tokio::fs::read_to_string(path).await.ok().filter(|t| t.len() <= FILE_MAX);
    let wire: Option<Wire> = text.and_then(|t| serde_saphyr::from_str(&t).ok());
    let has_login = |e: &Environment| e.refresh_token.is_some() || e.password.is_some();
    let all = wire.map(|w| w.environments).unwrap_or_default().into_iter().filter(has_login);
    let named = |e: Environment| whole(&e.url).map(|url| (e.alias.unwrap_or(e.url), url));
    all.filter_map(named).collect()
}

/// An address of the CLI's as one of ours.
fn whole(text: &str) -> Option<String> {
    address(text).map(|url| url.as_str().trim_end_matches('/').to_owned())
}

/// Whether an address, with or without a scheme, is that of the director.
fn is_here(text: &str, director: &Url) -> bool {
    address(text).is_some_and(|url| url.host_str() == director.host_str())
}

/// The parser's words may quote a line with a token in it.
fn read(bytes: Vec<u8>) -> Option<Wire> {
    let text = String::from_utf8(bytes).ok().filter(|t| t.len() <= FILE_MAX)?;
    serde_saphyr::from_str(&text).ok()
}

impl BoshFile {
    async fn environment(&self) -> Result<Environment, SourceError> {
        let file = self.path.display();
        let bytes = tokio::fs::read(&self.path).await.map_err(|e| {
            refused(&format!("no credentials are configured, and the bosh CLI's login cannot be read from {file}: {e}"))
        })?;
        let wire = read(bytes).ok_or_else(|| refused(&format!("{file} is no file of the bosh CLI's")))?;
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

    fn cli(pairs: &[(&str, &str)]) -> Cli {
        Cli::of(None, &Env::of(pairs))
    }

    #[tokio::test]
    async fn the_variables_of_the_cli_count_only_for_the_director_they_name() {
        let director = Url::parse("https://10.0.0.6:25555").unwrap();
        let named = |environment: &'static str| {
            cli(&[("BOSH_ENVIRONMENT", environment), ("BOSH_CLIENT", "admin"), ("BOSH_CLIENT_SECRET", "s")])
        };
        for here in ["10.0.0.6", "https://10.0.0.6:25555", "10.0.0.6:25555"] {
            assert!(named(here).client(&director).await.is_some(), "{here}");
        }
        for other in ["10.0.0.7", "https://evil.example", "prod"] {
            assert!(named(other).client(&director).await.is_none(), "{other}");
        }
        assert!(cli(&[("BOSH_ENVIRONMENT", "10.0.0.6")]).client(&director).await.is_none());
    }

    #[tokio::test]
    async fn an_environment_is_an_alias_of_the_file_or_an_address() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".bosh")).unwrap();
        let text = "environments:\n- {url: 'https://10.0.0.8:25555', alias: prod, ca_cert: PEM}\n";
        std::fs::write(home.path().join(".bosh/config"), text).unwrap();
        let home = home.path().display().to_string();
        let found = async |environment: &str, ca: &str| {
            let cli = cli(&[("HOME", &home), ("BOSH_ENVIRONMENT", environment), ("BOSH_CA_CERT", ca)]);
            let url = cli.director().await.map_err(|e| e.to_string())?;
            let authority = cli.authority(&url).await.map_err(|e| e.to_string())?;
            Ok::<_, String>((url.to_string(), authority.map(|pem| String::from_utf8(pem).unwrap())))
        };
        let of = |url: &str, pem: Option<&str>| Ok((url.to_owned(), pem.map(str::to_owned)));
        assert_eq!(found("prod", "").await, of("https://10.0.0.8:25555/", Some("PEM")));
        assert_eq!(found("10.0.0.8", "").await, of("https://10.0.0.8:25555/", Some("PEM")));
        for (written, read) in [
            ("10.0.0.9:443", "https://10.0.0.9/"),
            ("https://10.0.0.9:443", "https://10.0.0.9/"),
            ("https://10.0.0.9", "https://10.0.0.9:25555/"),
            ("https://10.0.0.9/", "https://10.0.0.9:25555/"),
            ("https://10.0.0.9/bosh", "https://10.0.0.9:25555/bosh"),
            ("https://[fe80::9]", "https://[fe80::9]:25555/"),
        ] {
            assert_eq!(found(written, "").await, of(read, None), "{written}");
            let told = environment(&Env::of(&[("BOSH_ENVIRONMENT", written), ("BOSH_CLIENT", "a")]));
            assert_eq!(told.as_deref(), Some(read.trim_end_matches('/')), "{written}, as it is offered");
        }
        let pem = "-----BEGIN CERTIFICATE-----";
        assert_eq!(found("prod", pem).await, of("https://10.0.0.8:25555/", Some(pem)));
        assert!(found("prod", "/nowhere/ca.pem").await.unwrap_err().contains("/nowhere/ca.pem"));
        assert_eq!(found("stage", "").await, of("https://stage:25555/", None), "a name of a host, says the CLI too");
        assert!(found("", "").await.unwrap_err().contains("BOSH_ENVIRONMENT names no director"));
    }
}
