//! The one request that gives a token, in its four forms.
//!
//! Knows the words of OAuth2 and no vendor.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{
    config::{Auth, Secret, SourceConfig},
    domain::{Time, source::SourceError},
    sources::{
        http::{Call, Http, Token},
        secret::refused,
    },
};

/// Longest life that a token is believed to have, in seconds.
const LIFE_MAX: f64 = 30.0 * 86_400.0;

/// As what program tokens are asked for.
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

impl Client {
    /// One whose secret is no secret: it is that of a program everybody has.
    pub(crate) fn open(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: Secret::Inline(SecretString::from(secret)) }
    }
}

/// Who gives tokens.
pub(crate) struct Issuer {
    http: Http,
    path: &'static str,
    scope: Option<&'static str>,
}

impl Issuer {
    /// At `url`, beside which `path` is asked; with the certificates and the proxy of the source, and the
    /// authority (PEM) that was found beside them.
    ///
    /// # Errors
    /// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
    pub(crate) async fn new(
        config: &SourceConfig,
        url: &str,
        (path, scope): (&'static str, Option<&'static str>),
        client: Client,
        (token, authority): (&Token, Option<&[u8]>),
    ) -> Result<Self, SourceError> {
        let auth = Auth::Basic { user: client.id, password: client.secret };
        let config = SourceConfig { auth, urls: vec![url.to_owned()], headers: Vec::new(), ..config.clone() };
        let http = Http::trusting(&config, authority).await?.pop();
        let http = http.ok_or_else(|| refused("it is not known who gives tokens"))?;
        Ok(Self { http: http.with_token(token, false), path, scope })
    }

    pub(super) async fn ask(&self, grant: Grant<'_>, token: &Token, now: Time) -> Result<Issued, SourceError> {
        let mut form = grant.form();
        // A refresh may only ask for what was given before: for all of it where it says nothing.
        form.extend(self.scope.filter(|_| !matches!(grant, Grant::Refresh(_))).map(|s| ("scope", s.to_owned())));
        let answer = self.http.call(Call::post_form(self.path, &form), now).await.map_err(|f| match f.status {
            // OAuth2 says 400 where the credentials of a person are wrong.
            Some(400) => refused(&format!("no token is given: {}", f.words)),
            _ => f.error,
        })?;
        let wire: Wire = self.http.json(&answer)?;
        let issued = wire.read()?;
        token.learn(issued.access.expose_secret());
        if let Some(refresh) = &issued.refresh {
            token.learn(refresh.expose_secret());
        }
        Ok(issued)
    }
}

/// For what a token is given.
#[derive(Clone, Copy)]
pub(super) enum Grant<'a> {
    Password { user: &'a str, password: &'a SecretString },
    Client,
    Refresh(&'a SecretString),
}

impl Grant<'_> {
    fn form(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Password { user, password } => vec![
                ("grant_type", "password".to_owned()),
                ("username", user.to_owned()),
                ("password", password.expose_secret().to_owned()),
            ],
            Self::Client => vec![("grant_type", "client_credentials".to_owned())],
            Self::Refresh(token) => {
                vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", token.expose_secret().to_owned())]
            }
        }
    }
}

/// A token that was given.
pub(super) struct Issued {
    pub(super) access: SecretString,
    pub(super) refresh: Option<SecretString>,
    /// Seconds it lasts; none where that is not said.
    pub(super) lasts: Option<i64>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<f64>,
}

impl Wire {
    #[allow(clippy::cast_possible_truncation, reason = "clamped before")]
    fn read(self) -> Result<Issued, SourceError> {
        if self.access_token.is_empty() {
            return Err(SourceError::malformed("the answer to a login holds no token"));
        }
        let lasts = self.expires_in.filter(|s| s.is_finite()).map(|s| s.clamp(1.0, LIFE_MAX) as i64);
        let refresh = self.refresh_token.filter(|t| !t.is_empty()).map(SecretString::from);
        Ok(Issued { access: self.access_token.into(), refresh, lasts })
    }
}
