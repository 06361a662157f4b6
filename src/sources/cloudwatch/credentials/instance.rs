//! The keys of an EC2 instance's role, as its metadata service hands them out: a token first (IMDSv2), then the role's
//! name, then its keys.
//!
//! It is the last place that is looked at. The first version of that service, which needs no token, is never asked: any
//! page that can make a server fetch an address could ask it too.

use std::time::Duration as Wait;

use chrono::Duration;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Keys, container::is_near};
use crate::{
    config::{Auth, SourceConfig, request::Env},
    domain::{Time, source::SourceError},
    sources::{
        http::{Call, Failure, Http},
        secret::refused,
    },
};

const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";
const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const MODE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
/// Where it answers, by both families of addresses.
const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";
const NEAR: [&str; 2] = ["169.254.169.254", "[fd00:ec2::254]"];
/// It answers within milliseconds or, beyond the hops its answer may take, never.
const DEADLINE: Duration = Duration::seconds(1);
/// For how long a token is asked for, in seconds: one is used three times and forgotten.
const TTL: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "60");
const TOKEN: &str = "x-aws-ec2-metadata-token";
const ROLES: &str = "latest/meta-data/iam/security-credentials/";
/// For how long keys that have ended are used while the service itself has no newer ones, as AWS' own tools do.
const STRETCHED: Duration = Duration::minutes(10);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Handed {
    code: Option<String>,
    message: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
    token: Option<String>,
    expiration: Option<Time>,
}

/// Whether it may be asked.
pub(super) fn is_allowed(env: &Env) -> bool {
    !env.get(DISABLED).is_some_and(|v| v.eq_ignore_ascii_case("true"))
}

/// # Errors
/// `Auth` where this is no instance, or one without a role.
pub(super) async fn keys(env: &Env, config: &SourceConfig, now: Time) -> Result<Keys, SourceError> {
    let http = opened(env, config).await?;
    let asked = Call::put("latest/api/token").headers(&[TTL]).reads();
    let token = text(&http, asked, now).await.map_err(|failure| no_token(&failure))?;
    let http = http.with_header(TOKEN, &token)?;
    let roles = text(&http, Call::get(ROLES), now).await.map_err(|failure| match failure.status {
        Some(404) => refused("this EC2 instance has no role: attach an instance profile, or name other keys"),
        _ => refused(&format!("the role of this EC2 instance cannot be had: {}", failure.error)),
    })?;
    let role = roles.lines().next().unwrap_or_default().trim();
    let is_good = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if role.is_empty() || !role.chars().all(is_good) {
        return Err(refused("the EC2 metadata service names no role"));
    }
    let wrapped = |e: SourceError| refused(&format!("the keys of the role {role} cannot be had: {e}"));
    let call = Call::get(ROLES.trim_end_matches('/')).item(role);
    let answer = http.call(call, now).await.map_err(|f| wrapped(f.error))?;
    let handed: Handed = http.json(&answer).map_err(wrapped)?;
    handed.keys(role, now)
}

impl Handed {
    fn keys(self, role: &str, now: Time) -> Result<Keys, SourceError> {
        let said = self.code.as_deref().unwrap_or("Success");
        let (Some(id), Some(secret), "Success") = (self.access_key_id, self.secret_access_key, said) else {
            let why = [said, self.message.as_deref().unwrap_or_default()].join(" ");
            return Err(refused(&format!("the EC2 metadata service has no keys of the role {role}: {}", why.trim())));
        };
        let expires = self.expiration.map(|end| if end <= now { now + STRETCHED } else { end });
        let token = self.token.filter(|t| !t.is_empty()).map(SecretString::from);
        Ok(Keys { id, secret: SecretString::from(secret), token, expires })
    }
}

/// A client for it, which no proxy and nothing else of the source's own comes between.
async fn opened(env: &Env, config: &SourceConfig) -> Result<Http, SourceError> {
    let is_v6 = env.get(MODE).is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"));
    let usual = if is_v6 { IPV6 } else { IPV4 };
    let address = env.get(ENDPOINT).unwrap_or_else(|| usual.to_owned());
    let url = reqwest::Url::parse(&address).ok().filter(|url| is_near(url, &NEAR));
    let url = url.ok_or_else(|| refused(&format!("{ENDPOINT} is neither near nor encrypted")))?;
    let own = SourceConfig {
        urls: vec![url.as_str().trim_end_matches('/').to_owned()],
        auth: Auth::None,
        headers: Vec::new(),
        proxy: None,
        timeout: DEADLINE,
        requests_per_minute: None,
        ..config.clone()
    };
    Http::for_source(&own).await?.pop().ok_or_else(|| refused("no address"))
}

async fn text(http: &Http, call: Call<'_>, now: Time) -> Result<String, Failure> {
    let answer = http.call(call, now).await?;
    Ok(String::from_utf8_lossy(&answer.body).trim().to_owned())
}

/// Most machines are no instances: then the other ways to keys come first in the words.
fn no_token(failure: &Failure) -> SourceError {
    let ways = "there are no AWS keys: set `profile` or credentials_command = [\"aws\", \"configure\", \
                \"export-credentials\"]";
    let deadline = DEADLINE.to_std().unwrap_or(Wait::from_secs(1));
    refused(&match failure.status {
        Some(403 | 404 | 405) => {
            format!("{ways}; the EC2 metadata service gives no token ({}), and is not asked without", failure.error)
        }
        None if failure.late => format!(
            "{ways}; the EC2 metadata service did not answer within {deadline:?}: in a container, its answer needs a \
             hop limit of 2 (aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2)"
        ),
        _ => format!("{ways}; this is no EC2 instance either ({})", failure.error),
    })
}

#[cfg(test)]
mod tests;
