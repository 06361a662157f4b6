//! `[source.pagerduty]`: where the account lives, how its token is sent, and what of it is read.
//!
//! Refuses to know what is asked with it.

use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::{Auth, Secret, SourceConfig},
    domain::source::SourceError,
    sources::{
        http::Http,
        secret::{self, Credentials, refused},
    },
};

/// Where accounts of the two service regions answer.
const US: &str = "https://api.pagerduty.com";
const EU: &str = "https://api.eu.pagerduty.com";
/// The version of the API that is spoken.
const ACCEPT: &str = "application/vnd.pagerduty+json;version=2";
/// API keys have 20 characters; what is longer was given out by OAuth.
const KEY_MAX: usize = 32;

/// What is read, and in whose name it is written.
pub(super) struct Options {
    pub(super) from: Option<String>,
    pub(super) teams: Vec<String>,
    pub(super) services: Vec<String>,
    urgencies: Vec<String>,
    user_ids: Vec<String>,
}

impl Options {
    pub(super) fn read(config: &SourceConfig) -> Result<Self, SourceError> {
        let own = |name| config.own.list(name).to_vec();
        let options = Self {
            from: config.own.text("from").map(str::to_owned),
            teams: own("teams"),
            services: own("services"),
            urgencies: own("urgencies"),
            user_ids: own("user_ids"),
        };
        match options.urgencies.iter().find(|u| !matches!(u.as_str(), "high" | "low")) {
            Some(urgency) => Err(SourceError::rejected(format!("`urgencies` knows high and low, not `{urgency}`"))),
            None => Ok(options),
        }
    }

    /// The filters of the list of incidents, as its query.
    pub(super) fn filters(&self) -> Vec<(&'static str, String)> {
        let of = |name: &'static str, list: &[String]| list.iter().map(|item| (name, item.clone())).collect::<Vec<_>>();
        [
            of("team_ids[]", &self.teams),
            of("service_ids[]", &self.services),
            of("urgencies[]", &self.urgencies),
            of("user_ids[]", &self.user_ids),
        ]
        .concat()
    }
}

/// The client of the one address.
pub(super) async fn client(config: &SourceConfig) -> Result<Http, SourceError> {
    let url = match config.urls.as_slice() {
        [] if config.own.text("region") == Some("eu") => EU.to_owned(),
        [] => US.to_owned(),
        [one] => one.clone(),
        _ => return Err(SourceError::rejected("PagerDuty has one address: write `url`, or leave it out")),
    };
    let token = match secret::credentials(&config.auth).await? {
        Credentials::Bearer(token) => token,
        Credentials::Basic { .. } => return Err(refused("PagerDuty takes no user and password: set a token")),
        Credentials::None => return Err(refused("there is no token: set token_env, token_file or token_command")),
    };
    // A secret is fetched once: a command may ask a person for it.
    let auth = Auth::Bearer(Secret::Inline(token.clone()));
    let http = Http::for_source(&SourceConfig { urls: vec![url], auth, ..config.clone() }).await?.pop();
    let http = http.ok_or_else(|| SourceError::rejected("this source has no address"))?;
    http.with_header("accept", ACCEPT)?.with_header("authorization", &authorization(config, &token))
}

fn authorization(config: &SourceConfig, token: &SecretString) -> String {
    let token = token.expose_secret();
    let bearer = match config.own.text("auth") {
        Some(word) => word == "bearer",
        None => is_of_oauth(token),
    };
    if bearer { format!("Bearer {token}") } else { format!("Token token={token}") }
}

/// By its form: `pdus+_…`, `pdeu+_…`, or a length that no API key has.
fn is_of_oauth(token: &str) -> bool {
    token.starts_with("pdus+") || token.starts_with("pdeu+") || token.len() > KEY_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_oauth_is_told_by_its_form() {
        for key in ["y_NbAkKc66ryYTWUXYEu", "u+wwwwwwwwwwwwwwwwww", "tok-a1b2c3d4"] {
            assert!(!is_of_oauth(key), "{key}");
        }
        assert!(is_of_oauth("pdus+_0XBPWQQ_dfd6c2"));
        assert!(is_of_oauth(&"eyJhbGciOi".repeat(9)));
    }
}
