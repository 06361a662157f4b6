//! Credential plugins: a program that a kubeconfig names, which prints a token or a certificate
//! (client.authentication.k8s.io/v1 and v1beta1).
//!
//! It has no input and no terminal: one that would ask a person is refused, not waited for.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use secrecy::SecretString;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{
    domain::{Time, source::SourceError, text::sanitise},
    sources::secret::refused,
};

/// How long it may take: it may have to ask a cloud, and that a login page.
const DEADLINE: Duration = Duration::from_secs(30);
/// Most that is read of what it prints, in bytes.
const OUTPUT_MAX: u64 = 1024 * 1024;
/// How much of what it says of its failure is told, in characters; the last is the one that helps.
const WORDS_MAX: usize = 200;

/// What a kubeconfig says of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ExecSpec {
    api_version: String,
    command: String,
    args: Option<Vec<String>>,
    env: Option<Vec<Variable>>,
    install_hint: Option<String>,
    provide_cluster_info: bool,
    interactive_mode: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Variable {
    name: String,
    value: String,
}

/// The program, and what it is told.
#[derive(Clone, Debug)]
pub(super) struct Exec {
    spec: ExecSpec,
    program: PathBuf,
    info: String,
}

/// What it printed.
#[derive(Clone, Debug, Default)]
pub(super) struct Printed {
    pub(super) token: Option<SecretString>,
    /// PEM: chain and key.
    pub(super) identity: Option<(Vec<u8>, SecretString)>,
    pub(super) until: Option<Time>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    kind: String,
    api_version: String,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<Time>,
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

impl Exec {
    /// `cluster` is what a plugin may be told of it, as JSON.
    ///
    /// # Errors
    /// `Rejected` where it needs a person, or speaks a version that is not known.
    pub(super) fn new(spec: ExecSpec, dir: &Path, cluster: serde_json::Value) -> Result<Self, SourceError> {
        let known = ["v1", "v1beta1"].iter().any(|v| spec.api_version == format!("client.authentication.k8s.io/{v}"));
        if !known {
            let why = format!("the credential plugin speaks `{}`, which is not known", spec.api_version);
            return Err(SourceError::rejected(format!("{why}: client.authentication.k8s.io/v1 or v1beta1")));
        }
        if spec.interactive_mode.as_deref() == Some("Always") {
            let why = format!("the credential plugin `{}` wants a terminal (interactiveMode: Always)", spec.command);
            return Err(SourceError::rejected(format!("{why}; log in with it before, and set IfAvailable or Never")));
        }
        if spec.command.trim().is_empty() {
            return Err(SourceError::rejected("the credential plugin of the kubeconfig has no command"));
        }
        let program = match spec.command.contains('/') {
            true => dir.join(&spec.command),
            false => PathBuf::from(&spec.command),
        };
        let mut about = serde_json::json!({ "interactive": false });
        if spec.provide_cluster_info {
            about["cluster"] = cluster;
        }
        let info = serde_json::json!({ "kind": "ExecCredential", "apiVersion": spec.api_version, "spec": about });
        Ok(Self { info: info.to_string(), spec, program })
    }

    /// Runs it.
    ///
    /// # Errors
    /// `Auth` with its own last words where it fails, is not there, is late, or prints something else.
    pub(super) async fn run(&self) -> Result<Printed, SourceError> {
        let name = &self.spec.command;
        let late = || refused(&format!("the credential plugin `{name}` printed nothing within {DEADLINE:?}"));
        let (ended, output, said) = tokio::time::timeout(DEADLINE, self.spawned())
            .await
            .map_err(|_| late())?
            .map_err(|e| self.cannot_run(&e))?;
        if !ended.success() {
            return Err(refused(&format!("the credential plugin `{name}` failed ({ended}): {}", last_words(&said))));
        }
        self.read(&output).map_err(|why| refused(&format!("the credential plugin `{name}`: {why}")))
    }

    fn cannot_run(&self, error: &std::io::Error) -> SourceError {
        let hint = self.spec.install_hint.as_deref().unwrap_or("").trim();
        let hint = hint.lines().next().map_or_else(String::new, |h| format!(": {h}"));
        refused(&format!("cannot run the credential plugin `{}`: {error}{hint}", self.spec.command))
    }

    /// In a session of its own where the machine has `setsid`, so that it finds no terminal to ask at.
    async fn spawned(&self) -> std::io::Result<(std::process::ExitStatus, Vec<u8>, Vec<u8>)> {
        let program = found(&self.program).ok_or(std::io::ErrorKind::NotFound)?;
        let mut command = match found(Path::new("setsid")) {
            Some(alone) => {
                let mut command = tokio::process::Command::new(alone);
                command.arg(&program);
                command
            }
            None => {
                let mut command = tokio::process::Command::new(&program);
                command.process_group(0);
                command
            }
        };
        command.args(self.spec.args.iter().flatten());
        command.envs(self.spec.env.iter().flatten().map(|v| (&v.name, &v.value)));
        command.env("KUBERNETES_EXEC_INFO", &self.info);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let (output, said) = (child.stdout.take(), child.stderr.take());
        let (output, said) = futures_util::future::try_join(all(output), all(said)).await?;
        Ok((child.wait().await?, output, said))
    }

    fn read(&self, output: &[u8]) -> Result<Printed, String> {
        let wrong = |_| "it printed no ExecCredential".to_owned();
        let credential: Credential = serde_json::from_slice(output).map_err(wrong)?;
        if credential.kind != "ExecCredential" || credential.api_version != self.spec.api_version {
            return Err(format!("it answers in `{}`, asked was `{}`", credential.api_version, self.spec.api_version));
        }
        let status = credential.status.ok_or("it printed no status")?;
        let identity = match (status.client_certificate_data, status.client_key_data) {
            (Some(chain), Some(key)) => Some((chain.into_bytes(), SecretString::from(key))),
            (None, None) => None,
            _ => return Err("it printed a certificate without a key, or a key without a certificate".to_owned()),
        };
        let token = status.token.filter(|t| !t.is_empty()).map(SecretString::from);
        if token.is_none() && identity.is_none() {
            return Err("it printed neither a token nor a certificate".to_owned());
        }
        Ok(Printed { token, identity, until: status.expiration_timestamp })
    }
}

/// Where a program is: as it stands, or on the path.
fn found(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|p| p.is_file())
}

async fn all(pipe: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(OUTPUT_MAX).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// The end of what it said, on one line.
fn last_words(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let words = sanitise(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    let skip = words.chars().count().saturating_sub(WORDS_MAX);
    if words.is_empty() { "it does not say why".to_owned() } else { words.chars().skip(skip).collect() }
}
