//! Kubeconfigs: several files read as one, the way kubectl reads them, and the cluster and user of one context.
//!
//! Holds what is written there. Refuses to know how a server is spoken to.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{domain::source::SourceError, sources::secret::refused};

use super::exec::ExecSpec;

/// Largest file that is read, in bytes.
const SIZE_MAX: u64 = 4 * 1024 * 1024;

/// All files as one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Kubeconfig {
    clusters: Option<Vec<NamedCluster>>,
    contexts: Option<Vec<NamedContext>>,
    users: Option<Vec<NamedUser>>,
    current_context: Option<String>,
}

#[derive(Debug, Deserialize)]
struct NamedCluster {
    name: String,
    #[serde(default)]
    cluster: Option<Cluster>,
}

#[derive(Debug, Deserialize)]
struct NamedContext {
    name: String,
    #[serde(default)]
    context: Option<Context>,
}

#[derive(Debug, Deserialize)]
struct NamedUser {
    name: String,
    #[serde(default)]
    user: Option<User>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Cluster {
    pub(super) server: String,
    pub(super) certificate_authority: Option<PathBuf>,
    pub(super) certificate_authority_data: Option<String>,
    pub(super) insecure_skip_tls_verify: bool,
    pub(super) tls_server_name: Option<String>,
    pub(super) proxy_url: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Context {
    cluster: String,
    user: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct User {
    pub(super) client_certificate: Option<PathBuf>,
    pub(super) client_certificate_data: Option<String>,
    pub(super) client_key: Option<PathBuf>,
    client_key_data: Option<String>,
    token: Option<String>,
    #[serde(rename = "tokenFile")]
    pub(super) token_file: Option<PathBuf>,
    pub(super) username: Option<String>,
    password: Option<String>,
    pub(super) exec: Option<ExecSpec>,
    pub(super) auth_provider: Option<serde::de::IgnoredAny>,
    #[serde(rename = "as")]
    pub(super) acts_as: Option<String>,
    #[serde(rename = "as-uid")]
    pub(super) acts_as_uid: Option<String>,
    #[serde(rename = "as-groups")]
    pub(super) acts_as_groups: Option<Vec<String>>,
    /// The directory of the file it stands in.
    #[serde(skip)]
    pub(super) dir: PathBuf,
}

/// Says nothing of what it holds.
impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User")
    }
}

impl User {
    pub(super) fn token(&self) -> Option<SecretString> {
        said(self.token.as_deref()).map(SecretString::from)
    }

    pub(super) fn password(&self) -> SecretString {
        SecretString::from(self.password.clone().unwrap_or_default())
    }

    pub(super) fn key_data(&self) -> Option<SecretString> {
        said(self.client_key_data.as_deref()).map(SecretString::from)
    }
}

fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// What one context names.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) cluster_name: String,
    pub(super) user_name: String,
    pub(super) cluster: Cluster,
    pub(super) user: User,
}

impl Kubeconfig {
    /// Reads the files in order: of every name the first that has it counts. One that is not there is left out, unless it
    /// is the only one.
    ///
    /// # Errors
    /// `Auth`, naming the file that cannot be read.
    pub(super) async fn read(paths: &[PathBuf]) -> Result<Self, SourceError> {
        let mut all = Self::default();
        for path in paths {
            match text(path).await {
                Ok(text) => all.take(Self::parse(&text, path)?),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound && paths.len() > 1 => {}
                Err(e) => return Err(refused(&format!("cannot read the kubeconfig {}: {e}", path.display()))),
            }
        }
        Ok(all)
    }

    /// The words of the parser may quote a token, so only the line is told.
    fn parse(text: &str, path: &Path) -> Result<Self, SourceError> {
        let none_in = || Self::default();
        if text.trim().is_empty() {
            return Ok(none_in());
        }
        let mut one: Self = serde_saphyr::from_str(text).map_err(|e| {
            let line = e.without_snippet().location().map_or_else(String::new, |l| format!(", line {}", l.line()));
            refused(&format!("{}{line}: this is no kubeconfig", path.display()))
        })?;
        one.anchor(path.parent().unwrap_or(Path::new("")));
        Ok(one)
    }

    /// Relative paths start at the file they stand in.
    fn anchor(&mut self, dir: &Path) {
        let fix = |path: &mut Option<PathBuf>| {
            *path = path.take().filter(|p| !p.as_os_str().is_empty()).map(|p| dir.join(p));
        };
        for cluster in self.clusters.iter_mut().flatten().filter_map(|c| c.cluster.as_mut()) {
            fix(&mut cluster.certificate_authority);
        }
        for user in self.users.iter_mut().flatten().filter_map(|u| u.user.as_mut()) {
            [&mut user.client_certificate, &mut user.client_key, &mut user.token_file].into_iter().for_each(fix);
            user.dir = dir.to_owned();
        }
    }

    fn take(&mut self, later: Self) {
        fn add<T>(all: &mut Option<Vec<T>>, later: Option<Vec<T>>, name: impl Fn(&T) -> &str) {
            let all = all.get_or_insert_default();
            for item in later.into_iter().flatten() {
                if !all.iter().any(|a| name(a) == name(&item)) {
                    all.push(item);
                }
            }
        }
        add(&mut self.clusters, later.clusters, |c| &c.name);
        add(&mut self.contexts, later.contexts, |c| &c.name);
        add(&mut self.users, later.users, |u| &u.name);
        if said(self.current_context.as_deref()).is_none() {
            self.current_context = later.current_context;
        }
    }

    /// Every context with its server, and whether it is the current one, which is told first.
    pub(super) fn contexts(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        let current = said(self.current_context.as_deref());
        let clusters = self.clusters.as_deref().unwrap_or_default();
        let server = |cluster: &str| {
            let found = clusters.iter().find(|c| c.name == cluster).and_then(|c| c.cluster.as_ref());
            found.map_or("", |c| c.server.as_str())
        };
        let mut all: Vec<(&str, &str, bool)> = self
            .contexts
            .iter()
            .flatten()
            .filter_map(|c| {
                let context = c.context.as_ref()?;
                Some((c.name.as_str(), server(&context.cluster), current.as_deref() == Some(&c.name)))
            })
            .collect();
        all.sort_by_key(|(.., is_current)| !is_current);
        all.into_iter()
    }

    /// # Errors
    /// `Rejected` where the context, its cluster or its user is not there, with the names that are.
    pub(super) fn choose(&self, wanted: Option<&str>) -> Result<Chosen, SourceError> {
        let contexts = self.contexts.as_deref().unwrap_or_default();
        let name = wanted.map(str::to_owned).or_else(|| said(self.current_context.as_deref()));
        let name = name.ok_or_else(|| SourceError::rejected("the kubeconfig has no current-context: set `context`"))?;
        let context = contexts.iter().find(|c| c.name == name).and_then(|c| c.context.as_ref()).ok_or_else(|| {
            let known: Vec<&str> = contexts.iter().map(|c| c.name.as_str()).collect();
            SourceError::rejected(format!("the kubeconfig has no context `{name}`; it has: {}", known.join(", ")))
        })?;
        let lacks = |what: &str, name: &str| {
            SourceError::rejected(format!("the kubeconfig has no {what} `{name}`, which its context names"))
        };
        let clusters = self.clusters.as_deref().unwrap_or_default();
        let cluster = clusters.iter().find(|c| c.name == context.cluster).and_then(|c| c.cluster.clone());
        let users = self.users.as_deref().unwrap_or_default();
        let user = users.iter().find(|u| u.name == context.user).map(|u| u.user.clone().unwrap_or_default());
        Ok(Chosen {
            cluster_name: context.cluster.clone(),
            user_name: context.user.clone(),
            cluster: cluster.ok_or_else(|| lacks("cluster", &context.cluster))?,
            user: match user {
                Some(user) => user,
                None if context.user.is_empty() => User::default(),
                None => return Err(lacks("user", &context.user)),
            },
        })
    }
}

async fn text(path: &Path) -> std::io::Result<String> {
    let about = tokio::fs::metadata(path).await?;
    if about.len() > SIZE_MAX {
        return Err(std::io::Error::other("it is larger than 4 MiB"));
    }
    tokio::fs::read_to_string(path).await
}

/// The bytes that stand in the file itself, or in another.
///
/// # Errors
/// `Auth` where they are neither.
pub(super) async fn bytes(what: &str, data: Option<&str>, path: Option<&Path>) -> Result<Option<Vec<u8>>, SourceError> {
    if let Some(data) = said(data) {
        let whole: String = data.split_whitespace().collect();
        let decoded =
            STANDARD.decode(whole).map_err(|_| refused(&format!("{what}-data of the kubeconfig is no base64")))?;
        return Ok(Some(decoded));
    }
    let Some(path) = path else { return Ok(None) };
    let read = tokio::fs::read(path).await;
    read.map(Some).map_err(|e| refused(&format!("cannot read {}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Kubeconfig {
        Kubeconfig::parse(text, Path::new("/home/ana/.kube/config")).unwrap()
    }

    #[test]
    fn of_two_files_the_first_that_names_a_thing_counts() {
        let mut all = read("clusters: [{name: a, cluster: {server: https://one}}]\nusers:\n");
        all.take(read(
            "clusters: [{name: a, cluster: {server: https://two}}, {name: b, cluster: {server: https://b}}]\n\
             contexts: [{name: c, context: {cluster: a, user: u}}]\nusers: [{name: u, user: {token: t}}]\ncurrent-context: c",
        ));
        let chosen = all.choose(None).unwrap();
        assert_eq!((chosen.cluster.server.as_str(), chosen.user_name.as_str()), ("https://one", "u"));
    }

    #[test]
    fn a_context_that_is_not_there_is_told_with_those_that_are() {
        let all = read("contexts: [{name: eu, context: {cluster: a, user: u}}, {name: us}]");
        let why = all.choose(Some("ue")).unwrap_err().to_string();
        assert!(why.contains("`ue`") && why.contains("eu, us"), "{why}");
        let why = all.choose(Some("eu")).unwrap_err().to_string();
        assert!(why.contains("no cluster `a`"), "{why}");
        assert!(all.choose(None).unwrap_err().to_string().contains("set `context`"));
    }

    #[test]
    fn paths_start_at_their_file() {
        let all = read(
            "users: [{name: u, user: {client-key: pki/u.key, tokenFile: /run/token}}]\n\
             clusters: [{name: a, cluster: {server: s, certificate-authority: ca.crt}}]\n\
             contexts: [{name: c, context: {cluster: a, user: u}}]",
        );
        let chosen = all.choose(Some("c")).unwrap();
        assert_eq!(chosen.user.client_key, Some("/home/ana/.kube/pki/u.key".into()));
        assert_eq!(chosen.user.token_file, Some("/run/token".into()));
        assert_eq!(chosen.cluster.certificate_authority, Some("/home/ana/.kube/ca.crt".into()));
    }

    #[test]
    fn what_is_no_kubeconfig_is_told_without_a_word_of_it() {
        let error = Kubeconfig::parse("users:\n- name: u\n  user: s3cret-token", Path::new("/k")).unwrap_err();
        let why = error.to_string();
        assert!(why.contains("/k, line") && !why.contains("s3cret"), "{why}");
    }
}
