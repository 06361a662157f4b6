//! A bearer token that changes while its clients live, and everything that was ever a secret of the same login.
//!
//! Refuses to know how a token is come by: who logs in says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::header::HeaderValue;

use crate::{domain::source::SourceError, sources::secret::refused};

/// Shorter values are words, not secrets; scrubbing them would only garble texts.
const SECRET_MIN: usize = 4;
/// Secrets of a login that are remembered, so as never to be shown; a token is one for an hour or so.
const KEPT: usize = 32;

/// Shared by its clones.
#[derive(Clone, Default)]
pub(crate) struct Token(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    header: Option<HeaderValue>,
    /// The newest last.
    secrets: Vec<String>,
}

impl Token {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this one is sent.
    ///
    /// # Errors
    /// `Auth` where HTTP does not allow it in a header.
    pub(crate) fn set(&self, token: &str) -> Result<(), SourceError> {
        self.learn(token);
        let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| refused("the token holds characters that HTTP does not allow"))?;
        header.set_sensitive(true);
        self.known().header = Some(header);
        Ok(())
    }

    /// From now on none is.
    pub(crate) fn clear(&self) {
        self.known().header = None;
    }

    /// A text that must never be seen, though it is not sent as a token: a password, a refresh token.
    pub(crate) fn learn(&self, secret: &str) {
        let mut known = self.known();
        if secret.len() < SECRET_MIN {
            return;
        }
        known.secrets.retain(|s| s != secret);
        known.secrets.push(secret.to_owned());
        if known.secrets.len() > KEPT {
            known.secrets.remove(0);
        }
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        self.known().header.clone()
    }

    pub(crate) fn scrub(&self, text: String) -> String {
        let mut secrets = self.known().secrets.clone();
        secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
        secrets.iter().fold(text, |text, secret| text.replace(secret, "***"))
    }
}
