//! The logins that other programs' command lines left on this machine, as far as a source can use them: where the server
//! is and what the configuration has to name. No secret of theirs is handed on.

use std::path::PathBuf;

use crate::config::{SourceKind, request::Env};

use super::{bosh, cloudfoundry, cloudwatch, concourse, kubernetes};

/// Logins of one program that are told; more are left out.
const MOST: usize = 30;

/// One login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its name there: a context, a profile, a target.
    pub name: String,
    /// What else is worth a word.
    pub says: String,
    /// Where the server answers, where the configuration has to say.
    pub url: Option<String>,
    /// Keys of the kind's own table, and what they are to be.
    pub own: Vec<(&'static str, String)>,
}

/// Those of one kind, the one in use first. None where there is nothing to be read, or nothing that can be.
pub async fn of(kind: SourceKind, env: &Env, home: Option<PathBuf>) -> Vec<Known> {
    let mut known = match kind {
        SourceKind::Kubernetes => kubernetes::logins(env).await,
        SourceKind::Cloudwatch => cloudwatch::logins(env, home),
        SourceKind::Cloudfoundry => cloudfoundry::logins(env).await,
        SourceKind::Concourse => concourse::logins(env).await,
        SourceKind::Bosh => bosh::logins(env).await,
        _ => Vec::new(),
    };
    known.truncate(MOST);
    known
}
