//! The login of the cf CLI: read from its file, and written to it only where the server changed the refresh token, as the
//! CLI would be logged out otherwise.

use std::path::PathBuf;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    config::request::Env,
    domain::source::{Problem, SourceError},
    sources::{
        secret::refused,
        uaa::{Login, Logins, home},
    },
};

/// Largest file that is read, in bytes.
const FILE_MAX: usize = 4 << 20;

/// The file, and the API that a token of it may go to.
#[derive(Clone)]
pub(super) struct CfLogin {
    pub(super) path: PathBuf,
    /// Without its trailing slash; none where the file names it.
    pub(super) api: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Wire {
    access_token: String,
    refresh_token: String,
    target: String,
    #[serde(rename = "UAAOAuthClient")]
    client: String,
    #[serde(rename = "UAAOAuthClientSecret")]
    client_secret: String,
}

impl Default for Wire {
    fn default() -> Self {
        let none = String::new;
        Self {
            access_token: none(),
            refresh_token: none(),
            target: none(),
            client: "cf".to_owned(),
            client_secret: none(),
        }
    }
}

impl CfLogin {
    /// Where the CLI keeps it.
    pub(super) fn usual(env: &Env) -> Option<PathBuf> {
        let beneath = env.get("CF_HOME").map(|home| PathBuf::from(home).join(".cf/config.json"));
        beneath.or_else(|| home(env, ".cf/config.json"))
    }

    async fn text(&self) -> Result<Vec<u8>, SourceError> {
        let file = self.path.display();
        let why = |e: std::io::Error| {
            refused(&format!("no credentials are configured, and the cf CLI's login cannot be read from {file}: {e}"))
        };
        let bytes = tokio::fs::read(&self.path).await.map_err(why)?;
        if bytes.len() > FILE_MAX { Err(refused(&format!("{file} is too large for a login"))) } else { Ok(bytes) }
    }

    async fn wire(&self) -> Result<Wire, SourceError> {
        // The parser's words may quote a token.
        let wrong = |_| refused(&format!("{} is no file of the cf CLI's", self.path.display()));
        serde_json::from_slice(&self.text().await?).map_err(wrong)
    }

    /// The API that the CLI speaks to, and as which client it asks for tokens.
    pub(super) async fn target(&self) -> Result<(String, String, String), SourceError> {
        let wire = self.wire().await?;
        let target = wire.target.trim_end_matches('/').to_owned();
        if target.is_empty() {
            return Err(refused(&format!("the cf CLI has no target: {}", self.advice())));
        }
        Ok((target, wire.client, wire.client_secret))
    }

    /// The file with other tokens and everything else as it was, put in its place as a whole.
    async fn write(&self, refresh: &SecretString, access: &SecretString) -> Result<(), String> {
        let bytes = self.text().await.map_err(|e| e.to_string())?;
        let mut all: Value = serde_json::from_slice(&bytes).map_err(|_| "it is no JSON any more".to_owned())?;
        let fields = all.as_object_mut().ok_or("it is no JSON object any more")?;
        fields.insert("RefreshToken".to_owned(), refresh.expose_secret().into());
        fields.insert("AccessToken".to_owned(), format!("bearer {}", access.expose_secret()).into());
        let text = serde_json::to_vec_pretty(&all).map_err(|e| e.to_string())?;
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || {
            let dir = path.parent().unwrap_or(std::path::Path::new("."));
            // Nobody else may read a temporary file; it keeps that when it takes the place of the other.
            let file = tempfile::NamedTempFile::new_in(dir)?;
            std::fs::write(file.path(), text)?;
            file.persist(&path).map_err(|e| e.error).map(drop)
        });
        written.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
    }
}

#[async_trait]
impl Logins for CfLogin {
    async fn read(&self) -> Result<Login, SourceError> {
        let wire = self.wire().await?;
        let target = wire.target.trim_end_matches('/');
        if self.api.as_deref().is_some_and(|api| api != target) {
            let why = format!("the cf CLI is logged in to another API than this source's: {}", self.advice());
            return Err(refused(&why));
        }
        let bare = wire.access_token.split_once(' ').map_or(wire.access_token.as_str(), |(_, token)| token);
        let some = |text: &str| (!text.is_empty()).then(|| SecretString::from(text));
        Ok(Login { access: some(bare), refresh: some(&wire.refresh_token) })
    }

    fn advice(&self) -> String {
        self.api.as_ref().map_or_else(|| "run `cf login`".to_owned(), |api| format!("run `cf login -a {api}`"))
    }

    async fn rotated(&self, refresh: &SecretString, access: &SecretString) -> Problem {
        let why = match self.write(refresh, access).await {
            Ok(()) => format!("UAA changed the refresh token: the new one was written to {}", self.path.display()),
            Err(why) => format!(
                "UAA changed the refresh token, and {} could not be written ({why}): run `cf login` before you use cf",
                self.path.display()
            ),
        };
        Problem { at: "login".into(), why: why.into() }
    }
}
