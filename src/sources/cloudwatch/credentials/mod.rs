//! Keys to sign with: where they are found, in the order of AWS' own tools, and when they are fetched anew.
//!
//! Signs in nowhere itself: what needs a browser, a code or another role's trust is left to a command that prints keys.

mod container;
mod files;
mod instance;
mod process;

use std::sync::{Mutex as Now, PoisonError};

use async_trait::async_trait;
use chrono::Duration;
use reqwest::header::{AUTHORIZATION, HOST, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

pub(super) use self::files::Files;
use super::{
    place::Region,
    sign::{self, Signee},
};
use crate::{
    config::{Auth, Secret, SourceConfig, request::Env},
    domain::{Time, source::SourceError},
    sources::{
        http::Signer,
        secret::{self, refused},
    },
};

/// Keys that end within this are fetched anew.
const RENEWED: Duration = Duration::minutes(5);

/// Keys, and when they end.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    id: String,
    secret: SecretString,
    token: Option<SecretString>,
    expires: Option<Time>,
}

impl Keys {
    fn is_good(&self, now: Time, for_yet: Duration) -> bool {
        self.expires.is_none_or(|end| end > now + for_yet)
    }
}

/// Where keys are.
#[derive(Debug)]
enum Way {
    Fixed { id: String, secret: Secret },
    Command(Vec<String>),
    Env,
    Profile(String),
    Container,
    Instance,
    Nowhere,
}

/// What holds the keys between two requests.
pub(super) struct Wallet {
    way: Way,
    env: Env,
    files: Files,
    config: SourceConfig,
    held: Mutex<Option<Keys>>,
    /// Of all keys so far: an answer may quote those before the last.
    secrets: Now<Vec<String>>,
}

impl Wallet {
    /// Looks where keys will be; fetches none.
    ///
    /// # Errors
    /// `Auth` where the configuration names a profile that is not there, or a way that is not gone here.
    pub(super) fn open(config: &SourceConfig, env: Env, files: Files) -> Result<Self, SourceError> {
        let way = way(config, &env, &files)?;
        let (held, secrets) = (Mutex::default(), Now::default());
        Ok(Self { way, env, files, config: config.clone(), held, secrets })
    }

    /// Good keys; those at hand where they cannot be had anew and have not ended yet.
    ///
    /// # Errors
    /// `Auth`, with what a person can do.
    async fn keys(&self, now: Time) -> Result<Keys, SourceError> {
        let mut held = self.held.lock().await;
        if let Some(keys) = held.as_ref().filter(|k| k.is_good(now, RENEWED)) {
            return Ok(keys.clone());
        }
        match self.fetch(now).await {
            Ok(keys) if keys.is_good(now, Duration::zero()) => {
                self.remember(&keys);
                *held = Some(keys.clone());
                Ok(keys)
            }
            Ok(keys) => Err(refused(&format!("the AWS keys {} have ended: sign in again", named(&keys.id)))),
            Err(error) => held.clone().filter(|k| k.is_good(now, Duration::zero())).ok_or(error),
        }
    }

    /// Whose keys they are, in words.
    pub(super) fn words(&self) -> String {
        match &self.way {
            Way::Fixed { id, .. } => format!("the AWS key {}", named(id)),
            Way::Command(argv) => format!("keys that {} prints", argv.first().map_or("a command", String::as_str)),
            Way::Env => "keys of the environment".to_owned(),
            Way::Profile(name) => format!("the AWS profile {name}"),
            Way::Container => "the role of this container".to_owned(),
            Way::Instance => "the role of this instance".to_owned(),
            Way::Nowhere => "no AWS keys".to_owned(),
        }
    }

    /// Those at hand were refused: the next request fetches others.
    pub(super) async fn forget(&self) {
        *self.held.lock().await = None;
    }

    async fn fetch(&self, now: Time) -> Result<Keys, SourceError> {
        match &self.way {
            Way::Fixed { id, secret } => {
                let secret = secret::resolve(secret).await?;
                Ok(Keys { id: id.clone(), secret, token: None, expires: None })
            }
            Way::Command(argv) => process::keys(argv).await,
            Way::Env => from_env(&self.env).ok_or_else(nowhere),
            Way::Profile(name) => match self.files.read_now()?.profile(name)? {
                files::Profile::Keys(keys) => Ok(keys),
                files::Profile::Process(argv) => process::keys(&argv).await,
            },
            Way::Container => container::keys(&self.env, &self.config, now).await,
            Way::Instance => instance::keys(&self.env, &self.config, now).await,
            Way::Nowhere => Err(nowhere()),
        }
    }

    fn remember(&self, keys: &Keys) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let new = [Some(&keys.secret), keys.token.as_ref()].into_iter().flatten();
        for secret in new.map(|s| s.expose_secret().to_owned()).filter(|s| s.len() > 3) {
            if !secrets.contains(&secret) {
                secrets.insert(0, secret);
            }
        }
        secrets.truncate(8);
    }
}

fn way(config: &SourceConfig, env: &Env, files: &Files) -> Result<Way, SourceError> {
    let own = &config.own;
    if let Auth::Basic { user, password } = &config.auth {
        return Ok(Way::Fixed { id: user.clone(), secret: password.clone() });
    }
    if matches!(config.auth, Auth::Bearer(_)) {
        return Err(refused(
            "AWS takes no token: put an access key into `username` and its secret into `password_..`, or set credentials_command",
        ));
    }
    let command = own.list("credentials_command");
    if !command.is_empty() {
        return Ok(Way::Command(command.to_vec()));
    }
    if let Some(profile) = own.text("profile") {
        return Ok(Way::Profile(profile.to_owned()));
    }
    if from_env(env).is_some() {
        return Ok(Way::Env);
    }
    let profile = env.get("AWS_PROFILE");
    Ok(match profile {
        Some(profile) => Way::Profile(profile),
        None if files.has_default() => Way::Profile("default".to_owned()),
        None if container::is_there(env) => Way::Container,
        None if instance::is_allowed(env) => Way::Instance,
        None => Way::Nowhere,
    })
}

fn from_env(env: &Env) -> Option<Keys> {
    let (id, secret) = (env.get("AWS_ACCESS_KEY_ID")?, env.get("AWS_SECRET_ACCESS_KEY")?);
    let token = env.get("AWS_SESSION_TOKEN").map(SecretString::from);
    Some(Keys { id, secret: SecretString::from(secret), token, expires: None })
}

fn nowhere() -> SourceError {
    refused(
        "there are no AWS keys: set `profile` or credentials_command = [\"aws\", \"configure\", \"export-credentials\"]",
    )
}

/// Enough of an id to know it by.
fn named(id: &str) -> String {
    let end: String = id.chars().skip(id.chars().count().saturating_sub(4)).collect();
    format!("..{end}")
}

/// Signs for one service.
pub(super) struct ForService {
    pub(super) wallet: std::sync::Arc<Wallet>,
    pub(super) region: Region,
    pub(super) service: &'static str,
}

#[async_trait]
impl Signer for ForService {
    async fn sign(&self, request: &mut reqwest::Request, now: Time) -> Result<(), SourceError> {
        let keys = self.wallet.keys(now).await?;
        let cannot = |_| refused("the AWS keys hold characters that HTTP does not allow");
        let query = sign::query(request.url().query_pairs());
        request.url_mut().set_query(Some(query.as_str()).filter(|q| !q.is_empty()));
        let host = host(request.url());
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_str(&host).map_err(cannot)?);
        headers.insert("x-amz-date", HeaderValue::from_str(&sign::stamp(now)).map_err(cannot)?);
        if let Some(token) = &keys.token {
            let mut value = HeaderValue::from_str(token.expose_secret()).map_err(cannot)?;
            value.set_sensitive(true);
            headers.insert("x-amz-security-token", value);
        }
        let signed = |n: &str| n == "host" || n == "content-type" || n.starts_with("x-amz-");
        let headers: Vec<(String, String)> = request
            .headers()
            .iter()
            .filter(|(name, _)| signed(name.as_str()))
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
            .collect();
        let who = Signee {
            id: &keys.id,
            secret: keys.secret.expose_secret(),
            region: self.region.as_str(),
            service: self.service,
        };
        let asked = sign::Request {
            method: request.method().as_str(),
            path: request.url().path(),
            query: &query,
            headers: &headers,
            body: request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default(),
        };
        let value = HeaderValue::from_str(&sign::authorization(who, &asked, now)).map_err(cannot)?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        self.wallet.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn host(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
pub(super) mod tests;
