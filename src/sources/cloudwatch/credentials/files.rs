//! The two files of AWS' own tools: `config` and `credentials`, of which a profile is made.
//!
//! Signs in nowhere: a profile of roles or single sign-on says which command does that.

use std::{collections::BTreeMap, path::PathBuf};

use secrecy::SecretString;

use super::{Keys, process};
use crate::{config::request::Env, domain::source::SourceError, sources::secret::refused};

/// Longest file that is read, in bytes.
const MOST: u64 = 1024 * 1024;
/// What a profile has whose keys somebody must ask for.
const ELSEWHERE: [&str; 5] = ["sso_session", "sso_start_url", "role_arn", "web_identity_token_file", "login_session"];

/// Where the files are.
#[derive(Clone, Debug)]
pub(in crate::sources::cloudwatch) struct Files {
    config: Option<PathBuf>,
    credentials: Option<PathBuf>,
}

/// How a profile's keys are had.
#[derive(Debug)]
pub(super) enum Profile {
    Keys(Keys),
    Process(Vec<String>),
}

/// What stands in both, by profile.
#[derive(Debug, Default)]
pub(in crate::sources::cloudwatch) struct Profiles(BTreeMap<String, BTreeMap<String, String>>);

impl Files {
    pub(in crate::sources::cloudwatch) fn of(env: &Env, home: Option<PathBuf>) -> Self {
        let path = |variable: &str, name: &str| {
            let given = env.get(variable).map(PathBuf::from);
            given.or_else(|| Some(home.as_ref()?.join(".aws").join(name)))
        };
        Self {
            config: path("AWS_CONFIG_FILE", "config"),
            credentials: path("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        }
    }

    /// Whether there is a file that may have a default profile.
    pub(super) fn has_default(&self) -> bool {
        let profiles = self.read_now().unwrap_or_default();
        profiles.0.get("default").is_some_and(|p| {
            p.contains_key("aws_access_key_id") || p.contains_key("credential_process") || is_elsewhere(p)
        })
    }

    /// A file that is not there is an empty one.
    ///
    /// # Errors
    /// `Auth` where one cannot be read.
    pub(in crate::sources::cloudwatch) fn read_now(&self) -> Result<Profiles, SourceError> {
        let mut all = Profiles::default();
        for (path, is_config) in [(&self.config, true), (&self.credentials, false)] {
            let Some(path) = path else { continue };
            let size = std::fs::metadata(path).map_or(0, |m| m.len());
            let text = match std::fs::read_to_string(path) {
                Ok(text) if size <= MOST => text,
                Ok(_) => return Err(refused(&format!("{} is larger than a megabyte", path.display()))),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(refused(&format!("cannot read {}: {e}", path.display()))),
            };
            all.add(&text, is_config);
        }
        Ok(all)
    }
}

impl Profiles {
    /// What the later file says takes the place of the earlier's. Indented lines belong to what stands above them.
    fn add(&mut self, text: &str, is_config: bool) {
        let mut section = None;
        for line in text.lines().filter(|l| !l.starts_with([' ', '\t', '#', ';'])) {
            if let Some(name) = line.trim().strip_prefix('[').and_then(|l| l.split(']').next()) {
                section = profile_of(name.trim(), is_config);
                continue;
            }
            let (Some(section), Some((key, value))) = (&section, line.split_once('=')) else { continue };
            let value = value.split(" #").next().unwrap_or_default().trim().to_owned();
            self.0.entry(section.clone()).or_default().insert(key.trim().to_ascii_lowercase(), value);
        }
    }

    /// Every profile by its name, with the region it names, and whether its keys must be asked for elsewhere.
    pub(in crate::sources::cloudwatch) fn all(&self) -> impl Iterator<Item = (&str, Option<&str>, bool)> {
        self.0.iter().map(|(name, p)| (name.as_str(), p.get("region").map(String::as_str), is_elsewhere(p)))
    }

    /// What a profile says of one thing.
    pub(in crate::sources::cloudwatch) fn said(&self, profile: &str, key: &str) -> Option<String> {
        self.0.get(profile)?.get(key).cloned()
    }

    /// # Errors
    /// `Auth`, naming the command that does what is not done here.
    pub(super) fn profile(&self, name: &str) -> Result<Profile, SourceError> {
        let missing = || refused(&format!("there is no AWS profile `{name}` in ~/.aws/config or ~/.aws/credentials"));
        let profile = self.0.get(name).ok_or_else(missing)?;
        let text = |key: &str| profile.get(key).filter(|v| !v.is_empty()).cloned();
        if is_elsewhere(profile) {
            return Err(refused(&format!(
                "the AWS profile `{name}` signs in by SSO or a role: set credentials_command = [\"aws\", \"configure\", \"export-credentials\", \"--profile\", \"{name}\"]"
            )));
        }
        if let (Some(id), Some(secret)) = (text("aws_access_key_id"), text("aws_secret_access_key")) {
            let token = text("aws_session_token").map(SecretString::from);
            return Ok(Profile::Keys(Keys { id, secret: SecretString::from(secret), token, expires: None }));
        }
        let command = text("credential_process").map(|line| process::words(&line)).filter(|words| !words.is_empty());
        command.map(Profile::Process).ok_or_else(|| refused(&format!("the AWS profile `{name}` has no keys")))
    }
}

fn is_elsewhere(profile: &BTreeMap<String, String>) -> bool {
    ELSEWHERE.iter().any(|key| profile.contains_key(*key))
}

/// `[profile ana]` and `[default]` in one, `[ana]` in the other.
fn profile_of(name: &str, is_config: bool) -> Option<String> {
    match name.strip_prefix("profile ") {
        Some(name) => Some(name.trim().trim_matches(['"', '\'']).to_owned()),
        None if is_config && name != "default" => None,
        None => Some(name.to_owned()),
    }
}
