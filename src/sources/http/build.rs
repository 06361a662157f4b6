//! From a configured source to a hardened client: secrets and certificates fetched, redirects off.

use std::{path::Path, time::Duration};

use reqwest::{
    Certificate, Client, ClientBuilder, Identity, Proxy, Url,
    header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::SourceConfig,
    domain::source::SourceError,
    sources::secret::{self, Credentials, refused},
};

/// Longest wait for a connection, name lookup and TLS included.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// How a proxy may be spoken to.
const PROXIES: [&str; 4] = ["http", "https", "socks5", "socks5h"];
/// Shorter values are words, not secrets; scrubbing them would only garble texts.
const SECRET_MIN: usize = 4;

/// A source's configuration with every secret and file read.
pub(super) struct Settings {
    pub(super) credentials: Credentials,
    pub(super) roots: Vec<Certificate>,
    pub(super) identity: Option<Identity>,
    pub(super) headers: Vec<(String, SecretString)>,
    pub(super) proxy: Option<String>,
    pub(super) timeout: Duration,
    pub(super) special: Special,
    pub(super) requests_per_minute: Option<u32>,
}

/// What only a server has that is found elsewhere than in our configuration.
#[derive(Clone, Debug, Default)]
pub(super) struct Special {
    /// Its authority alone is believed, and none of the machine's.
    pub(super) only_roots: bool,
    /// Whoever answers is believed.
    pub(super) insecure: bool,
    /// Where the address names what the certificate must be for: the host that is really spoken to.
    pub(super) host: Option<String>,
}

impl Settings {
    /// # Errors
    /// `Auth`, naming the variable, file or command that failed.
    pub(super) async fn read(config: &SourceConfig) -> Result<Self, SourceError> {
        Ok(Self {
            credentials: secret::credentials(&config.auth).await?,
            roots: roots(config.ca_file.as_deref()).await?,
            identity: identity(config.client_cert.as_ref().map(|(c, k)| (c.as_path(), k.as_path()))).await?,
            headers: config.headers.clone(),
            proxy: config.proxy.clone(),
            timeout: config.timeout.to_std().unwrap_or(Duration::from_secs(10)),
            special: Special::default(),
            requests_per_minute: config.requests_per_minute,
        })
    }
}

async fn file(path: &Path) -> Result<Vec<u8>, SourceError> {
    tokio::fs::read(path).await.map_err(|e| refused(&format!("cannot read {}: {e}", path.display())))
}

async fn roots(ca_file: Option<&Path>) -> Result<Vec<Certificate>, SourceError> {
    let Some(path) = ca_file else { return Ok(Vec::new()) };
    let certificates = Certificate::from_pem_bundle(&file(path).await?).unwrap_or_default();
    if certificates.is_empty() {
        return Err(refused(&format!("{} holds no PEM certificate", path.display())));
    }
    Ok(certificates)
}

async fn identity(files: Option<(&Path, &Path)>) -> Result<Option<Identity>, SourceError> {
    let Some((certificate, key)) = files else { return Ok(None) };
    let mut pem = file(key).await?;
    pem.push(b'\n');
    pem.extend(file(certificate).await?);
    Identity::from_pem(&pem).map(Some).map_err(|_| {
        refused(&format!("{} and {} are no PEM certificate and key", certificate.display(), key.display()))
    })
}

/// The address everything is relative to; it may have a path such as `/alertmanager`.
pub(super) fn base(url: &str) -> Result<Url, SourceError> {
    let wrong = |why: &str| SourceError::rejected(format!("an address of this source is no http(s) address: {why}"));
    let mut base = Url::parse(url).map_err(|e| wrong(&e.to_string()))?;
    if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
        return Err(wrong(&format!("it starts with `{}:`", base.scheme())));
    }
    base.set_query(None);
    base.set_fragment(None);
    Ok(base)
}

pub(super) fn client(settings: &Settings, base: &Url) -> Result<Client, SourceError> {
    // A second call errs and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wrong = |e: reqwest::Error| match super::answer::cause(&e) {
        why if why.contains("KeyMismatch") => refused("the client certificate and its key are no pair"),
        why => SourceError::unreachable(format!("no HTTP client: {why}")),
    };
    if settings.special.only_roots {
        return plain(settings, base)?.tls_certs_only(settings.roots.clone()).build().map_err(wrong);
    }
    // Without a CA bundle on the machine the first build errs, even for plain http.
    let with_system_roots = plain(settings, base)?.tls_certs_merge(settings.roots.clone()).build();
    with_system_roots.or_else(|_| plain(settings, base)?.tls_certs_only(settings.roots.clone()).build().map_err(wrong))
}

fn plain(settings: &Settings, base: &Url) -> Result<ClientBuilder, SourceError> {
    let builder = Client::builder()
        .user_agent(concat!("watchfire/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_DEADLINE.min(settings.timeout));
    let builder = match &settings.identity {
        Some(identity) => builder.identity(identity.clone()),
        None => builder,
    };
    let builder = match &settings.special.host {
        Some(host) => builder.dns_resolver(super::reach::Really(host.clone())),
        None => builder,
    };
    let builder = if settings.special.insecure { builder.tls_danger_accept_invalid_certs(true) } else { builder };
    match &settings.proxy {
        Some(proxy) => Ok(builder.proxy(through(proxy)?)),
        None if is_here(base) => Ok(builder.no_proxy()),
        None => Ok(builder),
    }
}

/// The parser's words may quote the address, and with it a password.
fn through(proxy: &str) -> Result<Proxy, SourceError> {
    let none = || SourceError::rejected("the proxy is no address: write it like http://proxy.example:3128");
    let url = Url::parse(proxy).map_err(|_| none())?;
    if !PROXIES.contains(&url.scheme()) {
        let why = format!("a proxy that starts with `{}:` is not spoken to", url.scheme());
        return Err(SourceError::rejected(format!("{why}; one of {} is", PROXIES.join(", "))));
    }
    Proxy::all(url).map_err(|_| none())
}

/// A proxy from the environment is never meant for this machine itself, nor for what is on its own link: the services
/// that hand out its keys.
fn is_here(base: &Url) -> bool {
    let host = base.host_str().unwrap_or("").trim_matches(['[', ']']);
    let is_near = |ip: std::net::IpAddr| match ip {
        std::net::IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local(),
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.segments()[..2] == [0xfd00, 0xec2],
    };
    host == "localhost" || host.parse().is_ok_and(is_near)
}

pub(super) fn headers(settings: &Settings, client: &Client, base: &Url) -> Result<HeaderMap, SourceError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let pair = HeaderName::try_from(name).ok().zip(sensitive(value.expose_secret()));
        let wrong = || refused(&format!("the header `{name}` has a name or value that HTTP does not allow"));
        let (header, value) = pair.ok_or_else(wrong)?;
        headers.append(header, value);
    }
    if let Some(value) = authorization(&settings.credentials, client, base)? {
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// # Errors
/// `Auth` where HTTP does not allow the value.
pub(super) fn plain_value(name: &str, value: &str) -> Result<HeaderValue, SourceError> {
    HeaderValue::from_str(value).map_err(|_| refused(&format!("`{name}` holds characters that HTTP does not allow")))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Built by reqwest itself, so that nobody here encodes anything.
fn authorization(who: &Credentials, client: &Client, base: &Url) -> Result<Option<HeaderValue>, SourceError> {
    let request = client.get(base.clone());
    let request = match who {
        Credentials::None => return Ok(None),
        Credentials::Bearer(token) => request.bearer_auth(token.expose_secret()),
        Credentials::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
    };
    let request = request.build().map_err(|_| refused("the token holds characters that HTTP does not allow"))?;
    Ok(request.headers().get(AUTHORIZATION).cloned())
}

/// Everything that must not be seen, in each form in which it travels; longest first.
pub(super) fn secrets(settings: &Settings, headers: &HeaderMap, base: &Url) -> Vec<String> {
    let mut secrets: Vec<String> = settings.headers.iter().map(|(_, v)| v.expose_secret().to_owned()).collect();
    match &settings.credentials {
        Credentials::None => {}
        Credentials::Bearer(secret) | Credentials::Basic { password: secret, .. } => {
            secrets.push(secret.expose_secret().to_owned());
        }
    }
    let sent = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split(' ').nth(1));
    secrets.extend(sent.map(str::to_owned));
    let proxy = settings.proxy.as_deref().and_then(|p| Url::parse(p).ok());
    secrets.extend([Some(base.clone()), proxy].into_iter().flatten().filter_map(|u| u.password().map(str::to_owned)));
    secrets.retain(|s| s.len() >= SECRET_MIN);
    secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
    secrets.dedup();
    secrets
}
