//! How the API server is found and who we are to it: an address of our own configuration, a kubeconfig, or the service
//! account of the pod we run in.
//!
//! Credentials that expire are fetched anew here; nobody else knows that they do.

mod exec;
mod kubeconfig;
mod pod;

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::Duration as Span;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::{
    config::{SourceConfig, request::Env},
    domain::{Time, source::SourceError},
    sources::{
        http::{Http, Reach},
        logins::Known,
        secret::{Credentials, refused},
    },
};

use exec::{Exec, Printed};
use kubeconfig::{Chosen, Kubeconfig, bytes};

/// How old a token that stands in a file may be.
const FILE_AGE: Span = Span::seconds(60);
/// How long before its end a credential is fetched anew.
const EARLY: Span = Span::seconds(30);

/// What a login is found in where our configuration names nothing.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub env: Env,
    /// Where a pod finds its service account: `token` and `ca.crt`.
    pub account: PathBuf,
}

impl Surroundings {
    pub fn of_process() -> Self {
        Self { env: Env::from_process(), account: PathBuf::from(pod::ACCOUNT) }
    }
}

/// The server, and who we are to it.
pub(super) struct Login {
    reach: Option<Reach>,
    who: Who,
    /// What the kubeconfig calls them; empty where nothing does.
    pub(super) cluster: String,
    pub(super) user: String,
    session: Mutex<Option<Session>>,
}

enum Who {
    /// It does not change.
    Fixed,
    TokenFile(PathBuf),
    Exec(Box<Exec>),
}

struct Session {
    http: Arc<Http>,
    /// When it must be looked at again.
    until: Option<Time>,
    token: Option<SecretString>,
}

impl Login {
    /// Reads the configuration, a kubeconfig and certificates; runs no plugin and asks no server.
    ///
    /// # Errors
    /// `Auth` where a file cannot be had, `Rejected` where what it says cannot be done.
    pub(super) async fn find(config: &SourceConfig, around: &Surroundings) -> Result<Self, SourceError> {
        let named = config.own.path("kubeconfig").is_some() || config.own.text("context").is_some();
        if config.urls.is_empty() {
            let login = match kubeconfigs(config, around) {
                Some(paths) => {
                    Self::of(Kubeconfig::read(&paths).await?.choose(config.own.text("context"))?, config).await
                }
                None => pod::login(config, around).await,
            };
            return login;
        }
        if named {
            return Err(SourceError::rejected("both `url` and a kubeconfig: leave one of them out"));
        }
        let http = Http::for_source(config).await?.into_iter().next();
        let http = Arc::new(http.ok_or_else(|| SourceError::rejected("this source has no address"))?);
        let session = Session { http, until: None, token: None };
        let (cluster, user) = (String::new(), String::new());
        Ok(Self { reach: None, who: Who::Fixed, cluster, user, session: Mutex::new(Some(session)) })
    }

    async fn of(chosen: Chosen, config: &SourceConfig) -> Result<Self, SourceError> {
        let Chosen { cluster_name, user_name, cluster, user } = chosen;
        if user.auth_provider.is_some() && user.exec.is_none() {
            return Err(SourceError::rejected(format!(
                "the user `{user_name}` has an auth-provider, which kubectl gave up in 1.26: use its exec plugin"
            )));
        }
        if cluster.insecure_skip_tls_verify && config.own.bool("insecure_skip_tls_verify") != Some(true) {
            return Err(SourceError::rejected(format!(
                "the kubeconfig does not verify `{cluster_name}`: set certificate-authority, or say it twice with insecure_skip_tls_verify = true in [source.kubernetes]"
            )));
        }
        let ca = (cluster.certificate_authority_data.as_deref(), cluster.certificate_authority.as_deref());
        let authority =
            if cluster.insecure_skip_tls_verify { None } else { bytes("certificate-authority", ca.0, ca.1).await? };
        let exec = user.exec.clone().map(|spec| Exec::new(spec, &user.dir, about(&cluster))).transpose()?;
        let who = match (exec, &user.token_file) {
            (Some(exec), _) => Who::Exec(Box::new(exec)),
            (None, Some(path)) => Who::TokenFile(path.clone()),
            (None, None) => Who::Fixed,
        };
        let reach = Reach {
            url: cluster.server.trim_end_matches('/').to_owned(),
            credentials: credentials(&user),
            authority,
            identity: identity(&user).await?,
            headers: headers(&user, config),
            proxy: cluster.proxy_url.clone().filter(|p| !p.is_empty()).or_else(|| config.proxy.clone()),
            timeout: timeout(config),
            requests_per_minute: config.requests_per_minute,
            server_name: cluster.tls_server_name.clone().filter(|n| !n.is_empty()),
            insecure: cluster.insecure_skip_tls_verify,
        };
        Ok(Self { reach: Some(reach), who, cluster: cluster_name, user: user_name, session: Mutex::new(None) })
    }

    /// A client whose credentials hold now.
    ///
    /// # Errors
    /// `Auth` where they cannot be had.
    pub(super) async fn http(&self, now: Time) -> Result<Arc<Http>, SourceError> {
        let mut session = self.session.lock().await;
        if let Some(held) = session.as_ref().filter(|s| s.until.is_none_or(|until| now < until)) {
            return Ok(held.http.clone());
        }
        let new = self.begin(session.take(), now).await?;
        let http = new.http.clone();
        *session = Some(new);
        Ok(http)
    }

    /// Forgets credentials that the server refused; whether others can be had.
    pub(super) async fn refresh(&self) -> bool {
        if matches!(self.who, Who::Fixed) {
            return false;
        }
        *self.session.lock().await = None;
        true
    }

    async fn begin(&self, old: Option<Session>, now: Time) -> Result<Session, SourceError> {
        let reach = self.reach.as_ref().ok_or_else(|| SourceError::rejected("this source has no address"))?;
        let made = |reach: &Reach| Ok::<_, SourceError>(Arc::new(Http::reach(reach)?));
        match &self.who {
            Who::Fixed => Ok(Session { http: made(reach)?, until: None, token: None }),
            Who::TokenFile(path) => {
                let token = match (token_in(path).await, old.as_ref().and_then(|s| s.token.clone())) {
                    // It is being replaced at this moment; the server says when the old one is no good any more.
                    (Err(_), Some(held)) => held,
                    (read, _) => read?,
                };
                let same = |s: &Session| s.token.as_ref().is_some_and(|t| t.expose_secret() == token.expose_secret());
                let http = match old.filter(same) {
                    Some(old) => old.http,
                    None => made(&Reach { credentials: Credentials::Bearer(token.clone()), ..reach.clone() })?,
                };
                Ok(Session { http, until: Some(now + FILE_AGE), token: Some(token) })
            }
            Who::Exec(exec) => {
                let Printed { token, identity, until } = exec.run().await?;
                let credentials = token.map_or_else(|| reach.credentials.clone(), Credentials::Bearer);
                let identity = identity.or_else(|| reach.identity.clone());
                let http = made(&Reach { credentials, identity, ..reach.clone() })?;
                Ok(Session { http, until: until.map(|u| u - EARLY), token: None })
            }
        }
    }
}

fn timeout(config: &SourceConfig) -> Duration {
    config.timeout.to_std().unwrap_or(Duration::from_secs(10))
}

/// The contexts of the kubeconfig that kubectl reads here, the current one first.
pub(in crate::sources) async fn logins(env: &Env) -> Vec<Known> {
    let listed = env.get("KUBECONFIG");
    let paths: Vec<PathBuf> = match &listed {
        Some(listed) => std::env::split_paths(listed).filter(|p| !p.as_os_str().is_empty()).collect(),
        None => env.get("HOME").map(|home| PathBuf::from(home).join(".kube/config")).into_iter().collect(),
    };
    let Ok(all) = Kubeconfig::read(&paths).await else { return Vec::new() };
    // Another shell may have another KUBECONFIG: a file that only that names is written down.
    let named = listed.and(paths.first()).filter(|_| paths.len() == 1);
    let known = all.contexts().map(|(name, server, is_current)| {
        let file = named.map(|p| ("kubeconfig", p.to_string_lossy().into_owned()));
        let says = format!("{server}{}", if is_current { ", the current context" } else { "" });
        let own = file.into_iter().chain([("context", name.to_owned())]).collect();
        Known { name: name.to_owned(), says, url: None, own }
    });
    known.collect()
}

/// Which files to read: the one that is named, those of the environment, the usual one; none inside a pod without any.
fn kubeconfigs(config: &SourceConfig, around: &Surroundings) -> Option<Vec<PathBuf>> {
    if let Some(path) = config.own.path("kubeconfig") {
        return Some(vec![path.clone()]);
    }
    let listed = around.env.get("KUBECONFIG").unwrap_or_default();
    let listed: Vec<PathBuf> = std::env::split_paths(&listed).filter(|p| !p.as_os_str().is_empty()).collect();
    if !listed.is_empty() {
        return Some(listed);
    }
    let usual = around.env.get("HOME").map(|home| PathBuf::from(home).join(".kube/config"));
    match usual {
        Some(path) if path.is_file() || !pod::is_one(around) => Some(vec![path]),
        _ => None,
    }
}

fn credentials(user: &kubeconfig::User) -> Credentials {
    match (user.token(), &user.username) {
        (Some(token), _) => Credentials::Bearer(token),
        (None, Some(name)) if !name.is_empty() => Credentials::Basic { user: name.clone(), password: user.password() },
        _ => Credentials::None,
    }
}

async fn identity(user: &kubeconfig::User) -> Result<Option<(Vec<u8>, SecretString)>, SourceError> {
    use secrecy::ExposeSecret;
    let chain = (user.client_certificate_data.as_deref(), user.client_certificate.as_deref());
    let chain = bytes("client-certificate", chain.0, chain.1).await?;
    let data = user.key_data();
    let key = bytes("client-key", data.as_ref().map(ExposeSecret::expose_secret), user.client_key.as_deref()).await?;
    match (chain, key) {
        (Some(chain), Some(key)) => {
            let key = String::from_utf8(key).map_err(|_| refused("client-key of the kubeconfig is no PEM"))?;
            Ok(Some((chain, SecretString::from(key))))
        }
        (None, None) => Ok(None),
        _ => Err(refused("the kubeconfig has a client certificate without a key, or a key without a certificate")),
    }
}

/// Those of the configuration, and as whom the kubeconfig wants to act.
fn headers(user: &kubeconfig::User, config: &SourceConfig) -> Vec<(String, SecretString)> {
    let mut headers = config.headers.clone();
    let mut add = |name: &str, value: &String| headers.push((name.to_owned(), SecretString::from(value.clone())));
    user.acts_as.iter().for_each(|v| add("Impersonate-User", v));
    user.acts_as_uid.iter().for_each(|v| add("Impersonate-Uid", v));
    user.acts_as_groups.iter().flatten().for_each(|v| add("Impersonate-Group", v));
    headers
}

/// What a plugin may be told of its cluster.
fn about(cluster: &kubeconfig::Cluster) -> serde_json::Value {
    serde_json::json!({
        "server": cluster.server,
        "tls-server-name": cluster.tls_server_name,
        "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
        "certificate-authority-data": cluster.certificate_authority_data,
        "proxy-url": cluster.proxy_url,
    })
}

/// A mounted token is often readable by all in its pod, so its mode is not judged.
async fn token_in(path: &std::path::Path) -> Result<SecretString, SourceError> {
    let text = tokio::fs::read_to_string(path).await;
    let text = text.map_err(|e| refused(&format!("cannot read the token in {}: {e}", path.display())))?;
    match text.trim() {
        "" => Err(refused(&format!("the token in {} is empty", path.display()))),
        token => Ok(SecretString::from(token)),
    }
}
