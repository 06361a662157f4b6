//! A server that something else than our configuration names, as a kubeconfig does: its certificates come as bytes, and the
//! name they are for need not be that of its address.

use std::time::Duration;

use reqwest::{
    Certificate, Identity,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HOST, HeaderValue},
};
use secrecy::SecretString;

use super::{
    Http, answer,
    build::{self, Settings, Special},
};
use crate::{
    domain::source::SourceError,
    sources::secret::{Credentials, refused},
};

/// Everything that is needed to speak to it.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    pub(crate) url: String,
    pub(crate) credentials: Credentials,
    /// PEM; where it is given, no other authority is believed.
    pub(crate) authority: Option<Vec<u8>>,
    /// PEM: chain and key.
    pub(crate) identity: Option<(Vec<u8>, SecretString)>,
    pub(crate) headers: Vec<(String, SecretString)>,
    pub(crate) proxy: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) requests_per_minute: Option<u32>,
    /// What its certificate is for, where that is not the host of the address.
    pub(crate) server_name: Option<String>,
    /// Whoever answers is believed.
    pub(crate) insecure: bool,
}

impl Http {
    /// A client for it.
    ///
    /// # Errors
    /// `Auth` where a certificate or key is none, `Rejected` where the address is none or what is asked cannot be done.
    pub(crate) fn reach(reach: &Reach) -> Result<Self, SourceError> {
        let real = build::base(&reach.url)?;
        let mut named = real.clone();
        if let Some(name) = &reach.server_name {
            if reach.proxy.is_some() {
                return Err(SourceError::rejected("a name of its own for TLS cannot go through a proxy"));
            }
            // An address would be asked itself, for no name of it is ever looked up.
            if name.parse::<std::net::IpAddr>().is_ok() {
                let why = format!("tls-server-name is the address {name}; put it into `server`, or name the host");
                return Err(SourceError::rejected(why));
            }
            named
                .set_host(Some(name))
                .map_err(|_| SourceError::rejected(format!("`{name}` is no name of a server")))?;
        }
        let mut http = Self::new(&settings(reach, &real)?, named.as_str())?;
        if reach.server_name.is_some() {
            let host = HeaderValue::from_str(&answer::host_of(&real));
            http.headers.insert(HOST, host.map_err(|_| refused("the address has a host that HTTP does not allow"))?);
        }
        Ok(http)
    }
}

fn settings(reach: &Reach, real: &reqwest::Url) -> Result<Settings, SourceError> {
    let host = reach.server_name.as_ref().and_then(|_| Some(real.host_str()?.trim_matches(['[', ']']).to_owned()));
    Ok(Settings {
        credentials: reach.credentials.clone(),
        roots: roots(reach.authority.as_deref())?,
        identity: identity(reach.identity.as_ref())?,
        headers: reach.headers.clone(),
        proxy: reach.proxy.clone(),
        timeout: reach.timeout,
        requests_per_minute: reach.requests_per_minute,
        special: Special { only_roots: reach.authority.is_some(), insecure: reach.insecure, host },
    })
}

pub(super) fn roots(pem: Option<&[u8]>) -> Result<Vec<Certificate>, SourceError> {
    let Some(pem) = pem else { return Ok(Vec::new()) };
    let certificates = Certificate::from_pem_bundle(pem).unwrap_or_default();
    if certificates.is_empty() {
        return Err(refused("the authority of the server is no PEM certificate"));
    }
    Ok(certificates)
}

fn identity(pair: Option<&(Vec<u8>, SecretString)>) -> Result<Option<Identity>, SourceError> {
    use secrecy::ExposeSecret;
    let Some((chain, key)) = pair else { return Ok(None) };
    let mut pem = key.expose_secret().as_bytes().to_vec();
    pem.push(b'\n');
    pem.extend_from_slice(chain);
    Identity::from_pem(&pem).map(Some).map_err(|_| refused("the client certificate and its key are no PEM pair"))
}

/// Looks up this host, whatever name is asked for.
pub(super) struct Really(pub(super) String);

impl Resolve for Really {
    fn resolve(&self, _: Name) -> Resolving {
        let host = self.0.clone();
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
