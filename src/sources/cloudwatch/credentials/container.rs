//! The keys of a container's role, as ECS and EKS hand them out: an address in the environment, which is near.
//!
//! Refuses every address that is neither this machine, nor the container's own, nor encrypted.

use secrecy::SecretString;
use serde::Deserialize;

use super::Keys;
use crate::{
    config::{Auth, SourceConfig, request::Env},
    domain::{Time, source::SourceError},
    sources::{
        http::{Call, Http},
        secret::refused,
    },
};

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// Where ECS answers.
const ECS: &str = "http://169.254.170.2";
/// Who may be asked without encryption, beside this machine: ECS, and EKS by both families of addresses.
const NEAR: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Handed {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<Time>,
}

pub(super) fn is_there(env: &Env) -> bool {
    env.get(RELATIVE).is_some() || env.get(FULL).is_some()
}

/// # Errors
/// `Auth` where the address is far, or nothing there hands out keys.
pub(super) async fn keys(env: &Env, config: &SourceConfig, now: Time) -> Result<Keys, SourceError> {
    let address = match (env.get(RELATIVE), env.get(FULL)) {
        (Some(path), _) => format!("{ECS}/{}", path.trim_start_matches('/')),
        (None, Some(full)) => full,
        (None, None) => return Err(refused(&format!("{FULL} is not set any more"))),
    };
    let url = reqwest::Url::parse(&address).ok().filter(|url| is_near(url, &NEAR));
    let url = url.ok_or_else(|| refused("the container's address of keys is neither near nor encrypted"))?;
    let wrapped = |e: SourceError| refused(&format!("the container's keys cannot be had: {e}"));
    let base = url[..url::Position::BeforePath].to_owned();
    let mut asked =
        SourceConfig { urls: vec![base], auth: Auth::None, headers: Vec::new(), proxy: None, ..config.clone() };
    asked.headers.extend(token(env)?.map(|token| ("Authorization".to_owned(), token)));
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let query: Vec<(&str, String)> = query.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    let http = Http::for_source(&asked).await.map_err(wrapped)?.pop().ok_or_else(|| refused("no address"))?;
    let path = url.path().trim_start_matches('/');
    let answer = http.call(Call::get(path).query(&query), now).await.map_err(|f| wrapped(f.error))?;
    let handed: Handed = http.json(&answer).map_err(|_| refused("the container's answer holds no AWS keys"))?;
    let token = handed.token.filter(|t| !t.is_empty()).map(SecretString::from);
    let secret = SecretString::from(handed.secret_access_key);
    Ok(Keys { id: handed.access_key_id, secret, token, expires: handed.expiration })
}

/// Read each time: EKS changes the file's token.
fn token(env: &Env) -> Result<Option<SecretString>, SourceError> {
    if let Some(path) = env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        let text = std::fs::read_to_string(&path).map_err(|e| refused(&format!("cannot read {path}: {e}")))?;
        return Ok(Some(SecretString::from(text.trim().to_owned())));
    }
    Ok(env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(SecretString::from))
}

/// Whether keys may be asked for there: on this machine, at one of these hosts, or encrypted.
pub(super) fn is_near(url: &reqwest::Url, hosts: &[&str]) -> bool {
    let host = url.host_str().unwrap_or_default();
    let here = host == "localhost"
        || host == "[::1]"
        || host.starts_with("127.") && host.parse::<std::net::Ipv4Addr>().is_ok();
    url.scheme() == "https" || url.scheme() == "http" && (here || hosts.contains(&host))
}
