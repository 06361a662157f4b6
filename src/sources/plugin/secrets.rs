//! The secrets of a plugin: named at the start, handed over when it asks, blotted out wherever they turn up again.

use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::frame::{WireError, code};
use crate::{
    config::{Auth, Secret},
    sources::secret,
};

/// Shorter values are words, not secrets; blotting them out would only garble texts.
const SECRET_MIN: usize = 4;

/// What a plugin may ask for.
pub(super) struct Secrets {
    user: Option<String>,
    /// By its name, with where it is.
    named: Option<(&'static str, Secret)>,
    /// Those that were handed over.
    told: Mutex<Vec<SecretString>>,
}

impl Secrets {
    pub(super) fn of(auth: &Auth) -> Self {
        let (user, named) = match auth {
            Auth::None => (None, None),
            Auth::Bearer(token) => (None, Some(("token", token.clone()))),
            Auth::Basic { user, password } => (Some(user.clone()), Some(("password", password.clone()))),
        };
        Self { user, named, told: Mutex::new(Vec::new()) }
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Names and references, never a secret.
    pub(super) fn references(&self) -> Value {
        let one = |(name, _): &(&'static str, Secret)| ((*name).to_owned(), json!({"$ref": *name}));
        Value::Object(self.named.iter().map(one).collect::<Map<_, _>>())
    }

    /// Fetched anew each time: a token that was changed is the changed one.
    pub(super) async fn reveal(&self, reference: &str) -> Result<SecretString, WireError> {
        let found = self.named.as_ref().filter(|(name, _)| *name == reference);
        let unknown = || WireError::new(code::NOT_FOUND, "there is no such secret");
        let secret = secret::resolve(&found.ok_or_else(unknown)?.1).await;
        let secret = secret.map_err(|e| WireError::new(code::AUTH, e.to_string()))?;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.iter().any(|t| t.expose_secret() == secret.expose_secret()) {
            told.push(secret.clone());
        }
        Ok(secret)
    }

    pub(super) fn scrub(&self, text: &str) -> String {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let long = told.iter().map(ExposeSecret::expose_secret).filter(|s| s.len() >= SECRET_MIN);
        long.fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}
