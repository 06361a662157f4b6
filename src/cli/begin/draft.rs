//! What is going to be configured, as it is gathered from answers, flags and other programs' files.
//!
//! Asks nobody and writes nothing.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use crate::{
    config::{
        Auth, KeyringEntry, Secret, SourceConfig, SourceKind,
        kinds::{self, Own},
    },
    domain::source::SourceName,
};

use super::{credentials::whole, forms};

/// The most that one request of a trial may take, in seconds.
const PATIENCE_S: i64 = 8;

/// A configuration to be.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// None: the login name.
    pub user: Option<String>,
    pub sources: Vec<SourceDraft>,
    /// Paths of files of SLOs, as they are written down.
    pub slo_files: Vec<String>,
    /// What is taken over without being asked.
    pub later: Vec<Later>,
}

/// One source to be.
#[derive(Clone, Debug)]
pub struct SourceDraft {
    pub name: String,
    pub kind: SourceKind,
    pub url: String,
    pub auth: AuthDraft,
    pub ca_file: Option<PathBuf>,
    pub client_cert: Option<(PathBuf, PathBuf)>,
    pub proxy: Option<String>,
    pub headers: Vec<(String, String)>,
    /// How often it is asked, where that is other than every source.
    pub interval: Option<String>,
    /// What only its kind has.
    pub own: Own,
    /// Silences are read, and acks stay in the journal.
    pub read_only: bool,
}

/// A source whose token another program was told, and no address: it is asked when the file is used.
#[derive(Clone, Debug)]
pub struct Later {
    pub name: String,
    pub kind: &'static str,
    pub token: SecretDraft,
    /// In whose name it writes, where that was told.
    pub from: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub enum AuthDraft {
    #[default]
    None,
    Token(SecretDraft),
    Basic {
        user: String,
        password: SecretDraft,
    },
}

/// A secret, or where it is.
#[derive(Clone, Debug)]
pub enum SecretDraft {
    /// To be kept by us.
    Here(SecretString, Keep),
    Env(String),
    File(PathBuf),
    Command(Vec<String>),
    Keyring(KeyringEntry),
}

/// Where a secret that was typed is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Keep {
    /// A file that nobody else can read, beside the configuration
    #[default]
    File,
    /// The keyring of the desktop
    Keyring,
    /// The configuration itself
    Inline,
}

impl SourceDraft {
    pub fn new(name: impl Into<String>, kind: SourceKind, url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind,
            url: url.into().trim_end_matches('/').to_owned(),
            auth: AuthDraft::None,
            ca_file: None,
            client_cert: None,
            proxy: None,
            headers: Vec::new(),
            interval: forms::of(kind).interval.map(str::to_owned),
            own: Own::default(),
            read_only: false,
        }
    }

    /// As the program would read it from a file.
    pub fn config(&self) -> SourceConfig {
        SourceConfig {
            name: SourceName::new(&self.name),
            kind: self.kind,
            urls: Some(self.url.clone()).filter(|url| !url.is_empty()).into_iter().collect(),
            auth: self.auth.config(),
            ca_file: self.ca_file.clone(),
            client_cert: self.client_cert.clone(),
            headers: self.headers.iter().map(|(n, v)| (n.clone(), SecretString::from(v.as_str()))).collect(),
            proxy: self.proxy.clone(),
            ack: kinds::usual_ack(self.kind),
            silences_writable: !self.read_only,
            interval: chrono::Duration::seconds(15),
            timeout: chrono::Duration::seconds(PATIENCE_S),
            requests_per_minute: None,
            discover: false,
            kept_in: None,
            own: self.own.clone(),
        }
    }

    /// Takes a value of its kind's own, as it is typed. A path means the same wherever it is read.
    ///
    /// # Errors
    /// What would be one.
    pub fn take(&mut self, key: &str, text: &str) -> Result<(), String> {
        let path = kinds::is_path(self.kind, key).then(|| whole(text).to_string_lossy().into_owned());
        self.own.take(self.kind, key, path.as_deref().unwrap_or(text))
    }

    /// What it is asked at, in a word: its address, its program, or its kind.
    pub fn place(&self) -> String {
        let program = || self.own.list("command").first().cloned();
        let dir = || Some(self.own.path("dir")?.to_string_lossy().into_owned());
        let url = Some(self.url.clone()).filter(|url| !url.is_empty());
        url.or_else(program).or_else(dir).unwrap_or_else(|| self.kind.as_str().to_owned())
    }

    /// Takes a user and a password out of the address, where they would be shown and logged. Answers whether there were.
    pub fn take_user(&mut self, keep: Keep) -> bool {
        let Ok(mut url) = Url::parse(&self.url) else { return false };
        if url.username().is_empty() && url.password().is_none() {
            return false;
        }
        let user = plain(url.username());
        let password = plain(url.password().unwrap_or_default());
        // Both can only fail for an address that can hold no user.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        self.url = url.to_string().trim_end_matches('/').to_owned();
        let password = SecretDraft::Here(SecretString::from(password), keep);
        self.auth = AuthDraft::Basic { user, password };
        true
    }
}

/// Text of an address without its percent signs.
fn plain(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}

impl AuthDraft {
    fn config(&self) -> Auth {
        match self {
            Self::None => Auth::None,
            Self::Token(token) => Auth::Bearer(token.config()),
            Self::Basic { user, password } => Auth::Basic { user: user.clone(), password: password.config() },
        }
    }

    /// The secret, and what its keys in the file begin with.
    pub fn secret(&self) -> Option<(&'static str, &SecretDraft)> {
        match self {
            Self::None => None,
            Self::Token(token) => Some(("token", token)),
            Self::Basic { password, .. } => Some(("password", password)),
        }
    }

    pub fn secret_mut(&mut self) -> Option<&mut SecretDraft> {
        match self {
            Self::None => None,
            Self::Token(secret) | Self::Basic { password: secret, .. } => Some(secret),
        }
    }
}

impl SecretDraft {
    fn config(&self) -> Secret {
        match self {
            Self::Here(secret, _) => Secret::Inline(secret.clone()),
            Self::Env(name) => Secret::Env(name.clone()),
            Self::File(path) => Secret::File(path.clone()),
            Self::Command(words) => Secret::Command(words.clone()),
            Self::Keyring(entry) => Secret::Keyring(entry.clone()),
        }
    }
}

impl Draft {
    /// A name like this one that no source has yet.
    pub fn free_name(&self, wanted: &str) -> String {
        let taken = |name: &str| self.sources.iter().any(|s| s.name == name);
        if !taken(wanted) {
            return wanted.to_owned();
        }
        (2..).map(|n| format!("{wanted}-{n}")).find(|name| !taken(name)).unwrap_or_default()
    }

    /// Whether a source of this kind at this address is there already.
    pub fn has(&self, kind: SourceKind, url: &str) -> bool {
        let same = |a: &str| a.trim_end_matches('/').eq_ignore_ascii_case(url.trim_end_matches('/'));
        self.sources.iter().any(|s| s.kind == kind && same(&s.url))
    }

    /// Whether the same is there already, whatever it is called.
    pub fn holds(&self, source: &SourceDraft) -> bool {
        self.sources.iter().any(|s| s.kind == source.kind && s.url == source.url && s.own == source.own)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_password_in_an_address_becomes_a_secret() {
        let mut source = SourceDraft::new("am", SourceKind::Alertmanager, "https://ana:p%40ss+w@am.example/x/");
        assert!(source.take_user(Keep::File));
        assert_eq!(source.url, "https://am.example/x");
        let AuthDraft::Basic { user, password: SecretDraft::Here(password, Keep::File) } = &source.auth else {
            panic!("{source:?}")
        };
        assert_eq!((user.as_str(), password.expose_secret()), ("ana", "p@ss+w"));
        assert!(!source.take_user(Keep::File));
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut draft = Draft::default();
        assert_eq!(draft.free_name("am"), "am");
        draft.sources.push(SourceDraft::new("am", SourceKind::Alertmanager, "http://a"));
        draft.sources.push(SourceDraft::new("am-2", SourceKind::Alertmanager, "http://b"));
        assert_eq!(draft.free_name("am"), "am-3");
        assert!(draft.has(SourceKind::Alertmanager, "http://A/") && !draft.has(SourceKind::Prometheus, "http://a"));
    }
}
