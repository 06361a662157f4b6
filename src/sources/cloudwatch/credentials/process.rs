//! A command that prints keys, as `credential_process` defines it: one JSON object.
//!
//! Runs no shell.

use secrecy::SecretString;
use serde::Deserialize;

use super::Keys;
use crate::{
    domain::{Time, source::SourceError},
    sources::secret::{self, refused},
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<Time>,
}

/// # Errors
/// `Auth` where it fails or prints something else; what it printed is a secret, and never told.
pub(super) async fn keys(argv: &[String]) -> Result<Keys, SourceError> {
    let text = secret::output(argv).await?;
    let program = argv.first().map_or("", String::as_str);
    let printed: Printed = serde_json::from_str(&text).map_err(|_| {
        refused(&format!("`{program}` printed no AWS keys: it must print JSON with AccessKeyId and SecretAccessKey"))
    })?;
    Ok(printed.into())
}

impl From<Printed> for Keys {
    fn from(p: Printed) -> Self {
        let token = p.session_token.filter(|t| !t.is_empty()).map(SecretString::from);
        Self { id: p.access_key_id, secret: SecretString::from(p.secret_access_key), token, expires: p.expiration }
    }
}

/// A line as a shell would take it apart: quotes and backslashes, and nothing else.
pub(super) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = line.chars();
    while let Some(c) = letters.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
